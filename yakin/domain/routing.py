"""Endpoints, models and offers; which of them a document may use, and why not the others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from yakin.domain.fx import FxRate, to_jpy
from yakin.domain.policy import Clearance, ZoneRule
from yakin.domain.pricing import PriceRate, Tier, Usage
from yakin.domain.zones import UNVERIFIED, Jurisdiction, Zone

NOT_HEALTHY = "its endpoint does not answer"  # the only objection that passes by itself


class Api(StrEnum):
    """The protocol that an endpoint speaks."""

    OPENAI = "openai"
    AZURE_OPENAI = "azure_openai"
    BEDROCK_CONVERSE = "bedrock_converse"
    ANTHROPIC = "anthropic"
    GOOGLE_GENAI = "google_genai"


class OutputMode(StrEnum):
    """How an endpoint is asked for schema-shaped output."""

    JSON_SCHEMA = "json_schema"
    TOOL = "tool"
    PROMPT = "prompt"


@dataclass(frozen=True, slots=True)
class Limits:
    """Shared by all workers of a process group; None means no limit is known."""

    concurrency: int
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    batch_hours: float = 24.0  # what a batch may take; vendors promise a day


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One place to call. The zone is derived from evidenced claims when the catalogue is loaded."""

    name: str
    operator: str
    operator_country: str
    zone: Zone
    zone_reason: str
    api: Api
    base_url: str
    api_key_env: str | None
    limits: Limits
    zero_retention: bool  # evidenced, else False
    trains_on_data: bool  # evidenced not to, else True
    sandbox: bool
    proxy: str | None = None
    ca_bundle: str | None = None
    client_cert: str | None = None
    region: str | None = None  # AWS region of Bedrock endpoints
    timeout_s: float = 120.0
    takes_batches: bool = False  # it has the files and batches of api openai
    batch_in_zone: bool = False  # evidenced: batches are processed in the zone as well
    jurisdiction: Jurisdiction = UNVERIFIED  # what the zone rests on; frozen into the register


@dataclass(frozen=True, slots=True)
class Model:
    """A model at an endpoint, with everything that planning needs to know of it."""

    name: str  # our name, unique in the catalogue
    endpoint: Endpoint
    vendor_model: str  # the vendor's id
    context_tokens: int
    max_output_tokens: int
    output: OutputMode
    tiers: tuple[Tier, ...]
    tokenizer: str
    prices: tuple[PriceRate, ...]
    quality_prior: Mapping[str, float] = field(default_factory=dict)  # use case → unmeasured prior, "*" for all
    seconds_per_document: float = 5.0  # prior, one document at a time
    retires: str | None = None
    logprobs: bool = False  # it gives log-probabilities when asked; some vendors refuse the question


@dataclass(frozen=True, slots=True)
class Offer:
    """モデル候補: model × endpoint × tier with the price and FX rate frozen for a run."""

    model: Model
    tier: Tier
    price: PriceRate
    fx: FxRate
    quality: float
    quality_measured: bool = False
    cliffs: tuple[PriceRate, ...] = ()  # rates that replace `price` for the whole of a larger request

    @property
    def name(self) -> str:
        """Stable name, `model` or `model:batch`."""
        return self.model.name if self.tier is Tier.REALTIME else f"{self.model.name}:{self.tier}"

    @property
    def zone(self) -> Zone:
        """The zone of the endpoint."""
        return self.model.endpoint.zone

    def price_for(self, input_tokens: int) -> PriceRate:
        """The frozen rate of a request of that size: the highest cliff that it reaches, else the price."""
        reached = [rate for rate in self.cliffs if rate.reached_by(input_tokens)]
        return max(reached, key=lambda rate: rate.over_input_tokens, default=self.price)

    def cost_jpy(self, usage: Usage) -> Decimal:
        """What that usage costs in yen at the frozen rates."""
        return to_jpy(self.price_for(usage.input_tokens).cost_native(usage), self.fx)

    def worst_jpy(self, input_tokens: int, output_tokens: int) -> Decimal:
        """The most that a request of at most that size costs: its dearest rate, below a cliff or above it."""
        reached = [self.price, *(rate for rate in self.cliffs if rate.reached_by(input_tokens))]
        return max(to_jpy(rate.worst_native(input_tokens, output_tokens), self.fx) for rate in reached)


def why_not(offer: Offer, clearance: Clearance, *, needed_tokens: int, healthy: bool) -> str | None:
    """Why this document may not use this offer, or None when it may. The first wall."""
    endpoint = offer.model.endpoint
    rule = clearance.rule_for(offer.zone)
    if rule is None:
        return "quarantined" if clearance.quarantined else f"{clearance.level} may not go to zone {offer.zone}"
    if reason := _condition_unmet(rule, endpoint):
        return reason
    if needed_tokens > offer.model.context_tokens:
        return f"needs {needed_tokens} tokens, the context holds {offer.model.context_tokens}"
    return None if healthy else NOT_HEALTHY


def _condition_unmet(rule: ZoneRule, endpoint: Endpoint) -> str | None:
    if rule.no_training and endpoint.trains_on_data:
        return f"no evidence that {endpoint.name} does not train on data"
    if rule.zero_retention and not endpoint.zero_retention:
        return f"no evidence of zero retention at {endpoint.name}"
    return None
