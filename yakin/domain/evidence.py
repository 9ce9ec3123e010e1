"""What a detector found in a text: kinds and counts cross boundaries, values never do."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from yakin.domain.levels import Level


class Kind(StrEnum):
    """Kinds of evidence. A company's own patterns are COMPANY_ID."""

    MY_NUMBER = "my_number"  # 個人番号
    CORPORATE_NUMBER = "corporate_number"  # 法人番号; public information
    DRIVERS_LICENCE = "drivers_licence"
    PASSPORT = "passport"
    RESIDENCE_CARD = "residence_card"
    PENSION_NUMBER = "pension_number"
    HEALTH_INSURANCE = "health_insurance"
    BANK_ACCOUNT = "bank_account"
    CREDIT_CARD = "credit_card"
    PHONE = "phone"
    EMAIL = "email"
    IP_ADDRESS = "ip_address"
    POSTAL_CODE = "postal_code"
    ADDRESS = "address"
    PERSON = "person"
    BIRTH_DATE = "birth_date"
    COMPANY_ID = "company_id"  # employee, customer and similar numbers
    SECRET_KEY = "secret_key"  # API keys, private keys, passwords  # noqa: S105
    SPECIAL_CARE = "special_care"  # 要配慮個人情報, APPI art. 2(3)
    MARKING_CONFIDENTIAL = "marking_confidential"  # 社外秘 and the like, printed on the page
    MARKING_RESTRICTED = "marking_restricted"  # 秘, 関係者限り
    MARKING_SECRET = "marking_secret"  # 極秘  # noqa: S105
    HIDDEN_UNREADABLE = "hidden_unreadable"  # hidden content of a kind that we cannot read
    UNREADABLE_PART = "unreadable_part"  # a visible part that we cannot read
    DETECTOR_FAILED = "detector_failed"
    LOW_CONFIDENCE = "low_confidence"
    NOT_JUDGED = "not_judged"  # the on-premises judge is on and has not judged it
    JUDGED_CONFIDENTIAL = "judged_confidential"  # by the on-premises judge, from the meaning of the text
    JUDGED_RESTRICTED = "judged_restricted"
    JUDGED_SECRET = "judged_secret"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Finding:
    """One span of a text: half-open offsets into the text that was scanned, score 0..1."""

    kind: Kind
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Detection:
    """What a text contains. `findings` stays in the process; only `counts` leaves it."""

    findings: tuple[Finding, ...]
    counts: Mapping[Kind, int] = field(default_factory=dict)
    detector_version: str = ""


def count_kinds(findings: Iterable[Finding]) -> dict[Kind, int]:
    """How often each kind occurs, in the order of Kind."""
    found = Counter(finding.kind for finding in findings)
    return {kind: found[kind] for kind in Kind if kind in found}


@dataclass(frozen=True, slots=True)
class Assessment:
    """A level with the evidence that led to it. Safe to store and to show: no values."""

    level: Level
    counts: Mapping[Kind, int]
    because: tuple[str, ...]  # rule names such as "baseline:internal", "kind:my_number" or "review:12"
    dismissed: frozenset[Kind] = frozenset()  # counted, and called false alarms by a named reviewer


class Scanner(Protocol):
    """Finds identifiers in a text. Injected into the gate so that it can look once more."""

    def scan(self, text: str) -> tuple[Finding, ...]:
        """Every finding in the text; raises rather than return a partial result."""
        ...
