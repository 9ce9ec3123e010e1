"""What people see of an evaluation in the Prefect UI: models, quality, yen, seconds, rules. Never an answer."""

from collections import Counter

from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact

from tasks.artifacts import REHEARSAL
from tasks.evaluation_parameters import EvaluationSummary, ModelResult


async def show_evaluation(summary: EvaluationSummary) -> None:
    """How right each model was, what it cost and how long it took; and what was learned. Never an answer."""
    await acreate_table_artifact(
        [_model_row(model) for model in summary.models],
        key=f"quality-{summary.run_id[:8]}",
        description=f"Model quality 品質 {summary.use_case}: {summary.size_words}",
    )
    await acreate_markdown_artifact(
        evaluation_markdown(summary), key=f"learned-{summary.run_id[:8]}", description="What was learned 学習結果"
    )


def _model_row(model: ModelResult) -> dict[str, object]:
    return {
        "model": model.model,
        "quality": f"{model.quality:.3f}",
        f"{model.confidence:.0%} interval": f"{model.low:.3f} – {model.high:.3f}",
        "items": model.items,
        "yen per document": f"{model.cost_jpy:.6f}",
        "seconds per document": f"{model.seconds:.2f}",
        "not answered": model.unanswered,
        **{f"field {name}": f"{quality:.3f}" for name, quality in model.fields.items()},
    }


def evaluation_markdown(summary: EvaluationSummary) -> str:
    """Rules that planning uses and those that it does not, each with its reason."""
    rows = [
        f"| {rule.kind} | {rule.name} | {'yes' if rule.used else 'no'} | {rule.why} |"
        for rule in sorted(summary.rules, key=lambda rule: not rule.used)
    ]
    reasons = Counter(str(each.reason) for each in summary.unanswered)
    counted = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
    title = f"## {summary.use_case}: {len(summary.models)} models on {summary.items} golden items"
    return "\n".join(
        [
            f"{title}, ¥{summary.cost_jpy:.6f} spent 実績",
            REHEARSAL if summary.rehearsal else "",
            f"{summary.size_words}.",
            f"Not asked of every model 未実施: {counted}." if reasons else "",
            *(f"- {each.model}: {each.why}" for each in summary.not_asked),
            "",
            "| kind | rule | used | why |",
            "|---|---|---|---|",
            *rows,
        ]
    )
