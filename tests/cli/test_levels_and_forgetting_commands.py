"""A clerk's evening: a false alarm is dismissed, a level is set, a document is forgotten; the night obeys."""

import pytest

PART_NUMBERS = "部品の個人番号欄（マイナンバー）: 123456789018 は型番の控えです。"
PERSON = "山田太郎様の携帯は090-1234-5678です。至急ご連絡ください。"
BY = ("--by", "法務 花子", "--because", "型番の一覧であり個人番号ではない")


@pytest.fixture
def two(house, texts):
    """Two documents that a quote has read: a quarantined one and one about a person."""
    paths = texts(PART_NUMBERS, PERSON)
    house.yakin("quote", house.documents, "--use-case", "inquiry_triage", "--json")
    return paths


def _reasons(house, run):
    return {each["uri"].rsplit("/", 1)[1]: each["reason"] for each in run.object["unanswered"]}


def test_a_dismissed_false_alarm_leaves_quarantine_in_the_next_night(house, two):
    quarantined, _ = two
    first = house.run()
    held = house.rows("select reason, kinds ->> 'my_number', release from bi.quarantine")
    plain = house.yakin("level", "set", quarantined, "internal", *BY, "--json").object
    dismissed = house.yakin("level", "set", quarantined, "internal", *BY, "--dismiss", "my_number", "--json").object
    second = house.run("--new")
    shown = house.yakin("level", "show", quarantined, "--json").object
    said = house.yakin("level", "show", quarantined)

    assert _reasons(house, first) == {"000.txt": "quarantine"}
    assert held[0][:2] == ("quarantine", "1")
    assert (plain["level_set"], plain["level"], plain["quarantined_by"]) == ("internal", "secret", ["my_number"])
    assert plain["because"] == ["kind:my_number"]
    assert (dismissed["level_before"], dismissed["level"], dismissed["quarantined_by"]) == ("secret", "internal", [])
    assert second.code == 0, second.err
    assert house.rows("select count(*) from bi.quarantine") == [(0,)]
    decided = house.rows("select reason, level from bi.decisions where document_id = %s order by decision_id desc",
                         dismissed["document_id"])  # fmt: skip
    assert decided[0][1] == "internal"
    assert [(each["level"], each["by"], each["dismissed"]) for each in shown["reviews"]] == [
        ("internal", "法務 花子", ["my_number"]), ("internal", "法務 花子", [])
    ]  # fmt: skip
    assert "型番の一覧" in said.out
    assert "123456789018" not in said.out + second.out + second.err
    assert "法務 花子" not in second.out + second.err


def test_a_level_may_be_raised_and_an_explanation_says_by_which_review(house, two):
    _, person = two
    raised = house.yakin("level", "set", person, "secret", *BY, "--json").object
    explained = house.yakin("explain", person, "--json").object
    assert (raised["level_before"], raised["level"]) == ("confidential", "secret")
    assert (explained["level"], explained["zones"]) == ("secret", ["on_prem"])
    assert explained["because"] == [f"review:{raised['review_id']}"]
    assert explained["review"]["review_id"] == raised["review_id"]
    assert "法務" not in str(explained)


def test_a_forgotten_document_is_gone_and_is_not_asked_again(house, two):
    _, person = two
    house.run()
    declined = house.yakin("forget", person, *BY)  # nobody answers the question
    gone = house.yakin("forget", person, *BY, "--yes", "--json").object
    (house.documents / "copy.txt").write_bytes(person.read_bytes())
    again = house.run("--new")
    explained = house.yakin("explain", person, "--json").object
    refused = house.yakin("level", "set", person, "internal", *BY)

    assert declined.code == 1
    assert (gone["removed"]["answers"], gone["removed"]["classifications"]) == (1, 1)
    assert "forgotten" in {each["reason"] for each in again.object["unanswered"]}  # one document in two places
    assert again.object["documents"]["answered"] == 0
    assert house.rows("select count(*) from bi.answers where document_id = %s", gone["document_id"]) == [(0,)]
    assert house.rows("select sha256, by, places from bi.forgotten") == [(gone["sha256"], "法務 花子", 2)]
    assert house.rows("select count(*) from bi.ledger where kind = 'charge'")[0][0] >= 1
    assert (explained["forgotten"], explained["choice"]) == (True, None)
    assert refused.code == 2
    assert "was forgotten on" in refused.err
    assert house.yakin("forget", person, *BY, "--yes").code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("level", "set", "999", "internal", *BY), "no run has seen 999"),
        (("level", "set", "nowhere.txt", "internal", *BY), "no run has seen nowhere.txt"),
        (("level", "set", "deadbeef", "internal", *BY), "no run has seen deadbeef"),
        (("level", "set", "1", "internal", "--by", " ", "--because", "x"), "say who sets the level and why"),
        (("level", "show", "s3://bucket/a"), "no run has seen s3://bucket/a"),
        (("forget", "1", *BY, "--json"), "give --yes as well"),
        (("forget", "1", *BY, "--yes"), "no run has seen 1"),
    ],
)
def test_a_wrong_command_says_what_to_do(yakin_with_database, arguments, said):
    ended = yakin_with_database(*arguments)
    assert (ended.exit_code, said in ended.stderr) == (2, True), ended.stderr


def test_what_was_not_found_cannot_be_dismissed_and_a_path_means_the_bytes_that_are_there(house, two):
    _, person = two
    not_found = house.yakin("level", "set", person, "internal", *BY, "--dismiss", "passport")
    person.write_text("変わった文書です。")
    changed = house.yakin("level", "set", person, "public", *BY)
    assert (not_found.code, "passport was not found in document" in not_found.err) == (2, True), not_found.err
    assert (changed.code, "has changed since document" in changed.err) == (2, True), changed.err
