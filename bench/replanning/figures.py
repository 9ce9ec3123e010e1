"""What a night came to, read from its own database."""

import itertools
from dataclasses import dataclass
from decimal import Decimal

import psycopg

TENTHS = 10
# In the order in which documents ended; those without an answer are the last, and worth nothing.
_QUALITY = """
select coalesce(case when a.document_id is not null then o.quality end, 0)
from bi.decisions d
left join bi.answers a using (run_id, document_id)
left join yakin.run_offer o on o.run_id = a.run_id and o.offer = a.offer
where d.plan_version = (select max(plan_version) from bi.decisions e
                        where e.run_id = d.run_id and e.document_id = d.document_id)
order by a.answered_at nulls last, d.document_id
"""
_PLANS = """
select plan_version, trigger, why, documents, room_jpy, before_expected_jpy, expected_jpy, before_unanswered,
       unanswered, before_quality, quality, gap
from bi.plans order by plan_version
"""
_OUTPUT = """
select coalesce(avg(output_tokens), 0) from bi.attempts where outcome = 'answered'
"""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row of bi.plans."""

    version: int
    trigger: str
    why: str
    documents: int
    room_jpy: Decimal
    before_expected_jpy: Decimal | None
    expected_jpy: Decimal
    before_unanswered: int | None
    unanswered: int
    before_quality: float | None
    quality: float | None
    gap: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """One night."""

    documents: int
    answered: int
    cost_jpy: Decimal
    budget_jpy: Decimal
    output_tokens: float
    tenths: tuple[float, ...]  # mean quality by tenth of the documents, an unanswered one counts 0
    plans: tuple[PlanRow, ...]

    @property
    def unanswered(self) -> int:
        """Documents without an answer."""
        return self.documents - self.answered

    @property
    def quality(self) -> float:
        """Mean over all documents, an unanswered one counts 0."""
        return sum(self.tenths) / len(self.tenths)

    @property
    def replans(self) -> int:
        """Because of drift."""
        return sum(plan.trigger == "drift" for plan in self.plans)


def figures(owner_url: str) -> Figures:
    """Of the only run in that database."""
    with psycopg.connect(owner_url) as conn:
        [(documents, answered, cost_jpy, budget_jpy)] = conn.execute(
            "select documents, answered, cost_jpy, budget_jpy from bi.runs"
        ).fetchall()
        qualities = [float(row[0]) for row in conn.execute(_QUALITY).fetchall()]
        [(output_tokens,)] = conn.execute(_OUTPUT).fetchall()
        plans = tuple(PlanRow(*row) for row in conn.execute(_PLANS).fetchall())
    return Figures(documents, answered, cost_jpy, budget_jpy, float(output_tokens), _tenths(qualities), plans)


def _tenths(qualities: list[float]) -> tuple[float, ...]:
    bounds = [len(qualities) * tenth // TENTHS for tenth in range(TENTHS + 1)]
    parts = [qualities[start:end] for start, end in itertools.pairwise(bounds)]
    return tuple(sum(part) / len(part) if part else 0.0 for part in parts)
