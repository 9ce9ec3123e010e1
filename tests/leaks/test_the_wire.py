"""Every path that a document can take, listened to at the vendors: no zone receives what it must not.

YAKIN_WIRE_DOCUMENTS sets how many documents take each path; 2,000 take about two minutes per path.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.batches.conftest import JAPAN_REGION, BatchNight
from tests.leaks.places import assert_nowhere, received_by
from tests.leaks.wire import VENDOR_OF, Wire, leaks, strings_in, write_documents
from tests.night_fixtures import Ended, House
from yakin.domain.zones import Zone
from yakin.local import sandbox

DOCUMENTS = int(os.environ.get("YAKIN_WIRE_DOCUMENTS", "90"))
SPELLED_OUT = 40  # strings that are looked for in every encoding as well
MUTANTS = Path(__file__).with_name("mutants")
ABOVE_CONFIDENTIAL = ("WIRER", "WIRES", "WIREK")


def faults(*kinds: tuple[str, float]) -> dict[str, object]:
    """A vendor that does these things with these probabilities."""
    return {"faults": [{"kind": kind, "probability": probability} for kind, probability in kinds]}


@dataclass(frozen=True)
class Way:
    """One way through the night: how vendors behave, what the command adds, and the rows that prove it was taken."""

    vendors: dict[str, dict[str, object]]
    proof: str
    options: tuple[str, ...] = ()
    preferred: tuple[str, str] | None = None  # endpoint and model that win wherever they are allowed
    judge: str | None = None  # the model on the own premises that judges by meaning


DOWN = faults(("server_error", 1.0))
PATHS = {
    "chat": Way({}, "outcome = 'answered' and zone <> 'on_prem'"),
    "repair": Way({"all": faults(("invalid_json", 0.4))}, "purpose = 'repair' and zone <> 'on_prem'"),
    "echo": Way({"all": faults(("echo", 0.4))}, "purpose = 'repair' and zone <> 'on_prem'"),
    "retry": Way({"all": faults(("server_error", 0.3))}, "outcome = 'transient'"),
    "cut": Way(
        {"all": faults(("truncated", 0.15), ("over_long", 0.25), ("refusal", 0.15), ("disconnect_after", 0.15))},
        "outcome in ('truncated', 'invalid', 'refused', 'unknown')",
    ),
    "failover": Way({"overseas": DOWN}, "outcome = 'answered' and step > 0 and zone <> 'on_prem'"),
    "batch": Way({}, "outcome = 'answered' and strpos(offer, ':batch') > 0 and zone <> 'on_prem'", ("--batch",)),
    "masked": Way({"domestic": DOWN}, "outcome = 'answered' and masked and zone = 'japan_region'"),
    "masked batch": Way(
        {"domestic": DOWN},
        "outcome = 'answered' and masked and zone = 'japan_region' and strpos(offer, ':batch') > 0",
        ("--batch",),
        JAPAN_REGION,
    ),
    # it says of everything that it is a deal, so that nothing may leave: not even before it has spoken
    "judge": Way(
        {"on-prem": {"prefer": {"category": "deal"}}}, "purpose = 'judge'", judge="sandbox-qwen2.5-coder-1.5b"
    ),
}


def received(house: House) -> dict[Zone, bytes]:
    """What each zone's vendor received, decoded from its recording."""
    return {zone: received_by(house, vendor) for zone, vendor in VENDOR_OF.items()}


def judged_by(house: House, model: str) -> None:
    """A catalogue layer of the company's own that turns the judge on."""
    layer, found = house.home / "judge.yaml", sandbox.status(house.home)
    layer.write_text(f"judge: {{model: {model}}}\n")
    house.environment |= dict(found.keys)
    house.environment["YAKIN_CATALOGUE"] = os.pathsep.join([str(found.catalogue_path), str(layer)])


def night_on(house: House, way: Way) -> Ended:
    """One night over that path."""
    house.vendors(way.vendors)
    if way.preferred:
        BatchNight(house).prefer(*way.preferred)
    if way.judge:
        judged_by(house, way.judge)
    job = ("run", house.documents, "--use-case", "inquiry_triage", "--budget-jpy", 100_000, "--rehearsal", "--json")
    return house.yakin(*job, *way.options, timeout_s=240 + DOCUMENTS)


