"""One night: read, classify, plan, ask wave by wave, close. Read this first."""

from functools import partial

from prefect import flow, runtime

from tasks import ending, resources
from tasks.answer_slice import SliceTotals, answer_slice
from tasks.approval import approved_room
from tasks.classify import classify, to_classify
from tasks.close_run import RunSummary, close_quote, close_run
from tasks.collect_batches import wait_for_batches
from tasks.drift import Asked, until_drift
from tasks.judge import judge, to_judge
from tasks.open_run import open_run
from tasks.outage import Patience, wait_for_endpoints
from tasks.parameters import NightRunParameters
from tasks.plan_run import PlannedRun, plan_run
from tasks.register_documents import register_documents
from tasks.resuming import through_restarts
from tasks.slices import Slice
from tasks.submit_batch import submit_batch
from tasks.thresholds import tell_crossed_thresholds

SLICES_AT_ONCE = 8
MAX_WAVES = 100  # a stop for what never ends; a night has a handful
READINGS = 3  # what changes while it is read is read again; what goes on changing is for the next night


def _name() -> str:
    """The flow run's name: what runs, for how much."""
    given = runtime.flow_run.parameters["parameters"]
    parameters = given if isinstance(given, NightRunParameters) else NightRunParameters.model_validate(given)
    return f"{'+'.join(job.use_case for job in parameters.jobs)}-{parameters.budget_jpy}yen"


@flow(name="night-run", flow_run_name=_name, persist_result=False)
async def night_run(parameters: NightRunParameters) -> RunSummary | PlannedRun | None:
    """Answer the documents of one night within their clearance, the budget and the deadline.

    Args:
        parameters: what to read, what may be spent and until when.
    """
    return await through_restarts(one_night, parameters)


async def one_night(parameters: NightRunParameters) -> RunSummary | PlannedRun | None:
    """Open what a night needs, then read, plan, ask and close."""
    async with resources.opened(parameters.mode), ending.recorded():
        run_id = await open_run(parameters)
        if run_id is None:
            return None
        await register_documents(run_id)
        planned = await classify_and_plan(run_id, wave=0)
        if parameters.dry_run:
            await close_quote(run_id)
            return planned
        room_jpy = await approved_room(run_id, parameters, planned)
        if room_jpy is not None:
            planned = await plan_run(run_id, wave=0, room_jpy=room_jpy)
        await answer_in_waves(run_id, planned, Patience(parameters.outage_wait_minutes * 60))
        summary = await close_run(run_id, planned)
        await tell_crossed_thresholds()
        return summary


async def classify_and_plan(run_id: str, wave: int, asked: Asked | None = None) -> PlannedRun:
    """Classify what has not been classified, have its meaning judged where that is on, then plan what is pending."""
    for _ in range(READINGS):
        for document_ids in await to_classify(run_id):
            await classify(run_id, document_ids)
    for document_ids in await to_judge(run_id):
        await judge(run_id, document_ids)
    return await plan_run(run_id, wave, drift=asked.drift if asked else None)


async def answer_in_waves(run_id: str, planned: PlannedRun, patience: Patience) -> None:
    """Ask while the plan holds, then plan what is left, until a wave moves nothing and nothing is waited for."""
    for wave in range(1, MAX_WAVES):
        asked = await until_drift(run_id, planned.slices, partial(ask, run_id), at_most=SLICES_AT_ONCE)
        if not asked.moved and not await wait_for_endpoints(run_id, patience) and not await wait_for_batches(run_id):
            return
        planned = await classify_and_plan(run_id, wave, asked)


async def ask(run_id: str, part: Slice) -> SliceTotals:
    """One by one at once, or all together as a batch whose answers are collected later."""
    totals = await (submit_batch if part.waits else answer_slice)(run_id, part)
    await tell_crossed_thresholds()
    return totals
