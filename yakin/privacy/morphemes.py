"""Words of Japanese text by Sudachi. The dictionary loads at first use, once per process, from the package."""

import re
import threading
from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from typing import NamedTuple

import sudachipy

_CHUNK = 12_000  # characters; Sudachi takes at most 49,149 bytes at a time
_BREAK = re.compile(r"[\n。]")
_JAPANESE = re.compile(r"[一-龥々ぁ-んァ-ヴ]")
_local = threading.local()
_loading = threading.Lock()


class Word(IntEnum):
    """What a word can be to a name."""

    OTHER = 0
    SURNAME = 1  # 人名,姓
    GIVEN = 2  # 人名,名
    NAME = 3  # 人名,一般
    PLACE = 4  # 地名
    PROPER = 5  # other proper noun
    NOUN = 6
    SUFFIX = 7  # 接尾辞: 様, さん, 氏, but also 製, 的
    SPACE = 8
    SYMBOL = 9
    PARTICLE = 10  # 助詞, 助動詞
    NUMBER = 11
    PREFIX = 12
    PRONOUN = 13


class Morpheme(NamedTuple):
    """One word with its place in the text."""

    surface: str
    start: int
    end: int
    word: Word
    unknown: bool


def morphemes(text: str) -> Iterator[list[Morpheme]]:
    """The words of each stretch of text; stretches end at line breaks and full stops where they can."""
    tokenizer, words = _tokenizer(), _words()
    for start, end in _chunks(text):
        if not _JAPANESE.search(text, start, end):
            continue
        found, at = [], start
        for morpheme in tokenizer.tokenize(text[start:end]):
            surface = morpheme.surface()  # surfaces tile the text, so that their lengths give the places
            found.append(
                Morpheme(surface, at, at + len(surface), words[morpheme.part_of_speech_id()], morpheme.is_oov())
            )
            at += len(surface)
        yield found


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
    return sudachipy.Dictionary(dict="core")


def _dictionary() -> sudachipy.Dictionary:
    with _loading:
        return _loaded()


def _tokenizer() -> sudachipy.Tokenizer:
    if not hasattr(_local, "tokenizer"):  # a tokenizer holds buffers and is not shared between threads
        _local.tokenizer = _dictionary().tokenizer(mode=sudachipy.SplitMode.C)
    return _local.tokenizer


@cache
def _words() -> list[Word]:
    dictionary, found = _dictionary(), list[Word]()
    while (pos := dictionary.pos_of(len(found))) is not None:
        found.append(_word(tuple(pos)))
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
