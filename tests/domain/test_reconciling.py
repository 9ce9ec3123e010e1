"""An account against the ledger: what matches, why the rest differs, and what becomes of unknown attempts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.accounts import DAY, NOON, USED, account, attempt, line
from yakin.domain.account import Account, Amount, Cause, total
from yakin.domain.differences import State
from yakin.domain.pricing import Tier, Usage
from yakin.domain.reconciling import reconcile
from yakin.domain.settling import Billed, NotBilled
from yakin.errors import UsageError

COST = Decimal("0.00264")  # 800 × 2 + 200 × 0.2 + 100 × 10 per million
TEN_MORE = Usage(1000, 110, 200)


def causes(result):
    return {cause: (amount.native, amount.jpy) for cause, amount in result.by_cause.items()}


@pytest.mark.parametrize("request_id", ["req-1", None])
def test_the_same_tokens_at_the_same_price_match(request_id):
    result = reconcile(account(line(request_id=request_id)), [attempt("a", request_id=request_id)])
    assert [each.state for each in result.found] == [State.MATCHED]
    assert (result.by_cause, result.proposals, result.all_explained) == ({}, (), True)


@pytest.mark.parametrize("request_id", ["req-1", None])
@pytest.mark.parametrize(
    ("billed", "cause", "native"),
    [
        (line(amount="0.0030"), Cause.PRICE, Decimal("0.00036")),
        (line(TEN_MORE), Cause.TOKENS, Decimal("0.0001")),
        (line(TEN_MORE, None), Cause.TOKENS, Decimal("0.0001")),
        (line(amount=str(COST), yen="0.42"), Cause.FX, Decimal(0)),
        (line(amount="0.41", currency="JPY"), Cause.FX, Decimal(0)),
        (line(amount="9.99", currency="JPY"), Cause.UNEXPLAINED, Decimal(0)),
        (line(None, "0.0030"), Cause.UNEXPLAINED, Decimal("0.00036")),
    ],
)
def test_a_difference_has_the_cause_that_the_account_tells(request_id, billed, cause, native):
    result = reconcile(account(replace(billed, request_id=request_id)), [attempt("a", request_id=request_id)])
    assert list(result.by_cause) == [cause]
    assert result.by_cause[cause].native == native
    assert result.by_cause[cause] == result.found[0].difference
    assert result.all_explained is (cause is not Cause.UNEXPLAINED)
    assert [each.cause for each in result.proposals] == ([] if cause is Cause.UNEXPLAINED else [cause])


def test_tokens_and_price_are_told_apart():
    result = reconcile(account(line(TEN_MORE, "0.0030")), [attempt("a")])
    assert causes(result) == {
        Cause.PRICE: (Decimal("0.00026"), Decimal("0.040396")),
        Cause.TOKENS: (Decimal("0.00010"), Decimal("0.015537")),
    }


def test_usage_in_one_file_and_costs_in_another_are_one_account():
    tokens = replace(line(TEN_MORE, None, currency=None), tier=Tier.REALTIME)
    result = reconcile(account(tokens, line(None, "0.0030")), [attempt("a")])
    assert {cause: native for cause, (native, _) in causes(result).items()} == {
        Cause.PRICE: Decimal("0.00026"),
        Cause.TOKENS: Decimal("0.00010"),
    }


def test_a_correction_by_hand_that_the_account_does_not_show_is_unexplained():
    by_hand = {Cause.UNEXPLAINED: Amount(Decimal(0), Decimal(-12))}
    result = reconcile(account(line()), [attempt("a", corrections=by_hand)])
    assert causes(result) == {Cause.UNEXPLAINED: (Decimal(0), Decimal(12))}


def test_less_than_the_last_digit_of_the_account_is_rounding():
    result = reconcile(account(line(amount="0.003"), unit="0.001"), [attempt("a")])
    assert list(result.by_cause) == [Cause.ROUNDING]


def test_a_currency_that_is_neither_ours_nor_yen_is_refused_with_its_remedy():
    with pytest.raises(UsageError, match="the account of 2026-11-10 is in EUR"):
        reconcile(account(line(currency="EUR")), [attempt("a")])


def test_what_is_not_ours_and_what_is_not_on_the_account_are_unexplained():
    result = reconcile(account(line(request_id="theirs")), [attempt("a", request_id="ours")])
    assert [(each.state, each.difference.native) for each in result.found] == [
        (State.AT_VENDOR, COST),
        (State.IN_LEDGER, -COST),
    ]
    assert not result.all_explained
    assert result.proposals == ()


def test_tokens_of_a_model_that_nobody_can_value_are_not_explained():
    result = reconcile(account(line(USED, None, model="other")), [attempt("a")])
    assert not result.all_explained
    assert "models that the ledger does not know: other" in result.notes[0]


def test_a_night_that_the_vendor_counts_by_japanese_days_is_timing():
    late = datetime(2026, 11, 10, 16, tzinfo=UTC)  # 01:00 on the 11th in Japan
    lines = (line(day=DAY), line(TEN_MORE, day=date(2026, 11, 11)))
    both_days = Account(lines, DAY, date(2026, 11, 11), complete=True)
    result = reconcile(both_days, [attempt("noon"), attempt("night", TEN_MORE, sent_at=late)])
    assert [list(each.parts) for each in result.found] == [[Cause.TIMING], [Cause.TIMING]]
    assert result.by_cause == {}
    assert total(each.difference for each in result.found).native == 0
    assert result.proposals == ()
    in_japan = replace(both_days, zone=ZoneInfo("Asia/Tokyo"))
    assert reconcile(in_japan, [attempt("noon"), attempt("night", TEN_MORE, sent_at=late)]).found[0].parts == {}


def test_a_bound_that_was_charged_gives_way_to_the_tokens_of_the_account():
    result = reconcile(account(line(request_id="r")), [attempt("a", request_id="r", bound_jpy="1")])
    assert causes(result) == {Cause.TOKENS: (COST, Decimal("0.410177") - 1)}


def test_what_was_booked_is_not_found_again():
    before = reconcile(account(line(TEN_MORE, "0.0030", request_id="r")), [attempt("a", request_id="r")])
    booked = {each.cause: each.amount for each in before.proposals}
    after = reconcile(
        account(line(TEN_MORE, "0.0030", request_id="r")), [attempt("a", request_id="r", corrections=booked)]
    )
    assert (after.by_cause, after.proposals) == ({}, ())


def test_requests_that_nobody_knows_settle_unknown_attempts_of_their_time_and_size():
    small, large = attempt("small", unknown=True, worst_jpy="0.3"), attempt("large", unknown=True, worst_jpy="1")
    later = attempt("later", unknown=True, sent_at=NOON + timedelta(hours=5))
    big = Usage(1500, 100)
    lines = (line(big, request_id="r1", at=NOON), line(Usage(100, 10), request_id="r2", at=NOON))
    result = reconcile(account(*lines), [small, large, later])
    assert sorted(result.settlements, key=str) == sorted(
        [Billed("small", Usage(100, 10), "USD", "r2"), Billed("large", big, "USD", "r1"), NotBilled("later")], key=str
    )
    assert list(result.by_cause) == [Cause.UNKNOWN_ATTEMPT]


def test_an_answer_that_was_longer_than_it_could_be_is_charged_and_said():
    longer = line(Usage(100, 900), request_id="long")
    short = line(Usage(100, 10), request_id="short")
    unknown = [attempt(name, unknown=True, worst_jpy="0.5") for name in ("u1", "u2")]
    result = reconcile(account(longer, short), unknown)
    assert {each.request_id for each in result.settlements} == {"long", "short"}
    assert len(result.exceeded) == 1
    assert "had reserved 0.5 yen and is billed 1.42" in result.exceeded[0]


def test_an_account_that_is_not_complete_releases_nothing():
    result = reconcile(account(line(request_id="r"), complete=False), [attempt("a", unknown=True, worst_jpy="0.1")])
    assert result.settlements == ()
    assert "1 attempts stay unknown: the account is not complete" in result.notes


@pytest.mark.parametrize("request_id", ["r", None])
def test_what_may_be_its_on_another_day_keeps_an_unknown_attempt(request_id):
    # 01:00 on the 11th, written in Japanese time and read as UTC
    mistaken = line(request_id=request_id, at=NOON + timedelta(hours=13), day=date(2026, 11, 11))
    two_days = Account((mistaken,), DAY, date(2026, 11, 11), complete=True)
    result = reconcile(two_days, [attempt("a", unknown=True, sent_at=NOON + timedelta(hours=4))])
    assert result.settlements == ()
    assert "that is nobody's; check `timezone:`" in result.notes[-1]
    assert not result.all_explained


def test_an_attempt_that_somebody_still_waits_for_is_left_alone():
    waiting = replace(attempt("a", unknown=True), in_flight=True)
    result = reconcile(account(), [waiting])
    assert result.settlements == ()
    assert "1 attempts are in flight" in result.notes[0]


def test_the_billed_rest_of_a_day_is_shared_out_over_its_unknown_attempts():
    unknown = [attempt(name, unknown=True) for name in ("u1", "u2", "u3")]
    result = reconcile(account(line(Usage(2000, 200, 400))), [attempt("a"), *unknown])
    usages = [each.usage for each in result.settlements]
    assert usages == [Usage(332, 33, 66), Usage(332, 33, 66), Usage(336, 34, 68)]
    assert causes(result) == {Cause.UNKNOWN_ATTEMPT: (COST, Decimal("0.410177"))}


def test_what_is_billed_beyond_their_worst_case_stays_unexplained_and_is_said():
    unknown = [attempt(name, unknown=True, worst_jpy="0.1") for name in ("u1", "u2")]
    result = reconcile(account(line(Usage(2000, 200, 400))), [attempt("a"), *unknown])
    shared = result.by_cause[Cause.UNKNOWN_ATTEMPT].jpy
    assert Decimal("0.19") < shared <= Decimal("0.2")
    assert result.by_cause[Cause.UNEXPLAINED].native > 0
    assert "more is billed than 2 unknown attempts had reserved" in result.exceeded[0]


def test_a_correction_by_hand_is_not_said_to_be_billed_beyond_the_worst_case():
    by_hand = {Cause.UNEXPLAINED: Amount(Decimal(0), Decimal("-0.05"))}
    result = reconcile(
        account(line(Usage(2000, 200, 400))), [attempt("a", corrections=by_hand), attempt("u", unknown=True)]
    )
    assert result.by_cause[Cause.UNEXPLAINED].jpy == Decimal("0.05")
    assert (len(result.settlements), result.exceeded) == (1, ())


def test_money_without_tokens_is_shared_out_as_money():
    unknown = [attempt(name, unknown=True) for name in ("u1", "u2")]
    result = reconcile(account(line(None, str(2 * COST))), [attempt("a"), *unknown])
    assert total(each.amount for each in result.settlements) == Amount(COST, Decimal("0.410177"))


def test_a_complete_account_of_names_that_are_not_ours_releases_nothing():
    result = reconcile(account(line(model="Claude4.6Sonnet")), [attempt("a", unknown=True)])
    assert result.settlements == ()
    assert result.notes[-1] == "1 attempts stay unknown: the account does not name their model"


TOKENS = st.builds(
    lambda plain, output, cached: Usage(plain + cached, output, cached),
    st.integers(0, 5000), st.integers(0, 500), st.integers(0, 500),
)  # fmt: skip
MINUTES = st.integers(-1500, 1500)
OURS = st.tuples(
    TOKENS, MINUTES, st.booleans(), st.sampled_from(["r1", "r2", "r3", None]), st.sampled_from(["one", "two"])
)
THEIRS = st.tuples(
    st.one_of(st.none(), TOKENS),
    st.one_of(st.none(), st.decimals(0, 1, places=4)),
    MINUTES,
    st.sampled_from(["r1", "r2", "r4", None]),
    st.one_of(st.none(), st.decimals(0, 100, places=2)),
)


def _ours(number, made):
    usage, minutes, unknown, request_id, group = made
    return attempt(
        f"{number}", usage, sent_at=NOON + timedelta(minutes=minutes), unknown=unknown,
        request_id=None if unknown else request_id, group=group,
    )  # fmt: skip


def _theirs(made):
    usage, amount, minutes, request_id, yen = made
    at = NOON + timedelta(minutes=minutes)
    return line(
        usage, None if amount is None else str(amount), at=at, day=at.date(), request_id=request_id,
        yen=None if yen is None else str(yen),
    )  # fmt: skip


@given(st.lists(OURS, max_size=6), st.lists(THEIRS, max_size=6), st.booleans(), st.sampled_from(["0", "0.01"]))
def test_the_parts_add_up_to_the_difference_and_nobody_is_settled_twice(ours, theirs, complete, unit):
    attempts = [_ours(number, made) for number, made in enumerate(ours)]
    days = (DAY - timedelta(days=2), DAY + timedelta(days=2))
    given = Account(tuple(map(_theirs, theirs)), *days, complete, native_unit=Decimal(unit), jpy_unit=Decimal(unit))
    result = reconcile(given, attempts)
    for each in result.found:
        assert total(each.parts.values()) == each.difference
    assert total(result.by_cause.values()) == total(each.difference for each in result.found)
    settled = [each.attempt_id for each in result.settlements]
    assert len(set(settled)) == len(settled)
    assert set(settled) <= {each.attempt_id for each in attempts if each.is_unknown}
    proposed = total(each.amount for each in result.proposals)
    matched = [each for each in result.found if each.state is State.MATCHED]
    bookable = [each.part(cause) for each in matched for cause in (Cause.TOKENS, Cause.PRICE, Cause.FX, Cause.ROUNDING)]
    assert proposed == total(bookable)


@given(st.lists(st.tuples(TOKENS, st.integers(0, 60)), min_size=1, max_size=8))
def test_every_request_that_was_billed_finds_an_unknown_attempt(made):
    attempts = [
        attempt(f"{number}", unknown=True, sent_at=NOON + timedelta(minutes=minutes), worst_jpy="10")
        for number, (_, minutes) in enumerate(made)
    ]
    lines = [
        line(usage, request_id=f"r{number}", at=NOON + timedelta(minutes=minutes, seconds=2))
        for number, (usage, minutes) in enumerate(made)
    ]
    result = reconcile(account(*reversed(lines)), attempts)
    billed = [each for each in result.settlements if isinstance(each, Billed)]
    assert len(billed) == len([each for each in lines if each.bills])
    assert result.all_explained
