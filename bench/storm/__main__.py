"""`python -m bench.storm --seeds 50`: storms by seed, each with its sums; exit code 1 when a promise was broken.

python -m bench.storm --seeds 50                    # seeds 0 to 49, 1,000 callers in 4 processes
python -m bench.storm --from 17 --seeds 1 --keep d  # seed 17 again; its workers' logs stay in folder d
python -m bench.storm --seeds 5 --json              # one JSON object on stdout
"""

import argparse
import json
import shutil
import sys
import time
from pathlib import Path

from bench.storm.draw import Size, draw
from bench.storm.ground import Ground, ground
from bench.storm.storm import Passed, pass_through


def main() -> int:
    """Run the seeds one after the other."""
    parser = argparse.ArgumentParser(
        prog="bench.storm", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed")
    parser.add_argument("--callers", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--keep", type=Path, help="a folder for the workers' logs")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    began = time.monotonic()
    shown, size = [], Size(chosen.callers, chosen.processes)
    with ground() as under:
        for seed in range(chosen.first, chosen.first + chosen.seeds):
            facts, line = _one(under, seed, size, chosen.keep)
            shown.append(facts)
            print(line, file=sys.stderr if chosen.json else sys.stdout, flush=True)
    broken = sum(bool(each["problems"]) for each in shown)
    if chosen.json:
        print(json.dumps({"storms": shown, "broken": broken, "seconds": round(time.monotonic() - began, 1)}))
    else:
        print(f"{len(shown)} storms, {broken} with a broken promise, {time.monotonic() - began:.0f} s")
    return 1 if broken else 0


def _one(under: Ground, seed: int, size: Size, keep: Path | None) -> tuple[dict[str, object], str]:
    """The facts of a storm and its line. One in which somebody waited for ever does not end the others."""
    folder = under.folder / f"seed{seed}"
    folder.mkdir()
    try:
        with under.postgres.database(f"storm_{seed}") as (owner_url, app_url):
            passed = pass_through(draw(seed, size), under.place, owner_url, app_url, folder)
        return _facts(passed), _line(passed)
    except AssertionError as broken:
        return {"seed": seed, "problems": [str(broken)]}, f"seed {seed:3}: BROKEN: {broken}"
    finally:
        if keep is not None:
            shutil.copytree(folder, keep / folder.name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("documents"))
        shutil.rmtree(folder)


def _line(passed: Passed) -> str:
    drawn, sums, tight = passed.draw, passed.sums, passed.sums.tight
    told = (
        f"seed {drawn.seed:3}: {tight.scope}: {tight.metered_jpy:.2f} metered, {tight.unknown_jpy:.2f} held unknown "
        f"of ¥{tight.cap_jpy} ({tight.utilisation:.2%}, {tight.cap_jpy / tight.worst_jpy:.0f} worst cases); "
        f"{sums.requests} requests, {sums.billed} billed, {sums.answered} answered, "
        f"{sums.unknown} unknown ({sums.lost} billed, by the accounts), "
        f"{passed.killed} killed; {passed.seconds:.1f} s ({passed.opening_s:.1f} opening)"
    )
    return told + "".join(f"\n    BROKEN: {problem}" for problem in sums.problems[:10])


def _facts(passed: Passed) -> dict[str, object]:
    sums = passed.sums
    return {
        "seed": passed.draw.seed,
        "problems": sums.problems,
        "caps": [{name: str(getattr(cap, name)) for name in (*cap.__slots__, "utilisation")} for cap in sums.caps],
        "requests": sums.requests,
        "billed": sums.billed,
        "unknown": sums.unknown,
        "lost": sums.lost,
        "answered": sums.answered,
        "killed": passed.killed,
        "ends": passed.ends,
        "outcomes": passed.outcomes,
        "seconds": round(passed.seconds, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
