"""How large a part of a night one vendor may get comes from the catalogue, by the operator's name."""

from datetime import date

import pytest

from yakin.catalogue.load import load_catalogue
from yakin.errors import CatalogueError


def load(tmp_path, text: str):
    (tmp_path / "ours.yaml").write_text(text, encoding="utf-8")
    return load_catalogue([tmp_path], on=date(2026, 11, 26), embedded={})


def test_a_share_is_of_an_operator_and_star_is_every_other(tmp_path):
    found = load(tmp_path, 'vendor_shares:\n  - {name: OpenAI, share: 0.5}\n  - {name: "*", share: 0.7}\n')
    assert found.vendor_shares == {"OpenAI": 0.5, "*": 0.7}


def test_nobody_has_a_share_in_the_shipped_catalogue():
    assert load_catalogue([], on=date(2026, 11, 26), embedded={}).vendor_shares == {}


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        (
            "{name: OpenAl, share: 0.5}",
            "vendor share OpenAl name: no endpoint is operated by OpenAl; use \\* or one of",
        ),
        ("{name: OpenAI, share: 1.5}", "vendor share OpenAI share: "),
        ("{name: OpenAI, shares: 0.5}", "vendor share OpenAI shares: is not a known field"),
        ("{share: 0.5}", "an entry has no name"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, entry, wrong):
    with pytest.raises(CatalogueError, match=f"ours.yaml:2.*{wrong}"):
        load(tmp_path, f"vendor_shares:\n  - {entry}\n")
