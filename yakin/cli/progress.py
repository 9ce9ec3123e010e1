"""A progress bar over a run, read from Postgres while the flow works."""

import asyncio

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from tasks import resources
from yakin.cli.output import ERR
from yakin.errors import SettingsError, StoreUnavailable
from yakin.store import run_report

POLL_S = 0.5


def bar() -> Progress:
    """A bar on stderr that leaves stdout to the result."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        console=ERR,
        transient=True,
    )


async def watch() -> None:
    """Show documents done and yen spent until cancelled."""
    with bar() as progress:
        shown = progress.add_task("starting", total=None, note="")
        while True:
            await _show(progress, shown)
            await asyncio.sleep(POLL_S)


async def _show(progress: Progress, shown: TaskID) -> None:
    try:
        night = resources.current()
    except SettingsError:
        return
    if night.run is None:
        return
    try:
        async with night.pool.connection() as conn:
            totals = await run_report.totals(conn, night.run.run_id)
    except StoreUnavailable:  # the night says so, or is about to go on
        return
    progress.update(
        shown,
        description=f"{night.run.purpose}, rehearsal 検証実行" if night.rehearsal else str(night.run.purpose),
        total=totals.seen or None,
        completed=totals.seen - totals.pending,
        note=f"¥{totals.cost_jpy:.4f}",
    )
