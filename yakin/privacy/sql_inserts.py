"""Which column of an SQL insert a value belongs to."""

import re

_SQL = re.compile(r"\(([^()]{3,600})\)\s*VALUES?\b", re.IGNORECASE)
_QUOTED = re.compile(r"'[^']*'")


def inserts(text: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Where the values of each SQL insert begin, and its columns."""
    if "VALUES" not in text and "values" not in text:
        return ()
    return tuple(
        (match.end(), tuple(name.strip(" \n\t\"`'[]") for name in match[1].split(","))) for match in _SQL.finditer(text)
    )


def insert_column(text: str, found: tuple[tuple[int, tuple[str, ...]], ...], start: int) -> str | None:
    """The column of a value, nothing outside of inserts."""
    begun = [(at, columns) for at, columns in found if at <= start]
    if not begun:
        return None
    at, columns = begun[-1]
    if ";\n" in text[at:start]:
        return None
    low = max(at, text.rfind("\n", 0, start) + 1)
    row = _QUOTED.sub("", text[low:start])
    index = row.count(",", row.rfind("(") + 1)
    return columns[index] if index < len(columns) else ""
