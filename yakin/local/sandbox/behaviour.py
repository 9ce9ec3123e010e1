"""How a vendor behaves: latency, faults on plan, usage factors. Set at start or through POST /control."""

import random
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from yakin.errors import UsageError


class Answers(StrEnum):
    """Where answers come from: made up at once from the schema, or asked of a real local model."""

    INSTANT = "instant"
    FORWARD = "forward"


class Fault(StrEnum):
    """What can go wrong, in the vendor's words. The first three are not billed, the others are."""

    RATE_LIMITED = "rate_limited"  # 429 with Retry-After
    SERVER_ERROR = "server_error"  # 500
    DISCONNECT_BEFORE = "disconnect_before"
    DISCONNECT_AFTER = "disconnect_after"
    HANG = "hang"  # billed, then silence
    TRUNCATED = "truncated"  # finish_reason length
    INVALID_JSON = "invalid_json"
    OVER_LONG = "over_long"  # a string longer than the schema allows, inside the output bound where there is one
    ENDLESS = "endless"  # writes until the output bound stops it: the dearest answer that there is
    REFUSAL = "refusal"
    ECHO = "echo"  # JSON that repeats the document in its names and values: shows who quotes what is invalid


class BatchFault(StrEnum):
    """What can go wrong with a batch. A line that ran is billed, whether or not it comes back."""

    FAILED_VALIDATION = "failed_validation"  # the whole batch; nothing runs
    EXPIRED = "expired"  # half of the lines ran
    MISSING_LINE = "missing_line"  # one that ran is in neither file
    DUPLICATE_LINE = "duplicate_line"
    UNKNOWN_ID = "unknown_id"  # a line more, with an id that nobody sent
    LINE_ERROR = "line_error"  # one line fails and is not billed
    KEEPS_RUNNING = "keeps_running"  # cancelling does nothing
    NEVER_LISTED = "never_listed"  # the vendor answers that it has no such batch


UNBILLED = frozenset({Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.DISCONNECT_BEFORE})
Seconds = Annotated[float, Field(ge=0, le=3600)]


class _Setting(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class FaultPlan(_Setting):
    """One fault for the next N requests, or for each request with a probability."""

    kind: Fault
    next: Annotated[int, Field(ge=1)] | None = None
    probability: Annotated[float, Field(gt=0, le=1)] | None = None
    seed: int = 0
    retry_after_s: Seconds = 1.0
    hang_s: Seconds = 600.0

    @model_validator(mode="after")
    def _one_trigger(self) -> "FaultPlan":
        if (self.next is None) == (self.probability is None):
            raise ValueError("give either next or probability")
        return self


class BatchFaultPlan(_Setting):
    """One fault for the next N batches."""

    kind: BatchFault
    next: Annotated[int, Field(ge=1)] = 1


class VendorSettings(_Setting):
    """Everything that can be set for a vendor; what is left out takes its default."""

    latency_s: Seconds | tuple[Seconds, Seconds] = 0.0
    latency_seed: int = 0
    faults: tuple[FaultPlan, ...] = ()
    input_factor: Annotated[Decimal, Field(gt=0, le=100)] = Decimal(1)
    output_factor: Annotated[Decimal, Field(gt=0, le=100)] = Decimal(1)
    batch_delay_s: Seconds = 0.0  # from the order of a batch to its end
    batch_faults: tuple[BatchFaultPlan, ...] = ()
    keeps_files: bool = False  # deleting a file fails
    prefer: dict[str, str] = {}  # instant answers: the choice that a field of the answer gets where it has it
    unsure_share: Annotated[float, Field(ge=0, le=1)] = 0.0  # of instant answers: low log-probabilities, no `prefer`
    unsure_varies: bool = False  # an unsure answer is another one each time that it is asked for
    cache_min_tokens: Annotated[int, Field(ge=1)] = 1024  # a repeated first message this long is billed as cached


class Behaviour:
    """The running state of one vendor's settings."""

    def __init__(self, settings: VendorSettings) -> None:
        self.settings = settings
        self._latency = random.Random(settings.latency_seed)  # noqa: S311 - repeatable on purpose
        self._pending = [_Pending(plan) for plan in settings.faults]
        self._batch_faults = [plan.kind for plan in settings.batch_faults for _ in range(plan.next)]

    def latency_s(self) -> float:
        """How long the next answer takes."""
        latency = self.settings.latency_s
        return latency if isinstance(latency, float) else self._latency.uniform(*latency)

    def next_batch_fault(self) -> BatchFault | None:
        """The fault that this batch meets, in the order of the plans."""
        return self._batch_faults.pop(0) if self._batch_faults else None

    def next_fault(self) -> FaultPlan | None:
        """The fault that this request meets; the first plan that applies wins."""
        return next((pending.plan for pending in self._pending if pending.strikes()), None)


class _Pending:
    """A fault plan with how many requests it still has to meet."""

    def __init__(self, plan: FaultPlan) -> None:
        self.plan = plan
        self._left = plan.next
        self._draw = random.Random(plan.seed)  # noqa: S311 - repeatable on purpose

    def strikes(self) -> bool:
        if self._left is None:
            return self._draw.random() < (self.plan.probability or 0.0)
        self._left -= 1
        return self._left >= 0


def parse_settings(values: Mapping[str, object]) -> VendorSettings:
    """Settings checked where they come in; UsageError names the field and the rule."""
    try:
        return VendorSettings.model_validate(values)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        raise UsageError(f"sandbox settings: {problems}") from None
