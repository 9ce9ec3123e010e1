"""Documents that look alike share a group: one class, and nearly one size and one value."""

import numpy as np
from numpy.typing import NDArray

from yakin.domain.optimiser.amounts import chunks
from yakin.domain.optimiser.problem import Floats, Integers, Problem


def group(problem: Problem, at_most: int) -> NDArray[np.intp]:
    """(n,): the number of each document's group, 0, 1, …; every document alone when there are few enough."""
    if problem.documents <= at_most:
        return np.arange(problem.documents)
    classes = _few(_classes(problem), at_most)
    size, value = _sizes(problem), _values(problem)
    counts = np.bincount(classes)
    bins = 1 + ((at_most - len(counts)) * counts) // problem.documents  # in proportion, together at most at_most
    by_value = np.where(_varies(value, classes), np.floor(np.sqrt(bins)).astype(np.intp), 1)
    by_size = bins // by_value
    cut = _cut(classes, size, by_size)
    cut = _cut(_numbered(cut), value, by_value[_first(cut, classes)])
    return _numbered(cut)


def _classes(problem: Problem) -> NDArray[np.intp]:
    """The given classes, split by what is allowed and by whose amounts count."""
    patterns = [np.isfinite(problem.value_jpy)]
    masks = {id(each.documents): each.documents for each in problem.constraints if each.documents is not None}
    patterns += [mask[:, None] for mask in masks.values()]
    numbers = np.zeros(problem.documents, dtype=np.intp)
    for pattern in patterns:
        for word in _words(pattern):
            numbers = _joined(numbers, word)
    return numbers if problem.classes is None else _joined(numbers, problem.classes)


def _words(pattern: NDArray[np.bool_]) -> list[NDArray[np.uint64]]:
    """The bits of each row as 64-bit words."""
    packed = np.packbits(pattern, axis=1)
    padded = np.zeros((len(packed), -(-packed.shape[1] // 8) * 8), dtype=np.uint8)
    padded[:, : packed.shape[1]] = packed
    return list(padded.view(np.uint64).T)


def _joined(numbers: NDArray[np.intp], more: Integers | NDArray[np.uint64]) -> NDArray[np.intp]:
    distinct, second = np.unique(more, return_inverse=True)
    return numbers if len(distinct) < 2 else _numbered(numbers * len(distinct) + second)


def _numbered(labels: NDArray[np.intp]) -> NDArray[np.intp]:
    """The same partition with the numbers 0, 1, … and none left out."""
    return np.unique(labels, return_inverse=True)[1]


def _few(classes: NDArray[np.intp], at_most: int) -> NDArray[np.intp]:
    """Neighbouring classes put together when there are more of them than groups."""
    number = int(classes.max()) + 1
    return classes if number <= at_most else classes * at_most // number


def _sizes(problem: Problem) -> NDArray[np.float64]:
    """(n,): what a document takes of everything, each kind of amount against its mean."""
    size = np.zeros(problem.documents)
    for amount in {id(each.amount): each.amount for each in problem.constraints if each.amount.ndim == 2}.values():
        part = _row_sums(amount, problem.value_jpy)
        size += part / (np.abs(part).mean() or 1.0)
    return size


def _values(problem: Problem) -> NDArray[np.float64]:
    return _row_sums(problem.value_jpy, problem.value_jpy)


def _row_sums(array: Floats, value_jpy: Floats) -> NDArray[np.float64]:
    """(n,): sums over the allowed options."""
    sums = np.empty(len(array))
    for rows in chunks(len(array)):
        sums[rows] = np.where(np.isfinite(value_jpy[rows]), array[rows], 0).sum(axis=1, dtype=np.float64)
    return sums


def _varies(values: NDArray[np.float64], classes: NDArray[np.intp]) -> NDArray[np.bool_]:
    """(classes,): whether the values differ inside the class by more than rounding."""
    low, high = np.full(classes.max() + 1, np.inf), np.full(classes.max() + 1, -np.inf)
    np.minimum.at(low, classes, values)
    np.maximum.at(high, classes, values)
    return high - low > 1e-9 * np.maximum(np.abs(high), np.abs(low))


def _cut(labels: NDArray[np.intp], key: NDArray[np.float64], bins: NDArray[np.intp]) -> NDArray[np.intp]:
    """Each label cut into its number of bins with equally many documents, in the order of the key."""
    order = np.lexsort((key, labels))
    counts = np.bincount(labels)
    start = np.cumsum(counts) - counts
    ordered = labels[order]
    position = np.arange(len(labels)) - start[ordered]
    cut = np.empty(len(labels), dtype=np.intp)
    cut[order] = ordered * int(bins.max()) + position * bins[ordered] // counts[ordered]
    return cut


def _first(cut: NDArray[np.intp], classes: NDArray[np.intp]) -> NDArray[np.intp]:
    """The class of each bin."""
    return classes[np.unique(cut, return_index=True)[1]]
