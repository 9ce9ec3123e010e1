"""What the on-premises judge said of pending documents, as evidence beside what the rules found."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from tasks.resources import Resources
from tasks.run_context import JobContext, Judging, RunContext
from yakin.catalogue.judge import WhenItFails
from yakin.domain.documents import DocumentId
from yakin.domain.evidence import Assessment, Kind
from yakin.domain.judging import LEVELS, judged_counts
from yakin.store import judgements
from yakin.store.judgements import NO_JUDGE, Judgement
from yakin.store.night_work import PendingDocument

Assess = Callable[[Resources, JobContext, PendingDocument], Assessment]


async def with_judgements(
    night: Resources, run: RunContext, pending: Sequence[PendingDocument], assess: Assess
) -> list[PendingDocument]:
    """The documents with the judge's verdicts among their counts. An unjudged one counts as the rule says of doubt."""
    said = await said_of(night, run, pending)
    judging = run.judging
    found = []
    for document in pending:
        counts = _counts(judging, said.get(document.document_id))
        if judging is not None and judging.rule.when_it_fails is WhenItFails.RESTRICTED:
            assessed = assess(night, run.jobs[document.use_case], document)
            if is_for_judge(judging, document, assessed) and not _is_judged(said.get(document.document_id)):
                counts = {**counts, Kind.NOT_JUDGED: 1}
        found.append(replace(document, counts={**document.counts, **counts}) if counts else document)
    return found


async def to_be_judged(
    night: Resources, run: RunContext, judging: Judging, pending: Sequence[PendingDocument], assess: Assess
) -> list[PendingDocument]:
    """One entry for each document that this judge has not judged and can, under the first job that needs it."""
    said = await said_of(night, run, pending)
    waiting: dict[DocumentId, PendingDocument] = {}
    for document in pending:
        known = document.document_id in waiting or document.document_id in judging.failed
        if known or _is_judged(said.get(document.document_id)) or document.input_tokens > judging.rule.at_most_tokens:
            continue
        if is_for_judge(judging, document, assess(night, run.jobs[document.use_case], document)):
            waiting[document.document_id] = document
    return list(waiting.values())


async def said_of(night: Resources, run: RunContext, pending: Sequence[PendingDocument]) -> dict[DocumentId, Judgement]:
    """By document: what this run's judge said; else, also with the judge off, what was said last."""
    async with night.pool.connection() as conn:
        return await judgements.in_force(
            conn,
            {document.document_id for document in pending},
            rehearsal=run.rehearsal,
            judge_version=run.judging.version if run.judging else NO_JUDGE,
            extractor_version=night.versions.extractor,
        )


async def said_of_bytes(night: Resources, sha256: str) -> dict[Kind, int]:
    """The evidence of the last verdict on these bytes, for whoever looks at one file outside of a run."""
    async with night.pool.connection() as conn:
        document_id = await judgements.document_of(conn, sha256)
        if document_id is None:
            return {}
        said = await judgements.in_force(conn, [document_id], rehearsal=night.rehearsal)
    rule = night.catalogue.judge
    judgement = said.get(document_id)
    return judged_counts(judgement.verdict, rule.levels if rule else LEVELS) if judgement else {}


def is_for_judge(judging: Judging, document: PendingDocument, assessed: Assessment) -> bool:
    """Readable, not too short to mean anything, and by the rules alone below the level that needs no judge."""
    if document.unreadable is not None or document.input_tokens < judging.rule.at_least_tokens:
        return False
    return assessed.level.rank < judging.rule.below.rank


def _is_judged(judgement: Judgement | None) -> bool:
    return judgement is not None and judgement.current


def _counts(judging: Judging | None, judgement: Judgement | None) -> dict[Kind, int]:
    if judgement is None:
        return {}
    return judged_counts(judgement.verdict, judging.rule.levels if judging else LEVELS)
