"""Why two amounts differ, in parts whose sum is the difference to the last digit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from yakin.domain.account import (
    NOTHING,
    ZERO,
    Account,
    Amount,
    Cause,
    LedgerAttempt,
    Line,
    sum_usage,
    total,
)
from yakin.domain.fx import YEN_PLACES
from yakin.domain.pricing import MTOK, PriceRate, Tier, Usage
from yakin.errors import UsageError

PLAUSIBLE_FX = Decimal("0.15")  # a bank's rate is within this of the frozen one; beyond it nobody can say


class State(StrEnum):
    """Where something was found."""

    MATCHED = "matched"
    AT_VENDOR = "at_vendor"  # on the account and not in the ledger
    IN_LEDGER = "in_ledger"  # in the ledger and not on the account


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is compared as one. None: the account does not tell these apart."""

    day: date
    model: str | None
    tier: Tier | None


@dataclass(frozen=True, slots=True)
class Found:
    """Lines of the account beside attempts of the ledger; the parts add up to theirs minus ours."""

    bucket: Bucket
    state: State
    lines: tuple[Line, ...]
    attempts: tuple[LedgerAttempt, ...]
    ours: Amount
    theirs: Amount
    parts: Mapping[Cause, Amount]

    @property
    def is_explained(self) -> bool:
        """Whether every part has a cause, and nothing is billed that nobody can value."""
        unvalued = self.state is State.AT_VENDOR and not self.parts and any(line.bills for line in self.lines)
        return Cause.UNEXPLAINED not in self.parts and not unvalued

    @property
    def difference(self) -> Amount:
        """What the vendor bills more than the ledger has."""
        return self.theirs.minus(self.ours)

    def with_cause(self, cause: Cause, amount: Amount, instead_of: Cause) -> "Found":
        """The same difference, part of it under another cause."""
        if cause is instead_of:
            return self
        return replace(self, parts=tidy({**self.parts, instead_of: self.part(instead_of).minus(amount),
                                         cause: self.part(cause).plus(amount)}))  # fmt: skip

    def part(self, cause: Cause) -> Amount:
        """What this cause explains."""
        return self.parts.get(cause, NOTHING)


def compare(
    account: Account,
    bucket: Bucket,
    lines: Sequence[Line],
    attempts: Sequence[LedgerAttempt],
    like: LedgerAttempt | None = None,
) -> Found:
    """Explain what these lines bill against what these attempts were charged, none of them unknown.

    What the ledger does not have is valued at the frozen price and rate of an attempt that it is `like`.
    """
    ours = total(each.cost for each in attempts)
    theirs = _Theirs.of(lines, attempts)
    if not attempts:
        billed = _valued(theirs, like)
        return Found(bucket, State.AT_VENDOR, tuple(lines), (), NOTHING, billed, tidy({Cause.UNEXPLAINED: billed}))
    if not lines:
        missing = NOTHING.minus(ours)
        parts = tidy({Cause.UNEXPLAINED: missing})
        return Found(bucket, State.IN_LEDGER, (), tuple(attempts), ours, NOTHING, parts)
    billed, explained = _explain(account, theirs, attempts)
    parts = {} if billed == ours else tidy(explained)
    return Found(bucket, State.MATCHED, tuple(lines), tuple(attempts), ours, billed, parts)


def _valued(theirs: "_Theirs", like: LedgerAttempt | None) -> Amount:
    native = theirs.native
    if native is None:
        native = ZERO if like is None or theirs.usage is None else like.priced(theirs.usage)
    jpy = theirs.jpy
    if jpy is None:
        jpy = ZERO if like is None else _yen(native * like.fx.rate)
    return Amount(native, jpy)


@dataclass(frozen=True, slots=True)
class _Theirs:
    """The account's side, as far as it is told."""

    usage: Usage | None
    native: Decimal | None
    jpy: Decimal | None

    @classmethod
    def of(cls, lines: Sequence[Line], attempts: Sequence[LedgerAttempt]) -> "_Theirs":
        """Lines in yen of models that are priced in another currency are yen: no price, a price and a rate."""
        priced_in = attempts[0].price.currency if attempts else None
        usages = [line.usage for line in lines if line.usage is not None]
        native: list[Decimal] = []
        jpy = [line.amount_jpy for line in lines if line.amount_jpy is not None]
        for line in lines:
            if line.amount is not None:
                (jpy if _in_yen(line, priced_in) else native).append(line.amount)
        return cls(
            sum_usage(usages) if usages else None,
            sum(native, ZERO) if native else None,
            sum(jpy, ZERO) if jpy else None,
        )


def _in_yen(line: Line, priced_in: str | None) -> bool:
    if priced_in is None or line.currency in (None, priced_in):
        return False
    if line.currency == "JPY":
        return True
    raise UsageError(
        f"the account of {line.day} is in {line.currency}, the ledger's prices of {line.model or 'its models'} in "
        f"{priced_in}; give the account in {priced_in} or JPY, or correct `currency` in its mapping"
    )


