"""What may be spent on a quote: an approved quote is a cap, and what is approved is an amount."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

_OF_A_JOB = ("source", "use_case", "department", "baseline", "level_floor", "backfill")


class Verdict(StrEnum):
    """What was said to a quote."""

    APPROVE = "approve"
    DECLINE = "decline"
    EXPIRED = "expired"  # nobody said anything in time


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict. `up_to_jpy` belongs to an approval only, `by` is empty where nobody answered."""

    verdict: Verdict
    by: str
    up_to_jpy: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a night was started with. Without a threshold nothing waits for a person."""

    budget_jpy: Decimal
    standing_jpy: Decimal
    threshold_jpy: Decimal | None

    @property
    def standing(self) -> Decimal:
        """What may be spent without approval."""
        return min(self.standing_jpy, self.budget_jpy)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a run may spend in all. Unless approved, what it leaves for want of money awaits approval."""

    room_jpy: Decimal
    approved: bool


def proposed_jpy(p95_jpy: Decimal, budget_jpy: Decimal) -> Decimal:
    """The amount that is offered for approval: p95 in whole yen, never above the budget."""
    return min(p95_jpy.to_integral_value(ROUND_CEILING), budget_jpy)


def must_wait(expected_jpy: Decimal, spent_jpy: Decimal, terms: Terms, before: Said | None) -> bool:
    """Whether a person has to say more than was said before.

    `expected_jpy` is what is still to come, `spent_jpy` what this run has cost already.
    """
    if terms.threshold_jpy is None or expected_jpy <= terms.threshold_jpy:
        return False
    if before is None or before.up_to_jpy is None:
        return before is None or before.verdict is not Verdict.DECLINE
    return expected_jpy + spent_jpy > before.up_to_jpy


def allowed_before(terms: Terms, before: Said) -> Allowed:
    """What was said beforehand, to a night that does not wait."""
    if before.up_to_jpy is None:
        return Allowed(terms.standing, approved=False)
    return Allowed(min(before.up_to_jpy, terms.budget_jpy), approved=True)


def allowed_after(terms: Terms, before: Said | None, said: Said) -> Allowed:
    """The newest word counts; where nobody answered, what was approved beforehand is the standing budget."""
    if said.verdict is not Verdict.EXPIRED:
        return allowed_before(terms, said)
    return Allowed(unattended_jpy(terms, before), approved=False)


def unattended_jpy(terms: Terms, before: Said | None) -> Decimal:
    """What may be spent when nobody answers."""
    approved_jpy = before.up_to_jpy if before and before.up_to_jpy is not None else Decimal(0)
    return min(max(terms.standing_jpy, approved_jpy), terms.budget_jpy)


def night_key(jobs: Sequence[Mapping[str, object]], business_date: date, *, rehearsal: bool) -> str:
    """The same for a quote and its night: what is asked of which sources for whom, on which day, real or not.

    Not the budget and nothing else that the night was started with: the smaller of budget and approved
    amount is its cap whatever they are. Takes jobs as a run stores them.
    """
    asked = [[*(job.get(name) for name in _OF_A_JOB), _yen(job.get("budget_jpy"))] for job in jobs]
    asked.sort(key=lambda job: str(job[1]))  # a run has one job per use case
    identity = json.dumps([asked, business_date.isoformat(), rehearsal], sort_keys=True)
    return hashlib.sha256(identity.encode()).hexdigest()


def _yen(amount: object) -> str | None:
    """50 and 50.0 are one amount."""
    return None if amount is None else f"{Decimal(str(amount)).normalize():f}"
