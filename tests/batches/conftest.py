"""Nights that may wait for batches, over HTTP with the sandbox vendors."""

import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.night_fixtures import House
from yakin.domain.calendar import JST
from yakin.local import sandbox

# Wins every choice of its zone, so that a test knows where its documents go.
LAYER = """endpoints:
  - {{name: {endpoint}, limits: {{batch_hours: {batch_hours}}}}}
models:
  - {{name: {model}, quality_prior: {{"*": 0.99}}}}
"""
OVERSEAS = ("sandbox-overseas", "sandbox-gpt-6-luna")
JAPAN_REGION = ("sandbox-japan-region", "sandbox-jp-nova-2-lite")


@dataclass(slots=True)
class BatchNight:
    """A house with the questions that a test of batches asks of it."""

    house: House
    budget_jpy: object = 50
    deadlines: dict[float, str] = field(default_factory=dict)

    def prefer(self, endpoint: str, model: str, *, batch_hours: float = 0.01) -> None:
        """A catalogue layer in which this model wins its zone."""
        layer = self.house.home / "batches.yaml"
        layer.write_text(LAYER.format(endpoint=endpoint, model=model, batch_hours=batch_hours))
        found = sandbox.status(self.house.home)
        self.house.environment |= dict(found.keys)
        self.house.environment["YAKIN_CATALOGUE"] = os.pathsep.join([str(found.catalogue_path), str(layer)])

    def vendor(self, name: str = "all", **settings: object) -> None:
        """How a vendor behaves from now on."""
        sandbox.control(self.house.home, name, settings)

    def write(self, *texts: str) -> list[Path]:
        """Documents."""
        paths = [self.house.documents / f"{number:03}.txt" for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text)
        return paths

    def job(self, *options: object, minutes: float = 30) -> tuple[object, ...]:
        """The command of this night, with a deadline so many minutes from now."""
        later = (datetime.now(JST) + timedelta(minutes=minutes)).strftime("%H:%M")
        deadline = self.deadlines.setdefault(minutes, later)  # the same command again is the same run
        job = ("run", self.house.documents, "--use-case", "inquiry_triage", "--budget-jpy", self.budget_jpy)
        return (*job, "--json", "--batch", "--deadline", deadline, *options)

    def run(self, *options: object, minutes: float = 30):
        """The night, to its end."""
        return self.house.yakin(*self.job(*options, minutes=minutes))

    def collect(self) -> dict[str, int]:
        """`yakin collect`: the flow of the collecting deployment, in a process of its own."""
        ended = self.house.yakin("collect", "--json")
        assert ended.code == 0, ended.err
        return ended.object

    def change(self, statement: str) -> None:
        """Change rows as the owner may, to stand where a crash would have left them."""
        with psycopg.connect(self.house.owner_url) as conn:
            conn.execute(statement)

    def forget_the_order(self) -> None:
        """As if the process had died before it could write down what the vendor called the batch."""
        self.change("update yakin.batch set state = 'intent', provider_batch_id = null, submitted_at = null")

    def received(self, vendor: str, path: str) -> list[dict]:
        """What one vendor received at a path, bodies parsed."""
        file = self.house.home / "sandbox" / f"received-{vendor}.jsonl"
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        return [each for each in lines if each["path"].startswith(f"/{vendor}/v1/{path}")]

    def lines(self, vendor: str) -> list[dict]:
        """Every batch line that one vendor received."""
        return [line for upload in self.received(vendor, "files") if upload["body"] for line in upload["body"]["lines"]]

    def outcomes(self) -> dict[str, int]:
        """Attempts by outcome and tier."""
        rows = self.house.rows("select tier || ' ' || outcome, count(*) from bi.attempts group by 1")
        return dict(rows)

    def remote_files(self) -> int:
        """Files that vendors still keep: uploads and results, less what was deleted."""
        import httpx

        found, status = 0, sandbox.status(self.house.home)
        for vendor in ("domestic", "japan-region", "overseas"):
            key = status.keys[f"YAKIN_SANDBOX_{vendor.replace('-', '_').upper()}_KEY"]
            url = f"{status.url}/{vendor}/v1/files"
            found += len(httpx.get(url, headers={"Authorization": f"Bearer {key}"}, timeout=10).json()["data"])
        return found

    def books_balance(self) -> None:
        """Ledger = meter but for unknown attempts, which are held; nothing open, nothing twice."""
        billed = {each.request_id: (each.currency, each.amount) for each in sandbox.read_meter(self.house.home)}
        billed = {request_id: each for request_id, each in billed.items() if each[1] > 0}
        charged = self.house.charged()
        assert charged.items() <= billed.items()
        unknown = self.house.rows(
            "select count(*), coalesce(sum(worst_jpy), 0) from bi.attempts where outcome = 'unknown'"
        )
        assert len(billed) - len(charged) <= unknown[0][0]
        assert self.house.rows("select count(*) from bi.attempts where outcome = 'intent'") == [(0,)]
        reserved = self.house.rows("select sum(reserved_jpy) from bi.budgets where scope = 'run'")
        assert reserved == [(unknown[0][1],)]
        assert self.house.rows("select count(*) = count(distinct document_id) from bi.answers") == [(True,)]


@pytest.fixture
def night(house: House) -> BatchNight:
    """A house with instant vendors that record what they receive."""
    return BatchNight(house)
