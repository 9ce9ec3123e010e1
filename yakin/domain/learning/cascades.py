"""Cascades worth having: ask the cheap offer, believe it where verification says so, else ask the better one too."""

from dataclasses import dataclass

import numpy as np

from yakin.domain.learning.arrays import Flags, Floats, as_finite, as_scores
from yakin.domain.learning.calibration import SignalCalibration
from yakin.domain.learning.intervals import CONFIDENCE, Interval, mean_interval, normal_quantile
from yakin.domain.verification import Calibration, CascadeRule
from yakin.errors import UsageError

SHARES = tuple(
    float(each) for each in np.linspace(0.05, 0.95, 19)
)  # of documents escalated: where thresholds are tried
MOST_RULES = 5
DRAWS = 2000
FEWEST = 10


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What one offer scored and cost on each of the same n documents."""

    name: str
    scores: Floats  # (n,) in [0, 1]
    costs: Floats  # (n,), any unit, the same for all offers


@dataclass(frozen=True, slots=True)
class LearnedCascade:
    """One cascade: `first`'s answer stands where its expected score reaches `accept_at`, else `second` answers.

    Every figure is held out: the expected scores come from curves that had not seen the document.
    """

    first: str
    second: str
    accept_at: float  # on the calibrated scale
    quality: float
    quality_interval: Interval
    escalated_share: float
    escalated_interval: Interval
    cost: float  # mean per document, the first call and its checks always paid
    gain: float  # quality above the best mix of the two offers of the same cost
    gain_interval: Interval  # simultaneous: it covers all thresholds that were tried, not only this one
    documents: int

    def rule(self, calibration: Calibration) -> CascadeRule:
        """The rule as the night keeps and follows it, with the knots that its scale rests on."""
        return CascadeRule(self.first, self.second, self.accept_at, self.quality, self.escalated_share, calibration)


def learn_cascades(
    first: Outcomes,
    second: Outcomes,
    calibration: SignalCalibration,
    *,
    checks: Floats | None = None,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> tuple[LearnedCascade, ...]:
    """The thresholds on the frontier of cost and quality that beat every mix of the two offers with confidence.

    `checks` is what the signal itself costs on each document, beside the first answer; None: nothing. Empty where the
    signal is none or no threshold beats the mix. At most five, from few to many escalated.
    """
    first, second = _checked(first, second, calibration)
    if not calibration.has_signal or len(first.scores) < FEWEST:
        return ()
    checks = np.zeros(len(first.costs)) if checks is None else as_finite("checks", checks, len(first.costs))
    thresholds = np.unique(np.quantile(calibration.held_out, SHARES))
    escalated = calibration.held_out[None, :] < thresholds[:, None]
    thresholds, escalated = thresholds[escalated.any(axis=1)], escalated[escalated.any(axis=1)]
    if not len(thresholds):
        return ()
    parts = [_gains(first, second, each, checks) for each in escalated]
    reach = _simultaneous_reach(np.array(parts), confidence, seed)
    gains = np.array([each.mean() for each in parts])
    rules = [
        _rule(
            first,
            second,
            float(threshold),
            chosen,
            checks,
            Interval(float(gain - wide), float(gain + wide)),
            confidence,
        )
        for threshold, chosen, gain, wide in zip(thresholds, escalated, gains, reach, strict=True)
        if gain - wide > 0
    ]
    return _handful(_frontier(rules, first, second))


def cascade_outcomes(
    rule: LearnedCascade, first: Outcomes, second: Outcomes, expected: Floats
) -> tuple[Outcomes, Flags]:
    """What the cascade scores and costs on each document, and which it escalates; from the first's expected scores.

    An expected score of nan is never believed.
    """
    escalated = ~(np.asarray(expected) >= rule.accept_at)
    name = f"{rule.first} → {rule.second} below {rule.accept_at:.3f}"
    scores = np.where(escalated, second.scores, first.scores)
    return Outcomes(name, scores, first.costs + escalated * second.costs), escalated


def _checked(first: Outcomes, second: Outcomes, calibration: SignalCalibration) -> tuple[Outcomes, Outcomes]:
    checked = []
    for each in (first, second):
        scores = as_scores(f"scores of {each.name}", each.scores)
        if len(scores) != len(calibration.held_out):
            raise UsageError(f"scores of {each.name}: {len(scores)}, calibrated on {len(calibration.held_out)}")
        costs = as_finite(f"costs of {each.name}", each.costs, len(scores))
        checked.append(Outcomes(each.name, scores, costs))
    return checked[0], checked[1]


def _gains(first: Outcomes, second: Outcomes, escalated: Flags, checks: Floats) -> Floats:
    """(n,): what each document adds to the cascade's quality above the best mix of the two offers of the same cost.

    The mean is that difference; the spread is right to first order although the mix's share is itself estimated.
    """
    scores = np.asarray(np.where(escalated, second.scores, first.scores) - first.scores)
    costs = checks + escalated * second.costs
    better, dearer = second.scores - first.scores, second.costs - first.costs
    if better.mean() <= 0:  # the best that the money buys is the first alone
        return scores
    if dearer.mean() <= 0 or costs.mean() >= dearer.mean():  # for that money the second answers everything
        return scores - better
    slope, share = float(better.mean() / dearer.mean()), float(costs.mean() / dearer.mean())
    return scores - share * better - slope * (costs - share * dearer)


def _simultaneous_reach(parts: Floats, confidence: float, seed: int) -> Floats:
    """(k,): half widths that hold for all k thresholds together.

    By the largest studentised deviation under random signs (multiplier bootstrap): thresholds that escalate nearly the
    same documents are nearly one test.
    """
    count = parts.shape[1]
    centred = parts - parts.mean(axis=1, keepdims=True)
    spread = centred.std(axis=1, ddof=1) / np.sqrt(count)
    spread[spread == 0] = np.inf  # all documents alike: there is nothing to be confident from
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(DRAWS, count))
    drawn = np.abs(signs @ centred.T) / count / spread
    largest = max(float(np.quantile(drawn.max(axis=1), confidence)), normal_quantile(confidence))
    return np.asarray(largest * spread)


def _rule(  # noqa: PLR0913 - one cascade, by what it is made of
    first: Outcomes,
    second: Outcomes,
    threshold: float,
    escalated: Flags,
    checks: Floats,
    gain: Interval,
    confidence: float,
) -> LearnedCascade:
    scores = np.where(escalated, second.scores, first.scores)
    return LearnedCascade(
        first=first.name,
        second=second.name,
        accept_at=threshold,
        quality=float(scores.mean()),
        quality_interval=mean_interval(scores, confidence=confidence),
        escalated_share=float(escalated.mean()),
        escalated_interval=mean_interval(escalated.astype(np.float64), confidence=confidence),
        cost=float((first.costs + checks + escalated * second.costs).mean()),
        gain=(gain.low + gain.high) / 2,
        gain_interval=gain,
        documents=len(scores),
    )


def _frontier(rules: list[LearnedCascade], first: Outcomes, second: Outcomes) -> list[LearnedCascade]:
    """The rules on the upper concave hull of (cost, quality), together with either offer alone."""
    alone = [(float(each.costs.mean()), float(each.scores.mean()), None) for each in (first, second)]
    hull: list[tuple[float, float, LearnedCascade | None]] = []
    for point in sorted([*alone, *((each.cost, each.quality, each) for each in rules)], key=lambda p: (p[0], -p[1])):
        if hull and point[1] <= hull[-1][1]:
            continue
        while len(hull) > 1 and _slope(hull[-2], point) >= _slope(hull[-2], hull[-1]):
            hull.pop()
        hull.append(point)
    return [rule for _, _, rule in hull if rule is not None]


def _slope(start: tuple[float, float, object], end: tuple[float, float, object]) -> float:
    return (end[1] - start[1]) / (end[0] - start[0]) if end[0] > start[0] else np.inf


def _handful(rules: list[LearnedCascade]) -> tuple[LearnedCascade, ...]:
    """Spread over the frontier, when it has more than five."""
    kept = np.unique(np.linspace(0, len(rules) - 1, min(len(rules), MOST_RULES)).round().astype(int))
    return tuple(rules[at] for at in kept)
