"""`python -m bench.replanning`: answers turn out half as long again as planned, with re-planning and without.

A first short night measures how long the sandbox vendors' answers are, so that the plan of the drill expects what they
write. A quote without a limit says what the best plan costs, and the budget is that and a little more. Then every
vendor writes 1.5 times as much. Two nights follow, each from nothing: real flow, real Postgres, real HTTP.

python -m bench.replanning                       # 300 documents, about two minutes
python -m bench.replanning --documents 600 --factor 2
python -m bench.replanning --json                # one JSON object on stdout
"""

import argparse
import json
import sys
import time
from dataclasses import asdict
from decimal import Decimal

from bench.replanning.figures import Figures, figures
from bench.replanning.ground import EXPECTED_TOKENS, USE_CASE, Ground, ground
from yakin.store.json_values import plain

LITTLE_TO_SPARE = Decimal("1.03")
MEASURED_DOCUMENTS = 40
PLENTY_JPY = 100_000


def main() -> int:
    """Run the drill; exit code 1 when re-planning did not help."""
    parser = argparse.ArgumentParser(
        prog="bench.replanning", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--factor", type=float, default=1.5, help="how long answers are by what was planned")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    began = time.monotonic()
    with ground(chosen.documents) as under:
        measured = _measured_tokens(under)
        under.lengthen(EXPECTED_TOKENS / measured)
        planned_jpy = _planned_jpy(under)
        under.lengthen(chosen.factor * EXPECTED_TOKENS / measured)
        budget_jpy = (planned_jpy * LITTLE_TO_SPARE).quantize(Decimal("0.01"))
        nights = {each: _night(under, each, budget_jpy) for each in ("off", "on")}
    seconds = time.monotonic() - began
    if chosen.json:
        facts = {f"replanning_{name}": plain(asdict(night)) for name, night in nights.items()}
        print(json.dumps(facts | {"factor": chosen.factor, "planned_jpy": str(planned_jpy), "seconds": seconds}))
    else:
        print(_table(nights["off"], nights["on"], planned_jpy, seconds))
    return 0 if nights["on"].quality > nights["off"].quality else 1


def _measured_tokens(under: Ground) -> float:
    """Mean tokens of an answer as the vendors write it by themselves."""
    source = under.folder / "measured"
    source.mkdir()
    for file in sorted((under.folder / "documents").iterdir())[:MEASURED_DOCUMENTS]:
        (source / file.name).write_bytes(file.read_bytes())
    under.lengthen(1)
    with under.postgres.database("measured") as (owner_url, app_url):
        arguments = (source, USE_CASE, PLENTY_JPY, "off")
        under.run("bench.replanning.night", *arguments, app_url=app_url, owner_url=owner_url)
        return figures(owner_url).output_tokens


def _planned_jpy(under: Ground) -> Decimal:
    """What the plan costs that has money for the best of everything."""
    with under.postgres.database("quoted") as (owner_url, app_url):
        asked = ("quote", under.folder / "documents", "--use-case", USE_CASE, "--json")
        told = under.run("yakin.cli", *asked, app_url=app_url, owner_url=owner_url)
    return Decimal(json.loads(told)["expected_jpy"])


def _night(under: Ground, replanning: str, budget_jpy: Decimal) -> Figures:
    with under.postgres.database(f"night_{replanning}") as (owner_url, app_url):
        arguments = (under.folder / "documents", USE_CASE, budget_jpy, replanning)
        under.run("bench.replanning.night", *arguments, app_url=app_url, owner_url=owner_url)
        return figures(owner_url)


def _table(off: Figures, on: Figures, planned_jpy: Decimal, seconds: float) -> str:
    tenths = [f"{number + 1:>2}. tenth" for number in range(len(off.tenths))]
    rows = [
        ("documents", off.documents, on.documents),
        ("answered", off.answered, on.answered),
        ("unanswered", off.unanswered, on.unanswered),
        ("yen used", f"{off.cost_jpy:.2f}", f"{on.cost_jpy:.2f}"),
        ("mean output tokens", f"{off.output_tokens:.0f}", f"{on.output_tokens:.0f}"),
        ("plans", len(off.plans), len(on.plans)),
        ("of these because of drift", off.replans, on.replans),
        ("mean quality, unanswered = 0", f"{off.quality:.3f}", f"{on.quality:.3f}"),
        *(
            (name, f"{left:.3f}", f"{right:.3f}")
            for name, left, right in zip(tenths, off.tenths, on.tenths, strict=True)
        ),
    ]
    lines = [f"budget ¥{off.budget_jpy:.2f}, planned ¥{planned_jpy:.2f}, {EXPECTED_TOKENS} tokens an answer expected"]
    lines += [
        f"{'':30} {'without':>10} {'with':>10}",
        *(f"{name:30} {left!s:>10} {right!s:>10}" for name, left, right in rows),
    ]
    lines += ["", "plans with re-planning:", *(_plan_line(on, number) for number in range(len(on.plans)))]
    return "\n".join([*lines, f"{seconds:.0f} s"])


def _plan_line(night: Figures, number: int) -> str:
    plan = night.plans[number]
    before = "" if plan.before_expected_jpy is None else f", before ¥{plan.before_expected_jpy:.2f}"
    left = f"{plan.documents} documents, ¥{plan.room_jpy:.2f} left: ¥{plan.expected_jpy:.2f} expected{before}"
    unanswered = "" if plan.before_unanswered is None else f" (before {plan.before_unanswered})"
    return f"  {plan.version}. {plan.why}: {left}, {plan.unanswered} unasked{unanswered}"


if __name__ == "__main__":
    sys.exit(main())
