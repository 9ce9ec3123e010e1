"""Which of the recognisers' expressions a text can contain: one pass of one automaton answers for all of them.

Python tries an expression at every place of the text, some 10 to 150 µs per 1,000 characters for each of sixty.
RE2 runs all of them at once in 10 µs. It cannot look around and knows letters of ASCII only, so it gets each
expression widened: a "no" is certain, and after a "maybe" Python's own search decides.
"""

import re
import threading

import re2

_MEMORY = 64 << 20  # bytes that the automaton may use before it starts anew; it needs a few
_PART = re.compile(r"\\.|\{\d*,?\d*\}|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?<?[=!]|.", re.DOTALL)
_COUNT = re.compile(r"\{(\d*)(,\d*)?\}")
_MOST = 3  # repetitions that the automaton counts: with more it needs a state for every place of a long word
_LOOK = re.compile(r"\(\?<?[=!]")
# What Python counts as letter, digit or space beyond ASCII.
_BEYOND = r"\x{80}-\x{10ffff}"
_WIDER = {r"\w": rf"\w{_BEYOND}", r"\d": rf"\d{_BEYOND}", r"\s": rf"\s\x0b\x1c-\x1f{_BEYOND}"}
_PLAIN = {r"\b": "", r"\B": "", r"\Z": r"\z"} | {escape: f"[{wider}]" for escape, wider in _WIDER.items()}
_NARROWER = re.compile(r"\[\^[^\]]*\\[WDS]")  # not no letter: Python has more letters
_ALWAYS = ""  # the first member of the set; where it is missing the automaton gave up


def widened(expression: re.Pattern[str]) -> str:
    """An expression of RE2 that occurs wherever this one does; raises re2.error for what it cannot say."""
    if _NARROWER.search(expression.pattern):
        raise re2.error("a negated class of a negated class")
    parts: list[str] = []
    inside = 0  # brackets open since a look-around began
    for part in _PART.findall(expression.pattern):
        if inside:
            inside += part.startswith("(") - (part == ")")
        elif _LOOK.fullmatch(part):
            inside = 1
        else:
            parts.append(_wide(part, multiline=bool(expression.flags & re.MULTILINE)))
    flags = "".join(
        letter
        for letter, flag in (("i", re.IGNORECASE), ("m", re.MULTILINE), ("s", re.DOTALL))
        if expression.flags & flag
    )
    source = f"(?{flags}:{''.join(parts)})" if flags else "".join(parts)
    re2.compile(source, _options())
    return source


def _wide(part: str, *, multiline: bool) -> str:
    if (count := _COUNT.fullmatch(part)) and part != "{}":
        least = int(count[1] or 0)
        exact = count[2] is None and least <= _MOST
        return part if exact else f"{{{min(least, _MOST)},}}"
    if part == "$" and not multiline:
        return r"\n?\z"
    if part in _PLAIN:
        return _PLAIN[part]
    if part.startswith("[") and not part.startswith("[^"):
        return re.sub(r"\\.", lambda escape: _WIDER.get(escape.group(), escape.group()), part)
    return part


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    return options


class _Expressions:
    """All expressions asked about so far, in one set. It grows at the first documents and then stays."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: dict[re.Pattern[str], int | None] = {}  # None: RE2 cannot run it
        self._members = [_ALWAYS]
        self._set: re2.Set | None = None
        self._known = 0  # how many of the members the set has

    def look(self, text: str) -> tuple[frozenset[int], int]:
        """The numbers of the expressions that may occur, and how many were asked about."""
        with self._lock:
            if self._known < len(self._members):
                self._set, self._known = _compiled(self._members), len(self._members)
            expressions, known = self._set, self._known
        assert expressions is not None
        found = frozenset(expressions.Match(text.encode("utf-8", "replace")) or ())
        return (found, known) if 0 in found else (found, 0)

    def number(self, expression: re.Pattern[str]) -> int | None:
        """The number of an expression; a new one is in the set from the next text on."""
        try:
            return self._numbers[expression]
        except KeyError:
            with self._lock:
                if expression not in self._numbers:
                    self._numbers[expression] = self._add(expression)
                return self._numbers[expression]

    def _add(self, expression: re.Pattern[str]) -> int | None:
        try:
            self._members.append(widened(expression))
        except re2.error:
            return None
        return len(self._members) - 1


def _compiled(members: list[str]) -> re2.Set:
    expressions = re2.Set.SearchSet(_options())
    for member in members:
        expressions.Add(member)
    expressions.Compile()
    return expressions


_EXPRESSIONS = _Expressions()


class Mentions:
    """What one text can contain. Expressions that RE2 cannot run, or has not seen yet, may always occur."""

    def __init__(self, text: str) -> None:
        self._found, self._known = _EXPRESSIONS.look(text)

    def may_have(self, expression: re.Pattern[str]) -> bool:
        """Whether it can occur; False is certain."""
        number = _EXPRESSIONS.number(expression)
        return number is None or number >= self._known or number in self._found
