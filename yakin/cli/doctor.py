"""`yakin doctor`: what works on this machine, and the remedy for what does not."""

import asyncio
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from yakin.catalogue.load import load_catalogue
from yakin.catalogue.policy import load_policy
from yakin.cli.output import ExitCode, print_json, table
from yakin.cli.which_offer import house
from yakin.domain.calendar import business_date
from yakin.domain.offer_approval import Approval, Standing, gate_of, notice
from yakin.errors import YakinError
from yakin.llm.environment import refuse_redirecting_environment
from yakin.local import model, postgres, prefect_server
from yakin.settings import read_settings
from yakin.store.migrate import needs_migration
from yakin.use_cases.load import load_use_cases

NEEDED_DISK_GB = 5
NEEDED_MEMORY_GB = 4
GIB = 1024**3
_SWITCH_GATE = {
    Standing.OPEN: "OPEN: no offer was ever approved, every one may serve",
    Standing.HOLDS: "approved offers serve",
    Standing.OLD_VERSION: "offers approved for an earlier version serve",
    Standing.NOTHING_LEFT: "no approved offer is left",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `remedy` is empty when it is fine."""

    name: str
    finding: str
    remedy: str = ""


def show(*, as_json: bool) -> ExitCode:
    """Print every check; exit 1 when one needs a person."""
    checks = list(_checks())
    if as_json:
        print_json({"checks": [{"name": c.name, "finding": c.finding, "remedy": c.remedy} for c in checks]})
    else:
        table("doctor", ["check", "finding", "what to do"], [(c.name, c.finding, c.remedy) for c in checks])
    return ExitCode.FAILURE if any(check.remedy for check in checks) else ExitCode.ALL_ANSWERED


def _checks() -> Iterator[Check]:
    settings = read_settings()
    today = business_date(datetime.now(UTC))
    yield Check("Python", platform.python_version())
    yield _enough("disk", shutil.disk_usage(_existing(settings.home)).free / GIB, NEEDED_DISK_GB)
    yield _enough("memory", psutil.virtual_memory().available / GIB, NEEDED_MEMORY_GB)
    yield _try("environment", lambda: refuse_redirecting_environment(os.environ))
    yield _try("catalogue", lambda: load_catalogue(settings.catalogue_layers, on=today, embedded={}))
    yield _try("policy", lambda: load_policy(settings.catalogue_layers, today))
    yield _try("use cases", lambda: load_use_cases(settings.use_cases))
    for name in model.WEIGHTS:
        here = model.path_of(name, settings.models_dir) is not None
        yield Check(f"model {name}", "here" if here else "no weights", "" if here else f"yakin model pull {name}")
    yield from _services()


def _services() -> Iterator[Check]:
    settings = read_settings()
    url = settings.owner_database_url
    if url is None:
        running = postgres.status(settings.home)
        yield Check("Postgres", f"embedded, port {running.port}" if running else "embedded, starts when needed")
        url = running.owner_url if running else None
    if url:
        database = _migrated(url)
        yield database
        if not database.remedy:
            yield from _switch_gates(url)
    server = prefect_server.status(settings.home)
    yield Check("Prefect server", settings.prefect_api_url or (server.ui_url if server else "starts when needed"))


def _migrated(url: str) -> Check:
    try:
        behind = needs_migration(url)
    except YakinError as error:
        return Check("database", "cannot be used", str(error))
    return Check("database", "behind" if behind else "up to date", "yakin db migrate" if behind else "")


def _switch_gates(url: str) -> Iterator[Check]:
    """Which use cases are served by approved offers only, and which of them need a person."""
    try:
        known = house()
        given = asyncio.run(_offer_approvals(url, list(known.use_cases)))
    except YakinError as error:  # the catalogue or a use case is wrong, which is said above
        yield Check("switch gate", "not known", str(error))
        return
    for name, facts in sorted(known.use_cases.items()):
        gate = gate_of(name, facts.version, given, known.models)
        needed = notice(gate, facts.version) if gate.standing is not Standing.OPEN else None
        yield Check(f"switch gate {name}", _SWITCH_GATE[gate.standing], needed or "")


async def _offer_approvals(url: str, use_cases: list[str]) -> list[Approval]:
    from yakin.store import offer_approvals
    from yakin.store.pool import Pool

    pool = await Pool.open(url, max_size=1)
    try:
        async with pool.connection() as conn:
            return await offer_approvals.of_use_cases(conn, use_cases)
    finally:
        await pool.close()


def _try(name: str, step: Callable[[], object]) -> Check:
    try:
        step()
    except YakinError as error:
        return Check(name, "wrong", str(error))
    return Check(name, "fine")


def _enough(name: str, free_gb: float, needed_gb: float) -> Check:
    remedy = "" if free_gb >= needed_gb else f"make room: {needed_gb} GiB are needed"
    return Check(name, f"{free_gb:.1f} GiB free", remedy)


def _existing(path: Path) -> Path:
    """The nearest folder that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())
