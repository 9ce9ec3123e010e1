"""Retention: what has been kept long enough goes, and what it was is written down."""

from prefect import flow

from tasks import retention
from tasks.purge import PurgeSummary, purge_answers, purge_recordings, purge_restore_maps, show_purge
from tasks.thresholds import tell_crossed_thresholds_while_purging


@flow(name="purge", persist_result=False)
async def purge(*, dry_run: bool = False) -> PurgeSummary:
    """Delete kept content by level and age.

    Args:
        dry_run: only count what would be deleted.
    """
    async with retention.opened():
        removed = await purge_answers(dry_run=dry_run)
        removed += await purge_restore_maps(dry_run=dry_run)
        removed += await purge_recordings(dry_run=dry_run)
        summary = await show_purge(removed, dry_run=dry_run)
        await tell_crossed_thresholds_while_purging()
        return summary
