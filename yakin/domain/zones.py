"""Zones 送信先区分: where inference happens and under whose law. Derived from evidenced claims."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Zone(StrEnum):
    """on_prem, domestic, japan_region, overseas: from the safest to the least safe."""

    ON_PREM = "on_prem"
    DOMESTIC = "domestic"
    JAPAN_REGION = "japan_region"
    OVERSEAS = "overseas"


class Claim(StrEnum):
    """What an endpoint says of itself. Each needs evidence."""

    OPERATOR = "operator"
    INFRASTRUCTURE = "infrastructure"
    REGION = "region"
    ZERO_RETENTION = "zero_retention"
    TRAINS_ON_DATA = "trains_on_data"
    BATCH_REGION = "batch_region"  # batches are processed where everything else is


@dataclass(frozen=True, slots=True)
class Evidence:
    """Who checked a claim, where and when. Without it, or once expired, a claim counts as nothing."""

    claim: Claim
    source: str
    reviewer: str
    checked: date
    expires: date | None = None

    def holds(self, on: date) -> bool:
        """Whether the claim was checked by then and the check has not expired."""
        return self.checked <= on and (self.expires is None or on <= self.expires)


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """The three facts that decide a zone, as declared: ISO country codes, `own`, `global`, `unverified`."""

    operator_country: str
    infrastructure: str
    region: str
    evidence: tuple[Evidence, ...] = ()

    def claimed(self, claim: Claim, on: date) -> bool:
        """Whether this claim is backed by evidence in force on that day."""
        return any(item.claim is claim and item.holds(on) for item in self.evidence)


UNVERIFIED = Jurisdiction("unverified", "unverified", "unverified")


def derive_zone(jurisdiction: Jurisdiction, on: date, *, address_is_private: bool) -> Zone:
    """The zone of an endpoint on a day; anything unverified is overseas.

    `on_prem` needs own machines at a private address, and needs no outside evidence: the address
    is checked. `domestic` needs an evidenced Japanese operator, infrastructure and region;
    `japan_region` an evidenced region Japan.
    """
    if jurisdiction.infrastructure == "own" and jurisdiction.region == "own":
        return Zone.ON_PREM if address_is_private else Zone.OVERSEAS
    if jurisdiction.region != "JP" or not jurisdiction.claimed(Claim.REGION, on):
        return Zone.OVERSEAS
    japanese_throughout = (
        jurisdiction.operator_country == "JP"
        and jurisdiction.infrastructure == "JP"
        and jurisdiction.claimed(Claim.OPERATOR, on)
        and jurisdiction.claimed(Claim.INFRASTRUCTURE, on)
    )
    return Zone.DOMESTIC if japanese_throughout else Zone.JAPAN_REGION


def in_order(zones: Sequence[Zone] | frozenset[Zone]) -> tuple[Zone, ...]:
    """The zones from the safest to the least safe, each once."""
    return tuple(zone for zone in Zone if zone in zones)
