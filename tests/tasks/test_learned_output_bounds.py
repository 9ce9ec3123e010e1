"""What learned output bounds buy: more answers of a tight budget, and nothing lost of an answer that is longer.

The steps of a night in this process, one document after the other, with real Postgres and sandbox vendors.
"""

import os
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
import yaml
from prefect.settings import PREFECT_API_URL, temporary_settings

from tasks import resources
from tasks.answering import answer_document
from tasks.classify import classify, to_classify
from tasks.collect_batches import _collect_in_night
from tasks.open_run import open_run
from tasks.parameters import JobParameters, Mode, NightRunParameters
from tasks.plan_run import plan_run
from tasks.register_documents import register_documents
from tasks.resources import Resources
from tasks.settling_lines import Landed
from tasks.slices import Slice
from tasks.submit_batch import _submit_batch
from yakin import use_cases
from yakin.domain.calendar import JST
from yakin.domain.documents import Reason, WorkState
from yakin.local import sandbox

ROOMY = "roomy_triage"  # inquiry_triage with room for an answer of fifty times its length
FULL = 4000
ONLY = "sandbox-gpt-6.1-sol"
DOCUMENTS = 12


@dataclass(slots=True)
class Night:
    """Opened resources, and the rows that they wrote."""

    opened: Resources
    home: Path
    documents: Path
    owner_url: str

    def write(self, first: int, count: int) -> None:
        for number in range(first, first + count):
            (self.documents / f"{number:02}.txt").write_text(f"問い合わせ {number}: 請求書の宛名を変えたい。")

    async def run(self, budget_jpy: object) -> list[WorkState]:
        """One run over what is not answered yet."""
        run_id = await self.open(budget_jpy)
        return await self.ask(run_id, await self.plan(run_id))

    async def open(self, budget_jpy: object, *, batch: bool = False) -> str:
        deadline = (datetime.now(JST) + timedelta(hours=1)).strftime("%H:%M")
        parameters = NightRunParameters(
            jobs=[JobParameters(source=str(self.documents), use_case=ROOMY)], budget_jpy=Decimal(str(budget_jpy)),
            deadline=deadline, new=True, mode=Mode.REHEARSAL, batch=batch,
        )  # fmt: skip
        run_id = await open_run.fn(parameters)
        await register_documents.fn(run_id)
        for document_ids in await to_classify(run_id):
            await classify.fn(run_id, document_ids)
        return run_id

    async def plan(self, run_id: str, wave: int = 0) -> tuple[Slice, ...]:
        return (await plan_run.fn(run_id, wave)).slices

    async def ask(self, run_id: str, slices: Sequence[Slice]) -> list[WorkState]:
        run = self.opened.running(run_id)
        asked = [document_id for part in slices for document_id in part.document_ids]
        return [await answer_document(self.opened, run, ROOMY, document_id) for document_id in asked]

    def attempts(self) -> list[tuple]:
        """Outcome, bound and worst case of the newest run's attempts, in their order."""
        return self.rows(
            "select a.outcome, a.output_bound_tokens, a.worst_jpy from yakin.attempt a join yakin.run r using (run_id) "
            "where r.started_at = (select max(started_at) from yakin.run) order by a.intent_at"
        )

    def measured(self, times: int) -> None:
        """As if the last answered attempt had been made so often, as a month of nights would."""
        self.rows(
            "insert into yakin.attempt select (jsonb_populate_record(a, jsonb_build_object("
            "'attempt_id', gen_random_uuid()))).* from yakin.attempt a, generate_series(1, %s) where a.attempt_id = "
            "(select attempt_id from yakin.attempt where outcome = 'answered' order by intent_at desc limit 1) "
            "returning 1",
            times,
        )

    def books_balance(self) -> None:
        """What is charged is what the vendors meter, and nothing stays reserved."""
        charged = self.rows("select sum(amount_native) from ledger.entry where kind = 'charge'")
        assert charged == [(sum(each.amount for each in sandbox.read_meter(self.home)),)]
        assert self.rows("select sum(reserved_jpy) from ledger.budget") == [(Decimal(0),)]

    def rows(self, query: str, *params: object) -> list[tuple]:
        with psycopg.connect(self.owner_url) as conn:
            return conn.execute(query, params).fetchall()


