"""Names in Latin letters: English, foreign and romanised Japanese.

A stretch of capitalised words is cut into names by what its words can be (lists of names of many cultures,
English words, Japanese in romaji, Chinese, Korean and Vietnamese syllables) and by what stands before it:
titles, labels, greetings, "my name is". Inside Japanese text only what is sure counts, because product names
and headings are written in Latin letters there.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from yakin.privacy.recognisers.latin_case import with_capitals
from yakin.privacy.recognisers.latin_cues import (
    AFTER,
    CAPITALISED,
    HONORIFIC,
    JAPANESE,
    LABEL,
    LABELLED_WORD,
    LISTED_AFTER,
    LISTED_BEFORE,
    NUMBER_AFTER,
    ORGANISATION,
    PARTICLES,
    SIGN_OFF,
    SPEECH,
    STREET_BEFORE,
    TITLE,
    WEAK_SPEECH,
)
from yakin.privacy.recognisers.latin_words import KNOWN, LATIN, MAYBE, NAME_SHAPE, SHAPE, UPPER, latin

_PARTICLE = rf"(?:{'|'.join(sorted(PARTICLES, key=len, reverse=True))})"
_RUN = re.compile(
    rf"(?=[{UPPER}])(?<![{LATIN}0-9@_/\\=.-])(?:[{UPPER}]\.[ ]?)?{CAPITALISED}"
    rf"(?:,?[ ](?:{_PARTICLE}[ ]){{0,2}}(?:[{UPPER}]\.|{CAPITALISED})"
    rf"|(?<=[{UPPER}])\.[ ]?{CAPITALISED}){{0,7}}(?![{LATIN}0-9@_])"
)
_WORD = re.compile(rf"[{LATIN}]+(?:['’-][{LATIN}]+)*")
_LETTERS = re.compile(r"[A-Za-z]{2}")
_POSSESSIVE = re.compile(r"(?:['’][sS]?|-(?:san|sama|kun|chan))$")
_SHORT = 4  # AKA RFC; letters in capitals that are rather an abbreviation
_LONGEST = 4  # words of a name
_WEAK = 0.5  # what follows "with" or "by" has to be known in part
_CUED = 0.9  # after a title
_CERTAIN = 0.6  # names that are looked for in the rest of the text


class _Run(NamedTuple):
    text: str
    words: tuple[re.Match[str], ...]
    japanese: bool  # the line has Japanese letters


def english_names(text: str) -> Iterator[tuple[int, int, float]]:
    """Start, end and score of each name."""
    if not _LETTERS.search(text):
        return
    text = with_capitals(text)
    again: set[str] = set()
    found: set[int] = set()
    for run in _runs(text):
        at = 0
        while at < len(run.words):
            length, score = _best(run, at)
            if length:
                words = run.words[at : at + length]
                found.update(word.start() for word in words)
                if score >= _CERTAIN or length > 1:
                    again.update(_bare(word) for word in words)
                yield words[0].start(), _end(words[-1]), score
            at += max(1, length)
    yield from _repeated(text, again, found)


def _repeated(text: str, names: set[str], found: set[int]) -> Iterator[tuple[int, int, float]]:
    """The words of a name elsewhere: Yefremova after Faina D. Yefremova."""
    rare = {name for name in names if len(name) > 2 and not latin(name).english and not latin(name).place}
    if not rare:
        return
    pattern = rf"(?<![{LATIN}0-9@_/.-])(?:{'|'.join(map(re.escape, sorted(rare)))})(?![{LATIN}0-9@_])"
    for match in re.finditer(pattern, text):
        if match.start() not in found:
            yield match.start(), match.end(), _CERTAIN


def _runs(text: str) -> Iterator[_Run]:
    high = -1
    japanese = False
    for match in _RUN.finditer(text):
        if match.start() >= high:
            low = text.rfind("\n", 0, match.start()) + 1
            high = text.find("\n", match.start())
            high = len(text) if high < 0 else high
            japanese = JAPANESE.search(text, low, high) is not None
        yield _Run(text, tuple(_WORD.finditer(text, match.start(), match.end())), japanese)


def _end(word: re.Match[str]) -> int:
    return word.end() - len(owner.group()) if (owner := _POSSESSIVE.search(word.group())) else word.end()


def _bare(word: re.Match[str]) -> str:
    return word.group()[: _end(word) - word.start()]


def _best(run: _Run, at: int) -> tuple[int, float]:
    """How many words from here are a name, and how sure it is; 0 when none."""
    first = latin(_bare(run.words[at]))
    if first.english and max(first.given, first.family, first.surname, first.japanese_given) < MAYBE:
        return 0, 0.0
    cue = _cue(run, at)
    if cue <= _WEAK and STREET_BEFORE.search(run.text, max(0, run.words[at].start() - 24), run.words[at].start()):
        return 0, 0.0
    for length in range(min(_LONGEST, len(run.words) - at), 0, -1):
        words = run.words[at : at + length]
        comma = any("," in run.text[one.end() : two.start()] for one, two in itertools.pairwise(words))
        if comma and not (length == 2 and _last_first(words)):
            continue
        score = _single(run, words[0], cue) if length == 1 else _several(run, words, cue)
        if score and not _belongs_to_a_thing(run, words[-1], cue):
            return length, score
    return 0, 0.0


def _belongs_to_a_thing(run: _Run, last: re.Match[str], cue: float) -> bool:
    """Morgan Stanley Group, Ernst & Young, Karl Johan 12."""
    rest = run.text.find(",", last.end(), run.words[-1].end())
    if ORGANISATION.match(run.text, last.end()) or (
        rest < 0 and ORGANISATION.search(run.text, last.end(), run.words[-1].end())
    ):
        return True
    return not cue and not run.japanese and NUMBER_AFTER.match(run.text, last.end()) is not None


def _cue(run: _Run, at: int) -> float:
    """What stands before: a title says most, a label much, a phrase something."""
    start = run.words[at].start()
    before = run.text[max(0, start - 40) : start]
    ends = before.rstrip(" \t\"'|>“")[-1:]
    if not ends:
        return 0.0
    if ends.isalpha() or ends in ".,":
        if TITLE.search(before):
            return 0.95
        if LABELLED_WORD.search(before):
            return 0.85
        return 0.6 if SPEECH.search(before) else _WEAK if WEAK_SPEECH.search(before) else 0.0
    if ends == "\n":
        return 0.85 if SIGN_OFF.search(before) else 0.0
    return 0.85 if LABEL.search(before) or LABELLED_WORD.search(before) else 0.0


def _several(run: _Run, words: Sequence[re.Match[str]], cue: float) -> float:
    names = [_bare(word) for word in words]
    if names[0] in PARTICLES or names[-1] in PARTICLES:
        return 0.0
    full = [name for name in names if len(name) > 1 and name not in PARTICLES]
    if len(full) < 2:
        return _with_initial(run, full, cue)
    known = [latin(name) for name in full]
    if run.japanese and cue > _CERTAIN and all(word.group().isupper() for word in words) and not known[0].english:
        return cue  # 氏名 AUNG MIN TUN
    if not _asian(full) and any(
        one.english and max(one.given, one.family, one.surname, one.japanese_given) < MAYBE for one in known
    ):
        return 0.0
    if not all(NAME_SHAPE.fullmatch(name) for name in full):
        return 0.0
    sure = _strength(full)
    if any(one.unknown for one in known[1:-1]) and sure < KNOWN + KNOWN:
        sure -= SHAPE
    if any(len(name) == 1 for name in names[1:-1]):
        sure += MAYBE  # a middle initial
    return max(cue, min(0.9, 0.3 + sure / 8)) if sure >= _needed(run, words, cue) else 0.0


def _needed(run: _Run, words: Sequence[re.Match[str]], cue: float) -> float:
    """How sure the words have to be, by what stands around them."""
    if cue > _CERTAIN:
        return 1.0
    capitals = all(word.group().isupper() for word in words)
    if run.japanese or capitals:
        return 3.0 if capitals and min(len(word.group()) for word in words) < _SHORT else 2.5
    alone = words[0].start() == 0 and run.text[words[-1].end() : words[-1].end() + 1] == "\n"
    return 1.0 if cue or alone or AFTER.match(run.text, _end(words[-1])) else 2.0


def _strength(names: Sequence[str]) -> float:
    """How sure the first and the last word are given and family name, in either order."""
    first, last = latin(names[0]), latin(names[-1])
    western = max(first.given, SHAPE) + max(last.family, last.surname, last.given / 2, SHAPE)
    backwards = max(first.family, first.surname)
    backwards += last.given if backwards else 0.0
    japanese = max(
        first.surname and first.surname + last.japanese_given, last.surname and last.surname + first.japanese_given
    )
    if not (first.japanese_given or last.japanese_given):
        japanese = 0.0
    place = MAYBE if first.place or last.place else 0.0
    return max(western, backwards, japanese, _asian(names)) - place


def _asian(names: Sequence[str]) -> float:
    """Wang Lihua, Nguyen Thi Lan, Park Jihoon: a frequent family name and syllables."""
    known = [latin(name) for name in names]
    if known[0].asian_family and all(one.syllables for one in known[1:]):
        if not any(one.english for one in known[1:]):
            return 3.0
        return 2.5 if not known[0].english and len(names) > 2 else 0.0  # Nguyen Van An
    last = known[-1]
    return 2.5 if last.asian_family and not last.english and known[0].syllables and not known[0].english else 0.0


def _with_initial(run: _Run, full: Sequence[str], cue: float) -> float:
    """J. Smith, Smith J."""
    if len(full) != 1:
        return 0.0
    known = latin(full[0])
    if known.place or (known.english and not cue):
        return 0.0
    if max(known.family, known.surname, known.given) >= KNOWN:
        return max(cue, 0.6)
    return cue


def _single(run: _Run, word: re.Match[str], cue: float) -> float:
    name = _bare(word)
    known = latin(name)
    named = max(known.given, known.family)
    if len(name) < 2 or name.lower() in PARTICLES:
        return 0.0
    if cue > _CUED or HONORIFIC.match(run.text, _end(word)):
        return 0.9 if not known.english or named else 0.0
    if known.english and not run.japanese and named >= KNOWN and (cue > _WEAK or _listed(run, word)):
        return max(cue, 0.55) if known.given >= KNOWN or cue > _CERTAIN else 0.0
    if known.english or known.place or run.japanese or not NAME_SHAPE.fullmatch(name):
        return 0.0
    return _in_prose(run, word, cue)


def _in_prose(run: _Run, word: re.Match[str], cue: float) -> float:
    """One word in an English sentence or after a label."""
    known = latin(_bare(word))
    if cue > _CERTAIN:
        return cue if not known.unknown or not run.text[word.end() : word.end() + 1].strip() else 0.0
    if word.group().isupper():
        return 0.0
    if max(known.given, known.japanese_given if known.surname < MAYBE else 0.0) >= KNOWN or _listed(run, word):
        return 0.55
    if cue > _WEAK:
        return 0.5
    return 0.5 if known.family >= KNOWN and AFTER.match(run.text, _end(word)) else 0.0


def _listed(run: _Run, word: re.Match[str]) -> bool:
    """Whether a known name stands beside it in a list: Kónya, Becker and Vasquez."""
    before = LISTED_BEFORE.search(run.text[max(0, word.start() - 30) : word.start()])
    other = before or LISTED_AFTER.match(run.text, word.end())
    known = latin(other["other"]) if other else None
    return known is not None and not known.english and not known.place and max(known.given, known.family) >= KNOWN


def _last_first(words: Sequence[re.Match[str]]) -> bool:
    """SMITH, John."""
    last, first = latin(_bare(words[0])), latin(_bare(words[1]))
    capitals = words[0].group().isupper() and not words[1].group().isupper()
    named = max(last.family, last.surname) >= MAYBE and max(first.given, first.japanese_given) >= KNOWN
    return named and (capitals or not last.given)
