"""What `yakin catalogue check` shows: gaps first, then what changes soon."""

from collections.abc import Iterator
from datetime import date, timedelta

from yakin.catalogue.load import Catalogue
from yakin.catalogue.notes import Note, NoteKind
from yakin.catalogue.price_table import price_words, starts_after
from yakin.domain.routing import Model
from yakin.domain.zones import Claim, Jurisdiction, Zone

SOON = timedelta(days=30)


def check(catalogue: Catalogue) -> list[Note]:
    """Everything to know of the catalogue on its day: gaps first, then what changes within 30 days."""
    soon = catalogue.on + SOON
    return [
        *catalogue.notes,
        *_evidence_missing(catalogue),
        *_evidence_expiring(catalogue, soon),
        *(note for model in catalogue.models.values() for note in _model_changes(model, catalogue.on, soon)),
    ]


def _evidence_missing(catalogue: Catalogue) -> Iterator[Note]:
    for name, jurisdiction in catalogue.jurisdictions.items():
        endpoint = catalogue.endpoints[name]
        gaps = [str(claim) for claim in _needed(jurisdiction) if not jurisdiction.claimed(claim, catalogue.on)]
        if not gaps or endpoint.zone is Zone.ON_PREM or name in catalogue.address_missing:
            continue
        text = f"zone {endpoint.zone} ({endpoint.zone_reason}); no evidence in force for {', '.join(gaps)}"
        yield Note(NoteKind.EVIDENCE_MISSING, name, text)


def _needed(jurisdiction: Jurisdiction) -> tuple[Claim, ...]:
    if jurisdiction.operator_country == "JP":
        return tuple(Claim)
    return (Claim.REGION, Claim.ZERO_RETENTION, Claim.TRAINS_ON_DATA)  # a foreign operator is never domestic


def _evidence_expiring(catalogue: Catalogue, soon: date) -> Iterator[Note]:
    for name, jurisdiction in catalogue.jurisdictions.items():
        for item in jurisdiction.evidence:
            if item.expires and item.holds(catalogue.on) and item.expires <= soon:
                text = f"evidence for {item.claim} expires on {item.expires}; reviewer {item.reviewer}"
                yield Note(NoteKind.EVIDENCE_EXPIRING, name, text)


def _model_changes(model: Model, on: date, soon: date) -> Iterator[Note]:
    for tier in model.tiers:
        for change in starts_after(model, tier, on)[:1]:
            if change.valid_from <= soon:
                text = f"{tier} price from {change.valid_from}: {price_words(change)}"
                yield Note(NoteKind.PRICE_CHANGES, model.name, text)
    if model.retires:
        word = "retired" if date.fromisoformat(model.retires) <= on else "retires"
        yield Note(NoteKind.RETIRES, model.name, f"{word} on {model.retires}")
