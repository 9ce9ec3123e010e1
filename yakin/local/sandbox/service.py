"""Start, find and stop the sandbox vendors in the background; set their behaviour while they run."""

import json
import os
import secrets
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yakin.errors import ServiceFailed, UsageError
from yakin.local import processes
from yakin.local.sandbox.vendors import VENDORS, key_environment

NAME = "sandbox"
_TEMPLATE = Path(__file__).with_name("catalogue_template.yaml")
_START_TIMEOUT_S = 60.0
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback never goes through a proxy


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Running sandbox vendors. `keys` maps environment variable to API key, for whoever calls them."""

    url: str
    catalogue_path: Path
    meter_url: str
    pid: int
    log_path: Path
    keys: Mapping[str, str] = field(repr=False)


def start(
    home: Path,
    *,
    answers: str = "instant",
    forward_url: str | None = None,
    forward_key_file: Path | None = None,
    record: bool = False,
    settings: Mapping[str, Mapping[str, object]] | None = None,
) -> Sandbox:
    """The sandbox vendors, started when they do not run with these options yet, and answering.

    `settings` maps a vendor or "all" to what POST /control takes; they are applied at every call.
    """
    options = {
        "answers": answers,
        "forward_url": forward_url or "",
        "forward_key_file": str(forward_key_file or ""),
        "record": "yes" if record else "no",
    }
    processes.make_private_folder(home)
    with processes.only_one(home / "sandbox.lock"):
        running = processes.find(home, NAME)
        if running is None or not _serves(running, options):
            stop(home)
            _launch(home, options)
        sandbox = _waited_for(home)
    for vendor, values in (settings or {}).items():
        control(home, vendor, values)
    return sandbox


def _serves(running: processes.Running, options: Mapping[str, str]) -> bool:
    """Whether it runs with these options. One that records more than was asked for serves as well."""
    found = {name: running.facts[name] for name in options}
    return found == options or found == {**options, "record": "yes"}


def stop(home: Path) -> bool:
    """Stop the sandbox; False when none ran. Its meter stays."""
    return processes.stop(home, NAME)


def status(home: Path) -> Sandbox | None:
    """The sandbox of this home if its process is alive."""
    running = processes.find(home, NAME)
    if running is None:
        return None
    url = running.facts["url"]
    return Sandbox(url, catalogue_file(home), f"{url}/meter", running.pid, running.log_path, keys(home))


def control(home: Path, vendor: str, settings: Mapping[str, object]) -> None:
    """Replace a vendor's settings (or those of "all") while the sandbox runs; UsageError says what is wrong."""
    sandbox = status(home)
    if sandbox is None:
        raise ServiceFailed("the sandbox does not run; start it first")
    body = json.dumps({**settings, "vendor": vendor}).encode()
    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        f"{sandbox.url}/control", data=body, headers={"Content-Type": "application/json"}
    )
    try:
        _OPENER.open(request, timeout=10).close()
    except urllib.error.HTTPError as answer:
        raise UsageError(json.load(answer)["error"]["message"]) from None


def prepare(home: Path, port: int) -> Mapping[str, str]:
    """Write the catalogue for this port and return the vendors' keys, made on first use."""
    catalogue = _TEMPLATE.read_text(encoding="utf-8").replace("SANDBOX_URL", _url(port))
    processes.write_private(catalogue_file(home), catalogue)
    return keys(home)


def keys(home: Path) -> Mapping[str, str]:
    """API keys by environment variable, random, kept in a file that only its owner may read."""
    file = home / "sandbox" / "keys.json"
    if not file.exists():
        made = {key_environment(vendor): f"sandbox-{secrets.token_urlsafe(24)}" for vendor in VENDORS}
        processes.write_private(file, json.dumps(made, indent=2))
    return {str(name): str(key) for name, key in json.loads(file.read_text(encoding="utf-8")).items()}


def catalogue_file(home: Path) -> Path:
    """The catalogue layer that names the sandbox's endpoints at their present port."""
    return home / "sandbox" / "catalogue.yaml"


def _launch(home: Path, options: Mapping[str, str]) -> None:
    port = processes.remembered_port(home / "run" / f"{NAME}.port")
    prepare(home, port)
    argv = [sys.executable, "-m", "yakin.local.sandbox", "--home", str(home), "--port", str(port)]
    argv += ["--answers", options["answers"]]
    argv += ["--forward-url", options["forward_url"]] if options["forward_url"] else []
    argv += ["--forward-key-file", options["forward_key_file"]] if options["forward_key_file"] else []
    argv += ["--record"] if options["record"] == "yes" else []
    command = processes.Command(argv, dict(os.environ), home)
    processes.start(home, NAME, command, {"url": _url(port), **options})


def _waited_for(home: Path) -> Sandbox:
    processes.wait_until(lambda: _answers_or_ended(home), _START_TIMEOUT_S, "sandbox vendors ready")
    sandbox = status(home)
    if sandbox is None:
        raise ServiceFailed(f"the sandbox ended at once; see {processes.log_path(home, NAME)}")
    return sandbox


def _answers_or_ended(home: Path) -> bool:
    sandbox = status(home)
    if sandbox is None:
        return True
    # With a key of this home: another home's sandbox could sit at the port.
    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        f"{sandbox.url}/{VENDORS[0]}/v1/models",
        headers={"Authorization": f"Bearer {sandbox.keys[key_environment(VENDORS[0])]}"},
    )
    try:
        with _OPENER.open(request, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"
