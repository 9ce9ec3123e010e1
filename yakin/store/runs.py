"""Runs: one night each, found again by key, held by one process at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from yakin.domain.documents import RunId, RunPurpose
from yakin.domain.levels import Level
from yakin.domain.money import Scope
from yakin.errors import StoreError, UsageError
from yakin.store import budgets
from yakin.store.queries import Row, load_queries

_SQL = load_queries("runs")


class RunState(StrEnum):
    """Where a run stands. Everything but `finished` is resumed by the same command."""

    OPEN = "open"
    QUOTED = "quoted"  # a dry run that ended with its quote
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class NewJob:
    """A use case over a source for a department. Jobs of a run are numbered by their place, from 0."""

    use_case: str
    use_case_version: str
    source_uri: str
    department: str
    budget_jpy: Decimal | None = None
    baseline: Level | None = None
    level_floor: Level | None = None
    backfill: bool = False
    cost_centre: str = ""  # of the department, as the catalogue says now; empty: none given


@dataclass(frozen=True, slots=True)
class NewRun:
    """What opens a run. `parameters` holds ids, URIs and numbers only."""

    run_key: str
    business_date: date
    rehearsal: bool
    budget_jpy: Decimal
    deadline_at: datetime | None
    parameters: Mapping[str, object]
    policy_version: str
    catalogue_version: str
    prefect_flow_run_id: str | None
    jobs: tuple[NewJob, ...]
    purpose: RunPurpose = RunPurpose.NIGHT


@dataclass(frozen=True, slots=True)
class OpenRun:
    """The run that a command works on: a new one, or the unfinished one of the same key."""

    run_id: RunId
    resumed: bool
    started_at: datetime


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What a dead process left: leases given back, attempts that may have been billed, attempts never sent."""

    leases: int
    unknown_attempts: int
    released_attempts: int = 0


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as it is stored."""

    run_id: RunId
    run_key: str
    business_date: date
    rehearsal: bool
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    deadline_at: datetime | None
    budget_jpy: Decimal
    parameters: Mapping[str, object]
    policy_version: str
    catalogue_version: str
    prefect_flow_run_id: str | None
    use_cases: tuple[str, ...]
    purpose: RunPurpose


async def open_run(conn: AsyncConnection, new: NewRun, *, force_new: bool = False) -> OpenRun:
    """The newest unfinished run of the same key, day and rehearsal flag, else a new one, with its budget rows.

    A resumed run keeps its jobs, start and frozen prices, and takes over the budget, deadline and
    Prefect run of the command that resumes it. Two processes that open one key get one run.
    """
    await _SQL.one(conn, "lock_key", run_key=new.run_key)
    key = {"run_key": new.run_key, "business_date": new.business_date, "rehearsal": new.rehearsal}
    if not force_new and (row := await _SQL.one(conn, "unfinished", **key)):
        run = OpenRun(RunId(str(row["run_id"])), resumed=True, started_at=row["started_at"])
        await _SQL.run(conn, "resume", run_id=run.run_id, **_changeable(new))
    else:
        run = await _insert(conn, new)
    await _open_budgets(conn, run.run_id, new)
    return run


async def _insert(conn: AsyncConnection, new: NewRun) -> OpenRun:
    row = await _SQL.one(
        conn,
        "insert",
        run_key=new.run_key,
        business_date=new.business_date,
        rehearsal=new.rehearsal,
        parameters=Jsonb(dict(new.parameters)),
        policy_version=new.policy_version,
        catalogue_version=new.catalogue_version,
        purpose=new.purpose.value,
        **_changeable(new),
    )
    assert row is not None
    run_id = RunId(str(row["run_id"]))
    for number, job in enumerate(new.jobs):
        await _insert_job(conn, run_id, number, job)
    return OpenRun(run_id, resumed=False, started_at=row["started_at"])


def _changeable(new: NewRun) -> dict[str, object]:
    return {
        "budget_jpy": new.budget_jpy,
        "deadline_at": new.deadline_at,
        "prefect_flow_run_id": new.prefect_flow_run_id,
    }


async def _insert_job(conn: AsyncConnection, run_id: RunId, number: int, job: NewJob) -> None:
    await _SQL.run(conn, "save_use_case", use_case=job.use_case, version=job.use_case_version)
    await _SQL.run(
        conn,
        "insert_job",
        run_id=run_id,
        job=number,
        use_case=job.use_case,
        use_case_version=job.use_case_version,
        source_uri=job.source_uri,
        department=job.department,
        cost_centre=job.cost_centre,
        budget_jpy=job.budget_jpy,
        baseline=job.baseline.value if job.baseline else None,
        level_floor=job.level_floor.value if job.level_floor else None,
        backfill=job.backfill,
    )


async def _open_budgets(conn: AsyncConnection, run_id: RunId, new: NewRun) -> None:
    caps = {budgets.run_key(run_id): new.budget_jpy}
    caps |= {
        budgets.run_key(run_id, number): job.budget_jpy
        for number, job in enumerate(new.jobs)
        if job.budget_jpy is not None
    }
    # first: a new cap waits for whoever reserves or settles, and they may wait for the run's own caps
    await budgets.carry_standing_caps(conn, new.business_date, rehearsal=new.rehearsal)
    for key, cap_jpy in caps.items():
        await budgets.set_cap(conn, Scope.RUN, key, new.business_date, cap_jpy, rehearsal=new.rehearsal, standing=False)


async def unfinished_run(conn: AsyncConnection, new: NewRun) -> RunId | None:
    """The run that this command would resume. Changes nothing, so that it may be asked while another works on it."""
    key = {"run_key": new.run_key, "business_date": new.business_date, "rehearsal": new.rehearsal}
    row = await _SQL.one(conn, "peek_unfinished", **key)
    return RunId(str(row["run_id"])) if row else None


async def hold_run(dedicated_conn: AsyncConnection, run_id: RunId) -> bool:
    """Hold the run for the life of this session; False when another live process holds it."""
    row = await _SQL.one(dedicated_conn, "hold", run_id=run_id)
    return bool(row and row["held"])


async def take_over(conn: AsyncConnection, run_id: RunId) -> TakenOver:
    """Clean up after a process that died; the caller holds the run.

    Leases go back to pending. An attempt that was marked as sent becomes unknown and keeps its
    reservation; one that was not is released, and can no longer be sent.
    """
    await _SQL.run(conn, "lock_leased", run_id=run_id)
    leases = await _SQL.run(conn, "unlease", run_id=run_id)
    unknown, released = await _end_open_attempts(conn, run_id)
    return TakenOver(leases, unknown, released)


async def _end_open_attempts(conn: AsyncConnection, run_id: RunId) -> tuple[int, int]:
    still_open = await _SQL.all(conn, "lock_open_attempts", run_id=run_id)
    unknown = await _SQL.run(conn, "sent_to_unknown", run_id=run_id)
    unsent = [str(row["attempt_id"]) for row in still_open if not row["sent"]]
    return unknown, await budgets.release(conn, unsent)


async def finish_run(conn: AsyncConnection, run_id: RunId, state: RunState) -> None:
    """Close the run in that state; a finished run is never resumed.

    Attempts that nobody ended hold no money beyond it: unsent ones are released, sent ones unknown.
    """
    if await _SQL.run(conn, "finish", run_id=run_id, state=state.value) == 0:
        raise StoreError(f"run {run_id} does not exist")
    if state is not RunState.OPEN:
        await _end_open_attempts(conn, run_id)


async def set_prefect_flow_run(conn: AsyncConnection, run_id: RunId, flow_run_id: str) -> None:
    """Remember which Prefect flow run shows this run."""
    await _SQL.run(conn, "set_prefect_flow_run", run_id=run_id, flow_run_id=flow_run_id)


async def find_run(conn: AsyncConnection, run: str) -> RunRow:
    """A run by id, unique beginning of it, or `latest`, the newest night; raises UsageError when it is not one run."""
    rows = await _SQL.all(conn, "latest") if run == "latest" else await _SQL.all(conn, "by_prefix", prefix=run.lower())
    if not rows:
        raise UsageError(f"no run {run!r}; `latest` is the newest night")
    if len(rows) > 1:
        raise UsageError(f"more than one run begins with {run!r}; give more of the id")
    return _run_row(rows[0])


def _run_row(row: Row) -> RunRow:
    typed = {"run_id": RunId(str(row["run_id"])), "state": RunState(row["state"]), "use_cases": tuple(row["use_cases"])}
    typed["purpose"] = RunPurpose(row["purpose"])
    return RunRow(**row | typed)
