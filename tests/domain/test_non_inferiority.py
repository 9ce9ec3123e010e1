"""The test of the switch gate: its error rate, its power, and what it says where there is little to go by."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from yakin.domain.non_inferiority import Verdict, non_inferiority
from yakin.domain.use_case import SwitchGate

GATE = SwitchGate()
NIGHTS = 150  # simulated evaluations per case: a rate of 5 % is seen as 5 % ± 3.5


def right_or_wrong(rng, items, better, worse):
    """Differences of 0/1 scores with these shares of disagreement, as pairs."""
    difference = rng.choice([1, 0, -1], size=items, p=[better, 1 - better - worse, worse])
    incumbent = np.where(difference == 0, rng.integers(0, 2, items), difference < 0)
    return incumbent + difference, incumbent


def graded(rng, items, lower):
    """Shares of four fields that are right; the candidate's mean is lower by so much."""
    incumbent = rng.binomial(4, 0.8, items) / 4
    return np.where(rng.random(items) < 0.5, incumbent, rng.binomial(4, 0.8 - 2 * lower, items) / 4), incumbent


def passed(draw, seed):
    rng = np.random.default_rng(seed)
    return sum(non_inferiority(*draw(rng), GATE, resamples=999).passed for _ in range(NIGHTS)) / NIGHTS


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: right_or_wrong(rng, 100, 0.0, 0.03),
        lambda rng: right_or_wrong(rng, 150, 0.05, 0.08),
        lambda rng: graded(rng, 150, 0.03),
    ],
    ids=["rare losses", "disagreements", "graded"],
)
def test_a_candidate_that_is_worse_by_the_margin_hardly_ever_passes(draw):
    assert passed(draw, 5) <= 0.05 + 0.045


@pytest.mark.parametrize(("step", "better", "worse"), [(1.0, 0.03, 0.06), (0.5, 0.02, 0.08)])
def test_few_items_that_differ_by_one_step_do_not_let_it_pass_either(step, better, worse):
    items = 40
    chance = 0.0
    for won in range(8):
        for lost in range(8):
            scores = np.zeros((2, items))
            scores[0, :won], scores[1, won : won + lost] = step, step
            if non_inferiority(*scores, replace(GATE, min_items=20), resamples=499).passed:
                rest = (items - won - lost, 1 - better - worse)
                chance += stats.multinomial.pmf([won, lost, rest[0]], items, [better, worse, rest[1]])
    assert chance < 0.05  # a bootstrap alone: 0.14 and 0.10


def test_an_equal_candidate_mostly_passes_with_the_size_that_is_said_to_tell():
    rng = np.random.default_rng(11)
    small = non_inferiority(*right_or_wrong(rng, 120, 0.04, 0.04), GATE)
    assert small.needed_items is not None
    assert 250 < small.needed_items < 1200
    assert passed(lambda rng: right_or_wrong(rng, small.needed_items, 0.04, 0.04), 12) > 0.65


def test_a_candidate_that_is_far_worse_is_called_inferior_with_numbers():
    tested = non_inferiority(*right_or_wrong(np.random.default_rng(3), 400, 0.02, 0.2), GATE)
    assert tested.verdict is Verdict.INFERIOR
    assert tested.difference < tested.high < -GATE.margin
    assert tested.mcnemar_p < 1e-6
    assert tested.words.startswith("inferior: -1")


def test_forty_items_are_too_few_and_it_is_said_how_many_would_tell():
    scores = np.repeat([1.0, 0.0], [34, 6])
    tested = non_inferiority(np.roll(scores, 3), scores, GATE)
    assert (tested.verdict, tested.items) == (Verdict.TOO_SMALL, 40)
    assert 0.08 < tested.tells < 0.13
    assert tested.needed_items > 500
    assert "40 items tell about ±1" in tested.words
    assert f"about {tested.needed_items:,} items would tell" in tested.words


@pytest.mark.parametrize(
    ("items", "verdict"), [(1, Verdict.TOO_SMALL), (99, Verdict.TOO_SMALL), (100, Verdict.NON_INFERIOR)]
)
def test_equal_scores_are_no_certainty_the_minimum_decides(items, verdict):
    tested = non_inferiority(np.ones(items), np.ones(items), GATE)
    assert tested.verdict is verdict
    assert tested.low == pytest.approx(0.05 ** (1 / items) - 1)  # the rule of three
    assert (tested.difference, tested.mcnemar_p) == (0.0, 1.0)


def test_a_low_minimum_does_not_make_equal_scores_more_certain_than_they_are():
    loose = replace(GATE, min_items=20)
    assert non_inferiority(np.ones(40), np.ones(40), loose).verdict is Verdict.TOO_SMALL
    assert non_inferiority(np.ones(40), np.ones(40), replace(loose, margin=0.1)).verdict is Verdict.NON_INFERIOR


def test_what_nobody_measured_is_said_to_be_so_and_what_is_no_pair_is_refused():
    assert non_inferiority([], [], GATE).verdict is Verdict.NOT_MEASURED
    with pytest.raises(ValueError, match="2 scores are paired with 1"):
        non_inferiority([0, 1], [1], GATE)
    with pytest.raises(ValueError, match="between 0 and 1"):
        non_inferiority([1.2], [float("nan")], GATE)


def test_the_same_scores_give_the_same_verdict_and_graded_ones_have_no_mcnemar():
    pair = graded(np.random.default_rng(1), 200, 0.0)
    assert non_inferiority(*pair, GATE) == non_inferiority(*pair, GATE)
    assert non_inferiority(*pair, GATE).mcnemar_p is None


def test_a_difference_on_the_margin_is_not_told_by_more_of_the_same():
    difference = np.repeat([0.0, -0.06], 300)
    tested = non_inferiority(1 + difference, np.ones(600), GATE)
    assert (tested.verdict, tested.needed_items) == (Verdict.TOO_SMALL, None)
    assert "no number of items would tell" in tested.words
