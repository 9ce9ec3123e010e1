"""Wait for endpoints that are down, as long as the night has patience and time."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from tasks import resources
from yakin.domain.documents import Reason

LOGGER = logging.getLogger("yakin.outage")
FIRST_WAIT_S = 30.0  # a circuit's cool-down: earlier nothing would be tried
LONGEST_WAIT_S = 600.0


@dataclass(slots=True)
class Patience:
    """How much longer a run waits for outages to end; each wait is twice the last."""

    left_s: float
    next_s: float = FIRST_WAIT_S

    def take(self, until_deadline_s: float) -> float:
        """The next wait, in seconds; 0 when there is no patience or no time left."""
        seconds = max(0.0, min(self.next_s, self.left_s, until_deadline_s))
        self.left_s -= seconds
        self.next_s = min(LONGEST_WAIT_S, self.next_s * 2)
        return seconds


async def wait_for_endpoints(run_id: str, patience: Patience) -> bool:
    """Whether documents wait for a silent endpoint and it is worth another try; waits before it says so."""
    run = resources.current().running(run_id)
    waiting = sum(reason is Reason.ENDPOINT_DOWN for reason in run.reasons.values())
    if not waiting:
        return False
    seconds = patience.take((run.deadline_at - datetime.now(UTC)).total_seconds())
    if not seconds:
        return False
    LOGGER.warning("run %s: %d documents wait %.0f s for endpoints that do not answer", run_id, waiting, seconds)
    await asyncio.sleep(seconds)
    return True
