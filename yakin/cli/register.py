"""`yakin register`: the monthly register of third parties, entrustment and cross-border transfer, for legal."""

import csv
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from yakin.cli import register_words as words
from yakin.cli.database import with_pool
from yakin.cli.output import OUT, print_json, say, table
from yakin.domain.calendar import JST
from yakin.domain.register import Attention, RegisterLine, attention
from yakin.domain.zones import Evidence
from yakin.errors import UsageError
from yakin.store import transfers
from yakin.store.pool import Pool

TITLE = "提供・委託・越境移転記録簿 register of transfers"


def show(
    month: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Business month in Japan; this one")] = None,
    rehearsal: Annotated[bool, typer.Option("--rehearsal", help="What went to sandbox vendors instead")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout and nothing else")] = False,
    csv_file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write a table for Excel")] = None,
) -> None:
    """What left the premises in a month: to whom, under which law, on what ground, in which form, how much.

    Only requests that left are counted, with what was declared and evidenced when they left. Nothing that
    was asked on the own premises is in it. It states facts; whether a ground holds is for legal.
    """
    if as_json and csv_file:
        raise UsageError("--csv: give either --json or --csv FILE")
    first, following = month_of(month, datetime.now(UTC))

    async def step(pool: Pool) -> list[RegisterLine]:
        async with pool.connection() as conn:
            return await transfers.register(conn, first, following, rehearsal=rehearsal)

    lines = with_pool(step)
    if as_json:
        print_json(register_object(lines, first, rehearsal=rehearsal))
    elif csv_file:
        write_csv(csv_file, lines)
        say(f"{len(lines)} lines in {csv_file}; {len(_every(lines))} matters for legal: `yakin register` names them")
    else:
        _print(lines, first, rehearsal=rehearsal)


def month_of(text: str | None, now: datetime) -> tuple[date, date]:
    """First day of the month and of the following one; raises UsageError for what is no month."""
    text = text or now.astimezone(JST).strftime("%Y-%m")
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
    if found is None or not 2000 <= int(found[1]) < 9999:
        raise UsageError(f"--month: {text!r} is not a month; write YYYY-MM, like 2026-11")
    year, month = int(found[1]), int(found[2])
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def register_object(lines: Sequence[RegisterLine], first: date, *, rehearsal: bool) -> dict[str, object]:
    """The register as one JSON object."""
    return {
        "month": f"{first:%Y-%m}",
        "rehearsal": rehearsal,
        "lines": [asdict(line) | {"attention": [each.matter for each in attention(line)]} for line in lines],
        "attention": [asdict(each) | {"sentence": words.sentence(each)} for each in _every(lines)],
    }


def write_csv(path: Path, lines: Iterable[RegisterLine]) -> None:
    """One row per line, with a mark that makes Excel read it as UTF-8; readable by its owner alone."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise UsageError(f"--csv: {path} cannot be written ({error.strerror}); give another file") from None
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*words.COLUMNS.values(), "要確認 for legal"])
        for line in lines:
            fields = asdict(line) | {
                "kinds": words.kinds(line.kinds),
                "evidence": "; ".join(map(_claim, line.evidence)),
            }
            cells = [_cell(fields[name]) for name in words.COLUMNS]
            writer.writerow([*cells, " / ".join(words.sentence(each) for each in attention(line))])


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "はい yes" if value else "いいえ no"
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text  # Excel would calculate it


def _claim(item: Evidence) -> str:
    until = f", 期限 until {item.expires}" if item.expires else ", 期限なし no expiry"
    return f"{item.claim}: {item.source} (確認 {item.reviewer} {item.checked}{until})"


def _every(lines: Iterable[RegisterLine]) -> list[Attention]:
    return [each for line in lines for each in attention(line)]


def _print(lines: Sequence[RegisterLine], first: date, *, rehearsal: bool) -> None:
    marked = ", REHEARSAL 検証実行" if rehearsal else ""
    table(
        f"{TITLE} {first:%Y-%m}{marked}",
        ["送信先 vendor", "国 operator, processed", "区分 zone", "機密 level", "仮名 masked", "#文書 documents",
         "#個人データ personal", "#送信 requests", "利用目的 use cases", "期間 days"],
        [_row(line) for line in lines],
    )  # fmt: skip
    for number, line in enumerate(lines, start=1):
        OUT.print(f"[bold]{number}. {escape(line.vendor)}, {line.level.japanese} {line.level}[/]")
        OUT.print(f"   根拠 basis: {escape(line.basis) or 'なし none'}")
        OUT.print(
            f"   個人データ personal data (文書数 documents): {escape(words.kinds(line.kinds)) or 'なし none found'}"
        )
        OUT.print("   証跡 evidence: " + (escape("; ".join(map(_claim, line.evidence))) or "なし none"))
    found = _every(lines)
    OUT.print(f"[bold]法務の確認 for legal: {len(found) or 'なし none'}[/]")
    for each in found:
        OUT.print(f"[bold red]![/] {escape(words.sentence(each))}")


def _row(line: RegisterLine) -> tuple[object, ...]:
    days = f"{line.first_day:%m-%d}" + (f" – {line.last_day:%m-%d}" if line.last_day > line.first_day else "")
    return (
        line.vendor,
        f"{line.operator_country}, {line.region}",
        line.zone,
        f"{line.level.japanese} {line.level}",
        "yes" if line.masked else "no",
        line.documents,
        line.personal_documents,
        line.requests,
        ", ".join(line.use_cases),
        days,
    )
