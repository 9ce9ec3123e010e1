"""The slices of a plan: documents of one route that are asked together, in the order in which they are started."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from yakin.domain.documents import DocumentId
from yakin.domain.planning import Assignment, Plan
from yakin.domain.pricing import Tier

SLICES_WANTED = 8  # in small runs, so that people see something move
SLICES_AT_MOST = 64  # in larger ones, as long as slices may grow
FIRST_DOCUMENTS = 8  # of a route; eight slices of it keep endpoints busy


@dataclass(frozen=True, slots=True)
class Slice:
    """処理グループ: documents of one wave that share a route. Ids and names only."""

    number: int
    use_case: str
    option: str
    zone: str
    chain: tuple[str, ...]
    document_ids: tuple[DocumentId, ...]
    expected_jpy: Decimal = Decimal(0)

    @property
    def waits(self) -> bool:
        """Whether it is handed over as a batch."""
        return _is_batch(self.option)

    @property
    def name(self) -> str:
        """What the graph in the UI shows."""
        return f"{self.zone}-{self.option}-s{self.number:03d}-n{len(self.document_ids)}"

    @property
    def tags(self) -> set[str]:
        """By what people filter the graph."""
        return {f"zone:{self.zone}", f"route:{self.option}", f"use-case:{self.use_case}"}


def slices_of(planned: Plan, slice_documents: int) -> tuple[Slice, ...]:
    """Homogeneous by route; smaller in small runs, but for batches, of which nobody sees anything move.

    Batches leave first. Then the routes take turns, each with a small slice before its others: what comes back of
    every route is known early, and no use case is asked last.
    """
    groups: defaultdict[tuple[str, str, str, tuple[str, ...]], list[Assignment]] = defaultdict(list)
    asked = [assignment for assignment in planned.assignments if assignment.chain]
    for assignment in asked:
        chain = tuple(offer.name for offer in assignment.chain)
        key = (assignment.item.use_case, assignment.option, str(assignment.chain[0].zone), chain)
        groups[key].append(assignment)
    size = _slice_size(len(asked), slice_documents)
    batches = [(key, part) for key, own in groups.items() if _is_batch(key[1]) for part in _cut(own, slice_documents)]
    turns = [[(key, part) for part in _parts(own, size)] for key, own in groups.items() if not _is_batch(key[1])]
    in_turn = [part for turn in itertools.zip_longest(*turns) for part in turn if part is not None]
    return tuple(_slice(number, *each) for number, each in enumerate([*batches, *in_turn], start=1))


def _slice(number: int, key: tuple[str, str, str, tuple[str, ...]], part: Sequence[Assignment]) -> Slice:
    expected_jpy = sum((assignment.expected_jpy for assignment in part), Decimal(0))
    return Slice(number, *key, tuple(assignment.item.document_id for assignment in part), expected_jpy)


def _slice_size(documents: int, at_most: int) -> int:
    """Documents per slice. Most of a night is not under way yet when the first slices tell how it goes."""
    in_small_runs = max(1, -(-documents // SLICES_WANTED))
    in_larger_ones = max(FIRST_DOCUMENTS, -(-documents // SLICES_AT_MOST))
    return min(at_most, in_small_runs, in_larger_ones)


def _parts(assignments: Sequence[Assignment], size: int) -> Iterator[Sequence[Assignment]]:
    first = min(size, FIRST_DOCUMENTS)
    yield assignments[:first]
    yield from _cut(assignments[first:], size)


def _cut(assignments: Sequence[Assignment], size: int) -> Iterator[Sequence[Assignment]]:
    for start in range(0, len(assignments), size):
        yield assignments[start : start + size]


def _is_batch(option: str) -> bool:
    return option.endswith(f":{Tier.BATCH}")
