"""Answer the documents of one slice: one Prefect task run, many asks, each settled on its own."""

import logging
from collections import Counter
from dataclasses import dataclass

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks import resources
from tasks.answering import answer_document
from tasks.bounded import each
from tasks.run_context import RunContext
from tasks.slices import Slice
from yakin.domain.documents import DocumentId, Reason, WorkState

LOGGER = logging.getLogger("yakin.slice")
AT_ONCE = 16  # documents of a slice under way; endpoints limit what is asked


@dataclass(frozen=True, slots=True)
class SliceTotals:
    """How the documents of a slice ended."""

    answered: int
    unanswered: int
    pending: int
    changed: int  # sources that changed and will be judged again
    given_back: int = 0  # documents that go into no batch and may be asked one by one


async def answer_slice(run_id: str, part: Slice) -> SliceTotals:
    """Run the slice as a task that the UI shows by its route."""
    return await _answer_slice.with_options(task_run_name=part.name, tags=part.tags)(run_id, part)


@task(name="answer-slice", cache_policy=NO_CACHE, persist_result=False)
async def _answer_slice(run_id: str, part: Slice) -> SliceTotals:
    """Every document of the slice ends with an answer, a reason, or waits for the next wave."""
    night = resources.current()
    run = night.running(run_id)

    async def step(document_id: DocumentId) -> WorkState:
        return await answer_document(night, run, part.use_case, document_id)

    states = Counter(await each(step, part.document_ids, at_most=AT_ONCE))
    changed = sum(_changed(run, part.use_case, document_id) for document_id in part.document_ids)
    totals = SliceTotals(states[WorkState.ANSWERED], states[WorkState.UNANSWERED], states[WorkState.PENDING], changed)
    LOGGER.info(
        "%s: %d answered, %d unanswered, %d wait", part.name, totals.answered, totals.unanswered, totals.pending
    )
    return totals


def _changed(run: RunContext, use_case: str, document_id: DocumentId) -> bool:
    return run.reasons.get((use_case, document_id)) is Reason.SOURCE_CHANGED
