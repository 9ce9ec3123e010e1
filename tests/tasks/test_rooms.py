"""Every cap is a limit of its own in the plan: two caps on one vendor are not taken for each other."""

from decimal import Decimal
from types import SimpleNamespace

from tasks.rooms import _room
from yakin.domain.money import Per, Scope
from yakin.store.budgets import CapRoom


def test_caps_on_one_vendor_have_names_of_their_own():
    run = SimpleNamespace(jobs={"triage": None, "other": None})
    caps = [CapRoom(Scope.VENDOR, "OpenAI", per, Decimal(9), frozenset({"triage", "other"})) for per in Per]

    rooms = [_room(run, cap) for cap in caps]

    assert [each.name for each in rooms] == [
        "budget of vendor OpenAI per day",
        "budget of vendor OpenAI per month",
        "budget of vendor OpenAI per fiscal year",
    ]
    assert {(each.operator, each.use_cases) for each in rooms} == {("OpenAI", None)}


def test_a_cap_of_one_job_counts_that_job_only():
    run = SimpleNamespace(jobs={"triage": None, "other": None})
    [job] = [_room(run, CapRoom(Scope.RUN, "r/1", Per.DAY, Decimal(7), frozenset({"other"})))]
    assert (job.name, job.use_cases, job.operator) == ("budget of the job other", frozenset({"other"}), None)
