"""`yakin collect`: what batches have brought since their night, in this process."""

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from yakin.cli import services
from yakin.cli.output import print_json, say, table
from yakin.settings import read_settings

if TYPE_CHECKING:
    from tasks.collect_batches import Collected


def show(
    rehearsal: Annotated[
        bool | None, typer.Option("--rehearsal/--real", help="Whose batches; left out, as `yakin run` decides")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout and nothing else")] = False,
) -> None:
    """Land what finished batches brought, also after a crash or the deadline, and delete the vendors' files.

    Workers of `yakin up` do this every 5 minutes.
    """
    services.use_prefect(read_settings())  # before anything imports Prefect, which reads its settings once
    found = asyncio.run(_run("auto" if rehearsal is None else "rehearsal" if rehearsal else "real"))
    if as_json:
        print_json(asdict(found))
        return
    table(
        "batches バッチ",
        ["#ended", "#answered", "#given back", "#still out"],
        [(found.batches, found.answered, found.given_back, found.still_out)],
    )
    if found.still_out:
        say("what is still out is with the vendor; the same command looks again")


async def _run(mode: str) -> "Collected":
    from flows.collect_batches import collect_batches
    from tasks.collect_batches import NOTHING
    from tasks.parameters import Mode

    services.leave_failures_to_the_command()
    return await collect_batches(Mode(mode)) or NOTHING
