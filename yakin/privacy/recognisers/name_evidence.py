"""What speaks for and against a name.

What a candidate looks like and what stands around it is weighed: a sum of log-odds, one per observation,
from `words/name_weights.tsv`. The weights are fitted by bench/fit_names.py and can be read:
after:honorific speaks for, after:thing against.
"""

import math
import re
from functools import lru_cache

from yakin.privacy.morphemes import Words, readings
from yakin.privacy.recognisers.name_candidates import DOTS, KANJI, KATAKANA, SPACES, is_full_name, title_after
from yakin.privacy.recognisers.name_words import (
    HONORIFICS,
    LABEL,
    ORGANISATION_END,
    OTHER_THING,
    ROLE,
    SPEAKS_OF_A_PERSON,
    WEIGHTS,
)

_OPENING, _CLOSING = frozenset("「『\"'《〈“‘"), frozenset("」』\"'》〉”’")
_LONGEST_COMPOUND = 20  # characters
_PART_OF_A_THING = 0.2  # 佐藤製作所 names no person, however sure it is that 佐藤 is a surname
_COMPANY_FORM = re.compile(r"(?:株式会社|有限会社|合同会社|\(株\)|\(有\)|㈱|㈲)$")
_BRACKETED_FORMS = ("(株)", "(有)", "(合)", "㈱", "㈲")
_LAST_OF_THINGS = frozenset("山川島田村町市区県州城寺院宮社店家丸名子郎男雄夫美恵江代一二三")
_PRODUCE = frozenset("錦牛茶米漬焼塗酒鶏豚芋瓦")  # what is named after a place or its maker
_CELL_START = re.compile(r"(?:^|[\n\t|,/;]|  )[ \"]*$")
_CELL_END = re.compile(r"[ \"]*(?:$|[\n\t|,/;]|  )")


def weigh(words: Words, first: int, last: int) -> float:
    """How likely the stretch is a person's name, 0 to 1."""
    observed = evidence(words, first, last)
    total = WEIGHTS["bias"] + sum(WEIGHTS.get(one, 0.0) for one in observed)
    likely = 1 / (1 + math.exp(-total))
    part_of_a_thing = "after:thing" in observed or "before:company" in observed or _is_produce(words, first, last)
    one_kanji = first == last and words.classes[first] == "G" and len(words.surface(first)) == 1  # 大さん橋, 光
    company = first == last and words.classes[first] not in "SG" and ORGANISATION_END.search(words.surface(first))
    return min(likely, _PART_OF_A_THING) if part_of_a_thing or one_kanji or company else likely


def _is_produce(words: Words, first: int, last: int) -> bool:
    """山田|錦 and 佐藤|錦 are varieties; 佐藤 錦 and 佐藤錦さん are people."""
    return first < last and words.surface(last) in _PRODUCE and words.surface(last - 1) not in SPACES


@lru_cache(maxsize=20_000)
def _is_compound(surface: str) -> bool:
    """Whether an unknown katakana word is made of known common words, as products are: フル+キット."""
    if len(surface) > _LONGEST_COMPOUND:
        return True  # no name is that long
    for cut in range(2, len(surface) - 1):
        head, tail = surface[:cut], surface[cut:]
        if "n" in readings(head) and ("n" in readings(tail) or (len(head) > 2 and _is_compound(tail))):
            return True
    return False


def evidence(words: Words, first: int, last: int) -> list[str]:
    """Observations by name, each of which has a weight."""
    text = words.text[words.starts[first] : words.starts[last + 1]]
    parts = [at for at in range(first, last + 1) if words.surface(at) not in DOTS and words.classes[at] not in " y"]
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
    script = "kata" if KATAKANA.match(text) else "kanji" if KANJI.match(text) else "kana"
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


def _join(words: Words, parts: list[int]) -> str:
    between = words.surface(parts[0] + 1)
    return "dot" if between in DOTS else "space" if between in SPACES else "none"


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
        beyond_letter = words.word(first - 2)
        if beyond_letter == "S" and "P" in readings(beyond):
            beyond_letter = "Sp"
        return ["before: ", f"before: {'person' if person else beyond_letter}"]
    if _COMPANY_FORM.search(surface) or words.text.endswith(_BRACKETED_FORMS, 0, words.starts[first]):
        return ["before:company"]
    if letter in "yp":
        return [f"before:{surface}", *_before_particle(words, first - 2)]
    if SPEAKS_OF_A_PERSON.search(surface):
        return ["before:person"]
    return [f"before:{letter}", *(["before:kata"] if KATAKANA.fullmatch(surface) else [])]


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


def _after_noun(surface: str) -> list[str]:
    if SPEAKS_OF_A_PERSON.search(surface):
        return ["after:person"]
    return ["after:kata"] if KATAKANA.fullmatch(surface) else []


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
    if words.surface(particle) in SPACES:
        return [f"after: {words.word(particle + 1)}"]
    return (
        ["after:のthing"] if words.surface(particle) == "の" and OTHER_THING.match(words.surface(particle + 1)) else []
    )
