"""Vendors' accounts: imported files and their lines, the ledger's side of them, and what was found."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection

from yakin.domain.account import NOTHING, Account, Amount, Cause, LedgerAttempt, Line
from yakin.domain.asking import Outcome
from yakin.domain.documents import AttemptId
from yakin.domain.pricing import PriceRate, Tier, Usage
from yakin.errors import UsageError
from yakin.store.frozen_rates import fx_of, price_of
from yakin.store.json_values import storable
from yakin.store.queries import Row, load_queries

_SQL = load_queries("accounts")
_NO_TOKENS = Usage(0, 0)


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """A file that was read. The same file, read the same way, is kept once."""

    vendor: str
    format: str
    file_name: str
    sha256: str
    reading: str
    zone: ZoneInfo
    native_unit: Decimal
    jpy_unit: Decimal
    imported_by: str
    lines: tuple[tuple[int, Line], ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """A file in the database; `new` is False when it was there already."""

    invoice_id: int
    new: bool


async def hold_vendor(conn: AsyncConnection, vendor: str) -> None:
    """Be the only one who reconciles this vendor until the transaction ends; raises UsageError when another does."""
    row = await _SQL.one(conn, "hold_vendor", vendor=vendor)
    if not (row and row["held"]):
        raise UsageError(f"the account of {vendor} is being reconciled by another process; try again when it has ended")


async def check_vendor(conn: AsyncConnection, vendor: str, *, rehearsal: bool) -> None:
    """Raise UsageError unless runs have asked an endpoint or operator of that name."""
    rows = await _SQL.all(conn, "vendors", rehearsal=rehearsal)
    known = list(dict.fromkeys(name for row in rows for name in (row["operator"], row["endpoint"])))
    if vendor not in known:
        asked = f"runs have asked {', '.join(known)}" if known else "no run has asked anybody"
        flag = "" if rehearsal else "; rehearsals are reconciled with --rehearsal"
        raise UsageError(f"--vendor: {vendor} is neither an operator nor an endpoint of any run: {asked}{flag}")


async def save_invoice(conn: AsyncConnection, new: NewInvoice) -> Imported:
    """Keep a file with its lines; the same one twice changes nothing."""
    days = [line.day for _, line in new.lines]
    if not days:
        raise UsageError(f"{new.file_name}: holds no line of the account; check its format and its month")
    key = {"vendor": new.vendor, "sha256": new.sha256, "reading": new.reading}
    row = await _SQL.one(
        conn,
        "save_invoice",
        **key,
        format=new.format,
        file_name=storable(new.file_name),
        period_start=min(days),
        period_end=max(days),
        timezone=new.zone.key,
        native_unit=new.native_unit,
        jpy_unit=new.jpy_unit,
        imported_by=storable(new.imported_by),
    )
    if row is None:
        row = await _SQL.one(conn, "invoice_id", **key)
        assert row is not None
        return Imported(row["invoice_id"], new=False)
    lines = [_line_columns(row["invoice_id"], number, line) for number, line in new.lines]
    await conn.cursor().executemany(_SQL.by_name["save_line"], lines)
    return Imported(row["invoice_id"], new=True)


def _line_columns(invoice_id: int, number: int, line: Line) -> Row:
    usage = line.usage
    return {
        "invoice_id": invoice_id,
        "line": number,
        "day": line.day,
        "at": line.at,
        "model": storable(line.model),
        "tier": line.tier,
        "request_id": storable(line.request_id),
        "requests": line.requests,
        "input_tokens": usage.input_tokens if usage else None,
        "cached_input_tokens": usage.cached_input_tokens if usage else None,
        "cache_write_tokens": usage.cache_write_tokens if usage else None,
        "output_tokens": usage.output_tokens if usage else None,
        "amount_native": line.amount,
        "currency": line.currency if line.amount is not None else None,
        "amount_jpy": line.amount_jpy,
    }


async def account(
    conn: AsyncConnection, invoice_ids: Sequence[int], period: tuple[date, date] | None, *, complete: bool
) -> Account:
    """The lines of these files in that period, else in the days that they cover."""
    files = await _SQL.all(conn, "invoices", invoice_ids=list(invoice_ids))
    zones = {row["timezone"] for row in files}
    if len(zones) != 1:
        raise UsageError(f"the files count days in different zones ({', '.join(sorted(zones))}); reconcile them apart")
    start, end = period or (min(row["period_start"] for row in files), max(row["period_end"] for row in files))
    rows = await _SQL.all(conn, "lines", invoice_ids=list(invoice_ids), start=start, end=end)
    return Account(
        lines=tuple(_line(row) for row in rows),
        start=start,
        end=end,
        complete=complete,
        zone=ZoneInfo(zones.pop()),
        native_unit=max(row["native_unit"] for row in files),
        jpy_unit=max(row["jpy_unit"] for row in files),
    )


def _line(row: Row) -> Line:
    return Line(
        day=row["day"],
        at=row["at"],
        model=row["model"],
        tier=Tier(row["tier"]) if row["tier"] else None,
        request_id=row["request_id"],
        requests=row["requests"],
        usage=_usage(row),
        amount=row["amount_native"],
        currency=row["currency"],
        amount_jpy=row["amount_jpy"],
    )


def _usage(row: Row) -> Usage | None:
    if row["input_tokens"] is None:
        return None
    return Usage(
        row["input_tokens"], row["output_tokens"] or 0, row["cached_input_tokens"] or 0, row["cache_write_tokens"] or 0
    )


@dataclass(frozen=True, slots=True)
class Ours:
    """The ledger's attempts at a vendor, and which of them are lost: billed, and nobody saw the answer."""

    attempts: tuple[LedgerAttempt, ...]
    lost: frozenset[AttemptId]


