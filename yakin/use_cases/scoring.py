"""How right an answer is, field by field: exact, as people write it, by the overlap of lists, or by words it holds."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import cast

from yakin.domain.asking import AnswerFields
from yakin.use_cases.normal_forms import date_of, number_of, plain

SCORING_VERSION = "2"  # goes into the version of a golden set: scores of another scoring cannot be compared
Form = bool | str | date | Decimal | None


def field_scores(expected: Mapping[str, object], answer: AnswerFields) -> dict[str, float]:
    """0 to 1 for each expected field; a field that the answer has not is wrong unless null is expected."""
    return {name: score(value, answer.get(name)) for name, value in expected.items()}


def no_scores(expected: Mapping[str, object]) -> dict[str, float]:
    """Of what brought no answer: nothing is right, not even what should be null."""
    return dict.fromkeys(expected, 0.0)


def mean_score(scores: Mapping[str, float]) -> float:
    """The share of the expected fields that are right."""
    return sum(scores.values()) / len(scores)


def score(expected: object, given: object) -> float:
    """1 when it is what a person wrote, in whatever notation; lists score their F1, what holds all `contains` 1."""
    if isinstance(expected, dict):
        words = cast("Sequence[str]", expected["contains"])
        return float(isinstance(given, str) and all(plain(word) in plain(given) for word in words))
    if isinstance(expected, list):
        return _f1(expected, given) if isinstance(given, list) else 0.0
    if isinstance(given, dict | list):
        return 0.0
    return float(_same(_form(expected), _form(given)))


def _f1(expected: Sequence[object], given: Sequence[object]) -> float:
    """Of the two sets of items. Both empty: nothing was expected and nothing was invented."""
    wanted, found = {_form(item) for item in expected}, {_form(item) for item in given}
    if not wanted and not found:
        return 1.0
    return 2 * len(wanted & found) / (len(wanted) + len(found))


def _same(expected: Form, given: Form) -> bool:
    """True is not 1: a bool equals bools only."""
    return isinstance(expected, bool) == isinstance(given, bool) and expected == given


def _form(value: object) -> Form:
    """One form for all notations of a value."""
    match value:
        case None | bool():
            return value
        case int() | float():
            return Decimal(str(value)).normalize()
        case str(text):
            return date_of(text) or _number_or_text(text)
        case other:
            return plain(str(other))


def _number_or_text(text: str) -> Decimal | str:
    number = number_of(text)
    return plain(text) if number is None else number
