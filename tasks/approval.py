"""A quote above the threshold waits for a person in the Prefect UI, until a time limit.

The flow is paused, not suspended: this process goes on holding the run, its model servers and what
it has judged, and continues seconds after Resume. A suspended flow would start again from the top
in another process, and nobody would hold the run in between.
"""

import asyncio
import contextlib
import logging
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from prefect import runtime
from prefect.exceptions import NotPausedError
from prefect.flow_runs import apause_flow_run, aresume_flow_run
from prefect.input import RunInput
from pydantic import Field

from tasks import artifacts, resources
from tasks.open_run import set_run_cap
from tasks.parameters import NightRunParameters
from tasks.plan_run import PlannedRun
from tasks.run_context import RunContext

LOGGER = logging.getLogger("yakin.approval")
POLL_S = 3
UNTIL_PREFECT_GIVES_UP_S = 600  # after our own limit; by then the run is answered or its process is dead


class Verdict(StrEnum):
    """What a person says to a quote."""

    APPROVE = "approve"
    DECLINE = "decline"


class Approval(RunInput):
    """The form that the UI shows on Resume."""

    verdict: Verdict = Field(
        Verdict.DECLINE,
        title="Verdict 判断",
        description="approve 承認: the whole budget. decline 却下: only the standing budget",
        json_schema_extra={"position": 0},
    )
    approved_by: str = Field(
        "",
        title="Your name 承認者",
        description="Shown with the run",
        max_length=100,
        json_schema_extra={"position": 1},
    )


async def approved_room(run_id: str, parameters: NightRunParameters, planned: PlannedRun) -> Decimal | None:
    """None when the whole budget may be spent, else the standing budget that applies without approval.

    The run's own cap follows the verdict, so that the ledger enforces it.
    """
    threshold = parameters.approval_above_jpy
    if threshold is None or planned.quote.expected_jpy <= threshold:
        return None
    night = resources.current()
    run = night.running(run_id)
    approval = await _ask_person(run, parameters, planned)
    run.approved = approval.verdict is Verdict.APPROVE
    standing = min(parameters.standing_budget_jpy, parameters.budget_jpy)
    room = parameters.budget_jpy if run.approved else standing
    await set_run_cap(night, run, room)  # on approval too: a resumed run may have been declined before
    LOGGER.warning("run %s: quote %sd; ¥%s may be spent", run_id, approval.verdict, room)
    await artifacts.show_verdict(run_id, approval.verdict, approval.approved_by, room)
    return None if run.approved else standing


async def _ask_person(run: RunContext, parameters: NightRunParameters, planned: PlannedRun) -> Approval:
    """The person's verdict; when nobody answers in time, a decline in nobody's name."""
    until_deadline = (run.deadline_at - datetime.now(UTC)).total_seconds()
    wait_s = max(1, min(round(parameters.approval_wait_minutes * 60), round(until_deadline)))
    description = artifacts.approval_markdown(planned.quote, parameters, rehearsal=run.rehearsal)
    closing = asyncio.create_task(_decline_after(wait_s, UUID(runtime.flow_run.get_id())))
    try:
        return await apause_flow_run(
            wait_for_input=Approval.with_initial_data(description=description),
            timeout=wait_s + UNTIL_PREFECT_GIVES_UP_S,
            poll_interval=POLL_S,
        )
    finally:
        closing.cancel()


async def _decline_after(seconds: float, flow_run_id: UUID) -> None:
    """Answer for the person. Prefect's own time limit would mark the run Failed while it goes on working."""
    await asyncio.sleep(seconds)
    with contextlib.suppress(NotPausedError):  # somebody answered at the last moment
        await aresume_flow_run(flow_run_id, run_input={"verdict": Verdict.DECLINE.value, "approved_by": ""})
