"""A verification signal is believed as far as it reaches, and a cascade is offered only where it beats the mix."""

import json

import numpy as np
import pytest
from scipy import special

from yakin.domain.learning import Outcomes, calibrate, cascade_outcomes, learn_cascades
from yakin.domain.verification import Calibration
from yakin.errors import UsageError


def answers(seed, rows=500, slope=2.0):
    """(signal, cheap, better): the cheap answer is right with a chance that the signal tells by `slope`."""
    random = np.random.default_rng(seed)
    signal = random.normal(size=rows)
    cheap = (random.random(rows) < special.expit(0.8 + slope * signal)).astype(float)
    better = (random.random(rows) < 0.85).astype(float)
    return signal, Outcomes("cheap", cheap, np.full(rows, 1.0)), Outcomes("better", better, np.full(rows, 12.0))


def learned(seed, **how):
    signal, cheap, better = answers(seed, **how)
    calibration = calibrate(signal, cheap.scores)
    return calibration, learn_cascades(cheap, better, calibration), cheap, better


def test_a_real_signal_is_found_and_its_curve_rises():
    signal, cheap, _ = answers(1)
    calibration = calibrate(signal, cheap.scores)
    assert calibration.has_signal
    assert calibration.auc_interval.low > 0.75
    assert calibration.error < calibration.error_of_mean
    assert calibration.gain_interval.low > 0
    at = np.linspace(-2, 2, 50)
    assert (np.diff(calibration.predict(at)) >= 0).all()
    assert calibration.predict(at) == pytest.approx(special.expit(0.8 + 2 * at), abs=0.12)


@pytest.mark.parametrize("rows", [14, 150])
def test_noise_is_no_signal_at_the_stated_rate(rows):
    found = sum(learned(seed, rows=rows, slope=0.0)[0].has_signal for seed in range(60))
    assert found <= 5  # 2.5 % are expected; more than 5 has a chance of 0.4 %


def test_without_a_signal_the_curve_is_the_mean_and_no_cascade_is_offered():
    calibration, rules, cheap, _ = learned(3, slope=0.0)
    assert not calibration.has_signal
    assert calibration.predict(np.array([-9.0, 0.0, 9.0])) == pytest.approx([cheap.scores.mean()] * 3)
    assert rules == ()


def test_fourteen_answers_that_are_told_apart_perfectly_are_a_signal_with_a_wide_interval():
    calibration = calibrate(np.arange(14.0), (np.arange(14) > 6).astype(float))
    assert calibration.auc == 1
    assert 0.6 < calibration.auc_interval.low < 0.85
    assert calibration.has_signal
    assert 0 < calibration.predict(np.array([0.0]))[0] < 0.3
    assert 0.7 < calibration.predict(np.array([13.0]))[0] < 1


def test_one_wrong_answer_of_fourteen_is_no_signal_wherever_it_is():
    assert not calibrate(np.arange(14.0), (np.arange(14) > 0).astype(float)).has_signal


@pytest.mark.parametrize("scores", [np.ones(14), np.zeros(14), np.full(14, 0.5), np.array([1.0])])
def test_equal_scores_are_no_signal(scores):
    calibration = calibrate(np.arange(len(scores), dtype=float), scores)
    assert (calibration.auc, calibration.has_signal) == (0.5, False)


def test_graded_scores_and_ties_are_ordered_as_well():
    calibration = calibrate(np.tile([0.0, 0.0, 1.0, 2.0], 10), np.tile([0.2, 0.4, 0.6, 1.0], 10))
    assert calibration.auc == pytest.approx(1 - 0.5 / 6)
    assert calibration.auc_interval.low > 0.7


def test_the_knots_alone_give_the_same_score_at_run_time():
    signal, cheap, _ = answers(4)
    calibration = calibrate(signal, cheap.scores)
    kept = tuple((at, expected) for at, expected in json.loads(json.dumps(calibration.knots)))
    run_time = Calibration("log_probability", kept)
    some = np.array([-50.0, -1.0, 0.0, 0.3, 50.0])
    assert calibration.predict(some) == pytest.approx([run_time.expected_score(each) for each in some])
    assert len(kept) <= 32


def test_a_cascade_that_beats_the_mix_is_found_with_what_it_costs():
    _, rules, cheap, better = learned(5)
    assert 1 <= len(rules) <= 5
    for rule in rules:
        assert rule.gain_interval.low > 0
        assert rule.cost == pytest.approx(1 + 12 * rule.escalated_share)
        assert rule.quality > cheap.scores.mean()
        assert rule.quality in rule.quality_interval
        assert rule.escalated_share in rule.escalated_interval
    assert [rule.cost for rule in rules] == sorted(rule.cost for rule in rules)
    assert [rule.accept_at for rule in rules] == sorted(rule.accept_at for rule in rules)
    assert max(rule.quality for rule in rules) > better.scores.mean()  # together they are better than either


def test_what_was_held_out_holds_on_fresh_answers():
    calibration, rules, _, _ = learned(6, rows=1500)
    signal, cheap, better = answers(7, rows=4000)
    for rule in rules:
        fresh, escalated = cascade_outcomes(rule, cheap, better, calibration.predict(signal))
        assert fresh.scores.mean() == pytest.approx(rule.quality, abs=0.04)
        assert escalated.mean() == pytest.approx(rule.escalated_share, abs=0.05)
        assert fresh.costs.mean() == pytest.approx(1 + 12 * escalated.mean())


def test_no_cascade_where_the_first_call_eats_what_it_saves():
    signal, cheap, better = answers(8)
    dear = Outcomes("cheap", cheap.scores, np.full(500, 11.0))
    calibration = calibrate(signal, cheap.scores)
    assert all(rule.quality > better.scores.mean() for rule in learn_cascades(dear, better, calibration))
    worse = Outcomes("worse", np.zeros(500), better.costs)
    assert learn_cascades(cheap, worse, calibration) == ()


def test_fourteen_documents_seldom_show_a_cascade_and_never_from_noise():
    assert sum(bool(learned(seed, rows=14, slope=0.0)[1]) for seed in range(40)) <= 3


def test_an_answer_without_a_signal_is_never_believed():
    calibration, rules, cheap, better = learned(9)
    signal = np.full(500, np.nan)
    _, escalated = cascade_outcomes(rules[0], cheap, better, calibration.predict(signal))
    assert escalated.all()


def test_a_rule_becomes_the_rule_that_the_night_follows():
    calibration, rules, _, _ = learned(10)
    followed = rules[0].rule(Calibration("log_probability", calibration.knots))
    assert (followed.first, followed.second, followed.accept_at) == ("cheap", "better", rules[0].accept_at)
    assert followed.name == f"cheap>better@{rules[0].accept_at:.2f}"


def test_a_missing_signal_is_refused_while_learning():
    with pytest.raises(UsageError, match="signal: row 1 is nan"):
        calibrate(np.array([0.1, np.nan, 0.3]), np.array([0.0, 1.0, 1.0]))
