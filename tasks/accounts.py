"""Hold a vendor's account against the ledger: import it, settle what was unknown, book what is told to be booked.

No Prefect here: the command and the flow share it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from tasks.account_parameters import (
    CauseAmount,
    ComparedPart,
    ImportedAccount,
    ReconcileParameters,
    ReconciliationSummary,
)
from yakin.catalogue.invoices.files import ReadInvoice
from yakin.catalogue.invoices.mapping import invoice_mapping
from yakin.catalogue.invoices.read import read_invoice
from yakin.domain.account import Account, Amount, Cause, as_we_name_it, total
from yakin.domain.asking import Outcome, Reply
from yakin.domain.differences import Found, State, by_cause
from yakin.domain.documents import AttemptId
from yakin.domain.pricing import Tier
from yakin.domain.reconciling import Proposal, Reconciliation, reconcile
from yakin.domain.settling import Billed, Settlement
from yakin.errors import UsageError
from yakin.store import accounts, ledger
from yakin.store.adjustments import Correction, adjust_attempt, open_day_of
from yakin.store.pool import Pool

LATE_LINES = timedelta(days=3)  # vendors add lines to a day for a while; after this its account counts as complete
ONE_DAY = timedelta(days=1)


async def import_account(pool: Pool, wanted: ReconcileParameters, layers: Sequence[Path]) -> ImportedAccount:
    """Read every file before the first is kept: all of the account, or nothing. Raises CatalogueError, UsageError."""
    mapping = invoice_mapping(wanted.vendor, layers, Path(wanted.mapping) if wanted.mapping else None)
    read = [read_invoice(path, wanted.vendor, mapping, wanted.format) for path in _files(Path(wanted.source))]
    _check_month(wanted, [line.day for each in read for _, line in each.lines])
    async with pool.connection() as conn:
        await accounts.check_vendor(conn, wanted.vendor, rehearsal=wanted.rehearsal)
        kept = [await accounts.save_invoice(conn, _new_invoice(wanted, each)) for each in read]
    return ImportedAccount(
        invoice_ids=tuple(sorted({each.invoice_id for each in kept})),
        already_there=sum(not each.new for each in kept),
        lines=sum(len(each.lines) for each in read),
        skipped=sum(each.skipped for each in read),
    )


def _check_month(wanted: ReconcileParameters, days: Sequence[date]) -> None:
    """An account of other days would be taken for one that bills nothing, and unknown attempts would be given back."""
    if wanted.period is None or not days:
        return
    start, end = wanted.period
    if not any(start - ONE_DAY <= day <= end + ONE_DAY for day in days):  # days may be of another time zone
        raise UsageError(
            f"--month: no line of the account lies in {wanted.month}; its days are {min(days)} to {max(days)}; "
            "correct the month or choose another file"
        )


def _files(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    found = sorted(path for path in source.glob("*") if path.suffix.lower() in (".csv", ".json", ".tsv", ".txt"))
    if not found:
        raise UsageError(f"FILE: {source} is no file and no folder with .csv, .tsv or .json files; correct the path")
    return found


def _new_invoice(wanted: ReconcileParameters, read: ReadInvoice) -> accounts.NewInvoice:
    return accounts.NewInvoice(
        vendor=wanted.vendor,
        format=read.format,
        file_name=read.name,
        sha256=read.sha256,
        reading=read.reading,
        zone=read.zone,
        native_unit=read.native_unit,
        jpy_unit=read.jpy_unit,
        imported_by=wanted.made_by,
        lines=read.lines,
    )


async def reconcile_account(
    pool: Pool, wanted: ReconcileParameters, imported: ImportedAccount
) -> ReconciliationSummary:
    """Settle what the account tells of unknown attempts, book where that was asked for, and keep what is left.

    Run again it finds what it has settled and booked, and does neither twice.
    """
    async with pool.connection() as held:
        await accounts.hold_vendor(held, wanted.vendor)
        work = _Work(pool, wanted, imported)
        before = await work.compare()
        await work.settle(before.settlements)
        settled = await work.compare()
        await work.book(settled.proposals)
        after = await work.compare()
        if after.settlements:  # what was booked is nobody's doubt any more
            await work.settle(after.settlements)
            after = await work.compare()
        return await work.keep(before, after)


class _Work:
    """The steps of one reconciliation, and what they have come to so far."""

    def __init__(self, pool: Pool, wanted: ReconcileParameters, imported: ImportedAccount) -> None:
        self._pool, self._wanted, self._imported = pool, wanted, imported
        self._account: Account | None = None
        self._lost_before: frozenset[AttemptId] = frozenset()
        self._lost, self._released, self._lost_jpy = 0, 0, Decimal(0)
        self._booked: list[Proposal] = []

    async def compare(self) -> Reconciliation:
        """The account against the ledger as they are now."""
        wanted = self._wanted
        async with self._pool.connection() as conn:
            told = await accounts.account(conn, self._imported.invoice_ids, wanted.period, complete=wanted.complete)
            ours = await accounts.attempts(conn, wanted.vendor, (told.start, told.end), rehearsal=wanted.rehearsal)
        known = {each.model for each in ours.attempts}
        is_over = told.end + LATE_LINES < datetime.now(UTC).date()
        self._account = replace(
            told,
            # only a month that was asked for ends by itself: a file may cover part of its days
            complete=wanted.complete or (wanted.period is not None and is_over),
            lines=tuple(replace(line, model=as_we_name_it(line.model, known)) for line in told.lines),
        )
        self._lost_before = ours.lost
        return reconcile(self._account, ours.attempts)

    async def settle(self, settlements: Iterable[Settlement]) -> None:
        """Lost where billed, given back where not. What a late answer has settled meanwhile is left alone."""
        for each in settlements:
            async with self._pool.connection() as conn:
                if not await accounts.still_unknown(conn, each.attempt_id):
                    continue
                cost_jpy = (await ledger.settle(conn, each.attempt_id, _reply(each))).cost_jpy
                if isinstance(each, Billed) and each.amount is not None:
                    correction = self._correction(Cause.UNKNOWN_ATTEMPT, each.amount, each.currency)
                    await adjust_attempt(conn, each.attempt_id, correction)
                    cost_jpy += each.amount.jpy
            self._lost_jpy += cost_jpy
            self._lost += isinstance(each, Billed)
            self._released += not isinstance(each, Billed)

    async def book(self, proposals: Iterable[Proposal]) -> None:
        """Where it was asked for; what a lost request cost more or less is part of its charge and always booked.

        One correction per transaction, so that the caps are held as shortly as by any settlement.
        """
        for each in proposals:
            if not self._wanted.book and not (each.alone and each.attempt_id in self._lost_before):
                continue
            async with self._pool.connection() as conn:
                correction = self._correction(each.cause, each.amount, each.currency)
                day = await open_day_of(conn, each.attempt_id)
                await adjust_attempt(conn, each.attempt_id, correction, on=day)
            self._booked.append(each)

    def _correction(self, cause: Cause, amount: Amount, currency: str) -> Correction:
        native = amount.native or None
        return Correction(amount.jpy, cause.value, self._wanted.made_by, native, currency if native else None)

    async def keep(self, before: Reconciliation, after: Reconciliation) -> ReconciliationSummary:
        """Keep what is left, and say what it all came to."""
        account, wanted = self._account, self._wanted
        assert account is not None
        parts = list(_comparisons(after.found))
        kept = accounts.Reconciled(
            wanted.vendor, wanted.rehearsal, self._imported.invoice_ids, account.start, account.end, account.complete,
            self._lost, self._released, len(self._booked), wanted.made_by,
        )  # fmt: skip
        async with self._pool.connection() as conn:
            reconciliation_id = await accounts.save_reconciliation(conn, kept, parts)
        return ReconciliationSummary(
            reconciliation_id=reconciliation_id,
            vendor=wanted.vendor,
            rehearsal=wanted.rehearsal,
            period_start=account.start,
            period_end=account.end,
            complete=account.complete,
            imported=self._imported,
            found=_amounts(before.by_cause.items()),
            lost=self._lost,
            lost_jpy=self._lost_jpy,
            released=self._released,
            booked=len(self._booked),
            booked_jpy=total(each.amount for each in self._booked).jpy,
            proposed=_amounts((each.cause, each.amount) for each in after.proposals),
            left=_amounts(after.by_cause.items()),
            parts=[_part(each) for each in parts],
            all_explained=after.all_explained,
            notes=[*before.exceeded, *after.notes],
        )


def _reply(settlement: Settlement) -> Reply:
    if isinstance(settlement, Billed):
        return Reply(Outcome.LOST, settlement.usage, provider_request_id=settlement.request_id)
    return Reply(Outcome.TRANSIENT, detail="not on the vendor's account")


def _comparisons(found: Iterable[Found]) -> Iterable[accounts.Comparison]:
    groups: dict[tuple[date, str | None, Tier | None, State], list[Found]] = defaultdict(list)
    for each in found:
        groups[each.bucket.day, each.bucket.model, each.bucket.tier, each.state].append(each)
    for key in sorted(groups, key=lambda key: (key[0], key[1] or "", key[2] or "", key[3])):
        group = groups[key]
        yield accounts.Comparison(
            day=key[0],
            model=key[1],
            tier=key[2],
            state=key[3].value,
            lines=sum(len(each.lines) for each in group),
            attempts=sum(len(each.attempts) for each in group),
            currency=_currency(group),
            ours=total(each.ours for each in group),
            theirs=total(each.theirs for each in group),
            causes=by_cause(group),
        )


def _currency(group: Sequence[Found]) -> str | None:
    ours = {attempt.price.currency for each in group for attempt in each.attempts}
    theirs = {line.currency for each in group for line in each.lines if line.currency}
    known = ours or theirs
    return known.pop() if len(known) == 1 else None


def _amounts(parts: Iterable[tuple[Cause, Amount]]) -> list[CauseAmount]:
    summed: dict[Cause, Amount] = {}
    for cause, amount in parts:
        summed[cause] = total([amount, *([summed[cause]] if cause in summed else [])])
    return [CauseAmount(cause=cause, native=amount.native, jpy=amount.jpy) for cause, amount in summed.items()]


def _part(part: accounts.Comparison) -> ComparedPart:
    return ComparedPart(
        day=part.day,
        model=part.model,
        tier=part.tier,
        state=State(part.state),
        lines=part.lines,
        attempts=part.attempts,
        currency=part.currency,
        ours_native=part.ours.native,
        theirs_native=part.theirs.native,
        ours_jpy=part.ours.jpy,
        theirs_jpy=part.theirs.jpy,
        causes=_amounts(part.causes.items()),
    )
