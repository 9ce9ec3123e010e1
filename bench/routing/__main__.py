"""Routing on public tables, with the product's own learning and optimiser.

python -m bench.routing [--data ../shared/data] [--shuffle SEED] [TABLE.csv.gz …]

Without tables: every `*.csv.gz` of the folder that has a known shape (bench/routing/tables.py). Each table: RouteLLM's
figures where it has a weak and a strong model, then accuracy at realised cost within a sweep of budgets, beside the
best mix of single models (in hindsight, and its budget is met exactly), the mean of each task and a text predictor.
"""

import argparse
import os
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")  # small matrices: threads of several programs only wait for each other

from bench.routing.report import report  # noqa: E402 - after the threads are set

DATA = Path(os.environ.get("YAKIN_BENCH_DATA", "../shared/data"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", type=Path, help="CSV files, plain or gzipped; default: those of --data")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of tables (default: %(default)s)")
    parser.add_argument(
        "--shuffle",
        type=int,
        metavar="SEED",
        help="a control: scores change documents, so that there is nothing to find",
    )
    given = parser.parse_args()
    tables = given.tables or sorted(given.data.glob("*.csv.gz"))
    if not tables:
        parser.error(f"no *.csv.gz in {given.data}: name the tables or give --data FOLDER")
    passed = [report(path, given.shuffle) for path in tables]
    print(f"\n{sum(passed)} of {len(passed)} tables pass")


if __name__ == "__main__":
    main()
