"""Person names: the dictionary's candidates weighed by evidence; titles; forms, tables, chats; Latin letters."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.folding import modern_kanji
from yakin.privacy.morphemes import Words, readings, words
from yakin.privacy.page import Page
from yakin.privacy.recognisers.english_names import english_names
from yakin.privacy.recognisers.name_candidates import candidates
from yakin.privacy.recognisers.name_evidence import weigh
from yakin.privacy.recognisers.name_forms import (
    in_columns,
    in_kana,
    kana_after,
    labelled,
    spaced_out,
    speakers,
    wrapped,
)
from yakin.privacy.recognisers.name_titles import before_honorifics, before_ranks, cut_by_rank, titled
from yakin.privacy.recognisers.name_words import OTHER_THING

THRESHOLD = 0.3  # the chosen point of the curve in bench/detection.py
_CERTAIN = 0.8  # a name that is this sure is looked for in the rest of the text
_REPEATED = 0.75
_SURE_NEIGHBOUR = 0.7
_BESIDE_A_NAME = 0.4
_GOES_ON = re.compile(r"[一-龥々ァ-ヴー]")  # 佐藤、松本支店
_SEPARATOR = re.compile(r"[ \t]*(?:[・、,/|]|\t| {2,})[ \t]*")
# Further forms of kanji in names, one character each, beside those of modern_kanji.
_VARIANTS = str.maketrans(
    "𠮷\ufa10\ufa1b\ufa19\ufa1a\ufa26\uf9dc\uf929郞瀨圓壽鐵應豐寬戶黑淸與萬禮靜聰桒曻昻槇遙",
    "吉塚福神祥都隆朗郎瀬円寿鉄応豊寛戸黒清与万礼静聡桑昇昂槙遥",
)
_KANJI_NAME = re.compile(r"[一-龥々]{2,}")

Span = tuple[int, int, float]


@dataclass(frozen=True)
class PersonName:
    """Names that score at least the threshold, without overlaps: titles, labels and full names most, one word least."""

    threshold: float = THRESHOLD
    kind: ClassVar[Kind] = Kind.PERSON

    def find(self, page: Page) -> Iterator[Finding]:
        """Japanese by dictionary and context, Latin letters by title, label and list."""
        for start, end, score in _surest(span for span in _spans(page) if span[2] >= self.threshold):
            yield Finding(self.kind, start, end, score)


def _spans(page: Page) -> Iterator[Span]:
    text = _in_modern_kanji(page.text)
    parts = list(words(text))
    found = [*_by_words(parts), *before_ranks(text), *spaced_out(text), *speakers(text), *wrapped(text), *in_kana(text)]
    found += labelled(text, parts)
    found += in_columns(page, text, parts)
    yield from found
    yield from _repeated(text, parts, found)
    yield from _listed(text, found)
    for _, end, score in found:
        if score >= _CERTAIN and (kana := kana_after(text, end)):
            yield (*kana, score)
    yield from english_names(page.text)


@cache
def _old_forms() -> re.Pattern[str]:
    kanji = (chr(code) for code in (*range(0x4E00, 0xA000), *range(0xF900, 0xFB00), 0x20BB7))
    return re.compile(f"[{''.join(one for one in kanji if modern_kanji(one).translate(_VARIANTS) != one)}]")


def _in_modern_kanji(text: str) -> str:
    """The text as the dictionary spells it; most texts have nothing to translate, and looking is cheaper."""
    return modern_kanji(text).translate(_VARIANTS) if _old_forms().search(text) else text


def _by_words(parts: Sequence[Words]) -> Iterator[Span]:
    for part in parts:
        for first, last in candidates(part):
            if cut_by_rank(part, last):
                continue
            score = max(weigh(part, first, last), titled(part, first, last))
            yield part.starts[first], part.starts[last + 1], score
        yield from before_honorifics(part)


def _repeated(text: str, parts: Sequence[Words], found: Iterable[Span]) -> Iterator[Span]:
    """The same name elsewhere, where words and neighbours leave it whole."""
    names = {text[start:end] for start, end, score in found if score >= _CERTAIN}
    names = {name for name in names if _KANJI_NAME.fullmatch(name)}
    if not names:
        return
    known = {start for start, _, score in found if score >= _REPEATED}
    pattern = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))
    for match in pattern.finditer(text):
        if match.start() not in known and _stands_free(parts, *match.span()):
            yield match.start(), match.end(), _REPEATED


def _listed(text: str, found: Iterable[Span]) -> Iterator[Span]:
    """Doubtful candidates beside a sure one, with nothing but a separator between: 清水・小川・佐藤, cells of a row."""
    row: list[Span] = []
    for span in sorted(found):
        if row and span[0] < row[-1][1]:
            if span[1] == row[-1][1]:
                row[-1] = max(row[-1], span, key=lambda one: one[2])
            continue
        if row and not _SEPARATOR.fullmatch(text, row[-1][1], span[0]):
            yield from _doubtful(text, row)
            row = []
        row.append(span)
    yield from _doubtful(text, row)


def _doubtful(text: str, row: Sequence[Span]) -> Iterator[Span]:
    if len(row) > 1 and max(score for _, _, score in row) >= _SURE_NEIGHBOUR:
        for start, end, _ in row:
            if "S" in readings(text[start:end]) and not _GOES_ON.match(text, end):
                yield start, end, _BESIDE_A_NAME


def _stands_free(parts: Sequence[Words], start: int, end: int) -> bool:
    """Whether the span begins and ends with words and no noun follows that would make a thing of it."""
    part = parts[max(0, bisect_right(parts, start, key=lambda one: one.starts[0]) - 1)]
    first, after = bisect_left(part.starts, start), bisect_left(part.starts, end)
    whole = part.starts[first : first + 1] == [start] and part.starts[after : after + 1] == [end]
    return whole and part.word(after) not in {"n", "R", "P"} and not OTHER_THING.match(part.surface(after))


def _surest(spans: Iterable[Span]) -> list[Span]:
    """Of overlapping spans the longest, of equal ones the surest."""
    kept: list[Span] = []
    for start, end, score in sorted(spans, key=lambda span: (span[0], -span[1], -span[2])):
        if kept and start < kept[-1][1]:
            if end - start > kept[-1][1] - kept[-1][0]:
                kept[-1] = (start, end, score)
            continue
        kept.append((start, end, score))
    return kept
