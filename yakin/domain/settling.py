"""Which unknown attempts a vendor's account shows as billed, and what each is charged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from yakin.domain.account import ZERO, Account, Amount, Cause, LedgerAttempt, Line, sum_usage
from yakin.domain.differences import Found
from yakin.domain.documents import AttemptId
from yakin.domain.fx import to_jpy
from yakin.domain.pricing import Tier, Usage

CLOCKS_DIFFER = timedelta(minutes=5)
ANSWERED_WITHIN = {Tier.REALTIME: timedelta(hours=2), Tier.BATCH: timedelta(hours=72)}
_NO_TOKENS = Usage(0, 0)


@dataclass(frozen=True, slots=True)
class Billed:
    """An unknown attempt that the account shows. `amount` is given where the account tells no tokens."""

    attempt_id: AttemptId
    usage: Usage
    currency: str
    request_id: str | None = None
    amount: Amount | None = None


@dataclass(frozen=True, slots=True)
class NotBilled:
    """An unknown attempt that a complete account does not show: its reservation is given back."""

    attempt_id: AttemptId


Settlement = Billed | NotBilled


def billed_by_line(attempt: LedgerAttempt, lines: Sequence[Line]) -> Billed:
    """What a request of the account says of an unknown attempt."""
    usages = [line.usage for line in lines if line.usage is not None]
    request_id = lines[0].request_id
    if usages:
        return Billed(attempt.attempt_id, sum_usage(usages), attempt.price.currency, request_id)
    native = sum((line.amount or ZERO for line in lines), ZERO)
    amount = Amount(native, to_jpy(native, attempt.fx))
    return Billed(attempt.attempt_id, _NO_TOKENS, attempt.price.currency, request_id, amount)


def assign(requests: Sequence[Sequence[Line]], unknown: Sequence[LedgerAttempt]) -> dict[AttemptId, Sequence[Line]]:
    """As many requests of the account as can be to unknown attempts of their model, time and size.

    First those whose reservation covers the whole request, then those whose reservation covers its input: a vendor
    that answered longer than it was told to bills that all the same.
    """
    assigned: dict[AttemptId, Sequence[Line]] = {}
    for whole in (True, False):
        ids = {lines[0].request_id for lines in assigned.values()}
        left = [lines for lines in requests if lines[0].request_id not in ids]
        assigned |= _assign(left, [each for each in unknown if each.attempt_id not in assigned], whole=whole)
    return assigned


def _assign(
    requests: Sequence[Sequence[Line]], unknown: Sequence[LedgerAttempt], *, whole: bool
) -> dict[AttemptId, Sequence[Line]]:
    """Each request to the nearest attempt in time that it fits, shifted along where that one is taken.

    Augmenting paths: in the end as many fit as can.
    """
    fits = [_candidates(lines, unknown, whole=whole) for lines in requests]
    holder: dict[int, int] = {}  # attempt -> request
    for request in sorted(range(len(requests)), key=lambda number: len(fits[number])):
        _augment(request, fits, holder)
    return {unknown[attempt].attempt_id: requests[request] for attempt, request in holder.items()}


def _candidates(lines: Sequence[Line], unknown: Sequence[LedgerAttempt], *, whole: bool) -> list[int]:
    usages = [line.usage for line in lines if line.usage is not None]
    usage = sum_usage(usages) if usages else _NO_TOKENS
    bounded = usage if whole else replace(usage, output_tokens=0)
    near = [
        (abs(_seconds_after(lines[0], each)), number)
        for number, each in enumerate(unknown)
        if _in_time(lines[0], each) and to_jpy(each.priced(bounded), each.fx) <= each.worst_jpy
    ]
    return [number for _, number in sorted(near)]


def _seconds_after(line: Line, attempt: LedgerAttempt) -> float:
    if line.at is None:
        return 0.0
    return (line.at - attempt.sent_at).total_seconds()


def _in_time(first: Line, attempt: LedgerAttempt) -> bool:
    if first.model not in (None, attempt.model) or first.tier not in (None, attempt.tier):
        return False
    if first.at is None:
        return abs((first.day - attempt.sent_at.date()).days) <= 1
    return -CLOCKS_DIFFER <= first.at - attempt.sent_at <= ANSWERED_WITHIN[attempt.tier]


def _augment(request: int, fits: Sequence[Sequence[int]], holder: dict[int, int]) -> None:
    """Breadth first from a request to a free attempt; the requests on the way each move on by one."""
    came_from: dict[int, int] = {}  # attempt -> the request that reached it
    queue = [request]
    for current in queue:
        for attempt in fits[current]:
            if attempt in came_from:
                continue
            came_from[attempt] = current
            if attempt not in holder:
                _move_along(attempt, request, came_from, holder)
                return
            queue.append(holder[attempt])


def _move_along(free: int, request: int, came_from: Mapping[int, int], holder: dict[int, int]) -> None:
    before = {held_by: attempt for attempt, held_by in holder.items()}
    attempt: int | None = free
    while attempt is not None:
        mover = came_from[attempt]
        left = before.get(mover)
        holder[attempt] = mover
        attempt = None if mover == request else left


def share_out(found: Found, unknown: Sequence[LedgerAttempt]) -> tuple[list[Billed], Found]:
    """The billed rest of a bucket over its unknown attempts, exactly, the remainder to the last.

    Never above what they reserved: what is billed beyond that stays unexplained. The second value is the bucket with
    what is shared out under its cause.
    """
    rest, cause = _rest(found)
    if rest is None:
        return [], found
    room = sum((each.worst_jpy for each in unknown), ZERO)
    shared_jpy = found.part(cause).jpy
    share = Fraction(1) if shared_jpy <= room else Fraction(room) / Fraction(shared_jpy)
    weights = [each.worst_jpy for each in unknown]
    if rest is _NO_TOKENS:
        part = found.part(cause) if share == 1 else _scaled(found.part(cause), share)
        amounts = zip(spread(part.native, weights), spread(part.jpy, weights), strict=True)
        billed = [
            Billed(each.attempt_id, rest, each.price.currency, amount=Amount(*amount))
            for each, amount in zip(unknown, amounts, strict=True)
        ]
        return billed, found.with_cause(Cause.UNKNOWN_ATTEMPT, part, cause)
    usages = _split_usage(rest, share, weights)
    part = found.part(cause)
    if share < 1:
        native = sum((each.priced(usage) for each, usage in zip(unknown, usages, strict=True)), ZERO)
        part = Amount(native, to_jpy(native, unknown[-1].fx))
    billed = [Billed(each.attempt_id, usage, each.price.currency) for each, usage in zip(unknown, usages, strict=True)]
    marked = found.with_cause(Cause.UNKNOWN_ATTEMPT, part, cause)
    left = marked.part(cause)
    return billed, marked.with_cause(Cause.UNEXPLAINED, left, cause) if share < 1 else marked


def exceeds(found: Found, unknown: Sequence[LedgerAttempt]) -> bool:
    """Whether a bucket's billed rest is more than its unknown attempts reserved."""
    _, cause = _rest(found)
    return found.part(cause).jpy > sum((each.worst_jpy for each in unknown), ZERO)


