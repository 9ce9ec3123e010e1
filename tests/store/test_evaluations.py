"""Evaluations: scores kept as they are bought, what was measured, and that no night takes one for its own."""

from dataclasses import asdict, replace

import pytest

from tests.store.story import USE_CASE, VERSION, answered, new_run, offer
from yakin.domain.asking import Outcome, Purpose
from yakin.domain.documents import RunPurpose
from yakin.domain.evaluating import LearnedRule, MeasuredQuality, RuleKind, ScoredAnswer
from yakin.domain.verification import Calibration, CascadeRule, cascade_from
from yakin.errors import StoreError, UsageError
from yakin.store import evaluations, runs, work

OFFERS = (offer("local"), offer("better"))
RULE = CascadeRule("local", "better", 0.7, 0.9, 0.25, Calibration("logprob", ((-1.0, 0.4), (-0.1, 0.95))))


@pytest.fixture
def evaluation(pool, begin_night):
    """Two golden items under two models: the first right on one of them, the second on both."""

    async def evaluate(*, key="evaluation", models=("local", "better"), golden="g1", close=True):
        night = await begin_night(2, key=key, offers=OFFERS, folder="golden", purpose=RunPurpose.EVALUATION)
        async with pool.connection() as conn:
            evaluation_id = await evaluations.begin(
                conn, night.run_id, USE_CASE, VERSION, golden, items=2, rehearsal=False
            )
        for number in range(2):
            held = await night.lease(number)
            for model in models:
                new = replace(await night.attempt(number, held=held, offer=model), purpose=Purpose.EVALUATE)
                await night.begin(new)
                await night.settle(new, answered(), land=False)
                right = float(number == 0 or model == "better")
                scored = ScoredAnswer(
                    f"item-{number}", model, model, night.document_ids[number], Outcome.ANSWERED, {"kind": right},
                    {"level": 1.0}, {"logprob": -0.5},
                )  # fmt: skip
                async with pool.connection() as conn:
                    await evaluations.save_answer(conn, evaluation_id, scored)
            async with pool.connection() as conn:
                await work.finish_work(
                    conn, night.run_id, USE_CASE, night.document_ids[number], work.WorkState.ANSWERED, None, lease=held
                )
        if close:
            async with pool.connection() as conn:
                qualities = [MeasuredQuality(model, "", "", 2, 0.5, 0.1, 0.9, 0.95) for model in models]
                rule = LearnedRule(RuleKind.CASCADE, RULE.name, True, "better than the mix by 0.1", asdict(RULE))
                await evaluations.close(conn, evaluation_id, qualities, [rule])
        return night, evaluation_id

    return evaluate


async def test_a_score_has_the_tokens_and_yen_of_its_attempts_and_no_answer_lands(evaluation, pool, rows):
    _, evaluation_id = await evaluation()
    async with pool.connection() as conn:
        billed = await evaluations.answers(conn, evaluation_id)

    assert [(each.scored.model, each.scored.item, each.scored.score) for each in billed] == [
        ("better", "item-0", 1.0),
        ("better", "item-1", 1.0),
        ("local", "item-0", 1.0),
        ("local", "item-1", 0.0),
    ]
    assert {(each.input_tokens, each.output_tokens) for each in billed} == {(1000, 100)}
    assert sum(each.cost_jpy for each in billed) == rows("select sum(cost_jpy) from bi.charges")[0][0]
    assert rows("select count(*) from yakin.answer") == [(0,)]


async def test_a_night_neither_skips_what_was_evaluated_nor_shows_it_as_its_own(evaluation, pool, rows, begin_night):
    night, _ = await evaluation()
    async with pool.connection() as conn:
        tonight = await runs.open_run(conn, new_run("night"))
        added = await work.add_work(
            conn, tonight.run_id, USE_CASE, VERSION, night.document_ids, backfill=False, rehearsal=False
        )
        latest = await runs.find_run(conn, "latest")

    assert (added.pending, added.skipped) == (2, 0)
    assert latest.run_id == tonight.run_id
    assert rows("select purpose, answered from bi.runs order by started_at") == [("evaluation", 2), ("night", 0)]
    assert rows("select distinct last_run_id::text from bi.documents") == [(tonight.run_id,)]
    assert rows("select answered, cost_per_answer_jpy, cost_jpy > 0 from bi.cost_per_answer where cost_jpy > 0") == [
        (0, None, True)
    ]


async def test_an_evaluation_that_was_stopped_goes_on_and_does_not_count_until_it_is_closed(evaluation, pool, rows):
    night, evaluation_id = await evaluation(close=False)
    async with pool.connection() as conn:
        again = await evaluations.begin(conn, night.run_id, USE_CASE, VERSION, "g1", items=2, rehearsal=False)
        assert again == evaluation_id
        assert len(await evaluations.asked(conn, evaluation_id)) == 4
        assert await evaluations.newest(conn, USE_CASE, rehearsal=False) is None
        with pytest.raises(UsageError, match="another prompt or golden set"):
            await evaluations.begin(conn, night.run_id, USE_CASE, VERSION, "g2", items=2, rehearsal=False)
    assert rows("select * from bi.model_quality") == []


async def test_a_model_has_its_newest_measurement_on_the_newest_golden_set(evaluation, pool, rows):
    _, first = await evaluation(key="one")
    _, second = await evaluation(key="two", models=("better",))
    async with pool.connection() as conn:
        newest = await evaluations.newest(conn, USE_CASE, rehearsal=False)
        models = await evaluations.measured(conn, USE_CASE, newest, rehearsal=False)
        assert {(model.name, model.evaluation_id) for model in models} == {("local", first), ("better", second)}
        assert await evaluations.newest(conn, USE_CASE, rehearsal=True) is None
        rules = await evaluations.rules(conn, [first], RuleKind.CASCADE)
    assert cascade_from(rules[0][1].rule) == RULE
    assert rows("select model, is_newest, offer, cost_per_document_jpy > 0 from bi.model_quality") == [
        ("better", True, "better", True),
        ("better", False, "better", True),
        ("local", True, "local", True),
    ]


async def test_a_closed_evaluation_stays_as_it_is(evaluation, pool, rows):
    _, evaluation_id = await evaluation()
    async with pool.connection() as conn:
        with pytest.raises(StoreError, match="is closed"):
            await evaluations.close(conn, evaluation_id, [], [])


async def test_golden_items_are_asked_again_whatever_was_answered(evaluation, pool, begin_night):
    night, _ = await evaluation()
    async with pool.connection() as conn:
        again = await runs.open_run(conn, replace(new_run("again"), purpose=RunPurpose.EVALUATION))
        added = await work.add_golden(conn, again.run_id, USE_CASE, VERSION, night.document_ids, rehearsal=False)
        assert added == 2
        assert len(await work.pending(conn, again.run_id)) == 2
