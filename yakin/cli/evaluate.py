"""`yakin evaluate`: a use case's golden set over candidate models, in this process."""

import os
from typing import TYPE_CHECKING

from pydantic import ValidationError

from yakin.cli import services
from yakin.cli.night import REMEDIES, run_flow
from yakin.cli.output import OUT, ExitCode, print_json, say_rehearsal, short_yen, table
from yakin.domain.documents import Reason
from yakin.domain.learned_rules import SAME_OF_ALL
from yakin.errors import UsageError
from yakin.llm.environment import refuse_redirecting_environment
from yakin.settings import read_settings
from yakin.use_cases.load import load_use_cases

if TYPE_CHECKING:
    from tasks.evaluation_parameters import EvaluationParameters, EvaluationSummary


def start(given: dict[str, object], *, as_json: bool) -> ExitCode:
    """Evaluate, show what came of it, and say how it ended."""
    refuse_redirecting_environment(os.environ)
    settings = read_settings()
    parameters = _parameters(given)
    known = load_use_cases(settings.use_cases)
    if parameters.use_case not in known:
        raise UsageError(
            f"USE_CASE: {parameters.use_case!r} is not known; known: {', '.join(sorted(known))}. "
            "YAKIN_USE_CASES adds a folder"
        )
    known[parameters.use_case].golden()  # a wrong line is said before anything is started
    services.use_prefect(settings)  # before anything imports Prefect, which reads its settings once
    from flows.evaluate_models import evaluate_models

    summary = run_flow(lambda: evaluate_models(parameters))
    if as_json:
        print_json(summary.model_dump(mode="python"))
    else:
        _show(summary)
    return exit_code(summary)


def _parameters(given: dict[str, object]) -> "EvaluationParameters":
    from tasks.evaluation_parameters import EvaluationParameters

    try:
        return EvaluationParameters.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as invalid:
        first = invalid.errors(include_input=False, include_url=False)[0]
        field = str(first["loc"][0])
        raise UsageError(f"--{field.replace('_', '-')}: {REMEDIES.get(field, first['msg'])}") from None


def exit_code(summary: "EvaluationSummary") -> ExitCode:
    """0 every item asked of every model that may see it; 4 the budget left some; 3 other reasons. 4 wins."""
    if any(each.reason is Reason.BUDGET for each in summary.unanswered):
        return ExitCode.BUDGET
    return ExitCode.UNANSWERED if summary.unanswered else ExitCode.ALL_ANSWERED


def _show(summary: "EvaluationSummary") -> None:
    say_rehearsal(rehearsal=summary.rehearsal)
    fields = sorted({name for model in summary.models for name in model.fields})
    table(
        f"{summary.use_case}: quality 品質 on {summary.items} golden items (run {summary.run_id})",
        [
            "model", "#quality", "#interval", "#items", "¥per document", "#seconds", "#not answered",
            *(f"#{name}" for name in fields),
        ],
        [
            (
                model.model, f"{model.quality:.3f}", f"{model.low:.3f} – {model.high:.3f}", model.items,
                short_yen(model.cost_jpy), f"{model.seconds:.2f}", model.unanswered,
                *(f"{model.fields[name]:.2f}" if name in model.fields else "" for name in fields),
            )
            for model in summary.models
        ],
    )  # fmt: skip
    OUT.print(f"{summary.size_words}. Spent: ¥{short_yen(summary.cost_jpy)} of ¥{short_yen(summary.budget_jpy)}")
    if summary.unanswered:
        table("not asked of every model 未実施", ["item", "reason"], [(u.item, u.reason) for u in summary.unanswered])
    if summary.not_asked:
        table("models that were not asked", ["model", "why"], [(each.model, each.why) for each in summary.not_asked])
    rules = sorted((rule for rule in summary.rules if rule.why != SAME_OF_ALL), key=lambda rule: not rule.used)
    table(
        "learned 学習結果",
        ["kind", "rule", "used", "why"],
        [(rule.kind, rule.name, "yes" if rule.used else "no", rule.why) for rule in rules],
    )
