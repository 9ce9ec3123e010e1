"""`yakin budget`: caps in yen that nest with a run's own budget."""

import getpass
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from yakin.catalogue.budgets import budget_rules
from yakin.catalogue.load import load_catalogue
from yakin.cli import budget_history, budget_locks
from yakin.cli.amounts import yen_amount
from yakin.cli.database import with_pool
from yakin.cli.output import print_json, say, short_yen, table, yen
from yakin.domain.calendar import business_date
from yakin.domain.caps import BudgetRules, CapSource, SetBy, next_threshold, used_percent
from yakin.domain.money import KEYED, Per, Scope
from yakin.errors import UsageError
from yakin.settings import read_settings
from yakin.store import budgets
from yakin.store.budgets import Applied, BudgetRow
from yakin.store.pool import Pool
from yakin.use_cases.load import load_use_cases

app = typer.Typer(no_args_is_help=True)
budget_locks.add_to(app)
app.command("history", epilog="Examples: yakin budget history · yakin budget history --days 31 --json")(
    budget_history.history
)
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who sets it; left out: the user of this machine")]
Because = Annotated[str, typer.Option("--because", metavar="TEXT", help="Why; kept in bi.cap_changes")]


@app.command(
    "set",
    epilog="Examples: yakin budget set day 500 · yakin budget set fiscal_year 300000 --by 経理花子 --because 稟議42 · "
    "yakin budget set department 20000 --key 品質保証部 --per fiscal_year",
)
def set_budget(  # noqa: PLR0913 - one option per word of the contract
    scope: Annotated[
        str, typer.Argument(metavar="SCOPE", help="day, month, fiscal_year, department, use_case or vendor")
    ],
    cap_jpy: Annotated[
        str, typer.Argument(metavar="CAP_JPY", help="Yen, tax-exclusive, for each period of that scope")
    ],
    key: Annotated[str, typer.Option(help="Which department, use case or vendor")] = "",
    per: Annotated[
        Per | None, typer.Option(help="Of a department, use case or vendor: how long it holds; left out: month")
    ] = None,
    rehearsal: Annotated[bool, typer.Option("--rehearsal", help="The cap of rehearsals, which is kept apart")] = False,
    fiscal_start_month: Annotated[
        int | None, typer.Option(min=1, max=12, help="First month of the fiscal year; else the catalogue's, else 4")
    ] = None,
    by: By = "",
    because: Because = "",
) -> None:
    """Set a cap for the current period and the following ones. Every cap that applies must have room.

    It holds against the catalogue's `budgets:` section until the period ends; a cap that the catalogue
    declares too is the catalogue's again in the next period.
    """
    chosen = _scope(scope, key, per)
    amount = yen_amount(cap_jpy, "CAP_JPY")
    if not rehearsal:  # sandbox vendors are in no catalogue file
        _check_key(chosen, key)
    rules = budget_rules(read_settings().catalogue_layers)
    said = SetBy(CapSource.CLI, person(by), because.strip())

    async def step(pool: Pool) -> int:
        async with pool.connection() as conn:
            return await budgets.set_cap(
                conn,
                chosen,
                key,
                business_date(datetime.now(UTC)),
                amount,
                rehearsal=rehearsal,
                fiscal_start_month=fiscal_start_month or rules.fiscal_start_month,
                per=per,
                set_by=said,
            )

    with_pool(step)
    named = f"{chosen}{' ' + key if key else ''}{f' per {per}' if per else ''}"
    say(f"{named}: at most ¥{short_yen(amount)}{' in rehearsals' if rehearsal else ''}, set by {said.person}")


def person(by: str) -> str:
    """The name that was given, else the user of this machine."""
    try:
        return by.strip() or getpass.getuser()
    except (OSError, KeyError):  # a container without a passwd entry
        raise UsageError("--by: this machine does not know your name; give it") from None


def _scope(scope: str, key: str, per: Per | None) -> Scope:
    allowed = [each for each in Scope if each is not Scope.RUN]
    if scope not in [str(each) for each in allowed]:
        raise UsageError(f"SCOPE: {scope!r} is not known; one of {', '.join(allowed)}. A run's budget is --budget-jpy")
    if (Scope(scope) in KEYED) != bool(key):
        raise UsageError(f"--key: for scope {scope} {'give its name' if Scope(scope) in KEYED else 'leave it out'}")
    if per is not None and Scope(scope) not in KEYED:
        raise UsageError(f"--per: for scope {scope} leave it out; the scope says it")
    return Scope(scope)


def _check_key(scope: Scope, key: str) -> None:
    """A cap of a name that nothing is charged under would hold nothing back: a mistyped one is refused."""
    settings = read_settings()
    if scope is Scope.USE_CASE and key not in (known := sorted(load_use_cases(settings.use_cases))):
        raise UsageError(f"--key: there is no use case {key}; one of {', '.join(known)}")
    if scope is Scope.VENDOR and key not in (known := sorted(_operators(settings.catalogue_layers))):
        raise UsageError(f"--key: {key} is no operator of an endpoint; one of {', '.join(known)}")


