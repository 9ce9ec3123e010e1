"""A quote above the threshold waits for a person in the Prefect UI, until a time limit."""

import logging
from decimal import Decimal
from enum import StrEnum

from prefect.exceptions import FlowPauseTimeout
from prefect.flow_runs import pause_flow_run
from prefect.input import RunInput
from pydantic import Field

from tasks import resources
from tasks.open_run import set_run_cap
from tasks.parameters import NightRunParameters
from tasks.plan_run import PlannedRun

LOGGER = logging.getLogger("yakin.approval")


class Verdict(StrEnum):
    """What a person says to a quote."""

    APPROVE = "approve"
    DECLINE = "decline"


class Approval(RunInput):
    """The form that the UI shows on Resume."""

    verdict: Verdict = Field(Verdict.DECLINE, title="Verdict 判断")
    approved_by: str = Field("", title="Your name 承認者", max_length=100)


async def approved_room(run_id: str, parameters: NightRunParameters, planned: PlannedRun) -> Decimal | None:
    """None when the whole budget may be spent, else the standing budget that applies without approval.

    Without approval the run's own cap is lowered too, so that the ledger enforces it.
    """
    threshold = parameters.approval_above_jpy
    if threshold is None or planned.quote.expected_jpy <= threshold:
        return None
    approval = await _ask_person(parameters, planned)
    if approval is not None and approval.verdict is Verdict.APPROVE:
        LOGGER.info("run %s: quote approved", run_id)
        return None
    night = resources.current()
    standing = min(parameters.standing_budget_jpy, parameters.budget_jpy)
    run = night.running(run_id)
    run.approved = False
    await set_run_cap(night, run, standing)
    LOGGER.warning("run %s: not approved; the standing budget of ¥%s applies", run_id, standing)
    return standing


async def _ask_person(parameters: NightRunParameters, planned: PlannedRun) -> Approval | None:
    quote = planned.quote
    description = (
        f"Quote 見積: expected ¥{quote.expected_jpy:.2f}, p95 ¥{quote.p95_jpy:.2f}, worst ¥{quote.worst_jpy:.2f}, "
        f"about {quote.finish_at:%H:%M} UTC. Zones 送信先: {dict(quote.zones)}"
    )
    try:  # Prefect's type of an awaited pause is the awaitable's
        approval: Approval | None = await pause_flow_run(
            wait_for_input=Approval.with_initial_data(description=description),  # type: ignore[arg-type]
            timeout=parameters.approval_wait_minutes * 60,
        )
    except FlowPauseTimeout:
        return None
    return approval