def _explain(
    account: Account, theirs: _Theirs, attempts: Sequence[LedgerAttempt]
) -> tuple[Amount, dict[Cause, Amount]]:
    settled_later = total(each.corrections.get(Cause.UNKNOWN_ATTEMPT, NOTHING) for each in attempts)
    charged = total(each.charged for each in attempts).plus(settled_later)
    rate = _yen_per_unit(attempts, charged)
    expected = _expected(theirs, attempts, charged, rate)
    native = expected.native if theirs.native is None else theirs.native
    other_price = Amount(native - expected.native, _yen((native - expected.native) * rate))
    jpy = expected.jpy + other_price.jpy if theirs.jpy is None else theirs.jpy
    other_rate = Amount(ZERO, jpy - expected.jpy - other_price.jpy)
    found = [
        (Cause.TOKENS, expected.minus(charged)),
        (_price_cause(account, theirs, other_price), other_price),
        (_rate_cause(account, jpy, other_rate), other_rate),
    ]
    for attempt in attempts:
        found += [(cause, NOTHING.minus(amount)) for cause, amount in attempt.corrections.items()
                  if cause is not Cause.UNKNOWN_ATTEMPT]  # fmt: skip
    parts: dict[Cause, Amount] = {}
    for cause, amount in found:
        parts[cause] = parts.get(cause, NOTHING).plus(amount)
    return Amount(native, jpy), parts


def _expected(theirs: _Theirs, attempts: Sequence[LedgerAttempt], charged: Amount, rate: Decimal) -> Amount:
    """What the account's tokens cost at our frozen prices; what was charged, where the tokens are the same."""
    ours = [each.usage for each in attempts if each.usage is not None]
    usage = theirs.usage
    if usage is None:
        return _instead_of_bounds(theirs, charged, rate) if len(ours) < len(attempts) else charged
    if len(ours) == len(attempts) and same_tokens(sum_usage(ours), usage):
        return charged
    if len(attempts) == 1:
        native = attempts[0].priced(usage)
    else:
        native = charged.native + priced_difference(_latest(attempts).price, sum_usage(ours), usage)
    if len(ours) < len(attempts):  # charged at a bound in yen: the exact cost takes its place
        return Amount(native, _yen(native * rate))
    return Amount(native, charged.jpy + _yen((native - charged.native) * rate))


def _instead_of_bounds(theirs: _Theirs, charged: Amount, rate: Decimal) -> Amount:
    """Where a bound was charged and the account tells no tokens, its money is what the tokens cost."""
    told = charged if theirs.native is None else Amount(theirs.native, _yen(theirs.native * rate))
    return told if told.jpy <= charged.jpy else charged


def priced_difference(price: PriceRate, ours: Usage, theirs: Usage) -> Decimal:
    """What the tokens between two usages cost, by kind; negative where the second has fewer."""
    cached_rate = price.input_per_mtok if price.cached_input_per_mtok is None else price.cached_input_per_mtok
    write_rate = price.input_per_mtok if price.cache_write_per_mtok is None else price.cache_write_per_mtok
    cached = theirs.cached_input_tokens - ours.cached_input_tokens
    written = theirs.cache_write_tokens - ours.cache_write_tokens
    plain = theirs.input_tokens - ours.input_tokens - cached - written
    output = theirs.output_tokens - ours.output_tokens
    inputs = plain * price.input_per_mtok + cached * cached_rate + written * write_rate
    return (inputs + output * price.output_per_mtok) / MTOK


def same_tokens(one: Usage, other: Usage) -> bool:
    """Whether both bill the same tokens."""
    # reasoning is part of the output and billed as such
    return replace(one, reasoning_tokens=0) == replace(other, reasoning_tokens=0)


def _price_cause(account: Account, theirs: _Theirs, other_price: Amount) -> Cause:
    if abs(other_price.native) < account.native_unit:
        return Cause.ROUNDING
    # without tokens nobody can tell a price from a request too many
    return Cause.UNEXPLAINED if theirs.usage is None else Cause.PRICE


def _rate_cause(account: Account, jpy: Decimal, other_rate: Amount) -> Cause:
    if abs(other_rate.jpy) < account.jpy_unit:
        return Cause.ROUNDING
    plausible = abs(other_rate.jpy) <= abs(jpy - other_rate.jpy) * PLAUSIBLE_FX
    return Cause.FX if plausible else Cause.UNEXPLAINED


def _latest(attempts: Sequence[LedgerAttempt]) -> LedgerAttempt:
    return max(attempts, key=lambda each: (each.sent_at, each.attempt_id))


def _yen_per_unit(attempts: Sequence[LedgerAttempt], charged: Amount) -> Decimal:
    rates = {each.fx.rate for each in attempts}
    return rates.pop() if len(rates) == 1 or not charged.native else charged.jpy / charged.native


def _yen(amount: Decimal) -> Decimal:
    return amount.quantize(YEN_PLACES, rounding=ROUND_HALF_UP)


def tidy(parts: Mapping[Cause, Amount]) -> dict[Cause, Amount]:
    """Only what is not nothing, in the order of the causes."""
    return {cause: parts[cause] for cause in Cause if any(parts.get(cause, NOTHING))}


def by_cause(found: Iterable[Found]) -> dict[Cause, Amount]:
    """The parts of all of these, added up."""
    parts: dict[Cause, Amount] = {}
    for each in found:
        for cause, amount in each.parts.items():
            parts[cause] = parts.get(cause, NOTHING).plus(amount)
    return tidy(parts)
