"""The policy YAML: levels × zones with conditions, chosen by the day it is in force."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StrictBool, StrictInt, StringConstraints, ValidationError, model_validator

from yakin.catalogue.layers import SHIPPED
from yakin.catalogue.problems import Problems
from yakin.catalogue.schema import Checked, Count, Day
from yakin.catalogue.yaml_lines import Entry, read_section, yaml_files
from yakin.domain.evidence import Kind
from yakin.domain.levels import Flag, Level
from yakin.domain.policy import FLAG_ZONES, EvidenceRule, LevelRule, Policy, ZoneRule
from yakin.domain.zones import Zone
from yakin.errors import PolicyError

_DEFAULT = SHIPPED / "policy.yaml"


class ZoneEntry(Checked):
    """One allowed zone and its conditions."""

    zone: Zone
    masked: StrictBool = False
    approval: StrictBool = False
    zero_retention: StrictBool = False
    no_training: StrictBool = True
    basis: Annotated[str, StringConstraints(strict=True, strip_whitespace=True, max_length=300)] = ""

    def covers(self, stricter: "ZoneEntry") -> bool:
        """Whether the other entry asks for everything that this one asks for."""
        asked = (self.masked, self.approval, self.zero_retention, self.no_training)
        other = (stricter.masked, stricter.approval, stricter.zero_retention, stricter.no_training)
        return all(theirs >= ours for ours, theirs in zip(asked, other, strict=True))


class LevelEntry(Checked):
    """What one level allows."""

    zones: tuple[ZoneEntry, ...]
    kept_days: Annotated[StrictInt, Field(ge=0)]


class EvidenceEntry(Checked):
    """This many findings of a kind raise a document to a level."""

    kind: Kind
    at_least: Count = 1
    level: Level


class PolicyEntry(Checked):
    """A policy in force from a day. A more sensitive level may never allow more than a less sensitive one."""

    valid_from: Day
    levels: dict[Level, LevelEntry]
    evidence: tuple[EvidenceEntry, ...]
    unreadable_level: Level = Level.RESTRICTED
    quarantine: frozenset[Kind] = frozenset({Kind.MY_NUMBER})
    flags: Mapping[Flag, frozenset[Zone]] = Field(default_factory=dict)  # a flag that is left out keeps its default

    @model_validator(mode="after")
    def _narrows(self) -> Self:
        if absent := [level for level in Level if level not in self.levels]:
            raise ValueError(f"has no rule for {', '.join(absent)}; give every level its zones")
        for level, entry in self.levels.items():
            zones = [rule.zone for rule in entry.zones]
            if len(zones) != len(set(zones)):
                raise ValueError(f"gives {level} one zone twice; keep one of them")
        for lower, higher in pairwise(Level):
            _check_narrower(lower, higher, self.levels)
        return self


def _check_narrower(lower: Level, higher: Level, levels: dict[Level, LevelEntry]) -> None:
    allowed = {rule.zone: rule for rule in levels[lower].zones}
    for rule in levels[higher].zones:
        if rule.zone not in allowed:
            raise ValueError(f"allows {higher} in {rule.zone} but not {lower}; a higher level may only narrow")
        if not allowed[rule.zone].covers(rule):
            raise ValueError(f"asks less of {higher} than of {lower} in {rule.zone}; a higher level may only add")


def load_policy(path: Path | Sequence[Path] | None, on: date) -> Policy:
    """The policy in force on a day: the newest that has started.

    Files that hold policies replace the shipped default altogether, so that a mistake in a
    `valid_from` cannot bring the default back; files without any leave it in place. Raises
    CatalogueError for mistakes and PolicyError when none has started.
    """
    layers = [] if path is None else [path] if isinstance(path, Path) else list(path)
    problems = Problems()
    own = _policies(list(yaml_files(layers, problems)), problems)
    problems.raise_if_any()
    found = own or _policies([_DEFAULT], problems)
    problems.raise_if_any()
    started = [policy for policy in found if policy.valid_from <= on]
    if not started:
        first = min(policy.valid_from for policy in found)
        raise PolicyError(f"no policy is in force on {on}; the first starts on {first}: add one with an earlier day")
    newest = max(policy.valid_from for policy in started)
    return [policy for policy in started if policy.valid_from == newest][-1]  # a later file wins the same day


def _policies(files: list[Path], problems: Problems) -> list[Policy]:
    found: list[Policy] = []
    for file in files:
        seen: set[date] = set()
        for entry in read_section(file, "policies", problems):
            try:
                checked = PolicyEntry.model_validate(dict(entry.fields))
            except ValidationError as error:
                problems.add_validation(error, entry.marks, "policy")
                continue
            if checked.valid_from in seen:
                problems.add(entry.mark, "policy", f"two start on {checked.valid_from}", "keep one")
            seen.add(checked.valid_from)
            found.append(_policy(checked, entry))
    return found


def _policy(checked: PolicyEntry, entry: Entry) -> Policy:
    canonical = repr(_sorted(entry.fields))
    return Policy(
        version=hashlib.sha256(canonical.encode()).hexdigest()[:16],
        valid_from=checked.valid_from,
        levels={level: _level_rule(level, checked.levels[level]) for level in Level},
        evidence=tuple(EvidenceRule(rule.kind, rule.at_least, rule.level) for rule in checked.evidence),
        unreadable_level=checked.unreadable_level,
        quarantine_kinds=checked.quarantine,
        flags={**FLAG_ZONES, **checked.flags},
    )


def _level_rule(level: Level, entry: LevelEntry) -> LevelRule:
    return LevelRule(level, tuple(ZoneRule(**rule.model_dump()) for rule in entry.zones), entry.kept_days)


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return [(name, _sorted(value[name])) for name in sorted(value)]
    return [_sorted(item) for item in value] if isinstance(value, list) else value
