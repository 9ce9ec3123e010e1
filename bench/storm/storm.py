"""One storm from its draw to its sums: open, let workers loose, kill and replace some, wait for quiet, audit."""

import json
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

from bench.storm.audit import Sums, audit, audit_reconciled, of_the_storm
from bench.storm.draw import LATENCY_S, TIMEOUT_S, VENDORS, Draw
from bench.storm.opening import Opened, OpenedRun, open_storm
from bench.storm.reconciling import reconcile_with_the_meters
from bench.storm.worker import Script, main
from yakin.domain.documents import RunId
from yakin.local import sandbox
from yakin.local.sandbox.meter import MeterRecord, meter_file

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["bench.storm.worker"])
_LIMITS = "  - {{name: sandbox-{vendor}, timeout_s: {timeout_s}, limits: {{concurrency: 1000}}}}"
LONGEST_S = 180.0  # nobody waits for ever
_TICK_S = 0.02


@dataclass(frozen=True, slots=True)
class Place:
    """Where storms happen: a home with running sandbox vendors, and a folder for what they write."""

    home: Path
    vendors: sandbox.Sandbox
    layers: tuple[Path, ...]

    @classmethod
    def prepare(cls, home: Path) -> "Place":
        """Start the vendors of this home. Their endpoints are given up on after a short time."""
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        (home / "no-models").mkdir(exist_ok=True)
        vendors = sandbox.start(home)
        lines = [_LIMITS.format(vendor=each, timeout_s=TIMEOUT_S) for each in VENDORS]
        limits = home / "limits.yaml"
        limits.write_text("endpoints:\n" + "\n".join(lines) + "\n")
        return cls(home, vendors, (vendors.catalogue_path, limits))

    def environment(self, owner_url: str, app_url: str) -> dict[str, str]:
        """As `yakin` reads it."""
        return {
            "YAKIN_HOME": str(self.home),
            "YAKIN_MODELS": str(self.home / "no-models"),
            "YAKIN_DATABASE_URL": app_url,
            "YAKIN_OWNER_DATABASE_URL": owner_url,
            "YAKIN_CATALOGUE": ":".join(map(str, self.layers)),
            **self.vendors.keys,
        }


@dataclass(slots=True)
class Passed:
    """A storm that has passed, with what the workers counted and what the books say."""

    draw: Draw
    sums: Sums
    seconds: float
    opening_s: float
    killed: int
    documents: Mapping[RunId, int] = field(default_factory=dict)  # by run
    ends: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)


def pass_through(drawn: Draw, place: Place, owner_url: str, app_url: str, folder: Path) -> Passed:
    """The whole storm in an empty migrated database; AssertionError when somebody waits for ever."""
    began = time.monotonic()
    for vendor, settings in drawn.vendors.items():
        sandbox.control(place.home, vendor, settings)
    opened = open_storm(drawn, place.layers, app_url, folder / "documents")
    opening_s = time.monotonic() - began
    weather = _Weather(drawn, place, place.environment(owner_url, app_url), opened.runs, folder)
    killed = weather.blow()
    wait_for_quiet(place.home)
    meter = of_the_storm(opened, sandbox.read_meter(place.home))
    sums = audit(drawn, opened, meter, owner_url)
    if not sums.problems:
        _settled_by_accounts(sums, drawn, opened, meter, (owner_url, app_url), folder)
    counted = {each.run_id: len(each.documents) for each in opened.runs}
    passed = Passed(drawn, sums, time.monotonic() - began, opening_s, killed, counted)
    for file in folder.glob("tally-*.json"):
        found: Mapping[str, Mapping[str, int]] = json.loads(file.read_text())
        passed.ends.update(found["ends"])
        passed.outcomes.update(found["outcomes"])
    if late := passed.ends["deadline"]:
        sums.problems.append(f"{late} callers waited for money until the deadline")
    return passed


def _settled_by_accounts(
    sums: Sums, drawn: Draw, opened: Opened, meter: Sequence[MeterRecord], urls: tuple[str, str], folder: Path
) -> None:
    """Reconcile, and look again: there is nothing left to explain."""
    owner_url, app_url = urls
    summaries = reconcile_with_the_meters(meter, app_url, folder)
    sums.lost = sum(each.lost for each in summaries)
    sums.problems += [f"after reconciliation: {left} is left" for each in summaries for left in each.left]
    sums.problems += audit_reconciled(drawn, opened, meter, owner_url)


class _Weather:
    """The worker processes of one storm."""

    def __init__(
        self, drawn: Draw, place: Place, environment: Mapping[str, str], opened: tuple[OpenedRun, ...], folder: Path
    ) -> None:
        self._drawn = drawn
        self._meter = meter_file(place.home)
        self._environment = environment
        self._opened = opened
        self._folder = folder
        self._workers: dict[int, BaseProcess] = {}
        self._due: dict[int, float] = {}  # when a killed one is replaced
        self._started = 0

    def blow(self) -> int:
        """Let workers loose until all have ended by themselves; how many were killed."""
        try:
            return self._blow()
        finally:
            for worker in self._workers.values():
                worker.kill()
                worker.join()

    def _blow(self) -> int:
        for run in range(len(self._opened)):
            self._start(run)
        self._wait_for_the_first_request()
        began = time.monotonic()
        kills, killed = sorted(self._drawn.kills, key=lambda each: each.at_s), 0
        while kills or self._due or any(each.is_alive() for each in self._workers.values()):
            now = time.monotonic() - began
            if now > LONGEST_S:
                self._ask_where()
                raise AssertionError(f"seed {self._drawn.seed}: somebody still waits after {LONGEST_S:g} s")
            if kills and kills[0].at_s <= now:
                kill = kills.pop(0)
                if self._workers[kill.run].is_alive():
                    self._workers[kill.run].kill()
                    self._workers[kill.run].join()
                    self._due[kill.run] = now + kill.replaced_after_s
                    killed += 1
            for run in [run for run, at_s in self._due.items() if at_s <= now]:
                del self._due[run]
                self._start(run)
            time.sleep(_TICK_S)
        broken = [worker.exitcode for worker in self._workers.values() if worker.exitcode != 0]
        assert not broken, f"seed {self._drawn.seed}: a worker ended with {broken}; see {self._folder}"
        return killed

    def _wait_for_the_first_request(self) -> None:
        """Kills count from here: the first fork imports for seconds."""
        before, until = self._meter.stat().st_size, time.monotonic() + LONGEST_S
        while self._meter.stat().st_size == before:
            assert time.monotonic() < until, f"seed {self._drawn.seed}: nothing was asked"
            time.sleep(_TICK_S)

    def _ask_where(self) -> None:
        """Have those that still live write into their logs what they wait for."""
        for worker in self._workers.values():
            if worker.is_alive() and worker.pid is not None:
                os.kill(worker.pid, signal.SIGUSR1)
        time.sleep(1)

    def _start(self, run: int) -> None:
        self._started += 1
        script = Script(
            environment=self._environment,
            run=self._opened[run],
            callers=self._drawn.size.callers // self._drawn.size.processes,
            short_leases=self._drawn.short_leases,
            tally_file=self._folder / f"tally-{self._started}.json",
            log_file=self._folder / f"worker-{run}.log",
        )
        self._workers[run] = _FORKS.Process(target=main, args=(script,))
        self._workers[run].start()


def wait_for_quiet(home: Path) -> None:
    """What a killed worker sent may still be answered, and billed."""
    before = -1
    while (now := len(sandbox.read_meter(home))) != before:
        before = now
        time.sleep(LATENCY_S[1] + 0.2)
