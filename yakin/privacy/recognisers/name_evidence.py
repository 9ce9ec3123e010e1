"""Where a Japanese name may stand, and what speaks for and against it.

Sudachi's 人名 alone takes 本田技研 for a person and misses 西尾さん (a place) and every foreign name that
it does not know. So any word that can be a name is a candidate, and what it looks like and what stands
around it is weighed: a sum of log-odds, one per observation, from `words/name_weights.tsv`. The weights
are fitted by bench/fit_names.py and can be read: after:honorific speaks for, after:thing against.
"""

import math
import re
from collections.abc import Iterator
from functools import lru_cache

from yakin.privacy.morphemes import Words, readings
from yakin.privacy.recognisers.name_words import (
    HONORIFICS,
    LABEL,
    NOT_A_NAME,
    ONE_KANJI_SURNAMES,
    ORGANISATION_END,
    OTHER_THING,
    ROLE,
    SPEAKS_OF_A_PERSON,
    WEIGHTS,
)

_DOTS = frozenset("・=·")
_SPACES = frozenset(" \u3000")
_NAMES_OF_PEOPLE = frozenset("SGN")
_OPENING, _CLOSING = frozenset("「『\"'《〈“‘"), frozenset("」』\"'》〉”’")
_KATAKANA = re.compile(r"[ァ-ヴー]+")
_KANJI = re.compile(r"[一-龥々ヶ]+")
_PART_OF_A_THING = 0.2  # 佐藤製作所 names no person, however sure it is that 佐藤 is a surname
_INITIAL = re.compile(r"[A-Z]")
_HIRAGANA = re.compile(r"[ぁ-ん]+")
_SEED = re.compile(r"[SGNPR]|[nfxd](?= ?G)|n")
_COMPANY_FORM = re.compile(r"(?:株式会社|有限会社|合同会社|\(株\)|\(有\)|㈱|㈲)$")
_BRACKETED_FORMS = ("(株)", "(有)", "(合)", "㈱", "㈲")
_GIVEN_PART = frozenset("nGNPRfxd")
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


def weigh(words: Words, first: int, last: int) -> float:
    """How likely the stretch is a person's name, 0 to 1."""
    observed = evidence(words, first, last)
    total = WEIGHTS["bias"] + sum(WEIGHTS.get(one, 0.0) for one in observed)
    likely = 1 / (1 + math.exp(-total))
    return min(likely, _PART_OF_A_THING) if "after:thing" in observed or "before:company" in observed else likely


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
    if _KATAKANA.fullmatch(surface):
        also = readings(surface)
        return len(surface) > 1 and (not also or "N" in also or "G" in also)
    return surface in ONE_KANJI_SURNAMES or (len(surface) > 1 and "S" in readings(surface))


@lru_cache(maxsize=20_000)
def is_full_name(name: str) -> bool:
    """Whether the dictionary knows a cut into surname and given name: 松尾明 is a place as well."""
    for cut in range(1, len(name)):
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
        and words.surface(first - 1) in _DOTS
        and _KATAKANA.fullmatch(words.surface(first - 2))
        and _KATAKANA.fullmatch(words.surface(first))
    ):
        first -= 2
    return first


def _run_end(words: Words, seed: int) -> int:
    surface = words.surface(seed)
    if _KATAKANA.fullmatch(surface):
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
    return _KATAKANA.fullmatch(words.surface(last)) is not None and bool(_KATAKANA.fullmatch(words.surface(last + 2)))


def _katakana_end(words: Words, first: int) -> int:
    last = first
    while last + 1 < len(words):
        following = words.surface(last + 1)
        if _KATAKANA.fullmatch(following):
            last += 1
        elif following in _DOTS and _KATAKANA.fullmatch(words.surface(last + 2)):
            last += 2
        elif following in _DOTS and _INITIAL.fullmatch(words.surface(last + 2)) and words.surface(last + 3) in _DOTS:
            last += 3  # エドワード・R・マロー
        elif following in _SPACES and words.word(last + 2) in {"S", "G", "N"} and last == first:
            last += 2 if _KATAKANA.fullmatch(words.surface(last + 2)) else 0
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
    spaced = words.surface(at) in _SPACES or (words.surface(at) == "\n" and words.word(at + 1) == "G")
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
    ends = words.word(at) in _ENDS or not words.word(at) or words.surface(at) in HONORIFICS
    whole = words.text[words.starts[surname + 1 + spaced] : words.starts[last + 1]] if last > surname else ""
    return last if ends and whole and not NOT_A_NAME.fullmatch(whole) and not ROLE.fullmatch(whole) else surname


