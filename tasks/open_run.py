"""Open the night: resume the unfinished run of the same key or start one, and freeze what it depends on."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from tasks import resources
from tasks.exchange_rates import known_rates, warn_of_stale
from tasks.judging import judge_of_run
from tasks.measured import measured
from tasks.output_bounds import learned_bounds
from tasks.parameters import JobParameters, NightRunParameters
from tasks.resources import Resources
from tasks.run_context import JobContext, RunContext
from tasks.switch_gate import let_through
from yakin.catalogue.holidays import is_working_day
from yakin.catalogue.offers import offers
from yakin.domain.calendar import business_date, deadline_at
from yakin.domain.documents import RunId, RunPurpose
from yakin.domain.money import Scope
from yakin.domain.routing import Offer
from yakin.errors import UsageError
from yakin.reading.folders import file_uri
from yakin.store import approvals, budgets, run_offers, runs
from yakin.store.runs import NewJob, NewRun, OpenRun, RunRow

LOGGER = logging.getLogger("yakin.run")
OTHER_HOLDER_POLL_S = 1.0


@task(name="open-run", task_run_name="open-run", cache_policy=NO_CACHE, persist_result=False)
async def open_run(parameters: NightRunParameters) -> str | None:
    """The run's id, or None on a day that this schedule does not work."""
    scheduled_for = business_date(flow_run.get_scheduled_start_time())  # a late start is still that day's night
    if parameters.skip_holidays and not is_working_day(scheduled_for):
        LOGGER.info("%s is not a working day in Japan; nothing to do", scheduled_for)
        return None
    return await opened_run(resources.current(), parameters)


async def opened_run(
    night: Resources, parameters: NightRunParameters, purpose: RunPurpose = RunPurpose.NIGHT, asked: Sequence[str] = ()
) -> RunId:
    """Open or resume the run of these parameters; `asked` are the models that an evaluation is limited to."""
    now = datetime.now(UTC)
    today = business_date(now)
    jobs = {job.use_case: _job(night, number, job) for number, job in enumerate(_distinct(parameters.jobs))}
    deadline = deadline_at(time.fromisoformat(parameters.deadline), now)
    new_run = _new_run(night, parameters, jobs, today, deadline)
    if purpose is RunPurpose.EVALUATION:
        new_run = _as_evaluation(new_run, asked)
    opened = await _hold(night, new_run, force_new=parameters.new)
    await _close_abandoned(night)
    night.run = await _freeze(night, opened, jobs, parameters, deadline, purpose)
    LOGGER.info("run %s: %s, rehearsal=%s", opened.run_id, "resumed" if opened.resumed else "opened", night.rehearsal)
    return opened.run_id


def _distinct(jobs: Sequence[JobParameters]) -> Sequence[JobParameters]:
    names = [job.use_case for job in jobs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"jobs: use case {twice[0]} is given twice; a run takes one source per use case")
    return jobs


def _job(night: Resources, number: int, job: JobParameters) -> JobContext:
    use_case = night.use_cases.get(job.use_case)
    if use_case is None:
        known = ", ".join(sorted(night.use_cases))
        raise UsageError(f"jobs: unknown use case {job.use_case!r}; known: {known}. YAKIN_USE_CASES adds a folder")
    source = job.source if "://" in job.source else file_uri(Path(job.source).expanduser().resolve())
    return JobContext(
        number, use_case, source, job.department, job.baseline, job.level_floor, job.backfill, job.budget_jpy
    )


