"""What comes back of a plan, against what it expected: ratios with their uncertainty, and factors to plan on with.

A ratio is that of two sums, yen that came by yen that were expected, and its standard error that of the ratio
estimator (W. G. Cochran, Sampling Techniques, 3rd ed. 1977, eq. 6.13: the spread of came - ratio * expected). Factors
are shrunk by evidence in the logarithm, with a normal prior around "as planned": sixteen documents say something, two
hundred say it. A model that has not been asked tonight learns a part of what the others of its use case have shown,
because longer documents and answers make all of them dearer; if it turns out otherwise, that is the next drift.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from scipy.special import betaincinv, stdtrit

from yakin.domain.planning import Observed

Key = tuple[str, str]  # use case and model

NOISE = 0.5  # spread of one document's cost or time around its expectation, before any is known: half of it
NOISE_WEIGHT = 8  # as if it had been measured on so many documents; few that happen to be alike are not sure
MODELS_DIFFER = 0.2  # log spread of models around their use case: they write answers of different lengths
COSTS_DIFFER = 0.5  # log spread of a use case's costs around the plan: its one guess of a length is off by half
TIMES_DIFFER = 1.0  # log spread of times around the plan: a catalogue's seconds are right within a factor of three
SHARE_WEIGHT = 20  # a measured escalated share weighs as much as so many documents of tonight
CONFIDENCE = 0.99  # of one look; a night looks after every slice


@dataclass(frozen=True, slots=True)
class CameBack:
    """What one document took of one model, beside what was expected when it was planned.

    `seconds` is None in a batch. `escalated` is None where the model was not a cascade's first step.
    """

    use_case: str
    model: str
    cost_jpy: float
    expected_jpy: float
    output_tokens: int
    expected_tokens: int
    seconds: float | None
    expected_seconds: float
    escalated: bool | None = None
    expected_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over documents, enough for a ratio and its uncertainty."""

    count: int = 0
    came: float = 0.0
    expected: float = 0.0
    came_squared: float = 0.0
    cross: float = 0.0
    expected_squared: float = 0.0

    def add(self, came: float, expected: float) -> "Tally":
        """With one document more; what was expected for nothing has no ratio."""
        if expected <= 0:
            return self
        return Tally(
            self.count + 1,
            self.came + came,
            self.expected + expected,
            self.came_squared + came * came,
            self.cross + came * expected,
            self.expected_squared + expected * expected,
        )

    @property
    def ratio(self) -> float:
        """What came by what was expected; 1 where nothing came back."""
        return self.came / self.expected if self.came > 0 else 1.0

    @property
    def log_error(self) -> float:
        """Standard error of the logarithm of the ratio; infinite below two documents."""
        if self.count < 2 or self.came <= 0:
            return math.inf
        r = self.ratio
        spread = max(0.0, self.came_squared - 2 * r * self.cross + r * r * self.expected_squared)
        return math.sqrt(spread / (self.count * (self.count - 1))) / (self.came / self.count)

    def bounds(self) -> tuple[float, float]:
        """A t-interval of the ratio, at CONFIDENCE; everything while nothing can be said."""
        error = self.log_error
        if math.isinf(error):
            return 0.0, math.inf
        far = float(stdtrit(self.count - 1, (1 + CONFIDENCE) / 2)) * error
        return self.ratio * math.exp(-far), self.ratio * math.exp(far)

    def shift(self) -> tuple[float, float]:
        """Logarithm of the ratio and its variance; the spread of documents is that of these and of NOISE."""
        error = self.log_error
        measured = 0.0 if math.isinf(error) else error**2 * self.count
        documents = 0 if math.isinf(error) else self.count
        spread = (NOISE_WEIGHT * NOISE**2 + documents * measured) / (NOISE_WEIGHT + documents)
        return math.log(self.ratio), spread / self.count


