"""`python -m bench.planning`: how long a night's plan takes and how far from the best it can be, beside its peers.

python -m bench.planning                              # 10⁴, 10⁵ and 10⁶ documents; the LP of 10⁵ takes longest
python -m bench.planning --documents 100000 --seeds 3 # 10³, 10⁴, 10⁵; three nights of each
python -m bench.planning --reference 0                # without the LP of all documents
python -m bench.planning --json                       # one JSON object on stdout
"""

import argparse
import json
import math
import sys
from dataclasses import asdict
from typing import Any

from bench.planning.measure import by_yen, integer, lp, planned


def main() -> int:
    """Run every part in turn; exit code 1 when a limit was broken or the gap to the LP is over 0.01 %."""
    chosen = _arguments()
    out = sys.stderr if chosen.json else sys.stdout
    facts: dict[str, Any] = {}
    for part in (_sizes, _reference, _integer, _greedy):
        part(chosen, facts, lambda line: print(line, file=out, flush=True))
    if chosen.json:
        print(json.dumps(facts))
    broken = any(each["worst_use"] > 1e-9 for each in facts["plans"])
    return int(broken or facts.get("reference", {}).get("gap", 0.0) > 1e-4)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench.planning", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=1_000_000, help="the largest night (default: 1,000,000)")
    parser.add_argument("--seeds", type=int, default=2, help="nights of each size (default: 2)")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first seed")
    parser.add_argument("--reference", type=int, help="documents of the LP reference (default: a tenth; 0: none)")
    parser.add_argument("--milp-documents", type=int, default=2000)
    parser.add_argument("--milp-seconds", type=float, default=60.0)
    parser.add_argument("--greedy-documents", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    chosen.reference = chosen.documents // 10 if chosen.reference is None else chosen.reference
    return chosen


def _sizes(chosen: argparse.Namespace, facts: dict[str, Any], say: Any) -> None:
    say("12 options, 4 budgets, 3 capacities, 1 share cap, a deadline, 5 levels. Gap: to the bound of all documents;")
    say("grouped: value above (+) the optimum of the grouped LP, whose documents share one mix of options per group.")
    say("Over: > 0 breaks a limit. MB: the process at its peak. CPU s: seconds without what else the machine does.")
    say(
        f"{'documents':>10} {'seed':>4} {'seconds':>8} {'CPU s':>6} {'MB':>6} {'arrays':>6} {'groups':>6} {'bind':>4}"
        f" {'gap':>9} {'grouped':>9} {'over':>9} {'unasked':>7}"
    )
    facts["plans"] = []
    for documents in (chosen.documents // 100, chosen.documents // 10, chosen.documents):
        for seed in range(chosen.first, chosen.first + chosen.seeds):
            each = planned("night", documents, seed)
            grouped = each.value_jpy / each.grouped_bound_jpy - 1
            facts["plans"].append({"seed": seed, **asdict(each), "above_grouped": grouped})
            say(
                f"{documents:>10,} {seed:>4} {each.seconds:>8.1f} {each.cpu_seconds:>6.1f}"
                f" {each.peak_mb:>6.0f} {each.arrays_mb:>6.0f}"
                f" {each.groups:>6,} {each.binding:>4} {each.gap:>9.5%} {grouped:>+9.4%} {each.worst_use:>9.1e}"
                f" {each.not_asked:>7.1%}"
            )
    _growth(facts, say)


def _growth(facts: dict[str, Any], say: Any) -> None:
    least, most = facts["plans"][0], facts["plans"][-1]
    times = most["documents"] / least["documents"]
    seconds, memory = (
        sum(each[name] for each in facts["plans"] if each["documents"] == most["documents"])
        / sum(each[name] for each in facts["plans"] if each["documents"] == least["documents"])
        for name in ("cpu_seconds", "peak_mb")
    )
    facts["growth"] = {"documents": times, "cpu_seconds": seconds, "peak_mb": memory}
    say(
        f"growth: {times:.0f} × documents take {seconds:.1f} × CPU seconds"
        f" (power {math.log(seconds) / math.log(times):.2f}) and {memory:.1f} × MB\n"
    )


def _reference(chosen: argparse.Namespace, facts: dict[str, Any], say: Any) -> None:
    if not chosen.reference:
        return
    ours = planned("night", chosen.reference, chosen.first)
    best = lp("night", chosen.reference, chosen.first)
    gap = 1 - ours.value_jpy / best.value_jpy
    facts["reference"] = {"plan": asdict(ours), "lp": asdict(best), "gap": gap}
    say(f"LP of all {chosen.reference:,} documents, once, by HiGHS: {best.seconds:.0f} s, {best.ended.split('.')[0]}")
    say(
        f"  our plan in {ours.seconds:.1f} s is {gap:.5%} below it;"
        f" our bound is {ours.bound_jpy / best.value_jpy - 1:+.1e} of it\n"
    )


def _below(value_jpy: float, bound_jpy: float) -> str:
    return f"{1 - value_jpy / bound_jpy:.5%} below the bound" if value_jpy else "no plan"


def _integer(chosen: argparse.Namespace, facts: dict[str, Any], say: Any) -> None:
    facts["milp"] = []
    for draw in ("night", "hard"):
        ours = planned(draw, chosen.milp_documents, chosen.first)
        peer = integer(draw, chosen.milp_documents, chosen.first, chosen.milp_seconds)
        facts["milp"].append({"draw": draw, "plan": asdict(ours), "milp": asdict(peer)})
        say(
            f"scipy.optimize.milp, {draw}, {chosen.milp_documents:,} documents: {peer.seconds:.1f} s ({peer.ended}),"
            f" {_below(peer.value_jpy, ours.bound_jpy)};"
            f" ours {ours.seconds:.1f} s, {_below(ours.value_jpy, ours.bound_jpy)}"
        )
    say("")


def _greedy(chosen: argparse.Namespace, facts: dict[str, Any], say: Any) -> None:
    facts["greedy"] = []
    for draw in ("night", "hard"):
        for seed in range(chosen.first, chosen.first + chosen.seeds):
            ours = planned(draw, chosen.greedy_documents, seed)
            peer = by_yen(draw, chosen.greedy_documents, seed)
            facts["greedy"].append({"draw": draw, "seed": seed, "plan": asdict(ours), "greedy": asdict(peer)})
            say(
                f"greedy by value per yen, {draw} {seed}, {chosen.greedy_documents:,} documents: {peer.seconds:.1f} s,"
                f" {_below(peer.value_jpy, ours.bound_jpy)};"
                f" ours {ours.seconds:.1f} s, {_below(ours.value_jpy, ours.bound_jpy)}"
            )


if __name__ == "__main__":
    sys.exit(main())
