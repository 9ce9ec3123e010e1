"""Confidence intervals that behave for 14 documents as for 14,000."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from yakin.domain.learning.arrays import Floats, as_scores
from yakin.errors import UsageError

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """The range that covers the true value with the stated confidence (two-sided, default 95 %)."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def normal_quantile(confidence: float) -> float:
    """How many standard errors a two-sided normal interval reaches."""
    if not 0 < confidence < 1:
        raise UsageError(f"confidence: {confidence} is not between 0 and 1")
    return float(stats.norm.ppf((1 + confidence) / 2))


def mean_interval(scores: Floats, *, confidence: float = CONFIDENCE) -> Interval:
    """Of a mean score in [0, 1]. Never of width 0: fourteen right answers out of fourteen are not "always".

    Wilson's for right and wrong, and for graded scores Wilson's of as many documents as would say equally much.
    """
    array = as_scores("scores", scores)
    mean, count = float(array.mean()), _right_or_wrong_worth(array)
    z = normal_quantile(confidence)
    shrink = 1 + z * z / count
    centre = (mean + z * z / (2 * count)) / shrink
    half = z / shrink * math.sqrt(mean * (1 - mean) / count + z * z / (4 * count * count))
    return Interval(max(0.0, min(mean, centre - half)), min(1.0, max(mean, centre + half)))


def _right_or_wrong_worth(scores: Floats) -> float:
    """n, times how much less graded scores vary than 0/1 ones of the same mean.

    One pseudo-document of 0/1 variance keeps a handful of equal grades from claiming certainty.
    """
    count, mean = len(scores), float(scores.mean())
    of_right_or_wrong = mean * (1 - mean)
    if of_right_or_wrong == 0:
        return float(count)
    variance = (float(np.square(scores - mean).sum()) + of_right_or_wrong) / (count + 1)
    return count * max(1.0, of_right_or_wrong / variance)


def mean_difference(differences: Floats, *, confidence: float = CONFIDENCE) -> Interval:
    """Student's interval of the mean of paired differences; unbounded below two of them."""
    count = len(differences)
    if count < 2:
        return Interval(-math.inf, math.inf)
    mean, spread = float(np.mean(differences)), float(np.std(differences, ddof=1)) / math.sqrt(count)
    reach = float(stats.t.ppf((1 + confidence) / 2, count - 1)) * spread
    return Interval(mean - reach, mean + reach)