def _second_kanji(words: Words, at: int) -> bool:
    """Whether the dictionary cuts a given name of two kanji in two: 悠|人."""
    following = words.surface(at + 1)
    if len(words.surface(at)) != 1 or len(following) != 1 or not _KANJI.match(following) or following in HONORIFICS:
        return False
    beyond = words.word(at + 2)
    return words.word(at + 1) in _GIVEN_PART and (not beyond or beyond in _ENDS or words.surface(at + 2) in HONORIFICS)


def _given_shape(surface: str) -> bool:
    if OTHER_THING.match(surface) or ROLE.fullmatch(surface) or surface in HONORIFICS:
        return False
    return _KANJI.fullmatch(surface) is not None or (_HIRAGANA.fullmatch(surface) is not None and len(surface) > 1)


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
    if _KATAKANA.fullmatch(surface):
        return len(surface) > 1
    return letter in "PR" and (bool(_NAMES_OF_PEOPLE & set(readings(surface))) or is_full_name(surface))


@lru_cache(maxsize=20_000)
def _is_compound(surface: str) -> bool:
    """Whether an unknown katakana word is made of known common words, as products are: フル+キット."""
    for cut in range(2, len(surface) - 1):
        head, tail = surface[:cut], surface[cut:]
        if "n" in readings(head) and ("n" in readings(tail) or (len(head) > 2 and _is_compound(tail))):
            return True
    return False


def evidence(words: Words, first: int, last: int) -> list[str]:
    """Observations by name, each of which has a weight."""
    text = words.text[words.starts[first] : words.starts[last + 1]]
    parts = [at for at in range(first, last + 1) if words.surface(at) not in _DOTS and words.classes[at] not in " y"]
    found = _shape(words, text, parts)
    around = _before(words, first) + _after(words, last)
    found += around
    if _fills_cell(words, first, last):
        found.append(f"{found[0]}, a cell")
    if len(parts) == 1:
        script = found[0].partition(":")[0]
        found += [f"{script} alone, {one}" for one in around]
    if words.surface(first - 1) in _OPENING and words.surface(last + 1) in _CLOSING:
        found.append(f"quoted:{min(len(parts), 2)}")
    return found


def _letter(words: Words, at: int) -> str:
    letter = words.classes[at]
    if letter in "nR" and words.unknown(at):
        return "u"
    if letter == "S":
        return "Sp" if "P" in readings(words.surface(at)) else "S"
    if letter in "nPR":
        also = readings(words.surface(at))
        if "S" in also:
            return letter + "s"
        return letter + (
            "g" if "G" in also or "N" in also else "f" if letter != "n" and is_full_name(words.surface(at)) else ""
        )
    return letter


def _shape(words: Words, text: str, parts: list[int]) -> list[str]:
    script = "kata" if _KATAKANA.match(text) else "kanji" if _KANJI.match(text) else "kana"
    letters = [_letter(words, at) for at in parts]
    pattern = "+".join(letters) if len(letters) < 3 else f"{letters[0]}+..+{letters[-1]}"
    found = [f"{script}:{pattern}", f"{script}:{min(len(parts), 3)}", f"{script}:length:{min(len(text), 8)}"]
    if len(parts) == 1 and script == "kata":
        also = readings(text)
        found += [f"kata:also:{letter}" for letter in also if letter in "nPRSGN"]
    if script == "kata" and letters[-1] == "u":
        last = words.surface(parts[-1])
        found += [f"kata:u:ends:{last[-1]}", *(["kata:u:compound"] if _is_compound(last) else [])]
    if len(parts) > 1:
        found.append(f"{script}:joined:{_join(words, parts)}")
        found += [f"{script}:has:{letter}" for letter in sorted(set(letters))]
    if text[-1] in _LAST_OF_THINGS:
        found.append(f"{script}:ends:{text[-1]}")
    return found


_LAST_OF_THINGS = frozenset("山川島田村町市区県州城寺院宮社店家丸名子郎男雄夫美恵江代一二三")


