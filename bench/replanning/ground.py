"""The ground of the drill: a Postgres and a Prefect server of its own, sandbox vendors, a use case and a folder."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.own_postgres import OwnPostgres, own_postgres
from yakin import use_cases
from yakin.local import prefect_server, sandbox

ROOT = Path(__file__).resolve().parents[2]
USE_CASE = "drill_letters"
SHIPPED = "inquiry_triage"  # its question and its answer; only the lengths are the drill's own
EXPECTED_TOKENS = 300
MOST_TOKENS = 1200
VENDORS = ("domestic", "japan-region", "overseas", "on-prem")
SUBJECTS = (
    "ポンプの異音",
    "納期の前倒し",
    "請求書の宛名",
    "見積の条件",
    "検査成績書の再発行",
    "返品の手順",
    "保守契約の更新",
)
DETAILS = (
    "先週の定期点検で確認したところ、以前のご説明と異なる点がありました。",
    "至急ではありませんが、今月中にご回答をいただけますと助かります。",
    "担当者が不在のため、折り返しのご連絡は部署宛てにお願いします。",
    "過去の経緯は前回の打合せの議事録にまとめてあります。",
    "現場からは写真も届いていますので、必要であればお送りします。",
    "同じ内容のお問い合わせを昨年もいたしましたが、その際は解決しました。",
)


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything that the nights of the drill share."""

    home: Path
    folder: Path
    postgres: OwnPostgres
    environment: dict[str, str]

    def lengthen(self, factor: float) -> None:
        """Every vendor bills so many times the tokens of what it writes."""
        settings = {"output_factor": f"{factor:.6f}", "latency_s": [0.2, 0.6], "latency_seed": 5}
        for vendor in VENDORS:
            sandbox.control(self.home, vendor, settings)

    def run(self, module: str, *arguments: object, app_url: str, owner_url: str) -> str:
        """A module in a process of its own, against one database; its standard output."""
        databases = {"YAKIN_DATABASE_URL": app_url, "YAKIN_OWNER_DATABASE_URL": owner_url}
        ended = subprocess.run(
            [sys.executable, "-m", module, *map(str, arguments)],
            env=self.environment | databases, cwd=self.folder, capture_output=True, text=True, timeout=1200,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        if ended.returncode not in (0, 3, 4):
            raise SystemExit(f"{module} ended with {ended.returncode}:\n{ended.stderr[-4000:]}")
        return ended.stdout


@contextmanager
def ground(documents: int) -> Iterator[Ground]:
    """Start everything in a temporary folder, and leave nothing behind."""
    folder = Path(tempfile.mkdtemp(prefix="yakin-replanning-"))
    home = folder / "home"
    home.mkdir(mode=0o700)
    try:
        with own_postgres(home) as postgres:
            prefect = prefect_server.start(home, postgres.server.prefect_url)
            sandbox.start(home, answers="instant")
            (folder / "no-models").mkdir()
            _write_use_case(folder / "use_cases" / USE_CASE)
            _write_documents(folder / "documents", documents)
            environment = dict(os.environ) | prefect_server.client_environment(prefect)
            environment |= {
                "YAKIN_HOME": str(home),
                "YAKIN_MODELS": str(folder / "no-models"),
                "YAKIN_USE_CASES": str(folder / "use_cases"),
                "PYTHONPATH": str(ROOT),
            }
            yield Ground(home, folder, postgres, environment)
    finally:
        sandbox.stop(home)
        prefect_server.stop(home)
        shutil.rmtree(folder, ignore_errors=True)


def _write_use_case(target: Path) -> None:
    """The shipped one with long answers, so that their length is most of the price."""
    shutil.copytree(Path(use_cases.__path__[0]) / SHIPPED, target, ignore=shutil.ignore_patterns("__pycache__"))
    file = target / "use_case.yaml"
    described = yaml.safe_load(file.read_text(encoding="utf-8"))
    described["value"] |= {"expected_output_tokens": EXPECTED_TOKENS, "max_output_tokens": MOST_TOKENS}
    file.write_text(yaml.safe_dump(described, allow_unicode=True), encoding="utf-8")


def _write_documents(target: Path, count: int) -> None:
    """Letters of different lengths, the same in every drill of that size."""
    draw = random.Random(2026)
    target.mkdir()
    for number in range(count):
        details = "".join(draw.choice(DETAILS) for _ in range(draw.randint(1, 8)))
        text = f"{draw.choice(SUBJECTS)}について(受付番号 {number:05})\n{details}\n"
        (target / f"{number:05}.txt").write_text(text, encoding="utf-8")
