import unicodedata
from datetime import date
from pathlib import Path

import pytest

from yakin.catalogue.holidays import holidays, is_working_day
from yakin.catalogue.sources import SourceRule, load_sources
from yakin.domain.levels import Level
from yakin.errors import CatalogueError

REGISTER = """
sources:
  - {prefix: /srv/docs, level: confidential, department: 総務部}
  - {prefix: /srv/docs/人事, level: restricted, department: 人事部, owner: 人事部長}
  - {prefix: s3://contracts/signed/, level: confidential, department: 法務部}
  - {prefix: /srv/web, level: public, department: 広報部, owner: 広報部長}
"""


@pytest.fixture
def register(tmp_path):
    (tmp_path / "sources.yaml").write_text(REGISTER, encoding="utf-8")
    return load_sources([tmp_path])


def test_an_unregistered_source_is_internal_and_nobodys(register):
    assert register.rule_for("file:///home/user/a.txt") == SourceRule(Level.INTERNAL, "unassigned", "")
    assert load_sources([]).rule_for("s3://bucket/a.txt").level is Level.INTERNAL


def test_the_longest_prefix_wins(register):
    assert register.rule_for("file:///srv/docs/a.txt").department == "総務部"
    rule = register.rule_for("file:///srv/docs/人事/評価/a.txt")
    assert (rule.level, rule.department, rule.owner) == (Level.RESTRICTED, "人事部", "人事部長")


def test_a_prefix_ends_where_a_folder_ends(register):
    assert register.rule_for("file:///srv/docs2/a.txt").level is Level.INTERNAL
    assert register.rule_for("s3://contracts/signed-not/a.pdf").level is Level.INTERNAL
    assert register.rule_for("s3://contracts/signed/a.pdf").department == "法務部"


def test_one_place_has_one_rule_however_its_name_is_spelt(register):
    for spelling in (
        Path("/srv/docs/人事/a.txt").as_uri(),  # percent-encoded
        unicodedata.normalize("NFD", "file:///srv/docs/人事/a.txt"),
        "/srv/docs/人事/a.txt",
        "file:///srv/docs/other/../人事/a.txt",
        "file:///srv//docs/./人事/a.txt",
    ):
        assert register.rule_for(spelling).level is Level.RESTRICTED


def test_a_link_into_a_sensitive_folder_is_as_sensitive_as_the_folder(tmp_path):
    (tmp_path / "hr").mkdir()
    (tmp_path / "hr" / "a.txt").write_text("x")
    (tmp_path / "open").symlink_to(tmp_path / "hr")
    text = (
        f"sources:\n  - {{prefix: {tmp_path}/hr, level: restricted}}\n  - {{prefix: {tmp_path}/open, level: public}}\n"
    )
    (tmp_path / "sources.yaml").write_text(text)
    register = load_sources([tmp_path / "sources.yaml"])
    assert register.rule_for((tmp_path / "open" / "a.txt").as_uri()).level is Level.RESTRICTED


def test_a_later_row_of_a_prefix_wins(tmp_path):
    (tmp_path / "a.yaml").write_text("sources:\n  - {prefix: /srv/docs, level: restricted}\n")
    (tmp_path / "b.yaml").write_text("sources:\n  - {prefix: /srv/docs/, level: internal}\n")
    assert load_sources([tmp_path]).rule_for("file:///srv/docs/a").level is Level.INTERNAL


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{prefix: ftp://docs, level: internal}", "2: source prefix: is not a place that can be read; write a folder"),
        ("{prefix: /a, level: top}", "2: source level: is not usable; it should be 'public'"),
        ("{prefix: /a}", "2: source level: is missing; add this field"),
        ("{prefix: /a, level: internal, lvl: x}", "2: source lvl: is not a known field"),
    ],
)
def test_a_register_mistake_is_named(tmp_path, row, said):
    (tmp_path / "mine.yaml").write_text(f"sources:\n  - {row}\n")
    with pytest.raises(CatalogueError, match=f"mine.yaml:{said}"):
        load_sources([tmp_path])


def test_a_prefix_given_twice_in_one_file_is_a_mistake(tmp_path):
    (tmp_path / "mine.yaml").write_text("sources:\n  - {prefix: /a, level: public}\n  - {prefix: /a/, level: secret}\n")
    with pytest.raises(CatalogueError, match=r"mine.yaml:3: source prefix: is given twice"):
        load_sources([tmp_path])


def test_japanese_holidays_are_not_working_days():
    assert date(2026, 11, 23) in holidays(2026)  # 勤労感謝の日
    assert not is_working_day(date(2026, 11, 23))
    assert is_working_day(date(2026, 11, 24))
    assert not is_working_day(date(2026, 11, 28))  # Saturday
    assert date(2026, 5, 6) in holidays(2026)  # 振替休日


def test_a_relative_prefix_starts_at_the_registers_own_folder(tmp_path):
    (tmp_path / "mine.yaml").write_text("sources:\n  - {prefix: docs/secret, level: secret}\n")

    register = load_sources([tmp_path / "mine.yaml"])

    assert register.rule_for(f"file://{tmp_path}/docs/secret/plan.txt").level is Level.SECRET
    assert register.rule_for(f"file://{tmp_path}/docs/other.txt").level is Level.INTERNAL


@pytest.mark.parametrize(
    ("rule", "requested", "baseline"),
    [
        (SourceRule(), None, Level.INTERNAL),
        (SourceRule(), Level.PUBLIC, Level.PUBLIC),  # nobody declared the folder: the run does
        (SourceRule(Level.RESTRICTED, declared=True), Level.PUBLIC, Level.RESTRICTED),
        (SourceRule(Level.INTERNAL, declared=True), Level.PUBLIC, Level.INTERNAL),
        (SourceRule(Level.INTERNAL, declared=True), Level.SECRET, Level.SECRET),
    ],
)
def test_a_requested_baseline_raises_what_is_declared_and_never_lowers_it(rule, requested, baseline):
    assert rule.baseline(requested) is baseline
