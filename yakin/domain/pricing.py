"""Prices: dated, sourced, in the vendor's currency. An unknown price raises; it is never zero."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from yakin.errors import UnknownPrice

MTOK = Decimal(1_000_000)
SECONDS_PER_HOUR = 3_600


class Tier(StrEnum):
    """How an offer is served: at once, or as a batch job at a discount."""

    REALTIME = "realtime"
    BATCH = "batch"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one attempt. Both totals include their parts: input what a cache gave or took, output the reasoning."""

    input_tokens: int
    output_tokens: int
    cached_input_tokens: int = 0  # of the input, read from a cache
    cache_write_tokens: int = 0  # of the input, written to a cache
    reasoning_tokens: int = 0  # of the output, for information: billed as output


@dataclass(frozen=True, slots=True)
class PriceRate:
    """A dated price of one model and tier, per million tokens, tax-exclusive.

    `over_input_tokens` makes it a cliff: the rate holds for the whole request when the input is
    larger. `cached_input_per_mtok` and `cache_write_per_mtok` None mean the full input rate.
    """

    valid_from: date
    tier: Tier
    currency: str
    input_per_mtok: Decimal
    output_per_mtok: Decimal
    cached_input_per_mtok: Decimal | None
    source: str
    checked: date
    over_input_tokens: int = 0
    cache_write_per_mtok: Decimal | None = None

    def reached_by(self, input_tokens: int) -> bool:
        """Whether a request of that size pays this rate: a cliff is reached above its threshold, not at it."""
        return self.over_input_tokens == 0 or input_tokens > self.over_input_tokens

    def cost_native(self, usage: Usage) -> Decimal:
        """Exact cost in the vendor's currency, unrounded."""
        # a vendor that reports more cached than total tokens must not turn a charge into a credit
        plain_tokens = max(0, usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens)
        micro = (
            plain_tokens * self.input_per_mtok
            + usage.cached_input_tokens * self._or_input(self.cached_input_per_mtok)
            + usage.cache_write_tokens * self._or_input(self.cache_write_per_mtok)
            + usage.output_tokens * self.output_per_mtok
        )
        return micro / MTOK

    def worst_native(self, input_tokens: int, output_tokens: int) -> Decimal:
        """The most that so many tokens cost, whatever a cache does with them."""
        cached, written = self._or_input(self.cached_input_per_mtok), self._or_input(self.cache_write_per_mtok)
        dearest = max(self.input_per_mtok, cached, written)
        return (input_tokens * dearest + output_tokens * self.output_per_mtok) / MTOK

    def _or_input(self, rate: Decimal | None) -> Decimal:
        return self.input_per_mtok if rate is None else rate


def machine_rate(jpy_per_hour: Decimal, tokens_per_second: Decimal) -> Decimal:
    """Yen per million tokens of a machine of one's own: yen per hour ÷ 3,600 ÷ tokens per second × 10⁶, six decimals.

    Input and output each have their own speed, measured alone: a request that reads and then writes
    pays the share of the hour that each takes.
    """
    per_mtok = jpy_per_hour * MTOK / (SECONDS_PER_HOUR * tokens_per_second)
    return per_mtok.quantize(Decimal("0.000001"), ROUND_HALF_UP)


def price_at(rates: Sequence[PriceRate], tier: Tier, on: date, input_tokens: int = 0) -> PriceRate:
    """The rate in force for a request of that size on that day.

    The newest entry that has started wins; among entries of one day the highest cliff that the
    request reaches. Raises UnknownPrice when none has started.
    """
    started = [rate for rate in rates if rate.tier is tier and rate.valid_from <= on and rate.reached_by(input_tokens)]
    if not started:
        raise UnknownPrice(f"no {tier} price is known on {on} for {input_tokens} input tokens")
    newest = max(rate.valid_from for rate in started)
    return max((rate for rate in started if rate.valid_from == newest), key=lambda rate: rate.over_input_tokens)
