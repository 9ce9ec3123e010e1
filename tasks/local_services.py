"""The embedded default as seen by a run: database, model servers and sandbox, started when missing."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yakin.local import model, model_server, postgres, sandbox
from yakin.settings import Settings
from yakin.store.migrate import migrate, needs_migration

LOCAL_KEY_ENV = "YAKIN_LOCAL_KEY"  # as the shipped catalogue names it
LOGGER = logging.getLogger("yakin.local")


@dataclass(frozen=True, slots=True, repr=False)
class DatabaseUrls:
    """Where the store connects: the owner migrates, the app works."""

    owner_url: str
    app_url: str


@dataclass(frozen=True, slots=True, repr=False)
class OnPremises:
    """The model servers of this machine: catalogue names to addresses, and their key."""

    base_urls: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class Vendors:
    """The sandbox vendors of a rehearsal."""

    catalogue: tuple[Path, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)


async def database(settings: Settings) -> DatabaseUrls:
    """The configured Postgres, or this machine's own, started when it is not running."""
    if settings.database_url and settings.owner_database_url:
        return DatabaseUrls(settings.owner_database_url, settings.database_url)
    server = await asyncio.to_thread(postgres.start, settings.home)
    return DatabaseUrls(server.owner_url, server.app_url)


async def migrated_database(settings: Settings) -> DatabaseUrls:
    """The database with everything that this version needs in it, and the home that goes with it."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    urls = await database(settings)
    if await asyncio.to_thread(needs_migration, urls.owner_url):
        await asyncio.to_thread(migrate, urls.owner_url)
    return urls


async def on_premises(settings: Settings) -> OnPremises:
    """Every local model whose weights are here, served; none when there are no weights."""
    names = [name for name in model.WEIGHTS if model.path_of(name, settings.models_dir)]
    servers = await asyncio.gather(*(_serve(settings, name) for name in names))
    base_urls = {name: server.base_url for name, server in zip(names, servers, strict=True)}
    keys = {LOCAL_KEY_ENV: servers[0].api_key()} if servers else {}
    return OnPremises(base_urls, keys)


async def _serve(settings: Settings, name: str) -> model_server.ModelServer:
    return await asyncio.to_thread(model_server.start, settings.home, settings.models_dir, name)


async def vendors(settings: Settings, local: OnPremises) -> Vendors:
    """The sandbox, forwarding to the smallest local model when there is one, else answering from the schema."""
    LOGGER.info("rehearsal: sandbox vendors stand in for the real ones")
    started = await asyncio.to_thread(_start_sandbox, settings.home, local)
    return Vendors((started.catalogue_path,), started.keys)


def _start_sandbox(home: Path, local: OnPremises) -> sandbox.Sandbox:
    if not local.base_urls:
        return sandbox.start(home, answers="instant")
    smallest = min(local.base_urls, key=lambda name: model.WEIGHTS[name].bytes)
    key_file = model_server.key_file(home)
    return sandbox.start(home, answers="forward", forward_url=local.base_urls[smallest], forward_key_file=key_file)
