"""How routers are compared: RouteLLM's call shares, and accuracy at the same money as a mix of single models."""

from dataclasses import dataclass

import numpy as np

DRAWS = 1000
BINS = 10
LEVELS = (0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0)  # of the way from the cheapest to the dearest model worth its price


@dataclass(frozen=True)
class CallShares:
    """RouteLLM's figures: mean share of the gap that is recovered, and the strong calls that recover half and 80 %."""

    apgr: float
    cpt50: float
    cpt80: float


def call_shares(gain: np.ndarray, weak: np.ndarray, strong: np.ndarray) -> CallShares:
    """Of a router that sends the documents of the largest expected `gain` to the strong model.

    As RouteLLM evaluates: ten bins of equal size, trapezoids over the share of strong calls. Documents of equal gain
    are sent together in part, at random in expectation, so that a router without opinion has an APGR of one half.
    """
    order = np.argsort(-gain, kind="stable")
    sizes = np.unique(-gain, return_counts=True)[1]
    ends = np.concatenate([[0], np.cumsum(sizes)])
    recovered = np.concatenate([[0.0], np.cumsum((strong - weak)[order])])[ends] / (strong - weak).sum()
    shares = np.linspace(0, 1, BINS + 1)
    at_bins = np.interp(shares, ends / len(gain), recovered)
    fine = np.linspace(0, 1, 2001)
    curve = np.interp(fine, ends / len(gain), recovered)
    return CallShares(
        apgr=float(np.trapezoid(at_bins, shares)),
        cpt50=float(fine[np.argmax(curve >= 0.5)]),
        cpt80=float(fine[np.argmax(curve >= 0.8)]),
    )


@dataclass(frozen=True)
class Mix:
    """The best random mix of single models: vertices of the hull over (mean cost, mean score), cheapest first."""

    vertices: tuple[int, ...]
    costs: np.ndarray  # (vertices,) mean on the rows judged
    scores: np.ndarray  # (rows, vertices)

    def at(self, cost: float) -> np.ndarray:
        """(rows,): the expected score of each row when the mix spends that much per row."""
        if cost >= self.costs[-1]:
            return self.scores[:, -1]
        right = int(np.searchsorted(self.costs, cost, side="right"))
        left_cost = self.costs[right - 1] if right else 0.0
        left = self.scores[:, right - 1] if right else np.zeros(len(self.scores))
        share = (cost - left_cost) / (self.costs[right] - left_cost)
        return (1 - share) * left + share * self.scores[:, right]


def mix_of(scores: np.ndarray, costs: np.ndarray) -> Mix:
    """The mix in hindsight, on the very rows that are judged: no router may do worse than that."""
    mean_cost, mean_score = costs.mean(axis=0), scores.mean(axis=0)
    hull: list[int] = []
    for at in np.lexsort((-mean_score, mean_cost)):
        if hull and mean_score[at] <= mean_score[hull[-1]]:
            continue
        while hull:
            before = (mean_cost[hull[-2]], mean_score[hull[-2]]) if len(hull) > 1 else (0.0, 0.0)
            last = (mean_cost[hull[-1]], mean_score[hull[-1]])
            if (last[1] - before[1]) * (mean_cost[at] - before[0]) > (mean_score[at] - before[1]) * (
                last[0] - before[0]
            ):
                break
            hull.pop()
        hull.append(int(at))
    return Mix(tuple(hull), mean_cost[hull], scores[:, hull])


def budgets(mix: Mix, costs: np.ndarray) -> list[float]:
    """Per row: from a little above the cheapest model of the mix to its dearest.

    Where the mix is one model: from a quarter of its cost, so that not everything can be asked, to the dearest of all.
    """
    low, high = float(mix.costs[0]), float(mix.costs[-1])
    if len(mix.vertices) == 1:
        low, high = low / 4, max(float(costs.mean(axis=0).max()), 1.5 * low)
    return [low + level * (high - low) for level in LEVELS]


def bootstrap(differences: np.ndarray, seed: int = 0) -> tuple[float, float, float]:
    """Mean and 95 % interval of paired differences, by drawing rows (percentiles)."""
    random = np.random.default_rng(seed)
    count = len(differences)
    means = [differences[random.integers(0, count, count)].mean() for _ in range(DRAWS)]
    low, high = np.quantile(means, (0.025, 0.975))
    return float(differences.mean()), float(low), float(high)
