"""The on-premises model server: llama.cpp's OpenAI server in a process of its own, loopback only, key required."""

import argparse
import http
import os
import secrets
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psutil

from yakin.errors import ServiceFailed
from yakin.local import model, processes
from yakin.local.model import Progress

SLOTS = 2  # requests answered together (continuous batching); more only slows each one down on few cores
CONTEXT_TOKENS = 8192  # per slot
PROMPT_CACHE_MIB = 256
LOAD_TIMEOUT_S = 180.0  # 2 s when the file is cached, 35 s were seen on a busy machine


@dataclass(frozen=True, slots=True)
class ModelServer:
    """A running model server: where it listens and where its key is kept."""

    name: str
    base_url: str  # OpenAI style, ends in /v1
    api_key_file: Path
    pid: int
    log_path: Path

    def api_key(self) -> str:
        """The key that every request must carry."""
        return self.api_key_file.read_text(encoding="utf-8").strip()


def start(home: Path, models_dir: Path, name: str, progress: Progress | None = None) -> ModelServer:
    """The server of this model, started in the background when it does not run yet, and healthy.

    Raises ModelMissing when the weights are not there, ServiceFailed when it does not come up.
    """
    model.require(name, models_dir)
    processes.make_private_folder(home)
    with processes.only_one(home / f"{_service(name)}.lock"):
        running = status(home, name)
        if running is not None and _http_status(running) == http.HTTPStatus.UNAUTHORIZED:  # its key file was replaced
            stop(home, name)
            running = None
        running = running or _launch(home, models_dir, name)
        _wait_healthy(home, running, progress)
    return running


def stop(home: Path, name: str) -> bool:
    """Stop the server of this model; False when none ran."""
    return processes.stop(home, _service(name))


def status(home: Path, name: str) -> ModelServer | None:
    """The server of this model if its process is alive, healthy or still loading."""
    running = processes.find(home, _service(name))
    if running is None:
        return None
    return ModelServer(name, running.facts["base_url"], key_file(home), running.pid, running.log_path)


def key_file(home: Path) -> Path:
    """The file with the API key of this home's model servers, made on first use, readable by its owner only."""
    path = home / "keys" / "local-model.key"
    if not path.exists():
        processes.write_private(path, secrets.token_urlsafe(32) + "\n")
    return path


def healthy(server: ModelServer) -> bool:
    """Whether this server, and not another one at its port, answers with its model loaded."""
    return _http_status(server) == http.HTTPStatus.OK


def serve(
    weights_file: Path, port: int, api_key: str, *, slots: int = SLOTS, context_tokens: int = CONTEXT_TOKENS
) -> None:
    """Serve the weights until this process is told to end."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # read when the library loads: idle threads must not spin
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
    import xllamacpp

    server = xllamacpp.Server(_parameters(weights_file, port, api_key, slots, context_tokens))
    print(f"serving {weights_file.stem} on {server.listening_address}", flush=True)
    _until_told_to_end()


def _parameters(weights_file: Path, port: int, api_key: str, slots: int, context_tokens: int) -> object:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights_file)
    parameters.model_alias = {weights_file.stem}
    parameters.hostnames, parameters.port, parameters.api_keys = ["127.0.0.1"], port, [api_key]
    parameters.n_parallel, parameters.n_ctx = slots, slots * context_tokens
    parameters.cont_batching, parameters.cache_prompt, parameters.cache_ram_mib = True, True, PROMPT_CACHE_MIB
    threads = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    parameters.offline = True
    parameters.verbosity = 1  # errors only: the warning for a malformed request quotes its text
    # Other users' prompts are nobody's business: no page, no slot listing, no cross-origin reading.
    parameters.ui, parameters.endpoint_slots, parameters.cors_origins = False, False, "http://127.0.0.1"
    return parameters


def _launch(home: Path, models_dir: Path, name: str) -> ModelServer:
    port = processes.remembered_port(home / "run" / f"{_service(name)}.port")  # a resumed run finds it where it was
    argv = [sys.executable, "-m", "yakin.local.model_server", "--model", name, "--models-dir", str(models_dir),
            "--port", str(port), "--key-file", str(key_file(home))]  # fmt: skip
    command = processes.Command(argv, os.environ | {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0"}, home)
    base_url = f"http://127.0.0.1:{port}/v1"
    running = processes.start(home, _service(name), command, {"base_url": base_url})
    return ModelServer(name, base_url, key_file(home), running.pid, running.log_path)


def _wait_healthy(home: Path, server: ModelServer, progress: Progress | None) -> None:
    began = time.monotonic()

    def ready_or_dead() -> bool:
        if progress is not None:
            progress(min(int(time.monotonic() - began), int(LOAD_TIMEOUT_S)), int(LOAD_TIMEOUT_S), "loading the model")
        return healthy(server) or status(home, server.name) is None

    processes.wait_until(ready_or_dead, LOAD_TIMEOUT_S, f"model server {server.name} ready", interval_s=0.2)
    if status(home, server.name) is None:
        raise ServiceFailed(f"the model server of {server.name} ended while loading; see {server.log_path}")


def _http_status(server: ModelServer) -> int | None:
    """What the server says to its own key; None when it does not speak yet."""
    request = urllib.request.Request(  # noqa: S310 - our own loopback address
        f"{server.base_url}/models", headers={"Authorization": f"Bearer {server.api_key()}"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback never goes through a proxy
    try:
        with opener.open(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return None


def _service(name: str) -> str:
    return f"model-{model.weights_of(name).name}"


def _until_told_to_end() -> None:
    told = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        told.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    told.wait()
    # llama.cpp's own threads can outlive the interpreter's shutdown; nothing here needs saving.
    os._exit(0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="yakin.local.model_server", description=__doc__)
    parser.add_argument("--model", required=True, choices=list(model.WEIGHTS))
    parser.add_argument("--models-dir", required=True, type=Path)
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--key-file", required=True, type=Path, help="file whose content is the required API key")
    parser.add_argument("--slots", type=int, default=SLOTS)
    parser.add_argument("--context-tokens", type=int, default=CONTEXT_TOKENS, help="per slot")
    return parser.parse_args()


def main() -> None:
    """Serve one model in the foreground."""
    chosen = _arguments()
    file = model.require_verified(chosen.model, chosen.models_dir)
    key = chosen.key_file.read_text(encoding="utf-8").strip()
    serve(file, chosen.port, key, slots=chosen.slots, context_tokens=chosen.context_tokens)


if __name__ == "__main__":
    main()
