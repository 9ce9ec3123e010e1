"""Loads the catalogue: shipped YAML, then the company's layers; what is wrong is named, all of it at once."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from yakin.catalogue.company_ids import company_patterns
from yakin.catalogue.departments import cost_centres
from yakin.catalogue.endpoints import PlacedEndpoint, place_endpoints
from yakin.catalogue.fx_choice import preferred_kinds
from yakin.catalogue.judge import JudgeRule, judge_rule
from yakin.catalogue.layers import Merged, layered_files, merge_section
from yakin.catalogue.library_prices import REVIEWED_VERSION
from yakin.catalogue.model_prices import model_rates
from yakin.catalogue.notes import Note, NoteKind
from yakin.catalogue.problems import Problems, mark_of
from yakin.catalogue.regions import profile_problem
from yakin.catalogue.schema import ModelEntry
from yakin.catalogue.vendor_shares import vendor_shares
from yakin.domain.fx import PREFERRED, RateKind
from yakin.domain.pricing import PriceRate, Tier
from yakin.domain.routing import Api, Endpoint, Model
from yakin.domain.zones import Jurisdiction

# Without a prior a model is taken to be as good as the smallest one that is on by default; flagged unmeasured.
UNMEASURED_PRIOR = 0.8


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Endpoints and models in force on a day. `version` hashes the files and the zones that follow from them.

    `address_missing` and `price_missing` say in words why an endpoint or a model cannot be used.
    """

    version: str
    on: date
    endpoints: Mapping[str, Endpoint]
    models: Mapping[str, Model]
    jurisdictions: Mapping[str, Jurisdiction]
    address_missing: Mapping[str, str]
    price_missing: Mapping[str, str]
    notes: tuple[Note, ...]
    judge: JudgeRule | None = None
    company_ids: tuple[tuple[str, str], ...] = ()  # name and pattern of the company's own numbers
    cost_centres: Mapping[str, str] = field(default_factory=dict)  # by department; what is not in it has none
    fx_prefer: tuple[RateKind, ...] = PREFERRED
    vendor_shares: Mapping[str, float] = field(default_factory=dict)  # by operator, `*` for every other

    @property
    def currencies(self) -> tuple[str, ...]:
        """The foreign currencies of all its prices."""
        return tuple(sorted({rate.currency for model in self.models.values() for rate in model.prices} - {"JPY"}))


def load_catalogue(layers: Sequence[Path], *, on: date, embedded: Mapping[str, str]) -> Catalogue:
    """The shipped catalogue under the given layers of files or folders; the later wins by name.

    `embedded` maps a served model's name to its address. Raises CatalogueError naming every mistake.
    """
    problems = Problems()
    files = layered_files(layers, problems)
    merged = merge_section(files, "endpoints", problems)
    placed = place_endpoints(merged, on=on, embedded=embedded, problems=problems)
    models, price_missing = _models(merge_section(files, "models", problems), merged, placed, problems)
    judge = judge_rule(files, models, problems)
    company_ids = company_patterns(merge_section(files, "company_ids", problems), problems)
    centres = cost_centres(merge_section(files, "departments", problems), problems)
    fx_prefer = preferred_kinds(files, problems)
    shares = vendor_shares(merge_section(files, "vendor_shares", problems), placed, problems)
    problems.raise_if_any()
    missing = {name: item.address_missing for name, item in placed.items() if item.address_missing}
    return Catalogue(
        version=_version(files, placed),
        on=on,
        endpoints={name: item.endpoint for name, item in placed.items()},
        models=models,
        jurisdictions={name: item.jurisdiction for name, item in placed.items()},
        address_missing=missing,
        price_missing=price_missing,
        notes=_notes(merged, missing, price_missing, models),
        judge=judge,
        company_ids=company_ids,
        cost_centres=centres,
        fx_prefer=fx_prefer,
        vendor_shares=shares,
    )


