"""List the sources, hash what is new, and put it on the run's list of work."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks import resources
from tasks.bounded import each
from tasks.loading import Loaded, load
from tasks.resources import Resources
from tasks.run_context import JobContext, RunContext
from yakin.domain.documents import DocumentId, Registration, SourceObject
from yakin.errors import SourceChanged, UsageError
from yakin.reading.sources import SourceUnavailable, list_objects
from yakin.store import documents, night_work, work
from yakin.store.documents import RegisteredDocument
from yakin.store.night_work import KnownVersion

LOGGER = logging.getLogger("yakin.register")
READERS = 8
BATCH = 200


@dataclass(frozen=True, slots=True)
class Registered:
    """How many documents of all jobs wait, were answered before, or are set aside."""

    pending: int
    skipped: int
    set_aside: int


@task(name="register-documents", task_run_name="register-documents", cache_policy=NO_CACHE, persist_result=False)
async def register_documents(run_id: str) -> Registered:
    """Every object of every job is a document with a work item, whatever is wrong with it."""
    night = resources.current()
    run = night.running(run_id)
    added = [await _register_job(night, run, job) for job in run.jobs.values()]
    total = Registered(
        sum(each_job.pending for each_job in added),
        sum(each_job.skipped for each_job in added),
        sum(each_job.set_aside for each_job in added),
    )
    LOGGER.info("run %s: %d to answer, %d answered before", run_id, total.pending, total.skipped)
    return total


async def _register_job(night: Resources, run: RunContext, job: JobContext) -> work.AddedWork:
    objects = await asyncio.to_thread(lambda: list(list_objects(job.source, night.s3)))
    document_ids: list[DocumentId] = []
    for start in range(0, len(objects), BATCH):
        document_ids += await register_objects(night, job, objects[start : start + BATCH])
    return await _add_work(night, run, job, document_ids)


async def _add_work(
    night: Resources, run: RunContext, job: JobContext, document_ids: Sequence[DocumentId]
) -> work.AddedWork:
    async with night.pool.connection() as conn:
        return await work.add_work(
            conn,
            run.run_id,
            job.name,
            job.use_case.facts.version,
            document_ids,
            backfill=job.backfill,
            rehearsal=run.rehearsal,
            job=job.number,
        )


async def register_objects(night: Resources, job: JobContext, objects: Sequence[SourceObject]) -> list[DocumentId]:
    """Register one batch; a version that is known by its source is not read again."""
    return [document.document_id for document in await register_listed(night, job, objects)]


async def register_listed(
    night: Resources, job: JobContext, objects: Sequence[SourceObject]
) -> list[RegisteredDocument]:
    """The same with the place of each; no object may be given twice."""
    async with night.pool.connection() as conn:
        known = await night_work.known_versions(conn, objects)

    async def registration(source: SourceObject) -> Registration:
        return await _registration(night, job, source, known.get((source.uri, source.object_version)))

    registrations = await each(registration, objects, at_most=READERS)
    async with night.pool.connection() as conn:
        return await documents.register(conn, registrations)


async def _registration(
    night: Resources, job: JobContext, source: SourceObject, known: KnownVersion | None
) -> Registration:
    rule = night.sources.rule_for(source.uri)
    sha256 = known.sha256 if known else await _hash(night, source)
    return Registration(
        source=source,
        sha256=sha256,
        media_type=known.media_type if known else "application/octet-stream",
        baseline=rule.baseline(job.baseline),
        department=job.department if job.department != "unassigned" else rule.department,
        owner=rule.owner,
        flags=rule.flags,
    )


async def _hash(night: Resources, source: SourceObject) -> str | None:
    """SHA-256 of the bytes; None when they cannot be read, which classification will state as the reason."""
    try:
        loaded = await load(source, night.s3)
    except SourceChanged:
        return None  # changed while we listed: the next night sees the new version
    return loaded.sha256 if isinstance(loaded, Loaded) else None


async def register_again(
    night: Resources, run: RunContext, job: JobContext, source: SourceObject
) -> Sequence[DocumentId]:
    """What is there now joins the run: a new document when the bytes changed, the old one when only the date did."""
    try:
        objects = await asyncio.to_thread(lambda: list(list_objects(source.uri, night.s3)))
    except (UsageError, SourceUnavailable):
        return ()  # it is gone, or cannot be reached any more: the next night sees what is there
    document_ids = await register_objects(night, job, objects)
    await _add_work(night, run, job, document_ids)
    return document_ids
