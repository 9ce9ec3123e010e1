"""Names by their place on the page: after a label, under a heading, before a remark in a chat, spaced out, cut by a line."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from yakin.privacy.morphemes import Words, readings
from yakin.privacy.page import Page
from yakin.privacy.recognisers.name_words import (
    DEFINITE_LABEL,
    LABEL,
    NOT_A_NAME,
    ONE_KANJI_SURNAMES,
    VALUE,
)

_AFTER_LABEL = re.compile(
    rf"(?<![一-龥A-Za-z])(?P<label>{LABEL.pattern})(?:\([^)\n]{{1,8}}\))?[ \t]*"
    r"(?:[:|\t]|,(?! )| {2,}|(?P<next>\n)(?=[^\n]{2,14}(?:\n|$)))[ \t\"]*"
)
_NEXT_IN_LIST = re.compile(r"[ \t]*(?:様|殿|さん|氏)?[ \t]*(?:\([^)\n]{1,12}\))?[ \t]*[、,・/;][ \t]*")
_CHAT = re.compile(
    r"^(?:[\[(]?[0-9/\- ]{0,11}[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?[\])]?[ \t]*)?"
    r"(?P<name>[一-龥々]{1,4}(?:[ ]?[一-龥々ぁ-ん]{1,4})?)[ \t]*(?::(?=[^:/\n])|>(?=[^>\n]))",
    re.MULTILINE,
)
_SPACED = re.compile(r"(?<![一-龥々])(?<![一-龥々][ \t])[一-龥々](?:[ \t]{1,3}[一-龥々]){1,5}(?![一-龥々])")
_KANA_BRACKET = re.compile(
    r"[ \t]?[(\[<](?P<kana>[ァ-ヴー]{2,8}(?:[ ・]?[ァ-ヴー]{2,8})?|[ぁ-んー]{2,8}(?:[ ・]?[ぁ-んー]{2,8})?)[)\]>]"
)
_WRAPPED = re.compile(r"(?<=[一-龥々])\n(?=[一-龥々ぁ-ん])")
_WRAPPED_LINE = 16  # characters; a shorter line ends because its author ended it


def labelled(text: str, parts: Sequence[Words]) -> Iterator[tuple[int, int, float]]:
    """What a form says after 氏名: or 担当者:, on the line or below it, and the further names of a list."""
    for label in _AFTER_LABEL.finditer(text):
        definite = DEFINITE_LABEL.search(label["label"]) is not None
        at, more = label.end(), not label["next"]
        while match := VALUE.match(text, at):
            start, end = match.span("name")
            sure = definite and at == label.end()
            if NOT_A_NAME.fullmatch(match["name"]) or not (sure or _name_like(parts, start, end)):
                break
            yield start, end, 0.9 if sure else 0.8
            separator = _NEXT_IN_LIST.match(text, end) if more else None
            if separator is None:
                break
            at = separator.end()


def in_columns(page: Page, text: str, parts: Sequence[Words]) -> Iterator[tuple[int, int, float]]:
    """The cells under 氏名 or 担当."""
    for start, _ in page.tables.columns(LABEL):
        match = VALUE.match(text, start)
        if not match or NOT_A_NAME.fullmatch(match["name"]):
            continue
        if DEFINITE_LABEL.search(page.tables.heading(start)) or _name_like(parts, start, match.end("name")):
            yield start, match.end("name"), 0.8


def speakers(text: str) -> Iterator[tuple[int, int, float]]:
    """Who says something in a chat or in minutes: 佐藤: 了解です."""
    for match in _CHAT.finditer(text):
        name = match["name"]
        if _is_surname(name) or _is_full_name(name.replace(" ", "")):
            yield match.start("name"), match.end("name"), 0.8


def spaced_out(text: str) -> Iterator[tuple[int, int, float]]:
    """Names with a space after each character, as forms and text recognition write them: 佐 藤 太 郎."""
    for match in _SPACED.finditer(text):
        name = re.sub(r"[ \t]", "", match.group())
        if _is_full_name(name) or (len(name) > 1 and _is_surname(name)):
            yield match.start(), match.end(), 0.8


def wrapped(text: str) -> Iterator[tuple[int, int, float]]:
    """Names that a line break cuts: 佐藤太⏎郎."""
    for match in _WRAPPED.finditer(text):
        at = match.start()
        if at - (text.rfind("\n", 0, at) + 1) < _WRAPPED_LINE:
            continue
        for before in range(4, 0, -1):
            head = text[at - before : at]
            span = next((n for n in range(3, 0, -1) if _is_full_name(head + text[at + 1 : at + 1 + n])), 0)
            if span and "\n" not in head:
                yield at - before, at + 1 + span, 0.7
                break


def kana_after(text: str, end: int) -> tuple[int, int] | None:
    """The reading in brackets after a name: 佐藤太郎(サトウタロウ)."""
    match = _KANA_BRACKET.match(text, end)
    return match.span("kana") if match else None


def _is_surname(name: str) -> bool:
    return name in ONE_KANJI_SURNAMES or (len(name) > 1 and readings(name).strip("nfx") in {"S", "GS", "NS"})


def _is_full_name(name: str) -> bool:
    """Whether the dictionary knows a cut into surname and given name."""
    for cut in range(1, len(name)):
        surname = name[:cut]
        known = surname in ONE_KANJI_SURNAMES if cut == 1 else "S" in readings(surname)
        if known and "G" in readings(name[cut:]):
            return True
    return False


def _name_like(parts: Sequence[Words], start: int, end: int) -> bool:
    """Whether any word in the span is a name, might be one, or is unknown: not 担当:検査工程."""
    at = bisect_right([part.starts[0] for part in parts], start) - 1
    if at < 0:
        return False
    words = parts[at]
    for index in range(bisect_left(words.starts, start), min(len(words), bisect_left(words.starts, end))):
        letter, surface = words.classes[index], words.surface(index)
        if letter in "SGN" or (letter in "nPR" and words.unknown(index)):
            return True
        if letter in "nPR" and (surface in ONE_KANJI_SURNAMES or "S" in readings(surface)):
            return True
    return False
