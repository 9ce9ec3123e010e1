"""How well a signal orders answers by their scores: the area under the ROC curve, also for graded scores."""

import math

import numpy as np
from scipy import optimize

from yakin.domain.learning.arrays import Floats
from yakin.domain.learning.intervals import Interval, normal_quantile

BLOCK = 1000  # rows compared at once: n² comparisons in n × BLOCK memory
EDGE = 1e-9


def concordance(signal: Floats, scores: Floats) -> float:
    """Of all pairs of different score, the share where the better one has the higher signal (ties: half).

    Equals the AUC for right and wrong. One half where no two scores differ.
    """
    agreed, pairs = 0.0, 0
    for start in range(0, len(scores), BLOCK):
        block = slice(start, start + BLOCK)
        better = scores[block, None] > scores[None, :]
        pairs += int(better.sum())
        agreed += float((better * (0.5 + 0.5 * np.sign(signal[block, None] - signal[None, :]))).sum())
    return agreed / pairs if pairs else 0.5


def concordance_interval(auc: float, scores: Floats, *, confidence: float) -> Interval:
    """Newcombe's interval of an AUC (2006, method 5: the values whose own standard error reaches the estimate).

    It holds for few documents and for a perfect AUC, where resampling would claim certainty, and contains one half
    exactly when the Mann-Whitney test, for graded scores Kendall's, does not reject chance.
    """
    by_chance = _variance_by_chance(scores)
    if by_chance is None:
        return Interval(0.0, 1.0)
    z, others = normal_quantile(confidence), max(0.0, len(scores) / 2 - 1)

    def off(value: float) -> float:
        spread = 1 + others * (1 - value) / (2 - value) + others * value / (1 + value)
        variance = by_chance * 4 * value * (1 - value) * spread / (1 + others * 2 / 3)
        return abs(value - auc) - z * math.sqrt(variance)

    low = float(optimize.brentq(off, 0.0, auc - EDGE)) if auc > 2 * EDGE else 0.0
    high = float(optimize.brentq(off, auc + EDGE, 1.0)) if auc < 1 - 2 * EDGE else 1.0
    return Interval(low, high)


def _variance_by_chance(scores: Floats) -> float | None:
    """Of the concordance of a signal that says nothing; None where no two scores differ.

    Kendall's variance with ties, which for m right and n wrong answers is Mann and Whitney's (m + n + 1) / 12mn.
    """
    ties = np.unique(scores, return_counts=True)[1].astype(np.float64)

    def sizes(count: float | Floats) -> float:
        return float(np.sum(count * (count - 1) * (2 * count + 5)))

    count = float(len(scores))
    pairs = (count**2 - float(np.square(ties).sum())) / 2
    if pairs == 0:
        return None
    return (sizes(count) - sizes(ties)) / 18 / (4 * pairs**2)
