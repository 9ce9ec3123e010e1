"""Batch jobs: many lines handed over at once, answered within hours at a lower price."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from yakin.domain.routing import Limits
from yakin.domain.zones import Zone

BatchId = NewType("BatchId", str)  # UUID text; ours, also in the vendor's metadata

MARGIN_SHARE = 0.1  # of the vendor's usual time: what is left then is asked one by one before the deadline
LONGEST_MARGIN = timedelta(minutes=30)
LOOKS_PER_BATCH = 50  # how often a batch is looked at within the vendor's usual time
LONGEST_PAUSE_S = 60.0

ASKED_BEFORE = "it was in a batch of this run before"  # its answer may still come
NO_LINE = "no line of a batch could be made for it"
TOO_SLOW = "a batch may not be back before the deadline"


class BatchState(StrEnum):
    """Where a batch of ours stands. Terminal: harvested, not_submitted."""

    INTENT = "intent"  # written; whether the vendor has it is not known
    SUBMITTED = "submitted"
    HARVESTED = "harvested"  # every line has its end
    NOT_SUBMITTED = "not_submitted"  # the vendor never had it: nothing was billed


class VendorState(StrEnum):
    """Where the vendor says that it stands."""

    VALIDATING = "validating"
    FAILED = "failed"  # nothing ran, nothing is billed
    IN_PROGRESS = "in_progress"
    FINALIZING = "finalizing"
    COMPLETED = "completed"
    EXPIRED = "expired"  # what had finished is billed and can be had
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"  # what had finished is billed and can be had


ENDED = frozenset({VendorState.FAILED, VendorState.COMPLETED, VendorState.EXPIRED, VendorState.CANCELLED})


@dataclass(frozen=True, slots=True)
class VendorBatch:
    """A batch as the vendor shows it. Either file can be missing, also of a batch that completed."""

    provider_batch_id: str
    state: VendorState
    input_file_id: str | None = None
    output_file_id: str | None = None
    error_file_id: str | None = None

    @property
    def file_ids(self) -> tuple[str, ...]:
        """Every file of it that the vendor keeps."""
        return tuple(each for each in (self.input_file_id, self.output_file_id, self.error_file_id) if each)


def leaves_its_zone(offer_zone: Zone, *, batch_in_zone: bool) -> bool:
    """Whether a batch may be processed elsewhere than the endpoint's zone says: global batch is the vendors' habit."""
    return offer_zone in (Zone.DOMESTIC, Zone.JAPAN_REGION) and not batch_in_zone


def usual_time(limits: Limits) -> timedelta:
    """How long a batch may take at an endpoint, as the catalogue says."""
    return timedelta(hours=limits.batch_hours)


def margin(usual: timedelta) -> timedelta:
    """How long before the deadline a night stops waiting, so that the rest can still be asked one by one."""
    return min(LONGEST_MARGIN, usual * MARGIN_SHARE)


def has_time(limits: Limits, now: datetime, deadline_at: datetime | None) -> bool:
    """Whether a batch that starts now can be expected back in time to ask the rest one by one."""
    usual = usual_time(limits)
    return deadline_at is None or now + usual + margin(usual) <= deadline_at


def pause_s(usual: timedelta) -> float:
    """How long to wait between two looks, in seconds."""
    return min(LONGEST_PAUSE_S, usual.total_seconds() / LOOKS_PER_BATCH)
