"""What a real run may be served by: its steps in this process, real Postgres, own servers that are never called."""

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from tasks import resources
from tasks.explaining import explain
from tasks.open_run import open_run, opened_run
from tasks.parameters import JobParameters, Mode, NightRunParameters
from tasks.plan_run import plan_run
from tests.own_servers import own_servers
from yakin import use_cases
from yakin.catalogue.judge import JudgeRule, WhenItFails
from yakin.domain.calendar import JST
from yakin.domain.documents import RunPurpose
from yakin.domain.levels import Level
from yakin.domain.non_inferiority import Trial, Verdict
from yakin.domain.offer_approval import Basis, fingerprint
from yakin.store import offer_approvals
from yakin.store.offer_approvals import NewApproval

CASE = "triage"


@pytest.fixture
async def night(tmp_path, database, monkeypatch):
    home, folder = tmp_path / "home", tmp_path / "use_cases"
    for each in (home, tmp_path / "no-models", tmp_path / "documents"):
        each.mkdir(mode=0o700)
    shutil.copytree(Path(use_cases.__path__[0]) / "inquiry_triage", folder / CASE)
    (home / "layer.yaml").write_text(own_servers("first", "second"))
    environment = {
        "YAKIN_HOME": home, "YAKIN_MODELS": tmp_path / "no-models", "YAKIN_DATABASE_URL": database.app_url,
        "YAKIN_OWNER_DATABASE_URL": database.owner_url, "YAKIN_USE_CASES": folder,
        "YAKIN_CATALOGUE": home / "layer.yaml",
    }  # fmt: skip
    for name, value in environment.items():
        monkeypatch.setenv(name, str(value))
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        async with resources.opened(Mode.REAL) as opened:
            yield opened


def parameters(night) -> NightRunParameters:
    deadline = (datetime.now(JST) + timedelta(hours=1)).strftime("%H:%M")
    job = JobParameters(source=str(night.settings.home.parent / "documents"), use_case=CASE)
    return NightRunParameters(jobs=[job], budget_jpy=Decimal(10), deadline=deadline, new=True, mode=Mode.REAL)


async def approve(night, model: str, basis: Basis | None = Basis.WITHOUT_TEST) -> None:
    facts, known = night.use_cases[CASE].facts, night.catalogue.models[model]
    trial = None if basis is None else Trial(Verdict.NOT_MEASURED, facts.switch_gate)
    made_by = (fingerprint(known), known.vendor_model, known.endpoint.name)
    async with night.pool.connection() as conn:
        await offer_approvals.save(conn, NewApproval(CASE, facts.version, model, *made_by, "a", "b", basis, trial))


async def serving(night) -> tuple[set[str], tuple[str, ...]]:
    await open_run.fn(parameters(night))
    return {offer.name for offer in night.run.offers[CASE]}, night.run.notices


def change(night, model: str, **changes) -> None:
    models = dict(night.catalogue.models)
    models[model] = replace(models[model], **changes)
    night.catalogue = replace(night.catalogue, models=models)


def reworded(night) -> None:
    use_case = night.use_cases[CASE]
    night.use_cases = {CASE: replace(use_case, facts=replace(use_case.facts, version="another"))}


async def test_a_real_run_is_served_by_what_is_approved_and_says_when_that_is_unusual(night, database):
    offers, notices = await serving(night)
    assert offers == {"first", "second"}
    assert "no offer was ever approved" in notices[0]
    planned = await plan_run.fn(night.run.run_id, 0)
    assert planned.quote.words[0] == notices[0]

    await approve(night, "first")
    assert await serving(night) == ({"first"}, ())

    await approve(night, "second")
    change(night, "first", vendor_model="first-2027")
    offers, notices = await serving(night)
    assert offers == {"second"}
    assert "not asked: first" in notices[0]

    reworded(night)
    offers, notices = await serving(night)
    assert offers == {"second"}
    assert "NO offer is approved for its version another" in notices[0]

    await approve(night, "second", basis=None)
    offers, notices = await serving(night)
    assert offers == set()
    assert "none of its documents is asked" in notices[0]

    with psycopg.connect(database.owner_url) as conn:
        seen = conn.execute("select model, runs from bi.offer_approvals order by approval_id").fetchall()
    assert seen == [("first", 1), ("second", 2), ("second", 0)]


async def test_explain_an_evaluation_a_rehearsal_and_the_judge_at_a_closed_gate(night, tmp_path):
    await approve(night, "first")
    letter = tmp_path / "letter.txt"
    letter.write_text("請求書の宛名を変えたい。")

    explained = await explain(night, str(letter), CASE, None)
    told = {offer.offer: offer.why_not for offer in explained.offers}
    assert explained.choice == "first"
    assert told["second:realtime"].startswith(
        f"new: no approval for {CASE}; run yakin evaluate {CASE} --budget-jpy YEN --real, then"
    )

    await opened_run(night, parameters(night), RunPurpose.EVALUATION)
    assert {offer.name for offer in night.run.offers[CASE]} == {"first", "second"}

    night.catalogue = replace(
        night.catalogue, judge=JudgeRule("second", Level.RESTRICTED, 10, 30_000, 2000, WhenItFails.RESTRICTED)
    )
    await open_run.fn(parameters(night))
    assert {offer.name for offer in night.run.offers[CASE]} == {"first"}
    assert night.run.judging.offer.name == "second"

    night.rehearsal = True
    rehearsed = await explain(night, str(letter), CASE, None)
    assert [offer.offer for offer in rehearsed.offers if "no approval" in (offer.why_not or "")] == []


async def test_a_run_that_is_resumed_after_a_revocation_knows_the_revoked_model_no_more(night, database):
    kept = parameters(night).model_copy(update={"new": False})
    await approve(night, "first")
    await approve(night, "second")
    run_id = await open_run.fn(kept)
    assert night.run.offer(CASE, "second") is not None

    await approve(night, "second", basis=None)

    assert await open_run.fn(kept) == run_id
    assert night.run.offer(CASE, "second") is None  # whatever its plans and decisions name
    with psycopg.connect(database.owner_url) as conn:
        frozen = conn.execute("select offer from yakin.run_offer where run_id = %s", (run_id,)).fetchall()
    assert ("second",) in frozen  # what was asked before is still explained
