"""Open an evaluation: a run like a night's. Its documents are golden items, its offers the candidates."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks import resources
from tasks.evaluation_parameters import EvaluationParameters
from tasks.open_run import opened_run
from tasks.register_documents import register_listed
from tasks.resources import Resources
from tasks.run_context import Evaluating, JobContext
from yakin.domain.documents import DocumentId, RunPurpose, SourceObject
from yakin.domain.levels import Level, highest
from yakin.domain.pricing import Tier
from yakin.domain.routing import Offer
from yakin.errors import UsageError
from yakin.reading.folders import file_uri
from yakin.reading.sources import list_objects
from yakin.store import evaluations, work
from yakin.use_cases.golden import GoldenItem
from yakin.use_cases.golden_file import golden_version

LOGGER = logging.getLogger("yakin.evaluate")


@task(name="open-evaluation", task_run_name="open-evaluation", cache_policy=NO_CACHE, persist_result=False)
async def open_evaluation(parameters: EvaluationParameters) -> str:
    """The run's id. Raises UsageError for a use case without golden items and for a model that cannot be asked."""
    night = resources.current()
    _check(night, parameters)
    night_parameters = parameters.as_night(str(golden_folder(night, parameters.use_case)))
    run_id = await opened_run(night, night_parameters, RunPurpose.EVALUATION, parameters.models)
    run = night.running(run_id)
    run.offers = {name: _candidates(parameters, offers) for name, offers in run.offers.items()}
    return run_id


def golden_folder(night: Resources, use_case: str) -> Path:
    """Where golden texts become documents; below YAKIN_HOME and for nobody else."""
    return night.settings.home / "golden" / use_case


def _check(night: Resources, parameters: EvaluationParameters) -> None:
    use_case = night.use_cases.get(parameters.use_case)
    if use_case is None:
        raise UsageError(f"use case {parameters.use_case!r} is not known; known: {', '.join(sorted(night.use_cases))}")
    if not use_case.golden():
        raise UsageError(
            f"{use_case.folder / 'golden.jsonl'}: no golden item; write one document and its answer a line"
        )
    if unknown := sorted(set(parameters.models) - set(night.catalogue.models)):
        raise UsageError(
            f"models: {unknown[0]!r} is not in the catalogue of this run; known: {', '.join(night.catalogue.models)}"
        )


def _candidates(parameters: EvaluationParameters, offers: Sequence[Offer]) -> list[Offer]:
    """Realtime offers only: a batch tier of the same model answers alike."""
    realtime = [offer for offer in offers if offer.tier is Tier.REALTIME]
    chosen = [offer for offer in realtime if not parameters.models or offer.model.name in parameters.models]
    if missing := sorted(set(parameters.models) - {offer.model.name for offer in chosen}):
        raise UsageError(f"models: {missing[0]} cannot be asked one by one today; {_says_why(parameters)}")
    if not chosen:
        raise UsageError(f"no model can be asked today; {_says_why(parameters)}")
    return chosen


def _says_why(parameters: EvaluationParameters) -> str:
    """A rehearsal, a missing key, no price: what the catalogue alone does not know."""
    return f"`yakin explain FILE --use-case {parameters.use_case}` says why, with --real or --rehearsal as here"


@task(name="register-golden", task_run_name="register-golden", cache_policy=NO_CACHE, persist_result=False)
async def register_golden(run_id: str) -> int:
    """Every golden item is a document with a work item, at the level that its line declares; how many items."""
    night = resources.current()
    run = night.running(run_id)
    [job] = run.jobs.values()
    items = job.use_case.golden()
    by_document = await _registered(night, job, items)
    async with night.pool.connection() as conn:
        await work.add_golden(
            conn, run.run_id, job.name, job.use_case.facts.version, list(by_document), rehearsal=run.rehearsal
        )
        evaluation_id = await evaluations.begin(
            conn,
            run.run_id,
            job.name,
            job.use_case.facts.version,
            golden_version(items),
            items=len(items),
            rehearsal=run.rehearsal,
        )
    run.evaluating = Evaluating(evaluation_id, by_document)
    LOGGER.info("run %s: %d golden items are %d documents", run_id, len(items), len(by_document))
    return len(items)


async def _registered(
    night: Resources, job: JobContext, items: Sequence[GoldenItem]
) -> dict[DocumentId, list[GoldenItem]]:
    """By document. What the source register declares of a sample's folder can only raise an item's level."""
    by_place: defaultdict[str, list[GoldenItem]] = defaultdict(list)
    for item, place in zip(items, await asyncio.to_thread(_places, golden_folder(night, job.name), items), strict=True):
        by_place[place].append(item)
    levels = {place: highest(item.level for item in members) for place, members in by_place.items()}
    found: defaultdict[DocumentId, list[GoldenItem]] = defaultdict(list)
    for level in Level:
        places = [place for place in by_place if levels[place] is level]
        listed = await asyncio.to_thread(_listed, night, places)
        for document in await register_listed(night, replace(job, baseline=level), listed):
            found[document.document_id] += by_place[document.uri]
    return dict(found)


def _listed(night: Resources, places: Sequence[str]) -> list[SourceObject]:
    return [each for place in places for each in list_objects(place, night.s3)]


def _places(folder: Path, items: Sequence[GoldenItem]) -> list[str]:
    """The `file://` URI of each item: its sample, or its text as a file."""
    paths = [each.document if isinstance(each.document, Path) else _written(folder, each) for each in items]
    return [file_uri(path.resolve()) for path in paths]


def _written(folder: Path, item: GoldenItem) -> Path:
    """The text as a file of its owner alone. One that is there already keeps its date: it is the same document.

    Another evaluation may write or read it at this moment: it is whole or not there.
    """
    for private in (folder.parent, folder):
        private.mkdir(exist_ok=True, mode=0o700)
    path, data = folder / f"{item.id}.txt", str(item.document).encode()
    if not path.is_file() or path.read_bytes() != data:
        with NamedTemporaryFile(dir=folder.parent, prefix="writing-", delete=False) as whole:  # 0600; in no source
            whole.write(data)
        Path(whole.name).replace(path)
    return path
