"""Ratios of what came back to what was planned, with their uncertainty, and factors shrunk by evidence."""

import numpy as np
import pytest

from yakin.domain.observing import CameBack, Seen, Tally, add_up, corrected
from yakin.domain.planning import Observed

MODELS = {"triage": ("plamo", "sol", "luna")}


def came(model: str, ratio: float, documents: int, *, seed: int = 1, spread: float = 0.3, seconds: float = 1.0):
    """Documents of one model whose costs scatter around a ratio to the plan."""
    draw = np.random.default_rng(seed)
    noise = draw.lognormal(-(spread**2) / 2, spread, documents)
    return [
        CameBack("triage", model, 0.5 * ratio * each, 0.5, round(300 * ratio * each), 300, 4 * seconds * each, 4.0)
        for each in noise.tolist()
    ]


def tally(ratio: float, documents: int, *, seed: int = 1, spread: float = 0.3) -> Tally:
    total = Tally()
    for each in came("plamo", ratio, documents, seed=seed, spread=spread):
        total = total.add(each.cost_jpy, each.expected_jpy)
    return total


def test_the_interval_of_a_ratio_holds_the_truth_as_often_as_it_says():
    inside = sum(low <= 1.5 <= high for low, high in (tally(1.5, 40, seed=seed).bounds() for seed in range(500)))

    assert inside / 500 == pytest.approx(0.99, abs=0.015)


def test_one_document_says_nothing_sure():
    assert tally(3, 1).bounds() == (0.0, float("inf"))


def test_factors_come_closer_to_what_was_seen_with_more_documents():
    seen = {n: add_up({}, came("plamo", 1.5, n, spread=0.01)) for n in (2, 16, 200)}

    factors = [corrected({}, seen[n], MODELS)["triage", "plamo"].cost for n in (2, 16, 200)]

    assert 1.0 < factors[0] < factors[1] < factors[2]
    assert factors[2] == pytest.approx(1.5, rel=0.03)


def test_a_model_that_nobody_asked_learns_a_part_from_the_others_of_its_use_case():
    factors = corrected({}, add_up({}, came("plamo", 1.5, 200)), MODELS | {"contract": ("sol",)})

    assert 1.2 < factors["triage", "luna"].cost < factors["triage", "plamo"].cost
    assert factors["triage", "luna"].seconds == 1.0
    assert factors["contract", "sol"] == Observed()


def test_factors_of_the_plan_before_are_what_the_next_ones_start_from():
    as_corrected = add_up({}, came("plamo", 1.0, 200))

    factors = corrected({("triage", "plamo"): Observed(1.5, 0.2, 0.4)}, as_corrected, MODELS)

    assert factors["triage", "plamo"].cost == pytest.approx(1.5, rel=0.03)
    assert factors["triage", "plamo"].seconds == pytest.approx(0.2, rel=0.05)
    assert factors["triage", "plamo"].escalated_share == 0.4


def test_escalations_of_tonight_outweigh_the_measured_share_as_they_become_many():
    def share(firsts: int) -> float | None:
        seen = Seen()
        for number in range(firsts):
            seen = seen.add(CameBack("triage", "luna", 1, 1, 1, 1, 1, 1, number % 2 == 0, expected_share=0.2))
        return corrected({}, {("triage", "luna"): seen}, MODELS)["triage", "luna"].escalated_share

    assert share(2) == pytest.approx(0.227, abs=0.001)
    assert share(400) == pytest.approx(0.486, abs=0.001)
