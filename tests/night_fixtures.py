"""A night seen from outside: the `yakin` command in its own process, real Postgres, real Prefect, sandbox vendors."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from yakin.local import postgres as embedded
from yakin.local import prefect_server, sandbox
from yakin.local.prefect_server import PrefectServer
from yakin.local.processes import only_one

ROOT = Path(__file__).resolve().parents[1]
REDIRECTING = ("OPENAI_BASE_URL", "OPENAI_API_BASE", "ANTHROPIC_BASE_URL", "AWS_ENDPOINT_URL", "LANGSMITH_TRACING")


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory, postgres: embedded.PostgresServer) -> Iterator[PrefectServer]:
    """One Prefect server on the session's Postgres; xdist's processes share it, the last one stops it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    home, users = shared / "prefect_home", shared / "prefect_users"
    with only_one(shared / "prefect.lock", timeout_s=300):
        users.write_text(str(int(users.read_text() if users.exists() else 0) + 1))
        server = prefect_server.start(home, postgres.prefect_url)
    yield server
    with only_one(shared / "prefect.lock"):
        users.write_text(str(int(users.read_text()) - 1))
        if users.read_text() == "0":
            prefect_server.stop(home)


def can_be_interrupted() -> None:
    """In a child: Ctrl-C works, also when a shell's `&` started the tests and left it ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> dict:
        """The one JSON object on stdout."""
        return json.loads(self.out)


@dataclass(slots=True)
class House:
    """A YAKIN_HOME with its own database and sandbox, and the `yakin` command in it."""

    home: Path
    documents: Path
    environment: dict[str, str]
    owner_url: str
    started: list[subprocess.Popen] = field(default_factory=list)

    def yakin(self, *arguments: object, timeout_s: float = 240) -> Ended:
        """Run the command to its end."""
        ended = subprocess.run(
            [sys.executable, "-m", "yakin.cli", *map(str, arguments)],
            env=self.environment, cwd=self.home, capture_output=True, text=True, timeout=timeout_s,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    def run(self, *options: object, budget_jpy: object = 50) -> Ended:
        """`yakin run` over the documents with --json."""
        job = ("run", self.documents, "--use-case", "inquiry_triage", "--budget-jpy", budget_jpy, "--json")
        return self.yakin(*job, *options)

    def start(self, *arguments: object) -> subprocess.Popen:
        """Start the command and leave it running, in a process group of its own."""
        process = subprocess.Popen(
            [sys.executable, "-m", "yakin.cli", *map(str, arguments)],
            env=self.environment, cwd=self.home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=can_be_interrupted,
        )  # fmt: skip
        self.started.append(process)
        return process

    def rows(self, query: str, *params: object) -> list[tuple]:
        """Read as the owner, who sees everything."""
        with psycopg.connect(self.owner_url) as conn:
            return conn.execute(query, params).fetchall()

    def vendors(self, settings: Mapping[str, Mapping[str, object]] | None = None) -> None:
        """Start the sandbox, recording what it receives, and set its vendors' behaviour."""
        sandbox.start(self.home, answers="instant", record=True, settings=settings)

    def received(self, *, outside: bool = True) -> str:
        """Everything that vendors received; `outside` leaves the on-premises stand-in out."""
        files = (self.home / "sandbox").glob("received-*.jsonl")
        return "".join(file.read_text() for file in files if not (outside and "on-prem" in file.name))

    def metered(self) -> dict[str, tuple[str, Decimal]]:
        """What the vendors would bill: amount by provider request id."""
        return {each.request_id: (each.currency, each.amount) for each in sandbox.read_meter(self.home)}

    def charged(self) -> dict[str, tuple[str, Decimal]]:
        """What the ledger charged: amount by provider request id."""
        rows = self.rows(
            "select a.provider_request_id, l.currency, l.amount_native from bi.ledger l join bi.attempts a "
            "using (attempt_id) where l.kind = 'charge'"
        )
        return {request_id: (currency, amount) for request_id, currency, amount in rows}


@pytest.fixture
def house(tmp_path: Path, database, prefect_api: PrefectServer) -> Iterator[House]:
    """A house of this test alone: no model weights, instant sandbox vendors, an empty documents folder."""
    home, documents = tmp_path / "home", tmp_path / "documents"
    (tmp_path / "no-models").mkdir()
    documents.mkdir()
    home.mkdir(mode=0o700)
    environment = {name: value for name, value in os.environ.items() if name not in REDIRECTING}
    environment |= prefect_server.client_environment(prefect_api)
    environment |= {
        "YAKIN_HOME": str(home),
        "YAKIN_MODELS": str(tmp_path / "no-models"),
        "YAKIN_DATABASE_URL": database.app_url,
        "YAKIN_OWNER_DATABASE_URL": database.owner_url,
        "PYTHONPATH": str(ROOT),
    }
    built = House(home, documents, environment, database.owner_url)
    built.vendors()
    yield built
    for process in built.started:
        if process.poll() is None:
            process.kill()
        process.communicate()
    sandbox.stop(home)


@pytest.fixture
def texts(house: House) -> Callable[..., list[Path]]:
    """Write plain text documents."""

    def write(*contents: str, folder: str = ".") -> list[Path]:
        target = house.documents / folder
        target.mkdir(parents=True, exist_ok=True)
        paths = [target / f"{number:03}.txt" for number in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            path.write_text(content)
        return paths

    return write


@pytest.fixture
def forty(house: House) -> Path:
    """Forty mixed files of all formats and levels, some of them unreadable."""
    from yakin.use_cases.make_folder import make_mixed_folder

    shutil.rmtree(house.documents)
    make_mixed_folder(house.documents, count=40, seed=7)
    return house.documents
