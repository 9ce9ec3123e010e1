"""Who gets money next: in fair turn between use cases, and nobody overtakes who waits for the same cap.

The turn is start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996) counted in reserved yen: while two use cases
both wait, each is given the same amount of money, however many calls it has in the queue and however dear they are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, Protocol, TypeVar


class Claim(Protocol):
    """A call that wants its worst case held in every one of its caps."""

    @property
    def use_case(self) -> str:
        """Whose turn it is."""

    @property
    def worst_jpy(self) -> Decimal:
        """What it may cost at most."""

    @property
    def budget_ids(self) -> tuple[int, ...]:
        """The caps that it has to fit."""


C = TypeVar("C", bound=Claim)


def admitted(in_turn: Iterable[C], room_jpy: Mapping[int, Decimal]) -> list[C]:
    """Those that fit, first come first; a cap that is too short for one is closed to all behind it.

    A cap that is not in `room_jpy` has no room.
    """
    left = dict(room_jpy)
    closed: set[int] = set()
    chosen: list[C] = []
    for claim in in_turn:
        short = {each for each in claim.budget_ids if left.get(each, Decimal(0)) < claim.worst_jpy}
        if short or not closed.isdisjoint(claim.budget_ids):
            closed |= short
            continue
        for each in claim.budget_ids:
            left[each] -= claim.worst_jpy
        chosen.append(claim)
    return chosen


@dataclass(slots=True)
class FairQueue(Generic[C]):
    """Claims in their turn. A use case that was idle starts level with the others; it saves up no credit."""

    _starts: dict[C, tuple[Decimal, int]] = field(default_factory=dict)
    _finish: dict[str, Decimal] = field(default_factory=dict)
    _now: Decimal = Decimal(0)
    _came: int = 0

    def add(self, claim: C) -> None:
        """Queue a claim behind those of its use case."""
        start = max(self._now, self._finish.get(claim.use_case, Decimal(0)))
        self._finish[claim.use_case] = start + claim.worst_jpy
        self._starts[claim] = (start, self._came)
        self._came += 1

    def serve(self, claim: C) -> None:
        """Its turn is over: it was given its money."""
        self._now = max(self._now, self._starts.pop(claim)[0])

    def drop(self, claim: C) -> None:
        """It wants no money any more."""
        self._starts.pop(claim, None)

    def in_turn(self) -> Iterator[C]:
        """All of them, next first."""
        return iter(sorted(self._starts, key=self._starts.__getitem__))

    def heads(self) -> Iterator[C]:
        """The next one of every use case."""
        seen: set[str] = set()
        for claim in self.in_turn():
            if claim.use_case not in seen:
                seen.add(claim.use_case)
                yield claim

    def __len__(self) -> int:
        return len(self._starts)
