"""Comma-, tab- and bar-separated blocks inside a text: which heading stands over which value."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

_SEPARATORS = ("\t", "|", ",")
_FEW_COLUMNS = 2  # in two columns the first row may be a label and its value
_HEADING_ROWS = 3  # a title row may precede the headings
NOT_A_HEADING = re.compile(
    r"(?<![0-9(])[0-9]{2}(?![0-9]?(?:桁|文字))|.{25}"
)  # figures or prose: the first line of a block need not be headings
_COMMA = re.compile(r",(?![0-9]{3}(?![0-9]))|(?<![0-9]),")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class _Block:
    first: int  # line numbers, half-open
    last: int
    separator: str
    headings: tuple[str, ...]


class Tables:
    """Finds blocks of two or more lines that share a separator and reads their first rows as headings."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._blocks = list(self._find_blocks())
        self._firsts = [block.first for block in self._blocks]
        self._last_line = -1
        self._last_separators: list[int] = []

    def _line(self, number: int) -> str:
        end = self._starts[number + 1] - 1 if number + 1 < len(self._starts) else len(self._text)
        return self._text[self._starts[number] : end]

    def _find_blocks(self) -> Iterator[_Block]:
        number, lines = 0, len(self._starts)
        while number < lines:
            separator = _separator(self._line(number))
            first = number
            number += 1
            if not separator:
                continue
            while number < lines and _separates(separator, self._line(number)):
                number += 1
            if number - first > 1:
                yield _Block(first, number, separator, self._headings(first, number, separator))

    def _headings(self, first: int, last: int, separator: str) -> tuple[str, ...]:
        rows = [_cells(self._line(line), separator) for line in range(first, min(last, first + _HEADING_ROWS))]
        # a row with numbers is data; the first row heads the columns whatever it holds
        rows = [row for index, row in enumerate(rows) if index == 0 or not any(_DIGIT.search(cell) for cell in row)]
        width = max(len(row) for row in rows)
        return tuple("\n".join(row[column] for row in rows if column < len(row)) for column in range(width))

    def heading(self, position: int) -> str:
        """The heading over a position, or nothing outside of tables and in the heading row itself."""
        line = bisect_right(self._starts, position) - 1
        at = bisect_right(self._firsts, line) - 1
        if at < 0 or line >= self._blocks[at].last or line == self._blocks[at].first:
            return ""
        block = self._blocks[at]
        column = bisect_left(self._separators(line, block.separator), position)
        return block.headings[column] if column < len(block.headings) else ""

    def heads(self, position: int) -> bool:
        """Whether a position lies in the headings of three columns or more."""
        line = bisect_right(self._starts, position) - 1
        at = bisect_right(self._firsts, line) - 1
        if at < 0 or line != self._blocks[at].first:
            return False
        return len(self._blocks[at].headings) > _FEW_COLUMNS and not _DIGIT.search(self._line(line))

    def _separators(self, line: int, separator: str) -> list[int]:
        """Where the separators of a line stand; remembered, because a line may be long and have many values."""
        if line != self._last_line:
            start, text = self._starts[line], self._line(line)
            self._last_line = line
            self._last_separators = [start + match.start() for match in re.finditer(re.escape(separator), text)]
        return self._last_separators

    def columns(self, labels: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """The spans of all cells below a heading that matches."""
        for block in self._blocks:
            wanted = {
                index
                for index, heading in enumerate(block.headings)
                if any(labels.fullmatch(row) for row in heading.split("\n"))
            }
            for line in range(block.first + 1, block.last) if wanted else ():
                yield from self._cell_spans(line, block.separator, wanted)

    def cells_under(self, labels: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """The spans of all cells below a short heading that has one of the labels in it."""
        for block in self._blocks:
            wanted = {
                index
                for index, heading in enumerate(block.headings)
                if any(labels.search(row) and not NOT_A_HEADING.search(row) for row in heading.split("\n"))
            }
            for line in range(block.first + 1, block.last) if wanted else ():
                yield from self._cell_spans(line, block.separator, wanted)

    def _cell_spans(self, line: int, separator: str, wanted: set[int]) -> Iterator[tuple[int, int]]:
        start = self._starts[line]
        for index, cell in enumerate(self._line(line).split(separator)):
            stripped = cell.strip(' "\r')
            if index in wanted and stripped:
                begin = start + cell.index(stripped)
                yield begin, begin + len(stripped)
            start += len(cell) + 1


def _separator(line: str) -> str:
    return next((separator for separator in _SEPARATORS if _separates(separator, line)), "")


def _separates(separator: str, line: str) -> bool:
    """Whether it stands between cells; JSON and prose end in commas, and 1,234 is one figure."""
    return separator in line and (separator != "," or _COMMA.search(line.rstrip(", \r")) is not None)


def _cells(line: str, separator: str) -> list[str]:
    return [cell.strip(' "\r') for cell in line.split(separator)]
