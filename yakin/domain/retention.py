"""How long content is kept: prompts and working copies by level, answers by use case, rehearsals for a month."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from yakin.domain.levels import Level
from yakin.domain.policy import Policy
from yakin.domain.zones import Zone

REHEARSAL_ANSWERS_KEPT_DAYS = 30


class Kept(StrEnum):
    """Kinds of content that are kept for a time."""

    ANSWER = "answer"
    REHEARSAL_ANSWER = "rehearsal_answer"
    RECORDING = "recording"  # a request that a sandbox vendor wrote down
    RESTORE_MAP = "restore_map"  # pseudonyms to values, sealed


@dataclass(frozen=True, slots=True)
class Removed:
    """What retention removed, or would: kinds, numbers and ages. Never content."""

    what: Kept
    count: int
    oldest: datetime
    kept_days: int
    level: Level | None = None
    zone: Zone | None = None
    use_case: str | None = None


def recording_kept_days(policy: Policy, zone: Zone) -> int:
    """A recording holds whatever may go to its zone: the shortest time of those levels; nowhere allowed: 0 days."""
    allowed = [rule for rule in policy.levels.values() if any(each.zone is zone for each in rule.zones)]
    return min((rule.kept_days for rule in allowed), default=0)
