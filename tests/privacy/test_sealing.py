import os
import uuid

import pytest

from yakin.privacy.sealing import SealBroken, key_id, seal, unseal

KEY = os.urandom(32)
MAP = {"［人物_BCDFGH］": "山田太郎", "［電話_JKLMNP］": "090-1234-5678"}


def test_a_map_comes_back_for_its_attempt_and_holds_nothing_readable():
    attempt = str(uuid.uuid4())
    sealed = seal(MAP, attempt, KEY)
    assert unseal(sealed, attempt, KEY) == MAP
    for part in ("山田", "BCDFGH", "090"):
        assert part.encode() not in sealed
        assert part.encode("utf-16-le") not in sealed


def test_the_same_map_is_sealed_differently_each_time_and_its_size_says_little():
    attempt = str(uuid.uuid4())
    assert seal(MAP, attempt, KEY) != seal(MAP, attempt, KEY)
    assert len(seal(MAP, attempt, KEY)) == len(seal({}, attempt, KEY))


@pytest.mark.parametrize("change", ["attempt", "key", "byte", "cut", "empty"])
def test_a_map_opens_for_no_other_attempt_and_with_no_other_key(change):
    attempt = str(uuid.uuid4())
    sealed = seal(MAP, attempt, KEY)
    other, key = (str(uuid.uuid4()) if change == "attempt" else attempt), (os.urandom(32) if change == "key" else KEY)
    if change == "byte":
        sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    sealed = {"cut": sealed[:20], "empty": b""}.get(change, sealed)
    with pytest.raises(SealBroken) as broken:
        unseal(sealed, other, key)
    assert str(broken.value) == f"the sealed map of attempt {other} cannot be opened with this key"


def test_keys_are_told_apart_without_being_shown():
    assert key_id(KEY) != key_id(os.urandom(32))
    assert key_id(KEY) not in KEY.hex()
