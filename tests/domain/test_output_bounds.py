"""A learned output bound covers what the rule promises, never more than the full bound, and does not creep down."""

import math
import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.test_planner import CHEAP_OVERSEAS, VALUE, item, request
from yakin.domain.asking import Outcome, Reply
from yakin.domain.output_bounds import (
    CONFIDENCE,
    COVERED_SHARE,
    SAMPLES_NEEDED,
    STEP_TOKENS,
    OutputLengths,
    first_bound,
    output_bound,
    roomy,
)
from yakin.domain.planner import plan
from yakin.domain.pricing import Usage
from yakin.domain.zones import Zone

FULL = 500
lengths = st.dictionaries(st.integers(0, 2000), st.integers(1, 300), max_size=30)


def test_149_lengths_are_the_fewest_whose_largest_covers_98_percent_with_95_percent_confidence():
    assert COVERED_SHARE**SAMPLES_NEEDED <= 1 - CONFIDENCE < COVERED_SHARE ** (SAMPLES_NEEDED - 1)


@pytest.mark.parametrize(
    ("answers", "cut", "bound"),
    [
        ({}, 0, FULL),
        ({70: 148}, 0, FULL),
        ({70: 149}, 0, 96),  # 70 and a quarter is 87.5, in steps of 16
        ({70: 148, 200: 1}, 0, 256),  # of 149 only the largest is enough
        ({70: 999, 200: 1}, 0, 96),  # of 1,000 twelve may be longer
        ({70: 988, 200: 12}, 0, 96),
        ({70: 987, 200: 13}, 0, 256),
        ({70: 148}, 1, FULL),
        ({70: 988}, 12, 96),
        ({70: 987}, 13, FULL),
        ({0: 200}, 0, STEP_TOKENS),
        ({450: 200}, 0, FULL),
    ],
)
def test_the_bound_is_a_high_order_statistic_and_a_quarter(answers, cut, bound):
    assert output_bound(OutputLengths(answers, cut), FULL) == bound


@given(lengths, st.integers(0, 50), st.integers(1, 4096))
def test_no_bound_is_above_the_full_one_or_below_a_length_that_it_promises(answers, cut, full):
    measured = OutputLengths(answers, cut)

    bound = output_bound(measured, full)

    assert 1 <= bound <= full
    if bound < full:
        assert measured.count >= SAMPLES_NEEDED
        longer = cut + sum(count for tokens, count in answers.items() if tokens > bound)
        assert longer <= measured.count * (1 - COVERED_SHARE)


@given(lengths, st.integers(1, 4096))
def test_an_answer_that_was_cut_never_lowers_the_bound(answers, full):
    whole = OutputLengths(answers)
    if whole.count < SAMPLES_NEEDED:
        return

    for tokens in answers:  # the longest answers, had they been cut
        shorter = {length: count for length, count in answers.items() if length < tokens}
        cut = OutputLengths(shorter, whole.count - sum(shorter.values()))
        assert output_bound(cut, full) >= output_bound(whole, full)


def test_nights_that_cut_what_they_learn_from_do_not_creep_down():
    draw = random.Random(7)
    true_lengths = [round(draw.lognormvariate(math.log(80), 0.6)) for _ in range(12_000)]
    bounds, bound = [], FULL
    for night in range(12):
        asked = true_lengths[night * 1000 : (night + 1) * 1000]
        ended = [length for length in asked if length <= bound]
        counted = {length: ended.count(length) for length in set(ended)}
        bound = output_bound(OutputLengths(counted, len(asked) - len(ended)), FULL)
        bounds.append(bound)

    covered = sorted(true_lengths)[round(len(true_lengths) * COVERED_SHARE)]
    assert min(bounds) >= covered
    assert max(bounds) <= FULL


def test_the_rule_keeps_its_confidence_for_a_distribution_that_it_does_not_know():
    draw, kept = random.Random(11), 0
    for _ in range(200):
        drawn = [round(draw.paretovariate(1.5) * 1000) for _ in range(SAMPLES_NEEDED)]
        largest = max(drawn)
        kept += 1 - (largest / 1000) ** -1.5 >= COVERED_SHARE
    assert kept >= 200 * CONFIDENCE - 3 * math.sqrt(200 * CONFIDENCE * (1 - CONFIDENCE))


@pytest.mark.parametrize(
    ("outcome", "used", "cut"),
    [
        (Outcome.TRUNCATED, 96, True),
        (Outcome.TRUNCATED, None, True),
        (Outcome.INVALID, 96, True),  # a vendor that stops at the bound and does not say so
        (Outcome.INVALID, 95, False),
        (Outcome.ANSWERED, 96, False),
    ],
)
def test_an_answer_that_a_bound_stopped_is_known_as_such(outcome, used, cut):
    reply = Reply(outcome, usage=None if used is None else Usage(1000, used))

    assert reply.was_cut_at(96) is cut


@given(st.integers(0, 5000), st.integers(1, 4096))
def test_room_for_a_repair_is_what_the_invalid_answer_took_or_all_there_is(tokens, full):
    assert min(tokens, full) <= roomy(tokens, full) <= full


def test_the_quotes_worst_case_is_what_the_first_asks_reserve():
    asked = [item(1, {Zone.OVERSEAS})]
    full = plan(request(asked, [CHEAP_OVERSEAS])).quote

    learned = plan(request(asked, [CHEAP_OVERSEAS], output_bounds={("triage", "cheap"): 128})).quote

    assert (full.worst_jpy, learned.worst_jpy) == (Decimal("0.3512"), Decimal("0.3128"))
    assert learned.p95_jpy < full.p95_jpy
    assert learned.expected_jpy == full.expected_jpy


def test_a_learned_bound_holds_for_its_use_case_and_model_and_never_widens_what_is_allowed():
    learned = {("triage", "cheap"): 128, ("contract", "cheap"): 64, ("triage", "other"): 32}

    assert first_bound(learned, VALUE, CHEAP_OVERSEAS) == 128
    assert first_bound({}, VALUE, CHEAP_OVERSEAS) == 512
    assert first_bound({("triage", "cheap"): 9000}, VALUE, CHEAP_OVERSEAS) == 512
    assert first_bound({}, replace(VALUE, max_output_tokens=9000), CHEAP_OVERSEAS) == 1024  # the model's own bound
