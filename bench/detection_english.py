"""English documents in the format of presidio-research: {full_text, spans: [{entity_type, start_position, ...}]}."""

import json
from collections import Counter
from pathlib import Path

from bench.detection_set import NOT_PERSONAL
from bench.stock_presidio import Scan
from yakin.domain.evidence import Kind

PERSONAL = {
    "PERSON": Kind.PERSON,
    "STREET_ADDRESS": Kind.ADDRESS,
    "PHONE_NUMBER": Kind.PHONE,
    "EMAIL_ADDRESS": Kind.EMAIL,
    "CREDIT_CARD": Kind.CREDIT_CARD,
    "IBAN_CODE": Kind.BANK_ACCOUNT,
    "US_SSN": None,  # no kind of ours: only "any kind" counts
    "US_DRIVER_LICENSE": Kind.DRIVERS_LICENCE,
}
OTHER = {"IP_ADDRESS": Kind.IP_ADDRESS, "ZIP_CODE": Kind.POSTAL_CODE}
# Neither personal nor clean: whether an age or a nation in a sentence is personal is a matter of taste.
UNSURE = {"AGE", "NRP", "TITLE"}


def measure_english(path: Path, scanners: dict[str, Scan]) -> None:
    """Prints overlap recall per entity (same kind, any kind), document-level recall and false alarms."""
    documents = json.loads(path.read_text(encoding="utf-8"))
    for title, scan in scanners.items():
        print(f"English, {len(documents)} documents, {title}")
        _measure(documents, scan)


def _measure(documents: list[dict], scan: Scan) -> None:
    true, same, any_kind = Counter(), Counter(), Counter()
    having = flagged = clean = alarms = 0
    for document in documents:
        findings = scan(document["full_text"])
        for span in document["spans"]:
            entity = span["entity_type"]
            if entity in PERSONAL or entity in OTHER:
                over = [f for f in findings if f.start < span["end_position"] and span["start_position"] < f.end]
                true[entity] += 1
                any_kind[entity] += bool(over)
                same[entity] += any(one.kind == (PERSONAL | OTHER)[entity] for one in over)
        entities = {span["entity_type"] for span in document["spans"]}
        personal = bool({one.kind for one in findings} - NOT_PERSONAL)
        if entities & set(PERSONAL):
            having += 1
            flagged += personal
        elif not entities & UNSURE:
            clean += 1
            alarms += personal
    for entity, count in true.most_common():
        print(f"  {entity:20}{count:5}  same kind {same[entity] / count:.3f}  any kind {any_kind[entity] / count:.3f}")
    print(f"  documents with personal data flagged {flagged / having:.4f} (n={having})  false alarms {alarms}/{clean}")
