"""Planted strings leave the premises in no request and stay in no log, database, artifact or message."""

from datetime import date

import psycopg
import pytest
import yaml

from tests.leaks.places import assert_kept_inside, assert_nowhere, found_in, received_by
from tests.leaks.planting import spoil
from tests.night_fixtures import Ended
from yakin.domain.levels import Level
from yakin.domain.zones import Zone
from yakin.local.processes import wait_until

ECHO = {"all": {"faults": [{"kind": "echo", "probability": 1.0}]}}
# what a row says in an error's message, detail and hint; a value in a failed cast; a check; a session that ends
FAILING_INSERTS = """
create function public.fail_to_land() returns trigger language plpgsql as $$
declare content text := (select answer::text from (select new.answer) a);
begin
  case new.document_id % 4
    when 0 then raise exception 'cannot land %', content using detail = content, hint = content;
    when 1 then perform content::integer;
    when 2 then raise warning 'ends with %', content; perform 1 / length('');
    else new.review_state := left(content, 60);
  end case;
  return new;
end $$;
create trigger fail_to_land before insert on yakin.answer for each row execute function public.fail_to_land();
"""


def test_a_night_over_planted_and_broken_files_tells_nobody(talkative, planted, look):
    house = talkative
    spoil(house.documents)

    night = house.run("--rehearsal", budget_jpy=500)
    report = house.yakin("report", "latest")
    explained = house.yakin("explain", house.documents / "planted" / "会議.pptx", "--rehearsal")

    assert (night.code, report.code, explained.code) == (3, 0, 0), night.err + report.err + explained.err
    assert_kept_inside(house, planted.inside)
    assert_nowhere([*planted.confidential, *planted.identifiers], [("overseas", received_by(house, "overseas"))])
    assert_nowhere(planted.identifiers, [("the Japan region", received_by(house, "japan-region"))])
    assert set(found_in(received_by(house, "on-prem"), planted.asked_inside)) == set(planted.asked_inside)
    assert found_in(received_by(house, "japan-region"), planted.confidential)
    places = look(night, report, explained)
    assert_nowhere(planted.everything, places.items())
    assert b"answer-slice" in places["Prefect's database"]
    answers = str(house.rows("select answer::text from yakin.answer")).encode()
    assert found_in(answers, planted.asked_inside), "the sandbox's answers quote the document; the search must see it"


def test_answers_that_repeat_the_document_are_refused_without_being_quoted(talkative, planted_few, look):
    house = talkative
    house.vendors(ECHO)

    night = house.run("--rehearsal", budget_jpy=500)

    assert night.code == 3, night.err
    assert house.rows("select count(*) from bi.attempts where purpose = 'repair'") > [(10,)]
    assert ("invalid_answer",) in house.rows("select reason from bi.unanswered")
    assert_kept_inside(house, planted_few.inside)
    assert_nowhere(planted_few.everything, look(night).items())


def test_inserts_that_fail_with_the_row_in_hand_tell_nobody(talkative, planted_few, look):
    house = talkative
    with psycopg.connect(house.owner_url) as conn:
        conn.execute(FAILING_INSERTS)

    night = house.run("--rehearsal", budget_jpy=500)

    assert night.code == 3, night.err  # each document whose answer is refused ends alone
    assert {"failed"} == {reason for (reason,) in house.rows("select reason from bi.unanswered")} - {"quarantine"}
    assert house.rows("select count(*) from bi.ledger where kind = 'charge'") > [(0,)]
    assert house.charged() == house.metered()
    assert found_in(received_by(house, "on-prem"), planted_few.asked_inside)
    assert_kept_inside(house, planted_few.inside)
    assert_nowhere(planted_few.everything, look(night).items())


def test_a_night_that_is_stopped_while_vendors_read_tells_nobody(house, planted_few, look):
    house.vendors({"all": {"latency_s": 60}})
    night = house.start("run", house.documents, "--use-case", "inquiry_triage", "--budget-jpy", 500, "--rehearsal")
    wait_until(
        lambda: found_in(received_by(house, "on-prem"), planted_few.asked_inside), 60, "the first restricted text"
    )

    night.terminate()
    out, err = night.communicate(timeout=60)

    assert night.returncode not in (0, 3)
    assert_kept_inside(house, planted_few.inside)
    assert_nowhere(planted_few.everything, look(Ended(night.returncode, out, err)).items())


def test_a_policy_that_lets_everything_out_makes_this_search_fail(house, planted_few):
    loose = house.home / "loose.yaml"
    loose.write_text(yaml.safe_dump({"policies": [_loose_policy()]}))
    house.environment["YAKIN_CATALOGUE"] = str(loose)

    night = house.run("--rehearsal", budget_jpy=500)

    assert night.code == 3, night.err
    with pytest.raises(AssertionError, match=r"LEAKR.*瑠璃甲R号"):
        assert_kept_inside(house, planted_few.inside)


def _loose_policy() -> dict[str, object]:
    """Every level may go everywhere, unmasked, and only My Number is evidence: what no reviewer would sign."""
    return {
        "valid_from": date(2026, 4, 1),
        "levels": {
            str(level): {"kept_days": 1, "zones": [{"zone": str(zone), "no_training": False} for zone in Zone]}
            for level in Level
        },
        "evidence": [{"kind": "my_number", "level": "secret"}],
    }
