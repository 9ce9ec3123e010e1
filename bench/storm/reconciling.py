"""After the storm: every vendor's meter as its account, held against the ledger as `yakin reconcile` does."""

import asyncio
import csv
from collections.abc import Sequence
from pathlib import Path

from tasks import accounts
from tasks.account_parameters import ReconcileParameters, ReconciliationSummary
from yakin.local.sandbox.meter import MeterRecord
from yakin.store.pool import Pool

MAPPING = """
invoices:
  - name: meter
    columns: {time: received_at, request_id: request_id, model: model, input_tokens: input_tokens,
              cached_input_tokens: cached_input_tokens, output_tokens: output_tokens, amount: amount,
              currency: currency}
"""
_TOLD = ("received_at", "request_id", "model", "input_tokens", "cached_input_tokens", "output_tokens", "amount",
         "currency")  # fmt: skip


def reconcile_with_the_meters(
    records: Sequence[MeterRecord], app_url: str, folder: Path
) -> list[ReconciliationSummary]:
    """Settle what is unknown by each vendor's complete account; whose request it was is not in it."""
    mapping = folder / "meter.yaml"
    mapping.write_text(MAPPING)
    accounts_of = {vendor: folder / f"meter-{vendor}.csv" for vendor in sorted({each.vendor for each in records})}
    for vendor, file in accounts_of.items():
        with file.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, _TOLD, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(each.as_json() for each in records if each.vendor == vendor)
    return asyncio.run(_reconcile(accounts_of, mapping, app_url))


async def _reconcile(accounts_of: dict[str, Path], mapping: Path, app_url: str) -> list[ReconciliationSummary]:
    pool = await Pool.open(app_url, max_size=3)
    try:
        return [await _one(pool, vendor, file, mapping) for vendor, file in accounts_of.items()]
    finally:
        await pool.close()


async def _one(pool: Pool, vendor: str, file: Path, mapping: Path) -> ReconciliationSummary:
    wanted = ReconcileParameters(
        source=str(file), vendor=f"sandbox-{vendor}", mapping=str(mapping), complete=True, rehearsal=True
    )  # fmt: skip
    imported = await accounts.import_account(pool, wanted, ())
    return await accounts.reconcile_account(pool, wanted, imported)
