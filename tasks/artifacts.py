"""What people see in the Prefect UI: the plan, the verdict, the documents, the cost. Ids, names and yen; never text.

Charts are drawn with block characters: the first UI shows mermaid as source code.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact

from tasks import resources
from yakin.domain.approving import Said, Terms, unattended_jpy
from yakin.domain.calendar import JST
from yakin.domain.documents import WorkState
from yakin.domain.outlook import PlanChange
from yakin.domain.plan_words import amount_of
from yakin.domain.planning import Limit, Quote
from yakin.store import run_report
from yakin.store.run_report import OfferCost, ResultRow, RunTotals

MAX_ROWS = 5000  # a table of 10,000 rows takes the UI 0.14 s; people search, they do not scroll
BAR = 12  # wider, and the page cuts the table
REHEARSAL = "> **REHEARSAL 検証実行**: sandbox vendors stand in for real ones; no real yen is spent.\n"


def _key(kind: str, run_id: str) -> str:
    """Lower-case letters, digits and dashes; short, because the graph shows it whole."""
    return f"{kind}-{run_id[:8]}"


async def show_plan(run_id: str, version: int, quote: Quote, why: str, change: PlanChange) -> None:
    """The quote with its routes and why it was made, as a new version of the run's plan artifact."""
    rehearsal = resources.current().running(run_id).rehearsal
    told = [f"## Plan {version} 計画", f"Why 理由: {why}.", *_against_before(change), ""]
    text = "\n".join([*told, quote_markdown(quote, rehearsal=rehearsal)])
    await acreate_markdown_artifact(text, key=_key("plan", run_id), description="Plan and quote 事前見積")


def _against_before(change: PlanChange) -> list[str]:
    """The documents that are left, under the plan before at the costs seen so far and under this one."""
    before, after = change.before, change.after
    if before is None or after is None:
        return []
    rows = [
        f"| {name} | {each.documents} | {each.unanswered} | {each.expected_jpy:.4f} | {each.room_jpy:.4f} "
        f"| {'' if each.quality is None else f'{each.quality:.3f}'} | {each.finish_at.astimezone(JST):%H:%M} |"
        for name, each in (("plan before 変更前", before), ("this plan 変更後", after))
    ]
    return [
        "",
        "| what is left 残り | documents | unanswered 未処理 | expected 見込 ¥ | of ¥ | quality | finish |",
        "|---|---:|---:|---:|---:|---:|---|",
        *rows,
    ]


def quote_markdown(quote: Quote, *, rehearsal: bool) -> str:
    """What is expected to be asked, where, for how much and until when."""
    finish = quote.finish_at.astimezone(JST)
    lines = [
        REHEARSAL if rehearsal else "",
        f"Expected 見込 **¥{quote.expected_jpy:.4f}**, p95 ¥{quote.p95_jpy:.4f}, worst 最大 ¥{quote.worst_jpy:.4f}.",
        f"Finish about {finish:%Y-%m-%d %H:%M} JST. Zones 送信先: {_counts(quote.zones)}",
        "",
        *([f"Not asked 未処理: {quote.infeasible}.", ""] if quote.infeasible else []),
        *(f"- {sentence}" for sentence in quote.words),
        "",
        "| offer モデル候補 | expected 見込 ¥ | documents | quality | tier | share |",
        "|---|---:|---:|---:|---|---|",
        *(
            f"| {route.offer} | {route.expected_jpy:.4f} | {route.documents} | {route.quality:.2f} | {route.tier} "
            f"| {_bar(route.expected_jpy, quote.expected_jpy)} |"
            for route in quote.routes
        ),
        *_limits(quote.limits),
    ]
    if quote.unmeasured_share and quote.quality is None:
        lines += ["", f"Quality is a prior, not a measurement, for {quote.unmeasured_share:.0%} of the documents."]
    return "\n".join(lines)


def _limits(limits: Sequence[Limit]) -> list[str]:
    """How much of each limit the plan uses, where there is one."""
    rows = [
        f"| {limit.name} | {amount_of(limit, limit.used)} | {amount_of(limit, limit.limit)} "
        f"| {_bar(Decimal(limit.used), Decimal(limit.limit))} |"
        for limit in limits
        if math.isfinite(limit.limit) and math.isfinite(limit.used)
    ]
    return ["", "| limit 上限 | used 使用 | of | share |", "|---|---:|---:|---|", *rows] if rows else []


def approval_markdown(quote: Quote, terms: Terms, before: Said | None, *, rehearsal: bool) -> str:
    """What a person reads above the verdict."""
    lines = [f"Budget 予算 ¥{_plain_yen(terms.budget_jpy)}. Without approval 承認なし: ¥{_plain_yen(terms.standing)}."]
    if before is not None and before.up_to_jpy is not None:
        approved = f"{_plain(before.by)} approved ¥{_plain_yen(before.up_to_jpy)} beforehand 事前承認"
        unattended = f"when nobody answers, ¥{_plain_yen(unattended_jpy(terms, before))} may be spent"
        lines += ["", f"{approved}, which is not enough; {unattended}."]
    return "\n".join([*lines, "", quote_markdown(quote, rehearsal=rehearsal)])


