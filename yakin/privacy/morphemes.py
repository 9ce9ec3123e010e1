"""Words of Japanese text by Sudachi. The dictionary loads at first use, once per process, from the package."""

import json
import re
import threading
from collections.abc import Iterator
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import sudachipy

_CHUNK = 12_000  # characters; Sudachi takes at most 49,149 bytes at a time
_LONGEST_WORD = 24  # characters that are worth looking up and remembering
_BREAK = re.compile(r"[\n。]")
_JAPANESE = re.compile(r"[一-龥々ぁ-んァ-ヴ]")
_CODE = re.compile(r"(?:(?P<digit>[0-9])|[A-Za-z])[0-9A-Za-z_.@-]*[0-9A-Za-z]")
_local = threading.local()
_loading = threading.Lock()


class Word(StrEnum):
    """What a word can be to a name; one letter each, so that a text's words are a string to search in."""

    OTHER = "."
    SURNAME = "S"  # 人名,姓
    GIVEN = "G"  # 人名,名
    NAME = "N"  # 人名,一般
    PLACE = "P"  # 地名
    PROPER = "R"  # other proper noun
    NOUN = "n"
    SUFFIX = "x"  # 接尾辞: 様, さん, 氏, but also 製, 的
    SPACE = " "
    SYMBOL = "y"
    PARTICLE = "p"  # 助詞, 助動詞
    NUMBER = "d"
    PREFIX = "f"
    PRONOUN = "o"


class Morpheme(NamedTuple):
    """One word with its place in the text."""

    surface: str
    start: int
    end: int
    word: Word
    unknown: bool


class Words:
    """The words of one stretch of text, asked by number: most of them are never looked at."""

    __slots__ = ("_morphemes", "classes", "starts", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        short, places = _without_codes(text, start, end)
        self._morphemes = _tokenizer().tokenize(short)
        letters = _letters()
        self.classes = "".join([letters[one.part_of_speech_id()] for one in self._morphemes])
        self.starts = [places[one.begin()] for one in self._morphemes]
        self.starts.append(end)

    def __len__(self) -> int:
        return len(self.classes)

    def surface(self, index: int) -> str:
        """The word as written; nothing before the first and after the last."""
        return self.text[self.starts[index] : self.starts[index + 1]] if 0 <= index < len(self.classes) else ""

    def word(self, index: int) -> str:
        """The letter of a word's class; nothing before the first and after the last."""
        return self.classes[index] if 0 <= index < len(self.classes) else ""

    def unknown(self, index: int) -> bool:
        """Whether the dictionary does not have the word."""
        return bool(self._morphemes[index].is_oov())


def words(text: str) -> Iterator[Words]:
    """The words of each stretch of text; stretches end at line breaks and full stops where they can."""
    for start, end in _chunks(text):
        if _JAPANESE.search(text, start, end):
            yield Words(text, start, end)


def morphemes(text: str) -> Iterator[list[Morpheme]]:
    """The same words as rows, for those who look at all of them."""
    for part in words(text):
        yield [
            Morpheme(part.surface(at), part.starts[at], part.starts[at + 1], Word(part.classes[at]), part.unknown(at))
            for at in range(len(part))
        ]


def _without_codes(text: str, start: int, end: int) -> tuple[str, list[int]]:
    """The text with one character for each code, number or Latin word, and the place of each character.

    They are no Japanese names, and the tokenizer would spend a third of its time on joining digits.
    """
    pieces, places, done = list[str](), list[int](), start
    for match in _CODE.finditer(text, start, end):
        pieces.append(text[done : match.start()])
        pieces.append("0" if match["digit"] else "A")
        places.extend(range(done, match.start() + 1))
        done = match.end()
    pieces.append(text[done:end])
    places.extend(range(done, end))
    return "".join(pieces), places


@lru_cache(maxsize=20_000)
def _readings(surface: str) -> str:
    letters = _letters()
    found = _dictionary().lookup(surface)
    return "".join(sorted({letters[one.part_of_speech_id()] for one in found}))


def readings(surface: str) -> str:
    """The letters of everything that the dictionary knows under this spelling: 福岡 is a place and a surname."""
    return _readings(surface) if len(surface) <= _LONGEST_WORD else ""


def _chunks(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(text):
        end = min(start + _CHUNK, len(text))
        if end < len(text):
            cut = max((match.end() for match in _BREAK.finditer(text, start + _CHUNK // 2, end)), default=end)
            end = cut
        yield start, end
        start = end


def dictionary_version() -> str:
    """Which dictionary decides, for the detector's version."""
    from importlib.metadata import version

    return f"sudachipy-{version('sudachipy')}+dict-{version('sudachidict-core')}"


@cache
def _loaded() -> sudachipy.Dictionary:
    """Numbers are one character here, so that nothing has to join their digits."""
    resources = Path(sudachipy.__file__).parent / "resources"
    config = json.loads((resources / "sudachi.json").read_text(encoding="utf-8"))
    config["pathRewritePlugin"] = [one for one in config["pathRewritePlugin"] if "JoinNumeric" not in one["class"]]
    return sudachipy.Dictionary(config=json.dumps(config), dict="core")


def _dictionary() -> sudachipy.Dictionary:
    with _loading:
        return _loaded()


def _tokenizer() -> sudachipy.Tokenizer:
    if not hasattr(_local, "tokenizer"):  # a tokenizer holds buffers and is not shared between threads
        _local.tokenizer = _dictionary().tokenizer(mode=sudachipy.SplitMode.C, fields={"pos"})
    return _local.tokenizer


@cache
def _letters() -> list[str]:
    dictionary, found = _dictionary(), list[str]()
    while (pos := dictionary.pos_of(len(found))) is not None:
        found.append(_word(tuple(pos)).value)
    return found


def _word(pos: tuple[str, ...]) -> Word:
    names = {"姓": Word.SURNAME, "名": Word.GIVEN}
    match pos[:3]:
        case ("名詞", "固有名詞", "人名"):
            return names.get(pos[3], Word.NAME)
        case ("名詞", "固有名詞", "地名"):
            return Word.PLACE
        case ("名詞", "固有名詞", _):
            return Word.PROPER
        case ("名詞", "数詞", _):
            return Word.NUMBER
        case _:
            return _CLASSES.get(pos[0], Word.OTHER)


_CLASSES = {
    "名詞": Word.NOUN,
    "接尾辞": Word.SUFFIX,
    "接頭辞": Word.PREFIX,
    "代名詞": Word.PRONOUN,
    "助詞": Word.PARTICLE,
    "助動詞": Word.PARTICLE,
    "空白": Word.SPACE,
    "補助記号": Word.SYMBOL,
    "記号": Word.SYMBOL,
}