def _new_run(
    night: Resources,
    parameters: NightRunParameters,
    jobs: Mapping[str, JobContext],
    today: date,
    deadline: datetime,
) -> NewRun:
    stored = parameters.model_dump(mode="json", exclude={"new", "dry_run"})
    stored["jobs"] = [job | {"source": jobs[str(job["use_case"])].source} for job in stored["jobs"]]
    identity = json.dumps([stored, today.isoformat(), night.rehearsal, parameters.dry_run], sort_keys=True)
    return NewRun(
        run_key=hashlib.sha256(identity.encode()).hexdigest(),
        business_date=today,
        rehearsal=night.rehearsal,
        budget_jpy=parameters.budget_jpy,
        deadline_at=deadline,
        parameters=stored,
        policy_version=night.policy.version,
        catalogue_version=night.catalogue.version,
        prefect_flow_run_id=flow_run.get_id(),
        jobs=tuple(_new_job(night, job) for job in jobs.values()),
    )


def _as_evaluation(new_run: NewRun, asked: Sequence[str]) -> NewRun:
    """Its key is none of a night: neither resumes the other."""
    identity = json.dumps([new_run.run_key, RunPurpose.EVALUATION, sorted(asked)])
    return replace(
        new_run,
        run_key=hashlib.sha256(identity.encode()).hexdigest(),
        parameters={**new_run.parameters, "models": sorted(asked)},
        purpose=RunPurpose.EVALUATION,
    )


def _new_job(night: Resources, job: JobContext) -> NewJob:
    return NewJob(
        use_case=job.name,
        use_case_version=job.use_case.facts.version,
        source_uri=job.source,
        department=job.department,
        budget_jpy=job.budget_jpy,
        baseline=job.baseline,
        level_floor=job.level_floor,
        backfill=job.backfill,
        cost_centre=_cost_centre(night, job.department),
    )


def _cost_centre(night: Resources, department: str) -> str:
    """Empty where the catalogue names no departments; said aloud where it names others and not this one."""
    known = night.catalogue.cost_centres
    if known and department not in known:
        LOGGER.warning(
            "department %s has no cost centre; the catalogue's departments: names %s",
            department,
            ", ".join(sorted(known)),
        )
    return known.get(department, "")


async def _hold(night: Resources, new_run: NewRun, *, force_new: bool) -> OpenRun:
    """Open the run and hold it alone; while another process works on it, wait for that one to end."""
    told = False
    while (opened := await _opened_alone(night, new_run, force_new=force_new)) is None:
        if not told:
            LOGGER.warning("another process works on this run; waiting for it to end")
            told = True
        await asyncio.sleep(OTHER_HOLDER_POLL_S)
    async with night.pool.connection() as conn:
        _check_policy(await runs.find_run(conn, opened.run_id), new_run)
        taken = await runs.take_over(conn, opened.run_id)
    if taken.leases or taken.unknown_attempts:
        LOGGER.warning(
            "run %s: took over %d documents; %d attempts are unknown and keep their reservation",
            opened.run_id,
            taken.leases,
            taken.unknown_attempts,
        )
    return opened


async def _opened_alone(night: Resources, new_run: NewRun, *, force_new: bool) -> OpenRun | None:
    """The run, held; None while another process holds it, whose row is then not touched."""
    async with night.pool.connection() as conn:
        unfinished = None if force_new else await runs.unfinished_run(conn, new_run)
    if unfinished is not None and not await night.hold(unfinished):
        return None
    async with night.pool.connection() as conn:  # before caps are carried: in a new period the catalogue speaks first
        rules = night.budget_rules.of(rehearsal=new_run.rehearsal)
        await budgets.apply_rules(conn, rules, new_run.business_date)
    async with night.pool.connection() as conn:  # by now it may be finished, or opened by another process
        opened = await runs.open_run(conn, new_run, force_new=force_new)
    if opened.run_id != unfinished and not await night.hold(opened.run_id):
        return None
    if new_run.prefect_flow_run_id is not None:
        async with night.pool.connection() as conn:
            await runs.set_prefect_flow_run(conn, opened.run_id, new_run.prefect_flow_run_id)
    return opened


async def _close_abandoned(night: Resources) -> None:
    """Runs of other commands whose process died are failed, and what they held for nothing is given back."""
    for run_id in await night.holder.close_abandoned():
        LOGGER.warning("run %s had been left by a process that died; it is closed as failed and can be resumed", run_id)


