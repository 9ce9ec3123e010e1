"""The sandbox vendors' meters as accounts: a CSV each, and the mapping that reads it."""

import csv
from pathlib import Path

from yakin.local import sandbox

MAPPING = """
invoices:
  - name: meter
    columns: {time: received_at, request_id: request_id, model: model, input_tokens: input_tokens,
              cached_input_tokens: cached_input_tokens, output_tokens: output_tokens, amount: amount,
              currency: currency}
"""


def reconcile_with_the_meters(house) -> list[dict]:
    """Reconcile every vendor's complete meter by the command; what each ended with."""
    mapping = house.home / "meter.yaml"
    mapping.write_text(MAPPING)
    return [_reconcile(house, mapping, vendor, file) for vendor, file in _accounts(house.home).items()]


def _accounts(home: Path) -> dict[str, Path]:
    records = [each.as_json() for each in sandbox.read_meter(home)]
    files = {}
    for vendor in sorted({str(each["vendor"]) for each in records}):
        files[vendor] = home / f"meter-{vendor}.csv"
        with files[vendor].open("w", newline="") as stream:
            writer = csv.DictWriter(stream, list(records[0]))
            writer.writeheader()
            writer.writerows(each for each in records if each["vendor"] == vendor)
    return files


def _reconcile(house, mapping: Path, vendor: str, file: Path) -> dict:
    options = ("--mapping", mapping, "--rehearsal", "--complete", "--json")
    ended = house.yakin("reconcile", file, "--vendor", f"sandbox-{vendor}", *options)
    assert ended.code == 0, ended.out + ended.err
    return ended.object
