"""The steps of a night in this process with real Postgres and sandbox vendors, decided by the test."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from tasks import resources
from tasks.answering import answer_document
from tasks.classify import classify, to_classify
from tasks.open_run import open_run
from tasks.parameters import JobParameters, Mode, NightRunParameters
from tasks.plan_run import plan_run
from tasks.register_documents import register_documents
from tasks.resources import Resources
from tasks.run_context import RunContext
from yakin.domain.calendar import JST
from yakin.domain.documents import DocumentId, WorkState
from yakin.domain.planning import Assignment, Plan, PlanItem, Quote
from yakin.domain.verification import Calibration, CascadeRule
from yakin.domain.zones import Zone
from yakin.local import sandbox
from yakin.store import decisions

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
