"""What evaluation data teaches is found where it is, and given up where it is not. Seeded data, no measured times."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import special, stats

from yakin.domain.learning import (
    Features,
    Interval,
    Used,
    kept_quality,
    learn_qualities,
    learn_quality,
    mean_difference,
    mean_interval,
    predict_kept,
)
from yakin.errors import UsageError


def documents(seed, rows=400, slope=0.0):
    """Right and wrong answers that depend on the first of five numbers by `slope`, and a category that says nothing."""
    random = np.random.default_rng(seed)
    numbers = random.normal(size=(rows, 5))
    scores = (random.random(rows) < special.expit(1 + slope * numbers[:, 0])).astype(float)
    return scores, Features.of(numbers, random.integers(0, 4, rows))


def test_a_process_of_ours_has_no_threads_of_blas_that_would_starve_the_others():
    code = (
        "import os, yakin, numpy; numpy.ones((400, 400)) @ numpy.ones((400, 400)); print(os.listdir('/proc/self/task'))"
    )
    outside = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    said = subprocess.run([sys.executable, "-c", code], env=outside, capture_output=True, text=True, check=True).stdout
    assert said.count(",") == 0, "one thread"


def test_fourteen_right_answers_are_not_always_right():
    interval = mean_interval(np.ones(14))
    assert interval == Interval(pytest.approx(0.785, abs=0.001), 1.0)


def test_of_right_and_wrong_it_is_wilsons_interval():
    scores = np.array([1.0] * 9 + [0.0] * 5)
    known = stats.binomtest(9, 14).proportion_ci(method="wilson")
    # one pseudo-document of the same variance changes nothing
    assert (mean_interval(scores).low, mean_interval(scores).high) == pytest.approx((known.low, known.high), abs=1e-9)


@pytest.mark.parametrize(
    ("draw", "truth"),
    [
        (lambda random: (random.random(14) < 0.8).astype(float), 0.8),
        (lambda random: random.binomial(5, 0.9, 14) / 5, 0.9),
        (lambda random: random.beta(4, 1, 14), 0.8),
    ],
    ids=["right and wrong", "fields of five", "graded"],
)
def test_the_interval_of_fourteen_scores_covers_the_truth_as_often_as_it_says(draw, truth):
    random = np.random.default_rng(3)
    covered = np.mean([truth in mean_interval(draw(random)) for _ in range(500)])
    assert covered >= 0.92


def test_graded_scores_say_more_than_right_and_wrong_ones_of_the_same_mean():
    graded, binary = mean_interval(np.tile([0.7, 0.8, 0.9], 10)), mean_interval(np.array([1.0] * 24 + [0.0] * 6))
    assert graded.high - graded.low < 0.6 * (binary.high - binary.low)
    assert 0.8 in graded


def test_one_pair_alone_says_nothing_of_a_difference():
    assert mean_difference(np.array([0.3])) == Interval(-np.inf, np.inf)


def test_features_that_predict_are_used_and_the_gain_is_held_out():
    scores, features = documents(1, slope=1.5)
    model = learn_quality(scores, features)
    assert model.used is Used.FEATURES
    assert model.gain_interval.low > 0
    said = model.predict(features)
    assert said.min() >= 0
    assert said.max() <= 1
    assert np.corrcoef(said, features.numbers[:, 0])[0, 1] > 0.9
    fresh, unseen = documents(2, slope=1.5)
    errors = np.mean(np.square(fresh - model.mean)) - np.mean(np.square(fresh - model.predict(unseen)))
    assert errors == pytest.approx(model.gain, abs=0.03)


def test_what_is_kept_as_json_predicts_the_same_for_other_documents():
    scores, features = documents(1, slope=1.5)
    _, others = documents(4)
    for model in (learn_quality(scores, features), learn_quality(scores)):
        kept = json.loads(json.dumps(kept_quality(model), allow_nan=False))
        assert predict_kept(kept, others) == pytest.approx(model.predict(others))


def test_categories_are_shrunken_group_means():
    random = np.random.default_rng(5)
    groups = np.repeat([0, 1, 2], [200, 200, 3])
    scores = (random.random(403) < np.array([0.9, 0.4, 0.4])[groups]).astype(float)
    model = learn_quality(scores, Features.of(codes=groups))
    first, second, small, unseen = model.predict(Features.of(codes=np.array([0, 1, 2, 7])))
    assert first == pytest.approx(scores[:200].mean(), abs=0.02)
    assert second == pytest.approx(scores[200:400].mean(), abs=0.02)
    assert abs(small - model.mean) < abs(scores[400:].mean() - model.mean)
    assert unseen == pytest.approx(model.mean)


def test_features_without_information_leave_the_mean_at_the_stated_rate():
    used = [learn_quality(*documents(seed, rows=150)).used for seed in range(40)]
    assert used.count(Used.FEATURES) <= 3  # 2.5 % of 40 is 1; more than 3 has a chance of 2 %


def test_fourteen_documents_with_five_features_use_the_mean_unless_they_shout():
    used = [learn_quality(*documents(seed, rows=14)).used for seed in range(40)]
    assert used.count(Used.FEATURES) <= 3
    scores = np.repeat([0.0, 1.0], 7)
    model = learn_quality(scores, Features.of(np.linspace(0, 1, 14)))
    assert model.used is Used.FEATURES


def test_a_few_documents_or_equal_scores_use_the_mean_and_say_that_nothing_is_known():
    for scores in (np.array([0.5]), np.array([0.0, 1.0, 1.0]), np.ones(50)):
        model = learn_quality(scores, Features.of(np.arange(len(scores), dtype=float)))
        assert (model.used, model.gain) == (Used.MEAN, 0.0)
        assert model.gain_interval == Interval(-np.inf, np.inf)
        assert model.predict(Features.of(np.zeros(2))) == pytest.approx([scores.mean()] * 2)


def test_hard_documents_are_no_reason_to_choose_between_offers():
    random = np.random.default_rng(8)
    hard = random.normal(size=600)
    table = np.column_stack([random.random(600) < special.expit(shift - 2 * hard) for shift in (0, 0.8)]).astype(float)
    both = learn_qualities(table, Features.of(hard))
    assert (both.common.used, both.used) == (Used.FEATURES, Used.MEAN)
    said = both.predict(Features.of(np.array([-0.1, 0.0, 0.1])))
    assert said[:, 1] - said[:, 0] == pytest.approx([table[:, 1].mean() - table[:, 0].mean()] * 3)


def test_what_sets_offers_apart_is_learned():
    random = np.random.default_rng(9)
    kind = random.integers(0, 2, 500)
    table = np.column_stack([random.random(500) < np.array([[0.9, 0.3], [0.4, 0.8]])[kind, at] for at in (0, 1)])
    both = learn_qualities(table.astype(float), Features.of(codes=kind))
    assert both.used is Used.FEATURES
    said = both.predict(Features.of(codes=np.array([0, 1])))
    assert said[0, 0] > said[0, 1]
    assert said[1, 0] < said[1, 1]


@pytest.mark.parametrize(
    ("scores", "features", "message"),
    [
        ([0.5, 1.7], [[0.0], [1.0]], "row 1 is 1.7"),
        ([0.5, np.nan], [[0.0], [1.0]], "row 1 is nan"),
        ([0.5, 0.7], [[0.0], [np.inf]], "row 1, column 0 is not finite"),
        ([0.5, 0.7], [[0.0]], "1 rows for 2 scores"),
        ([], [], "at least one score"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_by_row(scores, features, message):
    with pytest.raises(UsageError, match=message):
        learn_quality(np.array(scores), Features.of(np.array(features, dtype=float)))
