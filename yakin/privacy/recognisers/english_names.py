"""English and romanised names: by title, by label, by a known given or family name."""

import re
from collections.abc import Iterator, Sequence

from yakin.privacy.recognisers.name_words import read_words

GIVEN_NAMES = read_words("given_names")  # recall ends where the lists end
FAMILY_NAMES = read_words("family_names")

_WORD = r"(?:[A-Z][a-z]+(?:[-'][A-Z]?[a-z]+)?|[A-Z]{2,12}|(?:Mc|Mac|O'|De|Di|Van)[A-Z][a-z]+)"
_TITLED = re.compile(
    rf"(?<![A-Za-z])(?:Mr|Mrs|Ms|Mx|Dr|Prof|Professor|Sir|Madam)\.? ?(?P<name>{_WORD}(?: (?:[A-Z]\. )?{_WORD}){{0,2}})"
)
_LABELLED = re.compile(
    rf"(?:(?<![A-Za-z])(?:(?:Full |Contact |Employee |Customer |Patient )?Name|Attn"
    rf"|Author|Prepared by|Contact|Signed|From|To|Dear)[:,]? ?[: ])\s?(?P<name>{_WORD}(?: (?:[A-Z]\. )?{_WORD}){{1,2}})"
)
_SAN = re.compile(rf"(?<![A-Za-z])(?P<name>{_WORD}(?: {_WORD})?)(?:[- ]?(?:san|sama|さん|様|氏)(?![a-z]))")
_PAIR = re.compile(rf"(?<![A-Za-z.@/_-])(?P<first>{_WORD}) (?P<middle>[A-Z]\.? )?(?P<last>{_WORD})(?![A-Za-z@_])")


def english_names(text: str) -> Iterator[tuple[int, int, float]]:
    """Start, end and score of each name."""
    if not re.search(r"[A-Z]", text):
        return
    for pattern in (_TITLED, _SAN):
        for match in pattern.finditer(text):
            yield match.start("name"), match.end("name"), 0.9
    for match in _LABELLED.finditer(text):
        if _known(match["name"].split()):
            yield match.start("name"), match.end("name"), 0.9
    yield from _pairs(text)


def _pairs(text: str) -> Iterator[tuple[int, int, float]]:
    at = 0
    while pair := _PAIR.search(text, at):
        known = _known((pair["first"], pair["last"]))
        at = pair.end() if known else pair.end("first")  # the second word may begin the next pair
        if known:
            yield pair.start(), pair.end(), 0.7


def _known(words: Sequence[str]) -> bool:
    first, last = words[0].capitalize(), words[-1].capitalize()
    return first in GIVEN_NAMES or (first in FAMILY_NAMES and last in GIVEN_NAMES)
