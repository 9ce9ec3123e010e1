"""Keys by the rules of Betterleaks: some 360 shapes of vendors' keys, run by RE2 in linear time, without network.

The rules end a key at white space, a quote or the end; in a text a key ends at です, 」, a bracket or a full stop.
So they see these, and every character outside ASCII, as a quote, which also keeps the places of characters and bytes
the same.
"""

import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import re2

_FILE = Path(__file__).parent.parent / "rules" / "betterleaks.toml"
_MEMORY = 64 << 20  # bytes that one RE2 automaton may use; more than any needs, so that none gives up
_ALWAYS = ""  # the first keyword; where it is missing the automaton gave up
_QUESTION, _QUOTE = b"?", b'"'
_STAND_IN = b"\x1a"  # a control character stands in for real question marks: encoding writes ? for others
_CLOSING = b")]}<"  # what may follow a key in a text, as white space does in code
_TO_QUOTES = bytes.maketrans(_QUESTION + _STAND_IN + _CLOSING, _QUOTE + _QUESTION + _QUOTE * len(_CLOSING))
_STOP = re.compile(rb"[.,:](?=[\s\"]|\Z)")  # the end of a clause, not a part of a key


@dataclass(frozen=True, slots=True)
class _Rule:
    expression: str
    group: int  # 0: the first group that took part, else the whole match
    least_entropy: float


class VendorKeys:
    """All rules behind one search for their keywords; an expression is compiled when its keyword first occurs."""

    def __init__(self) -> None:
        config = tomllib.loads(_FILE.read_text(encoding="utf-8"))
        self._options = re2.Options()
        self._options.max_mem = _MEMORY
        self._options.log_errors = False
        self._rules = [_Rule(rule["regex"], rule["group"], rule["least_entropy"]) for rule in config["rules"]]
        self._placeholder = re2.compile("|".join(f"(?:{one})" for one in config["placeholders"]), self._options)
        rules_of: dict[str, list[int]] = defaultdict(list)
        rules_of[_ALWAYS] = []
        for index, rule in enumerate(config["rules"]):
            for keyword in rule["keywords"]:
                rules_of[keyword.lower()].append(index)
        self._rules_of = list(rules_of.values())
        self._keywords = re2.Set.SearchSet(self._options)
        for keyword in rules_of:
            self._keywords.Add(re2.escape(keyword))
        self._keywords.Compile()
        self._compiled: dict[int, Any] = {}

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the keys stand."""
        plain = text.replace("?", "\x1a").encode("ascii", "replace").translate(_TO_QUOTES)
        candidates = self._candidates(plain.lower())
        plain = _STOP.sub(_QUOTE, plain) if candidates else plain
        for index in candidates:
            rule = self._rules[index]
            if index not in self._compiled:
                self._compiled[index] = re2.compile(rule.expression, self._options)
            for match in self._compiled[index].finditer(plain):
                group = rule.group or next((at for at, found in enumerate(match.groups(), 1) if found), 0)
                start, end = match.span(group)
                value = plain[start:end]
                if entropy(value) >= rule.least_entropy and not self._placeholder.search(value):
                    yield start, end

    @property
    def compiled(self) -> int:
        """How many rules have been asked so far."""
        return len(self._compiled)

    def _candidates(self, lower: bytes) -> list[int]:
        """The rules whose keyword occurs; all of them where the automaton gave up."""
        hits = self._keywords.Match(lower) or ()
        if 0 not in hits:
            return list(range(len(self._rules)))
        return sorted({index for hit in hits for index in self._rules_of[hit]})


def entropy(value: bytes) -> float:
    """Shannon's, in bits per byte."""
    return -sum(count / len(value) * math.log2(count / len(value)) for count in Counter(value).values())


@cache
def vendor_keys() -> VendorKeys:
    """Loaded once per process, at first use."""
    return VendorKeys()
