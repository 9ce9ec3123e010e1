import json
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from yakin.errors import ServiceFailed
from yakin.local import postgres
from yakin.local.postgres_cluster import postmaster
from yakin.local.postgres_place import Place, place_of

REPOSITORY = Path(__file__).parents[2]
IS_ROOT = os.geteuid() == 0
START = "import sys; from pathlib import Path; from yakin.local import postgres; "
START += "print(postgres.start(Path(sys.argv[1])).port)"
START_COMMAND = [sys.executable, "-c", START]
MARKED = "社外秘の一文 planted-7f3a"


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    yield folder
    postgres.delete(folder)


def pid_of(home: Path) -> int:
    server = postmaster(place_of(home).data)
    assert server is not None
    return server.pid


def remember(url: str, word: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table if not exists memory (word text)")
        connection.execute("insert into memory values (%s)", [word])


def remembered(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [word for (word,) in connection.execute("select word from memory")]


def test_an_owner_and_an_app_can_log_in_to_database_yakin_and_neither_is_superuser(postgres):
    question = "select current_user, current_database(), rolsuper from pg_roles where rolname = current_user"
    with psycopg.connect(postgres.owner_url) as owner, psycopg.connect(postgres.app_url) as app:
        assert owner.execute(question).fetchone() == ("yakin_owner", "yakin", False)
        assert app.execute(question).fetchone() == ("yakin_app", "yakin", False)


def test_the_owner_can_make_roles_and_the_app_cannot(postgres):
    with psycopg.connect(postgres.owner_url) as owner:
        owner.execute("create role only_for_this_test")
        owner.rollback()
    with psycopg.connect(postgres.app_url) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("create role only_for_this_test")


def test_the_app_cannot_look_into_prefects_database(postgres):
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(postgres.app_url, dbname="prefect")


def test_a_wrong_password_is_refused_over_tcp_and_over_the_socket(postgres, postgres_home):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(postgres.app_url, password="wrong")
    folder = place_of(postgres_home).socket
    if folder is not None:
        with pytest.raises(psycopg.OperationalError, match="no password supplied"):
            psycopg.connect(host=str(folder), port=postgres.port, user="yakin_app", dbname="yakin")


def test_japanese_trigrams_and_vectors_are_there(postgres):
    with psycopg.connect(postgres.owner_url) as owner:
        assert len(owner.execute("select show_trgm('契約書本文')").fetchone()[0]) == 6
        assert owner.execute("select '[3,4]'::vector <-> '[0,0]'").fetchone() == (5.0,)


def test_no_row_text_reaches_the_server_log(postgres):
    with psycopg.connect(postgres.owner_url, autocommit=True) as owner:
        owner.execute("create temporary table once (word text primary key, number int check (number > 0))")
        owner.execute("insert into once values (%s, 1)", [MARKED])
        for statement in ("insert into once values (%s, 1)", "insert into once values (%s, -1)", "select %s::int"):
            with pytest.raises(psycopg.Error):
                owner.execute(statement, [MARKED])
        with pytest.raises(psycopg.Error):
            owner.execute(f"select '{MARKED}' from nowhere")
    log = postgres.log_path.read_text()
    assert "ready to accept connections" in log
    assert "planted-7f3a" not in log


def test_starting_twice_gives_the_same_server(postgres_home):
    first, pid = postgres.start(postgres_home), pid_of(postgres_home)
    assert (postgres.start(postgres_home), pid_of(postgres_home)) == (first, pid)


def test_a_stopped_server_comes_back_with_its_data_on_its_port_and_the_folder_above_is_left_alone(home, tmp_path):
    tmp_path.chmod(0o710)
    first = postgres.start(home)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o710
    remember(first.owner_url, "kept")
    assert postgres.stop(home)
    assert not postgres.stop(home)
    assert postgres.status(home) is None
    again = postgres.start(home)
    assert again == first
    assert remembered(again.owner_url) == ["kept"]


def test_a_killed_server_comes_back_at_once_with_its_data(home):
    remember(postgres.start(home).owner_url, "kept")
    os.kill(pid_of(home), signal.SIGKILL)
    assert remembered(postgres.start(home).owner_url) == ["kept"]


NOBODY_BURIES_THE_DEAD = """
import ctypes, os, signal, sys
from pathlib import Path
import psutil
from yakin.local import postgres
from yakin.local.postgres_cluster import postmaster
from yakin.local.postgres_place import place_of
assert ctypes.CDLL(None).prctl(36, 1) == 0  # PR_SET_CHILD_SUBREAPER: what pid 1 is in a container
home = Path(sys.argv[1])
postgres.start(home)
pid = postmaster(place_of(home).data).pid
os.kill(pid, signal.SIGKILL)
postgres.start(home)
print(psutil.Process(pid).status(), postgres.stop(home))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="child subreapers are Linux's")
def test_a_killed_server_comes_back_in_a_container_whose_first_process_buries_no_zombies(home):
    command = [sys.executable, "-c", NOBODY_BURIES_THE_DEAD, str(home)]
    answer = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)
    assert answer.stdout.split() == ["zombie", "True"], answer.stderr[-500:]


def test_when_its_port_is_taken_it_chooses_another_and_remembers_that(home):
    first = postgres.start(home)
    postgres.stop(home)
    with socket.create_server(("127.0.0.1", first.port)):
        second = postgres.start(home)
        assert second.port != first.port
    postgres.stop(home)
    assert postgres.start(home).port == second.port


def test_three_processes_that_start_at_once_get_one_server(home):
    starters = [
        subprocess.Popen([*START_COMMAND, str(home)], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    ports = {starter.communicate(timeout=60)[0].strip() for starter in starters}
    assert ports == {str(postgres.status(home).port)}
    data = str(place_of(home).data)
    running = {p.pid: p for p in psutil.process_iter(["cmdline", "ppid"]) if data in (p.info["cmdline"] or [])}
    # a backend that was just forked still has the server's command line
    servers = [pid for pid, process in running.items() if process.info["ppid"] not in running]
    assert len(servers) == 1


def test_a_start_that_is_killed_in_the_middle_leaves_nothing_that_stops_the_next(home):
    for seconds in (0.3, 0.6, 0.9):
        starter = subprocess.Popen([*START_COMMAND, str(home)], cwd=REPOSITORY, stdout=subprocess.DEVNULL)
        time.sleep(seconds)
        starter.kill()
        starter.wait()
    with psycopg.connect(postgres.start(home).app_url) as app:
        assert app.execute("select 1").fetchone() == (1,)


def test_when_the_passwords_are_lost_new_ones_are_made_and_the_data_is_kept(home):
    old = postgres.start(home)
    remember(old.owner_url, "kept")
    (home / "postgres" / "credentials.json").unlink()
    new = postgres.start(home)
    assert remembered(new.owner_url) == ["kept"]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(old.owner_url)


def test_passwords_are_in_a_private_file_and_on_no_command_line(home):
    seen: set[str] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            for process in psutil.process_iter(["cmdline"]):
                seen.update(process.info["cmdline"] or [])
            time.sleep(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    postgres.start(home)
    done.set()
    watcher.join()
    credentials = home / "postgres" / "credentials.json"
    passwords = json.loads(credentials.read_text()).values()
    assert any(word.endswith("/psql") for word in seen), "the watch was too slow to see anything"
    assert not [password for password in passwords if any(password in word for word in seen)]
    assert stat.S_IMODE(credentials.stat().st_mode) == 0o600
    assert repr(postgres.status(home)) == f"PostgresServer(port={postgres.status(home).port})"


def test_its_folders_and_its_log_are_private(postgres_home):
    place = place_of(postgres_home)
    for folder in (postgres_home / "postgres", postgres_home / "log", place.server, place.data):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    assert stat.S_IMODE(postgres.status(postgres_home).log_path.stat().st_mode) == 0o600


@pytest.mark.skipif(not IS_ROOT, reason="only root has to change the user")
def test_started_by_root_it_runs_as_nobody_and_cannot_change_its_programs(postgres_home):
    server = psutil.Process(pid_of(postgres_home))
    program = Path(server.exe()).stat()
    assert (server.username(), program.st_uid, stat.S_IMODE(program.st_mode) & 0o022) == ("nobody", 0, 0)


@pytest.mark.skipif(not IS_ROOT, reason="an ordinary user proves it with every other test")
def test_started_by_an_ordinary_user_everything_stays_in_that_users_home():
    user = pwd.getpwnam("nobody")
    folder = Path(tempfile.mkdtemp(prefix="yakin-home-"))
    os.chown(folder, user.pw_uid, user.pw_gid)
    python = python_for_everyone()
    code = (
        "from pathlib import Path; from yakin.local import postgres as p\n"
        f"home = Path({str(folder)!r}); print(p.start(home).port, p.stop(home))"
    )
    paths = f"{REPOSITORY}:{Path(psutil.__file__).parents[1]}"
    environment = {"HOME": str(folder), "PATH": os.defpath, "PYTHONPATH": paths}
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    command = [python, "-B", "-c", code]
    try:
        answer = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False, **identity
        )
        assert answer.stdout.strip().endswith("True"), answer.stderr[-500:]
        assert (folder / "postgres" / "server" / "data" / "PG_VERSION").exists()
        assert {path.lstat().st_uid for path in (folder / "postgres").rglob("*")} == {user.pw_uid}
    finally:
        shutil.rmtree(folder)


def python_for_everyone() -> str:
    """A Python that an ordinary user may start and that can load our packages; ours may lie below /root."""
    for path in (sys.executable, "/usr/local/bin/python3", "/usr/bin/python3"):
        check = [path, "-c", "import sys; sys.exit(sys.version_info[:2] != " + str(sys.version_info[:2]) + ")"]
        try:
            if subprocess.run(check, user="nobody", extra_groups=[], cwd="/", check=False).returncode == 0:
                return path
        except OSError:
            continue
    pytest.skip("no Python of this version that an ordinary user may start")


def test_without_the_wheel_the_error_says_what_to_set(home, monkeypatch):
    monkeypatch.setitem(sys.modules, "pg0", None)  # as if it were not installed
    with pytest.raises(ServiceFailed, match="YAKIN_DATABASE_URL"):
        postgres.start(home)


def test_damaged_data_is_named_at_once_and_not_tried_for_minutes(home):
    postgres.start(home)
    postgres.stop(home)
    (place_of(home).data / "global" / "pg_control").write_bytes(b"not a control file")
    began = time.monotonic()
    with pytest.raises(ServiceFailed, match=r"does not start: .*see .*postgres\.log"):
        postgres.start(home)
    assert time.monotonic() - began < 10


def test_a_path_that_is_too_long_or_odd_for_a_socket_has_none():
    assert Place(Path("/s"), Path("/p"), Path("/home/a/yakin")).socket == Path("/home/a/yakin")
    assert Place(Path("/s"), Path("/p"), Path("/" + "x" * 100)).socket is None
    assert Place(Path("/s"), Path("/p"), Path("/a,b")).socket is None
