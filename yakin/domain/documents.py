"""Items, documents and the states that they go through in a run."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from yakin.domain.levels import Flag, Level

ItemId = NewType("ItemId", int)
DocumentId = NewType("DocumentId", int)
RunId = NewType("RunId", str)  # UUID text
DecisionId = NewType("DecisionId", int)
AttemptId = NewType("AttemptId", str)  # UUID text


class RunPurpose(StrEnum):
    """What a run is for. An evaluation asks golden items and answers no document."""

    NIGHT = "night"
    EVALUATION = "evaluation"


class WorkState(StrEnum):
    """Where a document stands in a run. Terminal: answered, unanswered, skipped, awaiting_approval."""

    PENDING = "pending"
    LEASED = "leased"
    SUBMITTED = "submitted"  # in a batch at a vendor
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    SKIPPED = "skipped"  # answered in an earlier run
    AWAITING_APPROVAL = "awaiting_approval"


class Reason(StrEnum):
    """Why a document has no answer. Stable words: BI groups by them."""

    EMPTY = "empty"
    ENCRYPTED = "encrypted"
    CORRUPT = "corrupt"
    TOO_LARGE = "too_large"
    UNKNOWN_TYPE = "unknown_type"
    UNREADABLE = "unreadable"  # cannot be opened: permissions, vanished
    PARSE_TIMEOUT = "parse_timeout"
    PARSER_FAILED = "parser_failed"
    QUARANTINE = "quarantine"
    NO_OFFER = "no_offer"  # nothing allowed, healthy, priced and large enough
    BUDGET = "budget"
    DEADLINE = "deadline"
    AWAITING_APPROVAL = "awaiting_approval"
    SOURCE_CHANGED = "source_changed"
    INVALID_ANSWER = "invalid_answer"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    ENDPOINT_DOWN = "endpoint_down"
    EGRESS_REFUSED = "egress_refused"
    SET_ASIDE = "set_aside"  # failed the same way three nights running
    FORGOTTEN = "forgotten"  # a person had yakin forget it; the same bytes are not asked again
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SourceObject:
    """One object that a source lists: where it is and which version, before anything is read."""

    uri: str  # file:///… or s3://bucket/key
    object_version: str  # S3 version id or ETag; for files size and mtime_ns
    bytes: int


@dataclass(frozen=True, slots=True)
class Registration:
    """A listed object with its hash and what the source register says of its folder."""

    source: SourceObject
    sha256: str | None  # None when unreadable
    media_type: str
    baseline: Level
    department: str
    owner: str
    flags: frozenset[Flag] = frozenset()


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a document with its hidden parts, as read in the worker process."""

    text: str
    hidden_text: str
    media_type: str
    hidden_unreadable: int = 0  # hidden parts of a kind that we cannot read
    unreadable_parts: int = 0  # visible parts that we cannot read
    extractor_version: str = ""

    @property
    def full_text(self) -> str:
        """Everything that detection and asking look at: hidden text counts."""
        return f"{self.text}\n\n{self.hidden_text}" if self.hidden_text else self.text


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A document that cannot be asked, with its stated reason."""

    reason: Reason
    media_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a document. The token is checked at send and at landing."""

    run_id: RunId
    document_id: DocumentId
    use_case: str
    token: int
    until: datetime
