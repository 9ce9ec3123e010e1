"""Real work or a rehearsal 検証実行: decided once per run and said plainly."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from tasks.parameters import Mode
from yakin.catalogue.load import Catalogue
from yakin.domain.routing import Endpoint
from yakin.domain.zones import Zone


def decide_rehearsal(mode: Mode, catalogue: Catalogue, keys: Mapping[str, str], *, embedded: Collection[str]) -> bool:
    """A rehearsal when asked for, when the catalogue holds sandbox endpoints, or when nothing real is set up.

    Nothing real: no vendor's key is there and no server of the company's own has an address; the
    embedded models, whose addresses are `embedded`, do not count.
    """
    endpoints = catalogue.endpoints.values()
    if mode is not Mode.AUTO:
        return mode is Mode.REHEARSAL
    if any(endpoint.sandbox for endpoint in endpoints):
        return True
    return not any(_can_be_called(endpoint, keys) for endpoint in endpoints if endpoint.base_url not in embedded)


def _can_be_called(endpoint: Endpoint, keys: Mapping[str, str]) -> bool:
    return bool(endpoint.base_url) and (endpoint.api_key_env is None or endpoint.api_key_env in keys)


def catalogue_for(catalogue: Catalogue, *, rehearsal: bool) -> Catalogue:
    """The catalogue without the sandbox's on-premises stand-in where a real on-premises endpoint has an address.

    A rehearsal should rehearse the real local model.
    """
    on_prem = [endpoint for endpoint in catalogue.endpoints.values() if endpoint.zone is Zone.ON_PREM]
    real = [endpoint for endpoint in on_prem if not endpoint.sandbox and endpoint.base_url]
    dropped = {endpoint.name for endpoint in on_prem if endpoint.sandbox} if rehearsal and real else set()
    if not dropped:
        return catalogue
    return replace(
        catalogue,
        endpoints={name: each for name, each in catalogue.endpoints.items() if name not in dropped},
        models={name: each for name, each in catalogue.models.items() if each.endpoint.name not in dropped},
    )
