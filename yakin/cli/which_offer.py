"""Which use case and which model of the catalogue a command is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from yakin.catalogue.load import load_catalogue
from yakin.domain.calendar import business_date
from yakin.domain.offer_approval import real_models
from yakin.domain.routing import Model
from yakin.domain.use_case import UseCaseFacts
from yakin.domain.zones import Zone
from yakin.errors import UsageError
from yakin.settings import read_settings
from yakin.use_cases.load import load_use_cases


@dataclass(frozen=True, slots=True)
class House:
    """What can be approved: the use cases, and the models that can serve for real."""

    use_cases: Mapping[str, UseCaseFacts]
    models: Mapping[str, Model]


def house() -> House:
    """The use cases and models of this machine's settings."""
    settings, today = read_settings(), business_date(datetime.now(UTC))
    catalogue = load_catalogue(settings.catalogue_layers, on=today, embedded={})
    use_cases = {name: each.facts for name, each in load_use_cases(settings.use_cases).items()}
    return House(use_cases, real_models(catalogue.models))


def use_case_of(known: House, name: str) -> UseCaseFacts:
    """The use case of that name; raises UsageError naming the known ones."""
    if name not in known.use_cases:
        raise UsageError(f"USE_CASE: unknown {name!r}; known: {', '.join(sorted(known.use_cases))}")
    return known.use_cases[name]


def model_of(known: House, name: str) -> Model:
    """The model of that name; raises UsageError where it cannot serve for real."""
    model = known.models.get(name)
    if model is None:
        close = name.partition(":")[0]
        hint = f"did you mean {close}? All tiers of a model are approved together" if close in known.models else (
            "`yakin catalogue prices` lists the models; sandbox models serve rehearsals only and need no approval"
        )  # fmt: skip
        raise UsageError(f"MODEL: the catalogue has no real model {name!r}; {hint}")
    # an embedded model has no address while it is not served, and is known by its pinned weights
    if not model.endpoint.base_url and model.endpoint.zone is not Zone.ON_PREM:
        raise UsageError(f"MODEL: endpoint {model.endpoint.name} has no address: give its base_url in YAKIN_CATALOGUE")
    return model
