"""`yakin offers`: an offer gets into production by a test or by name, and everyone can see which."""

import asyncio
import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.own_servers import own_servers
from tests.store.golden_story import evaluated
from tests.store.story import offer
from yakin import use_cases
from yakin.catalogue.load import load_catalogue
from yakin.store.pool import Pool
from yakin.use_cases.load import load_use_cases

CASE = "triage"
BY = ("--by", "品質 花子", "--because", "稟議 12")
GOOD, SAME, WORSE = [1.0] * 180 + [0.0] * 20, [1.0] * 181 + [0.0] * 19, [1.0] * 140 + [0.0] * 60


@pytest.fixture
def offers(yakin_with_database, database, tmp_path, monkeypatch):
    """The command, with a use case of its own and three models on own servers; `offers.measure` scores them."""
    folder, layer = tmp_path / "use_cases", tmp_path / "layer.yaml"
    shutil.copytree(Path(use_cases.__path__[0]) / "inquiry_triage", folder / CASE)
    layer.write_text(own_servers("first", "second", "third"))
    monkeypatch.setenv("YAKIN_USE_CASES", str(folder))
    monkeypatch.setenv("YAKIN_CATALOGUE", str(layer))

    def run(*arguments: object) -> dict:
        ended = yakin_with_database("offers", *arguments, "--json")
        return json.loads(ended.stdout) if ended.exit_code == 0 else {"code": ended.exit_code, "said": ended.stderr}

    async def measure(scores, golden):
        models = load_catalogue([layer], on=date(2026, 11, 24), embedded={}).models
        facts = load_use_cases(folder)[CASE].facts
        pool = await Pool.open(database.app_url, max_size=2)
        candidates = [replace(offer(name), model=models[name]) for name in scores]
        await evaluated(pool, scores, candidates, use_case=CASE, version=facts.version, golden=golden)
        await pool.close()

    run.measure = lambda golden="g1", **scores: asyncio.run(measure(scores, golden))
    run.change = lambda old, new: layer.write_text(layer.read_text().replace(old, new))
    run.reword = lambda: (folder / CASE / "prompt.md").write_text("別の指示")
    run.text = lambda *arguments: yakin_with_database(*arguments).stdout
    return run


def states(offers) -> dict[str, tuple]:
    (shown,) = offers("show", CASE)["use_cases"]
    ours = [each for each in shown["offers"] if each["model"] in ("first", "second", "third")]
    return {each["model"]: (each["state"], each["serves"], each["test"] and each["test"]["verdict"]) for each in ours}


def test_the_first_is_approved_with_nothing_to_compare_and_the_next_by_a_passed_test(offers):
    assert {each[1] for each in states(offers).values()} == {True}
    first = offers("approve", CASE, "first", *BY)
    assert (first["basis"], first["serving"], first["notices"]) == ("first", ["first"], [])

    refused = offers("approve", CASE, "second", *BY)
    assert refused["code"] == 2
    assert "not measured: no evaluation of this version scored it as it is now" in refused["said"]

    offers.measure(first=GOOD, second=SAME, third=WORSE)
    assert states(offers) == {
        "first": ("approved", True, None),
        "second": ("new", False, "non_inferior"),
        "third": ("new", False, "inferior"),
    }
    second = offers("approve", CASE, "second", *BY)
    assert (second["basis"], second["against"], second["serving"]) == ("tested", "first", ["first", "second"])

    refused = offers("approve", CASE, "third", *BY)
    assert "third is not approved for triage: against second: inferior: -20.5 points on 200 items" in refused["said"]
    third = offers("approve", CASE, "third", *BY, "--without-test", "--against", "first")
    assert (third["basis"], third["verdict"], third["against"]) == ("without_test", "inferior", "first")
    told = offers.text("offers", "show", CASE)
    assert "without test, by 品質 花子" in told
    assert {"0.700", "0.600–0.800"} <= set(told.split())
    assert "new and not measured 新規・未測定: bedrock-" in told


def test_a_golden_set_too_small_to_tell_is_said_to_be_so_with_the_size_that_would(offers):
    offers("approve", CASE, "first", *BY)
    offers.measure(first=GOOD[160:], second=SAME[160:])
    said = offers("approve", CASE, "second", *BY)["said"]
    assert "too small to tell: +2.5 points on 40 items; 40 items tell about ±" in said
    assert " items would tell" in said
    assert states(offers)["second"] == ("new", False, "too_small")


def test_a_changed_model_and_a_changed_prompt_are_tested_against_what_was_approved(offers):
    offers("approve", CASE, "first", *BY)
    offers.measure(first=GOOD)
    offers.change("model: first\n", "model: first-2027\n")
    assert states(offers)["first"] == ("changed", False, None)
    assert "first at first, is first-2027 at first" in str(offers("show", CASE))
    offers.measure(first=SAME)
    approved = offers("approve", CASE, "first", *BY)
    assert (approved["basis"], approved["against"], approved["serving"]) == ("tested", "first", ["first"])

    offers.reword()
    assert states(offers)["first"] == ("other_version", True, None)
    assert "switch gate triage" in offers.text("doctor")
    offers.measure("another golden set", first=SAME)
    assert "no approved model was scored on the same golden set" in offers("approve", CASE, "first", *BY)["said"]
    offers.measure(first=SAME)
    assert offers("approve", CASE, "first", *BY)["basis"] == "tested"


def test_what_is_taken_back_serves_no_more_and_leaves_the_gate_closed(offers):
    offers("approve", CASE, "first", *BY)
    again = offers("approve", CASE, "first", *BY)
    assert "approved for triage as it is (approval 1)" in again["said"]
    revoked = offers("revoke", CASE, "first", *BY)
    assert (revoked["serving"], "none of its documents is asked" in revoked["notices"][0]) == ([], True)
    assert states(offers)["first"] == ("revoked", False, None)
    assert "--without-test" in offers("approve", CASE, "second", *BY)["said"]
    assert offers("approve", CASE, "second", *BY, "--without-test")["basis"] == "without_test"


WRONG = {
    "USE_CASE: unknown 'nothing'; known: contract_terms": ("approve", "nothing", "first", *BY),
    "MODEL: the catalogue has no real model 'nobody'": ("approve", CASE, "nobody", *BY),
    "did you mean first? All tiers": ("approve", CASE, "first:batch", *BY),
    "--by: say who approves": ("approve", CASE, "first", "--by", " ", "--because", "x"),
    "first is not approved for triage; `yakin offers show triage`": ("revoke", CASE, "first", *BY),
    "USE_CASE: unknown 'nothing'": ("show", "nothing"),
}


def test_a_wrong_word_is_named_with_its_remedy(offers):
    for said, arguments in WRONG.items():
        ended = offers(*arguments)
        assert (ended["code"], said in ended["said"]) == (2, True)
