"""The embedded Postgres: a real server, own folder, passwords, loopback only. `YAKIN_DATABASE_URL` replaces it.

It outlives the process that starts it. Any number of processes may call `start` at the same time.
"""

from dataclasses import dataclass
from pathlib import Path

from yakin.errors import ServiceFailed
from yakin.local import postgres_accounts, postgres_cluster, processes
from yakin.local.postgres_binaries import library_path, unpacked
from yakin.local.postgres_place import Place, place_of


@dataclass(frozen=True, slots=True, repr=False)
class PostgresServer:
    """A running server. `owner_url` migrates, `app_url` works, both on database yakin; URLs hold passwords."""

    owner_url: str
    app_url: str
    prefect_url: str
    port: int
    log_path: Path

    def __repr__(self) -> str:
        return f"PostgresServer(port={self.port})"


def start(home: Path) -> PostgresServer:
    """Start the server of this home, or find it running. The first start creates the cluster.

    Raises ServiceFailed with the remedy when it cannot run here.
    """
    place = place_of(home)
    place.create()
    with processes.only_one(place.settings / "start.lock"):
        if status(home) is None:
            _start(home, place)
        server = status(home)
    if server is None:
        raise ServiceFailed(f"the embedded Postgres ended at once; see {processes.log_path(home, 'postgres')}")
    return server


def stop(home: Path, timeout_s: float = 60.0) -> bool:
    """Stop the server: open transactions are rolled back, the data is safe. False when none ran."""
    place = place_of(home)
    if not place.settings.exists():
        return False
    with processes.only_one(place.settings / "start.lock"):
        return postgres_cluster.stop(place.data, timeout_s)


def status(home: Path) -> PostgresServer | None:
    """The server of this home when it accepts connections, else None. Changes nothing."""
    place = place_of(home)
    server = postgres_cluster.postmaster(place.data)
    path = _accounts_path(place)
    if server is None or not place.ready.exists() or not path.exists() or not server.answers():
        return None
    known = postgres_accounts.read(path)
    return PostgresServer(
        owner_url=known.url("yakin_owner", "yakin", server.port),
        app_url=known.url("yakin_app", "yakin", server.port),
        prefect_url=known.url("prefect", "prefect", server.port, scheme="postgresql+asyncpg"),
        port=server.port,
        log_path=processes.log_path(home, "postgres"),
    )


def delete(home: Path) -> None:
    """Stop the server and remove its data, accounts and port for good. For tests and `yakin` uninstalls."""
    stop(home)
    place_of(home).delete()


def run_as_superuser(home: Path, script: str, database: str = "yakin") -> str:
    """Run a psql script with every right on the running server; rows come back as text lines.

    For set-up and tests. The work itself is done by yakin_owner and yakin_app.
    """
    place = place_of(home)
    server = postgres_cluster.postmaster(place.data)
    if server is None:
        raise ServiceFailed("the embedded Postgres does not run; `yakin up` starts it")
    known = postgres_accounts.read(_accounts_path(place))
    return postgres_accounts.run_sql(unpacked(place.programs), server.port, known, script, database)


def psql_program(home: Path) -> tuple[Path, dict[str, str]]:
    """The psql that came with the server, and the environment that it needs to run."""
    installation = unpacked(place_of(home).programs)
    return installation / "bin" / "psql", library_path(installation)


def _start(home: Path, place: Place) -> None:
    installation = unpacked(place.programs)
    path = _accounts_path(place)
    if not path.exists():
        _make_accounts(place, installation, path)
    known = postgres_accounts.read(path)
    if not place.data.exists():
        place.ready.unlink(missing_ok=True)
        postgres_cluster.create(place, installation, known.postgres)
    log_path = processes.prepared_log(home, "postgres")
    port = postgres_cluster.serve(place, installation, log_path)
    if not place.ready.exists():
        postgres_accounts.bootstrap(installation, port, known)
        place.ready.touch()


def _accounts_path(place: Place) -> Path:
    return place.settings / "credentials.json"


def _make_accounts(place: Place, installation: Path, path: Path) -> None:
    """New passwords; when the home was deleted and the data is still there, the data gets them too."""
    place.ready.unlink(missing_ok=True)  # the other roles get theirs when the server is up
    fresh = postgres_accounts.invent()
    if place.data.exists():
        postgres_cluster.stop(place.data, timeout_s=60)
        postgres_cluster.reset_superuser_password(place, installation, fresh.postgres)
    postgres_accounts.write(path, fresh)