def _join(words: Words, parts: list[int]) -> str:
    between = words.surface(parts[0] + 1)
    return "dot" if between in _DOTS else "space" if between in _SPACES else "none"


_CELL_START = re.compile(r"(?:^|[\n\t|,/;]|  )[ \"]*$")
_CELL_END = re.compile(r"[ \"]*(?:$|[\n\t|,/;]|  )")


def _fills_cell(words: Words, first: int, last: int) -> bool:
    """Whether nothing else stands between two tabs, bars, commas, slashes or ends of line."""
    start, end = words.starts[first], words.starts[last + 1]
    before = words.text[max(words.starts[0], start - 4) : start]
    return _CELL_START.search(before) is not None and _CELL_END.match(words.text, end, words.starts[-1]) is not None


def _before(words: Words, first: int) -> list[str]:
    letter, surface = words.word(first - 1), words.surface(first - 1)
    if not letter or surface == "\n":
        return ["before:start"]
    if letter == " ":
        beyond = words.surface(first - 2)
        person = SPEAKS_OF_A_PERSON.search(beyond) or LABEL.fullmatch(beyond)
        return ["before: ", f"before: {'person' if person else words.word(first - 2)}"]
    if _COMPANY_FORM.search(surface) or words.text.endswith(_BRACKETED_FORMS, 0, words.starts[first]):
        return ["before:company"]
    if letter in "yp":
        return [f"before:{surface}", *_before_particle(words, first - 2)]
    if SPEAKS_OF_A_PERSON.search(surface):
        return ["before:person"]
    return [f"before:{letter}", *(["before:kata"] if _KATAKANA.fullmatch(surface) else [])]


def _before_particle(words: Words, at: int) -> list[str]:
    if SPEAKS_OF_A_PERSON.search(words.surface(at)):
        return ["before:person,"]
    letter = words.word(at)
    if letter == "S":
        return ["before:place-name," if "P" in readings(words.surface(at)) else "before:name,"]
    return ["before:name,"] if letter in {"G", "N"} else ["before:place,"] if letter == "P" else []


def _after(words: Words, last: int) -> list[str]:
    letter, surface = words.word(last + 1), words.surface(last + 1)
    if not letter or surface == "\n":
        return ["after:end"]
    if surface in HONORIFICS:
        return ["after:honorific"]
    if letter in "nx" and ROLE.fullmatch(title_after(words, last)):
        return ["after:role"]
    if OTHER_THING.match(surface) or ORGANISATION_END.match(surface) or _company_follows(words, last + 1):
        return ["after:thing"]
    if letter in "yp ":
        return [f"after:{surface}", *_after_particle(words, last + 1)]
    return [f"after:{letter}", *_after_noun(surface)]


def title_after(words: Words, last: int) -> str:
    """The title after a name, put together where the dictionary cuts it: 課|長."""
    after = words.surface(last + 1)
    return after + "長" if words.surface(last + 2) == "長" and len(after) < 3 else after  # noqa: PLR2004


def _after_noun(surface: str) -> list[str]:
    if SPEAKS_OF_A_PERSON.search(surface):
        return ["after:person"]
    return ["after:kata"] if _KATAKANA.fullmatch(surface) else []


def _company_follows(words: Words, at: int) -> bool:
    """佐藤|テクノ|株式会社: nouns up to a company form, without a gap."""
    for index in range(at, min(at + 4, len(words))):
        if _COMPANY_FORM.match(words.surface(index)) or words.surface(index) in {"㈱", "㈲"}:
            return True
        if words.classes[index] not in "nRPx":
            return words.surface(index) == "(" and words.surface(index + 1) in {"株", "有"} and index == at
    return False


def _after_particle(words: Words, particle: int) -> list[str]:
    if words.word(particle + 1) == "S":
        return ["after:,place-name" if "P" in readings(words.surface(particle + 1)) else "after:,name"]
    if words.word(particle + 1) in {"G", "N"}:
        return ["after:,name"]
    if words.word(particle + 1) == "P":
        return ["after:,place"]
    if words.surface(particle) in _SPACES:
        return [f"after: {words.word(particle + 1)}"]
    return (
        ["after:のthing"] if words.surface(particle) == "の" and OTHER_THING.match(words.surface(particle + 1)) else []
    )
