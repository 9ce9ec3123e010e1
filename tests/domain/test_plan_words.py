"""A quote in words: only what its numbers say, and nothing where they say nothing."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yakin.domain.documents import Reason
from yakin.domain.plan_words import words
from yakin.domain.planning import Limit, Quote, QuoteRoute

NIGHT = datetime(2026, 11, 26, 13, tzinfo=UTC)
NOTHING = Quote(Decimal(0), Decimal(0), Decimal(0), NIGHT, {}, (), None, None)
RUN = Limit("budget of the run", "budget", 300.0, 300.0)
LOCAL = Limit("time of on-prem", "capacity", 18000.0, 18000.0, full_until=datetime(2026, 11, 26, 18, 10, tzinfo=UTC))
OPENAI = Limit("budget of vendor OpenAI", "budget", 500.0, 20.0)

MOSTLY_MEASURED = (
    "Expected quality 品質 0.84 over the documents that are asked; 40 % of them by a prior, not a measurement 未計測."
)


def quote(*limits: Limit, **changes: object) -> Quote:
    return replace(NOTHING, limits=limits, **changes)


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        (
            replace(RUN, price_jpy=3.4, more=100.0, more_value_jpy=320.4, more_quality_points=0.42),
            "¥100 more in the budget of the run 予算 would buy answers worth ¥320 (+0.4 points of quality 品質).",
        ),
        (replace(RUN, price_jpy=3.4), "¥1 more in the budget of the run 予算 would be worth about ¥3.4."),
        (
            replace(LOCAL, price_jpy=0.014, more=3600.0, more_value_jpy=50.0),
            "The time of on-prem 処理時間 is full 満杯 until 03:10 JST; 1 h more of work would buy answers worth ¥50.",
        ),
        (OPENAI, "The budget of vendor OpenAI does not bind 余裕あり."),
        (
            Limit("share of OpenAI", "share", 40.0, 40.0, 2.0, more=1.0, more_value_jpy=2.0),
            "1 document more in the share of OpenAI 割合 would buy answers worth ¥2.",
        ),
        (
            Limit("requests per minute of plamo", "other", 48000.0, 48000.0, 0.02, more=4800.0, more_value_jpy=90.0),
            "10 % more in the requests per minute of plamo 上限 would buy answers worth ¥90.",
        ),
    ],
)
def test_a_limit_says_what_more_of_it_would_buy(limit, sentence):
    assert words(quote(limit)) == (sentence,)


def test_what_is_missing_comes_first_with_the_documents_that_it_leaves():
    short = replace(RUN, price_jpy=3.0, missing=38.0)
    left = {Reason.BUDGET: 12, Reason.QUARANTINE: 3}
    assert words(quote(OPENAI, short, unanswered=left))[0] == (
        "12 documents cannot be asked 未処理; all could with ¥38 more in the budget of the run 予算."
    )


def test_two_limits_that_are_short_are_told_in_one_sentence():
    short, late = replace(RUN, missing=0.0525), replace(LOCAL, missing=4000.0)
    assert words(quote(short, late, unanswered={Reason.DEADLINE: 1}))[0] == (
        "1 document cannot be asked 未処理; all could with ¥0.0525 more in the budget of the run 予算 "
        "and 1 h 7 min more of work in the time of on-prem 処理時間."
    )


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"lp_gap": 0.00003}, ("This plan is worth at most 0.003 % less than the best possible one 最適との差.",)),
        ({"lp_gap": 0.013912}, ("This plan is worth at most 1.4 % less than the best possible one 最適との差.",)),
        ({"lp_gap": 0.0000312}, ("This plan is worth at most 0.0032 % less than the best possible one 最適との差.",)),
        ({"lp_gap": 0.0}, ("No plan under these limits is worth more 最適.",)),
        ({"lp_gap": float("nan")}, ()),
        (
            {"quality": 0.8412, "unmeasured_share": 0.4},
            (MOSTLY_MEASURED,),
        ),
        ({"quality": 0.8, "unmeasured_share": 0.0}, ("Expected quality 品質 0.80 over the documents that are asked.",)),
        (
            {"value_jpy": 5210.4, "expected_jpy": Decimal("12.34")},
            ("The answers are worth 価値 ¥5,210 after review and errors, for ¥12.3 of cost.",),
        ),
    ],
)  # fmt: skip
def test_the_plan_as_a_whole(changes, sentences):
    assert words(quote(**changes)) == sentences


def test_of_many_limits_that_have_room_three_are_named():
    many = [replace(OPENAI, name=f"budget of vendor {name}") for name in "ABCDE"]
    assert words(quote(*many)) == (
        "The budget of vendor A, the budget of vendor B, the budget of vendor C and 2 more do not bind 余裕あり.",
    )


def test_nothing_is_said_where_nothing_is_known():
    unknown = Limit("time of on-prem", "capacity", float("inf"), 30.0)
    used_up = Limit("budget of the run", "budget", 300.0, 300.0)  # and yet no price: more would buy nothing
    assert words(NOTHING) == words(quote(unknown, used_up)) == ()


NUMBERS = st.floats(allow_nan=True, allow_infinity=True) | st.floats(0, 1e7) | st.just(0.0)
LIMITS = st.builds(
    Limit,
    name=st.sampled_from(["budget of the run", "time of plamo", "share of OpenAI"]),
    kind=st.sampled_from(["budget", "capacity", "share", "other"]),
    limit=NUMBERS, used=NUMBERS, price_jpy=NUMBERS, more=NUMBERS, more_value_jpy=NUMBERS,
    more_quality_points=NUMBERS, missing=NUMBERS,
    full_until=st.none() | st.integers(0, 10**6).map(lambda seconds: NIGHT + timedelta(seconds=seconds)),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(limits=st.lists(LIMITS, max_size=4), gap=NUMBERS | st.none(), quality=NUMBERS | st.none(), value=NUMBERS,
       share=NUMBERS, left=st.integers(0, 10**6))  # fmt: skip
def test_no_sentence_holds_a_text_of_a_document_or_a_number_that_cannot_be_meant(
    limits, gap, quality, value, share, left
):
    planted = "山田太郎の契約書"
    sentences = words(
        quote(
            *limits,
            lp_gap=gap,
            quality=quality,
            value_jpy=value,
            unmeasured_share=share,
            infeasible=planted,
            unanswered={Reason.BUDGET: left},
            zones={planted: 1},
            words=(planted,),
            routes=(QuoteRoute(planted, planted, 1, Decimal(1), 0.5),),
        )
    )
    for sentence in sentences:
        assert planted not in sentence
        assert not re.search(r"\bnan\b|\binf\b|\d[eE][+-]?\d|[-−]\s?[¥\d]|\.\.", sentence, re.IGNORECASE), sentence
        assert sentence.endswith(".")
        assert not re.search(r"(?<![\d.,])0(?:\.0+)? (?:documents|s|%|points)", sentence), sentence


def test_points_are_told_only_where_every_document_is_asked_already_and_no_distance_of_a_plan_worth_nothing():
    short = replace(RUN, price_jpy=3.0, missing=38.0, more=100.0, more_value_jpy=728.0, more_quality_points=47.8)
    assert words(quote(short, unanswered={Reason.BUDGET: 13}, lp_gap=1.0)) == (
        "13 documents cannot be asked 未処理; all could with ¥38 more in the budget of the run 予算.",
        "¥100 more in the budget of the run 予算 would buy answers worth ¥728.",
    )


def test_that_calls_are_held_at_their_worst_case_is_said_where_the_money_is_less():
    tight = quote(RUN, expected_jpy=Decimal(290), worst_jpy=Decimal(900))
    assert any("would hold ¥900" in sentence for sentence in words(tight))
    assert not any("worst case" in sentence for sentence in words(replace(tight, worst_jpy=Decimal(300))))
