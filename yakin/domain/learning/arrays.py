"""The arrays that learning takes, checked, and the folds that keep what is judged apart from what is fitted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yakin.errors import UsageError

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

ROUNDING = 1e-9  # scores are means of fields: 1.0000000002 is 1


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What is known of each document before it is asked: numbers (n, d) and categories (n, k); d or k may be 0."""

    numbers: Floats
    codes: Codes

    @classmethod
    def of(cls, numbers: Floats | None = None, codes: Codes | None = None) -> "Features":
        """Features of either kind or both; a single column may be flat (n,)."""
        given = numbers if numbers is not None else codes
        if given is None:
            raise UsageError("features: give numbers, codes or both")
        rows = len(given)
        left = _columns(np.empty((rows, 0)) if numbers is None else numbers).astype(np.float64)
        right = _columns(np.empty((rows, 0)) if codes is None else codes).astype(np.int64)
        if len(right) != len(left):
            raise UsageError(f"features: {len(left)} rows of numbers but {len(right)} of codes")
        if not np.isfinite(left).all():
            row, column = np.argwhere(~np.isfinite(left))[0]
            raise UsageError(f"features: row {row}, column {column} is not finite; code what is missing as a number")
        return cls(left, right)

    def rows(self, chosen: NDArray[np.int64] | Flags) -> "Features":
        """The features of these documents."""
        return Features(self.numbers[chosen], self.codes[chosen])

    def __len__(self) -> int:
        return len(self.numbers)


def _columns(values: NDArray[Any]) -> NDArray[Any]:
    array = np.asarray(values)
    return array[:, None] if array.ndim == 1 else array


def as_scores(name: str, scores: Floats, *, low: float = 0.0, high: float = 1.0) -> Floats:
    """A flat array of at least one score within bounds, or an error that names the row."""
    array = np.asarray(scores, dtype=np.float64)
    if array.ndim != 1 or array.size == 0:
        raise UsageError(f"{name}: needs a flat array of at least one score, got the shape {array.shape}")
    wrong = ~((array >= low - ROUNDING) & (array <= high + ROUNDING))  # nan is wrong as well
    if wrong.any():
        row = int(np.argmax(wrong))
        raise UsageError(f"{name}: row {row} is {array[row]}; scores are within {low:g} and {high:g}")
    return np.clip(array, low, high)


def as_finite(name: str, values: Floats, rows: int) -> Floats:
    """A flat array of that many finite numbers, or an error that names the row."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (rows,):
        raise UsageError(f"{name}: {rows} rows are needed, got the shape {array.shape}")
    if not np.isfinite(array).all():
        row = int(np.argmin(np.isfinite(array)))
        raise UsageError(f"{name}: row {row} is {array[row]}; leave out the documents that have none")
    return array


def folds(rows: int, *, parts: int, repeats: int, seed: int) -> Iterator[tuple[Codes, Codes]]:
    """(fitted, judged) row numbers: every row is judged once in each repeat, by a model that has not seen it."""
    random = np.random.default_rng(seed)
    for _ in range(repeats):
        shuffled = random.permutation(rows)
        for part in np.array_split(shuffled, min(parts, rows)):
            yield np.setdiff1d(shuffled, part), np.sort(part)


def repeats_for(rows: int) -> int:
    """Small sets are split more often: the luck of one split averages out, and it is cheap."""
    return int(np.clip(300 // rows, 1, 5))
