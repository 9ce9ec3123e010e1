"""Full-width, half-width and invisible characters folded away, with the way back to the original text."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

# Circled numbers, superscripts, squared units and the ㊙ stamp mean something else than their letters:
# folding ① to 1 would grow the number that follows it.
_KEPT = frozenset(
    chr(code)
    for low, high in (
        (0xB2, 0xB3),
        (0xB9, 0xB9),
        (0x2070, 0x208E),
        (0x2460, 0x24FF),
        (0x3200, 0x337A),
        (0x3380, 0x33DF),
    )
    for code in range(low, high + 1)
) - frozenset("㈱㈲㈳㈶")
_DASHES = "‐‑‒–—―−﹣－"
_OLD_FORMS = str.maketrans("髙﨑德濵邉邊齋齊廣澤濱櫻嶋嶌眞國惠榮藏條彌", "高崎徳浜辺辺斎斉広沢浜桜島島真国恵栄蔵条弥")
_INVISIBLE_IN_PLANE_0 = "\u00ad\u200b-\u200f\u2060-\u2064\ufeff\ufe00-\ufe0f"
_INVISIBLE = f"{_INVISIBLE_IN_PLANE_0}\U000e0100-\U000e01ef"
_RARE = re.compile("[\U00010000-\U0010ffff]")  # a character class that holds any of these is slow to search
_MARKS = "\u0300-\u036f\u3099\u309a"


@dataclass(frozen=True, slots=True, repr=False)
class Folded:
    """A folded text; `pieces` are the places where lengths differ: folded start, end, original start, end."""

    text: str
    pieces: tuple[tuple[int, int, int, int], ...]
    starts: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The shortest span of the original text that produced this non-empty folded span."""
        return self._original(start)[0], self._original(end - 1)[1]

    def _original(self, index: int) -> tuple[int, int]:
        at = bisect_right(self.starts, index) - 1
        if at < 0:
            return index, index + 1
        _, folded_end, start, end = self.pieces[at]
        if index < folded_end:
            return start, end
        moved = end + index - folded_end
        return moved, moved + 1

    def __repr__(self) -> str:
        return f"Folded(characters={len(self.text)}, pieces={len(self.pieces)})"


def fold(text: str) -> Folded:
    """NFKC for detection: full-width to ASCII, half-width kana to kana, all dashes to one, no invisibles."""
    tables = _tables()
    rare = _RARE.search(text) is not None
    if rare:
        text = text.translate(tables.single)
    elif tables.changes.search(text):
        text = tables.changes.sub(lambda run: run.group().translate(tables.single), text)
    if not rare and not tables.suspects.search(text):
        return Folded(text, (), ())
    out: list[str] = []
    pieces: list[tuple[int, int, int, int]] = []
    done = length = 0
    for match in tables.longer.finditer(text):
        start, end = match.span()
        replacement = _replacement(match.group())
        out.append(text[done:start])
        length += start - done
        pieces.append((length, length + len(replacement), start, end))
        out.append(replacement)
        length += len(replacement)
        done = end
    out.append(text[done:])
    return Folded("".join(out), tuple(pieces), tuple(piece[0] for piece in pieces))


def fold_value(value: str) -> str:
    """One spelling for one value: folded, without spaces and hyphens, in lower case, in today's kanji."""
    return re.sub(r"[\s\-ー・]", "", modern_kanji(fold(value).text)).casefold() or value


def modern_kanji(text: str) -> str:
    """Name kanji in the form that the dictionary knows (髙 → 高); the length stays the same."""
    return text.translate(_OLD_FORMS)


def _replacement(found: str) -> str:
    visible = re.sub(f"[{_INVISIBLE}]", "", found)
    return unicodedata.normalize("NFKC", visible)


@dataclass(frozen=True, slots=True)
class _Tables:
    single: dict[int, str]  # characters that fold to one character
    changes: re.Pattern[str]  # runs of them; most text has few, and asking every character costs more
    suspects: re.Pattern[str]  # without any of these nothing changes the length
    longer: re.Pattern[str]  # everything that changes the length


@cache
def _tables() -> _Tables:
    single: dict[int, str] = {ord(dash): "-" for dash in _DASHES}
    single |= dict.fromkeys(range(0xD800, 0xE000), "\ufffd")  # half a character, which no UTF-8 can carry
    several: list[str] = []
    for code in (*range(0xA0, 0x10000), *range(0x1D400, 0x1D800), *range(0x2F800, 0x2FA1E)):
        character = chr(code)
        if 0xD800 <= code <= 0xDFFF or character in _KEPT or code in single:
            continue
        folded = unicodedata.normalize("NFKC", character)
        if len(folded) == 1 and folded != character:
            single[code] = folded
        elif len(folded) > 1:
            several.append(re.escape(character))
    # marks come after the single-character pass: ｶﾞ is by then カ and a combining mark
    longer = rf"[^{_MARKS}{_INVISIBLE}\s][{_MARKS}]+|[{''.join(several)}]|[{_INVISIBLE}]+"
    common = "".join(re.escape(chr(code)) for code in single if code < 0x10000)
    suspects = f"[{_RARE.sub('', ''.join(several))}{_MARKS}{_INVISIBLE_IN_PLANE_0}]"
    return _Tables(single, re.compile(f"[{common}]+"), re.compile(suspects), re.compile(longer))
