"""A vendor's account against the ledger: what matches, what differs and why, what is settled and what may be booked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from yakin.domain.account import BOOKABLE, NOTHING, ZERO, Account, Amount, Cause, LedgerAttempt, total
from yakin.domain.differences import Found, State, by_cause
from yakin.domain.documents import AttemptId
from yakin.domain.matching import ByRequest, ByTotals, requests_and_totals
from yakin.domain.settling import NotBilled, Settlement, may_release, spread


@dataclass(frozen=True, slots=True)
class Proposal:
    """A correction that would make the ledger say what the account says. `alone`: it is of one request."""

    attempt_id: AttemptId
    cause: Cause
    amount: Amount
    currency: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What was found, what it settles, and what may be booked.

    Notes say what was left alone and why; `exceeded` where more is billed than unknown attempts had reserved.
    """

    found: tuple[Found, ...]
    settlements: tuple[Settlement, ...]
    proposals: tuple[Proposal, ...]
    notes: tuple[str, ...]
    exceeded: tuple[str, ...]

    @property
    def by_cause(self) -> dict[Cause, Amount]:
        """The whole difference by cause; the sum is theirs minus ours."""
        return by_cause(self.found)

    @property
    def unexplained(self) -> Amount:
        """What nobody can explain."""
        return self.by_cause.get(Cause.UNEXPLAINED, NOTHING)

    @property
    def all_explained(self) -> bool:
        """Whether no single place has anything unexplained; two that cancel out are two."""
        return all(each.is_explained for each in self.found)


def reconcile(account: Account, attempts: Sequence[LedgerAttempt]) -> Reconciliation:
    """Match by request id where both sides have it, else by model, tier and day of the account.

    `attempts` are the vendor's of the account's period and of some days around it.
    """
    requests, rest = requests_and_totals(account.lines)
    by_request = ByRequest(account, attempts)
    by_request.match(requests)
    totals = ByTotals(account, attempts)
    if rest or not requests:
        # what the account tells one by one is not in its totals
        totals.match(rest, [each for each in attempts if each.attempt_id not in by_request.taken])
    else:
        by_request.close()
    found = (*by_request.found, *totals.found)
    in_flight = {each.attempt_id for each in attempts if each.in_flight}
    settlements = [each for each in (*by_request.settled, *totals.settled) if each.attempt_id not in in_flight]
    ended = {each.attempt_id for each in settlements} | in_flight
    left = [each for each in attempts if each.is_unknown and each.attempt_id not in ended]
    known = {each.model for each in attempts}
    may_go = [each for each in left if may_release(account, each, known)]
    doubted = _nobodys(by_request.found, totals.found)
    released = [NotBilled(each.attempt_id) for each in may_go if not _may_be_its(doubted, each, account)]
    told_nothing = len([each for each in left if account.covers(each.days(account.zone)[0])]) - len(may_go)
    open_ones = sum(each.in_flight and account.covers(each.days(account.zone)[0]) for each in attempts)
    notes = [*_notes(account, known, told_nothing, len(may_go) - len(released)), *_in_flight(open_ones)]
    proposals = tuple(_proposals(found))
    return Reconciliation(
        found, (*settlements, *released), proposals, tuple(notes), (*by_request.exceeded, *totals.exceeded)
    )


def _nobodys(requests: Iterable[Found], totals: Iterable[Found]) -> dict[tuple[str | None, date], Decimal]:
    """By model and day the least yen that is billed for a request that is nobody's, or zero for a day's rest."""
    least: dict[tuple[str | None, date], Decimal] = {}
    for each in requests:
        if each.state is State.AT_VENDOR and Cause.UNKNOWN_ATTEMPT not in each.parts:
            key = (each.bucket.model, each.bucket.day)
            least[key] = min(each.difference.jpy, least.get(key, each.difference.jpy))
    for each in totals:
        if each.part(Cause.TOKENS).plus(each.part(Cause.UNEXPLAINED)).jpy > 0:
            least[each.bucket.model, each.bucket.day] = ZERO
    return least


def _may_be_its(nobodys: Mapping[tuple[str | None, date], Decimal], attempt: LedgerAttempt, account: Account) -> bool:
    """Whether something that is nobody's may be this attempt's after all, as where the account's zone is mistaken."""
    own_day = attempt.days(account.zone)[0]
    around = [own_day + timedelta(days=offset) for offset in (-1, 0, 1)]
    billed = [nobodys[model, day] for model in (attempt.model, None) for day in around if (model, day) in nobodys]
    return any(jpy <= attempt.worst_jpy for jpy in billed)


def _proposals(found: Iterable[Found]) -> Iterable[Proposal]:
    """One per attempt and cause; a bucket's is spread over its runs, use cases and departments by what they cost."""
    for each in found:
        if each.state is not State.MATCHED:
            continue
        groups: dict[tuple[object, ...], list[LedgerAttempt]] = defaultdict(list)
        for attempt in each.attempts:
            groups[attempt.group].append(attempt)
        last = [max(group, key=lambda one: (one.sent_at, one.attempt_id)) for group in groups.values()]
        weights = [max(ZERO, total(one.cost for one in group).jpy) for group in groups.values()]
        for cause in BOOKABLE:
            part = each.part(cause)
            amounts = zip(spread(part.native, weights), spread(part.jpy, weights), strict=True)
            for attempt, amount in zip(last, amounts, strict=True):
                if any(amount):
                    alone = len(each.attempts) == 1
                    yield Proposal(attempt.attempt_id, cause, Amount(*amount), attempt.price.currency, alone)


def _in_flight(attempts: int) -> list[str]:
    said = (
        f"{attempts} attempts are in flight, of a run that was killed, or lines of a batch that is not collected: "
        "reconcile again when their runs have ended and `yakin collect` has brought their batches"
    )
    return [said] if attempts else []


def _notes(account: Account, known: set[str], stays_unknown: int, doubted: int) -> list[str]:
    notes = []
    if foreign := sorted({line.model for line in account.lines if line.model is not None} - known):
        notes.append(
            f"models that the ledger does not know: {', '.join(foreign)}; if they are ours, map them to the vendor's "
            "names of our catalogue under `models:` in the account's mapping"
        )
    if stays_unknown:
        why = "the account is not complete" if not account.complete else "the account does not name their model"
        notes.append(f"{stays_unknown} attempts stay unknown: {why}")
    if doubted:
        notes.append(
            f"{doubted} attempts stay unknown: the account bills something of their model and day that is nobody's; "
            "check `timezone:` of its mapping, and give yakin an API key of its own"
        )
    return notes
