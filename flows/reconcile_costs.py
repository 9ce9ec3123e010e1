"""A vendor's account against the ledger: import, settle what was unknown, book, show."""

from prefect import flow

from tasks import accounting
from tasks.account_parameters import ReconcileParameters, ReconciliationSummary
from tasks.reconcile_costs import import_account, reconcile_account, show_reconciliation
from tasks.thresholds import tell_crossed_thresholds_of_the_books


@flow(name="reconcile-costs", persist_result=False)
async def reconcile_costs(parameters: ReconcileParameters) -> ReconciliationSummary:
    """Hold a vendor's usage, costs or invoice against the ledger.

    Args:
        parameters: which account, how it is read, and what may be done about it.
    """
    async with accounting.opened():
        imported = await import_account(parameters)
        summary = await reconcile_account(parameters, imported)
        summary = await show_reconciliation(summary)
        await tell_crossed_thresholds_of_the_books()
        return summary
