"""Layers of YAML merged by name: the shipped files first, then the company's; the later wins, field by field."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from yakin.catalogue.problems import FieldPath, Mark, Problems
from yakin.catalogue.yaml_lines import Entry, read_section, yaml_files

SHIPPED = Path(__file__).parent / "data"
_WHERE_IT_RUNS = frozenset({"operator", "infrastructure", "region", "api", "base_url", "aws_region"})


@dataclass(frozen=True, slots=True)
class Merged:
    """One named entry over all layers. `prices` are the layers' price blocks, the earliest first."""

    entry: Entry
    prices: tuple[Entry, ...]
    evidence_dropped: Mark | None = None  # the layer that moved an endpoint without bringing evidence


def layered_files(layers: Sequence[Path], problems: Problems) -> list[Path]:
    """The shipped files and then the layers' files."""
    return list(yaml_files([SHIPPED, *layers], problems))


def merge_section(files: Sequence[Path], section: str, problems: Problems) -> dict[str, Merged]:
    """Every named entry of a section. A later entry of the same name overrides the fields that it gives."""
    merged: dict[str, Merged] = {}
    for file in files:
        seen: set[str] = set()
        for entry in read_section(file, section, problems):
            if not entry.name:
                problems.add(entry.mark, section, "an entry has no name", "start it with `- name: …`")
            elif entry.name in seen:
                problems.add(entry.mark, f"{section} {entry.name}", "is given twice in this file", "keep one of them")
            else:
                seen.add(entry.name)
                merged[entry.name] = _over(merged.get(entry.name), entry)
    return merged


def _over(earlier: Merged | None, later: Entry) -> Merged:
    prices = _price_block(later)
    if earlier is None:
        return Merged(_without_prices(later), prices)
    fields, marks = dict(earlier.entry.fields), dict(earlier.entry.marks)
    dropped = earlier.evidence_dropped
    if "evidence" in later.fields:
        dropped = None
    elif _moves(earlier.entry, later) and fields.get("evidence"):
        # Evidence was gathered about another place: it proves nothing about this one.
        fields["evidence"], dropped = [], later.mark
    for name, value in _without_prices(later).fields.items():
        _override(fields, marks, (name, value), later)
    marks[()] = later.mark
    return Merged(Entry(fields, marks), (*earlier.prices, *prices), dropped)


def _moves(earlier: Entry, later: Entry) -> bool:
    return any(name in later.fields and later.fields[name] != earlier.fields.get(name) for name in _WHERE_IT_RUNS)


def _override(fields: dict[str, object], marks: dict[FieldPath, Mark], given: tuple[str, object], later: Entry) -> None:
    name, value = given
    before = fields.get(name)
    if isinstance(before, dict) and isinstance(value, dict):
        fields[name] = {**before, **value}  # `limits: {concurrency: 2}` keeps the other limits
    else:
        fields[name] = value
        for path in [path for path in marks if path[:1] == (name,)]:
            del marks[path]
    marks.update({path: mark for path, mark in later.marks.items() if path[:1] == (name,)})


def _without_prices(entry: Entry) -> Entry:
    return Entry({name: value for name, value in entry.fields.items() if name != "prices"}, entry.marks)


def _price_block(entry: Entry) -> tuple[Entry, ...]:
    if entry.fields.get("prices") in (None, []):
        return ()
    return (Entry({"prices": entry.fields["prices"]}, entry.marks),)
