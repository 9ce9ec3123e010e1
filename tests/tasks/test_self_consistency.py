"""A cascade's first offer asked several times: how far its answers agree is what decides, and only the first lands."""

import asyncio
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

import yakin.use_cases
from tasks.classify import classify, to_classify
from tasks.evaluate import _evaluate_document
from tasks.evaluate_open import open_evaluation, register_golden
from tasks.evaluate_plan import plan_evaluation
from tasks.evaluation_parameters import EvaluationParameters
from tasks.parameters import Mode
from tests.faults.interfered import wait_until
from tests.tasks.conftest import BETTER, CHEAP, RULE, USE_CASE
from yakin.domain.documents import WorkState
from yakin.domain.verification import CONSISTENCY, Calibration

pytestmark = pytest.mark.usefixtures("asked_thrice")
COMPARES = replace(RULE, calibration=Calibration(CONSISTENCY, ((0.4, 0.3), (1.0, 0.9))), accept_at=0.85)
ASKS = "select step, ask_no, outcome, accepted from bi.attempts order by started_at"
FIRST = [(0, 1, "answered", True), (0, 2, "answered", None), (0, 3, "answered", None)]
IN_DOUBT = [(0, 1, "answered", False), *FIRST[1:]]
THEN_BETTER = (1, 1, "answered", None)
UNSURE = {"unsure_share": 1.0, "unsure_varies": True}
ANSWERS_ONCE, ANSWERS_BUT_SECOND = 22, 10  # seeds of a fault that strikes half of the requests


@pytest.fixture
def asked_thrice(tmp_path, monkeypatch):
    """The use case asks three times; its golden set has two documents."""
    folder = tmp_path / "use-cases" / USE_CASE
    shutil.copytree(Path(yakin.use_cases.__file__).parent / USE_CASE, folder)
    with (folder / "use_case.yaml").open("a") as settings:
        settings.write("verification: {asks: 3}\n")
    golden = (folder / "golden.jsonl").read_text(encoding="utf-8").splitlines()[:2]
    (folder / "golden.jsonl").write_text("\n".join(golden), encoding="utf-8")
    monkeypatch.setenv("YAKIN_USE_CASES", str(folder.parent))


async def begin(night, count):
    """Documents whose cascade compares answers."""
    ids = await night.begin(count)
    night.run.cascades = {USE_CASE: [COMPARES]}
    await night.decide(ids, rule=COMPARES)
    return ids


async def test_answers_that_agree_land_the_first_and_answers_that_differ_have_the_better_offer_asked(night):
    sure, unsure = await begin(night, 2)

    assert await night.answer(sure) is WorkState.ANSWERED
    assert night.rows(ASKS) == FIRST
    night.vendor("overseas", **UNSURE)
    assert await night.answer(unsure) is WorkState.ANSWERED

    assert night.rows(ASKS) == [*FIRST, *IN_DOUBT, THEN_BETTER]
    assert night.landed() == [CHEAP, BETTER]
    judged = "select confidence from bi.attempts where accepted is not null order by accepted desc"
    [agreed, differed] = night.rows(judged)
    assert agreed == (0.9,)
    assert differed < (0.85,)
    landed = "select t.ask_no from yakin.answer join yakin.attempt t using (attempt_id) order by answered_at"
    assert night.rows(landed) == [(1,), (1,)]
    assert night.rows("select kind, attempts from bi.waste where kind = 'compared'") == [("compared", 4)]
    night.books_balance()


async def test_an_ask_that_fails_leaves_the_first_answer_in_doubt_and_one_without_an_answer_disagrees(night):
    failing, invalid, poor = await begin(night, 3)

    night.vendor("overseas", faults=[{"kind": "server_error", "probability": 0.5, "seed": ANSWERS_ONCE}])
    assert await night.answer(failing) is WorkState.ANSWERED
    tried = [(0, 2, "transient", None)] * 2  # a vendor that fails is asked once more
    assert night.rows(ASKS) == [IN_DOUBT[0], *tried, THEN_BETTER]
    night.vendor("overseas", faults=[{"kind": "invalid_json", "probability": 0.5, "seed": ANSWERS_BUT_SECOND}])
    assert await night.answer(invalid) is WorkState.ANSWERED
    assert night.rows(ASKS)[4:] == [IN_DOUBT[0], (0, 2, "invalid", None), IN_DOUBT[2], THEN_BETTER]
    night.vendor("overseas")
    night.leave_room_for_the_first_step()
    assert await night.answer(poor) is WorkState.ANSWERED  # its first answer: that is what the money was enough for

    assert night.rows(ASKS)[8:] == [IN_DOUBT[0]]
    assert night.landed() == [BETTER, BETTER, CHEAP]
    known = "select confidence is not null from bi.attempts where not accepted order by started_at"
    assert night.rows(known) == [(False,), (True,), (False,)]
    night.books_balance()


async def test_stopped_between_the_asks_the_first_answer_lands(night):
    (stopped,) = await begin(night, 1)
    night.vendor("overseas", latency_s=1.0)

    asking = asyncio.create_task(night.answer(stopped))
    await asyncio.to_thread(wait_until, lambda: (0, 2, "intent", None) in night.rows(ASKS))
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert night.landed() == [CHEAP]
    assert night.rows(ASKS)[0] == (0, 1, "answered", None)


async def test_an_evaluation_measures_the_signal_of_every_candidate_and_counts_its_price_apart(night):
    night.vendor("overseas", **UNSURE)
    parameters = EvaluationParameters(
        use_case=USE_CASE, budget_jpy=Decimal(100), models=[CHEAP, BETTER], mode=Mode.REHEARSAL
    )
    run_id = await open_evaluation.fn(parameters)
    await register_golden.fn(run_id)
    for document_ids in await to_classify(run_id):
        await classify.fn(run_id, document_ids)
    planned = await plan_evaluation.fn(run_id)
    run = night.opened.running(run_id)
    for document_id in (each for part in planned.slices for each in part.document_ids):
        assert await _evaluate_document(night.opened, run, document_id)

    asked = "select purpose, ask_no, count(*) from bi.attempts group by 1, 2 order by 2"
    [(_, _, answers), *again] = night.rows(asked)
    assert again == [("evaluate", 2, answers), ("evaluate", 3, answers)]
    by_model = "select model, max((signals->>'consistency')::float) from yakin.evaluated_answer group by 1"
    signals = dict(night.rows(by_model))
    assert signals[BETTER] == 1
    assert signals[CHEAP] < 1
    [(apart, of_answers, charged)] = night.rows(
        "select sum(consistency_jpy), sum(cost_jpy), (select sum(amount_jpy) from ledger.entry where kind = 'charge') "
        "from yakin.evaluated_answer"
    )
    assert apart > of_answers
    assert apart + of_answers == charged <= planned.quote.worst_jpy
    night.books_balance()
