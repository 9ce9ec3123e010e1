"""`yakin forget`: remove what is kept of a document's content, and never ask it again."""

from typing import Annotated

import typer

from yakin.cli import which_document
from yakin.cli.database import with_pool
from yakin.cli.output import OUT, print_json, readable, say
from yakin.errors import UsageError
from yakin.store import forgetting
from yakin.store.forgetting import Forgotten
from yakin.store.levels import KnownDocument
from yakin.store.pool import Pool


def forget(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help=which_document.HELP, show_default=False)],
    by: Annotated[str, typer.Option(metavar="NAME", help="Who answers for it; kept with the tombstone, never logged")],
    because: Annotated[str, typer.Option(metavar="TEXT", help="Why; kept with the tombstone, shown to auditors")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout; needs --yes")] = False,
) -> None:
    """Remove a document's answers, findings and restore maps; the same bytes are not asked again.

    A tombstone stays, and so do what was paid, what was decided and the source: yakin deletes no file of yours.
    """
    if not by.strip() or not because.strip():
        raise UsageError("--by and --because: say who has it forgotten and why")
    if as_json and not yes:
        raise UsageError("--json: give --yes as well; a program cannot be asked")

    async def look(pool: Pool) -> KnownDocument:
        return await which_document.find(pool, document)

    known = with_pool(look)
    if not yes:
        _confirm(known)

    async def step(pool: Pool) -> Forgotten:
        async with pool.connection() as conn:
            return await forgetting.forget(conn, known.document_id, by=by.strip(), because=because.strip())

    gone = with_pool(step)
    if as_json:
        print_json(
            {
                "document_id": gone.document_id,
                "uri": known.uri,
                "sha256": known.sha256,
                "forgotten_at": gone.at.isoformat(),
                "removed": dict(gone.removed),
            }
        )
        return
    removed = ", ".join(f"{what} {count}" for what, count in gone.removed.items())
    OUT.print(f"document {gone.document_id} is forgotten 消去済み: {removed}")
    if gone.removed.get("batches_to_purge"):
        say("lines of it are in files at a vendor; `yakin collect` deletes those files when their batches have ended")


def _confirm(known: KnownDocument) -> None:
    OUT.print(f"document {known.document_id}: {readable(known.uri)}", markup=False)
    if not typer.confirm(
        "Remove its answers and findings for good 回答と検出結果を完全に消去しますか", default=False, err=True
    ):
        say("nothing was removed")
        raise typer.Exit(1)
