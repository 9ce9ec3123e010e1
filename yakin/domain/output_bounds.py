"""How long an answer may be: learned from how long answers were, so that a reservation does not starve the others.

The rule is a distribution-free upper tolerance bound (S. S. Wilks, "Determination of Sample Sizes for Setting
Tolerance Limits", Annals of Mathematical Statistics 12, 1941). Whatever the distribution, the (k+1)-th largest of n
lengths lies above a share p of all lengths with confidence 1 - P(Binomial(n, 1-p) <= k); of the largest alone, k = 0,
that is 1 - p^n. With p = 98 % and a confidence of 95 % the largest of 149 lengths is enough, and fewer lengths are not:
then the full bound stays. It holds where tonight's documents are like those that were measured; a quarter on top is for
nights that are a little different, and an answer that is cut all the same is asked again with the full bound.

An answer that was cut would have been longer. It counts as long as the full bound, so that bounds do not creep down by
cutting what they are learned from: when more answers are cut than the rule allows, the full bound is back.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from yakin.domain.planning import UseCaseValue
from yakin.domain.routing import Offer

COVERED_SHARE = 0.98
CONFIDENCE = 0.95
SAMPLES_NEEDED = 149  # the least n with COVERED_SHARE**n <= 1 - CONFIDENCE
STEP_TOKENS = 16  # bounds are multiples of it; also the least that some vendors take


@dataclass(frozen=True, slots=True)
class OutputLengths:
    """Measured answers of one use case by one model: how many took so many tokens, and how many were cut."""

    answers: Mapping[int, int]  # output tokens as billed → answers that ended by themselves
    cut: int = 0  # answers that a bound stopped

    @property
    def count(self) -> int:
        """How many answers were measured, those that were cut included."""
        return sum(self.answers.values()) + self.cut


def output_bound(lengths: OutputLengths, full_tokens: int) -> int:
    """The output bound in tokens, at least 1 and never above the full one; too few lengths give the full one."""
    if lengths.count < SAMPLES_NEEDED:
        return full_tokens
    above = _may_lie_above(lengths.count) - lengths.cut
    if above < 0:
        return full_tokens
    for tokens in sorted(lengths.answers, reverse=True):
        above -= lengths.answers[tokens]
        if above < 0:
            return roomy(tokens, full_tokens)
    return full_tokens


def full_bound(use_case: UseCaseValue, offer: Offer) -> int:
    """The most output tokens that use case and model allow."""
    return min(use_case.max_output_tokens, offer.model.max_output_tokens)


def first_bound(learned: Mapping[tuple[str, str], int], use_case: UseCaseValue, offer: Offer) -> int:
    """The output tokens that a first ask is sent with and reserves. `learned` is by use case and model."""
    full = full_bound(use_case, offer)
    return min(full, learned.get((use_case.name, offer.model.name), full))


def roomy(tokens: int, full_tokens: int) -> int:
    """A quarter more than that many tokens, in whole steps, never above the full bound."""
    with_margin = -(-tokens * 5 // 4)
    return min(full_tokens, max(1, -(-with_margin // STEP_TOKENS)) * STEP_TOKENS)


def _may_lie_above(count: int) -> int:
    """The largest k with P(Binomial(count, 1 - COVERED_SHARE) <= k) <= 1 - CONFIDENCE."""
    exactly = COVERED_SHARE**count
    at_most = exactly
    k = 0
    while True:
        exactly *= (count - k) / (k + 1) * (1 - COVERED_SHARE) / COVERED_SHARE
        at_most += exactly
        if at_most > 1 - CONFIDENCE:
            return k
        k += 1
