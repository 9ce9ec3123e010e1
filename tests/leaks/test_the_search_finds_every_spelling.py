"""A search that finds nothing must be one that would have found it."""

import base64
import json
from urllib.parse import quote

import pytest

from tests.leaks.places import found_in

MARKER = "瑠璃甲R号の申し送り"
SPELLINGS = {
    "raw": MARKER.encode(),
    "JSON": json.dumps({"message": MARKER}).encode(),
    "a URL": quote(f"/前/{MARKER}").encode(),
    "Shift_JIS": f"前{MARKER}".encode("cp932"),
    "a repr of bytes": repr(f"前{MARKER}".encode()).encode(),
    "JSON of a repr of bytes": json.dumps(repr(MARKER.encode("cp932"))).encode(),
    **{f"base64 after {shift}": base64.b64encode(b"x" * shift + MARKER.encode() + b"yz") for shift in range(4)},
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_marker_is_found_in_every_spelling(name):
    assert found_in(SPELLINGS[name], [MARKER]) == [MARKER]


def test_digits_are_found_alone_and_not_inside_a_hash_or_a_fraction():
    assert found_in("口座番号 8203917。".encode(), ["8203917"]) == ["8203917"]
    assert found_in(b"0.8203917 a8203917f 18203917", ["8203917"]) == []