@pytest.mark.timeout(600 + 2 * DOCUMENTS)
@pytest.mark.parametrize("name", PATHS)
def test_nothing_forbidden_is_received_on_any_path(house: House, look: Callable, name: str):
    wire = write_documents(house.documents, DOCUMENTS, all_sensitive=PATHS[name].judge is not None)

    night = night_on(house, PATHS[name])

    assert night.code == 3, night.err  # the documents with a My Number are quarantined
    taken = house.rows(f"select count(*) from yakin.attempt where {PATHS[name].proof}")[0][0]
    assert taken >= DOCUMENTS // 20, f"only {taken} requests went this way"
    assert list(leaks(wire, received(house))) == []
    _check_inside(wire, received(house))
    places = look(night)
    assert {place: found for place, data in places.items() if (found := strings_in(data) & wire.everything)} == {}
    assert_nowhere(wire.sample(SPELLED_OUT), places.items())


def _check_inside(wire: Wire, heard: dict[Zone, bytes]) -> None:
    """The search sees what is there: the own premises received what nobody else may."""
    only_inside = wire.forbidden[Zone.DOMESTIC] - wire.forbidden[Zone.ON_PREM]
    assert len(strings_in(heard[Zone.ON_PREM]) & only_inside) >= len(only_inside) * 0.5


THIRD_WALL = "alter table yakin.attempt drop constraint attempt_third_wall"
WALLS = {"plan": {"planner"}, "gate": {"gate", "clearing"}, "database": {"database"}}  # DESIGN §4: (a), (b), (c)
ALL_WALLS = frozenset().union(*WALLS.values())


def night_with_broken(house: House, walls: frozenset[str], way: Way) -> Ended:
    """A night whose process has these walls broken from its first instruction on."""
    if "database" in walls:
        with psycopg.connect(house.owner_url) as conn:
            conn.execute(THIRD_WALL)
    house.environment["PYTHONPATH"] = os.pathsep.join([str(MUTANTS), house.environment["PYTHONPATH"]])
    house.environment["YAKIN_BROKEN_WALLS"] = ",".join(sorted(walls - {"database"}))
    return night_on(house, way)


@pytest.mark.parametrize("way", ["chat", "batch"])
@pytest.mark.parametrize("standing", WALLS)
def test_each_wall_alone_is_enough(house: House, standing: str, way: str):
    wire = write_documents(house.documents, 36)

    night_with_broken(house, ALL_WALLS - WALLS[standing], PATHS[way])

    assert house.rows("select count(*) from yakin.attempt where outcome = 'answered'")[0][0] > 0
    assert [zone for zone, string in leaks(wire, received(house)) if string.startswith(ABOVE_CONFIDENTIAL)] == []


@pytest.mark.parametrize("way", ["chat", "batch"])
def test_the_wire_test_fails_when_every_wall_is_broken(house: House, way: str):
    wire = write_documents(house.documents, 36)

    night_with_broken(house, ALL_WALLS, PATHS[way])

    found = {string[:5] for _, string in leaks(wire, received(house)) if string.startswith("WIRE")}
    assert found >= set(ABOVE_CONFIDENTIAL)


@pytest.mark.parametrize("way", ["masked", "masked batch"])
def test_the_gate_alone_stops_a_text_that_was_not_masked(house: House, way: str):
    wire = write_documents(house.documents, 36)

    night_with_broken(house, frozenset({"masking"}), PATHS[way])

    assert ("egress_refused",) in house.rows("select reason from bi.unanswered")
    assert list(leaks(wire, received(house))) == []


@pytest.mark.parametrize("way", ["masked", "masked batch"])
def test_the_wire_test_fails_when_gate_and_masking_are_broken(house: House, way: str):
    wire = write_documents(house.documents, 36)

    night_with_broken(house, frozenset({"masking", "gate"}), PATHS[way])

    assert {zone for zone, _ in leaks(wire, received(house))} == {Zone.JAPAN_REGION}
