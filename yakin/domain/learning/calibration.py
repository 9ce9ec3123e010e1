"""From a verification signal, known after the cheap answer was paid for, to the score to expect of that answer."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from yakin.domain.learning.arrays import Floats, as_finite, as_scores, folds, repeats_for
from yakin.domain.learning.concordance import concordance, concordance_interval
from yakin.domain.learning.intervals import CONFIDENCE, Interval, mean_difference

FEWEST_FOR_STEPS = 200  # documents; below it only the logistic curve is tried: steps follow the luck of few
MOST_KNOTS = 32
PARTS = 10
PENALTY = 1.0  # of the logistic slope on the standardised signal: keeps a perfect separation of few finite

Knots = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, eq=False)
class SignalCalibration:
    """How far a signal is to be believed. `knots` is all that has to be kept to use it."""

    knots: Knots  # (signal, expected score), both rising; between them straight lines, outside them the last
    has_signal: bool  # better than chance with confidence; else one knot: the mean
    auc: float  # chance that of two answers of different score the better one has the higher signal
    auc_interval: Interval
    error: float  # mean squared error of the held-out expected scores (Brier for 0/1)
    error_of_mean: float
    gain_interval: Interval  # of error_of_mean - error, paired by document
    held_out: Floats  # (n,): the expected score of each document, by curves that have not seen it

    def predict(self, signal: Floats) -> Floats:
        """The expected score; nan where there is no signal, which is never good enough for a threshold."""
        return expected_score(self.knots, signal)


def expected_score(knots: Knots, signal: Floats) -> Floats:
    """The calibrated scale, from knots as they were kept; nan where the signal is nan."""
    at, expected = np.array(knots, dtype=np.float64).T
    given = np.asarray(signal, dtype=np.float64)
    return np.where(np.isnan(given), np.nan, np.interp(given, at, expected))


def calibrate(signal: Floats, scores: Floats, *, confidence: float = CONFIDENCE, seed: int = 0) -> SignalCalibration:
    """Learns the rising curve from `signal` (n,), higher meaning better, to `scores` (n,) in [0, 1].

    A signal is one when the confidence interval of its AUC is above one half: pure noise passes in (1 - confidence)
    / 2 of the cases. The curve is a ridge logistic, or isotonic steps where there are documents enough and it has the
    smaller held-out error.
    """
    known = as_scores("scores", scores)
    given = as_finite("signal", signal, len(known))
    auc = concordance(given, known)
    auc_interval = concordance_interval(auc, known, confidence=confidence)
    has_signal = auc_interval.low > 0.5
    curve, held_out, error = _best_curve(given, known, seed)
    by_mean, error_of_mean = _held_out(_mean_curve, given, known, seed)
    gain_interval = mean_difference(error_of_mean - error, confidence=confidence)
    return SignalCalibration(
        knots=curve(given, known) if has_signal else _mean_curve(given, known),
        has_signal=has_signal,
        auc=auc,
        auc_interval=auc_interval,
        error=float(error.mean()),
        error_of_mean=float(error_of_mean.mean()),
        gain_interval=gain_interval,
        held_out=held_out if has_signal else by_mean,
    )


Curve = Callable[[Floats, Floats], Knots]


def _best_curve(signal: Floats, scores: Floats, seed: int) -> tuple[Curve, Floats, Floats]:
    curves: list[Curve] = [_logistic_curve]
    if len(scores) >= FEWEST_FOR_STEPS:
        curves.append(_isotonic_curve)
    tried = [(curve, *_held_out(curve, signal, scores, seed)) for curve in curves]
    return min(tried, key=lambda each: float(each[2].mean()))


def _held_out(curve: Curve, signal: Floats, scores: Floats, seed: int) -> tuple[Floats, Floats]:
    """Per document, averaged over repeats: the expected score of curves that have not seen it, its squared error."""
    repeats = repeats_for(len(scores))
    expected, error = np.zeros(len(scores)), np.zeros(len(scores))
    if len(scores) == 1:
        return scores.copy(), error
    for fitted, judged in folds(len(scores), parts=PARTS, repeats=repeats, seed=seed):
        said = expected_score(curve(signal[fitted], scores[fitted]), signal[judged])
        expected[judged] += said / repeats
        error[judged] += np.square(scores[judged] - said) / repeats
    return expected, error


def _mean_curve(signal: Floats, scores: Floats) -> Knots:
    return ((float(np.median(signal)), float(scores.mean())),)


def _isotonic_curve(signal: Floats, scores: Floats) -> Knots:
    """Pool adjacent violators; a step is at the mean of its signals, so that lines join the steps."""
    values, at = np.unique(signal, return_inverse=True)
    counts = np.bincount(at).astype(np.float64)
    fitted = optimize.isotonic_regression(np.bincount(at, scores) / counts, weights=counts)
    blocks = np.repeat(np.arange(len(fitted.blocks) - 1), np.diff(fitted.blocks))
    weights = np.bincount(blocks, counts)
    return _thinned(np.bincount(blocks, counts * values) / weights, fitted.x[fitted.blocks[:-1]])


def _logistic_curve(signal: Floats, scores: Floats) -> Knots:
    """Ridge logistic with a slope that is never negative, on the standardised signal."""
    centre, scale = float(signal.mean()), float(signal.std())
    if scale == 0:
        return _mean_curve(signal, scores)
    standard = (signal - centre) / scale
    start = special.logit(np.clip(scores.mean(), 0.01, 0.99))

    def loss(parameters: Floats) -> tuple[float, Floats]:
        intercept, slope = parameters
        raw = intercept + slope * standard
        residual = special.expit(raw) - scores
        value = np.sum(np.logaddexp(0, raw) - scores * raw) + PENALTY / 2 * slope**2 + 1e-3 / 2 * intercept**2
        return float(value), np.array(
            [residual.sum() + 1e-3 * intercept, (residual * standard).sum() + PENALTY * slope]
        )

    bounds = [(None, None), (0, None)]
    intercept, slope = optimize.minimize(loss, [start, 0.1], jac=True, method="L-BFGS-B", bounds=bounds).x
    at = np.linspace(standard.min(), standard.max(), MOST_KNOTS)
    return tuple(zip((centre + scale * at).tolist(), special.expit(intercept + slope * at).tolist(), strict=True))


def _thinned(at: Floats, expected: Floats) -> Knots:
    """At most so many knots, evenly spread over the steps."""
    kept = np.unique(np.linspace(0, len(at) - 1, min(len(at), MOST_KNOTS)).round().astype(np.int64))
    return tuple(zip(at[kept].tolist(), expected[kept].tolist(), strict=True))
