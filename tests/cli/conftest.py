"""The command in this process, in a home and a folder of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from yakin.cli.main import app

FOREIGN = ("YAKIN_CATALOGUE", "YAKIN_USE_CASES", "PREFECT_API_URL", "YAKIN_OWNER_DATABASE_URL")


@pytest.fixture
def yakin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run the command with a fresh YAKIN_HOME, no weights, and a database that must not be needed."""
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("YAKIN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("YAKIN_MODELS", str(tmp_path / "no-models"))
    monkeypatch.setenv("YAKIN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nowhere")
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture
def yakin_with_database(yakin, database, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The same on a migrated database of this test."""
    monkeypatch.setenv("YAKIN_DATABASE_URL", database.app_url)
    monkeypatch.setenv("YAKIN_OWNER_DATABASE_URL", database.owner_url)
    return yakin
