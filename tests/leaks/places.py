"""Where a string could have got to, and whether it has, in any spelling."""

import base64
import json
import re
import time
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote

from tests.night_fixtures import Ended, House
from yakin.local import postgres as embedded
from yakin.local.prefect_server import PrefectServer

_ENCODINGS = ("utf-8", "cp932", "euc-jp", "iso-2022-jp", "utf-16-le")
# one row of JSON for every row of every table; `\gexec` runs what the first query writes
_EVERY_ROW = r"""
select format('select row_to_json(t) from %I.%I t', schemaname, tablename) from pg_tables
where schemaname not in ('pg_catalog', 'information_schema')
  and schemaname || '.' || tablename <> all (array[{without}])
order by 1 \gexec
"""
_PREFECT_ROWS = (
    "select (select count(*) from log), (select count(*) from events), (select count(*) from task_run_state)"
)
_PREFECT_SETTLES_S = 3.0  # logs and events arrive in batches every two seconds


@cache
def spellings(marker: str) -> frozenset[bytes]:
    """The marker as logs, JSON, URLs, reprs and encoders write it."""
    found = {json.dumps(marker)[1:-1].encode(), quote(marker).encode(), marker.replace(" ", "").encode()}
    for encoding in _ENCODINGS:
        raw = marker.encode(encoding, "replace")
        found |= {raw, raw.hex().encode(), repr(raw)[2:-1].encode()}
        found |= {repr(repr(raw))[3:-2].encode()} | set(_in_base64(raw))
    return frozenset(found)


def _in_base64(raw: bytes) -> Iterator[bytes]:
    """The part of a base64 text that is the same whatever stands before and after."""
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw)
        yield coded[-(-shift * 8 // 6) + (1 if shift else 0) : len(coded) - 4]


def found_in(data: bytes, markers: Iterable[str]) -> list[str]:
    """The markers that occur. Digits must stand alone, so that a part of a timestamp or a hash is none."""
    return [marker for marker in markers if _occurs(marker, data)]


def _occurs(marker: str, data: bytes) -> bool:
    if marker.isdigit():
        return re.search(rb"(?<![0-9a-fA-F.])" + marker.encode() + rb"(?![0-9a-fA-F])", data) is not None
    return any(spelling in data for spelling in spellings(marker))


def assert_nowhere(markers: Iterable[str], places: Iterable[tuple[str, bytes]]) -> None:
    """No marker in any place; the failure names the markers and the place, with what stands around."""
    wanted = list(markers)
    leaks = {place: found for place, data in places if (found := found_in(data, wanted))}
    assert not leaks, f"planted strings got out: {leaks}"


def assert_kept_inside(house: House, planted_inside: Iterable[str]) -> None:
    """No vendor outside received any of it."""
    assert_nowhere(planted_inside, [("vendors outside", house.received(outside=True).encode())])


def received_by(house: House, vendor: str) -> bytes:
    """What one sandbox vendor received."""
    return (house.home / "sandbox" / f"received-{vendor}.jsonl").read_bytes()


def everywhere(
    house: House, ended: Iterable[Ended], postgres_home: Path, server: PrefectServer, database: str
) -> Iterator[tuple[str, bytes]]:
    """Every place but the answers themselves: databases, logs, files, what the commands printed."""
    for number, end in enumerate(ended):
        yield f"stdout of command {number}", end.out.encode()
        yield f"stderr of command {number}", end.err.encode()
    _wait_for_prefect(postgres_home)
    yield "Prefect's database", _dump(postgres_home, "prefect")
    yield "yakin's database but the answers", _dump(postgres_home, database, without=["yakin.answer"])
    log = embedded.start(postgres_home).log_path
    yield "the Postgres log", log.read_bytes()
    for folder in (server.prefect_home, server.log_path.parent, house.home, house.home.parent / "tmp"):
        yield from _files(folder)


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Files and their names; not the recorder's, which is the proof, and not Prefect's own web pages."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.startswith("received-") and folder / "ui" not in path.parents:
            yield str(path), path.read_bytes()


def _dump(postgres_home: Path, database: str, without: Iterable[str] = ()) -> bytes:
    script = _EVERY_ROW.replace("{without}", ",".join(f"'{name}'" for name in ["", *without]))
    return embedded.run_as_superuser(postgres_home, script, database=database).encode()


def _wait_for_prefect(postgres_home: Path) -> None:
    """Until Prefect's server has written down what the client told it."""
    before = ""
    while (now := embedded.run_as_superuser(postgres_home, _PREFECT_ROWS, database="prefect")) != before:
        before = now
        time.sleep(_PREFECT_SETTLES_S)
