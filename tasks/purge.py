"""Delete what has been kept long enough, write down what it was, show it. Counts cross Prefect, content never."""

import asyncio
import logging
from datetime import datetime, timedelta

from prefect import task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel, ConfigDict

from tasks import retention as kept_content
from tasks.telemetry import shown
from yakin.domain.levels import Level
from yakin.domain.retention import REHEARSAL_ANSWERS_KEPT_DAYS, Kept, Removed, recording_kept_days
from yakin.domain.zones import Zone
from yakin.local.sandbox.recordings import old_lines, recordings, remove_old_lines
from yakin.store import retention

LOGGER = logging.getLogger("yakin.purge")


class RemovedContent(BaseModel):
    """One kind of content that was removed, or would be."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    what: Kept
    level: Level | None
    zone: Zone | None
    use_case: str | None
    count: int
    oldest: datetime
    kept_days: int


class PurgeSummary(BaseModel):
    """The `purge` object of the command."""

    model_config = ConfigDict(frozen=True)

    dry_run: bool
    purged_at: datetime
    policy_version: str
    removed: list[RemovedContent]


@task(name="purge-answers", task_run_name="purge-answers", cache_policy=NO_CACHE, persist_result=False)
async def purge_answers(*, dry_run: bool) -> list[RemovedContent]:
    """Answers of use cases that say how long, and every rehearsal's after a month."""
    kept = kept_content.current()
    async with kept.pool.connection() as conn:
        removed = await retention.answers(conn, kept.now, REHEARSAL_ANSWERS_KEPT_DAYS, rehearsal=True, dry_run=dry_run)
        for use_case, days in sorted(kept.answer_days.items()):
            removed += await retention.answers(conn, kept.now, days, use_case=use_case, dry_run=dry_run)
        if not dry_run:
            await retention.note(conn, removed, kept.now, kept.policy.version)
    return _content(removed)


@task(name="purge-restore-maps", task_run_name="purge-restore-maps", cache_policy=NO_CACHE, persist_result=False)
async def purge_restore_maps(*, dry_run: bool) -> list[RemovedContent]:
    """Maps from pseudonyms to values that outlived the time of their level."""
    kept = kept_content.current()
    removed: list[Removed] = []
    async with kept.pool.connection() as conn:
        for level, rule in kept.policy.levels.items():
            removed += await retention.restore_maps(conn, kept.now, rule.kept_days, level, dry_run=dry_run)
        if not dry_run:
            await retention.note(conn, removed, kept.now, kept.policy.version)
    return _content(removed)


@task(name="purge-recordings", task_run_name="purge-recordings", cache_policy=NO_CACHE, persist_result=False)
async def purge_recordings(*, dry_run: bool) -> list[RemovedContent]:
    """Requests that sandbox vendors of this home wrote down, document text included."""
    kept = kept_content.current()
    removed = await asyncio.to_thread(_purge_recordings, dry_run=dry_run)
    if not dry_run:
        async with kept.pool.connection() as conn:
            await retention.note(conn, removed, kept.now, kept.policy.version)
    return _content(removed)


def _purge_recordings(*, dry_run: bool) -> list[Removed]:
    kept = kept_content.current()
    removed: list[Removed] = []
    for vendor, path in recordings(kept.home):
        zone = _zone(vendor)
        days = recording_kept_days(kept.policy, zone)
        before = kept.now - timedelta(days=days)
        old = old_lines(path, before)
        if old is None:
            continue
        removed.append(Removed(Kept.RECORDING, old.count, old.oldest, days, zone=zone))
        if not dry_run:
            remove_old_lines(path, before)
    return removed


def _zone(vendor: str) -> Zone:
    """The zone that a sandbox vendor stands for; one that we do not know may have received anything."""
    name = vendor.replace("-", "_")
    return Zone(name) if name in list(Zone) else Zone.ON_PREM


@task(name="show-purge", task_run_name="show-purge", cache_policy=NO_CACHE, persist_result=False)
async def show_purge(removed: list[RemovedContent], *, dry_run: bool) -> PurgeSummary:
    """A table of counts in the UI; the rows are in bi.purges."""
    kept = kept_content.current()
    for each in removed:
        LOGGER.info("%s %d × %s, kept %d days", "would remove" if dry_run else "removed", each.count, each.what,
                    each.kept_days)  # fmt: skip
    wording = "Would be removed 削除予定" if dry_run else "Removed 削除"
    table = [{name: _cell(value) for name, value in each.model_dump().items()} for each in removed]
    await shown(acreate_table_artifact(table, key="purge", description=f"{wording}: {sum(e.count for e in removed)}"))
    return PurgeSummary(dry_run=dry_run, purged_at=kept.now, policy_version=kept.policy.version, removed=removed)


def _cell(value: object) -> object:
    if value is None:
        return ""
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value


def _content(removed: list[Removed]) -> list[RemovedContent]:
    return [RemovedContent.model_validate(each) for each in removed]
