"""What reconciling needs open: the database and the catalogue's layers. No vendor, no model, no document."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tasks import local_services
from yakin.errors import SettingsError
from yakin.settings import read_settings
from yakin.store.pool import Pool


@dataclass(frozen=True, slots=True, repr=False)
class Books:
    """What the reconciliation of this process works on."""

    pool: Pool
    layers: Sequence[Path]


_current: Books | None = None


def current() -> Books:
    """What this process has open."""
    if _current is None:
        raise SettingsError("no books are open; tasks run inside the reconcile-costs flow")
    return _current


@asynccontextmanager
async def opened() -> AsyncIterator[Books]:
    """Open them for one reconciliation, and close them whatever happens."""
    global _current  # noqa: PLW0603 - as in tasks/resources.py: tasks take numbers, not handles
    settings = read_settings()
    database = await local_services.migrated_database(settings)
    _current = Books(await Pool.open(database.app_url, max_size=2), settings.catalogue_layers)
    try:
        yield _current
    finally:
        pool, _current = _current.pool, None
        await pool.close()
