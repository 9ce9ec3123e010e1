"""Who gets money next: in fair turn between use cases, and nobody overtakes who waits for the same cap.

The turn is start-time fair queueing (Goyal, Vin and Cheng, SIGCOMM 1996) counted in reserved yen: while two use cases
both wait, each is given the same amount of money, however many calls it has in the queue and however dear they are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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

    @property
    def since(self) -> datetime:
        """When it came, or when its use case last had a turn in its process, whichever is later."""


C = TypeVar("C", bound=Claim)


@dataclass(frozen=True, slots=True)
class Mark:
    """What another process waits for in a cap. Room is kept for it by those that have waited less."""

    budget_id: int
    worst_jpy: Decimal
    since: datetime


def admitted(in_turn: Iterable[C], room_jpy: Mapping[int, Decimal], marks: Sequence[Mark] = ()) -> list[C]:
    """Those that fit, first come first; a cap that is too short for one is closed to all behind it.

    A cap that is not in `room_jpy` has no room. Whoever has waited longest of all processes passes every mark, so that
    two processes can never wait for each other.
    """
    left = dict(room_jpy)
    closed: set[int] = set()
    chosen: list[C] = []
    for claim in in_turn:
        kept = _kept(claim, marks)
        short = {each for each in claim.budget_ids if left.get(each, _NONE) - kept.get(each, _NONE) < claim.worst_jpy}
        if short or not closed.isdisjoint(claim.budget_ids):
            closed |= short
            continue
        for each in claim.budget_ids:
            left[each] = left.get(each, _NONE) - claim.worst_jpy
        chosen.append(claim)
    return chosen


_NONE = Decimal(0)


def _kept(claim: Claim, marks: Sequence[Mark]) -> dict[int, Decimal]:
    kept: dict[int, Decimal] = {}
    for mark in marks:
        if mark.since < claim.since:
            kept[mark.budget_id] = kept.get(mark.budget_id, _NONE) + mark.worst_jpy
    return kept


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

    def heads(self, count: int) -> dict[str, list[C]]:
        """The next ones of every use case."""
        found: dict[str, list[C]] = {}
        for claim in self.in_turn():
            own = found.setdefault(claim.use_case, [])
            if len(own) < count:
                own.append(claim)
        return found

    def __len__(self) -> int:
        return len(self._starts)
