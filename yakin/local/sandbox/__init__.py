"""Sandbox vendors: several LLM vendors on loopback, with real vendors' prices, a meter and faults on demand.

The meter has its own price table and shares no code with `yakin.domain.pricing`: it is the invoice
that the ledger is checked against. Everything here is a rehearsal; its endpoints say `sandbox: true`.
"""

from yakin.local.sandbox.meter import MeterRecord, read_meter
from yakin.local.sandbox.service import Sandbox, control, start, status, stop

__all__ = ["MeterRecord", "Sandbox", "control", "read_meter", "start", "status", "stop"]
