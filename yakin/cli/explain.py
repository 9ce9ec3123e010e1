"""`yakin explain`: why a document may go where."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from yakin.cli.output import OUT, print_json, table, yen
from yakin.domain.levels import Level
from yakin.errors import UsageError

if TYPE_CHECKING:
    from tasks.explaining import Explanation


def show(file: Path, use_case: str, baseline: str | None, mode: str, *, as_json: bool) -> None:
    """Level, evidence kinds, zones, offers and choice. Values of what was found are never shown."""
    if not file.is_file():
        raise UsageError(f"{file} is not a file; give the path of one document")
    explanation = asyncio.run(_explain(str(file.resolve()), use_case, _level(baseline), mode))
    if as_json:
        print_json(explain_object(explanation))
    else:
        _show(explanation)


def _level(text: str | None) -> Level | None:
    if text is None:
        return None
    try:
        return Level(text)
    except ValueError:
        raise UsageError(f"--baseline: unknown level {text!r}; one of {', '.join(Level)}") from None


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
                "offer": offer.offer.split(":")[0],
                "zone": str(offer.zone),
                "tier": offer.offer.split(":")[1] if ":" in offer.offer else "realtime",
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
    OUT.print(f"{explanation.uri}\nsha256 {explanation.sha256}")
    OUT.print(
        f"level 機密区分: [bold]{assessed.level} {assessed.level.japanese}[/] because {', '.join(assessed.because)}"
    )
    evidence = ", ".join(f"{kind} × {count}" for kind, count in assessed.counts.items()) or "none"
    OUT.print(f"evidence 検出（種類と件数のみ）: {evidence}")
    OUT.print(f"may go to 送信可否: {', '.join(explanation.zones) or 'nowhere'}")
    table(
        "offers モデル候補",
        ["offer", "zone", "¥expected", "quality", "why not"],
        [
            (
                offer.offer,
                offer.zone,
                "" if offer.expected_jpy is None else yen(offer.expected_jpy),
                "" if offer.quality is None else f"{offer.quality:.2f}",
                offer.why_not or "[green]allowed[/]",
            )
            for offer in explanation.offers
        ],
    )
    OUT.print(f"choice 選択: [bold]{explanation.choice}[/] — {explanation.reason}")
