"""The `budgets:` section: caps that hold in every period, when they warn, where the fiscal year starts."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import Field, StrictInt, ValidationError

from yakin.catalogue.layers import layered_files
from yakin.catalogue.problems import FieldPath, Mark, Problems, mark_of
from yakin.catalogue.schema import Checked, Text
from yakin.catalogue.yaml_lines import Entry, read_section
from yakin.domain.caps import FISCAL_START_MONTH, THRESHOLDS, BudgetRules, CapRule
from yakin.domain.money import KEYED, Per, Scope, usual_per

_Identity = tuple[bool, Scope, str, Per]


class CapEntry(Checked):
    """One cap, tax-exclusive, for each period of its kind."""

    scope: Scope
    key: Text | None = None
    per: Per | None = None
    cap_jpy: Annotated[Decimal, Field(ge=0, max_digits=20, decimal_places=6)]


class BudgetsEntry(Checked):
    """The section as declared."""

    fiscal_start_month: Annotated[StrictInt, Field(ge=1, le=12)] | None = None
    thresholds: Annotated[tuple[Annotated[StrictInt, Field(ge=1, le=100)], ...], Field(min_length=1)] | None = None
    caps: tuple[CapEntry, ...] = ()
    rehearsal: tuple[CapEntry, ...] = ()


@dataclass(slots=True)
class _Layers:
    """What the layers say so far. A later one wins: field by field, and cap by cap."""

    problems: Problems
    operators: Collection[str] | None
    fiscal_start_month: int = FISCAL_START_MONTH
    thresholds: tuple[int, ...] = THRESHOLDS
    caps: dict[_Identity, CapRule] = field(default_factory=dict)

    def add(self, section: Entry) -> None:
        try:
            entry = BudgetsEntry.model_validate(dict(section.fields))
        except ValidationError as error:
            self.problems.add_validation(error, section.marks, "budgets")
            return
        self.fiscal_start_month = entry.fiscal_start_month or self.fiscal_start_month
        self.thresholds = tuple(sorted(set(entry.thresholds or self.thresholds)))
        seen: set[_Identity] = set()
        for name, caps in (("caps", entry.caps), ("rehearsal", entry.rehearsal)):
            for number, cap in enumerate(caps):
                self._add_cap(cap, (name, number), section.marks, seen)

    def _add_cap(self, cap: CapEntry, at: FieldPath, marks: Mapping[FieldPath, Mark], seen: set[_Identity]) -> None:
        mark = mark_of(at, marks)
        identity = (at[0] == "rehearsal", cap.scope, cap.key or "", cap.per or usual_per(cap.scope))
        found = list(self._contradictions(cap, rehearsal=identity[0]))
        if identity in seen:
            found.append(("", "is given twice in this file", "keep one of them"))
        seen.add(identity)
        for name, wrong, remedy in found:
            place = mark_of((*at, name), marks) if name else mark
            self.problems.add(place, f"budgets {at[0]}.{at[1]} {name}".strip(), wrong, remedy)
        rehearsal, scope, key, per = identity
        self.caps[identity] = CapRule(scope, key, per, cap.cap_jpy, rehearsal, f"{mark.file.name}:{mark.line}")

    def _contradictions(self, cap: CapEntry, *, rehearsal: bool) -> Iterator[tuple[str, str, str]]:
        if cap.scope is Scope.RUN:
            allowed = ", ".join(each for each in Scope if each is not Scope.RUN)
            yield "scope", "is run, whose cap comes with its command", f"use one of {allowed}"
        elif cap.scope in KEYED and cap.key is None:
            yield "key", "is missing", f"name the {cap.scope} that may spend at most this"
        elif cap.scope not in KEYED and cap.key is not None:
            yield "key", f"is given for scope {cap.scope}, which covers everything", "remove it"
        elif cap.scope not in KEYED and cap.per not in (None, usual_per(cap.scope)):
            yield "per", f"is given for scope {cap.scope}, which says it already", "remove it"
        elif cap.scope is Scope.VENDOR and not rehearsal and self._is_nobody(cap.key):
            known = ", ".join(sorted(set(self.operators or ())))
            yield "key", "is no operator of an endpoint, so it would hold nothing back", f"use one of {known}"

    def _is_nobody(self, vendor: str | None) -> bool:
        return self.operators is not None and vendor not in self.operators


def budget_rules(layers: Sequence[Path] = (), *, operators: Collection[str] | None = None) -> BudgetRules:
    """What the layers' `budgets:` sections say; without one, no caps and the defaults.

    `operators` are the catalogue's, against which vendors are checked. Raises CatalogueError naming every mistake.
    """
    problems = Problems()
    read = _Layers(problems, operators)
    for file in layered_files(layers, problems):
        for section in read_section(file, "budgets", problems):
            read.add(section)
    problems.raise_if_any()
    return BudgetRules(read.fiscal_start_month, read.thresholds, tuple(read.caps.values()))
