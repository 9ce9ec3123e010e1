"""The shape of the catalogue YAML, checked where it comes in. The YAML is a contract: extend, never rename."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
)

from yakin.catalogue.countries import ISO_COUNTRIES
from yakin.domain.pricing import PriceRate, Tier, machine_rate
from yakin.domain.routing import Api, OutputMode
from yakin.domain.zones import Claim

EMBEDDED = "embedded://"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


def _day(value: object) -> date:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            value = None
    if type(value) is not date:
        raise ValueError("is not a day; write it as YYYY-MM-DD")
    return value


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("is not a usable name; use letters, digits, dots, dashes, underscores and slashes")
    return value


def _place(*words: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in words and value not in ISO_COUNTRIES:
            raise ValueError(f"is not a place; write a two-letter ISO country code in capitals or {', '.join(words)}")
        return value

    return check


def _base_url(value: str) -> str:
    if value.startswith(EMBEDDED):
        return value
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"is not an address; write https://…, http://… for a private address, or {EMBEDDED}NAME")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("holds a user, query or fragment; keys belong in api_key_env")
    return value


def _proxy(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is not a proxy address; write http://host:port")
    return value


Day = Annotated[date, BeforeValidator(_day)]
Text = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1)]
Name = Annotated[Text, AfterValidator(_name)]
Amount = Annotated[Decimal, Field(gt=0, max_digits=20, decimal_places=10)]
Count = Annotated[StrictInt, Field(gt=0)]
Claimed = StrictBool | Literal["unverified"]
Seconds = Annotated[float, Field(gt=0)]


class Checked(BaseModel):
    """Outside data: unknown fields are mistakes, and an error never prints the input."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class OperatorEntry(Checked):
    """Who operates the service."""

    name: Text
    country: Annotated[Text, AfterValidator(_place("unverified"))]


class EvidenceEntry(Checked):
    """Who checked a claim, where and when."""

    claim: Claim
    source: Text
    reviewer: Text
    checked: Day
    expires: Day | None = None


class LimitsEntry(Checked):
    """What an endpoint can take at once."""

    concurrency: Count = 4
    requests_per_minute: Count | None = None
    tokens_per_minute: Count | None = None
    batch_hours: Annotated[float, Field(gt=0, le=168)] = 24.0  # what a batch may take before it comes back


class EndpointEntry(Checked):
    """One place to call, as declared."""

    name: Name
    operator: OperatorEntry
    infrastructure: Annotated[Text, AfterValidator(_place("own", "unverified"))]
    region: Annotated[Text, AfterValidator(_place("own", "global", "unverified"))]
    zero_retention: Claimed = "unverified"
    trains_on_data: Claimed = "unverified"
    evidence: tuple[EvidenceEntry, ...] = ()
    api: Api
    base_url: Annotated[Text, AfterValidator(_base_url)] | None = None
    proxy: Annotated[Text, AfterValidator(_proxy)] | None = None
    ca_bundle: Text | None = None
    client_cert: Text | None = None
    api_key_env: Annotated[Text, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    limits: LimitsEntry = LimitsEntry()
    batch_api: Literal["openai"] | None = None  # which batch protocol it speaks; nobody's by default
    sandbox: StrictBool = False
    aws_region: Text | None = None  # Bedrock only
    timeout_s: Seconds = 120.0


class ModelEntry(Checked):
    """A model at an endpoint, as declared; its prices are checked row by row."""

    name: Name
    endpoint: Name
    model: Text
    context_tokens: Count
    max_output_tokens: Count
    output: OutputMode
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)] = (Tier.REALTIME,)
    tokenizer: Text = "o200k_base"
    quality_prior: dict[str, Annotated[float, Field(ge=0, le=1)]] = {}
    seconds_per_document: Seconds = 5.0
    retires: Day | None = None
    logprobs: StrictBool = False  # it is asked for log-probabilities; some vendors answer 400 to that
    price_note: Text | None = None  # why there is no price


class PriceRow(Checked):
    """One dated price, per million tokens, tax-exclusive."""

    valid_from: Annotated[Day, Field(alias="from")]
    tier: Tier = Tier.REALTIME
    currency: Annotated[Text, StringConstraints(pattern=r"^[A-Z]{3}$")]
    input_per_mtok: Amount
    output_per_mtok: Amount
    cached_input_per_mtok: Amount | None = None
    cache_write_per_mtok: Amount | None = None  # none: written tokens cost as other input
    over_input_tokens: Annotated[StrictInt, Field(ge=0)] = 0
    source: Text
    checked: Day


class MachinePriceRow(Checked):
    """One dated price of a machine of one's own: yen per hour and tokens per second, each phase measured alone."""

    valid_from: Annotated[Day, Field(alias="from")]
    tier: Tier = Tier.REALTIME
    currency: Literal["JPY"] = "JPY"
    jpy_per_hour: Amount
    input_tokens_per_second: Amount
    output_tokens_per_second: Amount
    concurrency: Count | None = None  # requests at once at which that was measured, for whoever reads the price
    source: Text
    checked: Day

    def rate(self) -> PriceRate:
        """The same as a price per million tokens; its source says from what it was computed."""
        at_once = f" at {self.concurrency} requests at once" if self.concurrency else ""
        speed = f"{self.input_tokens_per_second} input and {self.output_tokens_per_second} output tokens/s"
        return PriceRate(
            valid_from=self.valid_from,
            tier=self.tier,
            currency=self.currency,
            input_per_mtok=machine_rate(self.jpy_per_hour, self.input_tokens_per_second),
            output_per_mtok=machine_rate(self.jpy_per_hour, self.output_tokens_per_second),
            cached_input_per_mtok=None,
            source=f"¥{self.jpy_per_hour}/h ÷ {speed}{at_once}: {self.source}",
            checked=self.checked,
        )


class LibraryPrices(Checked):
    """Prices taken from the bundled price library; clouds with regional prices are not among its providers."""

    library: Literal["genai-prices"]
    provider: Literal["openai", "anthropic", "google", "mistral", "x-ai", "groq"]
    model: Text | None = None  # where the library's id differs from the vendor's
    regional_uplift: Annotated[Decimal, Field(ge=1, le=2)] = Decimal(1)  # 1.1: a regional endpoint costs 10 % more
