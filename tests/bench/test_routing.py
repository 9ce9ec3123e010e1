"""The routing bench on a tiny table: a signal in the answers is found and used, and nothing is made of none."""

import csv

import numpy as np
import pytest

from bench.routing import measures, night
from bench.routing.evidence import of_prompts
from bench.routing.options import expected_costs, planned
from bench.routing.report import report
from bench.routing.tables import read_table

ROWS = 240


def write_table(path, *, seed, telling):
    """Sums, answered by a weak model whose wrong answers contain wrong arithmetic in `telling` of the cases."""
    random = np.random.default_rng(seed)
    with path.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["prompt", "weak_correct", "strong_correct", "weak_response", "strong_response"])
        for _ in range(ROWS):
            left, right = random.integers(2, 90, 2)
            weak, strong = random.random() < 0.6, random.random() < 0.9
            shown_wrong = random.random() < (telling if not weak else 1 - telling)
            answer = f"{left} + {right} = {left + right + 3 * shown_wrong}"
            prompt = f"Ken has {left} apples and buys {right} more. How many are there?"
            writer.writerow([prompt, weak, strong, f"{answer}\n#### {left + right}", f"{answer}."])
    return path


def test_a_signal_in_the_answers_is_used_and_beats_the_mix(tmp_path, capsys):
    assert report(write_table(tmp_path / "sums.csv", seed=1, telling=0.9))
    said = capsys.readouterr().out
    assert "cascade weak → strong" in said
    assert "0 budgets broken; to pass: above the mix: passes" in said
    assert "yakin, after the weak answer (cascade)" in said


def test_without_a_signal_no_cascade_is_planned_and_no_budget_is_broken(tmp_path):
    table = read_table(write_table(tmp_path / "sums.csv", seed=2, telling=0.5))
    prompts = of_prompts(table)
    costs = expected_costs(table, prompts)
    learned = planned(table, prompts, costs)
    assert learned.cascades == ()
    mean = table.costs[table.test].mean(axis=0)
    for budget in (0.5 * mean[0], mean[0], mean.mean(), mean[1]):
        done = night.run(table, learned.beliefs, night.bounds(table, costs), budget * len(table.test))
        assert not done.violated
        assert done.cost > 0.9 * done.budget
        assert done.answered.mean() == pytest.approx(min(1, budget / mean[0]), abs=0.06)


def test_a_router_without_opinion_recovers_half_of_the_gap_and_one_that_knows_all_of_it_at_once():
    weak, strong = np.array([0.0, 1.0] * 50), np.ones(100)
    blind = measures.call_shares(np.zeros(100), weak, strong)
    assert (blind.apgr, blind.cpt50, blind.cpt80) == pytest.approx((0.5, 0.5, 0.8), abs=1e-3)
    knows = measures.call_shares(1 - weak, weak, strong)
    assert (knows.apgr, knows.cpt50, knows.cpt80) == pytest.approx((0.75, 0.25, 0.4), abs=1e-3)


def test_the_mix_spends_what_it_is_given():
    scores, costs = np.tile([0.5, 0.4, 0.9], (10, 1)), np.tile([1.0, 2.0, 3.0], (10, 1))
    mix = measures.mix_of(scores, costs)
    assert mix.vertices == (0, 2)
    assert [mix.at(cost).mean() for cost in (0.5, 1.0, 2.0, 9.0)] == pytest.approx([0.25, 0.5, 0.7, 0.9])


def test_a_table_of_an_unknown_shape_is_refused(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="no known shape"):
        read_table(path)
