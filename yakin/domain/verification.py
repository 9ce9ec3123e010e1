"""What an answer's verification signal says of it, and the cascades that rest on it. Numbers only, never the answer."""

from bisect import bisect_right
from dataclasses import dataclass

FIRST, SECOND = 0, 1  # steps of a cascade


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
