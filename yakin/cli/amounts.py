"""Yen as a person types them."""

import re
from decimal import Decimal, InvalidOperation

from yakin.errors import UsageError

MOST_JPY = Decimal(10) ** 14  # ledger.jpy has fourteen digits before the point and six after it
DECIMALS = 6
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


def yen_amount(text: str, option: str) -> Decimal:
    """What may be spent, zero or more; raises UsageError naming the option."""
    amount = _exact(text, option)
    if amount < 0:
        raise UsageError(f"{option}: {text!r} cannot be spent; write 0 or more")
    return amount


def yen_correction(text: str, option: str) -> Decimal:
    """What is added to a charge, negative to give back, never zero; raises UsageError naming the option."""
    amount = _exact(text, option)
    if amount == 0:
        raise UsageError(f"{option}: {text!r} corrects nothing; write an amount other than zero")
    return amount


def _exact(text: str, option: str) -> Decimal:
    # 3,000 is three thousand; 1,5 may be one and a half or fifteen, so it is neither
    try:
        amount = Decimal(text.replace(",", "") if _GROUPED.fullmatch(text) else text)
    except InvalidOperation:
        raise UsageError(f"{option}: {text!r} is not an amount of yen; write digits, like 50 or 0.5") from None
    if not amount.is_finite():
        raise UsageError(f"{option}: {text!r} cannot be spent; write digits, like 50 or 0.5")
    if abs(amount) >= MOST_JPY or amount != round(amount, DECIMALS):
        raise UsageError(f"{option}: {text!r} cannot be kept; write at most 14 digits and {DECIMALS} decimals")
    return amount
