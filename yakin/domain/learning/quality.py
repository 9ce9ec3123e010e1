"""Quality of an offer by document, where that predicts better than its mean; the mean where it does not."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from yakin.domain.learning.arrays import Features, Floats, as_scores, folds, repeats_for
from yakin.domain.learning.intervals import CONFIDENCE, Interval, mean_difference
from yakin.domain.learning.ridge import Regression, fit_ridge
from yakin.errors import UsageError

FEWEST = 10  # documents; below it no fold can tell a rule from luck
PARTS = 10


class Used(StrEnum):
    """What a quality is predicted from."""

    MEAN = "mean"
    FEATURES = "features"


@dataclass(frozen=True, slots=True, eq=False)
class QualityModel:
    """What was learned of one offer's scores, and why it is used."""

    mean: float
    used: Used
    error_of_mean: float  # mean squared error (Brier for 0/1) of predicting the mean, on held-out documents
    gain: float  # how much of it the features take away, per document; negative: they add to it
    gain_interval: Interval
    held_out: Floats  # (n,): for each document of the data, what models say that have not seen it
    regression: Regression | None  # None: the mean
    low: float = 0.0
    high: float = 1.0

    def predict(self, features: Features) -> Floats:
        """(n,): the expected score of each document, within bounds."""
        if self.regression is None:
            return np.full(len(features), self.mean)
        return np.clip(self.regression.predict(features), self.low, self.high)


def learn_quality(
    scores: Floats,
    features: Features | None = None,
    *,
    confidence: float = CONFIDENCE,
    seed: int = 0,
    bounds: tuple[float, float] = (0.0, 1.0),
) -> QualityModel:
    """The mean of `scores` (n,), or a ridge over `features` where that is better with confidence.

    Better: smaller squared errors on held-out documents, paired by document. Features without information are used
    in less than (1 - confidence) / 2 of the cases.
    """
    low, high = bounds
    known = as_scores("scores", scores, low=low, high=high)
    if features is not None and len(features) != len(known):
        raise UsageError(f"features: {len(features)} rows for {len(known)} scores")
    mean = float(known.mean())
    if features is None or len(known) < FEWEST or np.ptp(known) == 0:
        error = float(np.mean(np.square(known - mean)))
        return QualityModel(
            mean, Used.MEAN, error, 0.0, Interval(-math.inf, math.inf), np.full(len(known), mean), None, low, high
        )
    tried = _try(known, features, (low, high), seed)
    gains = tried.error_of_mean - tried.error_of_features
    interval = mean_difference(gains, confidence=confidence)
    better = interval.low > 0
    return QualityModel(
        mean=mean,
        used=Used.FEATURES if better else Used.MEAN,
        error_of_mean=float(tried.error_of_mean.mean()),
        gain=float(gains.mean()),
        gain_interval=interval,
        held_out=tried.by_features if better else tried.by_mean,
        regression=fit_ridge(known, features) if better else None,
        low=low,
        high=high,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Tried:
    """Per document, averaged over repeats: what models that have not seen it say, and their squared errors."""

    by_mean: Floats
    by_features: Floats
    error_of_mean: Floats
    error_of_features: Floats


def _try(scores: Floats, features: Features, bounds: tuple[float, float], seed: int) -> _Tried:
    repeats = repeats_for(len(scores))
    sums = np.zeros((4, len(scores)))
    for fitted, judged in folds(len(scores), parts=PARTS, repeats=repeats, seed=seed):
        said = fit_ridge(scores[fitted], features.rows(fitted)).predict(features.rows(judged))
        by_features, by_mean = np.clip(said, *bounds), np.full(len(judged), scores[fitted].mean())
        sums[:, judged] += (
            by_mean,
            by_features,
            np.square(scores[judged] - by_mean),
            np.square(scores[judged] - by_features),
        )
    return _Tried(*(sums / repeats))


@dataclass(frozen=True, slots=True, eq=False)
class QualityModels:
    """Of several offers on the same documents: how hard a document is for all, and what sets each offer apart.

    Choosing between offers rests on the second alone: features that only tell hard documents from easy ones do not
    say which offer to ask, and two separate predictions would pretend that they do.
    """

    common: QualityModel  # of the mean score of all offers
    apart: tuple[QualityModel, ...]  # per offer: its score minus that mean

    def predict(self, features: Features) -> Floats:
        """(n, m): the expected score of each document under each offer, within 0 and 1."""
        return self._joined(self.common.predict(features), [each.predict(features) for each in self.apart])

    @property
    def held_out(self) -> Floats:
        """(n, m): for the documents of the data, by models that have not seen them."""
        return self._joined(self.common.held_out, [each.held_out for each in self.apart])

    @property
    def used(self) -> Used:
        """Whether the choice between offers rests on features."""
        return Used.FEATURES if any(each.used is Used.FEATURES for each in self.apart) else Used.MEAN

    @staticmethod
    def _joined(common: Floats, apart: list[Floats]) -> Floats:
        return np.clip(common[:, None] + np.column_stack(apart), 0.0, 1.0)


def learn_qualities(
    scores: Floats, features: Features | None = None, *, confidence: float = CONFIDENCE, seed: int = 0
) -> QualityModels:
    """`scores` (n, m): the same n documents under m offers; each part is learned like a single quality."""
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2 or table.size == 0:
        raise UsageError(f"scores: needs documents × offers, got the shape {table.shape}")
    for offer in range(table.shape[1]):
        as_scores(f"scores of offer {offer}", table[:, offer])
    common = table.mean(axis=1)
    return QualityModels(
        common=learn_quality(common, features, confidence=confidence, seed=seed),
        apart=tuple(
            learn_quality(table[:, offer] - common, features, confidence=confidence, seed=seed, bounds=(-1.0, 1.0))
            for offer in range(table.shape[1])
        ),
    )
