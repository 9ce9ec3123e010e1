"""Scores a detector on a labelled set: spans per kind, documents with and without identifiers, and what went wrong."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.business_draft import Labelled, Span
from bench.stock_presidio import Scan
from yakin.domain.evidence import Finding, Kind

NOT_PERSONAL = {Kind.CORPORATE_NUMBER, Kind.POSTAL_CODE, Kind.IP_ADDRESS}
MARKINGS = {Kind.MARKING_CONFIDENTIAL, Kind.MARKING_RESTRICTED, Kind.MARKING_SECRET}
IDENTIFIERS = {
    Kind.MY_NUMBER,
    Kind.DRIVERS_LICENCE,
    Kind.PASSPORT,
    Kind.RESIDENCE_CARD,
    Kind.PENSION_NUMBER,
    Kind.HEALTH_INSURANCE,
    Kind.BANK_ACCOUNT,
    Kind.CREDIT_CARD,
    Kind.PHONE,
    Kind.EMAIL,
    Kind.ADDRESS,
    Kind.BIRTH_DATE,
    Kind.COMPANY_ID,
    Kind.SECRET_KEY,
}


def overlap(one: Span | Finding, other: Span | Finding) -> bool:
    """Whether both are of one kind and share a character."""
    return one.kind == other.kind and one.start < other.end and other.start < one.end


@dataclass
class Documents:
    """Counts of documents for one group of kinds."""

    having: int = 0
    flagged: int = 0
    every_kind: int = 0
    every_span: int = 0
    without: int = 0
    alarms: int = 0

    def add(self, spans: Sequence[Span], findings: Sequence[Finding], group: set[Kind]) -> None:
        """Counts one document."""
        true = [span for span in spans if span.kind in group]
        found = [finding for finding in findings if finding.kind in group]
        if not true:
            self.without += 1
            self.alarms += bool(found)
            return
        hit = [span for span in true if any(overlap(span, finding) for finding in found)]
        self.having += 1
        self.flagged += bool(found)
        self.every_kind += {span.kind for span in hit} == {span.kind for span in true}
        self.every_span += len(hit) == len(true)

    def line(self) -> str:
        """One row of the table of documents."""
        having = max(1, self.having)
        return (
            f"flagged {self.flagged / having:.4f}  every kind {self.every_kind / having:.4f}  "
            f"every span {self.every_span / having:.4f}  (n={self.having})   "
            f"false alarms {self.alarms / max(1, self.without):.4f}  ({self.alarms}/{self.without})"
        )


@dataclass
class Score:
    """Spans per kind and documents per group of kinds."""

    true: Counter[Kind] = field(default_factory=Counter)
    hit: Counter[Kind] = field(default_factory=Counter)
    found: Counter[Kind] = field(default_factory=Counter)
    right: Counter[Kind] = field(default_factory=Counter)
    groups: dict[str, Documents] = field(default_factory=dict)

    def add(self, sample: Labelled, findings: Sequence[Finding]) -> None:
        """Counts one document."""
        for span in sample.spans:
            self.true[span.kind] += 1
            self.hit[span.kind] += any(overlap(span, finding) for finding in findings)
        for finding in findings:
            self.found[finding.kind] += 1
            self.right[finding.kind] += any(overlap(span, finding) for span in sample.spans)
        for title, group in GROUPS.items():
            self.groups.setdefault(title, Documents()).add(sample.spans, findings, group)

    def cells(self, kind: Kind) -> str:
        """Recall, precision and F1 of a kind."""
        recall = self.hit[kind] / self.true[kind] if self.true[kind] else float("nan")
        precision = self.right[kind] / self.found[kind] if self.found[kind] else float("nan")
        both = recall + precision
        f1 = 2 * recall * precision / both if both else 0.0
        return f"{recall:8.3f}{precision:8.3f}{f1:8.3f}"


GROUPS = {
    "identifiers": IDENTIFIERS,
    "person": {Kind.PERSON},
    "special care": {Kind.SPECIAL_CARE},
    "markings": MARKINGS,
}


def score(samples: Sequence[Labelled], scan: Scan) -> Score:
    """The detector's score on the samples."""
    result = Score()
    for sample in samples:
        result.add(sample, scan(sample.text))
    return result


def print_scores(ours: Score, peer: Score | None, peer_kinds: set[Kind]) -> None:
    """Prints yakin beside the peer."""
    print(f"  {'kind':22}{'spans':>6} |{'yakin R':>8}{'P':>8}{'F1':>8} |{'stock R':>8}{'P':>8}{'F1':>8}")
    for kind in Kind:
        if ours.true[kind] or ours.found[kind]:
            beside = peer.cells(kind) if peer and kind in peer_kinds else f"{'–':>8}" * 3
            print(f"  {kind:22}{ours.true[kind]:6} |{ours.cells(kind)} |{beside}")
    print("documents")
    for title in GROUPS:
        print(f"  {title:13} yakin  {ours.groups[title].line()}")
        if peer and title == "identifiers":
            print(f"  {title:13} stock  {peer.groups[title].line()}")


def wrong(samples: Sequence[Labelled], scan: Scan, what: str) -> Iterator[str]:
    """What was missed and what was falsely found of a kind (or "all", or "alarms": false alarms of clean documents)."""
    for number, sample in enumerate(samples):
        findings = scan(sample.text)
        clean = not any(span.kind in IDENTIFIERS for span in sample.spans)
        if what != "alarms":
            for span in sample.spans:
                if what in (span.kind, "all") and not any(overlap(span, one) for one in findings):
                    yield _shown("MISSED", number, sample, span)
        for finding in findings:
            asked = clean and finding.kind in IDENTIFIERS if what == "alarms" else what in (finding.kind, "all")
            if asked and not any(overlap(span, finding) for span in sample.spans):
                yield _shown("FALSE ", number, sample, finding)


def _shown(title: str, number: int, sample: Labelled, at: Span | Finding) -> str:
    text, around = sample.text, 40
    shown = f"{text[max(0, at.start - around) : at.start]}⟦{text[at.start : at.end]}⟧{text[at.end : at.end + around]}"
    lines = shown.replace("\r", "").replace("\n", "⏎").replace("\t", "⇥")
    return f"{title} {at.kind:20} {sample.family:16} #{number}  {lines}"


def print_wrong(samples: Sequence[Labelled], scan: Scan, what: str, limit: int) -> None:
    """Prints a random part of what went wrong, and how much there is of each sort."""
    lines = list(wrong(samples, scan, what))
    for line in sorted(random.Random(1).sample(lines, min(limit, len(lines)))):
        print(line)
    for (title, kind, family), count in Counter(tuple(line.split()[:3]) for line in lines).most_common(30):
        print(f"  {count:5}  {title} {kind} in {family}")
