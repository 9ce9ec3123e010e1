"""A vendor's account against the ledger: import, settle what was unknown, book, show."""

from prefect import flow

from tasks import accounting
from tasks.account_parameters import ReconcileParameters, ReconciliationSummary
from tasks.reconcile_costs import import_account, reconcile_account, show_reconciliation


@flow(name="reconcile-costs", persist_result=False)
async def reconcile_costs(parameters: ReconcileParameters) -> ReconciliationSummary:
    """Hold a vendor's usage, costs or invoice against the ledger.

    Args:
        parameters: which account, how it is read, and what may be done about it.
    """
    async with accounting.opened():
        imported = await import_account(parameters)
        summary = await reconcile_account(parameters, imported)
        return await show_reconciliation(summary)
