"""What the on-premises judge may find in a text without identifiers, and which evidence follows. It only raises."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from yakin.domain.evidence import Kind
from yakin.domain.levels import Level, highest


class Category(StrEnum):
    """What a text is about when its meaning alone makes it sensitive."""

    DEAL = "deal"  # M&A, alliances, financing that is not announced
    UNPUBLISHED_RESULTS = "unpublished_results"
    TRADE_SECRET = "trade_secret"  # noqa: S105 - know-how, not a password
    PRICING = "pricing"  # cost, discounts, bids
    HR_EVALUATION = "hr_evaluation"
    LAYOFFS = "layoffs"
    LEGAL_DISPUTE = "legal_dispute"
    SECURITY_INCIDENT = "security_incident"


# Facts before disclosure: 金商法166条. Know-how that is managed as secret: 不競法2条6項. A company may raise each.
LEVELS: Mapping[Category, Level] = {
    category: Level.CONFIDENTIAL if category is Category.PRICING else Level.RESTRICTED for category in Category
}
KINDS: Mapping[Level, Kind] = {
    Level.CONFIDENTIAL: Kind.JUDGED_CONFIDENTIAL,
    Level.RESTRICTED: Kind.JUDGED_RESTRICTED,
    Level.SECRET: Kind.JUDGED_SECRET,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A category with the level that it asked for when it was given, or nothing found: both None."""

    category: Category | None
    level: Level | None


NOTHING = Verdict(None, None)


def verdict_of(category: Category | None, levels: Mapping[Category, Level]) -> Verdict:
    """A verdict under these levels."""
    return NOTHING if category is None else Verdict(category, levels[category])


def judged_counts(verdict: Verdict, levels: Mapping[Category, Level] = LEVELS) -> dict[Kind, int]:
    """The evidence of a verdict: the higher of the level that it was given with and the one in force now."""
    if verdict.category is None or verdict.level is None:
        return {}
    return {KINDS[highest((verdict.level, levels[verdict.category]))]: 1}
