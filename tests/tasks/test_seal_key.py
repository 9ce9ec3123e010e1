"""The key of sealed maps: made once per home, shared where workers share theirs, and no other key's bytes."""

import hashlib

import pytest

from tasks.resources import seal_key, text_hash_key


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch):
    for name in ("YAKIN_SEAL_KEY", "YAKIN_TEXT_HASH_KEY"):
        monkeypatch.delenv(name, raising=False)


def test_a_home_makes_one_key_that_only_its_owner_may_read(tmp_path):
    key = seal_key(tmp_path)
    assert (len(key), seal_key(tmp_path)) == (32, key)
    assert (tmp_path / "seal.key").stat().st_mode & 0o777 == 0o600
    assert key != text_hash_key(tmp_path)


def test_workers_that_share_the_text_hash_key_share_the_seal_and_make_no_file(tmp_path, monkeypatch):
    monkeypatch.setenv("YAKIN_TEXT_HASH_KEY", "shared")
    homes = [tmp_path / "a", tmp_path / "b"]
    assert len({seal_key(home) for home in homes}) == 1
    assert seal_key(homes[0]) != text_hash_key(homes[0])
    assert not (tmp_path / "a").exists()


def test_a_seal_key_of_its_own_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("YAKIN_TEXT_HASH_KEY", "shared")
    monkeypatch.setenv("YAKIN_SEAL_KEY", "own")
    assert seal_key(tmp_path) == hashlib.sha256(b"own").digest()
