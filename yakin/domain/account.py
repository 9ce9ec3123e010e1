"""A vendor's account and our ledger's side of it, in the terms in which one is held against the other."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from yakin.domain.calendar import JST
from yakin.domain.documents import AttemptId
from yakin.domain.fx import FxRate
from yakin.domain.pricing import PriceRate, Tier, Usage

UTC_DAYS = ZoneInfo("UTC")
ZERO = Decimal(0)


class Cause(StrEnum):
    """Why an account and the ledger differ. A correction that is booked says its cause as its reason."""

    PRICE = "price"  # the same tokens, another amount
    TOKENS = "tokens"  # other tokens
    FX = "fx"  # another exchange rate, or invoiced in yen
    TIMING = "timing"  # counted on the neighbouring day
    ROUNDING = "rounding"  # less than the last digit that the vendor writes
    UNKNOWN_ATTEMPT = "unknown_attempt"  # billed, and nobody saw the answer
    UNEXPLAINED = "unexplained"


# timing mends itself, unknown attempts are settled, and what nobody can explain is for a person
BOOKABLE = (Cause.TOKENS, Cause.PRICE, Cause.FX, Cause.ROUNDING)


class Amount(NamedTuple):
    """The vendor's currency and yen, together."""

    native: Decimal
    jpy: Decimal

    def plus(self, other: "Amount") -> "Amount":
        """Both."""
        return Amount(self.native + other.native, self.jpy + other.jpy)

    def minus(self, other: "Amount") -> "Amount":
        """What is left."""
        return Amount(self.native - other.native, self.jpy - other.jpy)


NOTHING = Amount(ZERO, ZERO)


def total(amounts: Iterable[Amount]) -> Amount:
    """The sum; nothing for none."""
    native, jpy = ZERO, ZERO
    for each in amounts:
        native, jpy = native + each.native, jpy + each.jpy
    return Amount(native, jpy)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a vendor's account. None: the vendor does not say.

    `requests` is how many requests the line covers; a line with `request_id` covers one.
    """

    day: date
    at: datetime | None = None
    model: str | None = None
    tier: Tier | None = None
    request_id: str | None = None
    requests: int | None = None
    usage: Usage | None = None
    amount: Decimal | None = None
    currency: str | None = None
    amount_jpy: Decimal | None = None

    @property
    def bills(self) -> bool:
        """Whether it is about anything at all: tokens or money."""
        used = self.usage is not None and (self.usage.input_tokens or self.usage.output_tokens)
        return bool(used or self.amount or self.amount_jpy)


@dataclass(frozen=True, slots=True)
class LedgerAttempt:
    """A request that left, as the ledger knows it: what was charged, and what was corrected by which cause."""

    attempt_id: AttemptId
    group: tuple[object, ...]  # run, use case, department, caps: corrections of a day are spread over these
    model: str  # the vendor's name of it
    tier: Tier
    request_id: str | None
    sent_at: datetime
    finished_at: datetime | None
    is_unknown: bool  # it may have been billed; not yet told
    in_flight: bool  # and somebody still waits for it: nobody else may end it
    worst_jpy: Decimal
    usage: Usage | None
    charged: Amount
    price: PriceRate
    fx: FxRate
    cliffs: tuple[PriceRate, ...] = ()
    corrections: Mapping[Cause, Amount] = field(default_factory=dict)

    @property
    def cost(self) -> Amount:
        """What the ledger says that it cost, corrections included."""
        return total([self.charged, *self.corrections.values()])

    def priced(self, usage: Usage) -> Decimal:
        """What so many tokens cost at the frozen price, in the vendor's currency."""
        reached = [rate for rate in (self.price, *self.cliffs) if rate.reached_by(usage.input_tokens)]
        rate = max(reached, key=lambda each: each.over_input_tokens, default=self.price)
        return rate.cost_native(usage)

    def days(self, zone: ZoneInfo) -> tuple[date, ...]:
        """The days on which a vendor may have counted it, the account's own first."""
        moments = (self.sent_at, self.finished_at or self.sent_at)
        zones = (zone, UTC_DAYS, JST)
        return tuple(moment.astimezone(each).date() for each in zones for moment in moments)


@dataclass(frozen=True, slots=True)
class Account:
    """The lines of a vendor's account for a period of whole days, and how finely it is written.

    `native_unit` and `jpy_unit` are one of the last digit that the vendor writes: differences below it
    are rounding. `complete`: what is not on it was not billed.
    """

    lines: tuple[Line, ...]
    start: date
    end: date
    complete: bool
    zone: ZoneInfo = UTC_DAYS
    native_unit: Decimal = ZERO
    jpy_unit: Decimal = ZERO

    @property
    def by_model(self) -> bool:
        """Whether every line names its model; else models are compared together."""
        return all(line.model is not None for line in self.lines)

    @property
    def by_tier(self) -> bool:
        """Whether every line says how it was served; else tiers are compared together."""
        return all(line.tier is not None for line in self.lines)

    def covers(self, day: date) -> bool:
        """Whether the day is of its period."""
        return self.start <= day <= self.end


def last_digit(amounts: Iterable[Decimal]) -> Decimal:
    """One of the last digit that any of these amounts is written with; zero without amounts, which round nothing."""
    places = [_exponent(each) for each in amounts if each]
    return Decimal(1).scaleb(min(0, *places)) if places else ZERO


def _exponent(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def sum_usage(usages: Iterable[Usage]) -> Usage:
    """Tokens by kind, added up."""
    every = list(usages)
    return Usage(
        sum(each.input_tokens for each in every),
        sum(each.output_tokens for each in every),
        sum(each.cached_input_tokens for each in every),
        sum(each.cache_write_tokens for each in every),
    )


_SNAPSHOT = re.compile(r"-\d{4}-?\d{2}-?\d{2}$")


def as_we_name_it(model: str | None, known: Collection[str]) -> str | None:
    """The name under which the ledger knows a model: vendors bill a dated snapshot of what was asked by its alias."""
    if model is None or model in known:
        return model
    alias = _SNAPSHOT.sub("", model)
    return alias if alias in known else model
