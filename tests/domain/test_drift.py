"""A plan is left when what comes back differs for sure and to a purpose, and not for ever."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.domain.test_observing import MODELS, came
from yakin.domain.drift import BETWEEN_DOCUMENTS, Part, Terms, Watch
from yakin.domain.observing import CameBack, Seen, corrected

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
SHORT = Terms(1, 200.0, NOW + timedelta(hours=8), True, False, frozenset({"asleep"}), MODELS)
PLENTY = replace(SHORT, room_jpy=1000.0, short_of_money=False)
QUIET = {"down": (), "back": ()}


def watch(terms: Terms = SHORT, *, parts: int = 25, per_part: int = 16, work_s: float = 16.0) -> Watch:
    """Over a plan of plamo at ¥0.5 a document."""
    return Watch.over(
        terms,
        [Part(n, "triage", "plamo", per_part, 0.5 * per_part, "at-plamo", work_s) for n in range(parts)],
        NOW,
    )


def after(over: Watch, documents: list[CameBack], *, per_part: int = 16) -> Watch:
    """The watch when these have come back, part by part."""
    for number in range(len(documents) // per_part):
        over.note(number, documents[number * per_part : (number + 1) * per_part])
    return over


def test_longer_answers_are_told_with_their_ratio_once_enough_have_come_back():
    over = watch()

    assert after(over, came("plamo", 1.5, 16)).drift(NOW, **QUIET) is None
    drift = after(watch(), came("plamo", 1.5, 64, spread=0.1)).drift(NOW, **QUIET)

    assert drift is not None
    assert drift.why.startswith("drift: output of plamo 1.49 × planned")
    assert "cost of plamo 1.49 × planned after 64 documents" in drift.words


@pytest.mark.parametrize("seed", range(20))
def test_what_comes_as_planned_is_no_drift(seed):
    assert after(watch(replace(SHORT, room_jpy=215.0)), came("plamo", 1.0, 96, seed=seed)).drift(NOW, **QUIET) is None


def test_dearer_answers_change_nothing_while_there_is_money_for_all_of_them():
    assert after(watch(PLENTY), came("plamo", 1.5, 96)).drift(NOW, **QUIET) is None
    assert after(watch(replace(PLENTY, room_jpy=220.0)), came("plamo", 1.5, 96)).drift(NOW, **QUIET) is not None


def test_cheaper_answers_are_told_where_money_was_short():
    drift = after(watch(), came("plamo", 0.6, 96, spread=0.1)).drift(NOW, **QUIET)

    assert drift is not None
    assert "cost of plamo 0.6" in drift.why


def test_a_rest_that_no_longer_fits_the_money_is_told_although_every_ratio_is_within_its_band():
    drift = after(watch(), came("plamo", 1.13, 240, spread=0.1)).drift(NOW, **QUIET)

    assert drift is not None
    [only] = drift.words
    assert only.startswith("the rest costs ¥")


def test_slow_answers_are_told_when_the_work_that_is_left_ends_after_the_deadline():
    slow = came("plamo", 1.0, 96, seconds=5.0)

    assert after(watch(PLENTY), slow).drift(NOW, **QUIET) is None
    late = after(watch(replace(PLENTY, deadline_at=NOW + timedelta(minutes=10))), slow).drift(NOW, **QUIET)
    assert late is not None
    assert "answer time of plamo" in late.why


def test_more_escalations_than_measured_are_told():
    def first(escalated: bool) -> CameBack:
        return replace(came("plamo", 1.0, 1)[0], escalated=escalated, expected_share=0.2)

    many = [first(number % 2 == 0) for number in range(96)]

    drift = after(watch(), many).drift(NOW, **QUIET)

    assert drift is not None
    assert "plamo escalates 50%, planned 20%, after 96 documents" in drift.words


def test_an_endpoint_that_fails_is_told_at_once_and_one_that_is_not_needed_never():
    assert watch().drift(NOW, down=["at-sol", "asleep"], back=()) is None
    drift = watch().drift(NOW, down=["at-plamo"], back=())
    assert drift is not None
    assert drift.words == ("at-plamo does not answer any more",)


def test_an_endpoint_that_answers_again_is_told_after_some_documents():
    as_planned = came("plamo", 1.0, BETWEEN_DOCUMENTS)

    assert watch(PLENTY).drift(NOW, down=(), back=["asleep"]) is None
    drift = after(watch(PLENTY), as_planned).drift(NOW, down=(), back=["asleep"])
    assert drift is not None
    assert drift.words == ("asleep answers again",)


@pytest.mark.parametrize("seed", range(5))
def test_after_a_re_plan_the_corrected_expectations_are_the_ones_to_drift_from(seed):
    """Answers of 1.5 times the plan: it is left a few times while factors come near, then holds."""
    factor, left, replans, documents = 1.0, 400, 0, came("plamo", 1.5, 400, seed=seed)
    while left >= 16:
        expected = [replace(each, expected_jpy=each.expected_jpy * factor) for each in documents[-left:]]
        over = watch(replace(SHORT, room_jpy=left * 0.5 * factor), parts=left // 16)
        over.parts = {n: replace(part, expected_jpy=part.expected_jpy * factor) for n, part in over.parts.items()}
        for number in range(left // 16):
            over.note(number, expected[number * 16 : (number + 1) * 16])
            left -= 16
            if over.parts and over.drift(NOW, **QUIET):
                replans += 1
                break
        factor *= corrected({}, over.seen, MODELS)["triage", "plamo"].cost
    assert 1 <= replans <= 4
    assert factor == pytest.approx(1.5, rel=0.15)  # as near as the band asks


def test_nothing_seen_has_no_share_and_no_words():
    assert Seen().share == 0.0
    assert watch().drift(NOW, **QUIET) is None
