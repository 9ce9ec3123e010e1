"""Lines of an account beside attempts of the ledger: request by request, or day by day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from yakin.domain.account import (
    ZERO,
    Account,
    Cause,
    LedgerAttempt,
    Line,
    sum_usage,
    total,
)
from yakin.domain.differences import Bucket, Found, compare, same_tokens
from yakin.domain.documents import AttemptId
from yakin.domain.fx import YEN_PLACES
from yakin.domain.settling import Billed, assign, billed_by_line, exceeds, share_out


def _latest(attempts: Iterable[LedgerAttempt]) -> dict[str | None, LedgerAttempt]:
    """The latest attempt of each model, and of all under None: its price values what the ledger does not have."""
    latest: dict[str | None, LedgerAttempt] = {}
    for attempt in sorted(attempts, key=lambda each: each.sent_at):
        latest[attempt.model] = latest[None] = attempt
    return latest


def requests_and_totals(lines: Iterable[Line]) -> tuple[list[list[Line]], list[Line]]:
    """Lines of one request together, and the lines that are totals. What bills nothing is left out."""
    requests: dict[str, list[Line]] = defaultdict(list)
    rest = []
    for line in lines:
        if line.request_id is None:
            rest.append(line)
        else:
            requests[line.request_id].append(line)
    return [each for each in requests.values() if any(line.bills for line in each)], rest


class ByRequest:
    """Request by request."""

    def __init__(self, account: Account, attempts: Sequence[LedgerAttempt]) -> None:
        self._account, self._attempts, self._latest = account, attempts, _latest(attempts)
        self.found: list[Found] = []
        self.settled: list[Billed] = []
        self.taken: set[AttemptId] = set()
        self.exceeded: list[str] = []

    def match(self, requests: Sequence[list[Line]]) -> None:
        """By id; then what nobody knows to unknown attempts; the rest is not ours."""
        ids = {each.request_id: each for each in self._attempts if each.request_id is not None}
        unmatched = []
        for lines in requests:
            attempt = ids.get(lines[0].request_id or "")
            if attempt is None or attempt.attempt_id in self.taken:
                unmatched.append(lines)
            elif attempt.is_unknown:
                self._settle(attempt, lines)
            else:
                self._add(lines, [attempt])
        unknown = [each for each in self._attempts if each.is_unknown and each.attempt_id not in self.taken]
        unknown = [each for each in unknown if each.request_id is None]
        assigned = assign(unmatched, unknown)
        for attempt in unknown:
            if attempt.attempt_id in assigned:
                self._settle(attempt, assigned[attempt.attempt_id])
        ours = {lines[0].request_id for lines in assigned.values()}
        for lines in unmatched:
            if lines[0].request_id not in ours:
                self._add(lines, [])

    def close(self) -> None:
        """Where the account tells every request: what was charged and is not on it."""
        for attempt in self._attempts:
            own_day = attempt.days(self._account.zone)[0]
            if attempt.attempt_id in self.taken or attempt.is_unknown or not self._account.covers(own_day):
                continue
            if any(attempt.cost):
                missing = compare(self._account, self._bucket(own_day, attempt), [], [attempt])
                self.found.append(_as_timing(missing) if self._may_come_elsewhere(attempt) else missing)

    def _may_come_elsewhere(self, attempt: LedgerAttempt) -> bool:
        """A vendor with other days has it in the neighbouring period; one that is not done has it later."""
        if not all(self._account.covers(day) for day in attempt.days(self._account.zone)):
            return True
        times = [line.at for line in self._account.lines if line.at is not None]
        return not self._account.complete and bool(times) and attempt.sent_at > max(times)

    def _bucket(self, day: date, attempt: LedgerAttempt) -> Bucket:
        return Bucket(day, attempt.model, attempt.tier)

    def _add(self, lines: list[Line], attempts: list[LedgerAttempt]) -> None:
        tier = attempts[0].tier if attempts else lines[0].tier
        model = attempts[0].model if attempts else lines[0].model
        bucket = Bucket(lines[0].day, model, tier)
        self.found.append(compare(self._account, bucket, lines, attempts, self._latest.get(model)))
        self.taken.update(each.attempt_id for each in attempts)

    def _settle(self, attempt: LedgerAttempt, lines: Sequence[Line]) -> None:
        self.taken.add(attempt.attempt_id)
        self.settled.append(billed_by_line(attempt, lines))
        billed = compare(self._account, self._bucket(lines[0].day, attempt), lines, [], attempt)
        if billed.theirs.jpy > attempt.worst_jpy:
            self.exceeded.append(
                f"attempt {attempt.attempt_id} had reserved {attempt.worst_jpy} yen and is billed {billed.theirs.jpy}"
            )
        self.found.append(_as_cause(billed, Cause.UNKNOWN_ATTEMPT, Cause.UNEXPLAINED))


class ByTotals:
    """Day by day, as finely as the account tells models and tiers apart."""

    def __init__(self, account: Account, attempts: Sequence[LedgerAttempt]) -> None:
        self._account, self._latest = account, _latest(attempts)
        self._by_model, self._by_tier = account.by_model, account.by_tier
        self.found: list[Found] = []
        self.settled: list[Billed] = []
        self.exceeded: list[str] = []

    def match(self, lines: Sequence[Line], attempts: Sequence[LedgerAttempt]) -> None:
        """Compare each bucket; what the neighbouring day explains is timing, what is left over was unknown."""
        theirs: dict[Bucket, list[Line]] = defaultdict(list)
        for line in lines:
            theirs[self._of(line.day, line)].append(line)
        ours: list[dict[Bucket, list[LedgerAttempt]]] = []
        for number in range(6):  # the ways to count days that `LedgerAttempt.days` lists
            ours.append(defaultdict(list))
            for attempt in attempts:
                ours[number][self._of(attempt.days(self._account.zone)[number], attempt)].append(attempt)
        buckets = {each for each in (*theirs, *ours[0]) if self._account.covers(each.day)}
        for bucket in sorted(buckets, key=lambda each: (each.day, each.model or "", each.tier or "")):
            self._compare(bucket, theirs.get(bucket, []), [each.get(bucket, []) for each in ours])

    def _of(self, day: date, what: Line | LedgerAttempt) -> Bucket:
        return Bucket(day, what.model if self._by_model else None, what.tier if self._by_tier else None)

    def _compare(self, bucket: Bucket, lines: list[Line], ways: Sequence[Sequence[LedgerAttempt]]) -> None:
        charged = [[each for each in way if not each.is_unknown] for way in ways]
        unknown = [each for each in ways[0] if each.is_unknown]
        if not lines and not any(any(each.cost) for each in charged[0]):
            return
        like = unknown[-1] if unknown else self._latest.get(bucket.model)
        found = compare(self._account, bucket, lines, charged[0], like)
        if any(way != charged[0] and _counts_the_same(self._account, lines, way) for way in charged[1:]):
            found = _as_timing(found)
        elif unknown and lines:
            too_much = exceeds(found, unknown)
            billed, found = share_out(found, unknown)
            self.settled += billed if self._account.complete else []
            if billed and too_much:
                self.exceeded.append(
                    f"{bucket.day} {bucket.model or 'all models'}: more is billed than {len(unknown)} unknown attempts "
                    "had reserved; the rest stays unexplained"
                )
        self.found.append(found)


def _counts_the_same(account: Account, lines: Sequence[Line], attempts: Sequence[LedgerAttempt]) -> bool:
    """Whether the account's day holds exactly these: the same tokens, or money where it tells no tokens."""
    if not lines:
        return not attempts
    if not attempts:
        return False
    usages = [line.usage for line in lines if line.usage is not None]
    if usages:
        ours = [each.usage for each in attempts if each.usage is not None]
        return len(ours) == len(attempts) and same_tokens(sum_usage(ours), sum_usage(usages))
    if any(line.currency not in (None, attempts[0].price.currency) for line in lines):
        return False
    native = sum((line.amount or ZERO for line in lines), ZERO)
    return abs(native - total(each.cost for each in attempts).native) < (account.native_unit or YEN_PLACES)


def _as_timing(found: Found) -> Found:
    for cause in (Cause.TOKENS, Cause.UNEXPLAINED):
        found = _as_cause(found, Cause.TIMING, cause)
    return found


def _as_cause(found: Found, cause: Cause, instead_of: Cause) -> Found:
    return found.with_cause(cause, found.part(instead_of), instead_of)
