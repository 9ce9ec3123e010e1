"""What runs in the killable worker processes: bytes in, numbers or a ClearedText out.

Imports no Prefect and no LangChain, because every worker process pays for its imports.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from yakin.domain.cleared_text import ClearedText
from yakin.domain.documents import DocumentId, Extracted, Reason, Unreadable
from yakin.domain.evidence import Kind
from yakin.domain.policy import Clearance
from yakin.domain.zones import Zone
from yakin.llm.tokens import bound_tokens, count_tokens
from yakin.privacy.clearing import clear_text, text_hash
from yakin.privacy.detect import detect
from yakin.privacy.scanner import JapaneseScanner
from yakin.reading.extract import EXTRACTOR_VERSION, extract

__all__ = ["EXTRACTOR_VERSION", "Classified", "ClearRequest", "Cleared", "classify_bytes", "clear_bytes"]

TOKENIZER = "o200k_base"  # the estimate for planning; bounds come from bytes


@dataclass(frozen=True, slots=True)
class Classified:
    """What classification learns of a document. No text."""

    media_type: str
    counts: Mapping[Kind, int]
    text_hash: str | None
    input_tokens: int
    input_tokens_bound: int
    unreadable: Reason | None
    extractor_version: str
    detector_version: str


@dataclass(frozen=True, slots=True)
class Cleared:
    """A text made ready for one zone, with the hash that must equal the classified one."""

    text_hash: str
    extractor_version: str
    text: ClearedText


@cache
def scanner() -> JapaneseScanner:
    """The scanner of this process: dictionaries load once."""
    return JapaneseScanner()


def detector_version() -> str:
    """Changes whenever the same text could be judged differently."""
    return scanner().version


def classify_bytes(data: bytes, name: str, hash_key: bytes) -> Classified:
    """Extract and detect; anything unreadable comes back as a stated reason."""
    extracted = extract(data, name)
    if isinstance(extracted, Unreadable):
        return _unreadable(extracted)
    text = extracted.full_text
    return Classified(
        media_type=extracted.media_type,
        counts={**detect(text, scanner()).counts, **_doubts(extracted)},
        text_hash=text_hash(text, hash_key),
        input_tokens=count_tokens(text, TOKENIZER),
        input_tokens_bound=bound_tokens(text),
        unreadable=None,
        extractor_version=EXTRACTOR_VERSION,
        detector_version=detector_version(),
    )


def clear_bytes(data: bytes, name: str, request: "ClearRequest") -> Cleared | Unreadable:
    """Extract again and make the ClearedText for a zone; refuses what the clearance forbids."""
    extracted = extract(data, name)
    if isinstance(extracted, Unreadable):
        return extracted
    text = extracted.full_text
    cleared = clear_text(request.document_id, text, request.clearance, request.zone, scanner(), request.run_secret)
    return Cleared(text_hash(text, request.hash_key), EXTRACTOR_VERSION, cleared)


@dataclass(frozen=True, slots=True, repr=False)
class ClearRequest:
    """What a worker needs to clear a text. Its repr shows no key."""

    document_id: DocumentId
    clearance: Clearance
    zone: Zone
    run_secret: bytes
    hash_key: bytes


def _doubts(extracted: Extracted) -> dict[Kind, int]:
    doubts = {Kind.HIDDEN_UNREADABLE: extracted.hidden_unreadable, Kind.UNREADABLE_PART: extracted.unreadable_parts}
    return {kind: count for kind, count in doubts.items() if count}


def _unreadable(extracted: Unreadable) -> Classified:
    return Classified(
        media_type=extracted.media_type,
        counts={Kind.UNREADABLE_PART: 1},
        text_hash=None,
        input_tokens=0,
        input_tokens_bound=0,
        unreadable=extracted.reason,
        extractor_version=EXTRACTOR_VERSION,
        detector_version=detector_version(),
    )
