"""The worker pool: a document that hangs, crashes or eats memory costs itself, and the pool goes on."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from yakin.domain.documents import Extracted
from yakin.reading import process_pool
from yakin.reading.extract import extract
from yakin.reading.process_pool import KillablePool, ParseTimeout, WorkerDied, WorkFailed


@pytest.fixture(scope="module")
def pool() -> Iterator[KillablePool]:
    made = KillablePool(workers=1, memory_mb=700)
    yield made
    made.close()


async def still_works(pool: KillablePool) -> bool:
    found = await pool.run(extract, "本文".encode("cp932"), "a.txt", timeout_s=30)
    return isinstance(found, Extracted) and found.text == "本文"


async def test_work_that_hangs_is_killed_and_the_pool_goes_on(pool: KillablePool) -> None:
    assert await still_works(pool)
    started = time.monotonic()
    with pytest.raises(ParseTimeout):
        await pool.run(time.sleep, 60, timeout_s=0.5)
    assert time.monotonic() - started < 5
    assert await still_works(pool)


@pytest.mark.parametrize(("function", "args"), [(os._exit, (7,)), (os.abort, ()), (bytearray, (2 * 1024**3,))])
async def test_a_worker_that_dies_takes_only_its_own_document(pool: KillablePool, function, args) -> None:
    with pytest.raises(WorkerDied):
        await pool.run(function, *args, timeout_s=30)
    assert await still_works(pool)


async def test_documents_beside_a_crash_are_not_lost() -> None:
    pool = KillablePool(workers=2, memory_mb=700)
    try:
        runs = [pool.run(os._exit, 1, timeout_s=30) if i % 5 == 0 else still_works(pool) for i in range(20)]
        results = await asyncio.gather(*runs, return_exceptions=True)
    finally:
        pool.close()
    assert all(isinstance(results[i], (WorkerDied, ParseTimeout)) for i in range(0, 20, 5))
    assert [results[i] for i in range(20) if i % 5] == [True] * 16


async def test_cancelling_the_await_kills_the_work(pool: KillablePool) -> None:
    task = asyncio.create_task(pool.run(time.sleep, 60, timeout_s=90))
    await asyncio.sleep(0.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    started = time.monotonic()
    assert await still_works(pool)  # the only worker is free again
    assert time.monotonic() - started < 10


async def test_the_loop_stays_free_while_a_worker_works(pool: KillablePool) -> None:
    task = asyncio.create_task(pool.run(time.sleep, 0.5, timeout_s=30))
    ticks = 0
    while not task.done():
        await asyncio.sleep(0.02)
        ticks += 1
    assert ticks > 10


async def test_an_error_of_the_work_names_its_class_and_never_its_text(pool: KillablePool) -> None:
    with pytest.raises(WorkFailed) as failed:
        await pool.run(int, "山田太郎", timeout_s=30)
    assert str(failed.value) == "the work raised ValueError"
    assert failed.value.__cause__ is None


async def test_workers_have_no_standard_streams_and_no_core_files(pool: KillablePool) -> None:
    streams = [await pool.run(os.readlink, f"/proc/self/fd/{number}", timeout_s=30) for number in (0, 1, 2)]
    assert streams == ["/dev/null"] * 3
    assert await pool.run(eval, "__import__('resource').getrlimit(4)", timeout_s=30) == (0, 0)


async def test_a_pool_whose_lock_died_with_a_worker_starts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_pool, "_STUCK_CHECK_S", 0.1)
    monkeypatch.setattr(process_pool, "_STUCK_AFTER_S", 1.0)
    pool = KillablePool(workers=1, memory_mb=700)
    try:
        assert await still_works(pool)
        stuck = asyncio.create_task(pool.run(time.sleep, 60, timeout_s=0.5))
        await asyncio.sleep(0.3)
        assert pool._pool._pool_manager.worker_manager.workers_channel.mutex.acquire(block=False)
        with pytest.raises(ParseTimeout):
            await asyncio.wait_for(stuck, 30)
        assert await still_works(pool)
    finally:
        pool.close()


PARENT = """
import asyncio, sys, time
import {imported}
from yakin.reading.process_pool import KillablePool

async def main():
    pool = KillablePool(1, 700)
    modules = await pool.run(eval, "list(__import__('sys').modules)", timeout_s=60)
    print(modules.count("{imported}"), await pool.run(eval, "__import__('os').getpid()", timeout_s=60), flush=True)
    {then}

asyncio.run(main())
"""


def test_workers_do_not_run_the_main_module_again(tmp_path) -> None:
    """Without an `if __name__` guard: a worker that imported its parent's main module would start a pool again."""
    script = tmp_path / "main_program.py"
    script.write_text(PARENT.format(imported="prefect", then="pool.close()"))
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.split()[0] == "0"


def test_workers_end_when_their_parent_is_killed(tmp_path) -> None:
    script = tmp_path / "main_program.py"
    script.write_text(PARENT.format(imported="decimal", then="await pool.run(time.sleep, 600, timeout_s=900)"))
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    worker = int(parent.stdout.readline().split()[1])
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 20
    while _is_alive(worker) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _is_alive(worker)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
