"""Which of the recognisers' words a text contains: one pass of one automaton instead of one search per recogniser."""

import re
import threading

import re2

_MEMORY = 64 << 20  # bytes; far more than the words need, so that the automaton never gives up


class _Words:
    """All expressions asked about so far, in one RE2 set. It grows at the first documents and then stays."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: dict[re.Pattern[str], int | None] = {}  # None: RE2 cannot run it, because it looks around
        self._members: list[str] = []
        self._set: re2.Set | None = None
        self._known = 0  # how many of the expressions the set has

    def look(self, text: str) -> tuple[frozenset[int], int]:
        """The numbers of the expressions that occur, and how many were asked about."""
        with self._lock:
            if self._known < len(self._members):
                self._set, self._known = _compiled(self._members), len(self._members)
            words, known = self._set, self._known
        if words is None:
            return frozenset(), 0
        return frozenset(words.Match(text.encode("utf-8", "replace")) or ()), known

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
        source = f"(?i:{expression.pattern})" if expression.flags & re.IGNORECASE else expression.pattern
        try:
            re2.compile(source, _options())
        except re2.error:
            return None
        self._members.append(source)
        return len(self._members) - 1


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    return options


def _compiled(sources: list[str]) -> re2.Set:
    words = re2.Set.SearchSet(_options())
    for source in sources:
        words.Add(source)
    words.Compile()
    return words


_WORDS = _Words()


class Mentions:
    """What one text mentions. Expressions that RE2 cannot run, or has not seen yet, are searched for by `re`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found, self._known = _WORDS.look(text)
        self._searched: dict[re.Pattern[str], bool] = {}

    def has(self, expression: re.Pattern[str]) -> bool:
        """Whether it occurs anywhere."""
        number = _WORDS.number(expression)
        if number is not None and number < self._known:
            return number in self._found
        if expression not in self._searched:
            self._searched[expression] = expression.search(self._text) is not None
        return self._searched[expression]


def mentioned(text: str) -> Mentions:
    """Looks at a text once."""
    return Mentions(text)
