import json
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from yakin.errors import ServiceFailed
from yakin.local import processes

REPOSITORY = Path(__file__).parents[2]


def python(code: str, folder: Path) -> processes.Command:
    return processes.Command([sys.executable, "-u", "-c", code], {"GREETING": "こんばんは"}, folder)


def until_logged(running: processes.Running, word: str) -> str:
    processes.wait_until(lambda: word in running.log_path.read_text(), 10, f"{word} in the log")
    return running.log_path.read_text()


@pytest.fixture
def home(tmp_path):
    yield tmp_path
    for record in (tmp_path / "run").glob("*.json"):
        processes.stop(tmp_path, record.stem, grace_s=0)


def test_a_started_process_is_found_by_its_name_and_is_gone_once_stopped(home):
    running = processes.start(home, "sleeper", python("import time; time.sleep(60)", home), {"port": "1"})
    assert processes.find(home, "sleeper") == running
    assert processes.stop(home, "sleeper")
    assert not processes.is_alive(running.pid)
    assert processes.find(home, "sleeper") is None
    assert not processes.stop(home, "sleeper")


def test_it_gets_its_environment_only_and_writes_a_private_log(home):
    running = processes.start(home, "teller", python("import os; print(os.environ['GREETING'], len(os.environ))", home))
    assert until_logged(running, "こんばんは").split()[0] == "こんばんは"
    assert stat.S_IMODE(running.log_path.stat().st_mode) == 0o600


def test_it_outlives_the_process_that_started_it(home):
    code = (
        "import sys; from pathlib import Path; from yakin.local import processes as p\n"
        "home = Path(sys.argv[1])\n"
        "print(p.start(home, 'child', p.Command([sys.executable, '-c', 'import time; time.sleep(60)'], {}, home)).pid)"
    )
    parent = subprocess.run([sys.executable, "-c", code, str(home)], cwd=REPOSITORY, stdout=-1, text=True, check=True)
    found = processes.find(home, "child")
    assert found is not None
    assert found.pid == int(parent.stdout)


def test_a_process_that_inherits_the_pid_is_not_killed(home):
    running = processes.start(home, "first", python("import time; time.sleep(60)", home))
    record = home / "run" / "first.json"
    facts = json.loads(record.read_text())
    record.write_text(json.dumps(facts | {"started": facts["started"] - 3600}))
    assert processes.find(home, "first") is None
    assert not processes.stop(home, "first")
    assert processes.is_alive(running.pid)
    processes.stop_tree(running.pid, grace_s=1)


def test_a_deaf_process_is_killed_after_the_grace_together_with_its_children(home):
    code = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('child', subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, 'ready')\n"
        "time.sleep(60)"
    )
    running = processes.start(home, "deaf", python(code, home))
    child = int(until_logged(running, "ready").split()[1])
    began = time.monotonic()
    assert processes.stop(home, "deaf", grace_s=0.5)
    assert time.monotonic() - began < 5
    assert not processes.is_alive(running.pid)
    assert not processes.is_alive(child)


def test_the_child_hears_interrupts_although_its_starter_ignores_them(home):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # what a shell's `&` does
    try:
        code = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, 'told')"
        assert until_logged(processes.start(home, "hearer", python(code, home)), "told").split() == ["True", "told"]
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_program_that_cannot_be_executed_is_named(home):
    with pytest.raises(ServiceFailed, match="/no/such/program cannot be started: FileNotFoundError"):
        processes.start(home, "nothing", processes.Command(["/no/such/program"], {}, home))


def test_a_preferred_port_is_kept_while_free_and_replaced_when_taken(home):
    wanted = processes.free_port()
    assert processes.free_port(wanted) == wanted
    with socket.create_server(("127.0.0.1", wanted)):
        assert processes.free_port(wanted) != wanted


def test_a_remembered_port_changes_only_when_it_is_taken(home):
    path = home / "port"
    first = processes.remembered_port(path)
    assert processes.remembered_port(path) == first
    with socket.create_server(("127.0.0.1", first)):
        second = processes.remembered_port(path)
    assert second != first
    assert processes.remembered_port(path) == second


def test_waiting_in_vain_says_for_what():
    with pytest.raises(ServiceFailed, match="the moon rises: not within 0 s"):
        processes.wait_until(lambda: False, 0.1, "the moon rises")


def test_a_lock_lets_one_in_at_a_time(home):
    with (
        processes.only_one(home / "lock"),
        pytest.raises(ServiceFailed, match="another process holds"),
        processes.only_one(home / "lock", timeout_s=0.1),
    ):
        pytest.fail("two at once")
    with processes.only_one(home / "lock", timeout_s=0.1):
        pass


def test_a_private_file_is_never_written_through_a_link(home):
    victim = home / "victim"
    victim.write_text("untouched")
    secret = home / "secrets" / "key"
    processes.make_private_folder(secret.parent)
    secret.symlink_to(victim)
    processes.write_private(secret, "key")
    assert (victim.read_text(), secret.read_text(), stat.S_IMODE(secret.lstat().st_mode)) == ("untouched", "key", 0o600)


def test_a_long_log_is_set_aside_at_the_next_start(home):
    log = processes.prepared_log(home, "chatty")
    log.write_bytes(b"x" * 10_000_001)
    running = processes.start(home, "chatty", python("print('fresh')", home))
    assert until_logged(running, "fresh") == "fresh\n"
    assert log.with_suffix(".log.1").stat().st_size == 10_000_001


def test_the_start_time_survives_a_small_correction_of_the_clock(home):
    running = processes.start(home, "sleeper", python("import time; time.sleep(60)", home))
    created = psutil.Process(running.pid).create_time()
    assert processes.is_same(running.pid, created + 1)
    assert not processes.is_same(running.pid, created + 60)
