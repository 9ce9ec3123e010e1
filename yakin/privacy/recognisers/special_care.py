"""要配慮個人情報 (APPI art. 2(3), Order art. 2): words that say it of somebody. Precision is limited; it only flags.

障害 is an outage in most companies' documents, 診断 is done to computers and companies, and a privacy
rule names every category without saying anything of anybody. So a word counts as the value of a label
about health or record, below such a heading, or in one sentence with a person or with such a label.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page
from yakin.privacy.recognisers import care_words as words

_CLOSE = 40
_NEAR = 60
_BEFORE_SIGN, _AFTER_SIGN = 14, 30
_APART = re.compile(r"\n[ \t]*$|[ \t]{3}$")
_CELL = re.compile(r"[一-龥ぁ-んァ-ヴーA-Za-z][^\n|\t]{1,40}")


@dataclass(frozen=True)
class SpecialCare:
    """Runs after the names, because most of the words only count close to a person."""

    def find(self, page: Page, persons: Sequence[Finding]) -> Iterator[Finding]:
        """Values of labels, terms said of somebody, and weaker words in sentences that hold no term."""
        found = [*self._values(page), *self._terms(page, [person.start for person in persons])]
        yield from found
        if page.mentions(words.NEAR_A_PERSON):
            yield from self._weaker(page, [person.start for person in persons], found)

    @staticmethod
    def _values(page: Page) -> Iterator[Finding]:
        for start, end in page.values_of(words.LABELS, words.VALUE):
            value = words.VALUE.match(page.text, start)
            apart = page.text[max(0, start - 3) : start]  # below the label or a column away it must be a known term
            known = words.TERMS.search(value["word"]) if value else None
            far = _APART.search(apart) is not None or page.tables.heads(start)
            if value and (known or not far) and _labelled_here(apart) and _says_something(value["word"]):
                yield Finding(Kind.SPECIAL_CARE, value.start("word"), end, 0.9)
        if page.mentions(words.LABELS):
            for start, end in page.tables.cells_under(words.LABELS):
                if _CELL.fullmatch(page.text, start, end) and _says_something(page.text[start:end]):
                    yield Finding(Kind.SPECIAL_CARE, start, end, 0.9)
        if page.mentions(words.EXAMINATION) and page.mentions(words.MEDICAL):
            for match in page.finditer(words.EXAMINATION):
                yield Finding(Kind.SPECIAL_CARE, *match.span("word"), 0.8)

    @staticmethod
    def _terms(page: Page, persons: list[int]) -> Iterator[Finding]:
        for match in _terms_in(page.text) if page.mentions(words.SIGNS) else ():
            start, end = _sentence(page.text, match.start(), match.end())
            if words.NOBODY.search(page.text, start, end) or words.NEGATED.match(page.text, match.end()):
                continue
            near = max(0, match.start() - _NEAR)  # a form names the person on a line above
            if _somebody(page.text, min(start, near), end, persons) or words.HEALTH.search(page.text, start, end):
                yield Finding(Kind.SPECIAL_CARE, match.start(), match.end(), 0.8)
        for match in page.finditer(words.DIAGNOSED):
            start, end = _sentence(page.text, match.start(), match.end())
            if _somebody(page.text, start, end, persons) and not words.NOBODY.search(page.text, *match.span()):
                yield Finding(Kind.SPECIAL_CARE, *match.span("word"), 0.8)
        for match in page.finditer(words.ENGLISH_TERMS):
            start, end = _sentence(page.text, match.start(), match.end())
            named = bisect_left(persons, start) < bisect_left(persons, end)
            if named or words.ENGLISH_PERSONS.search(page.text, start, end):
                yield Finding(Kind.SPECIAL_CARE, match.start(), match.end(), 0.7)

    @staticmethod
    def _weaker(page: Page, persons: list[int], found: Sequence[Finding]) -> Iterator[Finding]:
        for match in page.finditer(words.NEAR_A_PERSON):
            start, end = _sentence(page.text, match.start(), match.end())
            said = any(one.start < end and start < one.end for one in found)
            if (
                not said
                and _somebody(page.text, start, end, persons)
                and not words.NOBODY.search(page.text, start, end)
            ):
                yield Finding(Kind.SPECIAL_CARE, match.start(), match.end(), 0.6)


def _terms_in(text: str) -> Iterator[re.Match[str]]:
    """Every term: only around a sign, because the terms begin with anything and most papers hold none."""
    done = 0
    for sign in words.SIGNS.finditer(text):
        if sign.end() > done and (match := _around(text, max(done, sign.start() - _BEFORE_SIGN), sign)):
            done = match.end()
            yield match


def _around(text: str, low: int, sign: re.Match[str]) -> re.Match[str] | None:
    """The first term from `low` that reaches the sign."""
    match = words.TERMS.search(text, low, sign.end() + _AFTER_SIGN)
    while match and match.end() <= sign.start():
        match = words.TERMS.search(text, match.end(), sign.end() + _AFTER_SIGN)
    return match if match and match.start() < sign.end() else None


def _says_something(value: str) -> bool:
    """Whether it is more than another label, a number, a rule or "none"."""
    illness = words.TERMS.search(value) is not None
    return illness or not (words.NO_VALUE.search(value) or words.NOBODY.search(value))


def _labelled_here(before: str) -> bool:
    """Whether a separator stands between the label and its value: 病名:…, not 病名が…."""
    return before[-1:] in {":", " ", "\t", "\n", "|", "=", ">", '"', "…", "・", "_", ".", ")", "\u3000"}


def _somebody(text: str, start: int, end: int, persons: list[int]) -> bool:
    return bisect_left(persons, start) < bisect_left(persons, end) or words.PERSONS.search(text, start, end) is not None


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    low, high = max(0, start - _CLOSE), end + _CLOSE
    before = max(text.rfind("。", low, start), text.rfind("\n", low, start))
    after = [at for at in (text.find("。", end, high), text.find("\n", end, high)) if at >= 0]
    return max(low, before + 1), min(after, default=min(high, len(text)))
