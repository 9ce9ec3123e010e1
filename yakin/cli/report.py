"""`yakin report`: the morning after."""

import webbrowser
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import assert_never

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from yakin.cli.database import with_pool
from yakin.cli.demo import show_costs, show_documents
from yakin.cli.output import OUT, print_json, readable, short_yen, yen
from yakin.domain.approving import Verdict
from yakin.domain.calendar import JST
from yakin.settings import read_settings
from yakin.store import quote_approvals, quotes, run_report, runs
from yakin.store.pool import Pool
from yakin.store.quote_approvals import PastVerdict
from yakin.store.quotes import StoredQuote
from yakin.store.run_report import OfferCost, ResultRow, RunTotals, Waste
from yakin.store.runs import RunRow

MOMENT = "%Y-%m-%d %H:%M"


@dataclass(frozen=True, slots=True)
class Report:
    """A run as it was planned, what was said to its quote, and what it did."""

    run: RunRow
    planned: StoredQuote | None  # before anything was spent; None: it never came so far
    said: list[PastVerdict]
    totals: RunTotals
    rows: list[ResultRow]
    costs: list[OfferCost]
    waste: list[Waste]


def show(run_name: str, *, open_browser: bool, as_json: bool) -> None:
    """Tables on the terminal and an HTML page in the state folder; ids, names and yen, no answers."""

    async def step(pool: Pool) -> Report:
        async with pool.connection() as conn:
            run = await runs.find_run(conn, run_name)
            return Report(
                run,
                await quotes.first(conn, run.run_id),
                await quote_approvals.of_run(conn, run.run_id),
                await run_report.totals(conn, run.run_id),
                await run_report.results(conn, run.run_id),
                await run_report.cost_by_offer(conn, run.run_id),
                await run_report.waste(conn, run.run_id),
            )

    report = with_pool(step)
    if as_json:
        print_json(report_object(report))
        return
    page = write_page(report)
    run, totals = report.run, report.totals
    show_documents(report.rows)
    show_costs(report.costs)
    rehearsal = ", rehearsal 検証実行" if run.rehearsal else ""
    OUT.print(
        f"{run.purpose} run {run.run_id} ({run.state}, {run.business_date}{rehearsal}): "
        f"{totals.answered} answered, {totals.skipped} answered before, {totals.unanswered} unanswered, "
        f"¥{short_yen(totals.cost_jpy)} of ¥{short_yen(run.budget_jpy)}; "
        f"¥{short_yen(totals.reserved_unknown_jpy)} held as unknown"
    )
    OUT.print(cost_sentence(totals, report.waste))
    for sentence in plan_sentences(report):
        OUT.print(sentence, markup=False)
    OUT.print(f"as a page: {page}")
    if open_browser:
        webbrowser.open(page.as_uri())


def cost_sentence(totals: RunTotals, waste: list[Waste]) -> str:
    """What one answer cost, and what was paid beside the requests that answered."""
    per_answer = totals.cost_per_answer_jpy
    first = f"¥{short_yen(per_answer)} per answered document" if per_answer is not None else "no document was answered"
    if not waste:
        return f"{first}; no request beside those that answered"
    kinds = ", ".join(f"{item.attempts} {item.kind} ¥{short_yen(item.cost_jpy)}" for item in waste)
    return f"{first}; beside those that answered: {kinds}"


def plan_sentences(report: Report) -> list[str]:
    """The plan against what became of it, and who let it spend how much."""
    said = [_verdict(each) for each in reversed(report.said)]
    planned = report.planned
    if planned is None:
        return ["it was never planned", *said]
    quality = "" if planned.quality is None else f"; quality {planned.quality:.2f} expected 見込"
    unmeasured = f" ({planned.unmeasured_share:.0%} by a prior 未計測)" if quality and planned.unmeasured_share else ""
    finished = report.run.finished_at
    ended = "has not finished" if finished is None else f"finished {finished.astimezone(JST).strftime(MOMENT)}"
    money = f"plan 計画 ¥{short_yen(planned.expected_jpy)} expected, ¥{short_yen(report.totals.cost_jpy)} spent 実績"
    times = f"finish planned for {planned.finish_at.astimezone(JST).strftime(MOMENT)}, {ended} JST"
    return [f"{money}{quality}{unmeasured}; {times}", *said]


def _verdict(past: PastVerdict) -> str:
    when = past.at.astimezone(JST).strftime(MOMENT)
    match past.said.verdict:
        case Verdict.APPROVE:
            return f"approved 承認 up to ¥{short_yen(past.said.up_to_jpy or Decimal(0))} by {past.said.by}, {when}"
        case Verdict.DECLINE:
            return f"declined 却下 by {past.said.by}, {when}"
        case Verdict.EXPIRED:
            return f"nobody answered in time 期限切れ, {when}"
        case never:
            assert_never(never)


def report_object(report: Report) -> dict[str, object]:
    """The report as one JSON object."""
    run, totals = report.run, report.totals
    return {
        "run_id": run.run_id,
        "state": run.state,
        "purpose": run.purpose,
        "business_date": run.business_date,
        "rehearsal": run.rehearsal,
        "budget_jpy": yen(run.budget_jpy),
        "cost_jpy": yen(totals.cost_jpy),
        "unknown_jpy": yen(totals.reserved_unknown_jpy),
        "cost_per_answer_jpy": None if totals.cost_per_answer_jpy is None else yen(totals.cost_per_answer_jpy),
        "waste": [{"kind": w.kind, "attempts": w.attempts, "cost_jpy": yen(w.cost_jpy)} for w in report.waste],
        "documents": [
            {
                "uri": row.uri,
                "level": row.level,
                "option": row.option,
                "offer": row.offer,
                "zone": row.zone,
                "state": row.state,
                "reason": row.unanswered_reason or row.reason,
                "cost_jpy": yen(row.cost_jpy),
            }
            for row in report.rows
        ],
        "offers": [
            {
                "offer": c.offer,
                "zone": c.zone,
                "attempts": c.attempts,
                "documents": c.documents,
                "cost_jpy": yen(c.cost_jpy),
            }
            for c in report.costs
        ],
        "plan": None if report.planned is None else _plan_object(report.planned),
        "finished_at": None if run.finished_at is None else run.finished_at.isoformat(),
        "approvals": [_approval_object(each) for each in report.said],
    }


def _plan_object(planned: StoredQuote) -> dict[str, object]:
    return {
        "expected_jpy": yen(planned.expected_jpy),
        "p95_jpy": f"{planned.p95_jpy:.6f}",
        "worst_jpy": yen(planned.worst_jpy),
        "quality": planned.quality,
        "unmeasured_share": planned.unmeasured_share,
        "finish_at": planned.finish_at.isoformat(),
    }


def _approval_object(past: PastVerdict) -> dict[str, object]:
    return {
        "verdict": past.said.verdict,
        "by": past.said.by,
        "up_to_jpy": None if past.said.up_to_jpy is None else yen(past.said.up_to_jpy),
        "said_in": past.said_in,
        "at": past.at.isoformat(),
        "quoted_run_id": past.quoted_run_id,
    }


def write_page(report: Report) -> Path:
    """The HTML page; everything in it is escaped."""
    run = report.run
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    page = read_settings().home / "reports" / f"{run.run_id}.html"
    page.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    template = environment.get_template("report.html.jinja")
    page.write_text(
        template.render(
            run=run,
            totals=report.totals,
            rows=report.rows,
            costs=report.costs,
            sentence=cost_sentence(report.totals, report.waste),
            planned=plan_sentences(report),
            yen=short_yen,
            readable=readable,
        ),
        encoding="utf-8",
    )
    return page
