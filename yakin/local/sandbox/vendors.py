"""Who the sandbox stands for: vendors by path prefix, their models and what those cost."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

PRICES_FILE = Path(__file__).with_name("meter_prices.csv")
VENDORS = ("domestic", "japan-region", "overseas", "on-prem")


@dataclass(frozen=True, slots=True)
class MeterPrice:
    """What a vendor charges for a model, per million tokens. None: it has no cached price."""

    currency: str
    input_per_mtok: Decimal
    cached_input_per_mtok: Decimal | None
    output_per_mtok: Decimal


def key_environment(vendor: str) -> str:
    """The environment variable that carries the vendor's API key."""
    return f"YAKIN_SANDBOX_{vendor.replace('-', '_').upper()}_KEY"


def read_prices(file: Path = PRICES_FILE, *, tier: str = "realtime") -> Mapping[tuple[str, str], MeterPrice]:
    """Prices of a tier by vendor and model; a model without a batch price takes no batches."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["tier"] == tier]
    return {(row["vendor"], row["model"]): _price(row) for row in rows}


def _price(row: Mapping[str, str]) -> MeterPrice:
    cached = row["cached_input_per_mtok"]
    return MeterPrice(
        row["currency"],
        Decimal(row["input_per_mtok"]),
        Decimal(cached) if cached else None,
        Decimal(row["output_per_mtok"]),
    )
