"""Asks a real model of this machine every sample once, through the product's own path, and keeps numbers only."""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import psutil

from bench.cascade.tasks import FIELD, Sample
from yakin.catalogue.load import load_catalogue
from yakin.catalogue.offers import offers
from yakin.domain.asking import Outcome, Reply
from yakin.domain.documents import DocumentId
from yakin.domain.fx import IDENTITY_JPY
from yakin.domain.levels import Level
from yakin.domain.policy import Clearance, ZoneRule
from yakin.domain.routing import Offer
from yakin.domain.zones import Zone
from yakin.llm.asking import Asker
from yakin.llm.gate import Gate
from yakin.local import model_server
from yakin.local.model_server import ModelServer
from yakin.privacy.clearing import clear_text
from yakin.privacy.scanner import JapaneseScanner
from yakin.settings import read_settings

CLEARANCE = Clearance(Level.INTERNAL, (ZoneRule(Zone.ON_PREM),), "bench")


@dataclass(frozen=True)
class Asked:
    """What one sample brought. `cpu_s` is the server's own work: other work on the machine does not change it."""

    id: str
    score: float
    signals: dict[str, float]
    input_tokens: int
    output_tokens: int
    cost_jpy: float
    seconds: float
    cpu_s: float


class RealModel:
    """One embedded model, served; closes what it opened."""

    def __init__(self, name: str, home: Path) -> None:
        self.name, self._home = name, home
        settings, scanner = read_settings(), JapaneseScanner()
        self._server: ModelServer = model_server.start(home, settings.models_dir, name)
        self._process = psutil.Process(self._server.pid)
        served = {name: self._server.base_url}
        catalogue = load_catalogue(settings.catalogue_layers, on=date.today(), embedded=served)  # noqa: DTZ011
        usable, _ = offers(
            catalogue, use_case="bench", on=catalogue.on, rates=[IDENTITY_JPY], rehearsal=False, has_key=lambda _: True
        )
        self.offer: Offer = next(each for each in usable if each.name == name)
        self._scanner = scanner
        self._asker = Asker(Gate(catalogue.endpoints, scanner), lambda _: self._server.api_key())

    async def ask(self, number: int, sample: Sample) -> Asked:
        """One request and what it took."""
        text = clear_text(DocumentId(number), sample.text, CLEARANCE, Zone.ON_PREM, self._scanner, b"bench")
        before, began = self._cpu_s(), time.monotonic()
        reply = await self._asker.ask(self.offer, sample.question(), text)
        return self._asked(sample, reply, time.monotonic() - began, self._cpu_s() - before)

    def _asked(self, sample: Sample, reply: Reply, seconds: float, cpu_s: float) -> Asked:
        if reply.usage is None:
            raise SystemExit(f"{self.name} did not answer {sample.id}: {reply.outcome} {reply.detail}; start it again")
        right = reply.outcome is Outcome.ANSWERED and reply.answer is not None and reply.answer[FIELD] == sample.ideal
        usage = reply.usage
        yen = float(self.offer.cost_jpy(usage))
        return Asked(
            sample.id, float(right), dict(reply.signals), usage.input_tokens, usage.output_tokens, yen, seconds, cpu_s
        )

    def _cpu_s(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    async def close(self) -> None:
        """Stop the server."""
        await self._asker.aclose()
        model_server.stop(self._home, self.name)


async def ask_all(name: str, tasks: dict[str, list[Sample]], folder: Path) -> None:
    """Every sample that the model has not been asked yet, one after the other; each is kept as soon as it is known."""
    missing = {task: _missing(samples, read_asked(folder, task, name)) for task, samples in tasks.items()}
    if not any(missing.values()):
        return
    home = folder / f"home-{name}"
    home.mkdir(mode=0o700, exist_ok=True)
    model = RealModel(name, home)
    try:
        for task, samples in missing.items():
            with _file(folder, task, name).open("a", encoding="utf-8") as kept:
                for number, sample in enumerate(samples):
                    kept.write(json.dumps(asdict(await model.ask(number, sample))) + "\n")
                    kept.flush()
            print(f"{name}: {task} asked", flush=True)
    finally:
        await model.close()


def read_asked(folder: Path, task: str, model: str) -> dict[str, Asked]:
    """What is known of a model on a task, by sample."""
    path = _file(folder, task, model)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    known = [Asked(**json.loads(line)) for line in lines]
    return {each.id: each for each in known}


def _file(folder: Path, task: str, model: str) -> Path:
    return folder / f"{task}.{model}.asked.jsonl"


def _missing(samples: Sequence[Sample], known: dict[str, Asked]) -> list[Sample]:
    """In an order that is not the file's, so that what is known half-way stands for the whole."""
    missing = [sample for sample in samples if sample.id not in known]
    return sorted(missing, key=lambda sample: hashlib.sha256(sample.id.encode()).hexdigest())
