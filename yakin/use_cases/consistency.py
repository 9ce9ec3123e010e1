"""How far several answers to one question agree, on the fields that can be compared without a person."""

from collections.abc import Mapping, Sequence
from typing import cast

from yakin.domain.asking import AnswerFields
from yakin.use_cases.scoring import score

LONGEST = 40  # characters of a text that is a name or a code; two summaries never agree word by word
_PLAIN = frozenset({"boolean", "integer", "number", "null"})


def compared_fields(schema: Mapping[str, object]) -> tuple[str, ...]:
    """Fields with a closed list, numbers, dates, codes and short texts, and lists of these; no free text."""
    properties = cast("Mapping[str, object]", schema.get("properties", {}))
    return tuple(name for name, field in properties.items() if _can_be_compared(field))


def consistency(
    schema: Mapping[str, object], first: AnswerFields, others: Sequence[AnswerFields | None]
) -> float | None:
    """The share of the compared fields on which the other answers agree with the first, 0..1; notation does not count.

    An ask that brought no valid answer (None) agrees on nothing. None where nothing can be compared.
    """
    fields = compared_fields(schema)
    if not fields or not others:
        return None
    agreed = sum(score(first.get(name), other.get(name)) for other in others if other is not None for name in fields)
    return agreed / (len(fields) * len(others))


def _can_be_compared(field: object) -> bool:
    if not isinstance(field, Mapping):
        return False
    if branches := cast("Sequence[object]", field.get("anyOf", ())):
        return all(_can_be_compared(branch) for branch in branches)
    if field.keys() & {"enum", "const"} or field.get("type") in _PLAIN:
        return True
    if field.get("type") == "array":
        return _can_be_compared(field.get("items"))
    is_code = "pattern" in field or "format" in field or cast("int", field.get("maxLength", LONGEST + 1)) <= LONGEST
    return field.get("type") == "string" and is_code
