"""A text prepared once for all recognisers: folded, with its numbers, tables and words at hand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from yakin.privacy.folding import Folded, fold
from yakin.privacy.labels import Labels, joined_letters
from yakin.privacy.mentions import Mentions
from yakin.privacy.tables import Tables
from yakin.privacy.tokens import TOKEN

BEFORE = 24  # characters in which a label counts, spaces collapsed
AFTER = 12
_SHORTEST = 6  # digits of the shortest insurer number
_LONGEST = 19  # digits of the longest payment card
_FORM = 40  # more groups of digits in a row than this are a table of figures, not a form with one box per digit
_GROUPS = 4  # that a number has at most among figures: those of a card
_DIGITS = re.compile(r"[0-9]+")
_INDENT = r"[ \t]{0,40}[-ー・]?[ \t]{0,40}"
_CHAIN = re.compile(rf"[0-9]++(?:(?: ?[-ー・]? ?|{_INDENT}\r?\n{_INDENT})[0-9]++)*+")
_OPENS_A_NUMBER = frozenset("(+")
_SPACES = re.compile(r"\s+")


class Number(NamedTuple):
    """Digits with single separators or line breaks between them."""

    digits: str
    start: int
    end: int
    groups: tuple[int, ...]  # how many digits each group has


@dataclass(frozen=True, slots=True, repr=False)
class _Chain:
    """Runs of digits that separators join: all their digits, and where each run begins among them."""

    digits: str
    offsets: tuple[int, ...]  # one more than runs: the last is the number of digits
    spans: tuple[tuple[int, int], ...]

    def numbers(self, length: int) -> Iterator[Number]:
        """Every stretch of whole runs with that many digits."""
        if len(self.spans) == 1:
            if len(self.digits) == length:
                yield Number(self.digits, *self.spans[0], (length,))
            return
        last_run = {offset: run for run, offset in enumerate(self.offsets)}
        most = _GROUPS if len(self.spans) > _FORM else length
        for first, offset in enumerate(self.offsets[:-1]):
            last = last_run.get(offset + length)
            if last is None or last - first > most:
                continue
            groups = tuple(end - start for start, end in self.spans[first:last])
            digits = self.digits[offset : offset + length]
            yield Number(digits, self.spans[first][0], self.spans[last - 1][1], groups)


class Page:
    """The folded text of one document. Masking tokens are blanked: they are neither value nor context."""

    def __init__(self, text: str) -> None:
        self.folded: Folded = fold(text)
        folded = self.folded.text
        self.text = TOKEN.sub(lambda token: "■" * len(token.group()), folded) if "_" in folded else folded
        self._mentioned: dict[re.Pattern[str], bool] = {}
        self._numbers: dict[int, list[Number]] = {}

    @cached_property
    def tables(self) -> Tables:
        """Rows and columns of comma-, tab- or bar-separated blocks."""
        return Tables(self.text)

    @cached_property
    def has_digits(self) -> bool:
        """Whether there is any digit at all."""
        return _DIGITS.search(self.text) is not None

    @cached_property
    def _chains(self) -> list[_Chain]:
        found = (match.span() for match in _CHAIN.finditer(self.text))
        return [self._chain(start, end) for start, end in found if end - start >= _SHORTEST]

    def _chain(self, start: int, end: int) -> _Chain:
        spans = tuple([match.span() for match in _DIGITS.finditer(self.text, start, end)])
        offsets = tuple(accumulate((end - start for start, end in spans), initial=0))
        return _Chain("".join([self.text[start:end] for start, end in spans]), offsets, spans)

    def numbers(self, length: int) -> list[Number]:
        """Every way to read that many digits, unbroken or broken by spaces, hyphens, line breaks."""
        if length not in self._numbers:
            usable = (chain for chain in self._chains if len(chain.digits) >= length) if length <= _LONGEST else ()
            self._numbers[length] = [number for chain in usable for number in chain.numbers(length)]
        return self._numbers[length]

    def before(self, start: int, width: int = BEFORE) -> str:
        """What precedes a span, white space collapsed."""
        return _SPACES.sub(" ", self.text[max(0, start - width * 3) : start])[-width:]

    def after(self, end: int, width: int = AFTER) -> str:
        """What follows a span, white space collapsed."""
        return _SPACES.sub(" ", self.text[end : end + width * 2])[:width]

    @cached_property
    def labels(self) -> Labels:
        """Which label speaks about which value."""
        return Labels(self.text, lambda: self.tables)

    def labelled(self, labels: re.Pattern[str], start: int, end: int) -> bool:
        """Whether one of the labels speaks about the value: near it and nearest, over its column, or its key."""
        return self.mentions(labels) and self.labels.name(labels, start, end)

    def labelled_otherwise(self, labels: re.Pattern[str], start: int) -> bool:
        """Whether any other label than these speaks about the value."""
        return self.labels.name_other(labels, start)

    def in_row(self, labels: re.Pattern[str], rivals: re.Pattern[str], start: int) -> bool | None:
        """Whether the headings over a row of spaced columns name the value: False with a rival beside, None: no."""
        return self.labels.in_row(labels, rivals, start)

    def values_of(self, labels: re.Pattern[str], value: re.Pattern[str]) -> Iterator[tuple[int, int]]:
        """The spans that fill in the labels; may repeat."""
        return self.labels.values(labels, value) if self.mentions(labels) else iter(())

    @cached_property
    def _mentions(self) -> Mentions:
        return Mentions(f"{self.text}\n{self._joined}" if self._joined else self.text)

    @cached_property
    def _joined(self) -> str:
        """The letter-spaced words joined; RE2 sees them too."""
        return joined_letters(self.text)

    def mentions(self, labels: re.Pattern[str]) -> bool:
        """Whether the words occur anywhere; remembered, because every candidate asks."""
        if labels not in self._mentioned:
            self._mentioned[labels] = self._mentions.may_have(labels) and (
                labels.search(self.text) is not None or labels.search(self._joined) is not None
            )
        return self._mentioned[labels]

    def finditer(self, expression: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Every match in the text; costs nothing where the expression cannot occur."""
        return expression.finditer(self.text) if self._mentions.may_have(expression) else iter(())

    @cached_property
    def _number_starts(self) -> list[int]:
        return [match.start() for match in _DIGITS.finditer(self.text)]

    def at_numbers(self, shape: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Every match that begins with a number, or with one bracket or plus before it: no other place is tried."""
        done = 0
        for start in self._number_starts:
            if start < done:
                continue
            opened = start > done and self.text[start - 1] in _OPENS_A_NUMBER
            match = (shape.match(self.text, start - 1) if opened else None) or shape.match(self.text, start)
            if match:
                done = match.end()
                yield match

    def otherwise_labelled(self, labels: re.Pattern[str], start: int) -> bool:
        """Whether the nearest label before a span names something else."""
        if not self.mentions(labels):
            return False
        near = self.labels.before(start).text[-16:]
        return labels.search(near) is not None or labels.search(self.labels.heading(start)) is not None

    def touches_word(self, start: int, end: int) -> bool:
        """Whether an ASCII letter, digit or underscore adjoins: then the span is a part of something longer."""
        beside = self.text[start - 1 : start] + self.text[end : end + 1]
        return any(character.isascii() and (character.isalnum() or character == "_") for character in beside)
