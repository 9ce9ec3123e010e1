"""Check digits that python-stdnum does not have."""

# Public safety commissions, the first two digits of a licence number.
_COMMISSIONS = frozenset(
    {*range(10, 15), *range(20, 26), 30, *range(40, 56), *range(60, 66), *range(70, 75), *range(80, 84), *range(90, 98)}
)
_DOUBLED = {str(digit): sum(divmod(2 * digit, 10)) for digit in range(10)}  # twice a digit, its digits added up
_LICENCE_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def is_drivers_licence(digits: str) -> bool:
    """運転免許証: 12 digits, a known commission and the check digit (published by practitioners, not by law)."""
    if len(digits) != 12 or int(digits[:2]) not in _COMMISSIONS:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_LICENCE_WEIGHTS, digits, strict=False))
    return (11 - total % 11) % 10 == int(digits[10])


def is_insurer_number(digits: str) -> bool:
    """保険者番号: 6 (national health insurance) or 8 digits, weights 2 1 2 … from the right, digit sums."""
    if len(digits) not in {6, 8}:
        return False
    return is_luhn(digits)


def is_luhn(digits: str) -> bool:
    """The check digit of payment cards (ISO/IEC 7812)."""
    total = sum(map(int, digits[-1::-2])) + sum(map(_DOUBLED.__getitem__, digits[-2::-2]))
    return total % 10 == 0
