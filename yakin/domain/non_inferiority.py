"""The non-inferiority test of the switch gate: is a candidate no worse than the incumbent, beyond a margin?

Paired: both answered the same golden items. The bound of the mean difference comes from a bootstrap of scipy (BCa,
Efron 1987). For scores that differ by one step, like right or wrong, a bootstrap of few items promises too much:
there the score interval of a paired difference (Tango 1998) has to agree. Right or wrong get the exact McNemar test
beside it.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

from yakin.domain.use_case import SwitchGate

RESAMPLES = 9_999
POWER = 0.8  # how surely the size that is named would tell, when both are equally good
_ON_THE_MARGIN = 1e-4  # a hundredth of a point
_NEARLY_NONE = 1e-12
_DRAWS_AT_ONCE = 2_000_000  # numbers in memory
_SEED = 20_261_124  # the same scores always give the same verdict

Scores = NDArray[np.float64]


class Verdict(StrEnum):
    """What the golden set says of a candidate."""

    NON_INFERIOR = "non_inferior"
    INFERIOR = "inferior"  # worse by more than the margin, surely
    TOO_SMALL = "too_small"  # it may be either: the items do not tell
    NOT_MEASURED = "not_measured"  # no item was answered by both


@dataclass(frozen=True, slots=True)
class Trial:
    """A verdict with its numbers. Scores, differences and bounds are shares, 0.03 = 3 points of a hundred."""

    verdict: Verdict
    gate: SwitchGate
    items: int = 0
    quality: float | None = None  # mean score of the candidate
    against_quality: float | None = None  # of the incumbent, on the same items
    difference: float | None = None  # candidate − incumbent
    low: float | None = None  # the difference is above this with the gate's confidence
    high: float | None = None  # … and, another statement, below this
    tells: float | None = None  # differences of about this size can be told with so many items
    needed_items: int | None = None  # so many would tell; None: no number would
    mcnemar_p: float | None = None  # exact, two-sided; right-or-wrong scores only

    @property
    def passed(self) -> bool:
        """Whether the candidate may be approved on this test."""
        return self.verdict is Verdict.NON_INFERIOR

    @property
    def words(self) -> str:
        """The verdict as a sentence for people."""
        return _words(self)


def non_inferiority(
    candidate: ArrayLike, incumbent: ArrayLike, gate: SwitchGate, *, resamples: int = RESAMPLES
) -> Trial:
    """Test paired scores in [0, 1], item by item. Raises ValueError for arrays that are no pairs or no scores."""
    ours, theirs = _scores(candidate), _scores(incumbent)
    if ours.shape != theirs.shape:
        raise ValueError(f"{ours.size} scores are paired with {theirs.size}")
    if ours.size == 0:
        return Trial(Verdict.NOT_MEASURED, gate, needed_items=gate.min_items)
    differences = ours - theirs
    low, high = _bounds(differences, gate.confidence, resamples)
    step = _only_step(differences)
    if step is not None and np.ptp(differences) > 0:
        by_score = _score_bounds(differences, gate.confidence)
        low, high = min(low, step * by_score[0]), max(high, step * by_score[1])
    return Trial(
        verdict=_verdict(differences.size, low, high, gate),
        gate=gate,
        items=int(differences.size),
        quality=float(ours.mean()),
        against_quality=float(theirs.mean()),
        difference=float(differences.mean()),
        low=low,
        high=high,
        tells=min(1.0, _z(gate.confidence) * _spread(differences) / math.sqrt(differences.size)),
        needed_items=_needed(differences, gate),
        mcnemar_p=_mcnemar(ours, theirs),
    )


def _scores(values: ArrayLike) -> Scores:
    scores = np.asarray(values, dtype=np.float64)
    if scores.ndim != 1 or not np.all((scores >= 0) & (scores <= 1)):
        raise ValueError("scores are one number per item, between 0 and 1")
    return scores


def _verdict(items: int, low: float, high: float, gate: SwitchGate) -> Verdict:
    if items < gate.min_items:
        return Verdict.TOO_SMALL
    if low > -gate.margin:
        return Verdict.NON_INFERIOR
    return Verdict.INFERIOR if high < -gate.margin else Verdict.TOO_SMALL


def _bounds(differences: Scores, confidence: float, resamples: int) -> tuple[float, float]:
    """Lower and upper one-sided bound of the mean difference, each with that confidence."""
    if np.ptp(differences) == 0:
        return _bounds_of_equal(float(differences[0]), differences.size, confidence)
    interval = _bootstrap(differences, confidence, resamples, "BCa")
    if not all(map(math.isfinite, interval)):  # scipy's acceleration has no value for some tiny samples
        interval = _bootstrap(differences, confidence, resamples, "percentile")
    return interval


def _bootstrap(differences: Scores, confidence: float, resamples: int, method: str) -> tuple[float, float]:
    found = stats.bootstrap(
        (differences,),
        np.mean,
        confidence_level=2 * confidence - 1,  # two sides of one-sided bounds
        n_resamples=resamples,
        batch=max(1, _DRAWS_AT_ONCE // differences.size),
        method=method,
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return float(found.low), float(found.high)


def _only_step(differences: Scores) -> float | None:
    """By how much scores differ where they do, when it is always as much: 1 for right or wrong; else None."""
    steps = np.unique(np.abs(differences[differences != 0]).round(9))
    return float(steps[0]) if steps.size == 1 else None


def _score_bounds(differences: Scores, confidence: float) -> tuple[float, float]:
    """Tango's one-sided bounds, in steps: what the items are just compatible with, by how many differ either way."""
    items, better, worse = differences.size, int((differences > 0).sum()), int((differences < 0).sum())

    def deviation(supposed: float) -> float:
        half = (2 * items - better + worse) * supposed - better - worse
        root = max(0.0, half**2 + 8 * items * worse * supposed * (1 - supposed))
        only_worse = (math.sqrt(root) - half) / (4 * items)  # its share, if the difference is the supposed one
        variance = items * (2 * only_worse + supposed * (1 - supposed))
        return (better - worse - items * supposed) / math.sqrt(max(variance, _NEARLY_NONE))

    z = _z(confidence)
    # the deviation falls from +∞ at −1 to −∞ at 1 and is 0 at what was seen
    low = optimize.brentq(lambda supposed: deviation(supposed) - z, -1 + _NEARLY_NONE, 1 - _NEARLY_NONE)
    high = optimize.brentq(lambda supposed: deviation(supposed) + z, -1 + _NEARLY_NONE, 1 - _NEARLY_NONE)
    return float(low), float(high)


