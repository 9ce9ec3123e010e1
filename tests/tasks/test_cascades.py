"""A cheap answer that is not sure enough has the better offer asked; what is paid is never thrown away.

The steps of a night in this process with real Postgres and sandbox vendors. The decisions are the test's own.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from tasks import cascading, resources
from tasks.answering import _try_step, answer_document, take
from tasks.classify import classify, to_classify
from tasks.loading import load_registered
from tasks.open_run import open_run
from tasks.parameters import JobParameters, Mode, NightRunParameters
from tasks.plan_run import plan_run
from tasks.register_documents import register_documents
from tasks.resources import Resources
from tasks.run_context import RunContext
from tasks.sending import Kept
from tests.faults.interfered import wait_until
from yakin.domain.calendar import JST
from yakin.domain.documents import DocumentId, WorkState
from yakin.domain.planning import Assignment, Plan, PlanItem, Quote
from yakin.domain.verification import FIRST, Calibration, CascadeRule
from yakin.domain.zones import Zone
from yakin.errors import LeaseLost
from yakin.local import sandbox
from yakin.store import decisions, runs

USE_CASE = "inquiry_triage"
CHEAP, BETTER, LAST = "sandbox-gpt-6-luna", "sandbox-plamo-3.0-prime", "sandbox-gpt-6.1-sol"
UNSURE = {"unsure_share": 1.0}
CALIBRATION = Calibration("logprob", ((-2.0, 0.3), (-0.1, 0.9)))
RULE = CascadeRule(CHEAP, BETTER, 0.6, 0.9, 0.3, CALIBRATION)


@dataclass(slots=True)
class Night:
    """An open run whose documents have been decided by the test, and the rows that it wrote."""

    opened: Resources
    home: Path
    owner_url: str
    documents: Path
    run: RunContext | None = None

    async def begin(self, count: int = 1, *, budget_jpy: object = 100) -> list[DocumentId]:
        """Register and classify; the product's own plan remembers what asking checks."""
        for number in range(count):
            (self.documents / f"{number}.txt").write_text(f"問い合わせ {number}: 型番の見積をお願いします。")
        deadline = (datetime.now(JST) + timedelta(hours=1)).strftime("%H:%M")
        parameters = NightRunParameters(
            jobs=[JobParameters(source=str(self.documents), use_case=USE_CASE)], budget_jpy=Decimal(str(budget_jpy)),
            deadline=deadline, mode=Mode.REHEARSAL,
        )  # fmt: skip
        run_id = await open_run.fn(parameters)
        await register_documents.fn(run_id)
        for document_ids in await to_classify(run_id):
            await classify.fn(run_id, document_ids)
        planned = await plan_run.fn(run_id, 0)
        self.run = self.opened.running(run_id)
        self.run.cascades = {USE_CASE: [RULE]}
        return sorted(each for part in planned.slices for each in part.document_ids)

    async def decide(self, ids: Sequence[DocumentId], chain=(CHEAP, BETTER, LAST), rule: CascadeRule = RULE) -> None:
        """A later plan that chose the cascade for these documents."""
        by_name = {offer.name: offer for offer in self.run.offers[USE_CASE]}
        offers = tuple(by_name[name] for name in chain)
        items = [PlanItem(each, USE_CASE, self.run.planned[USE_CASE, each].clearance, 500, 900) for each in ids]
        chosen = [Assignment(item, offers, "cascade", None, (), Decimal(1), Decimal(2), rule, 0.9) for item in items]
        quote = Quote(Decimal(1), Decimal(1), Decimal(1), datetime.now(UTC), {}, (), None, None)
        async with self.opened.pool.connection() as conn:
            await decisions.save_plan(conn, self.run.run_id, Plan(tuple(chosen), quote), why="test")

    async def answer(self, document_id: DocumentId) -> WorkState:
        return await answer_document(self.opened, self.run, USE_CASE, document_id)

    def allow(self, document_id: DocumentId, zone: Zone) -> None:
        """Narrow what a document may be asked in."""
        known = self.run.planned[USE_CASE, document_id]
        rules = tuple(rule for rule in known.clearance.rules if rule.zone is zone)
        narrow = replace(known.clearance, rules=rules)
        self.run.planned[USE_CASE, document_id] = replace(known, clearance=narrow)

    def leave_room_for_the_first_step(self) -> None:
        """The run's cap holds one more first step and no second one."""
        ((worst_jpy,),) = self.rows("select max(worst_jpy) from bi.attempts where step = 0")
        left = "update ledger.budget set cap_jpy = spent_jpy + %s where scope = 'run' returning 1"
        self.rows(left, worst_jpy + Decimal("0.001"))

    def vendor(self, name: str, **settings: object) -> None:
        sandbox.control(self.home, name, settings)

    def attempts(self) -> list[tuple]:
        """Offer's step, outcome and verdict of every attempt, in their order."""
        return self.rows("select step, outcome, accepted, confidence is not null from bi.attempts order by started_at")

    def landed(self) -> list[str]:
        """Whose answers landed."""
        return [offer for (offer,) in self.rows("select offer from bi.answers order by answered_at")]

    def books_balance(self) -> None:
        """Each metered amount is charged once, and nothing stays reserved."""
        charged = self.rows("select amount_native from ledger.entry where kind = 'charge' order by 1")
        assert charged == sorted((each.amount,) for each in sandbox.read_meter(self.home) if each.amount)
        assert self.rows("select sum(reserved_jpy) from ledger.budget") == [(Decimal(0),)]

    def rows(self, query: str, *params: object) -> list[tuple]:
        with psycopg.connect(self.owner_url) as conn:
            return conn.execute(query, params).fetchall()


