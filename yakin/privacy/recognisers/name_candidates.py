"""Where a Japanese name may stand: any word that can be one, with what belongs to it.

Sudachi's 人名 alone takes 本田技研 for a person and misses 西尾さん (a place) and every foreign name that
it does not know; so places, proper nouns, unknown katakana and single kanji are candidates as well.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from yakin.privacy.morphemes import Words, readings
from yakin.privacy.recognisers.name_words import (
    ENDS_LIKE_A_THING,
    HONORIFICS,
    NOT_A_NAME,
    ONE_KANJI_SURNAMES,
    OTHER_THING,
    ROLE,
)

DOTS = frozenset("・=·")
SPACES = frozenset(" \u3000")
KATAKANA = re.compile(r"[ァ-ヴー]+")
KANJI = re.compile(r"[一-龥々ヶ]+")
_HIRAGANA = re.compile(r"[ぁ-ん]+")
_INITIAL = re.compile(r"[A-Z]")
_NAMES_OF_PEOPLE = frozenset("SGN")
_SEED = re.compile(r"[SGNPR]|[nfxd](?= ?G)|n")
_GIVEN_PART = frozenset("nGNPRfxd")
_LONGEST_SURNAME = 5  # 勘解由小路
_LONGEST_GIVEN = 3  # kanji
_ENDS = frozenset("py .")


def candidates(words: Words) -> Iterator[tuple[int, int]]:
    """First and last word of each stretch that may be a name; they do not overlap."""
    done = -1
    for seed in _seeds(words):
        if seed <= done:
            continue
        first = _run_start(words, seed, done)
        last = _run_end(words, seed)
        if first < last or _stands_alone(words, seed):
            yield first, last
            done = last


def _seeds(words: Words) -> list[int]:
    text, starts, found = words.text, words.starts, list[int]()
    for match in _SEED.finditer(words.classes):
        at = match.start()
        if match.group() != "n" or _noun_may_be_name(text[starts[at] : starts[at + 1]]):
            found.append(at)
    return found


@lru_cache(maxsize=20_000)
def _noun_may_be_name(surface: str) -> bool:
    """A foreign word that the dictionary does not have or also knows as a name; a surname that is a word as well."""
    if KATAKANA.fullmatch(surface):
        also = readings(surface)
        return len(surface) > 1 and (not also or "N" in also or "G" in also)
    return surface in ONE_KANJI_SURNAMES or (len(surface) > 1 and "S" in readings(surface))


def is_no_name(value: str) -> bool:
    """未定, 営業部, 2年目; but 服部 and 田中 are surnames."""
    if NOT_A_NAME.fullmatch(value):
        return True
    return ENDS_LIKE_A_THING.search(value) is not None and "S" not in readings(value) and not is_full_name(value)


@lru_cache(maxsize=20_000)
def is_full_name(name: str) -> bool:
    """Whether the dictionary knows a cut into surname and given name: 松尾明 is a place as well."""
    for cut in range(1, min(len(name), _LONGEST_SURNAME + 1)):
        surname = name[:cut]
        known = surname in ONE_KANJI_SURNAMES if cut == 1 else "S" in readings(surname)
        if known and "G" in readings(name[cut:]):
            return True
    return False


def _run_start(words: Words, seed: int, done: int) -> int:
    """Katakana words joined by dots before the seed belong to it: マッド・ハッター."""
    first = seed
    while (
        first - 2 > done
        and words.surface(first - 1) in DOTS
        and KATAKANA.fullmatch(words.surface(first - 2))
        and KATAKANA.fullmatch(words.surface(first))
    ):
        first -= 2
    return first


def _run_end(words: Words, seed: int) -> int:
    surface = words.surface(seed)
    if KATAKANA.fullmatch(surface):
        return _katakana_end(words, seed)
    last = seed
    if _may_be_surname(words, seed):
        last = _given_end(words, seed)
    elif words.classes[seed] in "PR" and not _NAMES_OF_PEOPLE & set(readings(surface)):
        return last
    while words.word(last + 1) in {"S", "G", "N"} and last - seed < 3 and not words.surface(last + 1).isascii():
        last += 1
    if words.surface(last + 1) in {"・", "="} and _foreign_goes_on(words, last):
        last = _katakana_end(words, last + 2)
    return last


def _foreign_goes_on(words: Words, last: int) -> bool:
    return KATAKANA.fullmatch(words.surface(last)) is not None and bool(KATAKANA.fullmatch(words.surface(last + 2)))


def _katakana_end(words: Words, first: int) -> int:
    last = first
    while last + 1 < len(words):
        following = words.surface(last + 1)
        if KATAKANA.fullmatch(following):
            last += 1
        elif following in DOTS and KATAKANA.fullmatch(words.surface(last + 2)):
            last += 2
        elif following in DOTS and _INITIAL.fullmatch(words.surface(last + 2)) and words.surface(last + 3) in DOTS:
            last += 3  # エドワード・R・マロー
        elif following in SPACES and words.word(last + 2) in {"S", "G", "N"} and last == first:
            last += 2 if KATAKANA.fullmatch(words.surface(last + 2)) else 0
            return last
        else:
            break
    return last


def _may_be_surname(words: Words, at: int) -> bool:
    letter, surface = words.classes[at], words.surface(at)
    if letter == "S" or surface in ONE_KANJI_SURNAMES:
        return True
    return letter in "PRnNG" and "S" in readings(surface)


def _given_end(words: Words, surname: int) -> int:
    """The last word of the given name after a surname: one word, or single kanji that the dictionary cuts."""
    at = surname + 1
    spaced = words.surface(at) in SPACES or (words.surface(at) == "\n" and words.word(at + 1) == "G")
    at += spaced
    if words.word(at) in {"G", "N"} and not words.surface(at).isascii():
        return at + _second_kanji(words, at)
    length, last = 0, surname
    while words.word(at) and words.word(at) in _GIVEN_PART:
        surface = words.surface(at)
        if surface in HONORIFICS:
            break
        length += len(surface)
        if length > _LONGEST_GIVEN or not _given_shape(surface) or (length > len(surface) and len(surface) > 1):
            return surname
        last = at
        at += 1
        if len(surface) > 1:
            break
    alone = last == surname + 1 and words.surface(at) not in HONORIFICS
    if alone and _common_noun(words, last):
        return surname  # 福島|印刷; 吉田|永遠|様 and 吉田 永遠 are people
    ends = words.word(at) in _ENDS or not words.word(at) or words.surface(at) in HONORIFICS
    whole = words.text[words.starts[surname + 1 + spaced] : words.starts[last + 1]] if last > surname else ""
    return last if ends and whole and not is_no_name(whole) and not ROLE.fullmatch(whole) else surname


def _common_noun(words: Words, at: int) -> bool:
    """A word of the dictionary that is no given name; rare names are unknown or cut in their kanji."""
    if words.classes[at] != "n" or len(words.surface(at)) < 2 or words.unknown(at):
        return False
    return {"G", "N"}.isdisjoint(readings(words.surface(at)))


def _second_kanji(words: Words, at: int) -> bool:
    """Whether the dictionary cuts a given name of two kanji in two: 悠|人."""
    following = words.surface(at + 1)
    if len(words.surface(at)) != 1 or len(following) != 1 or not KANJI.match(following) or following in HONORIFICS:
        return False
    beyond = words.word(at + 2)
    return words.word(at + 1) in _GIVEN_PART and (not beyond or beyond in _ENDS or words.surface(at + 2) in HONORIFICS)


def _given_shape(surface: str) -> bool:
    if OTHER_THING.match(surface) or ROLE.fullmatch(surface) or surface in HONORIFICS:
        return False
    return KANJI.fullmatch(surface) is not None or (_HIRAGANA.fullmatch(surface) is not None and len(surface) > 1)


def _stands_alone(words: Words, at: int) -> bool:
    letter, surface = words.classes[at], words.surface(at)
    if surface.isascii():
        return False  # the dictionary calls "flower" a name
    if letter in "SGN":
        return True
    if surface in ONE_KANJI_SURNAMES and letter in "nfx":
        return title_after(words, at) in HONORIFICS or ROLE.fullmatch(title_after(words, at)) is not None
    if letter == "n" and not words.unknown(at):
        return False  # 仲間 is a surname as well; 仲間さん is found by its title
    if KATAKANA.fullmatch(surface):
        return len(surface) > 1
    return letter in "PR" and (bool(_NAMES_OF_PEOPLE & set(readings(surface))) or is_full_name(surface))


def title_after(words: Words, last: int) -> str:
    """The title after a name, put together where the dictionary cuts it: 課|長."""
    after = words.surface(last + 1)
    return after + "長" if words.surface(last + 2) == "長" and len(after) < 3 else after
