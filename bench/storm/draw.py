"""What a seed decides: vendors, prices' currency rate, caps, faults, and when which worker is killed."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from yakin.domain.money import Scope

# Models of about one price, so that a cap of so many worst cases means something; yen and dollars in each.
GROUPS = (
    ("sandbox-plamo-3.0-prime", "sandbox-jp-nova-2-lite"),
    ("sandbox-gpt-6.1-sol", "sandbox-jp-claude-sonnet-5-5", "sandbox-plamo-3.0-prime"),
    ("sandbox-jp-claude-haiku-5-5", "sandbox-gpt-6-luna", "sandbox-qwen2.5-coder-1.5b"),
)
USE_CASES = ("inquiry_triage", "trouble_report")
DEPARTMENTS = ("法務", "営業")
VENDORS = ("domestic", "japan-region", "overseas", "on-prem")
SHARED = (Scope.MONTH, Scope.DAY, Scope.FISCAL_YEAR, Scope.VENDOR, Scope.DEPARTMENT, Scope.USE_CASE)
SHARED_BY_ALL = frozenset({Scope.MONTH, Scope.DAY, Scope.FISCAL_YEAR})
TIMEOUT_S = 1.5  # of an endpoint: what hangs is unknown after it
LATENCY_S = (0.005, 0.4)


@dataclass(frozen=True, slots=True)
class Size:
    """How many callers at once, in how many processes; one run each."""

    callers: int = 1000
    processes: int = 4


@dataclass(frozen=True, slots=True)
class RunDraw:
    """One run, which one process at a time works on."""

    number: int
    use_case: str
    department: str
    cap_share: float | None  # of what a run would spend by itself; None: its own cap does not bind


@dataclass(frozen=True, slots=True)
class Kill:
    """`kill -9` of the worker of a run, and how long nobody replaces it."""

    at_s: float
    run: int
    replaced_after_s: float


@dataclass(frozen=True, slots=True)
class Draw:
    """Everything that a seed decides."""

    seed: int
    size: Size
    usd_jpy: Decimal
    offers: tuple[str, ...]
    tight: Scope  # the cap that is too small
    tight_calls: Decimal  # in worst-case calls of the dearest kind
    runs: tuple[RunDraw, ...]
    vendors: Mapping[str, Mapping[str, object]] = field(repr=False)
    kills: tuple[Kill, ...]
    short_leases: float  # share of documents whose lease runs out while they are asked


def draw(seed: int, size: Size) -> Draw:
    """The storm of that number; the same for the same number and size, but for the machine's own timing."""
    rng = random.Random(f"storm {seed}")
    tight = SHARED[seed % len(SHARED)]
    return Draw(
        seed=seed,
        size=size,
        usd_jpy=Decimal(rng.randrange(140_0000, 170_0000)) / 10_000,
        offers=GROUPS[rng.randrange(len(GROUPS))],
        tight=tight,
        tight_calls=Decimal(
            rng.randrange(180, 260) if tight in SHARED_BY_ALL and rng.random() < 0.5 else rng.randrange(102, 130)
        ),
        runs=tuple(_run(rng, number, tight) for number in range(size.processes)),
        vendors={vendor: _vendor(rng) for vendor in VENDORS},
        kills=tuple(_kill(rng, size.processes) for _ in range(rng.randint(0, 3))),
        short_leases=rng.choice((0.0, 0.02, 0.05)),
    )


def _run(rng: random.Random, number: int, tight: Scope) -> RunDraw:
    """At most every other run is bound by its own cap, and only where all share the one that is too small."""
    bound = tight in SHARED_BY_ALL and number % 2 == 1 and rng.random() < 0.5
    share = rng.uniform(0.3, 0.6) if bound else None
    return RunDraw(number, USE_CASES[number % 2], DEPARTMENTS[number // 2 % 2], share)


def _vendor(rng: random.Random) -> dict[str, object]:
    """Latencies, faults, and a tokenizer of the vendor's own that counts more than ours."""
    return {
        "latency_s": LATENCY_S,
        "latency_seed": rng.randrange(10**6),
        "input_factor": str(Decimal(rng.randrange(180, 300)) / 100),
        "faults": [
            _fault(rng, "server_error", 0.02, 0.08),
            _fault(rng, "disconnect_before", 0.005, 0.02),
            _fault(rng, "rate_limited", 0.01, 0.03, retry_after_s=0.1),
            _fault(rng, "hang", 0.005, 0.02, hang_s=2 * TIMEOUT_S),
            _fault(rng, "disconnect_after", 0.005, 0.02),
            _fault(rng, "truncated", 0.01, 0.04),
            _fault(rng, "over_long", 0.01, 0.04),
            _fault(rng, "endless", 0.01, 0.04),
            _fault(rng, "invalid_json", 0.01, 0.03),
            _fault(rng, "refusal", 0.005, 0.02),
        ],
    }


def _fault(rng: random.Random, kind: str, least: float, most: float, **more: object) -> dict[str, object]:
    return {"kind": kind, "probability": round(rng.uniform(least, most), 4), "seed": rng.randrange(10**6), **more}


def _kill(rng: random.Random, processes: int) -> Kill:
    return Kill(rng.uniform(0.3, 4.0), rng.randrange(processes), rng.uniform(0.0, 0.8))
