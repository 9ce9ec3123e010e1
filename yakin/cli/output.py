"""What people and programs see: tables on stdout, progress on stderr, one JSON object with --json."""

import json
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import Enum
from typing import NoReturn
from urllib.parse import unquote, urlsplit

import typer
from rich import box
from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.table import Table

from yakin.errors import UsageError, YakinError

FILE_WIDTH = 180  # columns when nobody watches: a log or a pipe has no edge to fold at
ROWS_SHOWN = 200  # more than that nobody reads in a terminal
FOLDS = ("file", "offer, zone", "allowed", "source", "what to do", "zones", "why")  # the other columns stay on one line


def _width(stream_is_terminal: bool) -> int | None:
    return None if stream_is_terminal else FILE_WIDTH


OUT = Console(highlight=False, soft_wrap=True, width=_width(sys.stdout.isatty()))
ERR = Console(stderr=True, highlight=False, width=_width(sys.stderr.isatty()))


class ExitCode(int, Enum):
    """DESIGN §11. 4 wins over 3."""

    ALL_ANSWERED = 0
    FAILURE = 1
    USAGE = 2
    UNANSWERED = 3
    BUDGET = 4
    INTERRUPTED = 130  # Ctrl-C; the shell's own numbers
    TERMINATED = 143  # SIGTERM


def print_json(value: object) -> None:
    """One object and nothing else on stdout. Yen amounts are decimal strings."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return yen(value)
    return str(value)


def yen(amount: Decimal) -> str:
    """A decimal string without an exponent, to the last digit: for programs."""
    return f"{amount:f}"


def short_yen(amount: Decimal) -> str:
    """Yen for people: four decimals, or none where there are none."""
    whole = amount == amount.to_integral_value()
    return f"{amount:,.0f}" if whole else f"{amount:,.4f}"


def readable(uri: str) -> str:
    """A URI as people write it: a path for files, Japanese names as Japanese."""
    parts = urlsplit(uri)
    return unquote(parts.path) if parts.scheme == "file" else uri


def file_name(uri: str) -> str:
    """The last part of a URI, readable."""
    return readable(uri).rstrip("/").rpartition("/")[2]


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout; numbers in columns named with ¥ or # are right-aligned."""
    every = list(rows)
    if not every:
        OUT.print(f"{title}: none なし")
        return
    drawn = Table(title=title, title_justify="left", header_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    shown = [["" if cell is None else str(cell) for cell in row] for row in every[:ROWS_SHOWN]]
    for number, column in enumerate(columns):
        folds = column.startswith(FOLDS)
        longest = max(cell_len(column), *(cell_len(row[number]) for row in shown))
        side: JustifyMethod = "right" if column.startswith(("¥", "#")) else "left"
        drawn.add_column(column, justify=side, overflow="fold", no_wrap=not folds, min_width=18 if folds else longest)
    for row in shown:
        drawn.add_row(*row)
    _print_whole(drawn)
    if len(every) > ROWS_SHOWN:
        OUT.print(f"… and {len(every) - ROWS_SHOWN} more")


def _print_whole(drawn: Table) -> None:
    """A narrow terminal folds the lines of a wide table; Rich would drop its last columns."""
    width = OUT.width
    OUT.width = max(width, OUT.measure(drawn, options=OUT.options.update(max_width=1000)).minimum)
    OUT.print(drawn)
    OUT.width = width


def say(message: str) -> None:
    """A line of progress on stderr."""
    ERR.print(message, soft_wrap=True)


def say_rehearsal(*, rehearsal: bool) -> None:
    """A rehearsal must never be taken for real work."""
    if rehearsal:
        say(
            "[bold yellow]REHEARSAL 検証実行[/]: sandbox vendors on this machine stood in for real ones; "
            "no real yen is spent, and answers and budgets are kept apart. "
            "Set a vendor key (for example PLAMO_API_KEY) or pass --real for real work."
        )


def fail(error: YakinError) -> NoReturn:
    """End with the error's message and the exit code of its kind, without a traceback."""
    ERR.print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)
    raise typer.Exit(ExitCode.USAGE if isinstance(error, UsageError) else ExitCode.FAILURE) from None
