"""Attempts of a ledger and lines of an account, said in few words."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from yakin.domain.account import Account, Amount, Cause, LedgerAttempt, Line
from yakin.domain.documents import AttemptId
from yakin.domain.fx import IDENTITY_JPY, FxRate, RateKind, to_jpy
from yakin.domain.pricing import PriceRate, Tier, Usage

DAY = date(2026, 11, 10)
NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
USD = FxRate("USD", "JPY", Decimal("155.37"), RateKind.ECB, DAY, "ECB")
MODEL = "gpt-6-luna"
USED = Usage(1000, 100, 200)


def price(currency: str = "USD") -> PriceRate:
    """2 per million input, 0.2 cached, 10 output."""
    return PriceRate(
        date(2026, 1, 1), Tier.REALTIME, currency, Decimal(2), Decimal(10), Decimal("0.2"), "list", date(2026, 11, 1)
    )


def attempt(
    name: str, usage: Usage | None = USED, *, sent_at: datetime = NOON, model: str = MODEL, worst_jpy: str = "1",
    request_id: str | None = None, unknown: bool = False, corrections: dict[Cause, Amount] | None = None,
    group: str = "one", currency: str = "USD", bound_jpy: str | None = None,
) -> LedgerAttempt:  # fmt: skip
    """Charged what it used; unknown ones are charged nothing; `bound_jpy` for a charge without usage."""
    fx = USD if currency == "USD" else IDENTITY_JPY
    native = Decimal(0) if unknown or usage is None or bound_jpy else price().cost_native(usage)
    jpy = Decimal(bound_jpy) if bound_jpy else to_jpy(native, fx)
    return LedgerAttempt(
        AttemptId(name), (group,), model, Tier.REALTIME, request_id, sent_at, sent_at + timedelta(seconds=3), unknown,
        False, Decimal(worst_jpy), None if unknown or bound_jpy else usage, Amount(native, jpy), price(currency), fx,
        (), corrections or {},
    )  # fmt: skip


def line(
    usage: Usage | None = USED, amount: str | None = "cost", *, request_id: str | None = None, day: date = DAY,
    at: datetime | None = NOON, currency: str = "USD", model: str | None = MODEL, yen: str | None = None,
) -> Line:  # fmt: skip
    """What the vendor writes; `amount` "cost" is the list price of the usage."""
    if amount == "cost":
        assert usage is not None
        amount = str(price().cost_native(usage))
    return Line(
        day, at, model, None, request_id, None, usage, None if amount is None else Decimal(amount), currency,
        None if yen is None else Decimal(yen),
    )  # fmt: skip


def account(*lines: Line, complete: bool = True, unit: str = "0", jpy_unit: str = "0") -> Account:
    """The lines of one UTC day."""
    return Account(
        tuple(lines), DAY, DAY, complete, native_unit=Decimal(unit), jpy_unit=Decimal(jpy_unit)
    )  # fmt: skip