def _operators(layers: Sequence[Path]) -> set[str]:
    today = business_date(datetime.now(UTC))
    endpoints = load_catalogue(layers, on=today, embedded={}).endpoints.values()
    return {endpoint.operator for endpoint in endpoints}


@app.command("apply", epilog="Example: yakin budget apply --by 経理花子. Each run does the same when it opens.")
def apply(
    by: By = "", as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout")] = False
) -> None:
    """Bring today's caps to what the catalogue's `budgets:` section says. What a person set for a period stays."""
    today = business_date(datetime.now(UTC))
    layers = read_settings().catalogue_layers
    rules = budget_rules(layers, operators=_operators(layers))

    async def step(pool: Pool) -> list[Applied]:
        async with pool.connection() as conn:
            return await budgets.apply_rules(conn, rules, today, person=person(by))

    applied = with_pool(step)
    if as_json:
        print_json({"budgets": [_applied_object(each) for each in applied]})
        return
    table(
        "caps of the catalogue 予算枠（カタログ）",
        ["scope", "key", "per", "for", "¥cap", "what happened", "declared at"],
        [
            (
                each.rule.scope,
                each.rule.key,
                each.rule.per,
                "rehearsals" if each.rule.rehearsal else "real work",
                short_yen(each.rule.cap_jpy),
                _what_happened(each),
                each.rule.declared_at,
            )
            for each in applied
        ],
    )


def _what_happened(applied: Applied) -> str:
    if applied.kept is None:
        return "set" if applied.changed else "as it was"
    kept = applied.kept
    return f"kept ¥{short_yen(kept.cap_jpy)}, set by {kept.set_by.person or 'a person'} until {kept.period.end}"


def _applied_object(applied: Applied) -> dict[str, object]:
    rule, kept = applied.rule, applied.kept
    return {
        "scope": rule.scope,
        "key": rule.key,
        "per": rule.per,
        "rehearsal": rule.rehearsal,
        "cap_jpy": yen(kept.cap_jpy if kept else rule.cap_jpy),
        "declared_jpy": yen(rule.cap_jpy),
        "declared_at": rule.declared_at,
        "changed": applied.changed,
        "kept_of": kept.set_by.person if kept else None,
    }


@app.command("show")
def show(
    rehearsal: Annotated[bool, typer.Option("--rehearsal", help="The caps of rehearsals")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout")] = False,
) -> None:
    """The caps in force today: spent and reserved, who set them, the next warning, whether the period is locked."""
    rules = budget_rules(read_settings().catalogue_layers)

    async def step(pool: Pool) -> list[BudgetRow]:
        async with pool.connection() as conn:
            return await budgets.caps(conn, business_date(datetime.now(UTC)), rehearsal)

    rows = with_pool(step)
    if as_json:
        print_json({"budgets": [_object(row, rules) for row in rows]})
        return
    table(
        "caps 予算枠",
        ["scope", "key", "per", "from", "to", "¥cap", "¥spent", "¥reserved", "#used %", "#next %", "set by", "locked"],
        [_cells(row, rules) for row in rows],
    )


def _cells(row: BudgetRow, rules: BudgetRules) -> tuple[object, ...]:
    yens = (short_yen(row.cap_jpy), short_yen(row.spent_jpy), short_yen(row.reserved_jpy))
    return (
        row.scope,
        row.key,
        row.per,
        row.period.start,
        row.period.end,
        *yens,
        used_percent(row.spent_jpy, row.cap_jpy),
        next_threshold(rules.thresholds, row.spent_jpy, row.cap_jpy),
        f"{row.set_by.source} {row.set_by.person}".strip(),
        "locked" if row.locked else "",
    )


def _object(row: BudgetRow, rules: BudgetRules) -> dict[str, object]:
    used = used_percent(row.spent_jpy, row.cap_jpy)
    return {
        "scope": row.scope,
        "key": row.key,
        "period_start": row.period.start,
        "period_end": row.period.end,
        "cap_jpy": yen(row.cap_jpy),
        "spent_jpy": yen(row.spent_jpy),
        "reserved_jpy": yen(row.reserved_jpy),
        "rehearsal": row.rehearsal,
        "per": row.per,
        "set_by": row.set_by.source,
        "made_by": row.set_by.person,
        "because": row.set_by.because,
        "set_at": row.set_at.isoformat(),
        "standing": row.standing,
        "used_percent": None if used is None else f"{used:f}",
        "next_threshold": next_threshold(rules.thresholds, row.spent_jpy, row.cap_jpy),
        "locked": row.locked,
    }
