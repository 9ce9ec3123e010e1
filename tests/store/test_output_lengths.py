"""How long answers were: of other runs, of the same question and model, real or rehearsed like this run."""

from dataclasses import replace

import pytest

from tests.store.story import USE_CASE, VERSION, offer
from yakin.domain.asking import Outcome, Reply
from yakin.domain.documents import RunId
from yakin.domain.output_bounds import OutputLengths
from yakin.domain.pricing import Usage
from yakin.store import decisions, output_lengths
from yakin.store.output_lengths import Wanted

TONIGHT = RunId("00000000-0000-0000-0000-000000000000")
LOCAL = (offer(),)
MEASURED = {(USE_CASE, "local"): OutputLengths({100: 2, 120: 1}, cut=1)}


@pytest.fixture
async def lengths(pool):
    """Measure for a run; only what is named differs from the runs that were measured."""

    async def measure(run_id=TONIGHT, *, version=VERSION, offers=LOCAL, rehearsal=False):
        async with pool.connection() as conn:
            return await output_lengths.lengths(conn, run_id, [Wanted(USE_CASE, version, offers)], rehearsal=rehearsal)

    return measure


async def answer(night, number: int, output_tokens: int | None, outcome: Outcome = Outcome.ANSWERED) -> None:
    usage = None if output_tokens is None else Usage(1000, output_tokens)
    fields = {"n": number} if outcome is Outcome.ANSWERED else None
    await night.settle(await night.send(number), Reply(outcome, usage, fields))


@pytest.fixture
async def measured_night(begin_night):
    night = await begin_night(7)
    await answer(night, 0, 100)
    await answer(night, 1, 100, Outcome.INVALID)
    await answer(night, 2, 120)
    await answer(night, 3, 40, Outcome.TRUNCATED)
    await answer(night, 4, None)  # billed at its worst case: nobody knows how long it was
    await answer(night, 5, 3, Outcome.REFUSED)
    await answer(night, 6, 9, Outcome.UNKNOWN)
    return night


async def test_answers_of_other_runs_count_and_what_was_cut_counts_as_cut(measured_night, lengths):
    assert await lengths() == MEASURED
    assert await lengths(measured_night.run_id) == {}  # a resumed run has the bounds that it began with


async def test_another_version_model_or_a_rehearsal_starts_from_nothing(measured_night, lengths):
    other_model = replace(offer(), model=replace(offer().model, vendor_model="local-2"))

    assert await lengths(version="v2") == {}
    assert await lengths(offers=(other_model,)) == {}
    assert await lengths(rehearsal=True) == {}


async def test_the_newest_answers_of_the_newest_runs_count(begin_night, lengths, monkeypatch):
    monkeypatch.setattr(output_lengths, "LAST_ANSWERS", 3)
    for key, first_length in (("monday", 10), ("tuesday", 20)):
        night = await begin_night(2, key=key, folder=key)
        for number in range(2):
            await answer(night, number, first_length + number)

    assert await lengths() == {(USE_CASE, "local"): OutputLengths({11: 1, 20: 1, 21: 1})}


async def test_an_invalid_answer_that_used_its_bound_up_was_cut(begin_night, lengths):
    night = await begin_night(2)
    await answer(night, 0, 200, Outcome.INVALID)  # story's attempts are sent with a bound of 200
    await answer(night, 1, 200)

    assert await lengths() == {(USE_CASE, "local"): OutputLengths({200: 1}, cut=1)}


async def test_a_route_says_that_the_document_was_cut(measured_night, pool):
    async with pool.connection() as conn:
        routes = [
            await decisions.route(conn, measured_night.run_id, USE_CASE, each) for each in measured_night.document_ids
        ]
    assert [number for number, route in enumerate(routes) if route.was_cut] == [3]
