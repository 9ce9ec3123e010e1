"""Nights drawn by seed: documents × 12 options, 4 budgets, 3 capacities, a share cap, a deadline and 5 levels.

Nothing here is fitted to the optimiser: sizes are log-normal, prices and speeds are those of the kind of model.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yakin.domain.optimiser import Constraint, ConstraintKind, Problem


@dataclass(frozen=True, slots=True)
class Step:
    """One model at one endpoint. Yen per million tokens, tokens per second of one slot."""

    endpoint: str
    zone: str
    input_jpy: float
    output_jpy: float
    skill: float
    reads: float
    writes: float
    batch: bool = False


SMALL = Step("on-prem small", "on_prem", 6, 25, -0.4, 2500, 90)
LARGE = Step("on-prem large", "on_prem", 40, 160, 0.9, 900, 35)
DOMESTIC = Step("domestic", "domestic", 60, 250, 1.1, 4000, 70)
DOMESTIC_LARGE = Step("domestic", "domestic", 300, 1200, 1.8, 2500, 45)
REGION_LIGHT = Step("region", "japan_region", 150, 750, 1.3, 6000, 120)
REGION = Step("region", "japan_region", 465, 2300, 2.4, 4000, 70)
LIGHT_BATCH = Step("overseas", "overseas", 20, 155, 1.0, 6000, 100, batch=True)
BEST_BATCH = Step("overseas", "overseas", 200, 1550, 2.7, 3000, 60, batch=True)
BEST = Step("overseas", "overseas", 400, 3100, 2.7, 3000, 60)
OPTIONS: tuple[tuple[Step, ...], ...] = (  # two steps: a cascade, the second is asked when the first is not sure
    (SMALL,),
    (LARGE,),
    (SMALL, LARGE),
    (DOMESTIC,),
    (SMALL, DOMESTIC),
    (DOMESTIC_LARGE,),
    (REGION_LIGHT,),
    (REGION,),
    (REGION_LIGHT, REGION),
    (LIGHT_BATCH,),
    (BEST_BATCH,),
    (BEST,),
)
ZONES = {  # by level, from public to secret
    0: {"on_prem", "domestic", "japan_region", "overseas"},
    1: {"on_prem", "domestic", "japan_region", "overseas"},
    2: {"on_prem", "domestic", "japan_region"},
    3: {"on_prem", "domestic"},
    4: {"on_prem"},
}
LEVELS = (0.06, 0.50, 0.27, 0.12, 0.05)
CAPACITIES = ("on-prem small", "on-prem large", "domestic")
# by use case: share of documents, yen per answer, yen per escaped error, mean log tokens in, tokens out, difficulty
USE_CASES = (
    (0.40, 30, 60, 6.9, 180, 0.0),
    (0.12, 600, 1500, 8.6, 700, 0.9),
    (0.28, 60, 40, 8.1, 400, 0.4),
    (0.20, 6, 5, 5.8, 20, -0.6),
)
DEPARTMENTS = 12
UNSURE = 0.3  # share of documents of mean difficulty for which a cascade asks its second step


def night(documents: int, seed: int) -> Problem:
    """A night of so many documents. The limits are drawn too: each is somewhere between tight and loose."""
    rng = np.random.default_rng(seed)
    share, answer_jpy, error_jpy, log_tokens, output, hard = (np.array(each) for each in zip(*USE_CASES, strict=True))
    use_case = rng.choice(len(USE_CASES), documents, p=share)
    level = rng.choice(len(LEVELS), documents, p=LEVELS)
    department = rng.integers(0, DEPARTMENTS, documents)
    tokens = rng.lognormal(log_tokens[use_case], 0.9)
    difficulty = rng.normal(hard[use_case], 0.8)
    late = rng.random(documents) < 0.15  # came after the last hour at which a batch ends before the deadline
    value, cost, seconds = (np.empty((documents, len(OPTIONS)), order="C") for _ in range(3))
    for number, steps in enumerate(OPTIONS):
        second = UNSURE * _likely(difficulty) if len(steps) > 1 else 0.0
        quality = _likely(max(step.skill for step in steps) - difficulty - 0.15 * (len(steps) - 1) + 1.0)
        allowed = np.array([all(step.zone in ZONES[each] for step in steps) for each in range(5)])[level]
        allowed &= ~(late & any(step.batch for step in steps))
        worth = answer_jpy[use_case] * quality - error_jpy[use_case] * (1 - quality)
        value[:, number] = np.where(allowed, worth, -np.inf)
        asked = [1.0, second][: len(steps)]
        cost[:, number] = sum(
            part * (tokens * step.input_jpy + output[use_case] * step.output_jpy) / 1e6
            for part, step in zip(asked, steps, strict=True)
        )
        seconds[:, number] = tokens / steps[0].reads + output[use_case] / steps[0].writes
    constraints = _constraints(rng, value, cost, seconds, department)
    return Problem(value, constraints, (use_case * len(LEVELS) + level) * 2 + late)


def hard_for_greedy(documents: int, seed: int) -> Problem:
    """Half of the documents may only go on-premises; the others are dearer there in time and cheaper in yen.

    Options: on-premises, vendor A, vendor B. Value per yen fills the on-premises server with documents of short text
    and long answers that A could take as well, so that long secret ones find no time. Money, on-premises time and
    A's share of the asked documents all bind.
    """
    rng = np.random.default_rng(seed)
    secret = rng.random(documents) < 0.5
    read = np.where(secret, 8000.0, 500.0) * rng.lognormal(0, 0.4, documents)
    written = np.where(secret, 100.0, 600.0) * rng.lognormal(0, 0.4, documents)
    worth = np.where(secret, 150.0, 70.0) * rng.uniform(0.7, 1.3, documents)
    value = worth[:, None] * np.array([0.70, 0.76, 0.90])
    value[secret, 1:] = -np.inf
    cost = (read[:, None] * np.array([10.0, 60.0, 300.0]) + written[:, None] * np.array([25.0, 250.0, 1500.0])) / 1e6
    seconds = np.repeat((read / 2000 + written / 40)[:, None], 3, axis=1)
    at_home, at_a = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
    needed = {"yen": cost[secret, 0].sum() + cost[~secret, 1].sum(), "seconds": seconds[secret, 0].sum()}
    return Problem(
        value,
        (
            Constraint("budget run", ConstraintKind.BUDGET, float(1.02 * needed["yen"]), cost),
            Constraint("capacity", ConstraintKind.CAPACITY, float(1.02 * needed["seconds"]), seconds, options=at_home),
            Constraint("share vendor A", ConstraintKind.SHARE, 0.0, at_a - 0.45),
        ),
        secret.astype(np.intp),
    )


def _likely(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-logit))


def _constraints(rng, value, cost, seconds, department) -> tuple[Constraint, ...]:
    """4 budgets, 3 capacities, 1 share cap, against what everybody's most valuable option would take."""
    best = np.where(np.isfinite(value), value, -1e9).argmax(axis=1)
    rows = np.arange(len(best))
    wanted_jpy = cost[rows, best]
    few = np.isin(department, (2, 5, 7))
    overseas = np.array([float(steps[-1].zone == "overseas") for steps in OPTIONS])
    budgets = (
        ("budget run", rng.uniform(0.25, 0.5) * wanted_jpy.sum(), None, None),
        ("budget day", rng.uniform(0.25, 0.5) * wanted_jpy.sum(), None, None),
        ("budget department", rng.uniform(0.1, 0.3) * wanted_jpy[few].sum(), few, None),
        ("budget vendor", rng.uniform(0.05, 0.25) * (wanted_jpy * overseas[best]).sum(), None, overseas),
    )
    at = {
        name: np.array([float(steps[0].endpoint == name) for steps in OPTIONS]) for name in CAPACITIES
    }  # a cascade's second step is small beside its first
    windows = {name: rng.uniform(0.03, 0.2) * seconds[:, np.flatnonzero(at[name])[0]].sum() for name in CAPACITIES}
    cap = rng.uniform(0.15, 0.35)
    return (
        *(Constraint(name, ConstraintKind.BUDGET, float(limit), cost, who, how) for name, limit, who, how in budgets),
        *(
            Constraint(f"capacity {name}", ConstraintKind.CAPACITY, float(windows[name]), seconds, options=at[name])
            for name in CAPACITIES
        ),
        Constraint("share overseas", ConstraintKind.SHARE, 0.0, overseas - cap),
    )
