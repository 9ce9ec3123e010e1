"""Notes: what a person should know of the catalogue, none of which stops a night."""

from dataclasses import dataclass
from enum import StrEnum


class NoteKind(StrEnum):
    """What a note is about."""

    NO_ADDRESS = "no_address"
    NO_PRICE = "no_price"
    NO_BATCH_PRICE = "no_batch_price"
    EVIDENCE_MISSING = "evidence_missing"
    EVIDENCE_DROPPED = "evidence_dropped"
    EVIDENCE_EXPIRING = "evidence_expiring"
    PRICE_CHANGES = "price_changes"
    RETIRES = "retires"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know of an endpoint or a model, in words."""

    kind: NoteKind
    subject: str
    text: str
