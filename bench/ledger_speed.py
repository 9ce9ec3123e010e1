"""How many calls' money a second the ledger writes: reserve, mark as sent, settle and land an answer.

    python -m bench.ledger_speed                      # 8 writers in 2 processes, 3 caps, every way of writing
    python -m bench.ledger_speed --way teller --in-flight 8 --seconds 10
    python -m bench.ledger_speed --json

All writers share one month cap, one day cap and the run's own. A writer of a night is a slice with many documents in
flight; `--in-flight 1` makes writers that wait for each of their calls. The embedded Postgres runs as it is shipped:
every commit reaches the disk. A thousand calls are written before the measured ones.
"""

import argparse
import asyncio
import json
import multiprocessing
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import psycopg

from bench.ledger_night import analyse, begin
from bench.ledger_writers import Done, Way, Work, lived_in, write
from bench.own_postgres import OwnPostgres, own_postgres

MOST_PAIRS_A_SECOND = {Way.TELLER: 4500, Way.APART: 1500, Way.AFTERWARDS: 6000}
WRITTEN_BEFORE = 1000  # pairs, in the database before the measured ones
_FORKS = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Measured:
    """One way of writing, measured."""

    way: str
    in_flight: int
    pairs: int
    pairs_per_s: float
    pairs_per_cpu_s: float  # of writers and Postgres together: what one core would do alone
    slowest_s: float
    writers_cores: float  # CPU of the writing processes
    postgres_cores: float
    machine_busy: float  # share of all cores, other people's work included


@dataclass(frozen=True, slots=True)
class Size:
    """Who writes and for how long."""

    processes: int
    writers: int  # of all processes
    seconds: float


def measure(under: OwnPostgres, size: Size, way: Way, in_flight: int) -> Measured:
    """Let the writers write in a fresh database."""
    name = f"speed_{way}_{in_flight}"
    server = _server(under)
    count = int(MOST_PAIRS_A_SECOND[way] * size.seconds)
    with under.database(name) as (owner_url, app_url):
        night = begin(owner_url, app_url, name, count + WRITTEN_BEFORE)
        asyncio.run(lived_in(app_url, night, night.documents[:WRITTEN_BEFORE]))
        analyse(owner_url)
        documents = night.documents[WRITTEN_BEFORE:]
        shares = [documents[number :: size.processes] for number in range(size.processes)]
        start, done = _FORKS.Barrier(size.processes + 1), _FORKS.Queue()
        works = [
            Work(app_url, night, each, way, size.writers // size.processes, in_flight, size.seconds)
            for each in shares
        ]  # fmt: skip
        workers = [_FORKS.Process(target=write, args=(each, start, done)) for each in works]
        for worker in workers:
            worker.start()
        start.wait()
        psutil.cpu_percent()
        postgres_s = _postgres_cpu_s(server)
        found: list[Done] = [done.get() for _ in workers]
        busy, postgres_s = psutil.cpu_percent(), _postgres_cpu_s(server) - postgres_s
        start.wait()
        for worker in workers:
            worker.join()
    seconds = max(each.seconds for each in found)
    pairs = sum(each.pairs for each in found)
    cpu_s = sum(each.cpu_s for each in found)
    return Measured(
        way=way,
        in_flight=in_flight,
        pairs=pairs,
        pairs_per_s=round(pairs / seconds),
        pairs_per_cpu_s=round(pairs / (cpu_s + postgres_s)),
        slowest_s=round(max(each.slowest_s for each in found), 3),
        writers_cores=round(cpu_s / seconds, 2),
        postgres_cores=round(postgres_s / seconds, 2),
        machine_busy=round(busy / 100, 2),
    )


def _postgres_cpu_s(server: psutil.Process) -> float:
    """CPU seconds so far of the server's processes that are alive."""
    every = [server, *server.children()]
    return sum(times.user + times.system for times in (each.cpu_times() for each in every))


def _server(under: OwnPostgres) -> psutil.Process:
    """The process that listens at the server's port."""
    with psycopg.connect(under.server.owner_url) as conn:
        backend = psutil.Process(conn.info.backend_pid)
        parent = backend.parent()
    assert parent is not None
    return parent


def main() -> None:
    """Measure each way and print a line each."""
    parser = argparse.ArgumentParser(
        prog="bench.ledger_speed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--writers", type=int, default=8, help="of all processes")
    parser.add_argument("--in-flight", type=int, help="documents of a writer; default: 32 and 1")
    parser.add_argument("--way", type=Way, choices=list(Way), help="default: all")
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    size = Size(chosen.processes, chosen.writers, chosen.seconds)
    measured = []
    with tempfile.TemporaryDirectory(prefix="yakin-speed-") as folder, own_postgres(Path(folder, "home")) as under:
        for way in [chosen.way] if chosen.way else list(Way):
            for in_flight in [chosen.in_flight] if chosen.in_flight else (32, 1):
                measured.append(measure(under, size, way, in_flight))
                if not chosen.json:
                    print(_line(measured[-1]), flush=True)
    if chosen.json:
        print(json.dumps({"size": asdict(size), "measured": [asdict(each) for each in measured]}))


def _line(found: Measured) -> str:
    return (
        f"{found.way:10} {found.in_flight:3} in flight: {found.pairs_per_s:6.0f} pairs/s, "
        f"{found.pairs_per_cpu_s:.0f} a CPU second, slowest {found.slowest_s:.3f} s; "
        f"cores: writers {found.writers_cores:.2f}, Postgres {found.postgres_cores:.2f}; "
        f"machine {found.machine_busy:.0%} busy"
    )


if __name__ == "__main__":
    main()
