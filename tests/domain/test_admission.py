from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from yakin.domain.admission import FairQueue, Mark, admitted

NOW = datetime(2026, 11, 26, 1, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Claim:
    use_case: str
    worst_jpy: Decimal
    budget_ids: tuple[int, ...] = (1,)
    since: datetime = NOW


def _claim(use_case: str, worst_jpy: int, *budget_ids: int) -> Claim:
    return Claim(use_case, Decimal(worst_jpy), budget_ids or (1,))


def _served(queue: FairQueue[Claim], count: int) -> list[Claim]:
    served = []
    for _ in range(count):
        claim = next(queue.in_turn())
        queue.serve(claim)
        served.append(claim)
    return served


def test_a_use_case_with_few_documents_does_not_wait_behind_one_with_thousands():
    queue: FairQueue[Claim] = FairQueue()
    for _ in range(1000):
        queue.add(_claim("many", 10))
    _served(queue, 500)
    few = [_claim("few", 10) for _ in range(3)]
    for claim in few:
        queue.add(claim)
    assert set(few) <= set(_served(queue, 7))


def test_two_use_cases_that_wait_are_given_the_same_yen_however_dear_their_calls_are():
    queue: FairQueue[Claim] = FairQueue()
    for _ in range(400):
        queue.add(_claim("dear", 40))
        queue.add(_claim("cheap", 10))
    served = _served(queue, 200)
    yen = {name: sum(each.worst_jpy for each in served if each.use_case == name) for name in ("dear", "cheap")}
    assert abs(yen["dear"] - yen["cheap"]) <= 40


def test_a_use_case_that_was_idle_saves_up_no_credit():
    queue: FairQueue[Claim] = FairQueue()
    for _ in range(100):
        queue.add(_claim("busy", 10))
    _served(queue, 50)
    for _ in range(100):
        queue.add(_claim("late", 10))
    served = _served(queue, 20)
    assert 9 <= sum(each.use_case == "late" for each in served) <= 11


def test_nobody_overtakes_a_call_that_waits_for_the_same_cap():
    large, small = _claim("a", 50), _claim("b", 5)
    assert admitted([large, small], {1: Decimal(20)}) == []


def test_a_call_under_other_caps_does_not_wait_for_a_cap_that_is_short():
    large, other = _claim("a", 50, 1, 2), _claim("b", 5, 2, 3)
    assert admitted([large, other], {1: Decimal(20), 2: Decimal(100), 3: Decimal(100)}) == [other]


def test_a_cap_that_is_not_known_has_no_room():
    assert admitted([_claim("a", 1)], {}) == []


def test_room_is_kept_for_those_of_other_processes_that_have_waited_longer_and_for_no_others():
    claim = _claim("a", 10)
    earlier, later = (Mark(1, Decimal(95), NOW + timedelta(seconds=each)) for each in (-1, 1))
    assert admitted([claim], {1: Decimal(100)}, [earlier]) == []
    assert admitted([claim], {1: Decimal(100)}, [later]) == [claim]


CLAIMS = st.lists(
    st.builds(
        Claim,
        st.sampled_from("abc"),
        st.integers(0, 50).map(Decimal),
        st.sets(st.integers(1, 4), min_size=1).map(lambda ids: tuple(sorted(ids))),
    ),
    max_size=30,
)


@given(
    claims=CLAIMS, rooms=st.fixed_dictionaries({number: st.integers(-5, 200).map(Decimal) for number in range(1, 5)})
)
def test_what_is_admitted_fits_every_cap_and_the_first_that_fits_is_admitted(claims, rooms):
    chosen = admitted(claims, rooms)
    for budget_id, room in rooms.items():
        taken = sum((each.worst_jpy for each in chosen if budget_id in each.budget_ids), Decimal(0))
        assert taken <= max(room, Decimal(0))
    if claims and all(rooms[each] >= claims[0].worst_jpy for each in claims[0].budget_ids):
        assert claims[0] in chosen
    assert chosen == [each for each in claims if each in chosen]
