"""Ask the slices of a plan for as long as the plan holds. Looked at after each slice, by what its documents came to."""

import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tasks import health, replanning, resources
from tasks.answer_slice import SliceTotals
from tasks.bounded import each
from tasks.resources import Resources
from tasks.run_context import RunContext
from tasks.slices import Slice
from yakin.domain.drift import MOST_REPLANS, Drift, Watch
from yakin.store import drift

LOGGER = logging.getLogger("yakin.drift")
TRY_AGAIN_AFTER = timedelta(seconds=60)  # endpoints that the plan left out


@dataclass(frozen=True, slots=True)
class Asked:
    """What the slices of a plan came to, and why not all of them were started."""

    totals: tuple[SliceTotals, ...]
    drift: Drift | None

    @property
    def moved(self) -> bool:
        """Whether another plan could bring more than this one."""
        return self.drift is not None or any(part.answered or part.changed or part.given_back for part in self.totals)


async def until_drift(
    run_id: str, slices: Sequence[Slice], ask: Callable[[Slice], Awaitable[SliceTotals]], *, at_most: int
) -> Asked:
    """Ask slices in their order, so many at once. When the plan no longer holds no other slice is started.

    Those that run come to their end; documents of the others are pending as they were.
    """
    night = resources.current()
    run = night.running(run_id)
    waiting, totals, found = deque(slices), list[SliceTotals](), list[Drift]()

    async def one_after_another(_: int) -> None:
        while waiting and not found:
            part = waiting.popleft()
            totals.append(await ask(part))
            what = await _noted(night, run, part, more=len(waiting))
            if what is not None and waiting and not found:  # others may have taken the last slice meanwhile
                found.append(what)

    await each(one_after_another, range(at_most), at_most=at_most)
    if found:
        run.replans += 1
        LOGGER.warning("run %s: %s; %d slices are not started", run_id, found[0].why, len(waiting))
    return Asked(tuple(totals), found[0] if found else None)


async def _noted(night: Resources, run: RunContext, part: Slice, *, more: int) -> Drift | None:
    """What the plan no longer holds by, now that this slice has ended; nothing when nothing waits to be asked."""
    watch = run.watch
    if watch is None or not run.replanning or part.waits:
        return None
    async with night.pool.connection() as conn:
        rows = await drift.came_back(conn, run.run_id, part.use_case, part.document_ids, watch.terms.plan_version)
    watch.note(part.number, replanning.came_back(run, rows))
    if not more or run.replans >= MOST_REPLANS:
        return None
    back = await _answering_again(night, run, watch)
    return watch.drift(datetime.now(UTC), down=night.circuits.open_endpoints(), back=back)


async def _answering_again(night: Resources, run: RunContext, watch: Watch) -> frozenset[str]:
    """Endpoints that the plan left out and that answer by now; asked once in a while."""
    now = datetime.now(UTC)
    if not watch.terms.unhealthy or now - watch.looked_at < TRY_AGAIN_AFTER:
        return frozenset()
    watch.looked_at = now
    return watch.terms.unhealthy - await health.unhealthy_endpoints(night, run, only=watch.terms.unhealthy)
