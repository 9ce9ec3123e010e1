"""`yakin explain`: why a document may go where."""

import asyncio
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from yakin.cli import services
from yakin.cli.output import OUT, print_json, readable, short_yen, table, yen
from yakin.domain.levels import Level
from yakin.domain.pricing import Tier
from yakin.errors import UsageError

if TYPE_CHECKING:
    from tasks.explaining import Explanation
    from yakin.domain.planning import Considered


def show(file: Path, use_case: str, baseline: Level | None, mode: str, *, as_json: bool) -> None:
    """Level, evidence kinds, zones, offers and choice. Values of what was found are never shown."""
    if not file.is_file():
        raise UsageError(f"FILE: {file} is not a file; give the path of one document")
    services.be_quiet()
    explanation = asyncio.run(_explain(str(file.resolve()), use_case, baseline, mode))
    if as_json:
        print_json(explain_object(explanation))
    else:
        _show(explanation)


async def _explain(file: str, use_case: str, baseline: Level | None, mode: str) -> "Explanation":
    from tasks import resources
    from tasks.explaining import explain
    from tasks.parameters import Mode

    async with resources.opened(Mode(mode)) as night:
        return await explain(night, file, use_case, baseline)


def explain_object(explanation: "Explanation") -> dict[str, object]:
    """DESIGN §11's `explain` shape."""
    return {
        "uri": explanation.uri,
        "sha256": explanation.sha256,
        "level": explanation.assessment.level,
        "because": list(explanation.assessment.because),
        "evidence": {str(kind): count for kind, count in explanation.assessment.counts.items()},
        "zones": list(explanation.zones),
        "offers": [
            {
                **dict(zip(("offer", "zone", "tier"), _names(offer), strict=True)),
                "expected_jpy": None if offer.expected_jpy is None else yen(offer.expected_jpy),
                "quality": offer.quality,
                "allowed": offer.why_not is None,
                "why_not": offer.why_not,
            }
            for offer in explanation.offers
        ],
        "choice": None if explanation.choice == "none" else explanation.choice,
        "reason": explanation.reason,
        "unreadable": explanation.unreadable,
    }


def _show(explanation: "Explanation") -> None:
    assessed = explanation.assessment
    OUT.print(f"{readable(explanation.uri)}\nsha256 {explanation.sha256}")
    if explanation.unreadable:
        OUT.print(f"cannot be read 読取不可: {explanation.unreadable}")
    because = ", ".join(assessed.because)
    OUT.print(f"level 機密区分: [bold]{assessed.level} {assessed.level.japanese}[/] because {because}")
    evidence = ", ".join(f"{kind} × {count}" for kind, count in assessed.counts.items()) or "none"
    OUT.print(f"evidence 検出（種類と件数のみ）: {evidence}")
    OUT.print(f"may go to 送信可否: {', '.join(explanation.zones) or 'nowhere'}")
    priced = [offer for offer in explanation.offers if offer.expected_jpy is not None]
    table(
        "offers モデル候補",
        ["offer, zone 送信先", "¥expected", "#quality", "allowed 可否"],
        [
            (
                f"{offer.offer}, {offer.zone}",
                short_yen(offer.expected_jpy or Decimal(0)),
                _quality(offer),
                _verdict(offer),
            )
            for offer in priced
        ],
    )
    _show_unusable([offer for offer in explanation.offers if offer.expected_jpy is None])
    OUT.print(f"choice 選択: [bold]{explanation.choice}[/] — {explanation.reason}")


def _names(offer: "Considered") -> tuple[str, str, str]:
    name, _, tier = offer.offer.partition(":")
    return name, offer.zone, tier or Tier.REALTIME


def _quality(offer: "Considered") -> str:
    return "" if offer.quality is None else f"{offer.quality:.2f}"


def _verdict(offer: "Considered") -> str:
    return "[green]yes 可[/]" if offer.why_not is None else f"no 不可: {offer.why_not}"


def _show_unusable(offers: "list[Considered]") -> None:
    """Models that nobody could use now, by reason: a company's catalogue has many."""
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for offer in offers:
        by_reason[offer.why_not or ""].append(offer.offer.removesuffix(f":{Tier.REALTIME}"))
    if by_reason:
        OUT.print("not usable now 利用不可:")
    for reason, names in by_reason.items():
        OUT.print(f"  {reason}: {', '.join(names)}")
    OUT.print()
