"""The scanner that looks at every document: all recognisers, no spaCy, no network, results in original offsets."""

import hashlib
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.morphemes import dictionary_version
from yakin.privacy.page import Page
from yakin.privacy.recognisers.accounts import BankAccount, CreditCard
from yakin.privacy.recognisers.addresses import Address
from yakin.privacy.recognisers.birth_dates import BirthDate
from yakin.privacy.recognisers.company_ids import CompanyIds
from yakin.privacy.recognisers.contacts import Email, IpAddress, PostalCode
from yakin.privacy.recognisers.markings import Marking
from yakin.privacy.recognisers.names import PersonName
from yakin.privacy.recognisers.official_numbers import (
    CorporateNumber,
    DriversLicence,
    HealthInsurance,
    MyNumber,
    PensionNumber,
    passport,
    residence_card,
)
from yakin.privacy.recognisers.personal_numbers import PersonalNumber
from yakin.privacy.recognisers.phones import Phone
from yakin.privacy.recognisers.recogniser import Recogniser
from yakin.privacy.recognisers.secret_keys import SecretKey
from yakin.privacy.recognisers.special_care import SpecialCare

RULES_VERSION = "ja-4"
# Where spans overlap the first kind wins: checked numbers before shapes, shapes before words.
PRIORITY = (
    Kind.SECRET_KEY,
    Kind.MY_NUMBER,
    Kind.DRIVERS_LICENCE,
    Kind.RESIDENCE_CARD,
    Kind.PASSPORT,
    Kind.COMPANY_ID,
    Kind.CORPORATE_NUMBER,
    Kind.CREDIT_CARD,
    Kind.EMAIL,
    Kind.PENSION_NUMBER,
    Kind.HEALTH_INSURANCE,
    Kind.LOW_CONFIDENCE,
    Kind.ADDRESS,
    Kind.PHONE,
    Kind.POSTAL_CODE,
    Kind.BANK_ACCOUNT,
    Kind.IP_ADDRESS,
    Kind.BIRTH_DATE,
    Kind.PERSON,
    Kind.MARKING_SECRET,
    Kind.MARKING_RESTRICTED,
    Kind.MARKING_CONFIDENTIAL,
    Kind.SPECIAL_CARE,
)
_RANK = {kind: rank for rank, kind in enumerate(PRIORITY)}


def recognisers(company_patterns: Mapping[str, str] | None = None) -> tuple[Recogniser, ...]:
    """One recogniser per kind, all but names and special care, which the scanner runs after them."""
    return (
        SecretKey(),
        MyNumber(),
        CorporateNumber(),
        DriversLicence(),
        passport(),
        residence_card(),
        PensionNumber(),
        HealthInsurance(),
        BankAccount(),
        CreditCard(),
        Phone(),
        Email(),
        IpAddress(),
        PostalCode(),
        Address(),
        BirthDate(),
        CompanyIds.of(company_patterns or {}),
        PersonalNumber(),
        Marking.of(Kind.MARKING_CONFIDENTIAL),
        Marking.of(Kind.MARKING_RESTRICTED),
        Marking.of(Kind.MARKING_SECRET),
    )


class JapaneseScanner:
    """Finds personal data, secrets and markings in Japanese and English text. Picklable; loads lazily."""

    def __init__(self, company_patterns: Mapping[str, str] | None = None, *, names: bool = True) -> None:
        """Raises UsageError when a company pattern is unusable."""
        self._recognisers = recognisers(company_patterns)
        self._names = PersonName() if names else None
        self.version = _version(company_patterns or {}, names=names)

    def scan(self, text: str) -> tuple[Finding, ...]:
        """Findings in order, with offsets into the text given; raises rather than be partial.

        None overlap but for special care, which may share its place with a person.
        """
        page = Page(text)
        found = [finding for recogniser in self._recognisers for finding in recogniser.find(page)]
        persons = list(self._names.find(page)) if self._names else []
        special = list(SpecialCare().find(page, sorted(persons, key=lambda person: person.start)))
        kept = without_overlaps([*found, *persons])
        if special:  # エホバの証人 may be taken for a name, and both count: only names are masked
            beside = (one for one in without_overlaps([*found, *special]) if one.kind is Kind.SPECIAL_CARE)
            kept = sorted((*kept, *beside), key=lambda one: (one.start, one.end))
        return tuple(_in_original(page, finding) for finding in kept)


def without_overlaps(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in order of place; where two overlap the kind of higher priority stays, then the longer."""
    kept: list[tuple[int, int, Finding]] = []
    for finding in sorted(findings, key=lambda one: (_RANK[one.kind], one.start - one.end, one.start, -one.score)):
        at = bisect_left(kept, finding.end, key=lambda one: one[0])
        if at == 0 or kept[at - 1][1] <= finding.start:
            insort(kept, (finding.start, finding.end, finding), key=lambda one: one[0])
    return [finding for _, _, finding in kept]


def _in_original(page: Page, finding: Finding) -> Finding:
    start, end = page.folded.original_span(finding.start, finding.end)
    return Finding(finding.kind, start, end, finding.score)


def _version(company_patterns: Mapping[str, str], *, names: bool) -> str:
    own = (
        hashlib.sha256(repr(sorted(company_patterns.items())).encode()).hexdigest()[:8] if company_patterns else "none"
    )
    return f"{RULES_VERSION}+{dictionary_version()}+company-{own}{'' if names else '+without-names'}"