def _bounds_of_equal(difference: float, items: int, confidence: float) -> tuple[float, float]:
    """Where every item differs by the same, of which a bootstrap would be certain.

    Exact: the share of items that differ otherwise is below 1 − (1 − confidence)^(1/items), the rule of three, and
    those may differ by all there is.
    """
    unseen = 1 - (1 - confidence) ** (1 / items)
    return difference - unseen * (1 + difference), difference + unseen * (1 - difference)


def _z(confidence: float) -> float:
    return float(stats.norm.ppf(confidence))


def _spread(differences: Scores) -> float:
    """Standard deviation of the paired differences, with one item more that differs by all there is.

    Few items that happen to be equal would otherwise promise that few are enough.
    """
    squares = float(((differences - differences.mean()) ** 2).sum())
    return math.sqrt((squares + 1) / (differences.size + 1))


def _needed(differences: Scores, gate: SwitchGate) -> int | None:
    """Items that would tell, surely by `POWER`: ((z_confidence + z_power) · sd / distance)², never below the minimum.

    The distance is the margin, as for an equally good candidate; where the items would be enough for that, it is what
    is seen between the difference and the margin. None: it lies on the margin, and no number would tell.
    """
    reach = ((_z(gate.confidence) + _z(POWER)) * _spread(differences)) ** 2
    rule_of_three = math.log(1 - gate.confidence) / math.log(1 - gate.margin)
    equal = max(gate.min_items, math.ceil(reach / gate.margin**2), math.ceil(rule_of_three))
    if differences.size < equal:
        return equal
    distance = abs(float(differences.mean()) + gate.margin)
    return max(gate.min_items, math.ceil(reach / distance**2)) if distance > _ON_THE_MARGIN else None


def _right_or_wrong(ours: Scores, theirs: Scores) -> bool:
    return bool(np.all(np.isin(ours, (0, 1)) & np.isin(theirs, (0, 1))))


def _mcnemar(ours: Scores, theirs: Scores) -> float | None:
    """How likely so uneven a disagreement is when both are equally good; None for scores between right and wrong."""
    if not _right_or_wrong(ours, theirs):
        return None
    better, worse = int((ours > theirs).sum()), int((ours < theirs).sum())
    return float(stats.binomtest(better, better + worse, 0.5).pvalue) if better + worse else 1.0


def _words(tested: Trial) -> str:
    if tested.difference is None or tested.low is None or tested.high is None or tested.tells is None:
        return "not measured: no golden item was answered by both"
    margin, sure = _points(tested.gate.margin), f"{tested.gate.confidence:.0%} confidence"
    items = f"{tested.items} item{'s' * (tested.items != 1)}"
    seen = f"{100 * tested.difference:+.1f} points on {items}"
    match tested.verdict:
        case Verdict.NON_INFERIOR:
            return f"non-inferior: {seen}, above {100 * tested.low:+.2f} with {sure} (margin {margin})"
        case Verdict.INFERIOR:
            return f"inferior: {seen}, below {100 * tested.high:+.2f} with {sure} (margin {margin})"
        case Verdict.TOO_SMALL | Verdict.NOT_MEASURED:
            enough = f"about {tested.needed_items:,} items" if tested.needed_items else "no number of items"
            tells = f"{items} tell about ±{_points(tested.tells)} points, the margin is {margin}"
            return f"too small to tell: {seen}; {tells}; {enough} would tell"
        case _ as never:
            assert_never(never)


def _points(share: float) -> str:
    return f"{100 * share:.1f}".removesuffix(".0")
