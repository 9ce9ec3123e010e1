"""`yakin ledger`: corrections of what was charged, by a named person."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import typer

from yakin.cli.amounts import yen_correction
from yakin.cli.database import with_pool
from yakin.cli.output import print_json, say, short_yen
from yakin.domain.calendar import business_date
from yakin.domain.documents import AttemptId
from yakin.errors import UsageError
from yakin.store import accounts
from yakin.store.adjustments import Correction, adjust_attempt, adjust_vendor, cost_of, open_day, open_day_of
from yakin.store.pool import Pool

app = typer.Typer(no_args_is_help=True)


@app.command(
    "adjust",
    epilog="Examples: yakin ledger adjust 140c678d-… -12.5 --by '経理 太郎' --because 'credit note 42' · "
    "yakin ledger adjust --vendor PFN 3000 --by '経理 太郎' --because 'minimum fee of November'",
    context_settings={"ignore_unknown_options": True},  # so that -12.5 is an amount
)
def adjust(
    what: Annotated[list[str], typer.Argument(metavar="[ATTEMPT] AMOUNT_JPY", help="Negative yen give back")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who corrects")],
    because: Annotated[str, typer.Option("--because", metavar="WHY", help="Why")],
    vendor: Annotated[
        str | None, typer.Option(metavar="NAME", help="Correct a vendor's account as a whole, without an attempt")
    ] = None,
    rehearsal: Annotated[bool, typer.Option("--rehearsal", help="A vendor of rehearsals")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout")] = False,
) -> None:
    """Add a correction to the ledger. What was charged stays; the caps that it counted against move with it.

    It counts on the attempt's business day (a vendor's: today), or on the first open day when that period is locked.
    """
    if len(what) != (2 if vendor is None else 1):
        raise UsageError("give ATTEMPT and AMOUNT_JPY, or --vendor NAME and AMOUNT_JPY")
    correction = Correction(yen_correction(what[-1], "AMOUNT_JPY"), because, by)

    async def step(pool: Pool) -> int:
        async with pool.connection() as conn:
            if vendor is None:
                attempt_id = _attempt_id(what[0])
                day = await open_day_of(conn, attempt_id)
                entry_id = await adjust_attempt(conn, attempt_id, correction, on=day)
                _check_left(await cost_of(conn, attempt_id), correction)  # its row is locked until this commits
                return entry_id
            await accounts.check_vendor(conn, vendor, rehearsal=rehearsal)
            day = await open_day(conn, business_date(datetime.now(UTC)))
            return await adjust_vendor(conn, vendor, correction, on=day, rehearsal=rehearsal)

    entry_id = with_pool(step)
    if as_json:
        print_json({"entry_id": entry_id, "amount_jpy": correction.amount_jpy})
    else:
        say(f"entry {entry_id}: ¥{short_yen(correction.amount_jpy)}; bi.adjustments has it")


def _check_left(left_jpy: Decimal, correction: Correction) -> None:
    """An attempt that cost less than nothing would lift every cap that it counted against."""
    if left_jpy < 0 and correction.amount_jpy < 0:
        had = short_yen(left_jpy - correction.amount_jpy)
        raise UsageError(
            f"AMOUNT_JPY: the attempt has cost ¥{had}; give back no more, or correct a whole account: --vendor"
        )


def _attempt_id(text: str) -> AttemptId:
    try:
        return AttemptId(str(UUID(text)))
    except ValueError:
        raise UsageError(f"ATTEMPT: {text} is not an attempt's id; bi.attempts lists them") from None
