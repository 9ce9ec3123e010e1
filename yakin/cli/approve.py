"""`yakin approve`: let a night spend an amount, or not, on a quote that was made beforehand."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

import typer

from yakin.cli.amounts import yen_amount
from yakin.cli.database import with_pool
from yakin.cli.output import OUT, print_json, say_rehearsal, short_yen, yen
from yakin.domain.approving import Said, Verdict, proposed_jpy
from yakin.domain.calendar import business_date
from yakin.errors import UsageError
from yakin.store import quote_approvals, quotes, runs
from yakin.store.pool import Pool
from yakin.store.quote_approvals import SaidIn
from yakin.store.quotes import StoredQuote
from yakin.store.runs import RunRow, RunState


def show(
    run_name: Annotated[str, typer.Argument(metavar="RUN", help="Run id of a quote, its beginning, or latest")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who approves or declines; kept for good")],
    up_to_jpy: Annotated[
        str | None, typer.Option(metavar="YEN", help="The night's cap. Left out: the quote's p95 in whole yen")
    ] = None,
    decline: Annotated[bool, typer.Option("--decline", help="The night spends its standing budget only")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout and nothing else")] = False,
) -> None:
    """Approve a quote for its night, up to an amount; the last word before the night counts.

    The night with the same sources, use cases and departments on the same business day does not wait while it is
    expected to stay inside that amount, and never spends more. An approval is for one run. Exit codes: 0 kept;
    2 not a quote, or of a night that is over.
    """
    name = by.strip()
    if not name:
        raise UsageError("--by: say who approves")
    if decline and up_to_jpy is not None:
        raise UsageError("--up-to-jpy: a declined quote has no amount; leave it or --decline out")
    amount = None if up_to_jpy is None else yen_amount(up_to_jpy, "--up-to-jpy")

    async def step(pool: Pool) -> tuple[RunRow, StoredQuote, Said]:
        async with pool.connection() as conn:
            run = await runs.find_run(conn, run_name)
            quote = await quotes.newest(conn, run.run_id)
            checked = _quote_of(run, quote)
            said = Said(Verdict.DECLINE, name) if decline else _approval(run, checked, name, amount)
            await quote_approvals.save(conn, quote_approvals.key_of(run), checked, said, SaidIn.CLI)
        return run, checked, said

    run, quote, said = with_pool(step)
    if as_json:
        print_json(_object(run, quote, said))
        return
    say_rehearsal(rehearsal=run.rehearsal)
    done = f"approved 承認 up to ¥{short_yen(said.up_to_jpy)}" if said.up_to_jpy is not None else "declined 却下"
    expected = f"expected ¥{short_yen(quote.expected_jpy)}, p95 ¥{short_yen(quote.p95_jpy)}"
    OUT.print(f"the night of {run.business_date}: {done} by {name} ({expected})", markup=False)


def _quote_of(run: RunRow, quote: StoredQuote | None) -> StoredQuote:
    """The quote that may be approved; raises UsageError where there is none."""
    if run.state is not RunState.QUOTED or quote is None:
        raise UsageError(
            f"RUN: {run.run_id} is {run.state}, not a quote; make one with yakin quote, "
            "and answer a night that waits in the Prefect UI"
        )
    if run.business_date < business_date(datetime.now(UTC)):
        raise UsageError(f"RUN: {run.run_id} is a quote of {run.business_date}, whose night is over; make a new one")
    return quote


def _approval(run: RunRow, quote: StoredQuote, by: str, amount: Decimal | None) -> Said:
    if amount is None:
        amount = proposed_jpy(quote.p95_jpy, run.budget_jpy)
    elif amount > run.budget_jpy:
        raise UsageError(f"--up-to-jpy: ¥{amount:f} is more than the quote's budget of ¥{short_yen(run.budget_jpy)}")
    return Said(Verdict.APPROVE, by, amount)


def _object(run: RunRow, quote: StoredQuote, said: Said) -> dict[str, object]:
    return {
        "run_id": run.run_id,
        "business_date": run.business_date.isoformat(),
        "rehearsal": run.rehearsal,
        "verdict": said.verdict,
        "up_to_jpy": None if said.up_to_jpy is None else yen(said.up_to_jpy),
        "by": said.by,
        "expected_jpy": yen(quote.expected_jpy),
        "p95_jpy": f"{quote.p95_jpy:.6f}",
        "worst_jpy": yen(quote.worst_jpy),
    }
