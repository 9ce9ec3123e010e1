"""Self-consistency: the same question asked again, and how far the answers agree with the first, which alone can land.

Every ask is reserved, sent, settled and charged like any other.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from tasks import cascading, sending
from tasks.document import Document
from tasks.sending import Ask, Delivered, Kept
from yakin.domain.asking import AnswerFields, Outcome, Purpose, Reply
from yakin.domain.documents import RunPurpose
from yakin.domain.verification import CONSISTENCY, Verdict
from yakin.errors import BudgetExhausted, EgressRefused, SourceChanged, StoreError
from yakin.llm.backoff import delay_s

LOGGER = logging.getLogger("yakin.answer")
TRIES = 2  # of an ask that the vendor failed: without its answer the first is in doubt, which is no loss
_TELLS = frozenset({Outcome.ANSWERED, Outcome.INVALID, Outcome.REFUSED})  # the model's own doing


async def verified(document: Document, ask: Ask, delivered: Delivered) -> Kept | None:
    """Compare a cascade's first answer before it is believed: None when it landed, else what is kept of it."""
    kept, reply = delivered.kept, delivered.reply
    assert kept is not None, "it was held"
    assert reply.answer is not None, "it answered"
    try:
        signals = {**reply.signals, **await signal(document, ask, reply.answer)}
    except asyncio.CancelledError:
        await cascading.land_when_stopped(document, kept)
        raise
    rule = cascading.rule_of(document)
    verdict = rule.verdict(signals) if rule else Verdict(accepted=False)
    kept = replace(kept, confidence=verdict.confidence)
    if verdict.accepted:
        await cascading.land(document, kept, verdict)
        return None
    await cascading.note(document, kept, verdict)
    return kept


async def signal(document: Document, ask: Ask, first: AnswerFields) -> Mapping[str, float]:
    """The signal by its name; nothing where it cannot be told: short of money or time, or an ask without an answer."""
    others: list[AnswerFields | None] = []
    try:
        for ask_no in range(2, document.job.use_case.facts.value.verification_asks + 1):
            reply = await _ask_again(document, ask, ask_no)
            if reply is None or reply.outcome not in _TELLS or reply.was_cut_at(ask.question.max_output_tokens):
                return {}
            others.append(reply.answer)
    except (BudgetExhausted, EgressRefused, SourceChanged, StoreError) as refused:  # ids and numbers, no text
        LOGGER.warning("document %s is not asked again to compare: %s", document.document_id, refused)
        return {}
    share = document.job.use_case.consistency(first, others)
    return {} if share is None else {CONSISTENCY: share}


async def _ask_again(document: Document, ask: Ask, ask_no: int) -> Reply | None:
    """The reply; None when its time is over or the vendor fails."""
    evaluates = document.run.purpose is RunPurpose.EVALUATION
    again = replace(
        ask,
        question=ask.question.again(ask_no - 1),
        purpose=Purpose.EVALUATE if evaluates else Purpose.ANSWER,
        verify=None,
        held=False,
        ask_no=ask_no,
    )
    for tries in range(TRIES):
        if datetime.now(UTC) >= document.run.deadline_at:
            return None
        reply = await sending.send(document, again)
        if reply.outcome is not Outcome.TRANSIENT:
            return reply
        if tries + 1 < TRIES:
            await sending.pause(document, delay_s(tries, reply.retry_after_s, seed=document.lease_seed))
    return None
