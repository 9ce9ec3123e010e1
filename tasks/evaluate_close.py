"""Close an evaluation: every item has its scores or a reason; quality, rules, and both to look at."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks import resources
from tasks.evaluation_artifacts import show_evaluation
from tasks.evaluation_parameters import (
    EvaluationSummary,
    GoldenTotals,
    ModelResult,
    NotAsked,
    RuleResult,
    UnaskedItem,
)
from tasks.resources import Resources
from tasks.run_context import Evaluating, RunContext
from tasks.telemetry import shown
from yakin.domain.asking import Outcome
from yakin.domain.documents import Reason, WorkState
from yakin.domain.evaluating import Billed, LearnedRule, MeasuredQuality
from yakin.domain.fx import YEN_PLACES
from yakin.domain.learned_rules import learned_rules
from yakin.domain.measuring import WANTED_POINTS, items_to_tell, qualities, reach_points
from yakin.errors import SettingsError
from yakin.store import evaluations, run_report, runs, work
from yakin.store.evaluations import EvaluationId
from yakin.store.runs import RunState
from yakin.use_cases.golden_file import golden_version

LOGGER = logging.getLogger("yakin.evaluate")


@task(name="close-evaluation", task_run_name="close-evaluation", cache_policy=NO_CACHE, persist_result=False)
async def close_evaluation(run_id: str) -> EvaluationSummary:
    """What was measured counts from now on; a run that could ask nothing leaves no measurement."""
    night = resources.current()
    run = night.running(run_id)
    if run.evaluating is None:
        raise SettingsError(f"run {run_id} has no golden set in this process; start the flow, not a single task")
    evaluation_id = EvaluationId(run.evaluating.evaluation_id)
    async with night.pool.connection() as conn:
        answers = await evaluations.answers(conn, evaluation_id)
    measured = qualities(answers)
    rules = await asyncio.to_thread(learned_rules, answers)  # seconds of arithmetic
    async with night.pool.connection() as conn:
        for waiting in await work.pending(conn, run.run_id):
            reason = run.reasons.get((waiting.use_case, waiting.document_id), Reason.SOURCE_CHANGED)
            await work.finish_work(
                conn, run.run_id, waiting.use_case, waiting.document_id, WorkState.UNANSWERED, reason, lease=None
            )
        if answers:
            await evaluations.close(conn, evaluation_id, measured, rules)
        await runs.finish_run(conn, run.run_id, RunState.FINISHED)
    summary = await _summary(night, run, run.evaluating, answers, measured, rules)
    await shown(show_evaluation(summary))
    LOGGER.info("run %s: %d models measured for ¥%s", run_id, len(summary.models), summary.cost_jpy)
    return summary


async def _summary(
    night: Resources,
    run: RunContext,
    evaluating: Evaluating,
    answers: Sequence[Billed],
    measured: Sequence[MeasuredQuality],
    rules: Sequence[LearnedRule],
) -> EvaluationSummary:
    [job] = run.jobs.values()
    async with night.pool.connection() as conn:
        row = await runs.find_run(conn, run.run_id)
        totals = await run_report.totals(conn, run.run_id)
        unanswered = await run_report.unanswered(conn, run.run_id)
    items = [item for members in evaluating.items.values() for item in members]
    return EvaluationSummary(
        run_id=run.run_id,
        evaluation_id=evaluating.evaluation_id,
        use_case=job.name,
        use_case_version=job.use_case.facts.version,
        golden_version=golden_version(items),
        business_date=run.business_date.isoformat(),
        rehearsal=run.rehearsal,
        budget_jpy=row.budget_jpy,
        cost_jpy=totals.cost_jpy,
        unknown_jpy=totals.reserved_unknown_jpy,
        items=len(items),
        documents=GoldenTotals(seen=totals.seen, answered=totals.answered, unanswered=totals.unanswered),
        unanswered=[
            UnaskedItem(item=item.id, reason=each.reason)
            for each in unanswered
            for item in evaluating.items.get(each.document_id, ())
        ],
        models=_models(answers, measured),
        not_asked=[NotAsked(model=name, why=why) for name, why in sorted(evaluating.not_asked.items())],
        rules=[RuleResult(kind=rule.kind, name=rule.name, used=rule.used, why=rule.why) for rule in rules],
        size_words=size_words(answers, measured),
    )


def _models(answers: Sequence[Billed], measured: Sequence[MeasuredQuality]) -> list[ModelResult]:
    """Best first."""
    billed: defaultdict[str, list[Billed]] = defaultdict(list)
    for each in answers:
        billed[each.scored.model].append(each)
    fields: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for quality in measured:
        if quality.field:
            fields[quality.model][quality.field] = round(quality.quality, 4)
    return [_model(quality, billed[quality.model], fields[quality.model]) for quality in _whole(measured)]


def _whole(measured: Sequence[MeasuredQuality]) -> list[MeasuredQuality]:
    return [quality for quality in measured if not quality.field and not quality.feature]


def _model(quality: MeasuredQuality, billed: Sequence[Billed], fields: Mapping[str, float]) -> ModelResult:
    return ModelResult(
        model=quality.model,
        offer=billed[0].scored.offer,
        items=quality.items,
        quality=round(quality.quality, 4),
        low=round(quality.low, 4),
        high=round(quality.high, 4),
        confidence=quality.confidence,
        cost_jpy=(sum((each.cost_jpy for each in billed), Decimal(0)) / len(billed)).quantize(YEN_PLACES),
        seconds=round(sum(each.seconds for each in billed) / len(billed), 3),
        unanswered=sum(each.scored.outcome is not Outcome.ANSWERED for each in billed),
        fields=dict(fields),
    )


def size_words(answers: Sequence[Billed], measured: Sequence[MeasuredQuality]) -> str:
    """How far the golden set tells, and the size that would tell enough, in one sentence."""
    whole, needed = _whole(measured), items_to_tell(answers)
    if not whole or needed is None:
        return "nothing was measured"
    widest = max(whole, key=reach_points)
    told = f"{widest.items} items tell quality to ±{reach_points(widest):.0f} points"
    if reach_points(widest) <= WANTED_POINTS:
        return f"{told}: enough"
    return f"{told}; about {needed} would tell ±{WANTED_POINTS:.0f}"
