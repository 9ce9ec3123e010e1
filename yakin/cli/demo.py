"""`yakin demo`: one night over sample documents with the real local model and sandbox vendors."""

import asyncio
import os
import time
from decimal import Decimal
from typing import TYPE_CHECKING

from yakin.cli import night
from yakin.cli.model import pull_missing
from yakin.cli.output import OUT, ExitCode, file_name, print_json, say, short_yen, table
from yakin.cli.services import use_prefect
from yakin.domain.documents import RunId, WorkState
from yakin.local import model
from yakin.settings import PROJECT_ROOT, read_settings
from yakin.store import run_report
from yakin.store.pool import Pool
from yakin.store.run_report import OfferCost, ResultRow

if TYPE_CHECKING:
    from tasks.close_run import RunSummary

BUDGET_JPY = Decimal(50)
USE_CASE = "inquiry_triage"
SAMPLES = PROJECT_ROOT / "yakin" / "use_cases" / USE_CASE


def start(*, as_json: bool) -> ExitCode:
    """Set up, run, and show each document's way and price."""
    began = time.monotonic()
    settings = read_settings()
    say("[bold]yakin demo[/]: one night on this machine; nothing leaves it and no real yen is spent")
    pull_missing(list(model.WEIGHTS))
    api_url = use_prefect(settings)  # before anything imports Prefect, which reads its settings once
    from tasks.close_run import RunSummary

    os.environ["YAKIN_CATALOGUE"] = str(SAMPLES / "sources.yaml")  # the register of the sample folders, and only it
    folder = SAMPLES / "samples" / "demo"
    say(f"documents: {folder}")
    parameters = night.parameters_from(
        {"source": str(folder), "use_case": USE_CASE, "department": "demo"},
        {"budget_jpy": BUDGET_JPY, "mode": "rehearsal", "deadline": None},
    )
    summary = night.run_night(parameters)
    assert isinstance(summary, RunSummary)
    if as_json:
        print_json(summary.model_dump(mode="python"))
    else:
        _show(summary, api_url, time.monotonic() - began)
    return night.exit_code(summary)


def _show(summary: "RunSummary", api_url: str, seconds: float) -> None:
    rows, costs = asyncio.run(_read(summary.run_id))
    show_documents(rows)
    show_costs(costs)
    night.show_summary(summary, as_json=False)
    OUT.print(f"{seconds:.0f} s. The same command again answers nothing twice and costs ¥0.")
    OUT.print(f"Prefect UI: {api_url.removesuffix('/api')}   stop everything: yakin down")
    OUT.print("Next: yakin explain FILE · yakin report --open · yakin db psql -c 'select * from bi.answers'")


async def _read(run_id: str) -> tuple[list[ResultRow], list[OfferCost]]:
    from tasks.local_services import database

    pool = await Pool.open((await database(read_settings())).app_url, max_size=1)
    try:
        async with pool.connection() as conn:
            return (
                await run_report.results(conn, RunId(run_id)),
                await run_report.cost_by_offer(conn, RunId(run_id)),
            )
    finally:
        await pool.close()


def show_documents(rows: list[ResultRow]) -> None:
    """Per document: level, where it went and why, yen."""
    table(
        "documents 処理結果",
        ["file", "level 機密区分", "offer, zone: why 理由", "¥cost"],
        [(file_name(row.uri), _level(row), _way(row), short_yen(row.cost_jpy)) for row in rows],
    )


def _level(row: ResultRow) -> str:
    if row.level is None:
        return "" if row.state is WorkState.SKIPPED else "not readable"
    return f"{row.level} {row.level.japanese}"


def _way(row: ResultRow) -> str:
    """Where a document went and why, or why nowhere."""
    if row.state is WorkState.SKIPPED:
        return "answered in an earlier run 回答済"
    if row.unanswered_reason:
        return f"not answered 未回答: {row.unanswered_reason}"
    if row.offer is None:
        return f"{row.state}: {row.reason or ''}"
    return f"{row.offer}, {row.zone}: {row.reason if row.offer == row.option else f'took over from {row.option}'}"


def show_costs(costs: list[OfferCost]) -> None:
    """What each offer cost."""
    table(
        "cost 利用料",
        ["offer", "zone 送信先", "#attempts", "#documents", "¥cost"],
        [(cost.offer, cost.zone, cost.attempts, cost.documents, short_yen(cost.cost_jpy)) for cost in costs],
    )