def one_model(catalogue: Path) -> str:
    """A layer in which no other sandbox model is good enough, so that the chain has one offer; its batches are fast."""
    models = [each["name"] for each in yaml.safe_load(catalogue.read_text())["models"] if each["name"] != ONLY]
    endpoints = [{"name": "sandbox-overseas", "limits": {"batch_hours": 0.01}}]
    layer = {"endpoints": endpoints, "models": [{"name": name, "quality_prior": {"*": 0.1}} for name in models]}
    return yaml.safe_dump(layer)


@pytest.fixture
async def night(tmp_path, database, monkeypatch):
    home, documents, folder = tmp_path / "home", tmp_path / "documents", tmp_path / "use_cases"
    for each in (home, documents, tmp_path / "no-models"):
        each.mkdir(mode=0o700)
    shutil.copytree(Path(use_cases.__path__[0]) / "inquiry_triage", folder / ROOMY)
    facts = folder / ROOMY / "use_case.yaml"
    facts.write_text(facts.read_text().replace("max_output_tokens: 160", f"max_output_tokens: {FULL}"))
    vendors = sandbox.start(home, answers="instant")
    (home / "layer.yaml").write_text(one_model(vendors.catalogue_path))
    environment = {
        "YAKIN_HOME": home, "YAKIN_MODELS": tmp_path / "no-models", "YAKIN_DATABASE_URL": database.app_url,
        "YAKIN_OWNER_DATABASE_URL": database.owner_url, "YAKIN_USE_CASES": folder,
        "YAKIN_CATALOGUE": os.pathsep.join([str(vendors.catalogue_path), str(home / "layer.yaml")]),
    } | dict(vendors.keys)  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, str(value))
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):  # nobody looks at pictures of this night
        async with resources.opened(Mode.REHEARSAL) as opened:
            yield Night(opened, home, documents, database.owner_url)
    sandbox.stop(home)


async def test_a_learned_bound_answers_more_of_a_tight_budget_and_a_longer_answer_is_asked_again(night):
    night.write(0, DOCUMENTS)
    budget_jpy = 8

    states = Counter(await night.run(budget_jpy))  # nothing was measured: the full bound
    first = night.attempts()

    assert {bound for _, bound, _ in first} == {FULL}
    assert 0 < states[WorkState.ANSWERED] < DOCUMENTS / 2
    assert set(night.opened.run.reasons.values()) == {Reason.BUDGET}

    night.measured(200)
    states = Counter(await night.run(budget_jpy))  # the rest, for the same budget
    second = night.attempts()

    assert states == {WorkState.ANSWERED: DOCUMENTS - len(first)}
    assert len(second) > len(first)
    assert {bound for _, bound, _ in second} == set(night.opened.run.output_bounds.values())
    assert second[0][1] < FULL / 10
    assert max(worst for *_, worst in second) < min(worst for *_, worst in first) / 2

    night.write(DOCUMENTS, 1)
    cut, spoiled = {"kind": "truncated", "next": 1}, {"kind": "invalid_json", "next": 1}
    sandbox.control(night.home, "overseas", {"faults": [cut, spoiled]})
    assert await night.run(100) == [WorkState.ANSWERED]

    learned = second[0][1]
    assert [attempt[:2] for attempt in night.attempts()] == [
        ("truncated", learned),
        ("invalid", FULL),
        ("answered", FULL),
    ]
    purposes = night.rows("select purpose from yakin.attempt order by intent_at desc limit 3")
    assert purposes == [("repair",), ("answer",), ("answer",)]
    night.books_balance()


async def test_a_batch_line_that_the_bound_cut_is_asked_with_the_full_one_in_the_next_wave(night):
    night.write(0, 1)
    run_id = await night.open(100, batch=True)
    night.opened.run.output_bounds = {(ROOMY, ONLY): 16}  # as if every answer had been short so far

    (part,) = await night.plan(run_id)
    assert part.waits
    await _submit_batch.fn(run_id, part)
    assert await _collect_in_night.fn(run_id) == Landed(given_back=1)
    states = await night.ask(run_id, await night.plan(run_id, wave=1))

    assert states == [WorkState.ANSWERED]
    assert [attempt[:2] for attempt in night.attempts()] == [("truncated", 16), ("answered", FULL)]
    night.books_balance()
