"""Which judge a run has: the catalogue's, frozen when the run opens, or none."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import asdict

from tasks.resources import Resources
from tasks.run_context import Judging
from yakin.domain.documents import RunId
from yakin.domain.judging import KINDS
from yakin.domain.policy import Policy
from yakin.domain.routing import Offer
from yakin.errors import PolicyError, UsageError
from yakin.store import judgements
from yakin.store.judgements import FrozenJudge
from yakin.use_cases.judge.question import JudgeQuestion, judge_question

LOGGER = logging.getLogger("yakin.judge")


async def judge_of_run(night: Resources, run_id: RunId, offers: Sequence[Offer], *, dry_run: bool) -> Judging | None:
    """The judge of this run; None where the catalogue has none, and in a quote, which asks nobody.

    Raises UsageError when the run began with another one, PolicyError when the policy would not hear it.
    """
    rule = None if dry_run else night.catalogue.judge
    async with night.pool.connection() as conn:
        began_with = await judgements.frozen(conn, run_id)
        if rule is None:
            _check_same(run_id, began_with, None)
            return None
        _check_policy(night.policy)
        question = judge_question()
        names = {str(category): str(level) for category, level in rule.levels.items()}
        now = FrozenJudge(rule.model, question.version, asdict(rule) | {"levels": names})
        _check_same(run_id, began_with or now, now)  # to begin in the middle of a run only raises
        await judgements.freeze(conn, run_id, now)
    offer = next((each for each in offers if each.name == rule.model), None)
    if offer is None:
        LOGGER.error("the judge's model %s cannot be asked: `yakin catalogue check` says why", rule.model)
    model = night.catalogue.models.get(rule.model)
    return Judging(rule, question, offer, _version(question, rule.model, model.vendor_model if model else ""))


def _check_same(run_id: RunId, began_with: FrozenJudge | None, now: FrozenJudge | None) -> None:
    if began_with != now:
        raise UsageError(
            f"run {run_id} began with another judge than the catalogue has now; start another run with --new"
        )


def _check_policy(policy: Policy) -> None:
    """A company's own policy that does not know the judge's kinds would let every verdict pass unheard."""
    for level, kind in KINDS.items():
        heard = (rule for rule in policy.evidence if rule.kind is kind and rule.at_least == 1)
        if not any(rule.level.rank >= level.rank for rule in heard):
            raise PolicyError(
                f"the judge is on, but policy {policy.version} has no evidence rule that raises {kind} to {level}; "
                f"add {{kind: {kind}, at_least: 1, level: {level}}}"
            )


def _version(question: JudgeQuestion, model: str, vendor_model: str) -> str:
    """The same while its model is away: what it judged before stands."""
    return hashlib.sha256(f"{question.version} {model} {vendor_model}".encode()).hexdigest()[:16]
