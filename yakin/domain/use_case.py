"""A use case as the domain sees it: names, numbers and a version, without prompt text."""

from dataclasses import dataclass

from yakin.domain.levels import Level
from yakin.domain.planning import UseCaseValue


@dataclass(frozen=True, slots=True)
class SwitchGate:
    """How much worse than the approved offer a new one may be, how sure we want to be of it, on how many items."""

    margin: float = 0.03  # share of the score: 3 points of a hundred
    confidence: float = 0.95  # of the one-sided bound
    min_items: int = 100  # golden items that both answered; fewer are never enough, whatever they say


@dataclass(frozen=True, slots=True)
class UseCaseFacts:
    """What planning and the store need to know of a use case. `version` hashes prompt, numbers and schema.

    Switch gate and verification are not part of the version: who tests more strictly asks nothing again.
    """

    name: str
    version: str
    title: str
    value: UseCaseValue
    level_floor: Level
    my_number_purpose: bool
    answers_kept_days: int | None = None  # None: for ever
    switch_gate: SwitchGate = SwitchGate()
