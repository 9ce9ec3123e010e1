"""What a cascade of two models scores and costs at every threshold, beside each model and the mix of the two."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.cascade.asking import Asked
from yakin.domain.learning import (
    Interval,
    LearnedCascade,
    Outcomes,
    SignalCalibration,
    calibrate,
    learn_cascades,
    mean_interval,
)

SIGNAL = "logprob"
NO_SIGNAL = -100.0  # an answer without the signal is the first to be doubted
DRAWS = 2000
SHOWN_SHARES = (0.25, 0.5, 0.75)  # of samples escalated, in the table
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Way:
    """One way of answering a task: means per sample."""

    name: str
    accuracy: Interval
    mean: float
    input_tokens: float
    output_tokens: float
    seconds: float
    cpu_s: float
    cost_jpy: float
    gain: Interval | None = None  # of a cascade above the mix of the two models of the same CPU time, 95 %


@dataclass(frozen=True)
class Curve:
    """A task's ways, and the cascade by the share that it escalates."""

    task: str
    samples: int
    calibration: SignalCalibration
    of_second: SignalCalibration  # what the second model would bring as the first of a cascade to a better one
    ways: tuple[Way, ...]
    cpu_s: Floats  # (n + 1,)
    accuracy: Floats  # (n + 1,)
    learned: tuple[LearnedCascade, ...]  # what the product would use, on held-out figures
    perfect: float  # accuracy if exactly the wrong first answers were escalated


def curve_of(task: str, names: tuple[str, str], first: Sequence[Asked], second: Sequence[Asked]) -> Curve:
    """From what both models brought on the same samples, in the same order."""
    signal = _signal(first)
    calibration = calibrate(signal, _scores(first))
    outcomes = [
        Outcomes(name, _scores(asked), np.array([each.cpu_s for each in asked]))
        for name, asked in zip(names, (first, second), strict=True)
    ]
    doubt = np.argsort(signal, kind="stable")
    by_count = [_escalated(doubt, count) for count in range(len(first) + 1)]
    ways = [_way(names[0], first), _way(names[1], second)]
    ways += [
        _cascade(f"cascade, {share:.0%} escalated", first, second, by_count[round(share * len(first))])
        for share in SHOWN_SHARES
    ]
    return Curve(
        task=task,
        samples=len(first),
        calibration=calibration,
        of_second=calibrate(_signal(second), _scores(second)),
        ways=tuple(ways),
        cpu_s=np.array([(outcomes[0].costs + each * outcomes[1].costs).mean() for each in by_count]),
        accuracy=np.array([np.where(each, outcomes[1].scores, outcomes[0].scores).mean() for each in by_count]),
        learned=learn_cascades(outcomes[0], outcomes[1], calibration),
        perfect=float(np.maximum(outcomes[0].scores, outcomes[1].scores).mean()),
    )


def _signal(asked: Sequence[Asked]) -> Floats:
    return np.array([each.signals.get(SIGNAL, NO_SIGNAL) for each in asked])


def _scores(asked: Sequence[Asked]) -> Floats:
    return np.array([each.score for each in asked])


def _escalated(doubt: NDArray[np.intp], count: int) -> NDArray[np.bool_]:
    escalated = np.zeros(len(doubt), dtype=bool)
    escalated[doubt[:count]] = True
    return escalated


def _way(name: str, asked: Sequence[Asked]) -> Way:
    scores = _scores(asked)
    means = {
        what: float(np.mean([getattr(each, what) for each in asked]))
        for what in ("input_tokens", "output_tokens", "seconds", "cpu_s", "cost_jpy")
    }
    return Way(name, mean_interval(scores), float(scores.mean()), **means)


def _cascade(name: str, first: Sequence[Asked], second: Sequence[Asked], escalated: NDArray[np.bool_]) -> Way:
    both = [
        Asked(
            one.id,
            other.score if asked_again else one.score,
            {},
            one.input_tokens + asked_again * other.input_tokens,
            one.output_tokens + asked_again * other.output_tokens,
            one.cost_jpy + asked_again * other.cost_jpy,
            one.seconds + asked_again * other.seconds,
            one.cpu_s + asked_again * other.cpu_s,
        )
        for one, other, asked_again in zip(first, second, escalated.tolist(), strict=True)
    ]
    gain = _gain(*(np.array([[each.score, each.cpu_s] for each in asked]) for asked in (first, second, both)))
    return Way(**{**vars(_way(name, both)), "gain": gain})


def _gain(first: Floats, second: Floats, cascade: Floats) -> Interval:
    """Accuracy above the random mix of the two models that takes the same CPU time; bootstrap over samples."""
    drawn = np.random.default_rng(7).integers(0, len(first), size=(DRAWS, len(first)))
    one, other, both = (each[drawn].mean(axis=1) for each in (first, second, cascade))
    share = np.clip((both[:, 1] - one[:, 1]) / (other[:, 1] - one[:, 1]), 0, 1)
    low, high = np.quantile(both[:, 0] - one[:, 0] - share * (other[:, 0] - one[:, 0]), [0.025, 0.975])
    return Interval(float(low), float(high))
