"""One worker process: holds its run, takes over what a dead one left, and asks until a wave moves nothing.

Imported before workers are forked (`storm.py`), so that a replacement is there within milliseconds.
"""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import langchain_openai  # noqa: F401 - what the first request would import

from bench.storm.caller import Caller, End, Tally
from bench.storm.opening import CLEARANCE, OpenedRun, Wanted
from tasks import resources
from tasks.document_worker import EXTRACTOR_VERSION, scanner
from tasks.parameters import Mode
from tasks.resources import Resources
from tasks.run_context import JobContext, Planned, RunContext
from yakin.llm.tokens import count_tokens
from yakin.store import runs, work

MOST_WAVES = 6
_HOLD_EVERY_S = 0.05
_POACH_EVERY_S = 0.4

scanner().scan("点検")
count_tokens("点検", "o200k_base")


@dataclass(frozen=True, slots=True)
class Script:
    """What one worker is told."""

    environment: Mapping[str, str]
    run: OpenedRun
    callers: int
    short_leases: float
    tally_file: Path
    log_file: Path


def main(script: Script) -> None:
    """The life of a worker process."""
    with script.log_file.open("a", buffering=1) as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
    logging.getLogger("yakin.answer").setLevel(logging.ERROR)
    os.environ.update(script.environment)
    asyncio.run(_live(script))


async def _live(script: Script) -> None:
    began = time.monotonic()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, _say_where)
    async with resources.opened(Mode.REHEARSAL) as night:
        run = night.run = _context(night, script.run)
        await _hold(night, run)
        async with night.pool.connection() as conn:
            left = await runs.take_over(conn, run.run_id)
        print(f"run {run.run_id}: ready after {time.monotonic() - began:.2f} s, took over {left}")
        tally = Tally()
        caller = Caller(night, run, script.run.draw.use_case, script.short_leases, tally)
        for wave in range(MOST_WAVES):
            answered = await _wave(night, script, caller, probe=wave > 0)
            print(f"wave {wave}: {answered} answered, {dict(tally.ends)} after {time.monotonic() - began:.2f} s")
            if answered == 0:
                break
    found = {"ends": tally.ends, "outcomes": tally.outcomes, "seconds": time.monotonic() - began}
    script.tally_file.write_text(json.dumps(found))


def _say_where() -> None:
    """Into the log, when the storm finds that somebody waits for ever."""
    for task in asyncio.all_tasks():
        task.print_stack()


async def _hold(night: Resources, run: RunContext) -> None:
    """The session of the one that was killed may not be gone yet."""
    held = await night.hold(run.run_id)
    while not held:
        await asyncio.sleep(_HOLD_EVERY_S)
        held = await night.hold(run.run_id)


def _context(night: Resources, opened: OpenedRun) -> RunContext:
    draw = opened.draw
    job = JobContext(0, night.use_cases[draw.use_case], "storm", draw.department, None, None, False, None)
    context = RunContext(
        run_id=opened.run_id,
        business_date=opened.deadline_at.date(),
        rehearsal=True,
        started_at=opened.deadline_at,
        deadline_at=opened.deadline_at,
        jobs={job.name: job},
        offers={job.name: opened.offers},
        slice_documents=100,
    )
    for each in opened.documents:
        planned = Planned(each.source, each.sha256, "", EXTRACTOR_VERSION, CLEARANCE)
        context.planned[job.name, each.document_id] = planned
    return context


async def _wave(night: Resources, script: Script, caller: Caller, *, probe: bool) -> int:
    """All callers over all pending documents; how many were answered.

    After the first wave one document goes ahead: a night's planner would not plan what has no room any more.
    """
    async with night.pool.connection() as conn:
        pending = {each.document_id for each in await work.pending(conn, script.run.run_id)}
    waiting = deque(each for each in script.run.documents if each.document_id in pending)
    before = caller.tally.ends[End.ANSWERED]
    if probe and waiting and await caller.turn(waiting.popleft()) is End.BUDGET:
        return 0
    over = asyncio.Event()
    poacher = asyncio.create_task(_poach(night, script, caller, waiting, over))
    async with asyncio.TaskGroup() as group:
        for _ in range(script.callers):
            group.create_task(_one_after_the_other(caller, waiting))
    over.set()
    await poacher
    return caller.tally.ends[End.ANSWERED] - before


async def _poach(night: Resources, script: Script, caller: Caller, waiting: deque[Wanted], over: asyncio.Event) -> None:
    """Takes over documents whose lease has run out while somebody of this process still asks them."""
    asked_by_it: set[int] = set()
    async with asyncio.TaskGroup() as group:
        while not over.is_set():  # never cancelled: a cancel that comes with a result can be lost in Python 3.11
            await asyncio.sleep(_POACH_EVERY_S)
            async with night.pool.connection() as conn:
                pending = {each.document_id for each in await work.pending(conn, script.run.run_id)}
            left = pending - {each.document_id for each in waiting} - asked_by_it - caller.given_back
            for wanted in (each for each in script.run.documents if each.document_id in left):
                asked_by_it.add(wanted.document_id)
                group.create_task(caller.turn(wanted))


async def _one_after_the_other(caller: Caller, waiting: deque[Wanted]) -> None:
    with contextlib.suppress(IndexError):
        while True:
            await caller.turn(waiting.popleft())
