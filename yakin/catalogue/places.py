"""Which row of the register speaks for a place: whole path segments, `*` within one, `**` over any number."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

ANY_FOLDERS = "**"
FOLDERS_KEPT = 50_000
Specificity = tuple[int, int, int]


@dataclass(slots=True)
class _Node:
    """A place in the tree of all patterns. `numbers` are the rows that end here."""

    literal: dict[str, "_Node"] = field(default_factory=dict)
    wild: dict[str, tuple[re.Pattern[str], "_Node"]] = field(default_factory=dict)
    any_folders: "_Node | None" = None
    loops: bool = False  # reached through `**`: any further segment stays here
    numbers: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Reached:
    """Where in the tree a place has come to, and the rows that it passed."""

    active: Sequence[_Node]
    found: frozenset[int]


class PlaceTree:
    """Patterns as one tree, so that a listing of 100,000 objects is not held against every row."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = [_Pattern(pattern) for pattern in patterns]
        self._root = _Node()
        self._folders: dict[str, _Reached] = {}
        for number, pattern in enumerate(self._patterns):
            self._add(number, pattern)

    def _add(self, number: int, pattern: "_Pattern") -> None:
        node = self._root
        for segment in pattern.segments:
            node = _child(node, segment)
        node.numbers.append(number)

    def most_specific(self, place: str) -> list[int]:
        """The rows that speak for a place: those of the highest specificity, more than one only on a tie."""
        found = self._reached(place).found
        if not found:
            return []
        best = max(self._patterns[number].specificity for number in found)
        return sorted(number for number in found if self._patterns[number].specificity == best)

    def _reached(self, place: str) -> "_Reached":
        folder, slash, segment = place.rpartition("/")
        before = self._folder(folder) if slash else _Reached(_spread([self._root]), frozenset())
        active = _spread(_step(before.active, segment)) if before.active else []
        return _Reached(active, before.found.union(*(node.numbers for node in active)))

    def _folder(self, folder: str) -> "_Reached":
        """A listing names a folder once per file: what is known of it is kept, for as many as a night has."""
        if folder not in self._folders:
            if len(self._folders) >= FOLDERS_KEPT:
                self._folders.clear()
            self._folders[folder] = self._reached(folder)
        return self._folders[folder]


@dataclass(frozen=True)
class _Pattern:
    written: str

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The segments; a `**` at the end says no more than the folder before it."""
        segments = self.written.rstrip("/").split("/")
        while len(segments) > 1 and segments[-1] == ANY_FOLDERS:
            segments.pop()
        return tuple(segments)

    @cached_property
    def specificity(self) -> Specificity:
        """Named segments, then those without a wildcard, then characters that are not one."""
        named = [segment for segment in self.segments if segment != ANY_FOLDERS]
        literal = [segment for segment in named if "*" not in segment]
        return len(named), len(literal), sum(len(segment.replace("*", "")) for segment in named)


def _child(node: _Node, segment: str) -> _Node:
    if segment == ANY_FOLDERS:
        if node.any_folders is None:
            node.any_folders = _Node(loops=True)
        return node.any_folders
    if "*" not in segment:
        return node.literal.setdefault(segment, _Node())
    if segment not in node.wild:
        regex = ".*".join(re.escape(part) for part in segment.split("*"))
        node.wild[segment] = (re.compile(regex, re.DOTALL), _Node())
    return node.wild[segment][1]


def _step(active: Iterable[_Node], segment: str) -> list[_Node]:
    reached: list[_Node] = []
    for node in active:
        if (next_node := node.literal.get(segment)) is not None:
            reached.append(next_node)
        reached += [child for regex, child in node.wild.values() if regex.fullmatch(segment)]
        if node.loops:
            reached.append(node)
    return reached


def _spread(nodes: Iterable[_Node]) -> list[_Node]:
    """The nodes with what `**` reaches without a further segment; each once."""
    spread: dict[int, _Node] = {}
    for node in nodes:
        each: _Node | None = node
        while each is not None:
            spread.setdefault(id(each), each)
            each = each.any_folders
    return list(spread.values())
