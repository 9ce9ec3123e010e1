"""A use case as the domain sees it: names, numbers and a version, without prompt text."""

from dataclasses import dataclass

from yakin.domain.levels import Level
from yakin.domain.planning import UseCaseValue


@dataclass(frozen=True, slots=True)
class UseCaseFacts:
    """What planning and the store need to know of a use case. `version` hashes prompt and schema."""

    name: str
    version: str
    title: str
    value: UseCaseValue
    level_floor: Level
    my_number_purpose: bool
    answers_kept_days: int | None = None  # None: for ever