async def attempts(conn: AsyncConnection, vendor: str, period: tuple[date, date], *, rehearsal: bool) -> Ours:
    """What left for the vendor in and around that period, charged or not."""
    rows = await _SQL.all(conn, "attempts", vendor=vendor, rehearsal=rehearsal, start=period[0], end=period[1])
    corrections: dict[str, dict[Cause, Amount]] = defaultdict(dict)
    for each in await _SQL.all(conn, "corrections", attempt_ids=[row["attempt_id"] for row in rows]):
        # what a person corrected for a reason of their own is no cause that an account can confirm
        cause = Cause(each["reason"]) if each["reason"] in list(Cause) else Cause.UNEXPLAINED
        before = corrections[each["attempt_id"]].get(cause, NOTHING)
        corrections[each["attempt_id"]][cause] = before.plus(Amount(each["native"], each["jpy"]))
    cliffs: dict[tuple[str, str], list[PriceRate]] = defaultdict(list)
    for each in await _SQL.all(conn, "cliffs", run_ids=list({row["run_id"] for row in rows})):
        cliffs[each["run_id"], each["offer"]].append(price_of(each))
    return Ours(
        tuple(_attempt(row, corrections, cliffs) for row in rows),
        frozenset(AttemptId(row["attempt_id"]) for row in rows if row["outcome"] == Outcome.LOST),
    )


def _attempt(
    row: Row,
    corrections: Mapping[str, Mapping[Cause, Amount]],
    cliffs: Mapping[tuple[str, str], Sequence[PriceRate]],
) -> LedgerAttempt:
    charged = Amount(row["charged_native"] or Decimal(0), row["charged_jpy"] or Decimal(0))
    unseen = row["outcome"] in (Outcome.UNKNOWN, Outcome.INTENT)
    usage = _usage(row) if any(charged) else _NO_TOKENS
    return LedgerAttempt(
        attempt_id=AttemptId(row["attempt_id"]),
        group=(row["run_id"], row["use_case"], row["department"], tuple(row["budget_ids"])),
        model=row["vendor_model"],
        tier=Tier(row["tier"]),
        request_id=row["provider_request_id"],
        sent_at=row["sent_at"],
        finished_at=row["finished_at"],
        is_unknown=unseen,
        in_flight=row["outcome"] == Outcome.INTENT or (unseen and row["in_batch"]),
        worst_jpy=row["worst_jpy"],
        usage=None if unseen or row["cost_is_bound"] else usage,
        charged=charged,
        price=price_of(row),
        fx=fx_of(row),
        cliffs=tuple(cliffs.get((row["run_id"], row["offer"]), ())),
        corrections=corrections.get(row["attempt_id"], {}),
    )


async def still_unknown(conn: AsyncConnection, attempt_id: AttemptId) -> bool:
    """Whether nobody has settled the attempt meanwhile; it stays so until the transaction ends."""
    row = await _SQL.one(conn, "still_unknown", attempt_id=attempt_id)
    return bool(row and row["unknown"])


@dataclass(frozen=True, slots=True)
class Comparison:
    """One day, model, tier and state of a reconciliation."""

    day: date
    model: str | None
    tier: Tier | None
    state: str
    lines: int
    attempts: int
    currency: str | None
    ours: Amount
    theirs: Amount
    causes: Mapping[Cause, Amount]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A reconciliation as it is kept."""

    vendor: str
    rehearsal: bool
    invoice_ids: tuple[int, ...]
    start: date
    end: date
    complete: bool
    lost: int
    released: int
    booked: int
    made_by: str


async def save_reconciliation(conn: AsyncConnection, done: Reconciled, parts: Iterable[Comparison]) -> int:
    """Keep what was found; its id."""
    columns = {name: getattr(done, name) for name in done.__slots__}
    row = await _SQL.one(conn, "save_reconciliation", **columns | {"invoice_ids": sorted(done.invoice_ids)})
    assert row is not None
    rows = [_part_columns(row["reconciliation_id"], number, part) for number, part in enumerate(parts, start=1)]
    await conn.cursor().executemany(_SQL.by_name["save_part"], rows)
    return int(row["reconciliation_id"])


def _part_columns(reconciliation_id: int, number: int, part: Comparison) -> Row:
    return {
        "reconciliation_id": reconciliation_id,
        "number": number,
        "day": part.day,
        "model": part.model,
        "tier": part.tier,
        "state": part.state,
        "lines": part.lines,
        "attempts": part.attempts,
        "currency": part.currency,
        "ours_native": part.ours.native,
        "theirs_native": part.theirs.native,
        "ours_jpy": part.ours.jpy,
        "theirs_jpy": part.theirs.jpy,
        "causes": [cause.value for cause in part.causes],
        "causes_native": [amount.native for amount in part.causes.values()],
        "causes_jpy": [amount.jpy for amount in part.causes.values()],
    }
