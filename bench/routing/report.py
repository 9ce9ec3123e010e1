"""What is printed of one table, and whether it passes."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.routing import measures, night
from bench.routing.evidence import Prompts, of_prompts
from bench.routing.options import Beliefs, Learned, by_mean, by_task_mean, by_text, expected_costs, planned, reasons
from bench.routing.tables import Table, read_table
from yakin.domain.learning import Features, learn_qualities

# Best APGR that the RouteLLM paper (arXiv 2406.18665) reports for these two models on these questions. Its routers were
# trained on preferences and on labels of other questions; ours learn from label rows of the same table.
PUBLISHED = {"mmlu": 0.603, "gsm8k": 0.622}


def report(path: Path, shuffle: int | None = None) -> bool:
    """Print everything of one table; True when it passes."""
    begun = time.monotonic()
    table = read_table(path) if shuffle is None else shuffled(read_table(path), shuffle)
    print(f"\n== {table.name}: {len(table.labels)} label rows, {len(table.test)} test rows; {table.note}")
    prompts = of_prompts(table)
    costs = expected_costs(table, prompts)
    learned = planned(table, prompts, costs)
    for line in reasons(table, learned):
        print(f"   {line}")
    text = by_text(table, prompts, costs)
    if table.offers == ("weak", "strong"):
        print_call_shares(table, prompts, text, learned)
    routers = (by_mean(table, costs), by_task_mean(table, costs), text, learned.beliefs)
    passed = print_sweep(table, costs, routers, bool(learned.cascades))
    print(f"   {time.monotonic() - begun:.0f} s")
    return passed


def shuffled(table: Table, seed: int) -> Table:
    """The same documents and answers with the scores of others."""
    order = np.random.default_rng(seed).permutation(len(table.prompts))
    return replace(table, scores=table.scores[order], note=f"{table.note}; SCORES SHUFFLED")


def print_call_shares(table: Table, prompts: Prompts, text: Beliefs, learned: Learned) -> None:
    """RouteLLM's figures. A router sees the prompt; one that verifies has seen the weak answer as well."""
    weak, strong = table.scores[table.test].T
    rows = {"random": np.zeros(len(table.prompts)), text.name: text.scores[:, 1] - text.scores[:, 0]}
    before = planned_before(table, Features.of(prompts.numbers))
    rows["yakin, before asking, text alone"] = before
    if table.tasks is not None:
        rows["yakin, before asking, text and subject"] = planned_before(
            table, Features.of(prompts.numbers, table.tasks)
        )
    for signal in learned.signals:
        if signal.offer == 0 and signal.calibration.has_signal:
            rows["yakin, after the weak answer (cascade)"] = -signal.expected
    print(f"   {'strong calls':42} APGR   CPT50   CPT80")
    for name, gain in rows.items():
        found = measures.call_shares(gain[table.test], weak, strong)
        print(f"   {name:42} {found.apgr:.3f}  {found.cpt50:6.1%}  {found.cpt80:6.1%}")
    for known, apgr in PUBLISHED.items():
        if known in table.name:
            print(f"   {'best published by RouteLLM':42} {apgr:.3f}   (as published; it was not run here)")


def planned_before(table: Table, features: Features) -> np.ndarray:
    """(n,): what the strong model is expected to add, from what is known before asking."""
    scores = learn_qualities(table.scores[table.labels], features.rows(table.labels)).predict(features)
    return scores[:, 1] - scores[:, 0]


def print_sweep(table: Table, costs: np.ndarray, routers: tuple[Beliefs, ...], has_cascade: bool) -> bool:
    """Accuracy at realised cost within each budget, paired with the mix."""
    scores, test = table.scores[table.test], table.test
    mix = measures.mix_of(scores, table.costs[test])
    names = " – ".join(table.offers[at] for at in mix.vertices)
    print(
        f"   mix of singles (hindsight): {names}; single scores "
        + ", ".join(f"{name} {mean:.3f}" for name, mean in zip(table.offers, scores.mean(axis=0), strict=True))
    )
    print(f"   {'budget':>9}  {'mix':>6}  " + "  ".join(f"{each.name:^34}" for each in routers))
    bound = night.bounds(table, costs)
    differences = {each.name: [] for each in routers}
    violations = 0
    for budget in measures.budgets(mix, table.costs[test]):
        mixed, cells = mix.at(budget), []
        for router in routers:
            done = night.run(table, router, bound, budget * len(test))
            differences[router.name].append(done.scores - mixed)
            violations += done.violated
            mean, low, high = measures.bootstrap(done.scores - mixed)
            cells.append(
                f"{done.scores.mean():.4f} {mean:+.4f} ({low:+.4f} {high:+.4f}) {done.cost / done.budget:4.0%} "
                f"{1 - done.answered.mean():5.2%}"
            )
        print(f"   {budget:9.3g}  {mixed.mean():.4f}  " + "  ".join(cells))
    print("   (accuracy, difference from the mix with its 95 % interval, share of the budget spent, unanswered)")
    return verdict(differences, violations, has_cascade)


def verdict(differences: dict[str, list[np.ndarray]], violations: int, has_cascade: bool) -> bool:
    """Above the mix with confidence where a signal exists, not below it elsewhere; no budget broken."""
    passed = violations == 0
    for name, found in differences.items():
        mean, low, high = measures.bootstrap(np.mean(found, axis=0))
        print(f"   all budgets, {name:16} {mean:+.4f} ({low:+.4f} to {high:+.4f}) beside the mix")
        if name == "yakin's planner":
            passed = passed and (low > 0 if has_cascade else high >= 0)
    print(
        f"   {violations} budgets broken; to pass: {'above' if has_cascade else 'not below'} the mix: "
        + ("passes" if passed else "DOES NOT PASS")
    )
    return passed
