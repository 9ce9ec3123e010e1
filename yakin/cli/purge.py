"""`yakin purge`: retention from the command line, in this process."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from yakin.cli import services
from yakin.cli.output import print_json, say, table
from yakin.settings import read_settings

if TYPE_CHECKING:
    from tasks.purge import PurgeSummary


def show(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be deleted")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout and nothing else")] = False,
) -> None:
    """Delete kept content by level and age: answers by use case, rehearsals, restore maps, sandbox recordings.

    Decisions, attempts and the ledger stay, and what was answered is not asked again. `bi.purges` keeps the counts.
    """
    services.use_prefect(read_settings())  # before anything imports Prefect, which reads its settings once
    summary = asyncio.run(_run(dry_run=dry_run))
    if as_json:
        print_json(summary.model_dump(mode="json"))
        return
    table(
        "would be deleted 削除予定" if dry_run else "deleted 削除",
        ["what", "#count", "level", "zone", "use case", "oldest", "#kept days"],
        [
            (each.what, each.count, each.level, each.zone, each.use_case, f"{each.oldest:%Y-%m-%d}", each.kept_days)
            for each in summary.removed
        ],
    )
    say(f"policy {summary.policy_version}; every purge is in bi.purges")


async def _run(*, dry_run: bool) -> "PurgeSummary":
    from flows.purge import purge

    services.leave_failures_to_the_command()
    return await purge(dry_run=dry_run)
