"""Ridge regression with its penalty chosen by leaving one out: shrunken group means when the features are codes."""

from dataclasses import dataclass, replace

import numpy as np

from yakin.domain.learning.arrays import Codes, Features, Floats

# In documents: a group of `penalty` documents keeps half of its distance from the mean. The last is nearly the mean.
PENALTIES = np.geomspace(1, 1e5, 16)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """How features become a matrix: standardised numbers, one column per category seen."""

    centre: Floats
    scale: Floats
    categories: tuple[Codes, ...]
    category_means: Floats

    def matrix(self, features: Features) -> Floats:
        """(n, columns), centred as when fitted; a category that was not seen is the average one."""
        numbers = (features.numbers[:, : len(self.centre)] - self.centre) / self.scale
        if not self.categories:
            return numbers
        hot = np.hstack(
            [features.codes[:, [column]] == seen[None, :] for column, seen in enumerate(self.categories)]
        ).astype(np.float64)
        known = np.hstack(
            [
                np.repeat(np.isin(features.codes[:, [column]], seen), len(seen), axis=1)
                for column, seen in enumerate(self.categories)
            ]
        )
        return np.hstack([numbers, np.where(known, hot - self.category_means, 0.0)])


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """A fitted ridge regression."""

    columns: Columns
    weights: Floats
    mean: float
    error: float  # mean squared error when each document is left out in turn
    penalty: float

    def predict(self, features: Features) -> Floats:
        """(n,), not clipped."""
        return self.mean + self.columns.matrix(features) @ self.weights


def fit_ridge(scores: Floats, features: Features) -> Regression:
    """The best of numbers, codes and both, each at its best penalty, by the error of leaving one out."""
    views = [features]
    if features.numbers.shape[1] and features.codes.shape[1]:
        views += [replace(features, codes=features.codes[:, :0]), replace(features, numbers=features.numbers[:, :0])]
    return min((_fit(scores, view) for view in views), key=lambda fitted: fitted.error)


def _fit(scores: Floats, features: Features) -> Regression:
    columns = _columns(features)
    mean = float(scores.mean())
    left, singular, right = np.linalg.svd(columns.matrix(features), full_matrices=False)
    rotated, squares = left.T @ (scores - mean), np.square(singular)
    kept = squares[:, None] / (squares[:, None] + PENALTIES)  # (columns, penalties)
    residuals = (scores - mean)[:, None] - left @ (kept * rotated[:, None])
    leverage = np.square(left) @ kept + 1 / len(scores)
    errors = np.square(residuals / np.maximum(1 - leverage, 1e-6)).mean(axis=0)
    best = int(np.argmin(errors))
    penalty = float(PENALTIES[best])
    return Regression(
        columns=columns,
        weights=right.T @ (singular / (squares + penalty) * rotated),
        mean=mean,
        error=float(errors[best]),
        penalty=penalty,
    )


def _columns(features: Features) -> Columns:
    scale = features.numbers.std(axis=0)
    categories = tuple(np.unique(column) for column in features.codes.T)
    shares = [np.mean(features.codes[:, [at]] == seen, axis=0) for at, seen in enumerate(categories)]
    return Columns(
        centre=features.numbers.mean(axis=0),
        scale=np.where(scale > 0, scale, 1.0),
        categories=categories,
        category_means=np.concatenate(shares) if shares else np.empty(0),
    )
