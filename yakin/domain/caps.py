"""Rules of caps: who may set them, when they warn, which periods can be closed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from yakin.domain.money import Per, Period, Scope, fiscal_period, month_period
from yakin.errors import UsageError

FISCAL_START_MONTH = 4
THRESHOLDS = (50, 80, 100)  # percent of a cap that is spent
_MONTH = re.compile(r"(2\d{3})-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"2\d{3}")


class CapSource(StrEnum):
    """What set a cap: the command that opened a run, a person, or the catalogue's YAML."""

    RUN = "run"
    CLI = "cli"
    YAML = "yaml"


@dataclass(frozen=True, slots=True)
class SetBy:
    """Who set a cap and why. The catalogue says file and line, and nobody's name where a night applied it."""

    source: CapSource
    person: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class CapRule:
    """A cap that the catalogue declares for every period. `declared_at` is file and line."""

    scope: Scope
    key: str
    per: Per
    cap_jpy: Decimal
    rehearsal: bool
    declared_at: str


@dataclass(frozen=True, slots=True)
class BudgetRules:
    """The catalogue's `budgets:` section over all layers."""

    fiscal_start_month: int = FISCAL_START_MONTH
    thresholds: tuple[int, ...] = THRESHOLDS
    caps: tuple[CapRule, ...] = ()

    def of(self, *, rehearsal: bool) -> "BudgetRules":
        """The same with the caps of rehearsals, or of real work, alone."""
        return replace(self, caps=tuple(cap for cap in self.caps if cap.rehearsal is rehearsal))


def used_percent(spent_jpy: Decimal, cap_jpy: Decimal) -> Decimal | None:
    """Spent of the cap in percent, two decimals; None for a cap of zero."""
    return round(100 * spent_jpy / cap_jpy, 2) if cap_jpy else None


def next_threshold(thresholds: Sequence[int], spent_jpy: Decimal, cap_jpy: Decimal) -> int | None:
    """The first threshold in percent that is not reached; None when all are, or the cap is zero."""
    if not cap_jpy:
        return None
    return min((each for each in thresholds if 100 * spent_jpy < each * cap_jpy), default=None)


@dataclass(frozen=True, slots=True)
class NamedPeriod:
    """A month or a fiscal year as people name it."""

    label: str
    period: Period


def named_period(name: str, fiscal_start_month: int = FISCAL_START_MONTH) -> NamedPeriod:
    """`2026-10` is that month, `2026` the fiscal year that starts in 2026; raises UsageError."""
    if month := _MONTH.fullmatch(name):
        return NamedPeriod(name, month_period(int(month[1]), int(month[2])))
    if _YEAR.fullmatch(name):
        return NamedPeriod(name, fiscal_period(int(name), fiscal_start_month))
    raise UsageError(f"PERIOD: {name!r} is not a period; write a month as 2026-10 or a fiscal year as 2026")


def check_ended(named: NamedPeriod, today: date) -> None:
    """A period that still runs is not closed: the nights in it would stop. Raises UsageError."""
    if named.period.end >= today:
        free_on = named.period.end + timedelta(days=1)
        raise UsageError(
            f"PERIOD: {named.label} has not ended; lock it from {free_on} 09:00 JST on, "
            "or set its cap to stop spending now"
        )
