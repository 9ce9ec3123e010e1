"""Cascades while a document is asked: whether the first answer is taken, and what becomes of one that is not."""

import contextlib
from collections.abc import Callable, Mapping

from tasks.bounded import to_the_end
from tasks.document import Document
from tasks.sending import Kept
from yakin.domain.verification import FIRST, CascadeRule, Verdict
from yakin.errors import LeaseLost
from yakin.store.lane import through_conflicts
from yakin.store.settling import land_kept, note_verdict

Verify = Callable[[Mapping[str, float]], Verdict]


def verification(document: Document, step: int) -> Verify | None:
    """What judges the answer of this step by its signals; None where it is not the first of a cascade."""
    if step != FIRST or document.route.accept_at is None:
        return None
    rule = rule_of(document)
    return _doubt if rule is None else rule.verdict


def rule_of(document: Document) -> CascadeRule | None:
    """The cascade that was decided for the document; None where there is none or this process does not know it."""
    route = document.route
    if route.accept_at is None:
        return None
    return document.run.cascade(document.job.name, route.chain, route.accept_at)


def compares(document: Document, step: int) -> bool:
    """Whether the answer of this step is compared with those of further asks before it is believed."""
    rule = rule_of(document) if step == FIRST else None
    return rule is not None and rule.compares


def _doubt(_signals: Mapping[str, float]) -> Verdict:
    """Of a cascade whose calibration this process does not know."""
    return Verdict(accepted=False)


def reaches_floor(document: Document, kept: Kept) -> bool:
    """Whether the answer may stand in for the better one: by its model's quality or by the score to expect of it."""
    floor = document.job.use_case.facts.value.quality_floor
    first = document.run.offer(document.job.name, document.route.chain[FIRST])
    return max(first.quality if first else 0.0, kept.confidence or 0.0) >= floor


async def land(document: Document, kept: Kept, verdict: Verdict | None = None) -> None:
    """Land a kept answer after all: it is paid for. Raises LeaseLost when somebody else works on the document.

    `verdict` is one that was made since its attempt was settled.
    """

    async def transaction() -> None:
        async with document.night.pool.connection() as conn:
            await land_kept(conn, kept.attempt_id, kept.landing, verdict)

    await through_conflicts(transaction)


async def note(document: Document, kept: Kept, verdict: Verdict) -> None:
    """Keep a verdict that was made since the attempt was settled; its answer waits for the better one."""

    async def transaction() -> None:
        async with document.night.pool.connection() as conn:
            await note_verdict(conn, kept.attempt_id, verdict)

    await through_conflicts(transaction)


async def land_when_stopped(document: Document, kept: Kept) -> None:
    """Of a document whose work is cancelled: its kept answer lands if the floor allows it."""
    if reaches_floor(document, kept):
        with contextlib.suppress(LeaseLost):  # the better answer had just landed
            await to_the_end(land(document, kept))
