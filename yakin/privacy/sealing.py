"""Restore maps at rest: sealed with AES-GCM under a key that Postgres never sees, each bound to its one attempt.

A batch outlives the process that masked its lines. The map from token to value has to wait for the
answers, and it waits unreadable to whoever reads the database or its backups.
"""

import hashlib
import json
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yakin.errors import PermanentError

_NONCE_BYTES = 12
_PAD_BYTES = 256  # the size of a map says how many identifiers a document has


class SealBroken(PermanentError):
    """A sealed map cannot be opened: another key, another attempt, or not what was sealed."""


def key_id(key: bytes) -> str:
    """Which key: enough to tell keys apart, nothing about the key."""
    return hashlib.sha256(b"yakin seal key id\0" + key).hexdigest()[:12]


def seal(restore: Mapping[str, str], attempt_id: str, key: bytes) -> bytes:
    """The map, unreadable without the 32-byte key and of no use to any other attempt."""
    plain = json.dumps(dict(restore), ensure_ascii=True, separators=(",", ":")).encode()
    padded = plain + b" " * (-len(plain) % _PAD_BYTES)
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, padded, attempt_id.encode())


def unseal(sealed: bytes, attempt_id: str, key: bytes) -> dict[str, str]:
    """The map again; raises SealBroken, with the attempt's id only."""
    try:
        plain = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], attempt_id.encode())
        opened = json.loads(plain)
    except (InvalidTag, ValueError):
        opened = None
    if not isinstance(opened, dict):
        raise SealBroken(f"the sealed map of attempt {attempt_id} cannot be opened with this key")
    return {str(token): str(value) for token, value in opened.items()}
