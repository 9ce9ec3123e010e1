"""The composition root: reads the settings, opens what a run needs, joins the edges. One per process."""

import hashlib
import logging
import os
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import psutil

from tasks import local_services
from tasks.document_worker import EXTRACTOR_VERSION, ClassifyRequest, detector_version, scanner
from tasks.keys import find_keys
from tasks.loading import s3_settings
from tasks.mode import catalogue_for, decide_rehearsal
from tasks.parameters import Mode
from tasks.run_context import RunContext
from yakin.catalogue.budgets import budget_rules
from yakin.catalogue.load import Catalogue, load_catalogue
from yakin.catalogue.policy import load_policy
from yakin.catalogue.sources import SourceRegister, load_sources
from yakin.domain.calendar import business_date
from yakin.domain.caps import BudgetRules
from yakin.domain.documents import RunId
from yakin.domain.policy import Policy
from yakin.errors import SettingsError
from yakin.llm.asking import Asker
from yakin.llm.batches import Batches
from yakin.llm.circuit import Circuits
from yakin.llm.environment import refuse_redirecting_environment
from yakin.llm.gate import Gate
from yakin.llm.limits import EndpointLimits
from yakin.llm.vendor_logs import quiet_vendor_loggers
from yakin.reading.process_pool import KillablePool
from yakin.reading.sources import S3Settings
from yakin.settings import Settings, read_settings
from yakin.store.night_work import RunHolder, Versions
from yakin.store.pool import Pool
from yakin.store.teller import Teller
from yakin.use_cases.load import load_use_cases
from yakin.use_cases.use_case import UseCase

WORKER_MEMORY_MB = 1500
DATABASE_CONNECTIONS = 12


@dataclass(slots=True, repr=False)
class Resources:
    """What the tasks of this process share. `run` is set by the task that opens the run."""

    settings: Settings
    database: local_services.DatabaseUrls
    pool: Pool
    teller: Teller
    workers: KillablePool
    catalogue: Catalogue
    policy: Policy
    sources: SourceRegister
    budget_rules: BudgetRules
    use_cases: Mapping[str, UseCase]
    keys: Mapping[str, str]
    rehearsal: bool
    asker: Asker
    circuits: Circuits
    limits: Mapping[str, EndpointLimits]
    hash_key: bytes
    versions: Versions
    holder: RunHolder
    s3: S3Settings
    batches: Batches
    seal_key: bytes
    run_secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    run: RunContext | None = None

    @property
    def classify_request(self) -> ClassifyRequest:
        """What a worker process needs to judge a document."""
        return ClassifyRequest(self.hash_key, self.catalogue.company_ids)

    async def hold(self, run_id: RunId) -> bool:
        """Work on the run alone, for as long as this process lives; False while another one does."""
        return await self.holder.hold(run_id)

    def running(self, run_id: str) -> RunContext:
        """The run of that id in this process."""
        if self.run is None or self.run.run_id != run_id:
            raise SettingsError(f"run {run_id} is not open in this process; start the flow, not a single task")
        return self.run


_current: Resources | None = None


def current() -> Resources:
    """What this process has open."""
    if _current is None:
        raise SettingsError("no resources are open; tasks run inside a flow that opened them")
    return _current


@asynccontextmanager
async def opened(mode: Mode = Mode.AUTO) -> AsyncIterator[Resources]:
    """Open everything for one run of this process, and close it whatever happens."""
    global _current  # noqa: PLW0603 - one composition root per process; tasks take ids, not handles
    resources = await _open(read_settings(), mode)
    _current = resources
    try:
        yield resources
    finally:
        _current = None
        await resources.teller.close()
        await resources.holder.close()
        await resources.asker.aclose()
        resources.workers.close()
        await resources.pool.close()


