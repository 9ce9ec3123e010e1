"""Which models an approval lets serve, when the model or the use case changes, and what people hear of it."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.store.story import offer
from yakin.domain.offer_approval import Approval, Basis, Standing, fingerprint, gate_of, holding, notice
from yakin.domain.routing import Api, OutputMode

CASE = "triage"
A, B = offer("a").model, offer("b").model
MODELS = {"a": A, "b": B}
NUMBERS = itertools.count(1)


def approved(model, version="v1", basis=Basis.TESTED):
    """A row that approves the model as it is, or takes it back."""
    made_by = (fingerprint(model), model.vendor_model, model.endpoint.name)
    return Approval(
        next(NUMBERS), CASE, version, model.name, *made_by, basis, "花子", datetime(2026, 11, 1, tzinfo=UTC)
    )


def gate(*rows, version="v1", models=MODELS):
    return gate_of(CASE, version, rows, models)


def changed(model, **changes):
    endpoint = {name: changes.pop(name) for name in ("api", "base_url", "region") if name in changes}
    return replace(model, endpoint=replace(model.endpoint, **endpoint), **changes)


def test_a_use_case_without_any_approval_is_open_and_says_so():
    it = gate(replace(approved(A), use_case="another"))
    assert it.standing is Standing.OPEN
    assert it.why_not("a") is None
    assert "no offer was ever approved" in notice(it, "v1")


def test_the_first_approval_closes_the_gate_for_the_others():
    it = gate(row := approved(A, basis=Basis.FIRST))
    assert (it.standing, it.serving, it.rests_on) == (Standing.HOLDS, {"a"}, (row.approval_id,))
    assert it.why_not("b") == (
        "new: no approval for triage; run yakin evaluate triage --budget-jpy YEN --real, "
        "then yakin offers approve triage b"
    )
    assert notice(it, "v1") is None


def test_a_changed_model_falls_back_to_what_still_holds():
    newer = MODELS | {"b": changed(B, vendor_model="b-2027")}
    it = gate(approved(A), approved(B), models=newer)
    assert it.serving == {"a"}
    assert it.why_not("b").startswith("changed since it was approved for triage (was b at b-endpoint, is b-2027 at")
    assert "not asked: b; serving are a" in notice(it, "v1")
    assert gate(approved(A), approved(B), approved(newer["b"]), models=newer).serving == {"a", "b"}


def test_a_changed_use_case_is_served_by_models_that_did_not_change_and_loudly():
    newer = MODELS | {"b": changed(B, vendor_model="b-2027")}
    it = gate(approved(A), approved(B), version="v2", models=newer)
    assert (it.standing, it.serving) == (Standing.OLD_VERSION, {"a"})
    assert "NO offer is approved for its version v2" in notice(it, "v2")
    it = gate(approved(A), approved(B), approved(B, "v2"), version="v2")
    assert (it.standing, it.serving) == (Standing.HOLDS, {"b"})
    assert it.why_not("a").startswith("approved for another version of triage")


def test_when_nothing_is_left_as_it_was_approved_nothing_serves():
    newer = {name: changed(model, vendor_model="x") for name, model in MODELS.items()}
    it = gate(approved(A), models=newer)
    assert (it.standing, it.serving) == (Standing.NOTHING_LEFT, frozenset())
    assert None not in (it.why_not("a"), it.why_not("b"))
    assert "none of its documents is asked" in notice(it, "v1")


def test_a_revocation_takes_all_of_a_model_back_and_does_not_open_the_gate():
    rows = [approved(A), approved(A, "v2"), approved(A, basis=None)]
    it = gate(*rows, version="v2")
    assert it.standing is Standing.NOTHING_LEFT
    assert "was taken back" in it.why_not("a")
    assert gate(*rows, again := approved(A)).rests_on == (again.approval_id,)
    assert holding(rows) == []


def test_a_model_that_goes_back_to_what_was_approved_serves_again():
    newer = changed(A, vendor_model="a-2027")
    rows = [approved(A), approved(newer)]
    assert all(gate(*rows, models={"a": model}).serving == {"a"} for model in (A, newer))


@pytest.mark.parametrize(
    "change",
    [{"vendor_model": "a-2"}, {"output": OutputMode.TOOL}, {"api": Api.ANTHROPIC}, {"region": "us-east-1"},
     {"base_url": "https://eu.vendor.example/v1"}, {"base_url": "https://vendor.example/other/v1"}],
)  # fmt: skip
def test_what_makes_the_answers_changes_the_fingerprint(change):
    model = changed(A, base_url="https://vendor.example/v1")
    assert fingerprint(changed(model, **change)) != fingerprint(model)


def test_what_makes_no_answers_does_not():
    model = changed(A, base_url="https://vendor.example/v1")
    assert fingerprint(replace(model, prices=(), context_tokens=1, quality_prior={"*": 0.1})) == fingerprint(model)
    assert fingerprint(changed(model, base_url="https://vendor.example/v1/")) == fingerprint(model)
    served = [changed(A, base_url=url) for url in ("http://127.0.0.1:4711/v1", "http://127.0.0.1:8080/v1", "")]
    assert len(set(map(fingerprint, served))) == 1  # an embedded server has another port every time


def test_a_model_whose_address_cannot_be_found_tonight_has_not_changed():
    there = changed(A, base_url="https://gpu01.example/v1")
    away = changed(A, base_url="")
    assert gate(approved(there), models={"a": away}).serving == {"a"}
    assert gate(approved(there), models={"a": replace(away, vendor_model="a-2")}).serving == frozenset()
