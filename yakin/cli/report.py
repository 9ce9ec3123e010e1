"""`yakin report`: the morning after."""

import webbrowser
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from yakin.cli.database import with_pool
from yakin.cli.demo import show_costs, show_documents
from yakin.cli.output import OUT, print_json, readable, short_yen, yen
from yakin.settings import read_settings
from yakin.store import run_report, runs
from yakin.store.pool import Pool
from yakin.store.run_report import OfferCost, ResultRow, RunTotals, Waste
from yakin.store.runs import RunRow

Report = tuple[RunRow, RunTotals, list[ResultRow], list[OfferCost], list[Waste]]


def show(run_name: str, *, open_browser: bool, as_json: bool) -> None:
    """Tables on the terminal and an HTML page in the state folder; ids, names and yen, no answers."""

    async def step(pool: Pool) -> Report:
        async with pool.connection() as conn:
            run = await runs.find_run(conn, run_name)
            return (
                run,
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
    run, totals, rows, costs, waste = report
    show_documents(rows)
    show_costs(costs)
    OUT.print(
        f"run {run.run_id} ({run.state}, {run.business_date}{', rehearsal 検証実行' if run.rehearsal else ''}): "
        f"{totals.answered} answered, {totals.skipped} answered before, {totals.unanswered} unanswered, "
        f"¥{short_yen(totals.cost_jpy)} of ¥{short_yen(run.budget_jpy)}; "
        f"¥{short_yen(totals.reserved_unknown_jpy)} held as unknown"
    )
    OUT.print(cost_sentence(totals, waste))
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


def report_object(report: Report) -> dict[str, object]:
    """The report as one JSON object."""
    run, totals, rows, costs, waste = report
    return {
        "run_id": run.run_id,
        "state": run.state,
        "business_date": run.business_date,
        "rehearsal": run.rehearsal,
        "budget_jpy": yen(run.budget_jpy),
        "cost_jpy": yen(totals.cost_jpy),
        "unknown_jpy": yen(totals.reserved_unknown_jpy),
        "cost_per_answer_jpy": None if totals.cost_per_answer_jpy is None else yen(totals.cost_per_answer_jpy),
        "waste": [{"kind": w.kind, "attempts": w.attempts, "cost_jpy": yen(w.cost_jpy)} for w in waste],
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
            for row in rows
        ],
        "offers": [
            {
                "offer": c.offer,
                "zone": c.zone,
                "attempts": c.attempts,
                "documents": c.documents,
                "cost_jpy": yen(c.cost_jpy),
            }
            for c in costs
        ],
    }


def write_page(report: Report) -> Path:
    """The HTML page; everything in it is escaped."""
    run, totals, rows, costs, waste = report
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    page = read_settings().home / "reports" / f"{run.run_id}.html"
    page.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    template = environment.get_template("report.html.jinja")
    page.write_text(
        template.render(
            run=run,
            totals=totals,
            rows=rows,
            costs=costs,
            sentence=cost_sentence(totals, waste),
            yen=short_yen,
            readable=readable,
        ),
        encoding="utf-8",
    )
    return page
