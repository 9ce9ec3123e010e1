"""The switch gate: which models a use case may be served by, as named people approved them. Pure rules.

An approval names what makes a model's answers (its fingerprint) and what is asked (the use case's version). It holds
for exactly those, until a person takes the model's approval back.
"""

import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address
from typing import assert_never
from urllib.parse import urlsplit

from yakin.domain.routing import Endpoint, Model
from yakin.domain.zones import in_order


class Basis(StrEnum):
    """What an approval rests on."""

    TESTED = "tested"  # it passed the non-inferiority test
    FIRST = "first"  # there was nothing to compare it with
    WITHOUT_TEST = "without_test"  # a person decided so, whatever the test said


class Standing(StrEnum):
    """How a use case's approvals stand to the catalogue and to its own version."""

    OPEN = "open"  # nothing was ever approved: every offer may serve
    HOLDS = "holds"  # some models are approved as they are now
    OLD_VERSION = "old_version"  # none is, but some only because the use case has changed
    NOTHING_LEFT = "nothing_left"  # none: the models changed, or a person took the approvals back


@dataclass(frozen=True, slots=True)
class Approval:
    """One row: a model approved for a use case by a named person, or that taken back."""

    approval_id: int
    use_case: str
    use_case_version: str
    model: str
    fingerprint: str
    vendor_model: str
    endpoint: str
    basis: Basis | None  # None: taken back
    by: str
    at: datetime

    @property
    def revoked(self) -> bool:
        """Whether this row takes the model's approvals back."""
        return self.basis is None

    def holds_for(self, model: Model) -> bool:
        """Whether the model is still what was approved. Without an address tonight it is not asked, and not changed."""
        named = (self.vendor_model, self.endpoint)
        if not model.endpoint.base_url and (model.vendor_model, model.endpoint.name) == named:
            return True
        return fingerprint(model) == self.fingerprint


@dataclass(frozen=True, slots=True)
class Gate:
    """What may serve a use case now. `closed` says in words why a model may not; `rests_on` are the approvals."""

    use_case: str
    standing: Standing
    serving: frozenset[str] = frozenset()
    closed: Mapping[str, str] | None = None
    rests_on: tuple[int, ...] = ()
    changed: tuple[str, ...] = ()  # approved models that are no longer what was approved

    def why_not(self, model: str) -> str | None:
        """Why that model may not serve, or None when it may."""
        if self.standing is Standing.OPEN or model in self.serving:
            return None
        return (self.closed or {}).get(model) or _new(self.use_case, model)


def fingerprint(model: Model) -> str:
    """A hash of what makes a model's answers: vendor's model, endpoint, protocol, form of output, address, region.

    Not the price, the limits or the key: they change nothing about an answer. All tiers of a model answer alike.
    """
    endpoint = model.endpoint
    parts = (model.vendor_model, endpoint.name, endpoint.api.value, model.output.value, _address(endpoint))
    return hashlib.sha256(json.dumps([*parts, endpoint.region]).encode()).hexdigest()[:16]


def _address(endpoint: Endpoint) -> str:
    """Host, port and path. An embedded server's port is another one every time: this machine is one address."""
    address = urlsplit(endpoint.base_url)
    host = address.hostname or ""
    if not host or host == "localhost" or _is_loopback(host):
        return ""
    return f"{host}:{address.port or ''}{address.path.rstrip('/')}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def holding(approvals: Iterable[Approval]) -> list[Approval]:
    """The approvals that no later row takes back, oldest first. Approving again after that counts again."""
    held: list[Approval] = []
    for each in sorted(approvals, key=lambda approval: approval.approval_id):
        if each.revoked:
            held = [kept for kept in held if (kept.use_case, kept.model) != (each.use_case, each.model)]
        else:
            held.append(each)
    return held