@pytest.fixture
async def night(tmp_path, database, monkeypatch):
    home, documents = tmp_path / "home", tmp_path / "documents"
    for each in (home, documents, tmp_path / "no-models"):
        each.mkdir(mode=0o700)
    vendors = sandbox.start(home, answers="instant")
    environment = {
        "YAKIN_HOME": home, "YAKIN_MODELS": tmp_path / "no-models", "YAKIN_DATABASE_URL": database.app_url,
        "YAKIN_OWNER_DATABASE_URL": database.owner_url, "YAKIN_CATALOGUE": vendors.catalogue_path,
    } | dict(vendors.keys)  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, str(value))
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):  # nobody looks at pictures of this night
        async with resources.opened(Mode.REHEARSAL) as opened:
            yield Night(opened, home, database.owner_url, documents)
    sandbox.stop(home)


async def test_a_sure_answer_lands_and_a_doubtful_one_has_the_better_offer_asked(night):
    sure, unsure, refused, unknown = await night.begin(4)
    await night.decide([sure, unsure, refused, unknown])

    assert await night.answer(sure) is WorkState.ANSWERED
    night.vendor("overseas", **UNSURE)
    assert await night.answer(unsure) is WorkState.ANSWERED
    night.vendor("overseas", faults=[{"kind": "refusal", "next": 1}])
    assert await night.answer(refused) is WorkState.ANSWERED  # what stands in for a failure is not doubted
    night.run.cascades = {}  # a process that does not know the rule does not know how far the answer can be trusted
    assert await night.answer(unknown) is WorkState.ANSWERED

    assert night.attempts() == [
        (0, "answered", True, True),
        (0, "answered", False, True),
        (1, "answered", None, False),
        (0, "refused", None, False),
        (1, "answered", None, False),
        (0, "answered", False, False),
        (1, "answered", None, False),
    ]
    assert night.landed() == [CHEAP, BETTER, BETTER, BETTER]
    confidences = night.rows("select confidence from bi.attempts where confidence is not null order by started_at")
    assert confidences[0][0] > RULE.accept_at > confidences[1][0]
    assert night.rows("select distinct option from bi.decisions where plan_version = 2") == [(RULE.name,)]
    night.books_balance()


async def test_whatever_keeps_the_better_offer_from_answering_the_first_answer_lands(night):
    invalid, narrow, late, poor, stopped = await night.begin(5)
    night.allow(narrow, Zone.OVERSEAS)
    await night.decide([invalid, narrow, late, poor, stopped])
    night.vendor("overseas", **UNSURE)

    night.vendor("domestic", faults=[{"kind": "invalid_json", "next": 2}])
    assert await night.answer(invalid) is WorkState.ANSWERED
    assert await night.answer(narrow) is WorkState.ANSWERED  # the second is outside its clearance: nothing is sent
    night.vendor("overseas", latency_s=1.0, **UNSURE)
    night.run.deadline_at = datetime.now(UTC) + timedelta(seconds=0.7)
    assert await night.answer(late) is WorkState.ANSWERED  # the deadline passed while the first was asked
    night.run.deadline_at = datetime.now(UTC) + timedelta(hours=1)
    night.leave_room_for_the_first_step()
    assert await night.answer(poor) is WorkState.ANSWERED
    assert night.landed() == [CHEAP, CHEAP, CHEAP, CHEAP]
    steps = [each[:2] for each in night.attempts()]
    assert steps == [(0, "answered"), (1, "invalid"), (1, "invalid"), *[(0, "answered")] * 3]
    night.books_balance()

    night.rows("update ledger.budget set cap_jpy = 100 where scope = 'run' returning 1")
    night.vendor("domestic", latency_s=30.0)
    asking = asyncio.create_task(night.answer(stopped))
    await asyncio.to_thread(wait_until, lambda: (1, "intent", None, False) in night.attempts())
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert night.landed() == [CHEAP] * 5


async def test_killed_between_the_steps_a_document_is_asked_again_and_each_yen_is_billed_once(night):
    (document_id,) = await night.begin()
    await night.decide([document_id])
    night.vendor("overseas", **UNSURE)

    document = await take(night.opened, night.run, USE_CASE, document_id)
    loaded = await load_registered(document.planned.source, document.planned.sha256, None)
    kept = await _try_step(document, loaded, FIRST)
    assert isinstance(kept, Kept)  # here the process dies, and what it kept with it
    async with night.opened.pool.connection() as conn:
        assert (await runs.take_over(conn, night.run.run_id)).leases == 1

    with pytest.raises(LeaseLost):  # had it only been slow, its answer would not land any more
        await cascading.land(document, kept)
    assert await night.answer(document_id) is WorkState.ANSWERED
    assert [each[:3] for each in night.attempts()] == [
        (0, "answered", False), (0, "answered", False), (1, "answered", None),
    ]  # fmt: skip
    assert night.landed() == [BETTER]
    night.books_balance()


async def test_an_answer_below_the_floor_does_not_stand_in_for_the_better_one(night):
    helped, alone = await night.begin(2)
    await night.decide([helped])
    await night.decide([alone], chain=(CHEAP, BETTER))
    night.vendor("overseas", **UNSURE)
    night.vendor("domestic", faults=[{"kind": "invalid_json", "next": 4}])
    night.run.offers[USE_CASE][:] = [
        replace(each, quality=0.2) if each.name == CHEAP else each for each in night.run.offers[USE_CASE]
    ]

    assert await night.answer(helped) is WorkState.ANSWERED  # by the offer that stands in
    assert await night.answer(alone) is WorkState.UNANSWERED

    assert night.landed() == [LAST]
    assert night.rows("select reason from bi.unanswered") == [("invalid_answer",)]
    night.books_balance()
