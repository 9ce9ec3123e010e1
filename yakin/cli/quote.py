"""`yakin quote`: what a night is expected to cost, for people and for programs."""

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from yakin.cli.output import OUT, print_json, say, say_rehearsal, short_yen, table, yen
from yakin.domain.approving import proposed_jpy
from yakin.domain.calendar import JST
from yakin.domain.plan_words import amount_of
from yakin.domain.planning import Limit, Quote

if TYPE_CHECKING:
    from tasks.plan_run import PlannedRun


def show(planned: "PlannedRun", budget_jpy: Decimal, *, as_json: bool) -> None:
    """The `quote` object, or the same for people and how to approve it."""
    if as_json:
        print_json(quote_object(planned))
        return
    say_rehearsal(rehearsal=planned.rehearsal)
    _show_tables(planned.quote)
    if planned.quote.routes:
        offered = short_yen(proposed_jpy(planned.quote.p95_jpy, budget_jpy))
        say(f"run {planned.run_id}: yakin approve {planned.run_id[:8]} --by NAME lets its night spend up to ¥{offered}")


def _show_tables(quote: Quote) -> None:
    table(
        "quote 見積",
        ["¥expected", "¥p95", "¥worst", "finish (JST)", "#quality", "#unmeasured", "zones 送信先"],
        [
            (
                short_yen(quote.expected_jpy),
                short_yen(quote.p95_jpy),
                short_yen(quote.worst_jpy),
                quote.finish_at.astimezone(JST).strftime("%Y-%m-%d %H:%M"),
                "" if quote.quality is None else f"{quote.quality:.2f}",
                f"{quote.unmeasured_share:.0%}",
                ", ".join(f"{zone} {count}" for zone, count in quote.zones.items()),
            )
        ],
    )
    table(
        "routes 経路",
        ["offer", "tier", "#documents", "¥expected", "#quality"],
        [(r.offer, r.tier, r.documents, short_yen(r.expected_jpy), f"{r.quality:.2f}") for r in quote.routes],
    )
    if limits := [each for each in quote.limits if math.isfinite(each.limit) and math.isfinite(each.used)]:
        table(
            "limits 上限",
            ["limit", "#used", "#of", "#missing"],
            [
                (
                    each.name,
                    amount_of(each, each.used),
                    amount_of(each, each.limit),
                    amount_of(each, each.missing) if 0 < each.missing < math.inf else "",
                )
                for each in limits
            ],
        )
    for sentence in quote.words:
        OUT.print(sentence, markup=False)
    if not quote.routes and not quote.infeasible:
        say("nothing is left to ask: no document that can be read is without an answer")
    if quote.infeasible:
        say(f"[yellow]{quote.infeasible}[/]")


def quote_object(planned: "PlannedRun") -> dict[str, object]:
    """DESIGN §11's `quote` shape."""
    quote = planned.quote
    return {
        "expected_jpy": yen(quote.expected_jpy),
        "p95_jpy": f"{quote.p95_jpy:.6f}",
        "worst_jpy": yen(quote.worst_jpy),
        "finish_at": quote.finish_at.isoformat(),
        "zones": dict(quote.zones),
        "routes": [
            {
                "offer": route.offer,
                "tier": route.tier,
                "documents": route.documents,
                "expected_jpy": yen(route.expected_jpy),
                "quality": route.quality,
            }
            for route in quote.routes
        ],
        "lp_gap": None if quote.lp_gap is None else _number(quote.lp_gap),
        "infeasible": quote.infeasible,
        "rehearsal": planned.rehearsal,
        "unmeasured_share": quote.unmeasured_share,
        "unanswered": dict(quote.unanswered),
        "run_id": planned.run_id,
        "quality": quote.quality,
        "value_jpy": _rounded_yen(quote.value_jpy),
        "bound_jpy": _rounded_yen(quote.bound_jpy),
        "limits": [_limit_object(limit) for limit in quote.limits],
        "words": list(quote.words),
    }


def _limit_object(limit: Limit) -> dict[str, object]:
    """A limit in its unit: yen, seconds of work or documents. What has no number is null."""
    return {
        "name": limit.name,
        "kind": limit.kind,
        "limit": _number(limit.limit),
        "used": _number(limit.used),
        "price_jpy": _rounded_yen(limit.price_jpy),
        "more": _number(limit.more),
        "more_value_jpy": _rounded_yen(limit.more_value_jpy),
        "more_quality_points": _number(limit.more_quality_points),
        "missing": _number(limit.missing),
        "full_until": None if limit.full_until is None else limit.full_until.isoformat(),
    }


def _number(number: float) -> float | None:
    """JSON knows no infinity."""
    return number if math.isfinite(number) else None


def _rounded_yen(amount: float) -> str | None:
    """Values of the solver, which are no ledger's: a decimal string like every yen."""
    return f"{amount:.6f}" if math.isfinite(amount) else None
