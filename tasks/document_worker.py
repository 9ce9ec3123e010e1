"""What runs in the killable worker processes: bytes in, numbers or a ClearedText out.

Imports no Prefect and no LangChain, because every worker process pays for its imports.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from yakin.domain.cleared_text import ClearedText
from yakin.domain.documents import DocumentId, Extracted, Reason, Unreadable
from yakin.domain.evidence import Kind
from yakin.domain.grounding import grounded_share
from yakin.domain.policy import Clearance
from yakin.domain.zones import Zone
from yakin.llm.tokens import bound_tokens, count_tokens
from yakin.privacy.clearing import clear_text, text_hash
from yakin.privacy.detect import detect
from yakin.privacy.scanner import JapaneseScanner
from yakin.reading.extract import EXTRACTOR_VERSION, extract

__all__ = [
    "EXTRACTOR_VERSION",
    "Classified",
    "ClassifyRequest",
    "ClearRequest",
    "Cleared",
    "classify_bytes",
    "clear_bytes",
    "grounding_of_bytes",
]

CompanyPatterns = tuple[tuple[str, str], ...]  # name and pattern of the company's own numbers
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
def scanner(company_ids: CompanyPatterns = ()) -> JapaneseScanner:
    """The scanner of this process with the company's own patterns: dictionaries load once."""
    return JapaneseScanner(dict(company_ids))


def detector_version(company_ids: CompanyPatterns = ()) -> str:
    """Changes whenever the same text could be judged differently."""
    return scanner(company_ids).version


@dataclass(frozen=True, slots=True, repr=False)
class ClassifyRequest:
    """What a worker needs to judge a text. Its repr shows no key."""

    hash_key: bytes
    company_ids: CompanyPatterns = ()


def classify_bytes(data: bytes, name: str, request: ClassifyRequest) -> Classified:
    """Extract and detect; anything unreadable comes back as a stated reason."""
    version = detector_version(request.company_ids)
    extracted = extract(data, name)
    if isinstance(extracted, Unreadable):
        return _unreadable(extracted, version)
    text = extracted.full_text
    return Classified(
        media_type=extracted.media_type,
        counts={**detect(text, scanner(request.company_ids)).counts, **_doubts(extracted)},
        text_hash=text_hash(text, request.hash_key),
        input_tokens=count_tokens(text, TOKENIZER),
        input_tokens_bound=bound_tokens(text),
        unreadable=None,
        extractor_version=EXTRACTOR_VERSION,
        detector_version=version,
    )


def clear_bytes(data: bytes, name: str, request: "ClearRequest") -> Cleared | Unreadable:
    """Extract again and make the ClearedText for a zone; refuses what the clearance forbids."""
    extracted = extract(data, name)
    if isinstance(extracted, Unreadable):
        return extracted
    text = extracted.full_text
    looks = scanner(request.company_ids)
    cleared = clear_text(request.document_id, text, request.clearance, request.zone, looks, request.run_secret)
    return Cleared(text_hash(text, request.hash_key), EXTRACTOR_VERSION, cleared)


@dataclass(frozen=True, slots=True, repr=False)
class ClearRequest:
    """What a worker needs to clear a text. Its repr shows no key."""

    document_id: DocumentId
    clearance: Clearance
    zone: Zone
    run_secret: bytes
    hash_key: bytes
    company_ids: CompanyPatterns = ()


def grounding_of_bytes(data: bytes, name: str, texts: Sequence[str]) -> float | None:
    """The share of the texts' words that the document has; None where there is nothing to look for."""
    extracted = extract(data, name)
    return None if isinstance(extracted, Unreadable) else grounded_share(texts, extracted.full_text)


def _doubts(extracted: Extracted) -> dict[Kind, int]:
    doubts = {Kind.HIDDEN_UNREADABLE: extracted.hidden_unreadable, Kind.UNREADABLE_PART: extracted.unreadable_parts}
    return {kind: count for kind, count in doubts.items() if count}


def _unreadable(extracted: Unreadable, detector_version: str) -> Classified:
    return Classified(
        media_type=extracted.media_type,
        counts={Kind.UNREADABLE_PART: 1},
        text_hash=None,
        input_tokens=0,
        input_tokens_bound=0,
        unreadable=extracted.reason,
        extractor_version=EXTRACTOR_VERSION,
        detector_version=detector_version,
    )
