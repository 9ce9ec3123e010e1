"""Extract and detect, document by document, in killable worker processes. Text is not stored."""

import logging
from collections.abc import Sequence

from prefect import runtime, task
from prefect.cache_policies import NO_CACHE

from tasks import resources
from tasks.bounded import each
from tasks.document_worker import Classified, classify_bytes
from tasks.loading import load_registered, worked_on
from tasks.register_documents import register_again
from tasks.resources import Resources
from tasks.run_context import RunContext
from yakin.domain.documents import DocumentId, Reason
from yakin.domain.evidence import Kind
from yakin.errors import SourceChanged
from yakin.store import documents, night_work
from yakin.store.documents import Classification
from yakin.store.night_work import Unclassified, Versions

LOGGER = logging.getLogger("yakin.classify")
AT_ONCE = 4  # documents in flight; the pool's workers are the limit


async def to_classify(run_id: str, slice_documents: int = 200) -> list[list[DocumentId]]:
    """The run's pending documents that this detector has not judged yet, in slices."""
    night = resources.current()
    async with night.pool.connection() as conn:
        waiting = await night_work.unclassified(conn, night.running(run_id).run_id, night.versions)
    ids = [document.document_id for document in waiting]
    return [ids[start : start + slice_documents] for start in range(0, len(ids), slice_documents)]


def _name() -> str:
    return f"classify-n{len(runtime.task_run.parameters['document_ids'])}"


@task(name="classify", task_run_name=_name, cache_policy=NO_CACHE, persist_result=False)
async def classify(run_id: str, document_ids: Sequence[DocumentId]) -> int:
    """Evidence counts and token counts of each document, or why it cannot be read. Fails closed."""
    night = resources.current()
    run = night.running(run_id)
    async with night.pool.connection() as conn:
        mine = await night_work.unclassified(conn, run.run_id, night.versions, only=document_ids)

    async def step(document: Unclassified) -> None:
        await _classify_one(night, run, document)

    await each(step, mine, at_most=AT_ONCE)
    return len(mine)


async def _classify_one(night: Resources, run: RunContext, document: Unclassified) -> None:
    classified = await _judge(night, document)
    if classified is Reason.SOURCE_CHANGED and await _only_redated(night, run, document):
        return  # the next reading judges it
    async with night.pool.connection() as conn:
        await documents.save_classification(conn, _row(document.document_id, classified, night.versions))


async def _only_redated(night: Resources, run: RunContext, document: Unclassified) -> bool:
    """What is there now joins the run; True when that is the same document with a new date."""
    found = [await register_again(night, run, run.jobs[name], document.source) for name in document.use_cases]
    return any(document.document_id in now_there for now_there in found)


async def _judge(night: Resources, document: Unclassified) -> Classified | Reason:
    try:
        loaded = await load_registered(document.source, document.sha256, night.s3)
        if isinstance(loaded, Reason):
            return loaded
        return await worked_on(night.workers, classify_bytes, loaded, night.classify_request)
    except SourceChanged:
        return Reason.SOURCE_CHANGED


def _row(document_id: DocumentId, classified: Classified | Reason, versions: Versions) -> Classification:
    if isinstance(classified, Reason):
        return Classification(
            document_id=document_id,
            extractor_version=versions.extractor,
            detector_version=versions.detector,
            hash_key_id=versions.hash_key_id,
            media_type="application/octet-stream",
            counts={Kind.UNREADABLE_PART: 1},
            text_hash=None,
            input_tokens=0,
            input_tokens_bound=0,
            unreadable=classified,
        )
    return Classification(
        document_id=document_id,
        extractor_version=classified.extractor_version,
        detector_version=classified.detector_version,
        hash_key_id=versions.hash_key_id,
        media_type=classified.media_type,
        counts=classified.counts,
        text_hash=classified.text_hash,
        input_tokens=classified.input_tokens,
        input_tokens_bound=classified.input_tokens_bound,
        unreadable=classified.unreadable,
    )
