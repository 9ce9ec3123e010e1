"""How long to wait before asking again."""

import random

BASE_S = 0.5
CAP_S = 60.0
LONGEST_S = 900.0  # no vendor's Retry-After holds a night up longer; the circuit and the next route take over
_SPREAD_S = 1.0


def delay_s(attempt: int, retry_after_s: float | None, seed: str) -> float:
    """Full-jitter exponential back-off, capped; never earlier than the vendor asked for.

    `attempt` counts from 0. The seed (an attempt id) makes it repeatable and spreads workers apart.
    """
    draw = random.Random(f"{seed}:{attempt}").random()  # noqa: S311 - spreads load, guards nothing
    if retry_after_s is not None:
        return min(retry_after_s, LONGEST_S) + draw * _SPREAD_S
    return draw * min(CAP_S, BASE_S * 2.0 ** min(attempt, 30))
