"""What an answer's verification signal says of it, and the cascades that rest on it. Numbers only, never the answer."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

FIRST, SECOND = 0, 1  # steps of a cascade
CONSISTENCY = "consistency"  # the signal that takes several asks: the share of the answer on which they agree
MOST_ASKS = 5


@dataclass(frozen=True, slots=True)
class Calibration:
    """From a signal of one model's answers to the score to expect of an answer, learned on a golden set.

    `knots` are (signal, expected score), ascending in both; straight between them, flat outside.
    """

    signal: str  # name within Reply.signals
    knots: tuple[tuple[float, float], ...]

    def expected_score(self, signal: float) -> float:
        """The score to expect of an answer with that signal, 0..1."""
        at = bisect_right([known for known, _ in self.knots], signal)
        if at == 0:
            return self.knots[0][1]
        if at == len(self.knots):
            return self.knots[-1][1]
        (left, low), (right, high) = self.knots[at - 1], self.knots[at]
        return low + (high - low) * (signal - left) / (right - left)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a cascade takes its first answer. `confidence` is the score to expect of it; None: it cannot be told."""

    accepted: bool
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class CascadeRule:
    """Ask `first`, verify, and ask `second` when the score to expect of the answer is below `accept_at`.

    Quality and escalated share are measured on held-out golden items.
    """

    first: str  # model
    second: str  # model
    accept_at: float  # on the scale of the calibration's expected score
    quality: float
    escalated_share: float
    calibration: Calibration  # of the first model's answers

    @property
    def name(self) -> str:
        """`cheap>better@0.80`, as in the plan and the UI."""
        return f"{self.first}>{self.second}@{self.accept_at:.2f}"

    @property
    def chain(self) -> tuple[str, str]:
        """The names of its two offers: those of models asked at once."""
        return self.first, self.second

    @property
    def compares(self) -> bool:
        """Whether its first offer is asked several times, as its use case says how often."""
        return self.calibration.signal == CONSISTENCY

    def verdict(self, signals: Mapping[str, float]) -> Verdict:
        """What becomes of a first answer with these signals. Without the signal it is in doubt."""
        signal = signals.get(self.calibration.signal)
        if signal is None:
            return Verdict(accepted=False)
        confidence = self.calibration.expected_score(signal)
        return Verdict(confidence >= self.accept_at, confidence)


def cascade_from(stored: Mapping[str, object]) -> CascadeRule:
    """A rule as `dataclasses.asdict` wrote it, read back from JSON; raises KeyError for what is no rule."""
    calibration = cast("Mapping[str, object]", stored["calibration"])
    return CascadeRule(
        first=str(stored["first"]),
        second=str(stored["second"]),
        accept_at=_number(stored["accept_at"]),
        quality=_number(stored["quality"]),
        escalated_share=_number(stored["escalated_share"]),
        calibration=calibration_from(calibration),
    )


def calibration_from(stored: Mapping[str, object]) -> Calibration:
    """The same for a calibration."""
    knots = cast("Sequence[tuple[object, object]]", stored["knots"])
    return Calibration(str(stored["signal"]), tuple((_number(signal), _number(score)) for signal, score in knots))


def _number(value: object) -> float:
    return float(cast("float", value))
