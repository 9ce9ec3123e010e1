"""The meter: one record per request received, as a vendor's invoice would show it."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from yakin.local.sandbox.vendors import MeterPrice

_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a vendor counted. `input` is the total, cached included."""

    input: int = 0
    cached: int = 0
    output: int = 0


@dataclass(frozen=True, slots=True)
class MeterRecord:
    """One request as billed. `status` says how it ended; an amount of zero was not billed."""

    request_id: str
    vendor: str
    model: str
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    amount: Decimal
    currency: str
    status: str
    received_at: datetime
    document_hash: str = ""  # of the text that was asked about: whose request it was, without the ledger's word

    def as_json(self) -> dict[str, object]:
        """The record with exact decimal text and an ISO time."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return fields | {"amount": format(self.amount, "f"), "received_at": self.received_at.isoformat()}


class Meter:
    """Appends records to a file, flushed line by line, and keeps those of earlier starts."""

    def __init__(self, file: Path) -> None:
        self.records = _read(file)
        self._stream = open_private(file)

    def add(self, record: MeterRecord) -> None:
        """Record one request; once this returns, the line is in the file."""
        self.records.append(record)
        self._stream.write(json.dumps(record.as_json(), ensure_ascii=False) + "\n")
        self._stream.flush()


def charge(tokens: Tokens, price: MeterPrice) -> Decimal:
    """The exact amount in the vendor's currency."""
    cached_at = price.input_per_mtok if price.cached_input_per_mtok is None else price.cached_input_per_mtok
    fresh = (tokens.input - tokens.cached) * price.input_per_mtok
    return (fresh + tokens.cached * cached_at + tokens.output * price.output_per_mtok) / _MILLION


def totals(records: Iterable[MeterRecord]) -> list[dict[str, object]]:
    """Requests, tokens and money per vendor and currency."""
    groups: dict[tuple[str, str], list[MeterRecord]] = {}
    for record in records:
        groups.setdefault((record.vendor, record.currency), []).append(record)
    return [_total(vendor, currency, group) for (vendor, currency), group in sorted(groups.items())]


def read_meter(home: Path) -> list[MeterRecord]:
    """Every record of this home's sandbox, in the order of receipt; also while it runs or after it ended."""
    return _read(meter_file(home))


def meter_file(home: Path) -> Path:
    """Where the records are kept."""
    return home / "sandbox" / "meter.jsonl"


def open_private(file: Path) -> TextIO:
    """A file to append to that only its owner may read."""
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8")


def _total(vendor: str, currency: str, group: list[MeterRecord]) -> dict[str, object]:
    return {
        "vendor": vendor,
        "currency": currency,
        "requests": len(group),
        "billed_requests": sum(record.amount > 0 for record in group),
        "input_tokens": sum(record.input_tokens for record in group),
        "cached_input_tokens": sum(record.cached_input_tokens for record in group),
        "output_tokens": sum(record.output_tokens for record in group),
        "amount": format(sum((record.amount for record in group), Decimal(0)), "f"),
    }


def _read(file: Path) -> list[MeterRecord]:
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").split("\n")
    return [_record(json.loads(line)) for line in lines[:-1]]  # after the last newline: nothing, or half a line


def _record(fields: dict[str, object]) -> MeterRecord:
    converted = {
        "amount": Decimal(str(fields["amount"])),
        "received_at": datetime.fromisoformat(str(fields["received_at"])),
    }
    return MeterRecord(**fields | converted)  # type: ignore[arg-type]
