"""Names by what follows them: 様, さん, 氏, and offices such as 部長."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from yakin.privacy.morphemes import Words, readings
from yakin.privacy.morphemes import words as tokenised
from yakin.privacy.recognisers.name_candidates import is_full_name, title_after
from yakin.privacy.recognisers.name_words import (
    DEPARTMENT,
    HONORIFICS,
    NO_PERSON_BEFORE_HONORIFIC,
    ONE_KANJI_SURNAMES,
    ORGANISATION_END,
    OTHER_THING,
    PLACE_OFFICE,
    ROLE,
)

TITLED = 0.9
_HONORIFIC = re.compile("|".join(sorted(HONORIFICS, key=len, reverse=True)))
_RANK = re.compile(r"(?<![一-龥々])(?P<name>[一-龥々]{1,4})(?=(?:副?部|次|課|係|室|局|所|店|支店|工場|社|会|本部)長)")
_PLAIN = re.compile(r"(?<![一-龥々])(?P<name>[一-龥々]{2,6})(?=様|殿|氏(?!名)|さん(?!橋))")
_KANJI_OR_KANA = re.compile(r"[一-龥々ヶぁ-んァ-ヴー]+")
_COMPANY_BEFORE = re.compile(r"(?:会社|法人|\(株\)|\(有\)|㈱|㈲)\Z")
_UNIT_ENDS = "部課室係局のと、"
_WHOLE_KANJI = re.compile(r"(?<![一-龥々])[一-龥々]{3,6}$")
_OF_PEOPLE = frozenset({"さん", "氏", "君", "くん", "ちゃん", "先輩", "先生"})
_LONGEST = 6  # characters of a name in kanji
_LONGEST_FOREIGN = 10


def titled(words: Words, first: int, last: int) -> float:
    """The least that a title after a candidate says: 0 without one."""
    after, letter = words.surface(last + 1), words.word(last + 1)
    if after in HONORIFICS:
        harbour = len(words.surface(last)) == 1 and words.word(last + 2) == "n"  # 大さん橋
        return 0.0 if harbour or _is_organisation(words, first, last) else TITLED
    if not letter or letter not in "nx":
        return 0.0
    after = title_after(words, last)
    if DEPARTMENT.fullmatch(after):  # 佐藤営業部長
        after = title_after(words, last + 1)
    if not ROLE.fullmatch(after):
        return 0.0
    return TITLED if _may_hold_office(words, first, last, after) else 0.0


def _may_hold_office(words: Words, first: int, last: int, office: str) -> bool:
    letter, start = words.classes[first], words.starts[first]
    if words.surface(first) in ONE_KANJI_SURNAMES and first == last:  # 総務部の南主任, not 東南主任
        return start == 0 or words.text[start - 1] in _UNIT_ENDS or not _KANJI_OR_KANA.match(words.text[start - 1])
    if letter == "n" or _is_organisation(words, first, last):
        return False
    if letter in "SGN" or first < last:
        return len(words.surface(first)) > 1 or first < last
    also = readings(words.surface(first))
    return not PLACE_OFFICE.fullmatch(office) and not {"S", "N"}.isdisjoint(also)


def _is_organisation(words: Words, first: int, last: int) -> bool:
    if ORGANISATION_END.search(words.surface(last)):
        return True
    start = words.starts[first]
    return _COMPANY_BEFORE.search(words.text, max(words.starts[0], start - 4), start) is not None


def before_honorifics(words: Words) -> Iterator[tuple[int, int, float]]:
    """What the dictionary does not take for a name before 様 or さん: 福岡さん, 山田光宙さん, ポポフ氏."""
    begin, end = words.starts[0], words.starts[-1]
    for match in _HONORIFIC.finditer(words.text, begin, end):
        at = bisect_left(words.starts, match.start())
        if at == 0 or at >= len(words) or words.starts[at] != match.start():
            continue
        if words.surface(at) not in HONORIFICS or words.classes[at] not in "nx":
            continue
        last = at - 1 - (words.word(at - 1) == " ")
        first = _name_start(words, last) if last >= 0 else None
        if first is None:
            first = _rare_start(words, last + 1)
        if first is not None and not _is_organisation(words, first, last):
            yield words.starts[first], words.starts[last + 1], 0.85


def _name_start(words: Words, last: int) -> int | None:
    """The first word of the name that ends before an honorific, if it can be one."""
    first, found = last, last if _likely(words, last) else None
    length = len(words.surface(last))
    while first > 0 and _KANJI_OR_KANA.fullmatch(words.surface(first - 1)) and words.classes[first - 1] not in "p.":
        first -= 1
        length += len(words.surface(first))
        if length > _LONGEST or OTHER_THING.match(words.surface(first)):
            break
        if words.classes[first] == "S" or "S" in readings(words.surface(first)):
            return first
    return found


def _rare_start(words: Words, at: int) -> int | None:
    """水|野心|愛|殿 begins with a surname wherever it is cut; 道明寺さん is a person, 道明寺様 may be the temple."""
    if words.word(at - 1) == "P" and words.surface(at) in _OF_PEOPLE:
        return at - 1
    match = _WHOLE_KANJI.search(words.text, max(words.starts[0], words.starts[at] - 7), words.starts[at])
    if match and any("S" in readings(match.group()[:cut]) for cut in (2, 3)):
        first = bisect_left(words.starts, match.start())
        return first if words.starts[first] == match.start() else None
    return None


def _likely(words: Words, at: int) -> bool:
    letter, surface = words.classes[at], words.surface(at)
    if surface in NO_PERSON_BEFORE_HONORIFIC or len(surface) > _LONGEST_FOREIGN or surface.isascii():
        return False
    if letter in "SGN":
        return len(surface) > 1 or words.word(at + 2) != "n"  # 大さん橋
    also = readings(surface)
    if letter in "PR":
        return not {"S", "G", "N"}.isdisjoint(also)
    if letter == "n" and words.unknown(at):
        return _KANJI_OR_KANA.fullmatch(surface) is not None
    return letter in "nfx" and (surface in ONE_KANJI_SURNAMES or (len(surface) > 1 and "S" in also))


def cut_by_rank(words: Words, last: int) -> bool:
    """Whether the word takes a part of the rank with it: 太田部|長."""
    surface = words.surface(last)
    return words.surface(last + 1)[:1] == "長" and surface[-1] in _UNIT_ENDS and _is_surname(surface[:-1])


def before_ranks(text: str) -> Iterator[tuple[int, int, float]]:
    """A surname before a rank or 様, where the dictionary cuts elsewhere: 岡田部|長, 松|本様."""
    for match in _PLAIN.finditer(text):
        if "S" in readings(match["name"]) or is_full_name(match["name"]):
            yield *match.span("name"), TITLED
    for match in _RANK.finditer(text) if "長" in text else ():
        if _is_surname(match["name"]):
            yield match.start("name"), match.end("name"), TITLED


@lru_cache(maxsize=20_000)
def _is_surname(name: str) -> bool:
    """Whether the dictionary's first choice for the word by itself is a surname: 岡田, not 大阪."""
    if name in ONE_KANJI_SURNAMES:
        return True
    return "S" in readings(name) and next(tokenised(name)).classes in {"S", "N"}
