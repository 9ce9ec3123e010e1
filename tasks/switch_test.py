"""What approving an offer rests on: its golden scores beside those of the model that is approved now.

Only equal golden sets are compared, item by item. The prompt may have changed in between: then the scores that the
approved model had under the approved prompt are what the new one must not fall behind.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yakin.domain.non_inferiority import Trial, Verdict, non_inferiority
from yakin.domain.offer_approval import Approval, Basis, fingerprint, holding
from yakin.domain.routing import Model
from yakin.domain.use_case import UseCaseFacts
from yakin.errors import UsageError
from yakin.store import offer_approvals
from yakin.store.offer_approvals import ScoredModel
from yakin.store.pool import Pool


@dataclass(frozen=True, slots=True)
class Compared:
    """A candidate beside an approved model. `why` says in words what the verdict rests on, or why there is none."""

    trial: Trial
    why: str
    first: bool = False  # nothing was ever approved for the use case
    scored: ScoredModel | None = None  # the candidate as it is now
    against: ScoredModel | None = None  # the approved model as it was approved

    def basis(self, *, without_test: bool) -> Basis | None:
        """What an approval would rest on now; None: it needs a person who approves without a passed test."""
        if self.first:
            return Basis.FIRST
        if self.trial.passed:
            return Basis.TESTED
        return Basis.WITHOUT_TEST if without_test else None


async def compared(
    pool: Pool, facts: UseCaseFacts, model: Model, given: Sequence[Approval], against: str | None = None
) -> Compared:
    """Test a model against the approved one of the best score, or against the one that is named.

    Raises UsageError when that one is not approved. `given` are all approvals and revocations of the use case.
    """
    async with pool.connection() as conn:
        scores = await offer_approvals.scored(conn, facts.name)
    ours = as_it_is(facts, model, scores)
    if not given:
        return _untested(facts, ours, "first: nothing was approved for it before, so there is nothing to compare with")
    incumbents = _incumbents(facts, model, given, against)
    if not incumbents:
        return _untested(facts, ours, "not measured: nothing else is approved now to compare it with")
    if ours is None:
        why = "not measured: no evaluation of this version scored it as it is now"
        return _untested(facts, ours, f"{why}; run yakin evaluate {facts.name} --budget-jpy YEN --real")
    theirs = _best(incumbents, ours, scores)
    if theirs is None:
        names = ",".join(sorted({each.model for each in incumbents} | {model.name}))
        why = "not measured: no approved model was scored on the same golden set"
        return _untested(
            facts, ours, f"{why}; run yakin evaluate {facts.name} --budget-jpy YEN --real --models {names}"
        )
    async with pool.connection() as conn:
        pairs = await offer_approvals.pairs(conn, ours, theirs)
    trial = await asyncio.to_thread(non_inferiority, *pairs, facts.switch_gate)
    return Compared(trial, f"against {theirs.model}: {trial.words}", scored=ours, against=theirs)


def _untested(facts: UseCaseFacts, ours: ScoredModel | None, why: str) -> Compared:
    trial = Trial(Verdict.NOT_MEASURED, facts.switch_gate, needed_items=facts.switch_gate.min_items)
    return Compared(trial, why, first=why.startswith("first"), scored=ours)


def as_it_is(facts: UseCaseFacts, model: Model, scores: Iterable[ScoredModel]) -> ScoredModel | None:
    """Its newest scores for this version, of what it is now."""
    now = (fingerprint(model), facts.version)
    return next((each for each in scores if (each.fingerprint, each.use_case_version) == now), None)


def _incumbents(facts: UseCaseFacts, model: Model, given: Sequence[Approval], against: str | None) -> list[Approval]:
    """The newest approval of each model that nobody took back, but for what the candidate is itself."""
    newest = {each.model: each for each in holding(given)}
    itself = (fingerprint(model), facts.version)
    found = [each for each in newest.values() if (each.fingerprint, each.use_case_version) != itself]
    if against is None:
        return found
    if against not in (known := {each.model: each for each in found}):
        names = ", ".join(sorted(known)) or "none but itself"
        raise UsageError(f"--against: {against} is not approved for {facts.name}; approved are: {names}")
    return [known[against]]


def _best(incumbents: Iterable[Approval], ours: ScoredModel, scores: Sequence[ScoredModel]) -> ScoredModel | None:
    """The approved model of the best mean score among those that were scored on the candidate's golden set."""
    found = (_as_approved(each, ours, scores) for each in incumbents)
    return max((each for each in found if each is not None), key=lambda each: each.quality, default=None)


def _as_approved(approval: Approval, ours: ScoredModel, scores: Iterable[ScoredModel]) -> ScoredModel | None:
    """Scores of what was approved, on the candidate's golden set: from one evaluation if they can be."""
    was = (approval.fingerprint, approval.use_case_version, ours.golden_version)
    known = [each for each in scores if (each.fingerprint, each.use_case_version, each.golden_version) == was]
    together = [each for each in known if each.evaluation_id == ours.evaluation_id]
    return next(iter(together or known), None)