async def _open(settings: Settings, mode: Mode) -> Resources:
    refuse_redirecting_environment(os.environ)
    quiet_vendor_loggers()
    logging.getLogger("yakin").setLevel(logging.INFO)  # Prefect adds its handlers to it and leaves its level
    database = await local_services.migrated_database(settings)
    hash_key = text_hash_key(settings.home)
    catalogue, keys, rehearsal = await _catalogue(settings, mode, business_date(datetime.now(UTC)))
    gate = Gate(catalogue.endpoints, scanner(catalogue.company_ids))
    operators = {endpoint.operator for endpoint in catalogue.endpoints.values()}
    detector = detector_version(catalogue.company_ids)
    pool = await Pool.open(database.app_url, max_size=DATABASE_CONNECTIONS)
    return Resources(
        settings=settings,
        database=database,
        pool=pool,
        teller=Teller(pool),
        workers=KillablePool(workers=max(1, (psutil.cpu_count() or 2) - 1), memory_mb=WORKER_MEMORY_MB),
        catalogue=catalogue,
        policy=load_policy(settings.catalogue_layers, business_date(datetime.now(UTC))),
        sources=load_sources(settings.catalogue_layers),
        budget_rules=budget_rules(settings.catalogue_layers, operators=operators),
        use_cases=load_use_cases(settings.use_cases),
        keys=keys,
        rehearsal=rehearsal,
        asker=Asker(gate, keys.get),
        batches=Batches(gate, keys.get),
        seal_key=seal_key(settings.home),
        circuits=Circuits(),
        limits={name: EndpointLimits(endpoint) for name, endpoint in catalogue.endpoints.items()},
        hash_key=hash_key,
        versions=Versions(EXTRACTOR_VERSION, detector, hashlib.sha256(hash_key).hexdigest()[:12]),
        holder=await RunHolder.open(database.app_url),
        s3=s3_settings(settings),
    )


async def _catalogue(settings: Settings, mode: Mode, on: date) -> tuple[Catalogue, dict[str, str], bool]:
    """The catalogue with this machine's own servers in it, the keys that exist, and whether it is a rehearsal."""
    local = await local_services.on_premises(settings)
    catalogue = load_catalogue(settings.catalogue_layers, on=on, embedded=local.base_urls)
    keys = await find_keys(_key_names(catalogue), local.keys)
    rehearsal = decide_rehearsal(mode, catalogue, keys, embedded=frozenset(local.base_urls.values()))
    if rehearsal and not any(endpoint.sandbox for endpoint in catalogue.endpoints.values()):
        vendors = await local_services.vendors(settings, local)
        layers = (*settings.catalogue_layers, *vendors.catalogue)
        catalogue = load_catalogue(layers, on=on, embedded=local.base_urls)
        keys |= await find_keys(_key_names(catalogue), vendors.keys)
    return catalogue_for(catalogue, rehearsal=rehearsal), keys, rehearsal


def _key_names(catalogue: Catalogue) -> list[str]:
    return [endpoint.api_key_env for endpoint in catalogue.endpoints.values() if endpoint.api_key_env]


def text_hash_key(home: Path) -> bytes:
    """The key of the text hashes, made once; several workers share it through YAKIN_TEXT_HASH_KEY."""
    return own_key(home, "text_hash.key", "YAKIN_TEXT_HASH_KEY")


def seal_key(home: Path) -> bytes:
    """The key of restore maps at rest. Workers that share YAKIN_TEXT_HASH_KEY share it, unless given YAKIN_SEAL_KEY.

    One that only this machine has would leave what another worker masked unrestored.
    """
    shared = os.environ.get("YAKIN_TEXT_HASH_KEY")
    if shared and not os.environ.get("YAKIN_SEAL_KEY"):
        return hashlib.sha256(b"yakin seal\0" + shared.encode()).digest()
    return own_key(home, "seal.key", "YAKIN_SEAL_KEY")


def own_key(home: Path, name: str, variable: str) -> bytes:
    """32 bytes from the variable, which several workers share, else from a file of this home, made once."""
    if shared := os.environ.get(variable):
        return hashlib.sha256(shared.encode()).digest()
    path = home / name
    if not path.exists():
        fresh = home / f"{name}.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_bytes(secrets.token_bytes(32))
        try:
            os.link(fresh, path)  # the first of two processes wins, and neither sees half a key
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()
