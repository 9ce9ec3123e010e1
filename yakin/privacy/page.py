"""A text prepared once for all recognisers: folded, with its numbers, tables and words at hand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from yakin.privacy.folding import Folded, fold
from yakin.privacy.mentions import Mentions, mentioned
from yakin.privacy.tables import Tables
from yakin.privacy.tokens import TOKEN

BEFORE = 24  # characters in which a label counts, spaces collapsed
AFTER = 12
_LONGEST = 19  # digits of the longest payment card
_BOXES = 40  # more single digits in a row than this are a table of figures, not a form with one box per digit
_WIDEST_GAP = 64
_DIGITS = re.compile(r"[0-9]+")
_GAP = re.compile(r" ?[-ー・]? ?|[ \t]*[-ー・]?[ \t]*\r?\n[ \t]*[-ー・]?[ \t]*")
_SINGLE_GAPS = frozenset(" -ー・\n")
_SPACES = re.compile(r"\s+")
# What a label looks like, so that the nearest one wins: 個人番号は不要。注文番号 1234… is an order number.
_LABEL = re.compile(
    r"(?:[一-龥々ァ-ヶー]{1,8}|[A-Za-z]{2,12} ?)(?:番号|コード|ナンバー|(?:No|NO)\.?|ID|#)"
    r"|型番|品番|図番|JAN|ロット|電話|TEL|FAX|金額|数量|単価|合計"
)


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
        last_run = {offset: run for run, offset in enumerate(self.offsets)}
        table = len(self.spans) > _BOXES
        for first, offset in enumerate(self.offsets[:-1]):
            last = last_run.get(offset + length)
            if last is None or (table and last - first == length):
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
        self._numbers: dict[int, list[Number]] = {}
        self._windows: dict[int, tuple[str, tuple[tuple[int, str], ...]]] = {}

    @cached_property
    def tables(self) -> Tables:
        """Rows and columns of comma-, tab- or bar-separated blocks."""
        return Tables(self.text)

    @cached_property
    def has_digits(self) -> bool:
        """Whether there is any digit at all."""
        return _DIGITS.search(self.text) is not None

    @cached_property
    def lower(self) -> str:
        """The text in lower case, for questions about words; its places may differ from the text's."""
        return self.text.lower()

    @cached_property
    def _chains(self) -> list[_Chain]:
        chains: list[list[tuple[int, int]]] = []
        previous = -1
        for match in _DIGITS.finditer(self.text):
            start, end = match.span()
            if previous < 0 or not self._joins(previous, start):
                chains.append([])
            chains[-1].append((start, end))
            previous = end
        return [self._chain(spans) for spans in chains]

    def _joins(self, end: int, start: int) -> bool:
        """Whether what lies between two runs of digits keeps them one number."""
        if start - end == 1:
            return self.text[end] in _SINGLE_GAPS
        return start - end <= _WIDEST_GAP and _GAP.fullmatch(self.text, end, start) is not None

    def _chain(self, spans: list[tuple[int, int]]) -> _Chain:
        offsets = tuple(accumulate((end - start for start, end in spans), initial=0))
        return _Chain("".join([self.text[start:end] for start, end in spans]), offsets, tuple(spans))

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

    def _window(self, start: int) -> tuple[str, tuple[tuple[int, str], ...]]:
        """What precedes a span, and the labels in it with their ends; remembered, because every kind asks."""
        if start not in self._windows:
            window = self.before(start)
            self._windows[start] = (window, tuple((match.end(), match.group()) for match in _LABEL.finditer(window)))
        return self._windows[start]

    def labelled(self, labels: re.Pattern[str], start: int, end: int) -> bool:
        """Whether a label stands close before (and no other label between), in brackets after, or heads the column."""
        if not self.mentions(labels):
            return False
        window, others = self._window(start)
        named = max((match.end() for match in labels.finditer(window)), default=-1)
        if named >= 0 and named >= _nearest_other(others, labels):
            return True
        after = self.after(end)
        if after.lstrip()[:1] in {"(", "[", "<"} and labels.search(after):
            return True
        return labels.search(self.tables.heading(start)) is not None

    def labelled_otherwise(self, labels: re.Pattern[str], start: int) -> bool:
        """Whether any other label than these stands close before."""
        return _nearest_other(self._window(start)[1], labels) >= 0

    @cached_property
    def _mentioned(self) -> Mentions:
        return mentioned(self.text)

    def mentions(self, labels: re.Pattern[str]) -> bool:
        """Whether the words occur anywhere: one look at the text answers for all recognisers."""
        return self._mentioned.has(labels)

    def otherwise_labelled(self, labels: re.Pattern[str], start: int) -> bool:
        """Whether the nearest label before a span names something else."""
        if not self.mentions(labels):
            return False
        window = self.before(start, 16)
        return labels.search(window) is not None or labels.search(self.tables.heading(start)) is not None

    def touches_word(self, start: int, end: int) -> bool:
        """Whether an ASCII letter, digit or underscore adjoins: then the span is a part of something longer."""
        beside = self.text[start - 1 : start] + self.text[end : end + 1]
        return any(character.isascii() and (character.isalnum() or character == "_") for character in beside)


def _nearest_other(others: tuple[tuple[int, str], ...], labels: re.Pattern[str]) -> int:
    return max((end for end, label in others if not labels.search(label)), default=-1)
