"""Texts and lines that are written without capitals: monika fischer."""

import re
from itertools import pairwise

from yakin.privacy.recognisers.latin_cues import JAPANESE
from yakin.privacy.recognisers.latin_words import KNOWN, LATIN, MAYBE, UPPER, latin

_SMALL_LINE = re.compile(rf"^[^{UPPER}\n]*[a-z]{{2}}[^{UPPER}\n]*$", re.MULTILINE)
_SMALL_WORD = re.compile(
    rf"(?<![{LATIN}0-9@_/\\=.-])[{LATIN}]{{3,}}(?:-[{LATIN}]+)*(?![{LATIN}0-9@_/=(-]|\.\w)",
)
_CAPITAL = re.compile(f"[{UPPER}]")
_SMALL_PAIR = re.compile(r"[a-z]{3} [a-z]{3}")


def with_capitals(text: str) -> str:
    """Lines without any capital get them where two words may be a name, so that one set of rules serves both."""
    if not _SMALL_PAIR.search(text):
        return text

    def line(match: re.Match[str]) -> str:
        if JAPANESE.search(match.group()):
            return match.group()
        out = match.group()
        words = [word for word in _SMALL_WORD.finditer(out) if _surely_a_name(word.group())]
        for one, two in pairwise(words):
            if (
                two.start() - one.end() == 1
                and len(pair := out[one.start() : two.end()].title()) == two.end() - one.start()
            ):
                out = out[: one.start()] + pair + out[two.end() :]
        return out

    never = _CAPITAL.search(text) is None
    text = _SMALL_LINE.sub(line, text)
    return _SMALL_WORD.sub(_raised, text) if never else text


def _raised(word: re.Match[str]) -> str:
    known, new = latin(word.group()), word.group().title()
    given = max(known.given, known.japanese_given if known.surname < MAYBE else 0.0)
    return new if given >= KNOWN and not known.english and len(new) == len(word.group()) else word.group()


def _surely_a_name(word: str) -> bool:
    known = latin(word)
    return not known.english and max(known.given, known.family, known.surname, known.japanese_given) >= KNOWN
