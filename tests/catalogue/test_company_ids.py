"""Numbers that only this company knows are patterns in its catalogue, and evidence like any other."""

from datetime import date

import pytest

from yakin.catalogue.load import load_catalogue
from yakin.errors import CatalogueError

TODAY = date(2026, 11, 25)


def load(tmp_path, text: str):
    (tmp_path / "ours.yaml").write_text(text, encoding="utf-8")
    return load_catalogue([tmp_path], on=TODAY, embedded={})


def test_patterns_come_by_name_and_a_later_file_wins(tmp_path):
    (tmp_path / "a.yaml").write_text("company_ids:\n  - {name: staff, pattern: 'S\\d{4}'}\n", encoding="utf-8")
    found = load(
        tmp_path, "company_ids:\n  - {name: staff, pattern: 'S\\d{6}'}\n  - {name: client, pattern: 'KK-\\d+'}\n"
    )

    assert found.company_ids == (("client", r"KK-\d+"), ("staff", r"S\d{6}"))


def test_the_shipped_catalogue_knows_no_companys_numbers():
    assert load_catalogue([], on=TODAY, embedded={}).company_ids == ()


@pytest.mark.parametrize(
    ("pattern", "wrong"), [("'S(\\d'", "is not a regular expression"), ("'\\d*'", "matches nothing at all")]
)
def test_a_pattern_that_cannot_be_used_is_named_with_its_line(tmp_path, pattern, wrong):
    with pytest.raises(CatalogueError) as refused:
        load(tmp_path, f"company_ids:\n  - {{name: staff, pattern: {pattern}}}\n")

    assert "ours.yaml:2" in str(refused.value)
    assert f"company id staff pattern: {wrong}" in str(refused.value)
