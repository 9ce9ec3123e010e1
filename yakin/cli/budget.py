"""`yakin budget`: caps in yen that nest with a run's own budget."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from yakin.cli.database import with_pool
from yakin.cli.night import yen_amount
from yakin.cli.output import print_json, say, short_yen, table, yen
from yakin.domain.calendar import business_date
from yakin.domain.money import Scope
from yakin.errors import UsageError
from yakin.store import ledger
from yakin.store.ledger import BudgetRow
from yakin.store.pool import Pool

app = typer.Typer(no_args_is_help=True)
KEYED = {Scope.DEPARTMENT, Scope.USE_CASE, Scope.VENDOR}


@app.command(
    "set",
    epilog="Examples: yakin budget set day 500 · yakin budget set fiscal_year 300000 · "
    "yakin budget set department 20000 --key 品質保証部",
)
def set_budget(
    scope: Annotated[
        str, typer.Argument(metavar="SCOPE", help="day, month, fiscal_year, department, use_case or vendor")
    ],
    cap_jpy: Annotated[
        str, typer.Argument(metavar="CAP_JPY", help="Yen, tax-exclusive, for each period of that scope")
    ],
    key: Annotated[str, typer.Option(help="Which department, use case or vendor")] = "",
    rehearsal: Annotated[bool, typer.Option("--rehearsal", help="The cap of rehearsals, which is kept apart")] = False,
    fiscal_start_month: Annotated[int, typer.Option(min=1, max=12, help="First month of the fiscal year")] = 4,
) -> None:
    """Set a cap for the current period and the following ones. Every cap that applies must have room."""
    chosen = _scope(scope, key)
    amount = yen_amount(cap_jpy, "CAP_JPY")

    async def step(pool: Pool) -> int:
        async with pool.connection() as conn:
            return await ledger.set_cap(
                conn,
                chosen,
                key,
                business_date(datetime.now(UTC)),
                amount,
                rehearsal=rehearsal,
                fiscal_start_month=fiscal_start_month,
            )

    with_pool(step)
    say(f"{chosen}{' ' + key if key else ''}: at most ¥{short_yen(amount)}{' in rehearsals' if rehearsal else ''}")


def _scope(scope: str, key: str) -> Scope:
    allowed = [each for each in Scope if each is not Scope.RUN]
    if scope not in [str(each) for each in allowed]:
        raise UsageError(f"SCOPE: {scope!r} is not known; one of {', '.join(allowed)}. A run's budget is --budget-jpy")
    if (Scope(scope) in KEYED) != bool(key):
        raise UsageError(f"--key: for scope {scope} {'give its name' if Scope(scope) in KEYED else 'leave it out'}")
    return Scope(scope)


@app.command("show")
def show(
    rehearsal: Annotated[bool, typer.Option("--rehearsal", help="The caps of rehearsals")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout")] = False,
) -> None:
    """The caps in force today with what is spent and reserved."""

    async def step(pool: Pool) -> list[BudgetRow]:
        async with pool.connection() as conn:
            return await ledger.caps(conn, business_date(datetime.now(UTC)), rehearsal)

    rows = with_pool(step)
    if as_json:
        print_json({"budgets": [_object(row) for row in rows]})
        return
    table(
        "caps 予算枠",
        ["scope", "key", "from", "to", "¥cap", "¥spent", "¥reserved"],
        [
            (
                r.scope,
                r.key,
                r.period.start,
                r.period.end,
                short_yen(r.cap_jpy),
                short_yen(r.spent_jpy),
                short_yen(r.reserved_jpy),
            )
            for r in rows
        ],
    )


def _object(row: BudgetRow) -> dict[str, object]:
    return {
        "scope": row.scope,
        "key": row.key,
        "period_start": row.period.start,
        "period_end": row.period.end,
        "cap_jpy": yen(row.cap_jpy),
        "spent_jpy": yen(row.spent_jpy),
        "reserved_jpy": yen(row.reserved_jpy),
        "rehearsal": row.rehearsal,
    }
