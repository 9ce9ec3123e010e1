"""Close the night: state what stayed open, total what was spent, show both."""

import logging
from decimal import Decimal

from prefect import task
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel, ConfigDict

from tasks import artifacts, resources
from tasks.plan_run import PlannedRun
from tasks.resources import Resources
from tasks.run_context import RunContext
from tasks.telemetry import shown
from yakin.domain.documents import Reason, WorkState
from yakin.store import batches, run_report, runs, work
from yakin.store.run_report import RunTotals
from yakin.store.runs import RunState

LOGGER = logging.getLogger("yakin.close")


class DocumentTotals(BaseModel):
    """How many documents were seen and how they ended."""

    model_config = ConfigDict(frozen=True)

    seen: int
    answered: int
    skipped: int
    unanswered: int


class UnansweredDocument(BaseModel):
    """A document without an answer and the stated reason."""

    model_config = ConfigDict(frozen=True)

    uri: str
    reason: str


class RunSummary(BaseModel):
    """The `run` object of the command's JSON contract (DESIGN §11)."""

    model_config = ConfigDict(frozen=True)

    run_id: str
    use_case: str
    business_date: str
    rehearsal: bool
    budget_jpy: Decimal
    cost_jpy: Decimal
    documents: DocumentTotals
    unanswered: list[UnansweredDocument]
    deadline_met: bool
    unknown_jpy: Decimal


@task(name="close-run", task_run_name="close-run", cache_policy=NO_CACHE, persist_result=False)
async def close_run(run_id: str, planned: PlannedRun) -> RunSummary:
    """Every document has an answer or a reason; totals and tables for the morning."""
    night = resources.current()
    run = night.running(run_id)
    async with night.pool.connection() as conn:
        for waiting in await work.pending(conn, run.run_id):
            # without a reason it was never planned: it joined the run when its source changed
            reason = run.reasons.get((waiting.use_case, waiting.document_id), Reason.SOURCE_CHANGED)
            awaiting = reason is Reason.BUDGET and not run.approved
            state = WorkState.AWAITING_APPROVAL if awaiting else WorkState.UNANSWERED
            reason = Reason.AWAITING_APPROVAL if awaiting else reason
            await work.finish_work(conn, run.run_id, waiting.use_case, waiting.document_id, state, reason, lease=None)
        await batches.give_up(conn, run.run_id)
        await runs.finish_run(conn, run.run_id, RunState.FINISHED)
        totals = await run_report.totals(conn, run.run_id)
    summary = await _summary(night, run, totals)
    await shown(artifacts.show_results(run_id, planned.quote))
    LOGGER.info("run %s: %d of %d answered for ¥%s", run_id, totals.answered, totals.seen, totals.cost_jpy)
    return summary


@task(name="close-quote", task_run_name="close-quote", cache_policy=NO_CACHE, persist_result=False)
async def close_quote(run_id: str) -> None:
    """End a dry run with its quote: nothing was spent, nothing is unanswered."""
    night = resources.current()
    async with night.pool.connection() as conn:
        await runs.finish_run(conn, night.running(run_id).run_id, RunState.QUOTED)


async def _summary(night: Resources, run: RunContext, totals: RunTotals) -> RunSummary:
    async with night.pool.connection() as conn:
        row = await runs.find_run(conn, run.run_id)
        rows = await run_report.unanswered(conn, run.run_id)
    return RunSummary(
        run_id=run.run_id,
        use_case=",".join(run.jobs),
        business_date=run.business_date.isoformat(),
        rehearsal=run.rehearsal,
        budget_jpy=row.budget_jpy,
        cost_jpy=totals.cost_jpy,
        documents=DocumentTotals(
            seen=totals.seen,
            answered=totals.answered,
            skipped=totals.skipped,
            unanswered=totals.unanswered + totals.awaiting_approval,
        ),
        unanswered=[UnansweredDocument(uri=each.uri, reason=each.reason) for each in rows],
        deadline_met=not any(each.reason == Reason.DEADLINE for each in rows),
        unknown_jpy=totals.reserved_unknown_jpy,
    )
