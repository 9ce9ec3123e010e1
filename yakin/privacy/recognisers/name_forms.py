"""Names by their place on the page: after a label, under a heading, before a remark, spaced out, cut by a line."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cache

from yakin.privacy.morphemes import Words, readings
from yakin.privacy.page import Page
from yakin.privacy.recognisers.name_candidates import is_full_name, is_no_name
from yakin.privacy.recognisers.name_words import (
    DEFINITE_LABEL,
    LABEL,
    ONE_KANJI_SURNAMES,
    OTHER_THING,
    TITLES,
    VALUE,
    read_words,
)
from yakin.privacy.recognisers.romaji import plain_romaji, romaji

_FIRST = "".join(sorted(set(re.findall(r"[^\W\d_]", LABEL.pattern))))  # looked for first: it is nine times faster
_AFTER_LABEL = re.compile(
    rf"(?=[{_FIRST}])(?<![一-龥A-Za-z_])(?P<label>{LABEL.pattern})"
    rf"(?: ?\((?![株有合]\))[^)\n]{{1,8}}\))?[\"'】\]]?[ \t]*"
    r"(?:[:|\t]|,(?! )| {2,}|(?P<space>(?<!\n) (?=[一-龥々]))|(?<=[)\]】]) ?|(?<=\) )|(?P<next>\n)(?=[^\n]{1,14}(?:\n"
    r"|$)))[ \t\"']*"
)
_NEXT_IN_LIST = re.compile(r"[ \t]*(?:様|殿|さん|氏)?[ \t]*(?:\([^)\n]{1,12}\))?[ \t]*[、,・/;][ \t]*")
_CHAT = re.compile(
    r"^(?P<time>[\[(]?[0-9/\- ]{0,11}[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?[\])]?[ \t]*)?"
    r"(?P<name>[一-龥々]{1,4}(?:[ ]?[一-龥々ぁ-ん]{1,4})?)[ \t]*(?::(?=[^:/\n])|>(?=[^>\n]))",
    re.MULTILINE,
)
_CHAT_TIME = re.compile(
    r"^(?P<name>[一-龥々]{1,4}(?: ?[一-龥々ぁ-ん]{1,4})?)[ \t]+[0-9]{1,2}:[0-9]{2}[ \t]*$", re.MULTILINE
)
_MENTION = re.compile(r"@(?P<name>[一-龥々]{1,4}(?: [一-龥々ぁ-ん]{1,4})?)(?![一-龥々])")
_I_AM = re.compile(
    r"(?:^|[部課室係社店所の、。] ?)(?P<name>[一-龥々]{1,4}(?: [一-龥々ぁ-ん]{1,4})?)(?:です[。、]|でございます"
    r"|と申し|\([^)\n]{2,10}[部課室係店所社]\)$)",
    re.MULTILINE,
)
_SPACED = re.compile(r"(?<![一-龥々])(?<![一-龥々][ \t])[一-龥々](?:[ \t]{1,3}[一-龥々]){1,5}(?![一-龥々])")
_KANA_BRACKET = re.compile(
    r"[ \t]?(?:様|さん|殿|氏)?[ \t]?[(\[<](?P<kana>[ァ-ヴー]{2,8}(?:[ ・]?[ァ-ヴー]{2,8})?"
    r"|[ぁ-んー]{2,8}(?:[ ・]?[ぁ-んー]{2,8})?)[)\]>]"
)
_KANA_PAIR = re.compile(
    r"(?<![ァ-ヴー・ぁ-ん一-龥])(?:(?P<first>[ァ-ヴ]{2,6})[ \t]{1,2}[ァ-ヴ]{2,6}(?![ァ-ヴー一-龥]|[ ・][ァ-ヴ])"
    r"|(?P<first_h>[ぁ-ん]{2,6})[ \t]{1,2}[ぁ-ん]{2,6}(?![ァ-ヴーぁ-ん一-龥]))"
)
_KANJI_BEFORE_READING = re.compile(
    r"(?<![一-龥々])(?P<name>[一-龥々ヶ]{1,5}(?: [一-龥々ぁ-んァ-ヴー]{1,5}|[ぁ-んァ-ヴー]{1,4})?) ?$"
)
_WRAPPED = re.compile(r"(?<=[一-龥々])\n(?=[一-龥々ぁ-ん])")
_KANJI_BEFORE = re.compile(r"(?:^|[^一-龥々0-9])(?P<kanji>[一-龥々]{1,4})$")
_KANJI_AFTER = re.compile(r"(?P<kanji>[一-龥々]{1,3})(?=さん|様|氏|[ぁ-ん、。,()\s]|$)")
_TITLE_END = re.compile(rf"(?:様|殿|さん|{'|'.join(sorted(TITLES, key=len, reverse=True))})$")
_LONGEST_AFTER_ONE = 4  # characters of a full name with a surname of one kanji, with a space
_SHORT = 5  # characters of a name after a label and a mere space
_WRAPPED_LINE = 16  # characters; a shorter line ends because its author ended it


def labelled(text: str, parts: Sequence[Words]) -> Iterator[tuple[int, int, float]]:
    """What a form says after 氏名: or 担当者:, on the line or below it, and the further names of a list."""
    for label in _AFTER_LABEL.finditer(text):
        definite = DEFINITE_LABEL.search(label["label"]) is not None
        at, more = label.end(), not label["next"]
        while match := VALUE.match(text, at):
            value, start = _without_title(match["name"]), match.start("name")
            end, sure = start + len(value), definite and at == label.end()
            if _never(value) or (label["space"] and not _surely_a_name(label["label"], value)):
                break
            if _name_like(parts, start, end, sure=sure or bool(label["space"])):
                yield start, end, 0.9 if sure else 0.8
            elif at == label.end():
                break
            separator = _NEXT_IN_LIST.match(text, match.end("name")) if more else None
            if separator is None:
                break
            at = separator.end()


def in_columns(page: Page, text: str, parts: Sequence[Words]) -> Iterator[tuple[int, int, float]]:
    """The cells under 氏名 or 担当."""
    for start, _ in page.tables.columns(LABEL):
        match = VALUE.match(text, start)
        value = _without_title(match["name"]) if match else ""
        if not value or _never(value):
            continue
        sure = DEFINITE_LABEL.search(page.tables.heading(start)) is not None
        if _name_like(parts, start, start + len(value), sure=sure):
            yield start, start + len(value), 0.8


def speakers(text: str) -> Iterator[tuple[int, int, float]]:
    """Who says something in a chat or in minutes, and who says who he is: 佐藤: 了解です; 森 09:15; 林です。."""
    for match in _CHAT.finditer(text):
        name = match["name"]
        also = match["time"] and "S" in readings(name)  # whoever speaks at a time is no place
        if also or _is_surname(name) or is_full_name(name.replace(" ", "")) or _begins_with_surname(name):
            yield *match.span("name"), 0.8
    for pattern in (_CHAT_TIME, _I_AM, *((_MENTION,) if "@" in text else ())):
        for match in pattern.finditer(text):
            surname, _, given = match["name"].partition(" ")
            if given and is_full_name(surname + given):
                yield *match.span("name"), 0.8
            elif surname in ONE_KANJI_SURNAMES or "S" in readings(surname) or is_full_name(surname):
                yield match.start("name"), match.start("name") + len(surname), 0.8


def _begins_with_surname(name: str) -> bool:
    """高橋颯, 山田光宙; not 福岡県."""
    cuts = (cut for cut in (2, 3) if "S" in readings(name[:cut]) and 1 <= len(name) - cut <= 2)
    return any(not OTHER_THING.match(name[cut:]) and not is_no_name(name) for cut in cuts)


def spaced_out(text: str) -> Iterator[tuple[int, int, float]]:
    """Names with a space after each character, as forms and text recognition write them: 佐 藤 太 郎."""
    for match in _SPACED.finditer(text):
        name = re.sub(r"[ \t]", "", match.group())
        if is_full_name(name) or (len(name) > 1 and _is_surname(name)):
            yield match.start(), match.end(), 0.8


def wrapped(text: str) -> Iterator[tuple[int, int, float]]:
    """Names that a line break cuts: 佐藤太⏎郎."""
    for match in _WRAPPED.finditer(text):
        at = match.start()
        if at - (text.rfind("\n", 0, at) + 1) < _WRAPPED_LINE:
            continue
        head = _KANJI_BEFORE.search(text, max(0, at - 8), at)
        tail = _KANJI_AFTER.match(text, at + 1)
        if head and tail and is_full_name(head["kanji"] + tail["kanji"]):
            yield head.start("kanji"), tail.end("kanji"), 0.7


def in_kana(text: str) -> Iterator[tuple[int, int, float]]:
    """Surname and given name in kana, and the kanji in front of them: ヤマダ ユウキ, 山田光宙(やまだ ぴかちゅう)."""
    at = 0
    while match := _KANA_PAIR.search(text, at):
        at = match.end(match.lastgroup or 0)  # the second word may begin the next pair: シメイ ヤマダ ユウキ
        bracketed = match.start() > 0 and text[match.start() - 1] in "(<["
        surname, given = (plain_romaji(romaji(_katakana(part))) for part in match.group().split())
        if surname not in kana_surnames() or not (given in kana_given_names() or bracketed):
            continue
        at = match.end()
        yield *match.span(), 0.8
        kanji = _KANJI_BEFORE_READING.search(text, max(0, match.start() - 14), match.start() - 1) if bracketed else None
        if kanji and not _never(kanji["name"]):
            yield *kanji.span("name"), 0.85


def _katakana(kana: str) -> str:
    return "".join(chr(ord(one) + 0x60) if "ぁ" <= one <= "ん" else one for one in kana)


@cache
def kana_surnames() -> frozenset[str]:
    """In plain romaji; loaded when the first pair of kana words is seen."""
    return read_words("japanese_surnames")


@cache
def kana_given_names() -> frozenset[str]:
    """In plain romaji."""
    return read_words("japanese_given_names")


def kana_after(text: str, end: int) -> tuple[int, int] | None:
    """The reading in brackets after a name: 佐藤太郎(サトウタロウ)."""
    match = _KANA_BRACKET.match(text, end)
    return match.span("kana") if match else None


def _is_surname(name: str) -> bool:
    return name in ONE_KANJI_SURNAMES or (len(name) > 1 and readings(name).strip("nfx") in {"S", "GS", "NS"})


def _surely_a_name(label: str, value: str) -> bool:
    """After a label and a mere space: 書記 大橋, 確認者 田中; 担当 営業 is none."""
    compact = value.replace(" ", "")
    known = compact in ONE_KANJI_SURNAMES or "S" in readings(compact) or is_full_name(compact)
    return known or (len(value) <= _SHORT and label[-1] in "者名義人偶")


def _without_title(value: str) -> str:
    """千葉課長 → 千葉; 佐藤 営業部 → 佐藤."""
    head, space, tail = value.rpartition(" ")
    if space and (is_no_name(tail) or LABEL.fullmatch(tail) or tail in TITLES or is_full_name(head.rstrip())):
        return head.rstrip()  # the next one of a list, or no name
    title = _TITLE_END.search(value, 1)
    return value[: title.start()].rstrip() if title else value


def _never(value: str) -> bool:
    """Another label, a department, 未定."""
    return is_no_name(value) or LABEL.fullmatch(value) is not None


def _name_like(parts: Sequence[Words], start: int, end: int, *, sure: bool) -> bool:
    """Whether the words may be a name: 担当:検査工程 is none. After 氏名 anything rare may be: 一二三, 光宙."""
    at = bisect_right([part.starts[0] for part in parts], start) - 1
    if at < 0:
        return False
    words = parts[at]
    first, last = bisect_left(words.starts, start), min(len(words), bisect_left(words.starts, end))
    if sure and all(len(words.surface(index)) == 1 or words.classes[index] in "d " for index in range(first, last)):
        return True
    if words.surface(first) in ONE_KANJI_SURNAMES and end - start > _LONGEST_AFTER_ONE:
        first += 1  # 東第二倉庫
    return any(_may_name(words, index, sure=sure) for index in range(first, last))


def _may_name(words: Words, index: int, *, sure: bool) -> bool:
    letter, surface = words.classes[index], words.surface(index)
    if letter in "SGN":
        return True
    if letter not in "nPR":
        return False
    if words.unknown(index) or surface in ONE_KANJI_SURNAMES:
        return True
    return not {"S", "G"}.isdisjoint(readings(surface)) if sure else "S" in readings(surface)
