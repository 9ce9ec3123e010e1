"""A quote above the threshold waits for a person in the Prefect UI, until a time limit, unless one said before.

The flow is paused, not suspended: this process goes on holding the run, its model servers and what
it has judged, and continues seconds after Resume. A suspended flow would start again from the top
in another process, and nobody would hold the run in between.
"""

import asyncio
import contextlib
import logging
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from prefect import runtime
from prefect.exceptions import NotPausedError
from prefect.flow_runs import apause_flow_run, aresume_flow_run

from tasks import artifacts, resources
from tasks.approval_form import Answer, approval_form
from tasks.open_run import set_run_cap
from tasks.parameters import NightRunParameters
from tasks.plan_run import PlannedRun
from tasks.resources import Resources
from tasks.run_context import RunContext
from yakin.domain import approving
from yakin.domain.approving import Said, Terms, Verdict
from yakin.store import quote_approvals, quotes, run_report, runs
from yakin.store.quote_approvals import SaidIn

LOGGER = logging.getLogger("yakin.approval")
POLL_S = 3
UNTIL_PREFECT_GIVES_UP_S = 600  # after our own limit; by then the run is answered or its process is dead
NOBODY = "nobody"  # the form wants a name; what nobody answered is stored as expired, without one


async def approved_room(run_id: str, parameters: NightRunParameters, planned: PlannedRun) -> Decimal | None:
    """None when the plan stands, else what may be spent in all, for which it has to be made again.

    The run's own cap follows every verdict, so that the ledger enforces it.
    """
    night = resources.current()
    run = night.running(run_id)
    terms = Terms(parameters.budget_jpy, parameters.standing_budget_jpy, parameters.approval_above_jpy)
    key, before, spent_jpy = await _known(night, run)
    expected_jpy = planned.quote.expected_jpy
    if approving.must_wait(expected_jpy, spent_jpy, terms, before):
        said = await _ask_person(run, parameters, terms, planned, before)
        await _remember(night, run, key, said)
        allowed = approving.allowed_after(terms, before, said)
    elif before is not None:
        said, allowed = before, approving.allowed_before(terms, before)
    else:
        return None
    run.approved = allowed.approved
    await set_run_cap(night, run, allowed.room_jpy)  # on approval too: a resumed run may have been declined before
    LOGGER.warning("run %s: quote: %s; ¥%s may be spent", run_id, said.verdict, allowed.room_jpy)
    await artifacts.show_verdict(run_id, said, allowed.room_jpy)
    return allowed.room_jpy if expected_jpy + spent_jpy > allowed.room_jpy else None


async def _known(night: Resources, run: RunContext) -> tuple[str, Said | None, Decimal]:
    """The night's key, what was said to it before, and what the run has cost already."""
    async with night.pool.connection() as conn:
        row = await runs.find_run(conn, run.run_id)
        key = quote_approvals.key_of(row)
        before = await quote_approvals.said_before(conn, key, run.run_id)
        totals = await run_report.totals(conn, run.run_id)
    return key, before, totals.cost_jpy + totals.reserved_unknown_jpy


async def _remember(night: Resources, run: RunContext, key: str, said: Said) -> None:
    async with night.pool.connection() as conn:
        quote = await quotes.newest(conn, run.run_id)
        assert quote is not None  # it was planned a moment ago
        await quote_approvals.save(conn, key, quote, said, SaidIn.UI)


async def _ask_person(
    run: RunContext, parameters: NightRunParameters, terms: Terms, planned: PlannedRun, before: Said | None
) -> Said:
    """The person's verdict; expired, in nobody's name, when nobody answers in time."""
    until_deadline = (run.deadline_at - datetime.now(UTC)).total_seconds()
    wait_s = max(1, min(round(parameters.approval_wait_minutes * 60), round(until_deadline)))
    description = artifacts.approval_markdown(planned.quote, terms, before, rehearsal=run.rehearsal)
    closing = asyncio.create_task(_decline_after(wait_s, UUID(runtime.flow_run.get_id())))
    try:
        answer = await apause_flow_run(
            wait_for_input=approval_form(planned.quote, terms.budget_jpy, description),
            timeout=wait_s + UNTIL_PREFECT_GIVES_UP_S,
            poll_interval=POLL_S,
        )
    finally:
        closing.cancel()
    answered_for = closing.done() and not closing.cancelled() and closing.exception() is None and closing.result()
    return Said(Verdict.EXPIRED, "") if answered_for else answer.said(terms.budget_jpy)


async def _decline_after(seconds: float, flow_run_id: UUID) -> bool:
    """Answer for the person, and whether that was needed.

    Prefect's own time limit would mark the run Failed while it goes on working.
    """
    await asyncio.sleep(seconds)
    with contextlib.suppress(NotPausedError):  # somebody answered at the last moment
        await aresume_flow_run(flow_run_id, run_input={"verdict": Answer.DECLINE.value, "approved_by": NOBODY})
        return True
    return False
