"""`yakin catalogue import-register`: a company's asset register becomes rows of the source register."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from yakin.catalogue.register_csv import Reading, ReadRegister, read_register
from yakin.catalogue.register_words import Scale
from yakin.catalogue.sources import load_sources
from yakin.cli.output import print_json, say, table
from yakin.domain.calendar import business_date
from yakin.domain.levels import Level
from yakin.errors import UsageError

Pairs = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="FROM=TO", help=r"Where this machine sees it: '\\server\share=/mnt/share'; repeatable"
    ),
]
Words = Annotated[
    list[str] | None, typer.Option("--level-word", metavar="WORD=LEVEL", help="A word of your own; repeatable")
]


def import_register(  # noqa: PLR0913 - one parameter per option
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="UTF-8 or Shift_JIS", show_default=False)],
    to: Annotated[Path | None, typer.Option(metavar="FILE.yaml", help="Where to write; left out: stdout")] = None,
    reviewed_by: Annotated[str | None, typer.Option(metavar="NAME", help="Who checked the register")] = None,
    scale: Annotated[Scale, typer.Option(help="Grades in words, 機密性 3/2/1, or A/B/C")] = Scale.WORDS,
    level_words: Words = None,
    maps: Pairs = None,
    root: Annotated[str | None, typer.Option(metavar="FOLDER", help="Where relative places start")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout")] = False,
) -> None:
    """Turn a company's asset register 情報資産台帳 (CSV) into reviewed `sources:` YAML. All of it, or nothing.

    Columns: パス/フォルダ/保管場所, 部門, 管理者, 機密区分/重要度, 秘密保持契約, 該非判定, or their English names.
    未判定 and an empty 該非判定 count as export-controlled. Name the written file in YAKIN_CATALOGUE.
    """
    reading = Reading(scale, _level_words(level_words or []), [_pair(each, "--map") for each in maps or []], root)
    register = read_register(file, reading)
    text = register.as_yaml(reviewed_by, business_date(datetime.now(UTC)))
    if to is not None:
        _write(to, text)
    if as_json:
        print_json(_object(register, to))
    elif to is None:
        typer.echo(text, nl=False)
    else:
        _show(register)
    if register.ignored:
        say(f"columns that say nothing to yakin: {', '.join(register.ignored)}")
    if to is not None:
        say(f"wrote {len(register.rows)} rows to {to}; name it in YAKIN_CATALOGUE and run `yakin catalogue check`")


def _level_words(given: Sequence[str]) -> dict[str, Level]:
    words = {}
    for word, name in (_pair(each, "--level-word") for each in given):
        if name not in list(Level):
            raise UsageError(f"--level-word: {name} is not a level; one of {', '.join(Level)}")
        words[word] = Level(name)
    return words


def _pair(given: str, option: str) -> tuple[str, str]:
    left, separator, right = given.partition("=")
    if not (left and separator and right):
        raise UsageError(f"{option}: {given!r} is not FROM=TO")
    return left, right


def _write(to: Path, text: str) -> None:
    """The whole file or none of it, and only after the loader has taken it. A file that is there is left alone."""
    if to.exists():
        raise UsageError(f"--to: {to} exists; choose another name, or move the old one away first")
    fresh = to.with_name(f".{to.name}.{os.getpid()}.yaml")
    try:
        fresh.write_text(text, encoding="utf-8")
        load_sources([fresh])
        os.link(fresh, to)
    except OSError as error:
        raise UsageError(f"--to: {to} cannot be written ({type(error).__name__})") from None
    finally:
        fresh.unlink(missing_ok=True)


def _object(register: ReadRegister, to: Path | None) -> dict[str, object]:
    return {
        "register": register.name,
        "written_to": None if to is None else str(to),
        "ignored_columns": list(register.ignored),
        "sources": [
            {
                "prefix": row.prefix,
                "level": row.level,
                "department": row.department,
                "owner": row.owner,
                "flags": sorted(row.flags),
                "lines": list(row.lines),
            }
            for row in register.rows
        ],
    }


def _show(register: ReadRegister) -> None:
    table(
        f"{register.name} 情報資産台帳",
        ["file", "level 機密区分", "department 部門", "owner 管理者", "flags 指定", "lines 行"],
        [
            (
                row.prefix,
                row.level,
                row.department,
                row.owner,
                ", ".join(sorted(row.flags)),
                ",".join(map(str, row.lines)),
            )
            for row in register.rows
        ],
    )
