"""An evaluation: how right candidate models are on a use case's golden set. Numbers only, never an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from yakin.domain.asking import Outcome
from yakin.domain.documents import DocumentId


class RuleKind(StrEnum):
    """What was learned: quality by document, what a verification signal is worth, when a cheap answer is taken."""

    QUALITY = "quality"
    CALIBRATION = "calibration"
    CASCADE = "cascade"


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """How right one model was on one golden item. Without an answer every score is 0."""

    item: str
    model: str
    offer: str
    document_id: DocumentId
    outcome: Outcome
    fields: Mapping[str, float]  # score by expected field, 0..1
    features: Mapping[str, float]  # what planning knows of the document beforehand
    signals: Mapping[str, float] = field(default_factory=dict)  # what is known of the answer without its truth

    @property
    def score(self) -> float:
        """The share of the expected fields that are right, 0..1."""
        return sum(self.fields.values()) / len(self.fields)


@dataclass(frozen=True, slots=True)
class Billed:
    """A scored answer with what asking for it took, over all attempts on the item. Yen and seconds.

    What asking again to compare took is apart: a night does it in cascades alone.
    """

    scored: ScoredAnswer
    input_tokens: int
    output_tokens: int
    cost_jpy: Decimal
    seconds: float
    consistency_jpy: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class MeasuredQuality:
    """Mean score with its confidence interval. An empty field is the whole answer, an empty feature every document."""

    model: str
    field: str
    feature: str
    items: int
    quality: float
    low: float
    high: float
    confidence: float


@dataclass(frozen=True, slots=True)
class LearnedRule:
    """What was learned, whether planning uses it, and why (not), in words. `rule` holds its numbers."""

    kind: RuleKind
    name: str  # the model; of a calibration `model signal`; of a cascade its own name
    used: bool
    why: str
    rule: Mapping[str, object]