@dataclass(frozen=True, slots=True)
class Seen:
    """All that came back of one use case and model since the plan."""

    cost: Tally = field(default_factory=Tally)
    output: Tally = field(default_factory=Tally)
    seconds: Tally = field(default_factory=Tally)
    firsts: int = 0  # answers as a cascade's first step
    escalated: int = 0
    expected_escalated: float = 0.0

    def add(self, came: CameBack) -> "Seen":
        """With one document more."""
        seen = replace(
            self,
            cost=self.cost.add(came.cost_jpy, came.expected_jpy),
            output=self.output.add(came.output_tokens, came.expected_tokens),
        )
        if came.seconds is not None:
            seen = replace(seen, seconds=self.seconds.add(came.seconds, came.expected_seconds))
        if came.escalated is None:
            return seen
        return replace(
            seen,
            firsts=self.firsts + 1,
            escalated=self.escalated + came.escalated,
            expected_escalated=self.expected_escalated + came.expected_share,
        )

    @property
    def expected_share(self) -> float:
        """The escalated share that the plan counted on."""
        return self.expected_escalated / self.firsts if self.firsts else 0.0

    @property
    def share(self) -> float:
        """The escalated share, with the expected one as SHARE_WEIGHT documents more."""
        return (self.escalated + SHARE_WEIGHT * self.expected_share) / (self.firsts + SHARE_WEIGHT)

    def share_bounds(self) -> tuple[float, float]:
        """Clopper-Pearson interval of the escalated share, at CONFIDENCE."""
        k, n, tail = self.escalated, self.firsts, (1 - CONFIDENCE) / 2
        low = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, tail))
        return low, 1.0 if k == n else float(betaincinv(k + 1, n - k, 1 - tail))


@dataclass(frozen=True, slots=True)
class Shift:
    """How a model's cost and time per document differ from the plan, as logarithms, and how sure the cost is."""

    cost: float = 0.0
    cost_error: float = 0.0
    seconds: float = 0.0


def add_up(seen: Mapping[Key, Seen], came: Iterable[CameBack]) -> dict[Key, Seen]:
    """The sums with these documents."""
    total = dict(seen)
    for each in came:
        key = (each.use_case, each.model)
        total[key] = total.get(key, Seen()).add(each)
    return total


def shifts(seen: Mapping[Key, Seen], models: Mapping[str, Collection[str]]) -> dict[Key, Shift]:
    """Of every model of every use case, also of those that nobody asked."""
    found: dict[Key, Shift] = {}
    for use_case, names in models.items():
        own = {name: seen.get((use_case, name), Seen()) for name in names}
        mean, mean_variance = _of_use_case([each.cost for each in own.values() if each.cost.count])
        for name, each in own.items():
            cost, variance = _shrunk(each.cost, mean, MODELS_DIFFER)
            if not each.cost.count:
                variance += mean_variance
            seconds, _ = _shrunk(each.seconds, 0.0, TIMES_DIFFER)
            found[use_case, name] = Shift(cost, math.sqrt(variance), seconds)
    return found


def cost_error(seen: Mapping[Key, Seen], models: Mapping[str, Collection[str]]) -> float:
    """How far off the corrected costs may be: mean standard error of the logarithm, by what each model has cost."""
    found = shifts(seen, models)
    came = {key: each.cost.came for key, each in seen.items() if key in found}
    total = sum(came.values())
    return sum(found[key].cost_error * cost for key, cost in came.items()) / total if total > 0 else 0.0


def corrected(
    known: Mapping[Key, Observed], seen: Mapping[Key, Seen], models: Mapping[str, Collection[str]]
) -> dict[Key, Observed]:
    """The factors to plan on with: those of the plan that was observed, times what came back of it."""
    factors: dict[Key, Observed] = {}
    for key, shift in shifts(seen, models).items():
        before, own = known.get(key, Observed()), seen.get(key, Seen())
        factors[key] = Observed(
            cost=before.cost * math.exp(shift.cost),
            seconds=before.seconds * math.exp(shift.seconds),
            escalated_share=own.share if own.firsts else before.escalated_share,
        )
    return factors


def _of_use_case(tallies: Collection[Tally]) -> tuple[float, float]:
    """Mean shift of the models that were asked, shrunk towards none, and its variance."""
    weights = [(1 / (MODELS_DIFFER**2 + variance), shift) for shift, variance in (each.shift() for each in tallies)]
    precision = sum(weight for weight, _ in weights) + 1 / COSTS_DIFFER**2
    return sum(weight * shift for weight, shift in weights) / precision, 1 / precision


def _shrunk(tally: Tally, prior: float, spread: float) -> tuple[float, float]:
    """Posterior mean and variance of the shift under a normal prior."""
    if not tally.count:
        return prior, spread**2
    shift, variance = tally.shift()
    precision = 1 / spread**2 + 1 / variance
    return (prior / spread**2 + shift / variance) / precision, 1 / precision
