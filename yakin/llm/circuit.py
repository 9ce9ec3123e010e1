"""A circuit per endpoint: after repeated failures nothing is sent there for a while, then one trial."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from yakin.domain.asking import Outcome

# A timeout counts as well: a vendor that hangs holds a reservation and 120 s of the night per document.
_FAILED = frozenset({Outcome.ENDPOINT_DOWN, Outcome.TRANSIENT, Outcome.UNKNOWN})
_SAYS_NOTHING = frozenset({Outcome.INTENT, Outcome.NOT_SENT, Outcome.LOST})


@dataclass(slots=True)
class _Circuit:
    failed_at: list[float] = field(default_factory=list)  # consecutive, newest last
    opened_at: float | None = None
    trial_at: float | None = None


class Circuits:
    """Opens after `failures` consecutive failures within `window_s`; after `cool_down_s` one trial may pass."""

    def __init__(
        self,
        *,
        failures: int = 5,
        window_s: float = 60.0,
        cool_down_s: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._failures = failures
        self._window_s = window_s
        self._cool_down_s = cool_down_s
        self._clock = clock
        self._circuits: dict[str, _Circuit] = {}

    def allow(self, endpoint: str) -> bool:
        """Whether a request may go there now. A True while half-open is the one trial."""
        circuit = self._circuits.get(endpoint)
        if circuit is None or circuit.opened_at is None:
            return True
        now = self._clock()
        # A trial that never reports (its worker died) does not keep the circuit open for ever.
        since = circuit.opened_at if circuit.trial_at is None else circuit.trial_at
        if now - since < self._cool_down_s:
            return False
        circuit.trial_at = now
        return True

    def record(self, endpoint: str, outcome: Outcome) -> None:
        """Learn from how an attempt ended. Any answer, even a refusal, shows that the endpoint lives."""
        if outcome in _SAYS_NOTHING:
            return
        if outcome not in _FAILED:
            self._circuits.pop(endpoint, None)
            return
        circuit = self._circuits.setdefault(endpoint, _Circuit())
        now = self._clock()
        circuit.failed_at = [at for at in circuit.failed_at if now - at <= self._window_s][1 - self._failures :]
        circuit.failed_at.append(now)
        if circuit.trial_at is not None or len(circuit.failed_at) >= self._failures:
            circuit.opened_at, circuit.trial_at = now, None

    def open_endpoints(self) -> frozenset[str]:
        """The endpoints that planning should leave out now: open and still cooling down."""
        now = self._clock()
        return frozenset(
            name
            for name, circuit in self._circuits.items()
            if circuit.opened_at is not None and now - circuit.opened_at < self._cool_down_s
        )
