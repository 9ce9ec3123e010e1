"""Whether the words of an answer occur in its document: a check that needs no truth. Shares only, no words come out."""

import re
import unicodedata
from collections.abc import Sequence

# Words that carry content: Latin words and numbers, and runs of kanji or katakana. Hiragana is grammar.
_WORDS = re.compile(r"[a-z][a-z'-]*[a-z]|\d[\d,.]*\d|\d|[一-鿿々]{2,}|[ァ-ヴー]{2,}")


def grounded_share(texts: Sequence[str], document: str) -> float | None:
    """The mean share of each text's words that the document has; None when no text has a word to look for.

    Kanji compounds are looked for in pairs, because an answer joins what a document writes apart.
    """
    known = _folded(document)
    shares = [_share(words, known) for text in texts if (words := _words(text))]
    return sum(shares) / len(shares) if shares else None


def _share(words: Sequence[str], known: str) -> float:
    return sum(word in known for word in words) / len(words)


def _words(text: str) -> list[str]:
    found: list[str] = []
    for word in _WORDS.findall(_folded(text)):
        pairs = [word[at : at + 2] for at in range(len(word) - 1)] if "一" <= word[0] <= "鿿" else [word]
        found += pairs
    return found


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
