"""The options of a document: single offers and cascades inside its clearance, each with its yen, time and quality."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from yakin.domain.batches import TOO_SLOW, has_time
from yakin.domain.money import worst_case_jpy
from yakin.domain.output_bounds import first_bound
from yakin.domain.planning import Considered, Observed, PlanItem, PlanRequest, UseCaseValue
from yakin.domain.pricing import Tier, Usage
from yakin.domain.routing import Offer, why_not
from yakin.domain.verification import CascadeRule

CONTEXT_MARGIN = 1.2  # tokenizers differ; an overlong request is refused unbilled by the vendor
AS_PLANNED = Observed()
QUALITY_DIGITS = 2  # predictions are not finer than that, and documents that look alike are planned together
MICRO_YEN = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Step:
    """One offer of an option: what a document takes of it, times how often it is asked."""

    offer: Offer
    expected_jpy: Decimal
    worst_jpy: Decimal
    seconds: float  # 0 in a batch, which is served beside what is asked at once
    tokens: int  # as per-minute limits count them
    share: float = 1.0  # how many of a hundred documents get here, over a hundred
    requests: int = 1  # more: asked so often to compare; every amount here is of all of them

    def times(self, asks: int) -> "Step":
        """The same step asked so many times, one after the other."""
        return replace(
            self,
            expected_jpy=self.expected_jpy * asks,
            worst_jpy=self.worst_jpy * asks,
            seconds=self.seconds * asks,
            tokens=self.tokens * asks,
            requests=self.requests * asks,
        )

    @property
    def planned_jpy(self) -> Decimal:
        """What the plan counts for it, in whole micro-yen."""
        whole = self.share == 1.0  # not computed: a first step is always asked
        return self.expected_jpy if whole else (self.expected_jpy * Decimal(repr(self.share))).quantize(MICRO_YEN)


@dataclass(frozen=True, slots=True)
class Option:
    """What the planner chooses from for one document, valued in yen."""

    name: str
    steps: tuple[Step, ...]
    quality: float
    quality_measured: bool
    value_jpy: float
    cascade: CascadeRule | None = None

    @property
    def expected_jpy(self) -> Decimal:
        """What it is expected to cost."""
        return sum((step.planned_jpy for step in self.steps), Decimal(0))

    @property
    def worst_jpy(self) -> Decimal:
        """What it costs when every step is asked and none is short."""
        return sum((step.worst_jpy for step in self.steps), Decimal(0))

    @property
    def at_once(self) -> bool:
        """Whether its answer comes tonight without a batch."""
        return all(step.offer.tier is Tier.REALTIME for step in self.steps)


@dataclass(frozen=True, slots=True)
class Choice:
    """The options of one document that are allowed, and everything as it was seen."""

    allowed: tuple[Option, ...]
    seen: tuple[Considered, ...]


@dataclass(slots=True)
class Options:
    """Finds the options of documents. Documents of one size share what their options cost."""

    request: PlanRequest
    _steps: dict[tuple[str, str, int, int], Step] = field(default_factory=dict)

    def of(self, item: PlanItem) -> Choice:
        """Single offers first, then cascades between those that are allowed."""
        use_case = self.request.use_cases[item.use_case]
        reachable: list[Option] = []  # below the floor alone, an offer may still begin a cascade
        allowed: list[Option] = []
        seen: list[Considered] = []
        for offer in self.request.offers[item.use_case]:
            option, reason = self._single(item, use_case, offer), self._against(item, use_case, offer)
            if reason is None:
                reachable.append(option)
                reason = _below_floor(option, use_case)
            seen.append(_considered(option, reason))
            if reason is None:
                allowed.append(option)
        for option in self._cascades(item, use_case, reachable):
            reason = _below_floor(option, use_case)
            seen.append(_considered(option, reason))
            if reason is None:
                allowed.append(option)
        return Choice(tuple(allowed), tuple(seen))

    def _single(self, item: PlanItem, use_case: UseCaseValue, offer: Offer) -> Option:
        step = self._step(item, use_case, offer)
        predicted = item.qualities.get(offer.model.name)
        quality = offer.quality if predicted is None else round(predicted, QUALITY_DIGITS)
        value = value_jpy(use_case, quality)
        return Option(offer.name, (step,), quality, offer.quality_measured, value)

    def _step(self, item: PlanItem, use_case: UseCaseValue, offer: Offer) -> Step:
        key = (item.use_case, offer.name, item.input_tokens, item.input_tokens_bound)
        if (known := self._steps.get(key)) is not None:
            return known
        tonight = self.request.observed.get((item.use_case, offer.model.name), AS_PLANNED)
        bound = first_bound(self.request.output_bounds, use_case, offer)
        output_tokens = min(use_case.expected_output_tokens, bound)
        expected = offer.cost_jpy(Usage(item.input_tokens, output_tokens))
        step = Step(
            offer,
            (expected * Decimal(repr(tonight.cost))).quantize(MICRO_YEN),
            worst_case_jpy(offer, input_tokens_bound=item.input_tokens_bound, max_output_tokens=bound),
            0.0 if offer.tier is Tier.BATCH else offer.model.seconds_per_document * tonight.seconds,
            item.input_tokens + bound,
        )
        self._steps[key] = step
        return step

    def _against(self, item: PlanItem, use_case: UseCaseValue, offer: Offer) -> str | None:
        request = self.request
        endpoint = offer.model.endpoint
        needed_tokens = int(item.input_tokens * CONTEXT_MARGIN) + use_case.max_output_tokens
        healthy = endpoint.name not in request.unhealthy_endpoints
        if reason := why_not(offer, item.clearance, needed_tokens=needed_tokens, healthy=healthy):
            return reason
        if offer.tier is Tier.BATCH:
            in_time = has_time(endpoint.limits, request.now, request.deadline_at)
            return item.no_batch or (None if in_time else TOO_SLOW)
        return None

    def _cascades(self, item: PlanItem, use_case: UseCaseValue, reachable: Sequence[Option]) -> Iterator[Option]:
        by_model = {option.steps[0].offer.model.name: option.steps[0] for option in reachable if option.at_once}
        for rule in self.request.cascades.get(item.use_case, ()):
            first, second = by_model.get(rule.first), by_model.get(rule.second)
            if first is None or second is None or (rule.compares and use_case.verification_asks < 2):
                continue  # nobody asks again any more: every answer would be in doubt
            tonight = self.request.observed.get((item.use_case, rule.first), AS_PLANNED)
            share = rule.escalated_share if tonight.escalated_share is None else tonight.escalated_share
            then = replace(second, share=share)
            predicted = item.qualities.get(rule.name)
            quality = rule.quality if predicted is None else round(predicted, QUALITY_DIGITS)
            yield Option(
                rule.name,
                (first.times(use_case.verification_asks) if rule.compares else first, then),
                quality,
                quality_measured=True,
                value_jpy=value_jpy(use_case, quality),
                cascade=rule,
            )


def _below_floor(option: Option, use_case: UseCaseValue) -> str | None:
    if option.quality < use_case.quality_floor:
        return f"quality {option.quality:.2f} is below the floor {use_case.quality_floor:.2f}"
    return None


def _considered(option: Option, reason: str | None) -> Considered:
    zones = " > ".join(str(step.offer.zone) for step in option.steps)
    return Considered(option.name, zones, option.expected_jpy, option.quality, reason)


def value_jpy(use_case: UseCaseValue, quality: float) -> float:
    """Worth of the answer, less its share of review and of errors that escape it (DESIGN §5)."""
    review = use_case.review_share * use_case.review_minutes * use_case.review_minute_jpy
    escaping = (1 - quality) * float((1 - use_case.review_share) * use_case.escaped_error_jpy)
    return float(use_case.answer_value_jpy) * quality - float(review) - escaping
