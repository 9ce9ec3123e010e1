"""Builds the word lists of yakin/privacy/words that come from elsewhere; see SOURCES.md there.

python -m bench.build_name_lists --english-words FILE   # FILE: SCOWL's american-english-small
"""

import argparse
import importlib
import pkgutil
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import faker.providers.person as persons
from sudachipy import Dictionary

from yakin.privacy.recognisers.romaji import plain_romaji, romaji

WORDS = Path(__file__).parent.parent / "yakin" / "privacy" / "words"
LATIN = re.compile(r"[a-z]{2,}")
PARTICLES = {
    "van",
    "de",
    "der",
    "den",
    "von",
    "da",
    "di",
    "del",
    "la",
    "le",
    "el",
    "al",
    "mac",
    "mc",
    "ter",
    "ten",
    "nic",
    "ni",
}
LAST_KANJI = "田川原山野島沢井本木谷瀬口戸子郎部之美香代江恵介助一二三太夫男雄治司吉平吾也樹輝希奈里理菜音花"


def fold(name: str) -> Iterator[str]:
    """The parts of a name in ASCII, in lower case: Ó Hoiscín-Żak → hoiscin, zak."""
    special = str.maketrans(
        {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i", "ə": "a"}
    )
    text = unicodedata.normalize("NFKD", name.lower()).translate(special)
    bare = "".join(one for one in text if not unicodedata.combining(one)).replace("'", "").replace("’", "")
    for part in re.split(r"[ .-]+", bare):
        if LATIN.fullmatch(part) and part not in PARTICLES:
            yield part


def faker_names(kind: str) -> set[str]:
    """All given (`first_name`) or family (`last_name`) names of Faker's locales that use Latin letters."""
    found: set[str] = set()
    for module in pkgutil.iter_modules(persons.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attribute in dir(provider):
            values = getattr(provider, attribute)
            if attribute.startswith(kind) and isinstance(values, dict | list | tuple | set):
                found.update(part for name in values if isinstance(name, str) for part in fold(name))
    return found


def japanese_names() -> tuple[set[str], set[str]]:
    """Romaji of the surnames and given names of two and three kanji that Sudachi's dictionary has."""
    dictionary = Dictionary(dict="core")
    kanji = [
        bytes((row, cell)).decode("euc_jp")
        for row in range(0xB0, 0xD0)
        for cell in range(0xA1, 0xFF)
        if (row, cell) < (0xCF, 0xD4)
    ]
    surnames: set[str] = set()
    given: set[str] = set()
    stems: list[str] = []

    def look_up(word: str) -> bool:
        known = dictionary.lookup(word)
        for one in known:
            part = one.part_of_speech()
            if part[2] == "人名" and part[3] in {"姓", "名"} and (reading := romaji(one.reading_form())):
                found = surnames if part[3] == "姓" else given
                found.add(plain_romaji(reading))
                found.add(plain_romaji(reading.replace("ou", "o")))  # passports write Koichi for Kouichi
        return len(known) > 0

    for first in kanji:
        look_up(first)
        stems += [first + second for second in kanji if look_up(first + second)]
    for stem in stems:
        for last in LAST_KANJI:
            look_up(stem + last)
    return surnames, given


def write(name: str, words: Iterable[str]) -> None:
    """Sorted, in lines that a diff can show."""
    lines, line = [], ""
    for word in sorted(set(words)):
        if len(line) + len(word) > 118:
            lines.append(line)
            line = ""
        line = f"{line} {word}" if line else word
    (WORDS / f"{name}.txt").write_text("\n".join([*lines, line]) + "\n", encoding="utf-8")
    print(f"{name:24} {len(set(words)):6} words")


def main() -> None:
    """Writes the lists."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--english-words", type=Path)
    options = parser.parse_args()
    if options.english_words:
        write(
            "english_words", re.findall(r"^[a-z]{2,}$", options.english_words.read_text(encoding="utf-8"), re.MULTILINE)
        )
    own = {
        name: (WORDS / f"{name}.txt").read_text(encoding="utf-8").split() for name in ("given_names", "family_names")
    }
    write("latin_given_names", faker_names("first_name") | {part for name in own["given_names"] for part in fold(name)})
    write(
        "latin_family_names", faker_names("last_name") | {part for name in own["family_names"] for part in fold(name)}
    )
    surnames, given = japanese_names()
    write("japanese_surnames", surnames)
    write("japanese_given_names", given)


if __name__ == "__main__":
    main()