def _rest(found: Found) -> tuple[Usage | None, Cause]:
    """The tokens that the account has more, or no tokens where it only tells money; None where it has no more."""
    usages = [line.usage for line in found.lines if line.usage is not None]
    if not usages:
        more = found.part(Cause.UNEXPLAINED)
        return (_NO_TOKENS if more.native > 0 and more.jpy > 0 else None), Cause.UNEXPLAINED
    theirs = sum_usage(usages)
    ours = sum_usage(each.usage for each in found.attempts if each.usage is not None)
    rest = Usage(
        theirs.input_tokens - ours.input_tokens,
        theirs.output_tokens - ours.output_tokens,
        theirs.cached_input_tokens - ours.cached_input_tokens,
        theirs.cache_write_tokens - ours.cache_write_tokens,
    )
    cause = Cause.TOKENS if found.attempts else Cause.UNEXPLAINED
    all_more = min(_plain(rest), rest.output_tokens, rest.cached_input_tokens, rest.cache_write_tokens) >= 0
    some_more = rest.input_tokens + rest.output_tokens > 0
    return (rest if all_more and some_more and found.part(cause).jpy > 0 else None), cause


def _split_usage(rest: Usage, share: Fraction, weights: Sequence[Decimal]) -> list[Usage]:
    # cached and other input apart, so that nobody gets more cached than input tokens
    plain, output, cached, written = (
        _split_whole(int(count * share), weights)
        for count in (_plain(rest), rest.output_tokens, rest.cached_input_tokens, rest.cache_write_tokens)
    )
    parts = zip(plain, output, cached, written, strict=True)
    return [Usage(p + c + w, o, c, w) for p, o, c, w in parts]


def _plain(usage: Usage) -> int:
    return usage.input_tokens - usage.cached_input_tokens - usage.cache_write_tokens


def _split_whole(count: int, weights: Sequence[Decimal]) -> list[int]:
    parts = [int(Fraction(count) * _weight(each, weights)) for each in weights[:-1]]
    return [*parts, count - sum(parts)]


def spread(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """An amount in proportion to the weights, to six decimals; the last takes the remainder, so the sum is exact."""
    parts = []
    for each in weights[:-1]:
        share = _weight(each, weights)
        exact = amount * share.numerator / share.denominator
        parts.append(exact.quantize(Decimal("0.000001")))
    return [*parts, amount - sum(parts, ZERO)]


def _weight(weight: Decimal, weights: Sequence[Decimal]) -> Fraction:
    every = sum(weights, ZERO)
    return Fraction(weight) / Fraction(every) if every else Fraction(1, len(weights))


def _scaled(amount: Amount, share: Fraction) -> Amount:
    parts = [each * share.numerator / share.denominator for each in amount]
    return Amount(parts[0].quantize(Decimal("0.000001")), parts[1].quantize(Decimal("0.000001")))


def may_release(account: Account, attempt: LedgerAttempt, known_models: Iterable[str]) -> bool:
    """Whether a complete account says that an unknown attempt was not billed by not showing it.

    An account whose names of models are not ours says nothing about a model that it does not name.
    """
    if not account.complete or not account.covers(attempt.days(account.zone)[0]):
        return False
    named = {line.model for line in account.lines}
    return None in named or attempt.model in named or named <= set(known_models)
