"""Deletes kept content by age and writes down what was deleted, in one transaction."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from psycopg import AsyncConnection

from yakin.domain.documents import AttemptId
from yakin.domain.levels import Level
from yakin.domain.retention import Kept, Removed
from yakin.store import batches
from yakin.store.queries import Row, load_queries

_SQL = load_queries("retention")


async def answers(
    conn: AsyncConnection,
    now: datetime,
    kept_days: int,
    *,
    use_case: str | None = None,
    rehearsal: bool = False,
    dry_run: bool = False,
) -> list[Removed]:
    """Delete answers older than that, of one use case or of all, by use case and level."""
    what = Kept.REHEARSAL_ANSWER if rehearsal else Kept.ANSWER
    rows = await _SQL.all(
        conn,
        "old_answers" if dry_run else "delete_answers",
        rehearsal=rehearsal,
        before=now - timedelta(days=kept_days),
        use_case=use_case,
    )
    return [_of_answers(row, what, kept_days) for row in rows]


def _of_answers(row: Row, what: Kept, kept_days: int) -> Removed:
    return Removed(what, row["count"], row["oldest"], kept_days, level=Level(row["level"]), use_case=row["use_case"])


async def restore_maps(
    conn: AsyncConnection, now: datetime, kept_days: int, level: Level, *, dry_run: bool = False
) -> list[Removed]:
    """Delete restore maps of a level older than that; their answers are charged and can no longer land."""
    rows = await _SQL.all(conn, "old_maps", level=level.value, before=now - timedelta(days=kept_days))
    if not rows:
        return []
    if not dry_run:
        await batches.delete_maps(conn, [AttemptId(str(row["attempt_id"])) for row in rows])
    oldest = min(row["sealed_at"] for row in rows)
    return [Removed(Kept.RESTORE_MAP, len(rows), oldest, kept_days, level=level)]


async def note(conn: AsyncConnection, removed: Iterable[Removed], now: datetime, policy_version: str) -> None:
    """Write down what was removed; commit it with the removal."""
    for each in removed:
        await _SQL.run(
            conn,
            "note",
            purged_at=now,
            what=each.what.value,
            level=each.level.value if each.level else None,
            zone=each.zone.value if each.zone else None,
            use_case=each.use_case,
            count=each.count,
            oldest=each.oldest,
            kept_days=each.kept_days,
            policy_version=policy_version,
        )
