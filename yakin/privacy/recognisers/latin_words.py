"""What a word in Latin letters can be: a given name, a family name, an English word; lists load at first use."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from yakin.privacy.recognisers.name_words import read_words
from yakin.privacy.recognisers.romaji import plain_romaji, sounds_japanese

LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
UPPER = "".join(chr(code) for code in (*range(0x41, 0x250), *range(0x1E00, 0x1F00)) if chr(code).isupper())
_LOWER = "".join(chr(code) for code in (*range(0x61, 0x250), *range(0x1E00, 0x1F00)) if chr(code).islower())
NAME_SHAPE = re.compile(  # not LangSmith
    rf"(?:(?:Mc|Mac|O['’]|D['’]|De|Di|Du|Fitz|Le|La|Van)?[{UPPER}][{_LOWER}]+|[{UPPER}]['’]?[{UPPER}]+|[{UPPER}])"
    rf"(?:[-'’](?:[{UPPER}]?[{_LOWER}]+|[{UPPER}]+))*"
)
_SPECIAL = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i"})
_PINYIN = (
    r"(?:zh|ch|sh|ts|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ueng|iao|ian|ing|ang|eng|ong|uai|uan|ia|ie|iu|in|ua|uo|ui|un"
    r"|ue|ai|ei|ao|ou|an|en|er|[aoeiu])"
)
_KOREAN = (
    r"(?:kk|tt|pp|ss|jj|ch|kh|[gkndtrlmbpsjch])?y?(?:yeo|eo|eu|ae|oe|wa|wi|wo|we|ui|oo|ee|ou|yu|yo|ya|[aeiou])"
    r"(?:ng|[nmlkpth])?"
)
_VIETNAMESE = r"(?:ngh|ng|nh|th|tr|ch|kh|ph|gi|qu|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?"
_SYLLABLES = re.compile(rf"(?:{_PINYIN}){{1,2}}|(?:{_KOREAN}){{1,2}}|{_VIETNAMESE}")

KNOWN, MAYBE, SHAPE, NONE = 2.0, 1.0, 0.5, 0.0  # how sure a word is a name of a sort


class Latin(NamedTuple):
    """How likely a word is a given name, a family name, a Japanese surname or given name; whether it is English."""

    given: float
    family: float
    surname: float
    japanese_given: float
    english: bool
    place: bool
    asian_family: bool
    syllables: bool

    @property
    def unknown(self) -> bool:
        """Neither a name that we know nor an English word."""
        return not self.english and max(self.given, self.family, self.surname, self.japanese_given) < MAYBE


_FUNCTION_WORD = Latin(NONE, NONE, NONE, NONE, english=True, place=False, asian_family=False, syllables=False)


@lru_cache(maxsize=20_000)
def latin(word: str) -> Latin:
    """What a word can be, whatever its case and accents."""
    bare = _bare(word)
    syllables = _SYLLABLES.fullmatch(bare.replace("-", "")) is not None
    if bare in _list("english_function_words"):
        return _FUNCTION_WORD._replace(syllables=syllables)
    english = bare in _list("english_words") or bare in _list("tech_words")
    weak = MAYBE if english else KNOWN
    japanese = plain_romaji(bare) if sounds_japanese(bare) else ""
    return Latin(
        given=_strength(bare, "given_names", "latin_given_names", weak),
        family=_strength(bare, "family_names", "latin_family_names", weak),
        surname=weak if japanese in _list("japanese_surnames") else NONE,
        japanese_given=weak if japanese in _list("japanese_given_names") else NONE,
        english=english,
        place=bare in _list("latin_places"),
        asian_family=bare in _list("asian_family_names"),
        syllables=syllables,
    )


def _strength(word: str, own: str, known: str, weak: float) -> float:
    if word in _list(own):
        return KNOWN
    if word in _list(known):
        return weak
    parts = word.split("-")
    return weak if len(parts) > 1 and all(part in _list(known) for part in parts) else NONE


def _bare(word: str) -> str:
    text = unicodedata.normalize("NFKD", word.lower()).translate(_SPECIAL)
    return "".join(one for one in text if not unicodedata.combining(one)).replace("'", "").replace("’", "")


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(word.lower() for word in read_words(name))
