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
from yakin.store.adjustments import Correction, adjust_attempt
from yakin.store.pool import Pool

LATE_LINES = timedelta(days=3)  # vendors add lines to a day for a while; after this its account counts as complete


async def import_account(pool: Pool, wanted: ReconcileParameters, layers: Sequence[Path]) -> ImportedAccount:
    """Read every file before the first is kept: all of the account, or nothing. Raises CatalogueError, UsageError."""
    mapping = invoice_mapping(wanted.vendor, layers, Path(wanted.mapping) if wanted.mapping else None)
    read = [read_invoice(path, wanted.vendor, mapping, wanted.format) for path in _files(Path(wanted.source))]
    async with pool.connection() as conn:
        await accounts.check_vendor(conn, wanted.vendor, rehearsal=wanted.rehearsal)
        kept = [await accounts.save_invoice(conn, _new_invoice(wanted, each)) for each in read]
    return ImportedAccount(
        invoice_ids=tuple(sorted({each.invoice_id for each in kept})),
        already_there=sum(not each.new for each in kept),
        lines=sum(len(each.lines) for each in read),
        skipped=sum(each.skipped for each in read),
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
        before, _, _ = await work.compare()
        lost, released, lost_jpy = await work.settle(before.settlements)
        settled, lost_ids, _ = await work.compare()
        booked = [each for each in settled.proposals if wanted.book or (each.alone and each.attempt_id in lost_ids)]
        await work.book(booked)
        after, _, account = await work.compare()
        parts = list(_comparisons(after.found))
        kept = accounts.Reconciled(
            wanted.vendor, wanted.rehearsal, imported.invoice_ids, account.start, account.end, account.complete,
            lost, released, len(booked), wanted.made_by,
        )  # fmt: skip
        async with pool.connection() as conn:
            reconciliation_id = await accounts.save_reconciliation(conn, kept, parts)
    return ReconciliationSummary(
        reconciliation_id=reconciliation_id,
        vendor=wanted.vendor,
        rehearsal=wanted.rehearsal,
        period_start=account.start,
        period_end=account.end,
        complete=account.complete,
        imported=imported,
        found=_amounts(before.by_cause.items()),
        lost=lost,
        lost_jpy=lost_jpy,
        released=released,
        booked=len(booked),
        booked_jpy=total(each.amount for each in booked).jpy,
        proposed=_amounts((each.cause, each.amount) for each in after.proposals),
        left=_amounts(after.by_cause.items()),
        parts=[_part(each) for each in parts],
        all_explained=after.all_explained,
        notes=list(dict.fromkeys((*before.notes, *after.notes))),
    )


class _Work:
    """The steps of one reconciliation."""

    def __init__(self, pool: Pool, wanted: ReconcileParameters, imported: ImportedAccount) -> None:
        self._pool, self._wanted, self._imported = pool, wanted, imported

    async def compare(self) -> tuple[Reconciliation, frozenset[AttemptId], Account]:
        """The account against the ledger as they are now."""
        wanted = self._wanted
        async with self._pool.connection() as conn:
            told = await accounts.account(conn, self._imported.invoice_ids, wanted.period, complete=wanted.complete)
            ours = await accounts.attempts(conn, wanted.vendor, (told.start, told.end), rehearsal=wanted.rehearsal)
        known = {each.model for each in ours.attempts}
        told = replace(
            told,
            # only a month that was asked for ends: a file may cover part of its days
            complete=wanted.complete
            or (wanted.period is not None and told.end + LATE_LINES < datetime.now(UTC).date()),
            lines=tuple(replace(line, model=as_we_name_it(line.model, known)) for line in told.lines),
        )
        return reconcile(told, ours.attempts), ours.lost, told

    async def settle(self, settlements: Iterable[Settlement]) -> tuple[int, int, Decimal]:
        """Lost where billed, given back where not: how many of each, and the yen of what was lost."""
        lost, released, lost_jpy = 0, 0, Decimal(0)
        for each in settlements:
            async with self._pool.connection() as conn:
                if not await accounts.still_unknown(conn, each.attempt_id):
                    continue
                if not isinstance(each, Billed):
                    unbilled = Reply(Outcome.TRANSIENT, detail="not on the vendor's account")
                    await ledger.settle(conn, each.attempt_id, unbilled)
                    released += 1
                    continue
                billed = Reply(Outcome.LOST, each.usage, provider_request_id=each.request_id)
                cost_jpy = (await ledger.settle(conn, each.attempt_id, billed)).cost_jpy
                if each.amount is not None:
                    correction = self._correction(Cause.UNKNOWN_ATTEMPT, each.amount, each.currency)
                    await adjust_attempt(conn, each.attempt_id, correction)
                    cost_jpy += each.amount.jpy
                lost, lost_jpy = lost + 1, lost_jpy + cost_jpy
        return lost, released, lost_jpy

    async def book(self, proposals: Iterable[Proposal]) -> None:
        """One correction per transaction, so that the caps are held as shortly as by any settlement."""
        for each in proposals:
            async with self._pool.connection() as conn:
                await adjust_attempt(
                    conn, each.attempt_id, self._correction(each.cause, each.amount, each.currency)
                )  # fmt: skip

    def _correction(self, cause: Cause, amount: Amount, currency: str) -> Correction:
        native = amount.native or None
        return Correction(amount.jpy, cause.value, self._wanted.made_by, native, currency if native else None)


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