def _check_policy(run: RunRow, new_run: NewRun) -> None:
    """A run keeps the policy that it began with: half a night under another one could not be explained."""
    if run.policy_version != new_run.policy_version:
        raise UsageError(
            f"run {run.run_id} began under policy {run.policy_version}, in force is {new_run.policy_version}; "
            "start another run with --new"
        )


async def _freeze(
    night: Resources,
    opened: OpenRun,
    jobs: Mapping[str, JobContext],
    parameters: NightRunParameters,
    deadline: datetime,
    purpose: RunPurpose,
) -> RunContext:
    """Freeze rates and offers; what a resumed run froze stays, and a zone that moved since is refused."""
    today = business_date(datetime.now(UTC))
    usable = await _offers(night, jobs, today, batch=parameters.batch)
    open_to = await let_through(night, RunId(opened.run_id), jobs, usable, purpose)
    versions = {name: job.use_case.facts.version for name, job in jobs.items()}
    found = await measured(night, versions, open_to.offers)
    by_use_case = found.offers
    every = {offer.name: offer for chosen in (*by_use_case.values(), open_to.exempt) for offer in chosen}
    async with night.pool.connection() as conn:
        frozen = await run_offers.freeze_offers(conn, RunId(opened.run_id), list(every.values()))
        given = await approvals.in_force(conn, list(jobs), today)
        await approvals.opened_under(conn, RunId(opened.run_id), given)
    warn_of_stale(frozen, rehearsal=night.rehearsal)
    return RunContext(
        run_id=RunId(opened.run_id),
        business_date=today,
        rehearsal=night.rehearsal,
        started_at=opened.started_at,
        deadline_at=deadline,
        jobs={name: replace(job, approved_zones=approvals.zones(given, name)) for name, job in jobs.items()},
        offers=_at_frozen_prices(by_use_case, frozen),
        slice_documents=parameters.slice_documents,
        batch=parameters.batch,
        replanning=parameters.replan_on_drift,
        output_bounds=await learned_bounds(night, RunId(opened.run_id), list(jobs.values()), by_use_case),
        judging=await judge_of_run(night, opened.run_id, frozen, dry_run=parameters.dry_run),
        cascades=found.cascades,
        by_document=found.by_document,
        purpose=purpose,
        notices=open_to.notices,
    )


def _at_frozen_prices(
    by_use_case: Mapping[str, Sequence[Offer]], frozen: Sequence[Offer]
) -> dict[str, Sequence[Offer]]:
    """A resumed run reserves at what it froze: a price that rose since must not be charged against a smaller bound."""
    kept = {offer.name: offer for offer in frozen}
    return {
        use_case: [
            replace(offer, price=kept[offer.name].price, fx=kept[offer.name].fx, cliffs=kept[offer.name].cliffs)
            for offer in chosen
        ]
        for use_case, chosen in by_use_case.items()
    }


async def _offers(
    night: Resources, jobs: Mapping[str, JobContext], on: date, *, batch: bool
) -> dict[str, Sequence[Offer]]:
    rates = await known_rates(night.pool, night.catalogue, night.settings.catalogue_layers, on)
    found: dict[str, Sequence[Offer]] = {}
    for name in jobs:
        found[name], rejected = offers(
            night.catalogue,
            use_case=name,
            on=on,
            rates=rates,
            rehearsal=night.rehearsal,
            has_key=lambda env: env is None or env in night.keys,
            batch=batch,
        )
        LOGGER.info("%s: %d offers, %d models not usable", name, len(found[name]), len(rejected))
    return found


async def set_run_cap(night: Resources, run: RunContext, cap_jpy: Decimal) -> None:
    """Lower the run's own cap, as when nobody approved in time."""
    async with night.pool.connection() as conn:
        key = budgets.run_key(run.run_id)
        await budgets.set_cap(conn, Scope.RUN, key, run.business_date, cap_jpy, rehearsal=run.rehearsal, standing=False)
