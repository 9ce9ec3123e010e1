"""Tell Prefect that 50, 80, 100 % of a cap are spent, so that an automation can act. Ids and numbers only.

Not in the path that spends: after a slice and at the end of a flow, one query finds what was crossed.
"""

import logging
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.events import Event, RelatedResource
from prefect.events.related import related_resources_from_run_context

from tasks import accounting, resources, retention
from tasks.telemetry import arrived
from yakin.catalogue.budgets import budget_rules
from yakin.domain.calendar import business_date
from yakin.errors import YakinError
from yakin.store import thresholds
from yakin.store.pool import Pool
from yakin.store.thresholds import Crossing

LOGGER = logging.getLogger("yakin.budget")
EVENT = "yakin.budget.threshold"
TELL_WITHIN_S = 10.0


async def tell_crossed_thresholds() -> None:
    """Find and tell in a night or a collection."""
    night = resources.current()
    await _or_later(find_and_tell(night.pool, night.budget_rules.thresholds))


async def tell_crossed_thresholds_while_purging() -> None:
    """Find and tell in a purge, which runs when no night may: what could not be told before is told now."""
    kept = retention.current()
    await _or_later(find_and_tell(kept.pool, kept.budget_rules.thresholds))


async def tell_crossed_thresholds_of_the_books() -> None:
    """Find and tell after a reconciliation, whose charges and corrections are spent as well."""
    books = accounting.current()
    await _or_later(find_and_tell(books.pool, budget_rules(books.layers).thresholds))


async def _or_later(telling: Awaitable[int]) -> None:
    """A warning that cannot be given now costs no night its end: the next slice or flow finds the same."""
    try:
        await telling
    except YakinError as error:
        LOGGER.warning("crossed thresholds could not be looked for: %s", error)


async def find_and_tell(pool: Pool, percents: Sequence[int]) -> int:
    """How many crossings Prefect has taken. What it does not take stays untold, and is tried again later."""
    today = business_date(datetime.now(UTC))
    async with pool.connection() as conn:
        await thresholds.find_crossings(conn, percents, today)
    async with pool.connection() as conn:  # committed before anything is told
        crossings = await thresholds.claim_untold(conn)
    if not crossings or not await _taken(crossings):
        return 0
    async with pool.connection() as conn:
        await thresholds.told(conn, crossings)
    return len(crossings)


async def _taken(crossings: Sequence[Crossing]) -> bool:
    """Whether Prefect says that it has the events."""
    if not await arrived(_post(crossings), f"{len(crossings)} crossed thresholds", within_s=TELL_WITHIN_S):
        return False
    for each in crossings:
        LOGGER.warning("%d %% of budget %d (%s) is spent", each.percent, each.budget_id, each.scope)
    return True


async def _post(crossings: Sequence[Crossing]) -> None:
    """Raises unless the server took them; `emit_event` would lose them in silence while it is away."""
    async with get_client() as client:
        related = await related_resources_from_run_context(client)
        events = [_event(each, related).model_dump(mode="json") for each in crossings]
        await client.request("POST", "/events", json=events)


def _event(crossing: Crossing, related: Sequence[RelatedResource]) -> Event:
    """However often it is sent, it has one id, and the server keeps one of each."""
    name = ".".join(part for part in ("yakin.budget", crossing.scope, crossing.key) if part)
    return Event(
        id=UUID(crossing.event_id),
        occurred=datetime.now(UTC),  # an automation passes over what is older than what it has seen
        event=EVENT,
        resource={
            "prefect.resource.id": name,
            "prefect.resource.name": name.removeprefix("yakin.budget."),
            "yakin.scope": crossing.scope.value,
            "yakin.per": crossing.per.value,
            "yakin.percent": str(crossing.percent),
            "yakin.rehearsal": str(crossing.rehearsal).lower(),
        },
        related=list(related),
        payload={
            "crossing_id": crossing.crossing_id,
            "found_at": crossing.found_at.isoformat(),
            "budget_id": crossing.budget_id,
            "percent": crossing.percent,
            "cap_jpy": f"{crossing.cap_jpy:f}",
            "spent_jpy": f"{crossing.spent_jpy:f}",
            "period_start": crossing.period.start.isoformat(),
            "period_end": crossing.period.end.isoformat(),
            "rehearsal": crossing.rehearsal,
        },
    )
