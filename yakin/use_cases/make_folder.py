"""Builds a folder as companies have them: `python -m yakin.use_cases.make_folder TARGET --count 40 --seed 7`."""

import argparse
import random
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from yakin.domain.levels import Level
from yakin.errors import UsageError
from yakin.use_cases.document_files import SUFFIXES, Draft, locked, written

_TEXTS = Path(__file__).with_name("mixed_texts.yaml")
_LEVEL_WEIGHTS = {Level.PUBLIC: 3, Level.INTERNAL: 8, Level.CONFIDENTIAL: 5, Level.RESTRICTED: 3, Level.SECRET: 2}
_TABLES = (".csv", ".xlsx")
_HIDING = (".pptx", ".xlsx", ".docx", ".html")
_LARGE_PARAGRAPHS = 2_000  # about 150 kB of text: slow for a small model, still readable
_ENCODINGS = ("utf-8", "utf-8", "cp932")
_DEPARTMENTS = {
    Level.PUBLIC: "広報部",
    Level.INTERNAL: "製造部",
    Level.CONFIDENTIAL: "営業部",
    Level.RESTRICTED: "人事部",
    Level.SECRET: "経営企画部",
}

_WHOLE_MARKER = re.compile(r"\S{1,40}")  # a PDF's line is 40 characters

Texts = Mapping[str, list[dict[str, str]]]


def make_mixed_folder(
    target: Path,
    count: int = 40,
    seed: int = 7,
    *,
    plant: Mapping[Level, str] | None = None,
) -> list[Path]:
    """Write `count` files of all formats and levels into one subfolder per level, and return their paths.

    From ten files on, six are awkward: encrypted, empty, corrupt, of unknown type, large, and a copy of another
    file. The same seed and count give the same bytes. `plant` puts a marker into every readable document whose
    content has that level, in its hidden part too where it has one. What a subfolder declares is at most what the
    content is: internal decks hide restricted notes, and bear the markers of both.
    """
    if broken := [level for level, marker in (plant or {}).items() if not _WHOLE_MARKER.fullmatch(marker)]:
        raise UsageError(f"the marker of {broken[0]} would be wrapped; use at most 40 characters without spaces")
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    texts: Texts = yaml.safe_load(_TEXTS.read_text(encoding="utf-8"))
    awkward = _awkward_files(rng, texts, plant or {}) if count >= 10 else []
    written_paths = []
    for number, level in enumerate(_levels(count - len(awkward) - (1 if awkward else 0)), start=1):
        name, content = _ordinary_file(rng, number, level, texts, plant or {})
        written_paths.append(_write(target / level / name, content))
    written_paths += [_write(target / name, content) for name, content in awkward]
    if awkward:
        original = written_paths[0]  # public, and declared confidential where it was copied to
        written_paths.append(_write(target / Level.CONFIDENTIAL / "写し" / original.name, original.read_bytes()))
    return written_paths


def register_text(target: Path) -> str:
    """A source register (YAML) that declares each subfolder of a mixed folder with its level."""
    sources = [
        {
            "prefix": f"{target.resolve().as_uri()}/{level}/",
            "level": str(level),
            "department": _DEPARTMENTS[level],
            "owner": f"{level}@example.co.jp",
        }
        for level in Level
    ]
    return yaml.safe_dump({"sources": sources}, allow_unicode=True, sort_keys=False)


def _levels(count: int) -> Iterator[Level]:
    """Every level once, then by weight, the same for every seed."""
    yield from list(Level)[:count]
    cycle = [level for level, weight in _LEVEL_WEIGHTS.items() for _ in range(weight)]
    spread = cycle[::2] + cycle[1::2]
    for index in range(count - len(Level)):
        yield spread[index % len(spread)]


def _ordinary_file(
    rng: random.Random, number: int, level: Level, texts: Texts, plant: Mapping[Level, str]
) -> tuple[str, bytes]:
    suffix = SUFFIXES[(number - 1) % len(SUFFIXES)]
    draft = _draft(rng, rng.choice(texts[level]), number, suffix, plant.get(level, ""))
    if level is Level.INTERNAL and suffix == ".pptx":
        notes = f"{rng.choice(texts['hidden'])}\n{plant.get(Level.RESTRICTED, '')}"
        draft = Draft(draft.title, draft.body, notes, draft.encoding)
    return f"{number:03}_{draft.title}{suffix}", written(f"document{suffix}", draft)


def _draft(rng: random.Random, text: Mapping[str, str], number: int, suffix: str, marker: str) -> Draft:
    numbers = {"number": str(100 + number * 7 + rng.randrange(7)), "month": str(rng.randint(1, 12))}
    lines = text["body"].format(**numbers).split("\n") + ([marker] if marker else [])
    if suffix in _TABLES:
        lines = ["番号 | 内容", *(f"{row} | {line}" for row, line in enumerate(lines, start=1))]
    hidden = marker if suffix in _HIDING and marker else ""
    return Draft(text["title"], "\n".join(lines), hidden, _encoding(rng, suffix, marker))


def _encoding(rng: random.Random, suffix: str, marker: str) -> str:
    if not marker.isascii() or suffix not in (".txt", ".csv", ".eml"):
        return "utf-8"
    return "iso-2022-jp" if suffix == ".eml" else rng.choice(_ENCODINGS)


def _awkward_files(rng: random.Random, texts: Texts, plant: Mapping[Level, str]) -> list[tuple[str, bytes]]:
    plain = _draft(rng, texts["internal"][0], 900, ".docx", plant.get(Level.INTERNAL, ""))
    large = Draft("長い議事録", "\n".join([plain.body] * (_LARGE_PARAGRAPHS // 2)))
    whole = written("whole.docx", plain)
    return [
        ("confidential/パスワード付き請求書.pdf", locked(plain, "yoake")),
        ("internal/空のファイル.txt", b""),
        ("internal/壊れた報告書.docx", whole[: len(whole) // 3]),
        ("internal/図面.dwg", b"AC1032\0\0\0\0" + rng.randbytes(2_000)),
        ("internal/長い議事録.txt", written("large.txt", large)),
    ]


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def main() -> None:
    """Write a mixed folder from the command line."""
    parser = argparse.ArgumentParser(description="Build a folder of mixed fictional documents.")
    parser.add_argument("target", type=Path)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--register", type=Path, help="also write a source register for the folder here")
    chosen = parser.parse_args()
    paths = make_mixed_folder(chosen.target, chosen.count, chosen.seed)
    if chosen.register:
        chosen.register.write_text(register_text(chosen.target), encoding="utf-8")
    sys.stdout.write(f"{len(paths)} files in {chosen.target}\n")


if __name__ == "__main__":
    main()
