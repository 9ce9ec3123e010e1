"""Why the bytes of one object could not be had."""

from yakin.domain.documents import Reason
from yakin.errors import PermanentError, TransientError


class ReadFailed(PermanentError):
    """One object cannot be read; `reason` says why, and the run goes on."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"the object cannot be read: {reason}")
        self.reason = reason

    def __reduce__(self) -> tuple[type["ReadFailed"], tuple[Reason]]:
        return ReadFailed, (self.reason,)


class SourceUnavailable(TransientError):
    """The source did not answer; the object itself may be fine."""
