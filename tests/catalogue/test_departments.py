"""A department's cost centre comes from the catalogue, as text, and a mistake is named with its line."""

from datetime import date

import pytest

from yakin.catalogue.load import load_catalogue
from yakin.errors import CatalogueError

TODAY = date(2026, 11, 25)


def load(tmp_path, text: str):
    (tmp_path / "ours.yaml").write_text(text, encoding="utf-8")
    return load_catalogue([tmp_path], on=TODAY, embedded={})


def test_a_later_file_moves_a_department_to_another_cost_centre(tmp_path):
    (tmp_path / "a.yaml").write_text(
        'departments:\n  - {name: 品質保証部, cost_centre: "0041"}\n  - {name: 法務, cost_centre: "4200"}\n',
        encoding="utf-8",
    )
    found = load(tmp_path, 'departments:\n  - {name: 法務, cost_centre: "0041"}\n')

    assert found.cost_centres == {"品質保証部": "0041", "法務": "0041"}


def test_the_shipped_catalogue_knows_no_department():
    assert load_catalogue([], on=TODAY, embedded={}).cost_centres == {}


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        ("{name: 法務, cost_centre: 4100}", "department 法務 cost_centre: is not text; write text; put it in quotes"),
        ("{name: 法務}", "department 法務 cost_centre: is missing"),
        ("{name: 法務, cost_center: '4100'}", "department 法務 cost_center: is not a known field"),
        ("{cost_centre: '4100'}", "an entry has no name"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, entry, wrong):
    with pytest.raises(CatalogueError) as refused:
        load(tmp_path, f"departments:\n  - {entry}\n")

    assert f"ours.yaml:2: {wrong}" in str(refused.value) or f"ours.yaml:2: departments: {wrong}" in str(refused.value)
