"""What the judge may be asked about: one decision per document, on premises only, and what it will cost."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tasks.document_worker import TOKENIZER
from tasks.run_context import Judging
from yakin.domain.money import worst_case_jpy
from yakin.domain.planning import Assignment, Plan, PlanItem, Quote, QuoteRoute
from yakin.domain.policy import Clearance
from yakin.domain.pricing import Usage
from yakin.domain.routing import Offer
from yakin.domain.zones import Zone
from yakin.llm.tokens import prompt_overhead, prompt_overhead_bound
from yakin.store.night_work import PendingDocument
from yakin.use_cases.judge.question import EXPECTED_OUTPUT_TOKENS

CONTEXT_MARGIN = 1.2  # as the planner's: tokenizers differ
UNEVEN = 1.25  # pieces end at line ends, so that one may be a quarter longer than another
LEAST_TOKENS_AT_ONCE = 200  # less shows no meaning


def parts_of(judging: Judging, offer: Offer, input_tokens: int) -> int:
    """Into how many pieces a text is cut so that each fits the model's context beside the question; 0: none does."""
    question = judging.question.question
    room = int((offer.model.context_tokens - question.max_output_tokens) / CONTEXT_MARGIN)
    at_once = min(judging.rule.tokens_at_once, room - prompt_overhead(question, TOKENIZER))
    if at_once < LEAST_TOKENS_AT_ONCE:
        return 0
    return 1 if input_tokens <= at_once else math.ceil(input_tokens * UNEVEN / at_once)


def judge_plan(judging: Judging, offer: Offer, documents: Sequence[tuple[PendingDocument, Clearance]]) -> Plan:
    """The plan of a slice of documents; requests refer to its decisions."""
    assignments = tuple(_assignment(judging, offer, document, clearance) for document, clearance in documents)
    expected_jpy = sum((each.expected_jpy for each in assignments), start=Decimal(0))
    worst_jpy = sum((each.worst_jpy for each in assignments), start=Decimal(0))
    seconds = len(assignments) * offer.model.seconds_per_document / offer.model.endpoint.limits.concurrency
    quote = Quote(
        expected_jpy=expected_jpy,
        p95_jpy=worst_jpy,
        worst_jpy=worst_jpy,
        finish_at=datetime.now(UTC) + timedelta(seconds=seconds),
        zones={str(Zone.ON_PREM): len(assignments)},
        routes=(QuoteRoute(offer.name, str(offer.tier), len(assignments), expected_jpy, offer.quality),),
        lp_gap=None,
        infeasible=None,
    )
    return Plan(assignments, quote)


def _assignment(judging: Judging, offer: Offer, document: PendingDocument, clearance: Clearance) -> Assignment:
    question, parts = judging.question.question, parts_of(judging, offer, document.input_tokens)
    item = PlanItem(
        document.document_id,
        document.use_case,
        clearance,
        document.input_tokens + parts * prompt_overhead(question, TOKENIZER),
        document.input_tokens_bound + parts * prompt_overhead_bound(question),
    )
    worst_jpy = worst_case_jpy(
        offer, input_tokens_bound=item.input_tokens_bound, max_output_tokens=parts * question.max_output_tokens
    )
    return Assignment(
        item=item,
        chain=(offer,),
        reason=f"judge: {clearance.level} by the rules; may raise its level by meaning",
        unanswered=None,
        expected_jpy=offer.cost_jpy(Usage(item.input_tokens, parts * EXPECTED_OUTPUT_TOKENS)),
        worst_jpy=worst_jpy,
    )
