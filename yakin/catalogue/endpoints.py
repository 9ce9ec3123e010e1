"""Endpoints: from what is declared and evidenced to a zone, with the reason in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import ValidationError

from yakin.catalogue.address import Privacy, host_privacy
from yakin.catalogue.layers import Merged
from yakin.catalogue.problems import Problems, mark_of
from yakin.catalogue.regions import region_problem
from yakin.catalogue.schema import EMBEDDED, EndpointEntry
from yakin.domain.routing import Api, Endpoint, Limits
from yakin.domain.zones import Claim, Evidence, Jurisdiction, Zone, derive_zone

THIS_MACHINE = Privacy(True, "the embedded model server of this machine")
NO_ADDRESS = Privacy(False, "it has no address")


@dataclass(frozen=True, slots=True)
class PlacedEndpoint:
    """An endpoint with what its zone rests on, and why it cannot be called when it has no address."""

    endpoint: Endpoint
    jurisdiction: Jurisdiction
    address_missing: str | None
    declared: EndpointEntry


def place_endpoints(
    merged: Mapping[str, Merged], *, on: date, embedded: Mapping[str, str], problems: Problems
) -> dict[str, PlacedEndpoint]:
    """Every valid endpoint with its zone on that day; mistakes are recorded."""
    placed: dict[str, PlacedEndpoint] = {}
    for name, item in merged.items():
        try:
            entry = EndpointEntry.model_validate(dict(item.entry.fields))
        except ValidationError as error:
            problems.add_validation(error, item.entry.marks, f"endpoint {name}")
            continue
        address, missing = _address(entry, embedded)
        privacy = _privacy(entry, address)
        if address and not privacy.resolved and address.startswith("http:"):
            address, missing = "", f"{privacy.reason}, and http:// is only for private addresses"
        for field, wrong, remedy in _contradictions(entry, address, privacy):
            problems.add(mark_of((field,), item.entry.marks), f"endpoint {name} {field}", wrong, remedy)
        placed[name] = _place(entry, address, missing, (privacy, on))
    return placed


def _address(entry: EndpointEntry, embedded: Mapping[str, str]) -> tuple[str, str | None]:
    if entry.base_url is None:
        return "", f"endpoint {entry.name} has no address: give its base_url in YAKIN_CATALOGUE"
    if not entry.base_url.startswith(EMBEDDED):
        return entry.base_url, None
    model = entry.base_url.removeprefix(EMBEDDED)
    if model in embedded:
        return embedded[model], None
    return "", f"the embedded model {model} is not being served: `yakin model serve` starts it"


def _privacy(entry: EndpointEntry, address: str) -> Privacy:
    own = entry.infrastructure == "own" and entry.region == "own"
    if not address:
        return THIS_MACHINE if (entry.base_url or "").startswith(EMBEDDED) else NO_ADDRESS
    if not (own or entry.sandbox or address.startswith("http:")):
        return Privacy(False, "its address is not looked up: nothing depends on it")
    privacy = host_privacy(address)
    if own and privacy.private and entry.proxy and not (proxy := host_privacy(entry.proxy)).private:
        return Privacy(False, f"its proxy is not private: {proxy.reason}")
    return privacy


def _contradictions(entry: EndpointEntry, address: str, privacy: Privacy) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    if address.startswith("http:") and not privacy.private:
        found.append(("base_url", f"http:// to an address that is not private ({privacy.reason})", "use https://"))
    if entry.sandbox and address and not privacy.private:
        found.append(("sandbox", f"a sandbox must be private, {privacy.reason}", "set sandbox: false"))
    if (entry.base_url or "").startswith(EMBEDDED) and address and not privacy.private:
        found.append(
            ("base_url", f"an embedded model must be served privately: {privacy.reason}", "serve on 127.0.0.1")
        )
    if entry.api is Api.BEDROCK_CONVERSE and (wrong := region_problem(entry.aws_region, entry.region, address)):
        found.append(("aws_region", *wrong))
    for index, item in enumerate(entry.evidence):
        if item.expires and item.expires < item.checked:
            found.append(("evidence", f"entry {index + 1} expires before it was checked", "correct one of the days"))
    return found


def _place(entry: EndpointEntry, address: str, missing: str | None, looked_at: tuple[Privacy, date]) -> PlacedEndpoint:
    privacy, on = looked_at
    evidence = tuple(
        Evidence(item.claim, item.source, item.reviewer, item.checked, item.expires) for item in entry.evidence
    )
    jurisdiction = Jurisdiction(entry.operator.country, entry.infrastructure, entry.region, evidence)
    zone = derive_zone(jurisdiction, on, address_is_private=privacy.private)
    own = zone is Zone.ON_PREM
    endpoint = Endpoint(
        name=entry.name,
        operator=entry.operator.name,
        operator_country=entry.operator.country,
        zone=zone,
        zone_reason=zone_reason(jurisdiction, zone, privacy, on),
        api=entry.api,
        base_url=address,
        api_key_env=entry.api_key_env,
        limits=Limits(**entry.limits.model_dump()),
        zero_retention=_keeps_nothing(entry, jurisdiction, on, own=own),
        trains_on_data=_trains(entry, jurisdiction, on, own=own),
        sandbox=entry.sandbox,
        proxy=entry.proxy,
        ca_bundle=entry.ca_bundle,
        client_cert=entry.client_cert,
        region=entry.aws_region,
        timeout_s=entry.timeout_s,
        takes_batches=entry.batch_api == "openai",
        batch_in_zone=jurisdiction.claimed(Claim.BATCH_REGION, on),
        jurisdiction=jurisdiction,
    )
    return PlacedEndpoint(endpoint, jurisdiction, missing, entry)


def _keeps_nothing(entry: EndpointEntry, jurisdiction: Jurisdiction, on: date, *, own: bool) -> bool:
    if own:
        return entry.zero_retention is not False  # own machines need no outside evidence, only a declaration against
    return entry.zero_retention is True and jurisdiction.claimed(Claim.ZERO_RETENTION, on)


def _trains(entry: EndpointEntry, jurisdiction: Jurisdiction, on: date, *, own: bool) -> bool:
    if own:
        return entry.trains_on_data is True
    return not (entry.trains_on_data is False and jurisdiction.claimed(Claim.TRAINS_ON_DATA, on))


def zone_reason(jurisdiction: Jurisdiction, zone: Zone, privacy: Privacy, on: date) -> str:
    """Why an endpoint is in its zone, in words that security can check."""
    if jurisdiction.infrastructure == "own" and jurisdiction.region == "own":
        prefix = "own machines at a private address: " if zone is Zone.ON_PREM else "own machines, but "
        return prefix + privacy.reason
    if zone is Zone.OVERSEAS:
        if jurisdiction.region == "JP":
            return f"processed in JP is declared, but no evidence of it is in force on {on}"
        return "the region is unverified" if jurisdiction.region == "unverified" else f"region {jurisdiction.region}"
    reviewers = [item.reviewer for item in jurisdiction.evidence if item.claim is Claim.REGION and item.holds(on)]
    basis = f"processed in JP, evidence reviewed by {reviewers[0]}"
    if zone is Zone.DOMESTIC:
        return f"Japanese operator on Japanese infrastructure, {basis}"
    return f"{basis}; {_why_not_domestic(jurisdiction, on)}"


def _why_not_domestic(jurisdiction: Jurisdiction, on: date) -> str:
    if jurisdiction.operator_country != "JP":
        return f"operator country {jurisdiction.operator_country}"
    if jurisdiction.infrastructure != "JP":
        return f"infrastructure {jurisdiction.infrastructure}"
    claims = [claim for claim in (Claim.OPERATOR, Claim.INFRASTRUCTURE) if not jurisdiction.claimed(claim, on)]
    return f"no evidence in force for {' and '.join(claims)}"
