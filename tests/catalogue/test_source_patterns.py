"""Folder patterns of the register: the most specific row speaks for a place."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yakin.catalogue.layers import SHIPPED
from yakin.catalogue.places import PlaceTree
from yakin.catalogue.policy import load_policy
from yakin.catalogue.sources import load_sources
from yakin.domain.levels import Flag, Level
from yakin.domain.zones import Zone
from yakin.errors import CatalogueError

REGISTER = """
sources:
  - {prefix: /srv/docs, level: internal, department: 総務部}
  - {prefix: /srv/docs/*, level: confidential, department: 各部}
  - {prefix: /srv/docs/人事, level: restricted, department: 人事部}
  - {prefix: /srv/docs/**/設計, level: confidential, department: 設計部, flags: [export_controlled]}
  - {prefix: /srv/docs/*/設計/試作*, level: secret, department: 開発部}
  - prefix: "s3://contracts/**/*.pdf"
    level: restricted
    department: 法務部
    flags: [third_party_nda]
    reviewed: {by: 法務部長, on: 2026-11-20}
    row: 台帳.csv:12
"""


@pytest.fixture
def register(tmp_path):
    (tmp_path / "mine.yaml").write_text(REGISTER, encoding="utf-8")
    return load_sources([tmp_path])


@pytest.mark.parametrize(
    ("place", "department"),
    [
        ("/srv/docs", "総務部"),
        ("/srv/docs/経理/a.txt", "各部"),
        ("/srv/docs/人事/a.txt", "人事部"),  # as long, and without a wildcard
        ("/srv/docs/設計", "設計部"),  # `**` also stands for no folder
        ("/srv/docs/一課/二係/設計/a.txt", "設計部"),
        ("/srv/docs/人事/設計/a.txt", "人事部"),  # three named folders each: the one without a wildcard
        ("/srv/docs/一課/設計/試作2/a.txt", "開発部"),
        ("/srv/docs/一課/設計/量産/a.txt", "設計部"),
        ("/srv/docs2/a.txt", "unassigned"),
        ("s3://contracts/2026/11/a.pdf", "法務部"),
        ("s3://contracts/a.pdf", "法務部"),
        ("s3://contracts/a.txt", "unassigned"),
    ],
)
def test_the_most_specific_row_wins(register, place, department):
    assert register.rule_for(place).department == department


def test_a_row_carries_flags_review_and_where_it_stands(register):
    rule = register.rule_for("s3://contracts/2026/a.pdf")
    assert (rule.flags, rule.reviewed_by, rule.reviewed_on, rule.row) == (
        {Flag.THIRD_PARTY_NDA}, "法務部長", date(2026, 11, 20), "台帳.csv:12"
    )  # fmt: skip
    assert register.rule_for("/srv/docs/経理/a.txt").row == "mine.yaml:4"


def test_rows_that_contradict_each_other_count_at_the_more_sensitive_with_all_flags(tmp_path):
    rows = ("{prefix: /a/*/cc, level: public, flags: [third_party_nda]}", "{prefix: /a/bb/*, level: secret}")
    (tmp_path / "mine.yaml").write_text("sources:\n" + "".join(f"  - {row}\n" for row in rows))
    rule = load_sources([tmp_path]).rule_for("/a/bb/cc/d.txt")
    assert (rule.level, rule.flags) == (Level.SECRET, {Flag.THIRD_PARTY_NDA})


def test_a_link_brings_the_flags_of_both_places(tmp_path):
    (tmp_path / "nda").mkdir()
    (tmp_path / "open").symlink_to(tmp_path / "nda")
    rows = (
        f"{{prefix: {tmp_path}/nda, level: internal, flags: [third_party_nda]}}",
        f"{{prefix: {tmp_path}/open, level: confidential, flags: [export_controlled]}}",
    )
    (tmp_path / "mine.yaml").write_text("sources:\n" + "".join(f"  - {row}\n" for row in rows))
    rule = load_sources([tmp_path / "mine.yaml"]).rule_for(f"{tmp_path}/open/a.txt")
    assert (rule.level, rule.flags) == (Level.CONFIDENTIAL, frozenset(Flag))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{prefix: /a, level: internal, flags: [nda]}", "2: source flags.0: is not usable; it should be"),
        ("{prefix: /a, level: internal, reviewed: {by: x}}", "2: source reviewed.on: is missing; add this field"),
    ],
)
def test_a_mistake_in_a_flag_or_review_is_named(tmp_path, row, said):
    (tmp_path / "mine.yaml").write_text(f"sources:\n  - {row}\n")
    with pytest.raises(CatalogueError, match=f"mine.yaml:{said}"):
        load_sources([tmp_path])


def test_many_patterns_and_many_objects_meet_once_per_folder_name():
    """Not a stopwatch: the tree never holds an object against a row of another folder."""
    tree = PlaceTree([*(f"/srv/{n}/**/x{n}*" for n in range(3000)), *(f"/srv/{n}" for n in range(3000))])
    for n in range(0, 100_000, 7):
        part = n % 3000
        assert tree.most_specific(f"/srv/{part}/a/b/c/x{part}.txt") == [part]
    assert tree.most_specific("/srv/5/a/b") == [3005]


@given(st.lists(st.text("ab", min_size=1, max_size=2), min_size=1, max_size=5))
def test_any_number_of_folders_may_stand_between(folders):
    place = "/".join(["", *folders, "z", "file"])
    assert PlaceTree(["/**/z"]).most_specific(place) == [0]
    assert PlaceTree(["/**"]).most_specific(place) == [0]
    assert PlaceTree([f"/{'/'.join('*' for _ in folders)}/z"]).most_specific(place) == [0]


def test_the_policy_says_which_zones_a_flag_leaves(tmp_path):
    default = load_policy(None, date(2026, 11, 24))
    assert default.flags == dict.fromkeys(Flag, frozenset({Zone.ON_PREM, Zone.DOMESTIC}))
    text = (SHIPPED / "policy.yaml").read_text(encoding="utf-8")
    own = text.replace("third_party_nda: [on_prem, domestic]", "third_party_nda: [on_prem]")
    (tmp_path / "policy.yaml").write_text(own.replace("      export_controlled", "      # export_controlled"))
    policy = load_policy([tmp_path / "policy.yaml"], date(2026, 11, 24))
    assert policy.flags[Flag.THIRD_PARTY_NDA] == {Zone.ON_PREM}
    assert policy.flags[Flag.EXPORT_CONTROLLED] == {Zone.ON_PREM, Zone.DOMESTIC}  # left out: the default holds
    assert policy.version != default.version
