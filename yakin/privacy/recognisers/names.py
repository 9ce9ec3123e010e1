"""Person names: Sudachi's 人名 words, weighed by what stands around them; form labels; name columns; English."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.folding import modern_kanji
from yakin.privacy.morphemes import Morpheme, Word, morphemes
from yakin.privacy.page import Page
from yakin.privacy.recognisers.english_names import english_names
from yakin.privacy.recognisers.name_words import (
    DEFINITE_LABEL,
    HONORIFICS,
    LABEL,
    LABEL_BEFORE,
    NO_PERSON_BEFORE_HONORIFIC,
    NOT_A_NAME,
    ONE_KANJI_SURNAMES,
    OTHER_THING,
    TITLES,
    VALUE,
)

_NAME_WORDS = frozenset({Word.SURNAME, Word.GIVEN, Word.NAME})
_DOTS = frozenset("・=·")
_JOINS = frozenset({*_DOTS, " ", "　"})
_OPENING, _CLOSING = frozenset("「『\"'《〈"), frozenset("」』\"'》〉")
_RANK = re.compile(r"(?<![一-龥々])(?P<name>[一-龥々]{1,4})(?=(?:副?部|次|課|係|室|局|所|店|支店|工場|社|会|本部)長)")
_ROLE = re.compile(
    rf"(?:{'|'.join(sorted(TITLES, key=len, reverse=True))}|.{{0,6}}(?:長|長官|首相|外相|大使|元帥|将軍|提督)$)"
)
_NOUNS = frozenset({Word.NOUN, Word.PROPER, Word.PLACE, Word.SUFFIX, *_NAME_WORDS})
THRESHOLD = 0.3  # the chosen point of the curve in bench/detection.py


@dataclass(frozen=True)
class PersonName:
    """Names that score at least the threshold: a title or label 0.9, family and given name 0.8, one word alone less."""

    threshold: float = THRESHOLD
    kind: ClassVar[Kind] = Kind.PERSON

    def find(self, page: Page) -> Iterator[Finding]:
        """Japanese by dictionary and context, Latin letters by title, label and list."""
        for start, end, score in self._candidates(page):
            if score >= self.threshold and end > start:
                yield Finding(self.kind, start, end, score)

    @staticmethod
    def _candidates(page: Page) -> Iterator[tuple[int, int, float]]:
        text = modern_kanji(page.text)
        for words in morphemes(text):
            yield from _runs(words)
            yield from _before_honorific(words)
        yield from _before_rank(text)
        yield from _labelled(text)
        for start, _ in page.tables.columns(LABEL):
            match = VALUE.match(text, start)
            if match and not NOT_A_NAME.fullmatch(match["name"]):
                yield start, match.end("name"), 0.8
        yield from english_names(page.text)


def _runs(words: Sequence[Morpheme]) -> Iterator[tuple[int, int, float]]:
    """Stretches of name words, joined by single spaces and middle dots, with their score."""
    at = 0
    while at < len(words):
        if not _may_start(words, at):
            at += 1
            continue
        last = _run_end(words, at)
        yield words[at].start, words[last].end, _score(words, at, last)
        at = last + 1


def _may_start(words: Sequence[Morpheme], at: int) -> bool:
    """A name word; or a katakana word that the dictionary does not have, before a middle dot: プッチダモン."""
    if words[at].word in _NAME_WORDS:
        return not words[at].surface.isascii()  # the dictionary calls "flower" a name
    if words[at].surface in ONE_KANJI_SURNAMES and at + 1 < len(words):
        given = words[at + 2] if words[at + 1].word is Word.SPACE and at + 2 < len(words) else words[at + 1]
        return given.word is Word.GIVEN or words[at + 1].surface in HONORIFICS
    dotted = at + 2 < len(words) and words[at + 1].surface in _DOTS and _is_katakana(words[at + 2])
    return dotted and words[at].unknown and _is_katakana(words[at])


def _run_end(words: Sequence[Morpheme], first: int) -> int:
    last = first
    while last + 1 < len(words):
        following = words[last + 1]
        same_katakana_word = _is_katakana(following) and _is_katakana(words[last])
        if (following.word in _NAME_WORDS and not following.surface.isascii()) or same_katakana_word:
            last += 1
        elif following.surface in _JOINS and last + 2 < len(words) and _continues(words, first, last):
            last += 2
        elif first == last and _is_given(words, last):
            last += 1
        else:
            return last
    return last


def _is_katakana(word: Morpheme) -> bool:
    return all("ァ" <= character <= "ー" and character != "・" for character in word.surface)


def _continues(words: Sequence[Morpheme], first: int, last: int) -> bool:
    """Whether a name goes on after a space or middle dot: 佐藤 圭佑, ジョン・スミス; not 佐藤・鈴木."""
    following, spaced = words[last + 2], words[last + 1].surface not in _DOTS
    if spaced:
        return first == last and following.word in _NAME_WORDS and words[last].word is not following.word
    if _is_katakana(following):
        return _is_katakana(words[last])
    return first == last and words[last].word is Word.SURNAME and following.word is Word.GIVEN


def _is_given(words: Sequence[Morpheme], last: int) -> bool:
    """Whether the word after a surname is a given name that the dictionary does not have: 佐藤 + 凛桜 + は."""
    following = words[last + 1]
    if words[last].word is not Word.SURNAME or following.word not in {Word.NOUN, Word.PROPER, Word.PLACE}:
        return False
    if len(following.surface) > 3 or _is_katakana(following) or _ROLE.match(following.surface):
        return False
    if OTHER_THING.match(following.surface):
        return False
    after = words[last + 2] if last + 2 < len(words) else None
    return after is None or after.word in {Word.PARTICLE, Word.SYMBOL, Word.SPACE} or after.surface in HONORIFICS


def _score(words: Sequence[Morpheme], first: int, last: int) -> float:
    before = words[first - 1] if first else None
    after = words[last + 1] if last + 1 < len(words) else None
    run = [word for word in words[first : last + 1] if word.surface not in _JOINS]
    if after and _is_titled(words, last):
        return 0.9
    if after and after.word in _NOUNS and OTHER_THING.match(after.surface):
        return 0.2
    if len(run) == 1:
        return _alone(run[0], before, after)
    if _is_katakana(run[0]):
        known = sum(word.word in _NAME_WORDS for word in run)
        if run[-1].word is Word.NOUN and not run[-1].unknown:  # …・パーク, …・カンパニー
            return 0.3
        return 0.7 if known == len(run) else 0.55 if known else 0.45
    named = sum(word.word in _NAME_WORDS or word.surface in ONE_KANJI_SURNAMES for word in run)
    return 0.8 if named > 1 else 0.6


def _is_titled(words: Sequence[Morpheme], last: int) -> bool:
    after = words[last + 1]
    if after.surface in HONORIFICS:
        beyond = words[last + 2] if last + 2 < len(words) else None
        return len(words[last].surface) > 1 or beyond is None or beyond.word is not Word.NOUN  # 大さん橋
    return after.word in _NOUNS and _ROLE.match(after.surface) is not None


def _alone(name: Morpheme, before: Morpheme | None, after: Morpheme | None) -> float:
    """One name word: 田中が is a person more often than 「カール」 or 本田技研."""
    if len(name.surface) == 1:
        return 0.2
    quoted = before is not None and before.surface in _OPENING and after is not None and after.surface in _CLOSING
    if quoted:
        return 0.3
    if _is_katakana(name):
        return 0.3 if before and _is_katakana(before) else 0.45 if not (after and after.word in _NOUNS) else 0.35
    if after and after.word in _NOUNS:
        return 0.4
    return 0.6


def _before_honorific(words: Sequence[Morpheme]) -> Iterator[tuple[int, int, float]]:
    """A place, proper or unknown noun before 様 or さん is a person: 福岡さん."""
    for at in range(1, len(words)):
        name = words[at - 1]
        foreign = name.unknown and _is_katakana(name) and _ROLE.match(words[at].surface)
        if words[at].surface not in HONORIFICS and not foreign:
            continue
        likely = name.word in {Word.PLACE, Word.PROPER} or (name.unknown and name.word is Word.NOUN)
        if (
            likely
            and name.surface not in NO_PERSON_BEFORE_HONORIFIC
            and len(name.surface) <= 8
            and words[at].word in _NOUNS
        ):
            yield name.start, name.end, 0.8


def _before_rank(text: str) -> Iterator[tuple[int, int, float]]:
    """A surname before a rank, which the dictionary cuts elsewhere: 岡田|部長 and not 岡田部|長."""
    for match in _RANK.finditer(text):
        name = match["name"]
        words = next(morphemes(name), [])
        if name in ONE_KANJI_SURNAMES or (len(words) == 1 and words[0].word in {Word.SURNAME, Word.NAME}):
            yield match.start("name"), match.end("name"), 0.9


def _labelled(text: str) -> Iterator[tuple[int, int, float]]:
    """What a form says after 氏名: or 担当者:."""
    for label in LABEL.finditer(text):
        end = label.end()
        gap = text[end : end + 14]
        width = len(gap) - len(gap.lstrip(' \t:|,"')) if not gap.startswith("(") else 0
        if not width or not LABEL_BEFORE.search(text, max(0, label.start() - 1), end + width):
            continue
        match = VALUE.match(text, end + width)
        if not match or NOT_A_NAME.fullmatch(match["name"].strip()):
            continue
        definite = DEFINITE_LABEL.search(label.group()) or " " in match["name"]
        yield match.start("name"), match.end("name"), 0.9 if definite else 0.6
