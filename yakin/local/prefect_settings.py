"""What our Prefect server and its clients are told. Prefect ignores a misspelt name, so a test checks them all."""

import os
from pathlib import Path

from yakin.errors import ServiceFailed

# What a server needs from us. The rest stays out: vendors' keys and other Prefect settings are not its business.
_INHERITED = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")

# Every process of ours: no call to the outside, no hidden temporary server that would lose records.
_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
    # leases in memory would crash every running flow that holds a concurrency slot when the server restarts
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_CLI_COLORS": "false",
}

_SERVER = {
    "PREFECT_SERVER_API_HOST": "127.0.0.1",
    # the default of one event per transaction costs the server 25 ms of CPU per task run, these 6 ms
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "2",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "500",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "100",
    # flow runs are kept for ever unless they are named here
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # the first UI is the one that opens; the second stays at /v2, behind the wall of `confine_ui`
    "PREFECT_SERVER_UI_V2_ENABLED": "false",
}

# The second UI asks an analytics host on every page, whatever the analytics setting says. The browser refuses.
_WALL = (
    '<meta http-equiv="Content-Security-Policy" content="'
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "connect-src 'self' http://127.0.0.1:* http://localhost:* ws://127.0.0.1:* ws://localhost:*"
    '">'
)

_CLIENT = {
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "yakin",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "PREFECT_WORKER_QUERY_SECONDS": "3",  # somebody who pressed Run is watching
}


def server_environment(prefect_home: Path, database_url: str, port: int) -> dict[str, str]:
    """The whole environment of a server process."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {
        **inherited,
        **_QUIET,
        **_SERVER,
        "PREFECT_HOME": str(prefect_home),
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(_ui_folder(prefect_home)),  # else it writes into the environment
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": database_url,
        "PREFECT_SERVER_API_PORT": str(port),  # `--port` alone would leave the UI asking port 4200
    }


def client_environment(prefect_home: Path, api_url: str, ui_url: str) -> dict[str, str]:
    """What flows, workers and the command line add to their environment to work with that server."""
    direct = [host for host in os.environ.get("NO_PROXY", os.environ.get("no_proxy", "")).split(",") if host]
    without_proxy = ",".join(dict.fromkeys([*direct, "127.0.0.1", "localhost"]))
    return {
        **_QUIET,
        **_CLIENT,
        "PREFECT_HOME": str(prefect_home),
        "PREFECT_API_URL": api_url,
        "PREFECT_UI_URL": ui_url,
        "NO_PROXY": without_proxy,
        "no_proxy": without_proxy,
    }


def silent_environment() -> dict[str, str]:
    """What keeps any Prefect client, whoever's server it talks to, from calling the outside or asking questions."""
    return dict(_QUIET)


def confine_ui(prefect_home: Path) -> None:
    """Make both web UIs talk to this machine only, whatever their scripts try. For a server that is up."""
    for version in ("v1", "v2"):
        page = _ui_folder(prefect_home) / version / "index.html"
        try:
            html = page.read_text()
        except FileNotFoundError:
            raise ServiceFailed(f"Prefect did not unpack its web UI to {page.parent}; see the server's log") from None
        if _WALL not in html:
            page.write_text(html.replace("<head>", f"<head>{_WALL}", 1))


def _ui_folder(prefect_home: Path) -> Path:
    return prefect_home / "ui"
