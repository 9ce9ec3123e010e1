"""The steps of reconcile-costs as Prefect tasks. Ids, names of models and numbers cross Prefect, nothing else."""

import logging

from prefect import task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import NO_CACHE

from tasks import accounting, accounts
from tasks.account_parameters import ComparedPart, ImportedAccount, ReconcileParameters, ReconciliationSummary
from tasks.telemetry import shown

LOGGER = logging.getLogger("yakin.reconcile")
ROWS_SHOWN = 500  # the rest is in bi.reconciliation


@task(name="import-account", task_run_name="import-account", cache_policy=NO_CACHE, persist_result=False)
async def import_account(parameters: ReconcileParameters) -> ImportedAccount:
    """The account's files into ledger.invoice; those that are there already change nothing."""
    books = accounting.current()
    return await accounts.import_account(books.pool, parameters, books.layers)


@task(name="reconcile-account", task_run_name="reconcile-account", cache_policy=NO_CACHE, persist_result=False)
async def reconcile_account(parameters: ReconcileParameters, imported: ImportedAccount) -> ReconciliationSummary:
    """Settle unknown attempts, book where that was asked for, keep what is left. Safe to run again."""
    return await accounts.reconcile_account(accounting.current().pool, parameters, imported)


@task(name="show-reconciliation", task_run_name="show-reconciliation", cache_policy=NO_CACHE, persist_result=False)
async def show_reconciliation(summary: ReconciliationSummary) -> ReconciliationSummary:
    """A table in the UI; the rows are in bi.reconciliation."""
    found = ", ".join(f"{each.cause} {each.jpy:,.2f}" for each in summary.found) or "nothing"
    left = ", ".join(f"{each.cause} {each.jpy:,.2f}" for each in summary.left) or "nothing"
    LOGGER.info("%s: %d lost, %d not billed, %d booked", summary.vendor, summary.lost, summary.released, summary.booked)
    said = (
        f"{summary.vendor} {summary.period_start} – {summary.period_end} 突合. Difference in yen: {found}. "
        f"Unknown attempts: {summary.lost} billed, {summary.released} not. Booked: {summary.booked}. Left: {left}."
    )
    for note in summary.notes:
        LOGGER.warning("%s", note)
    table = [_row(each) for each in summary.parts[:ROWS_SHOWN]]
    await shown(acreate_table_artifact(table, key="reconciliation", description=said))
    return summary


def _row(part: ComparedPart) -> dict[str, object]:
    return {
        "day": part.day.isoformat(),
        "model": part.model or "",
        "tier": str(part.tier or ""),
        "state": str(part.state),
        "lines": part.lines,
        "attempts": part.attempts,
        "currency": part.currency or "",
        "ours": f"{part.ours_native:f}",
        "theirs": f"{part.theirs_native:f}",
        "difference ¥": f"{part.theirs_jpy - part.ours_jpy:f}",
        "causes ¥": ", ".join(f"{each.cause} {each.jpy:f}" for each in part.causes),
    }
