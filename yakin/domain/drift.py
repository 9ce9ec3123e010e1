"""Whether the plan in force still holds: it does not when what comes back differs from it for sure and to a purpose.

For sure: an interval at 99 % lies outside a band around what was planned. To a purpose: another plan could be better.
Dearer or cheaper answers change nothing while there is money for the best of everything, and slower or faster ones
nothing while there is time; so those drifts count when the plan was short of the one or the other, or has become so.

A night does not plan for ever. After a re-plan what was seen is what is expected, evidence starts from nothing, a
number of documents has to come back before the next one, and there is a most per night.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from yakin.domain.observing import CameBack, Key, Seen, Shift, Tally, add_up, shifts

COST_BAND = 0.15  # of what was planned: less is in reach of the last waves, which plan with what is really left
SECONDS_BAND = 0.30  # the load of the night itself moves answer times that much
SHARE_BAND = 0.10  # of all documents: ten in a hundred more that ask twice
OVER_MONEY = 0.02  # of the money left: what the rest may cost beyond it before that alone is a reason
SURE = 1.28  # standard errors below the estimate: nine times in ten it costs at least that
LEAST_DOCUMENTS = 16  # of one model: one slice's first round
BETWEEN_DOCUMENTS = 32  # between two plans: each needs its own evidence
BETWEEN_SHARE = 0.05  # the same of a large plan, whose making takes longer
MOST_REPLANS = 12  # of one night: by then it is not the plan that is wrong


class Trigger(StrEnum):
    """Why a plan is made."""

    START = "start"
    RESUME = "resume"
    APPROVAL = "approval"
    WAVE = "wave"
    DRIFT = "drift"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class Drift:
    """What no longer holds, in words: models, numbers and endpoints."""

    words: tuple[str, ...]

    @property
    def why(self) -> str:
        """As kept with the plan."""
        return f"drift: {'; '.join(self.words)}"


@dataclass(frozen=True, slots=True)
class Part:
    """Documents of the plan that are asked together: what they are first asked and expected to cost."""

    number: int
    use_case: str
    model: str
    documents: int
    expected_jpy: float
    endpoint: str
    work_s: float  # at the endpoint's concurrency, as planned; 0 in a batch


@dataclass(frozen=True, slots=True)
class Terms:
    """What the plan in force rested on."""

    plan_version: int
    room_jpy: float
    deadline_at: datetime | None
    short_of_money: bool  # it would have chosen otherwise with more
    short_of_time: bool
    unhealthy: frozenset[str]  # endpoints that it left out
    models: Mapping[str, Collection[str]]  # that may be asked, by use case


@dataclass(slots=True)
class Watch:
    """One plan in force, and what has come back of it. `parts` are those not yet at their end."""

    terms: Terms
    parts: dict[int, Part]
    looked_at: datetime  # when endpoints that it left out were last tried
    seen: Mapping[Key, Seen] = field(default_factory=dict)
    spent_jpy: float = 0.0
    ended: int = 0  # documents

    @classmethod
    def over(cls, terms: Terms, parts: Iterable[Part], now: datetime) -> "Watch":
        """Of a plan that nothing has come back of."""
        return cls(terms, {part.number: part for part in parts}, now)

    def note(self, number: int, came: Collection[CameBack]) -> None:
        """A part has come to its end, with this."""
        part = self.parts.pop(number, None)
        self.ended += part.documents if part else 0
        self.seen = add_up(self.seen, came)
        self.spent_jpy += sum(each.cost_jpy for each in came)

    def drift(self, now: datetime, *, down: Collection[str], back: Collection[str]) -> Drift | None:
        """What no longer holds. `down` are endpoints that fail since, `back` those that answer again."""
        needed = {part.endpoint for part in self.parts.values()}
        words = [f"{name} does not answer any more" for name in sorted(needed & set(down) - self.terms.unhealthy)]
        if self._enough():
            words += [f"{name} answers again" for name in sorted(set(back) & self.terms.unhealthy)]
            words += self._figures(now)
        return Drift(tuple(words)) if words else None

    def _enough(self) -> bool:
        planned = self.ended + sum(part.documents for part in self.parts.values())
        return self.ended >= max(BETWEEN_DOCUMENTS, BETWEEN_SHARE * planned)

    def _figures(self, now: datetime) -> Iterator[str]:
        shift = shifts(self.seen, self.terms.models)
        money_left = self.terms.room_jpy - self.spent_jpy
        rest_jpy = self._rest_jpy(shift, errors=0.0)
        sure_jpy = self._rest_jpy(shift, errors=SURE)
        if self.terms.short_of_money or rest_jpy > money_left:
            yield from self._money()
            if sure_jpy > money_left * (1 + OVER_MONEY) and self._documents_seen() >= LEAST_DOCUMENTS:
                yield f"the rest costs ¥{rest_jpy:.4f} of ¥{max(0.0, money_left):.4f} that are left"
        if self.terms.short_of_time or self._late(shift, now):
            for (_, model), seen in sorted(self.seen.items()):
                yield from _outside(f"answer time of {model}", seen.seconds, SECONDS_BAND)

    def _money(self) -> Iterator[str]:
        for (_, model), seen in sorted(self.seen.items()):
            cost = list(_outside(f"cost of {model}", seen.cost, COST_BAND))
            if cost:
                yield from _outside(f"output of {model}", seen.output, COST_BAND)
            yield from cost
            yield from _escalation(model, seen)

    def _documents_seen(self) -> int:
        return sum(seen.cost.count for seen in self.seen.values())

    def _rest_jpy(self, shift: Mapping[Key, Shift], *, errors: float) -> float:
        """What the parts that have not ended cost at what was seen, so many standard errors below it."""
        return sum(
            part.expected_jpy * math.exp(each.cost - errors * each.cost_error)
            for part in self.parts.values()
            for each in [shift.get((part.use_case, part.model), Shift())]
        )

    def _late(self, shift: Mapping[Key, Shift], now: datetime) -> bool:
        """Whether an endpoint has more work left than time at the speed seen."""
        if self.terms.deadline_at is None:
            return False
        work_s: defaultdict[str, float] = defaultdict(float)
        for part in self.parts.values():
            factor = math.exp(shift.get((part.use_case, part.model), Shift()).seconds)
            work_s[part.endpoint] += part.work_s * factor
        return max(work_s.values(), default=0.0) > (self.terms.deadline_at - now).total_seconds()


def _outside(name: str, tally: Tally, band: float) -> Iterator[str]:
    """In words, when the whole interval lies outside the band."""
    if tally.count < LEAST_DOCUMENTS:
        return
    low, high = tally.bounds()
    if low > 1 + band or high < 1 / (1 + band):
        yield f"{name} {tally.ratio:.2f} × planned after {tally.count} documents"


def _escalation(model: str, seen: Seen) -> Iterator[str]:
    if seen.firsts < LEAST_DOCUMENTS:
        return
    low, high = seen.share_bounds()
    if low > seen.expected_share + SHARE_BAND or high < seen.expected_share - SHARE_BAND:
        share = seen.escalated / seen.firsts
        yield f"{model} escalates {share:.0%}, planned {seen.expected_share:.0%}, after {seen.firsts} documents"
