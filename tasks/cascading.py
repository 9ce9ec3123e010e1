"""Cascades while a document is asked: whether the first answer is taken, and what becomes of one that is not."""

from collections.abc import Callable, Mapping

from tasks.document import Document
from tasks.sending import Kept
from yakin.domain.verification import FIRST, Verdict
from yakin.store.lane import through_conflicts
from yakin.store.settling import land_kept

Verify = Callable[[Mapping[str, float]], Verdict]


def verification(document: Document, step: int) -> Verify | None:
    """What judges the answer of this step by its signals; None where it is not the first of a cascade."""
    route = document.route
    if step != FIRST or route.accept_at is None:
        return None
    rule = document.run.cascade(document.job.name, route.chain, route.accept_at)
    return _doubt if rule is None else rule.verdict


def _doubt(_signals: Mapping[str, float]) -> Verdict:
    """Of a cascade whose calibration this process does not know."""
    return Verdict(accepted=False)


def reaches_floor(document: Document, kept: Kept) -> bool:
    """Whether the answer may stand in for the better one: by its model's quality or by the score to expect of it."""
    floor = document.job.use_case.facts.value.quality_floor
    first = document.run.offer(document.job.name, document.route.chain[FIRST])
    return max(first.quality if first else 0.0, kept.confidence or 0.0) >= floor


async def land(document: Document, kept: Kept) -> None:
    """Land a kept answer after all: it is paid for. Raises LeaseLost when somebody else works on the document."""

    async def transaction() -> None:
        async with document.night.pool.connection() as conn:
            await land_kept(conn, kept.attempt_id, kept.landing)

    await through_conflicts(transaction)
