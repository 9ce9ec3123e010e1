"""`yakin offers show`: which models serve which use case, and what stands between the others and the night."""

from typing import TYPE_CHECKING, Annotated

import typer

from yakin.cli.approval import AsJson
from yakin.cli.database import with_pool
from yakin.cli.output import OUT, print_json, table
from yakin.cli.which_offer import House, house, use_case_of
from yakin.domain.offer_approval import Gate, notice
from yakin.domain.use_case import UseCaseFacts

if TYPE_CHECKING:
    from tasks.offer_standing import Standing
    from yakin.store.pool import Pool

Shown = list[tuple[UseCaseFacts, Gate, "list[Standing]"]]


def show(
    use_case: Annotated[str, typer.Argument(metavar="USE_CASE", help="Left out: all of them")] = "",
    as_json: AsJson = False,
) -> None:
    """Which models nights use now, and what stands between the others and the night.

    approved, changed since, new, inferior, or too small a golden set to tell, with the size that would; quality and
    interval of the newest evaluation.
    """
    known = house()
    found = _found(known, [use_case_of(known, use_case).name] if use_case else sorted(known.use_cases))
    if as_json:
        print_json({"use_cases": [_object(*each) for each in found]})
        return
    for facts, gate, standings in found:
        _show(facts, gate, standings)


def _found(known: House, names: list[str]) -> Shown:
    from tasks.offer_standing import standings

    async def step(pool: "Pool") -> Shown:
        asked = [known.use_cases[name] for name in names]
        return [(facts, *await standings(pool, facts, known.models)) for facts in asked]

    return with_pool(step)


def _is_news(standing: "Standing") -> bool:
    """Whether nobody ever measured or approved it: a catalogue has many of these."""
    return standing.state == "new" and standing.scored is None


def _show(facts: UseCaseFacts, gate: Gate, standings: "list[Standing]") -> None:
    told = notice(gate, facts.version)
    OUT.print(told or f"{facts.name}: nights use {', '.join(sorted(gate.serving))}", markup=False)
    table(
        f"{facts.name} モデル候補の承認",
        ["model", "state", "nights use it", "#quality", "interval", "#items", "why"],
        [
            (
                each.model,
                each.state.replace("_", " "),
                "yes" if each.serves else "no",
                f"{each.scored.quality:.3f}" if each.scored else "",
                _interval(each),
                each.scored.items if each.scored else "",
                _why(facts, each),
            )
            for each in sorted(standings, key=lambda each: (not each.serves, each.model))
            if not _is_news(each)
        ],
    )
    if new := [each.model for each in standings if _is_news(each)]:
        remedy = f"yakin evaluate {facts.name} --budget-jpy YEN --real, then yakin offers approve {facts.name} MODEL"
        OUT.print(f"new and not measured 新規・未測定: {', '.join(new)}; {remedy}", markup=False)


def _interval(standing: "Standing") -> str:
    scored = standing.scored
    if scored is None or scored.low is None or scored.high is None:
        return ""
    return f"{scored.low:.3f}–{scored.high:.3f}"


def _why(facts: UseCaseFacts, standing: "Standing") -> str:
    """What an approval rests on, or what stands in the way of one."""
    approval, compared = standing.approval, standing.compared
    if standing.serves and approval is not None and compared is None:
        return f"approval {approval.approval_id}, {str(approval.basis).replace('_', ' ')}, by {approval.by}"
    if compared is None:
        return standing.why_not or ""
    remedy = f": yakin offers approve {facts.name} {standing.model}" if compared.trial.passed else ""
    before = "" if standing.state == "new" else f"{standing.why_not or 'approved for another version'}; "
    return f"{before}{compared.why}{remedy}"


def _object(facts: UseCaseFacts, gate: Gate, standings: "list[Standing]") -> dict[str, object]:
    rule = facts.switch_gate
    return {
        "use_case": facts.name,
        "use_case_version": facts.version,
        "standing": gate.standing,
        "notice": notice(gate, facts.version),
        "serving": sorted(gate.serving),
        "switch_gate": {"margin": rule.margin, "confidence": rule.confidence, "min_items": rule.min_items},
        "offers": [_offer(each) for each in standings],
    }


def _offer(standing: "Standing") -> dict[str, object]:
    approval, scored, compared = standing.approval, standing.scored, standing.compared
    return {
        "model": standing.model,
        "state": standing.state,
        "serves": standing.serves,
        "why_not": standing.why_not,
        "approval": approval
        and {
            "approval_id": approval.approval_id,
            "basis": approval.basis,
            "use_case_version": approval.use_case_version,
            "vendor_model": approval.vendor_model,
            "by": approval.by,
            "at": approval.at.isoformat(),
        },
        "quality": scored and scored.quality,
        "low": scored and scored.low,
        "high": scored and scored.high,
        "items": scored and scored.items,
        "evaluation_id": scored and scored.evaluation_id,
        "evaluated_at": scored and scored.evaluated_at.isoformat(),
        "test": compared
        and {
            "verdict": compared.trial.verdict,
            "against": compared.against and compared.against.model,
            "items": compared.trial.items,
            "difference": compared.trial.difference,
            "low": compared.trial.low,
            "high": compared.trial.high,
            "needed_items": compared.trial.needed_items,
            "mcnemar_p": compared.trial.mcnemar_p,
            "words": compared.why,
        },
    }