def gate_of(use_case: str, version: str, approvals: Sequence[Approval], models: Mapping[str, Model]) -> Gate:
    """The gate of a use case at that version over the models of a catalogue.

    A model serves that is approved as it is now, for this version. Where none is, those serve that have not changed
    while the use case has: a changed prompt must not leave the night without answers, and it is said aloud. A model
    that changed never serves: nobody knows what it answers.
    """
    mine = [each for each in approvals if each.use_case == use_case]
    if not mine:
        return Gate(use_case, Standing.OPEN)
    held = holding(mine)
    unchanged = [each for each in held if each.model in models and each.holds_for(models[each.model])]
    current = [each for each in unchanged if each.use_case_version == version]
    if current:
        standing, serve = Standing.HOLDS, current
    else:
        standing, serve = (Standing.OLD_VERSION, unchanged) if unchanged else (Standing.NOTHING_LEFT, [])
    serving = frozenset(each.model for each in serve)
    kept = {each.model for each in unchanged}
    return Gate(
        use_case,
        standing,
        serving,
        {name: _why_not(use_case, model, mine, held) for name, model in models.items() if name not in serving},
        tuple(sorted(max(e.approval_id for e in serve if e.model == name) for name in serving)),
        tuple(sorted({each.model for each in held} - kept)),
    )


def _new(use_case: str, model: str) -> str:
    return f"new: no approval for {use_case}; {_remedy(use_case, model)}"


def _remedy(use_case: str, model: str) -> str:
    return f"run yakin evaluate {use_case} --budget-jpy YEN --real, then yakin offers approve {use_case} {model}"


def _why_not(use_case: str, model: Model, mine: Sequence[Approval], held: Sequence[Approval]) -> str:
    """Why a model that is not serving may not, in words with the remedy."""
    approved = [each for each in held if each.model == model.name]
    if not approved:
        if any(each.model == model.name for each in mine):
            return f"its approval for {use_case} was taken back; {_remedy(use_case, model.name)}"
        return _new(use_case, model.name)
    if any(each.holds_for(model) for each in approved):
        return f"approved for another version of {use_case}; {_remedy(use_case, model.name)}"
    was, now = approved[-1], model
    before, after = f"{was.vendor_model} at {was.endpoint}", f"{now.vendor_model} at {now.endpoint.name}"
    how = f"was {before}, is {after}" if before != after else "its address, protocol or form of output changed"
    return f"changed since it was approved for {use_case} ({how}); {_remedy(use_case, model.name)}"


def notice(gate: Gate, version: str) -> str | None:
    """What people have to hear about a gate with every quote and in the log; None when nothing is unusual."""
    use_case = gate.use_case
    match gate.standing:
        case Standing.OPEN:
            return (
                f"{use_case}: no offer was ever approved, so every offer may serve it; "
                f"the first `yakin offers approve {use_case} MODEL` closes the gate"
            )
        case Standing.OLD_VERSION:
            return (
                f"{use_case}: NO offer is approved for its version {version}; what was approved for an earlier one "
                f"goes on serving: {', '.join(sorted(gate.serving))}. Evaluate and approve them again"
            )
        case Standing.NOTHING_LEFT:
            return (
                f"{use_case}: NO approved offer is left as it was approved, so none of its documents is asked; "
                f"`yakin offers show {use_case}` says what changed"
            )
        case Standing.HOLDS:
            if not gate.changed:
                return None
            changed, serving = ", ".join(gate.changed), ", ".join(sorted(gate.serving))
            return f"{use_case}: changed since it was approved and not asked: {changed}; serving are {serving}"
        case _ as never:
            assert_never(never)


def real_models(models: Mapping[str, Model]) -> dict[str, Model]:
    """The models that can serve in production: not the sandbox's."""
    return {name: model for name, model in models.items() if not model.endpoint.sandbox}


def uncovered(gate: Gate, models: Iterable[Model]) -> str | None:
    """Where models could be asked and none is approved: documents that may go nowhere else stay unanswered."""
    if gate.standing in (Standing.OPEN, Standing.NOTHING_LEFT):
        return None
    served = {model.name: model.endpoint.zone for model in models}
    approved = {zone for name, zone in served.items() if gate.why_not(name) is None}
    bare = list(itertools.takewhile(lambda zone: zone not in approved, in_order(frozenset(served.values()))))
    if not bare:
        return None
    return (
        f"{gate.use_case}: no approved offer in {', '.join(bare)}: documents that may go no further are not asked "
        "until one is approved there"
    )
