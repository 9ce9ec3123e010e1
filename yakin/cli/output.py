"""What people and programs see: tables on stdout, progress on stderr, one JSON object with --json."""

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import Enum
from typing import NoReturn

import typer
from rich.console import Console
from rich.table import Table

from yakin.errors import UsageError, YakinError

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False)


class ExitCode(int, Enum):
    """DESIGN §11. 4 wins over 3."""

    ALL_ANSWERED = 0
    FAILURE = 1
    USAGE = 2
    UNANSWERED = 3
    BUDGET = 4


def print_json(value: object) -> None:
    """One object and nothing else on stdout. Yen amounts are decimal strings."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return yen(value)
    return str(value)


def yen(amount: Decimal) -> str:
    """A decimal string without an exponent."""
    return f"{amount:f}"


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout; numbers in columns named with ¥ or # are right-aligned."""
    drawn = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        drawn.add_column(column, justify="right" if column.startswith(("¥", "#")) else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*("" if cell is None else str(cell) for cell in row))
    OUT.print(drawn)


def say(message: str) -> None:
    """A line of progress on stderr."""
    ERR.print(message)


def fail(error: YakinError) -> NoReturn:
    """End with the error's message and the exit code of its kind, without a traceback."""
    ERR.print(f"[bold red]error:[/] {error}", soft_wrap=True)
    raise typer.Exit(ExitCode.USAGE if isinstance(error, UsageError) else ExitCode.FAILURE) from None
