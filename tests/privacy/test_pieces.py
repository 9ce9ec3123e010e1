"""A text in pieces is the whole text, cut where lines end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yakin.domain.evidence import Finding, Kind
from yakin.domain.levels import Level
from yakin.domain.policy import Clearance, ZoneRule
from yakin.domain.zones import Zone
from yakin.errors import EgressRefused
from yakin.privacy.clearing import clear_text, in_pieces


class Names:
    """Finds one name."""

    def scan(self, text: str) -> tuple[Finding, ...]:
        at = text.find("佐藤")
        return (Finding(Kind.PERSON, at, at + 2, 1.0),) if at >= 0 else ()


def cleared(text: str, *, masked: bool = False):
    clearance = Clearance(Level.INTERNAL, (ZoneRule(Zone.ON_PREM, masked=masked),), "p")
    return clear_text(1, text, clearance, Zone.ON_PREM, Names(), b"secret-of-this-run")


@given(st.text(alphabet="あa\n。", max_size=200), st.integers(1, 9))
def test_nothing_is_left_out_and_nothing_is_read_twice(text, pieces):
    cut = in_pieces(cleared(text), pieces)

    assert len(cut) == pieces
    assert "".join(piece.text for piece in cut) == text
    assert {piece.clearance for piece in cut} == {cleared(text).clearance}


def test_a_piece_ends_with_a_line_and_is_at_most_a_quarter_longer():
    lines = "".join(f"{number:03}番の行です。\n" for number in range(100))
    cut = in_pieces(cleared(lines), 7)

    assert all(piece.text.endswith("\n") for piece in cut)
    assert max(len(piece.text) for piece in cut) <= len(lines) / 7 * 1.25 + 1


def test_a_masked_text_is_not_cut():
    with pytest.raises(EgressRefused, match="not cut"):
        in_pieces(cleared("佐藤さんの件", masked=True), 2)
