"""Nights that are interfered with: slow vendors, killed processes, and books that must balance all the same."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from yakin.local import sandbox
from yakin.local.sandbox.meter import MeterRecord

LAYER = """endpoints:
{endpoints}
"""
ENDPOINT = "  - {{name: sandbox-{vendor}, timeout_s: {timeout_s}, limits: {{concurrency: {concurrency}}}}}"
VENDORS = ("domestic", "japan-region", "overseas", "on-prem")
INQUIRIES = (
    "ポンプ{}号機が止まりました。至急お願いします。",
    "型番{}の見積をお願いします。",
    "部品{}の納期を教えてください。",
)


def wait_until(condition: Callable[[], object], within_s: float = 90.0) -> None:
    """Poll; fail when it does not become true in time."""
    until = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < until, f"not within {within_s:g} s"
        time.sleep(0.05)


@dataclass(slots=True)
class Night:
    """A house whose vendors can be made slow or faulty, with the questions that a fault test asks of it."""

    house: object
    budget_jpy: int = 50

    def vendors(self, vendor: str = "all", **settings: object) -> None:
        """Change how a vendor behaves from now on."""
        sandbox.control(self.house.home, vendor, settings)

    def limit(self, *, concurrency: int = 16, timeout_s: float = 300) -> None:
        """A catalogue layer of the company's own over the sandbox's."""
        layer = self.house.home / "limits.yaml"
        lines = [ENDPOINT.format(vendor=each, concurrency=concurrency, timeout_s=timeout_s) for each in VENDORS]
        layer.write_text(LAYER.format(endpoints="\n".join(lines)))
        found = sandbox.status(self.house.home)
        self.house.environment |= dict(found.keys)
        self.house.environment["YAKIN_CATALOGUE"] = os.pathsep.join([str(found.catalogue_path), str(layer)])

    def write(self, count: int) -> list[Path]:
        """Plain inquiries of internal level."""
        paths = [self.house.documents / f"{number:03}.txt" for number in range(count)]
        for number, path in enumerate(paths):
            path.write_text(INQUIRIES[number % len(INQUIRIES)].format(number))
        return paths

    @property
    def job(self) -> tuple[object, ...]:
        """The command of this night."""
        job = ("run", self.house.documents, "--use-case", "inquiry_triage")
        return (*job, "--budget-jpy", self.budget_jpy, "--json")

    def start(self) -> subprocess.Popen:
        """`yakin run` in a process group of its own."""
        return self.house.start(*self.job)

    def run(self):
        """The same command, to its end."""
        return self.house.yakin(*self.job)

    @staticmethod
    def object(out: str) -> dict:
        """The one JSON object on stdout."""
        return json.loads(out)

    def answered(self) -> int:
        return self.house.rows("select count(*) from bi.answers")[0][0]

    def under_way(self) -> int:
        """Requests that were sent and have not been settled."""
        return self.house.rows("select count(*) from yakin.attempt where outcome = 'intent' and sent_at is not null")[
            0
        ][0]

    def runs(self) -> list[tuple]:
        return self.house.rows("select run_id::text, state from bi.runs order by started_at")

    def received(self, *, everywhere: bool = False) -> str:
        """What vendors outside the premises received, or all of them."""
        return self.house.received(outside=not everywhere)

    def ends(self, path: Path) -> list[list]:
        """How the documents that were seen at a path ended, the oldest first."""
        rows = self.house.rows(
            "select distinct w.document_id, w.state, w.reason from yakin.work w "
            "join yakin.sighting s using (document_id) join yakin.item i using (item_id) "
            "where i.uri = %s order by w.document_id",
            path.as_uri(),
        )
        return [ending for _, *ending in rows]

    def meter(self) -> list[MeterRecord]:
        return sandbox.read_meter(self.house.home)

    def last_request_after_s(self, moment: datetime) -> float:
        """How long after a moment the last request reached any vendor; negative when none did."""
        return max((each.received_at - moment).total_seconds() for each in self.meter())

    def unknown(self) -> int:
        return self.house.rows("select count(*) from bi.attempts where outcome = 'unknown'")[0][0]

    def books_balance(self) -> None:
        """Ledger = meters but for unknown attempts, which are held; nothing twice, nothing over the cap."""
        billed = {each.request_id: (each.currency, each.amount) for each in self.meter() if each.amount > 0}
        charged = self.house.charged()
        assert charged.items() <= billed.items()
        assert len(billed) - len(charged) <= self.unknown()
        assert self.house.rows("select count(*) from bi.attempts where outcome = 'intent'") == [(0,)]
        assert self.house.rows("select count(*) = count(distinct document_id) from bi.answers") == [(True,)]
        assert self.house.rows("select count(*) = count(distinct attempt_id) from bi.ledger where kind = 'charge'") == [
            (True,)
        ]
        held = self.house.rows(
            "select coalesce(sum(l.amount_jpy), 0) from bi.ledger l join bi.attempts a using (attempt_id) "
            "where l.kind = 'reserve' and a.outcome = 'unknown'"
        )[0][0]
        reserved, spent, cap = self.house.rows(
            "select sum(reserved_jpy), sum(spent_jpy), min(cap_jpy) from bi.budgets where scope = 'run'"
        )[0]
        assert (reserved, cap) == (held, Decimal(self.budget_jpy))
        assert spent + reserved <= cap


def kill_group(process: subprocess.Popen, number: int = signal.SIGKILL) -> datetime:
    """Signal the process and its children; when that was."""
    os.killpg(process.pid, number)
    return datetime.now(UTC)
