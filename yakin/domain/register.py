"""The register 提供・委託・越境移転記録簿: what left the premises, on what ground, and what legal has to look at.

Rests on the Act on the Protection of Personal Information (APPI 個人情報保護法): art. 25 (supervision of entrusted
parties), 27 (third parties), 28 (third parties abroad: name of the country, measures) and 29 (records). It states
facts and asks; whether a ground holds is for legal.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yakin.domain.levels import Level
from yakin.domain.zones import Claim, Evidence, Zone

UNKNOWN_PLACES = frozenset({"unverified", "global"})
JAPAN = "JP"


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """What went to one vendor in one form on one ground. `kinds` counts documents per kind of personal data."""

    vendor: str
    operator_country: str
    infrastructure: str
    region: str
    zone: Zone
    level: Level
    masked: bool
    basis: str
    trains_on_data: bool
    zero_retention: bool
    documents: int
    personal_documents: int
    requests: int
    endpoints: tuple[str, ...]
    models: tuple[str, ...]
    use_cases: tuple[str, ...]
    purposes: tuple[str, ...]
    departments: tuple[str, ...]
    first_day: date
    last_day: date
    kinds: Mapping[str, int]
    evidence: tuple[Evidence, ...]


class Matter(StrEnum):
    """What legal has to look at."""

    NO_BASIS = "no_basis"
    UNMASKED_OUTSIDE_JAPAN = "unmasked_outside_japan"
    UNMASKED_FOREIGN_OPERATOR = "unmasked_foreign_operator"
    TRAINS_ON_DATA = "trains_on_data"
    COUNTRY_UNKNOWN = "country_unknown"
    CLAIM_WITHOUT_EVIDENCE = "claim_without_evidence"
    CLAIM_EXPIRED = "claim_expired"
    NOT_READ_WHOLLY = "not_read_wholly"


@dataclass(frozen=True, slots=True)
class Attention:
    """One matter of one line, with the claim or figure that it is about."""

    matter: Matter
    vendor: str
    level: Level
    documents: int
    detail: str = ""


_DOUBT = ("hidden_unreadable", "unreadable_part", "detector_failed", "low_confidence")


def attention(line: RegisterLine) -> tuple[Attention, ...]:
    """Everything about a line that legal has to look at, the gravest first."""
    return tuple(sorted(_found(line), key=lambda each: list(Matter).index(each.matter)))


def _found(line: RegisterLine) -> Iterator[Attention]:
    if not line.basis:
        yield _about(line, Matter.NO_BASIS, line.documents)
    yield from _unmasked(line)
    if line.trains_on_data:
        yield _about(line, Matter.TRAINS_ON_DATA, line.documents)
    places = (line.operator_country, line.infrastructure, line.region)
    if unknown := sorted(UNKNOWN_PLACES.intersection(places)):
        yield _about(line, Matter.COUNTRY_UNKNOWN, line.documents, ", ".join(unknown))
    yield from _claims(line)
    if doubted := max(line.kinds.get(kind, 0) for kind in _DOUBT):
        yield _about(line, Matter.NOT_READ_WHOLLY, doubted)


def _about(line: RegisterLine, matter: Matter, documents: int, detail: str = "") -> Attention:
    return Attention(matter, line.vendor, line.level, documents, detail)


def _unmasked(line: RegisterLine) -> Iterator[Attention]:
    """Personal data as it is: abroad, or in Japan with an operator or machines under another country's law."""
    if line.masked or not line.personal_documents:
        return
    if line.zone is Zone.OVERSEAS:
        yield _about(line, Matter.UNMASKED_OUTSIDE_JAPAN, line.personal_documents, line.region)
    elif line.operator_country != JAPAN or line.infrastructure != JAPAN:
        yield _about(line, Matter.UNMASKED_FOREIGN_OPERATOR, line.personal_documents, line.operator_country)


def _claims(line: RegisterLine) -> Iterator[Attention]:
    for claim in _claimed(line):
        evidence = [item for item in line.evidence if item.claim is claim]
        if not evidence:
            yield _about(line, Matter.CLAIM_WITHOUT_EVIDENCE, line.documents, claim)
        elif not any(item.holds(line.last_day) for item in evidence):
            newest = max(evidence, key=lambda item: item.checked)
            yield _about(line, Matter.CLAIM_EXPIRED, line.documents, f"{claim} {newest.expires or newest.checked}")


def _claimed(line: RegisterLine) -> Iterator[Claim]:
    """What the line states as a fact; what is unverified is a matter of its own."""
    places = {
        Claim.OPERATOR: line.operator_country,
        Claim.INFRASTRUCTURE: line.infrastructure,
        Claim.REGION: line.region,
    }
    yield from (claim for claim, place in places.items() if place not in UNKNOWN_PLACES)
    if line.zero_retention:
        yield Claim.ZERO_RETENTION
    if not line.trains_on_data:
        yield Claim.TRAINS_ON_DATA
