"""How every model stands to the switch gate of a use case: approved, changed, new, and what the golden set says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tasks.switch_test import Compared, as_it_is, compared
from yakin.domain.offer_approval import Approval, Gate, gate_of, holding
from yakin.domain.routing import Model
from yakin.domain.use_case import UseCaseFacts
from yakin.store import offer_approvals
from yakin.store.offer_approvals import ScoredModel
from yakin.store.pool import Pool


class State(StrEnum):
    """How a model stands."""

    APPROVED = "approved"
    CHANGED = "changed"  # since it was approved
    OTHER_VERSION = "other_version"  # approved for another version of the use case
    REVOKED = "revoked"
    NEW = "new"
    GONE = "gone"  # approved, and no longer in the catalogue


@dataclass(frozen=True, slots=True)
class Standing:
    """One model. `approval` is its newest that was not taken back, `scored` its newest scores as it is now.

    `compared` is what approving it now would rest on: only where it is not approved and was scored.
    """

    model: str
    state: State
    serves: bool
    why_not: str | None
    approval: Approval | None
    scored: ScoredModel | None
    compared: Compared | None


async def standings(pool: Pool, facts: UseCaseFacts, models: Mapping[str, Model]) -> tuple[Gate, list[Standing]]:
    """The gate of a use case, and every model of the catalogue or of its approvals by name."""
    async with pool.connection() as conn:
        given = await offer_approvals.of_use_cases(conn, [facts.name])
        scores = await offer_approvals.scored(conn, facts.name)
    gate = gate_of(facts.name, facts.version, given, models)
    found = []
    for name in sorted({*models, *(each.model for each in given)}):
        held = [each for each in holding(given) if each.model == name]
        model, approval = models.get(name), held[-1] if held else None
        if model is None:
            found.append(Standing(name, State.GONE, False, "no longer in the catalogue", approval, None, None))
            continue
        scored, state = as_it_is(facts, model, scores), _state(facts, model, given, held)
        ask = scored is not None and state is not State.APPROVED
        tried = await compared(pool, facts, model, given) if ask else None
        why_not = gate.why_not(name)
        found.append(Standing(name, state, why_not is None, why_not, approval, scored, tried))
    return gate, found


def _state(facts: UseCaseFacts, model: Model, given: Sequence[Approval], held: Sequence[Approval]) -> State:
    if not held:
        return State.REVOKED if any(each.model == model.name for each in given) else State.NEW
    unchanged = [each for each in held if each.holds_for(model)]
    if not unchanged:
        return State.CHANGED
    same = any(each.use_case_version == facts.version for each in unchanged)
    return State.APPROVED if same else State.OTHER_VERSION