def _models(
    merged: Mapping[str, Merged],
    endpoints: Mapping[str, Merged],
    placed: Mapping[str, PlacedEndpoint],
    problems: Problems,
) -> tuple[dict[str, Model], dict[str, str]]:
    models: dict[str, Model] = {}
    missing: dict[str, str] = {}
    for name, item in merged.items():
        try:
            entry = ModelEntry.model_validate(dict(item.entry.fields))
        except ValidationError as error:
            problems.add_validation(error, item.entry.marks, f"model {name}")
            continue
        rates, why_none = model_rates(item.prices, name=name, vendor_model=entry.model, problems=problems)
        if not rates:
            missing[name] = entry.price_note or why_none or "the catalogue gives no price"
        if place := placed.get(entry.endpoint):
            _check_profile(entry, item, place, problems)
            _check_logprobs(entry, item, place, problems)
            models[name] = _model(entry, place.endpoint, rates)
        elif entry.endpoint not in endpoints:  # else the endpoint's own mistake is already named
            mark = mark_of(("endpoint",), item.entry.marks)
            known = ", ".join(sorted(endpoints))
            problems.add(
                mark, f"model {name} endpoint", f"there is no endpoint {entry.endpoint}", f"use one of {known}"
            )
    return models, missing


def _check_profile(entry: ModelEntry, item: Merged, place: PlacedEndpoint, problems: Problems) -> None:
    if place.endpoint.api is not Api.BEDROCK_CONVERSE:
        return
    if wrong := profile_problem(entry.model, place.declared.region):
        problems.add(mark_of(("model",), item.entry.marks), f"model {entry.name} model", *wrong)


def _check_logprobs(entry: ModelEntry, item: Merged, place: PlacedEndpoint, problems: Problems) -> None:
    api = place.endpoint.api
    if entry.logprobs and api not in (Api.OPENAI, Api.AZURE_OPENAI):
        wrong = f"endpoints of api {api} are not asked for log-probabilities"
        problems.add(mark_of(("logprobs",), item.entry.marks), f"model {entry.name} logprobs", wrong, "leave it out")


def _model(entry: ModelEntry, endpoint: Endpoint, rates: tuple[PriceRate, ...]) -> Model:
    return Model(
        name=entry.name,
        endpoint=endpoint,
        vendor_model=entry.model,
        context_tokens=entry.context_tokens,
        max_output_tokens=entry.max_output_tokens,
        output=entry.output,
        tiers=tuple(dict.fromkeys(entry.tiers)),
        tokenizer=entry.tokenizer,
        prices=rates,
        quality_prior={"*": UNMEASURED_PRIOR, **entry.quality_prior},
        seconds_per_document=entry.seconds_per_document,
        retires=entry.retires.isoformat() if entry.retires else None,
        logprobs=entry.logprobs,
    )


def _notes(
    endpoints: Mapping[str, Merged],
    address_missing: Mapping[str, str],
    price_missing: Mapping[str, str],
    models: Mapping[str, Model],
) -> tuple[Note, ...]:
    notes = [Note(NoteKind.NO_ADDRESS, name, why) for name, why in address_missing.items()]
    notes += [
        Note(
            NoteKind.EVIDENCE_DROPPED,
            name,
            f"{item.evidence_dropped.file.name}:{item.evidence_dropped.line} changes where it runs, "
            "so earlier evidence no longer counts; give `evidence` there",
        )
        for name, item in endpoints.items()
        if item.evidence_dropped
    ]
    notes += [Note(NoteKind.NO_PRICE, name, f"not eligible: {why}") for name, why in price_missing.items()]
    notes += [
        Note(NoteKind.NO_BATCH_PRICE, model.name, "its batch price is unknown, so its batch tier is not eligible")
        for model in models.values()
        if Tier.BATCH in model.tiers and model.prices and not any(rate.tier is Tier.BATCH for rate in model.prices)
    ]
    return tuple(notes)


def _version(files: Sequence[Path], placed: Mapping[str, PlacedEndpoint]) -> str:
    digest = hashlib.sha256(REVIEWED_VERSION.encode())
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    for name, item in sorted(placed.items()):
        endpoint = item.endpoint
        digest.update(f"{name} {endpoint.zone} {endpoint.zero_retention} {endpoint.trains_on_data}\n".encode())
    return digest.hexdigest()[:16]
