"""What people see in the Prefect UI: the plan, the documents, the cost. Ids, names and yen; never text."""

import uuid
from collections.abc import Sequence
from decimal import Decimal
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact

from tasks import resources
from yakin.domain.planning import Quote
from yakin.store import run_report
from yakin.store.run_report import OfferCost

MAX_ROWS = 5000  # a table of 10,000 rows takes the UI 0.14 s; people search, they do not scroll


def _key(kind: str, run_id: str) -> str:
    """Artifact keys allow lower-case letters, digits and dashes."""
    return f"{kind}-{uuid.UUID(run_id)}"


async def show_plan(run_id: str, version: int, quote: Quote) -> None:
    """The quote with its routes, as a new version of the run's plan artifact."""
    rows = [
        f"| {route.offer} | {route.tier} | {route.documents} | {route.expected_jpy:.4f} | {route.quality:.2f} |"
        for route in quote.routes
    ]
    gap = "n/a" if quote.lp_gap is None else f"{quote.lp_gap:.4%}"
    lines = [
        f"## Plan {version} 計画",
        f"Expected 見込 **¥{quote.expected_jpy:.4f}**, p95 ¥{quote.p95_jpy:.4f}, worst 最大 ¥{quote.worst_jpy:.4f}.",
        f"Finish about {quote.finish_at:%Y-%m-%d %H:%M} UTC. Distance from the best plan: at most {gap}.",
        "",
        "| offer モデル候補 | tier | documents 件数 | expected ¥ | quality |",
        "|---|---|---:|---:|---:|",
        *rows,
        "",
        f"Zones 送信先: {', '.join(f'{zone} {count}' for zone, count in sorted(quote.zones.items())) or 'none'}",
    ]
    if quote.infeasible:
        lines += ["", f"Not asked 未処理: {quote.infeasible}"]
    if quote.unmeasured_share:
        lines += ["", f"Quality is a prior, not a measurement, for {quote.unmeasured_share:.0%} of the documents."]
    await acreate_markdown_artifact("\n".join(lines), key=_key("plan", run_id), description="Plan and quote 事前見積")


async def show_results(run_id: str, quote: Quote) -> None:
    """One row per document, and what it cost against the plan."""
    night = resources.current()
    run = night.running(run_id)
    async with night.pool.connection() as conn:
        rows = await run_report.results(conn, run.run_id)
        costs = await run_report.cost_by_offer(conn, run.run_id)
        totals = await run_report.totals(conn, run.run_id)
    table = [
        {
            "document": row.document_id,
            "file": file_name(row.uri),
            "use case": row.use_case,
            "level": str(row.level or ""),
            "zone": str(row.zone or ""),
            "option": row.option or "",
            "state": str(row.state),
            "why": str(row.unanswered_reason or row.reason or ""),
            "yen": f"{row.cost_jpy:.6f}",
        }
        for row in rows[:MAX_ROWS]
    ]
    await acreate_table_artifact(table, key=_key("documents", run_id), description="Documents 処理結果")
    await acreate_markdown_artifact(
        cost_markdown(costs, totals.cost_jpy, quote), key=_key("cost", run_id), description="Cost 利用料"
    )


def cost_markdown(costs: Sequence[OfferCost], cost_jpy: Decimal, quote: Quote) -> str:
    """A chart of yen by offer and the plan beside what was spent."""
    slices = [f'    "{cost.offer} ({cost.zone})" : {cost.cost_jpy:.6f}' for cost in costs if cost.cost_jpy > 0]
    chart = ["```mermaid", "pie showData", "    title Yen by offer 利用料の内訳", *slices, "```"] if slices else []
    rows = [f"| {c.offer} | {c.zone} | {c.attempts} | {c.documents} | {c.cost_jpy:.6f} |" for c in costs]
    return "\n".join(
        [
            f"## ¥{cost_jpy:.6f} spent, ¥{quote.expected_jpy:.6f} planned",
            "",
            *chart,
            "",
            "| offer | zone | attempts | documents | yen |",
            "|---|---|---:|---:|---:|",
            *rows,
        ]
    )


def file_name(uri: str) -> str:
    """The last part of a URI, readable."""
    return PurePosixPath(unquote(urlsplit(uri).path)).name