async def show_verdict(run_id: str, said: Said, room_jpy: Decimal) -> None:
    """Who let the run spend how much."""
    person = _plain(said.by) or "nobody in time"
    text = f"**{said.verdict}** by {person}: ¥{_plain_yen(room_jpy)} may be spent."
    await acreate_markdown_artifact(text, key=_key("approval", run_id), description="Approval 承認")


async def show_results(run_id: str, quote: Quote) -> None:
    """One row per document, and what it cost against the plan."""
    night = resources.current()
    run = night.running(run_id)
    async with night.pool.connection() as conn:
        rows = await run_report.results(conn, run.run_id)
        costs = await run_report.cost_by_offer(conn, run.run_id)
        totals = await run_report.totals(conn, run.run_id)
    rows.sort(key=lambda row: row.state in (WorkState.ANSWERED, WorkState.SKIPPED))  # what is left comes first
    cut = f", the first {MAX_ROWS} of {len(rows)}; all are in bi.documents" if len(rows) > MAX_ROWS else ""
    await acreate_table_artifact(
        [_table_row(row) for row in rows[:MAX_ROWS]],
        key=_key("documents", run_id),
        description=f"Documents 処理結果{cut}",
    )
    text = cost_markdown(costs, totals, quote, rehearsal=run.rehearsal)
    await acreate_markdown_artifact(text, key=_key("cost", run_id), description="Result and cost 利用料")


def _table_row(row: ResultRow) -> dict[str, object]:
    """In the order in which a person asks; what is wide comes last."""
    return {
        "file": file_name(row.uri),
        "level": str(row.level or ""),
        "zone": str(row.zone or ""),
        "state": f"{row.state}: {row.unanswered_reason}" if row.unanswered_reason else str(row.state),
        "yen": f"{row.cost_jpy:.6f}",
        "option": row.option or "",
        "why": row.reason or "",
        "use case": row.use_case,
        "document": row.document_id,
    }


def cost_markdown(costs: Sequence[OfferCost], totals: RunTotals, quote: Quote, *, rehearsal: bool) -> str:
    """How the documents ended, and yen by offer beside what the plan expected."""
    expected: defaultdict[str, Decimal] = defaultdict(Decimal)
    for route in quote.routes:
        expected[route.offer] += route.expected_jpy
    rows = [
        f"| {cost.offer} | {cost.zone} | {cost.documents} | {cost.attempts} | {expected[cost.offer]:.6f} "
        f"| {cost.cost_jpy:.6f} | {_bar(cost.cost_jpy, totals.cost_jpy)} |"
        for cost in costs
    ]
    unanswered = totals.unanswered + totals.awaiting_approval
    reasons = {str(reason): count for reason, count in totals.by_reason.items()}
    return "\n".join(
        [
            f"## ¥{totals.cost_jpy:.6f} spent 実績, ¥{quote.expected_jpy:.6f} expected 見込",
            REHEARSAL if rehearsal else "",
            _against_plan(quote),
            "",
            f"{totals.answered} answered 回答, {totals.skipped} before 回答済み, {unanswered} unanswered 未回答.",
            f"Why not 未回答の理由: {_counts(reasons)}." if reasons else "",
            "",
            "| offer モデル候補 | zone 送信先 | documents | attempts | expected ¥ | spent ¥ | share |",
            "|---|---|---:|---:|---:|---:|---|",
            *rows,
        ]
    )


def _against_plan(quote: Quote) -> str:
    """When it was to end and how good it was to be, beside now: the night is over when this is drawn."""
    planned, now = quote.finish_at.astimezone(JST), datetime.now(JST)
    quality = "" if quote.quality is None else f" Quality 品質 {quote.quality:.2f} expected."
    return f"Finish 終了 {now:%Y-%m-%d %H:%M} JST, planned {planned:%Y-%m-%d %H:%M}.{quality}"


def _bar(part: Decimal, whole: Decimal) -> str:
    share = min(part / whole, Decimal(1)) if whole else Decimal(0)
    return f"{'█' * max(1 if part else 0, round(share * BAR))} {share:.0%}"


def _plain_yen(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"


def _plain(text: str) -> str:
    """A name as a name, whatever markup it holds."""
    return "".join(character if character.isalnum() or character in " .-・" else " " for character in text)


def file_name(uri: str) -> str:
    """The last part of a URI, readable."""
    return PurePosixPath(unquote(urlsplit(uri).path)).name
