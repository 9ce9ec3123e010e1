"""Telephone numbers: the Japanese plan, numbers abroad, and what a label or a phrase calls a telephone number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import phonenumbers

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page
from yakin.privacy.recognisers.any_case import any_case, each

_WORDS = re.compile(
    "電話|携帯|ファ[ック]ク?ス|連絡先|連絡は|問い?合わ?せ(?:先|窓口|は)|折り?返し|内線|直通|デンワ|ケイタイ"
    "|レンラクサキ|℡|☎|"
    + any_case("tel", "fax", "phone", "mobile", "call", "contact", "denwa", "keitai")
    + "|"
    + any_case("cell", whole=True)
    + "|"
    + "|".join(f"{letter}(?<![A-Za-z]{letter})(?= ?:)" for letter in "TFM")
)
_NOT_A_PHONE = re.compile(
    each(
        "注文|受注|発注|伝票|請求|請求書|見積|見積書|管理|製造|製品|部品|追跡|合わせ|合せ|加盟店|端末|会議|送り状"
        "|受付|案件|チケット|シリアル|契約|文書"
        "|図面|特許|社員|口座",
        r"番号|No\.?|NO\.?|ID|コード",
    )
    + "|型番|品番|図番|型式|JAN|ISBN|ロット|規格|会議ID|ヒンバン|"
    + any_case("part[ _]no", "part[ _]number", "model", "serial", "p/n", "lot", "sku")
)
# 設備番号 06-4055-1735: a number that says right before it that it is the number of something else
_NUMBER_OF_A_THING = re.compile(
    r"(?P<of>[一-龥ァ-ヶー]{1,8})(?:番号|コード|ナンバー|No\.?|ID)[ \t]{0,2}(?:[:=]|は)?[ \t]{0,2}$"
)
_OF_A_PHONE = re.compile(
    r"電話|携帯|ファ|連絡|代表|直通|窓口|緊急|[着発]信|内線|自宅|勤務先|ダイヤル|呼出|通話|問い?合|固定"
)
_FEWEST = 7  # digits
# Where any of the shapes below can begin: nine characters of which numbers consist, not all of one long number.
_CANDIDATE = re.compile(r"(?=[+(]?[0-9](?:[0-9]|[-ー() .・+](?! {2})|\n){7})")
_SEP = r"(?: ?[-ー.・] ?| |[-ー]\n(?:> ?)?)"
_DOMESTIC = re.compile(
    rf"(?<![A-Za-z0-9+-])(?<![0-9]\.)(?:\(0[0-9]{{1,4}}\)[ -]?|0[0-9]{{1,4}}(?: ?\(|\)[ -]?|{_SEP}))"
    rf"[0-9]{{1,4}}(?:\) ?|{_SEP}){{1,2}}[0-9]{{3,4}}(?![A-Za-z0-9]|-[A-Za-z0-9])"
    r"|(?<![A-Za-z0-9+-])(?<![0-9]\.)0[0-9]{9,10}(?![A-Za-z0-9]|[-.][0-9])"
    r"|(?<![A-Za-z0-9+-])(?<![0-9]\.)0[5-9]0[-\s]{0,3}[0-9]{4}[-\s]{0,3}[0-9]{4}(?![A-Za-z0-9]|-[0-9])"
)
_LETTER_SPACED = re.compile(
    r"(?<![0-9A-Za-z-] )(?<![0-9A-Za-z-])0(?: ?- ?| )(?:[0-9](?: ?- ?| )){8,9}[0-9](?! ?[0-9-])"
)
_LABELLED = re.compile(  # abroad, without the leading 0, or in no plan at all: the label says what it is
    r"(?<![A-Za-z0-9+/-])(?<![0-9A-Za-z]\.)(?!(?:19"
    r"|20)[0-9]{2}[-/])\(?[0-9]{2,5}\)?(?:[- ][0-9]{2,4}){2,4}(?![A-Za-z0-9]|-[A-Za-z0-9])"
)
_EXTENSION = r"(?: ?(?:x|ext\.?) ?[0-9]{1,6})?"
_INTERNATIONAL = re.compile(
    rf"(?<![A-Za-z0-9])\+[0-9][0-9 ().-]{{7,18}}[0-9]{_EXTENSION}(?![A-Za-z0-9])"
    rf"|(?<![A-Za-z0-9+-])(?<![0-9]\.)001-[2-9][0-9]{{2}}-[0-9]{{3}}-[0-9]{{4}}{_EXTENSION}(?![A-Za-z0-9])"
)
_AMERICAN = re.compile(
    r"(?<![A-Za-z0-9(+-])(?<![0-9A-Za-z]\.)(?:\([2-9][0-9]{2}\)[ .-]?|[2-9][0-9]{2}[ .-])[2-9][0-9]{2}[ .-][0-9]{4}"
    rf"{_EXTENSION}(?![A-Za-z0-9]|[-.][0-9])"
)
# What people say before or after a number of any shape, in English.
_PHRASE = re.compile(
    r"(?<![A-Za-z])(?:(?:tele)?phone|mobile|cell|fax|tel|desk)(?: ?(?:number|no\.?))?(?: is)?\.?(?= ?:|\s)"
    r"|(?<![A-Za-z])(?:call|reach|text|ring|contact|phone)(?: (?:me|us|him|her|them|back|someone))? (?:on|at)(?= )"
    r"|answering at(?= )|messages? to(?= )|my registered(?: (?:number|mobile))?(?= )",
    re.IGNORECASE,
)
_ANY_SHAPE = re.compile(
    rf"[+(]?[0-9](?:[0-9]|[ ().-](?=[0-9(])|\) ?(?=[0-9])){{5,18}}(?<=[0-9]){_EXTENSION}(?![A-Za-z0-9]|[-/.][0-9])"
)
_NAMED_AFTER = re.compile(
    rf"(?<![A-Za-z0-9+-])(?<![0-9]\.)[+(]?[0-9](?:[0-9]|[ ().-](?=[0-9(])"
    rf"|\) ?(?=[0-9])){{5,18}}(?<=[0-9]){_EXTENSION}"
    r"(?=[ -](?:[Oo]ffice|[Ff]ax|[Mm]obile|[Hh]ome|[Cc]ell|[Ww]ork)(?![A-Za-z]))"
)
_ENCLOSED_BEFORE, _ENCLOSED_AFTER = re.compile(r"[(（、,/・] ?$"), re.compile(r" ?[)、,/・]")
_ADDRESSED = re.compile(r"(?:様|殿|さん|御中|希望|は|会社|\(株\)|商店|工業|製作所)[ ]{1,3}$")
_TO_CALL = re.compile(r"(?: ?宛| ?まで| ?に| ?へ)?(?:ご|お)?(?:電話|連絡|架電)")
_SERVICE = re.compile(r"0(?:800|120|570|990)[-ー ]?[0-9]{3}[-ー ]?[0-9]{3,4}")
_DATE = re.compile(r"(?:19|20)[0-9]{2}([-./])(?:0?[1-9]|1[0-2])\1[0-9]{1,2}")


@dataclass(frozen=True)
class Phone:
    """Numbers that exist in the Japanese numbering plan, or that start with + and a country's plan."""

    kind: ClassVar[Kind] = Kind.PHONE

    def find(self, page: Page) -> Iterator[Finding]:
        """Hyphens, brackets, none; unbroken land lines only with a label or in brackets."""
        if not page.has_digits:
            return
        begins = [candidate.start() for candidate in page.at_numbers(_CANDIDATE)]
        for start in (*begins, *(start + 1 for start in begins if page.text[start] == "(")):
            yield from self._at(page, start)
        for start, end in page.values_of(_PHRASE, _ANY_SHAPE):
            if sum(map(str.isdigit, page.text[start:end])) >= _FEWEST and not _DATE.match(page.text, start):
                yield Finding(self.kind, start, end, 0.7)

    def _at(self, page: Page, start: int) -> Iterator[Finding]:
        """What begins at one place, read in every way."""
        for shape, region in ((_DOMESTIC, "JP"), (_INTERNATIONAL, "ZZ"), (_AMERICAN, "US")):
            if (match := shape.match(page.text, start)) and self._accepts(page, match, region):
                yield self._finding(match, 0.9)
        if (match := _LABELLED.match(page.text, start)) and self._in_no_plan(page, match):
            yield self._finding(match, 0.7)
        if (match := _LETTER_SPACED.match(page.text, start)) and self._named(page, match):
            yield self._finding(match, 0.8)
        if (match := _NAMED_AFTER.match(page.text, start)) and sum(map(str.isdigit, match.group())) >= _FEWEST:
            yield self._finding(match, 0.7)

    def _in_no_plan(self, page: Page, match: re.Match[str]) -> bool:
        return 8 <= sum(map(str.isdigit, match.group())) <= 13 and self._named(page, match)

    def _finding(self, match: re.Match[str], score: float) -> Finding:
        """Without an opening bracket that does not belong to the number."""
        start, end = match.span()
        opened = match.group().startswith("(") and ")" not in match.group()
        return Finding(self.kind, start + opened, end, score)

    @staticmethod
    def _named(page: Page, match: re.Match[str]) -> bool:
        return page.labelled(_WORDS, match.start(), match.end())

    def _accepts(self, page: Page, match: re.Match[str], region: str) -> bool:
        found = match.group()
        named = self._named(page, match)
        if not named and (page.otherwise_labelled(_NOT_A_PHONE, match.start()) or _numbers_a_thing(page, match)):
            return False
        if found.isdigit() and len(found) == 10 and not (named or _stands_for_itself(page, match)):
            return False
        return _SERVICE.fullmatch(found) is not None or _exists(found, region, lenient=named or region != "JP")


def _numbers_a_thing(page: Page, match: re.Match[str]) -> bool:
    label = _NUMBER_OF_A_THING.search(page.text, max(0, match.start() - 18), match.start())
    return label is not None and _OF_A_PHONE.search(label["of"]) is None


def _stands_for_itself(page: Page, match: re.Match[str]) -> bool:
    """Whether an unbroken number is in brackets, or alone on its line beside a line with an e-mail address."""
    text, start, end = page.text, match.start(), match.end()
    if page.labelled_otherwise(_WORDS, start):
        return False
    enclosed = _ENCLOSED_BEFORE.search(text[max(0, start - 2) : start]) and _ENCLOSED_AFTER.match(text, end)
    if _ADDRESSED.search(text[max(0, start - 5) : start]) or _TO_CALL.match(text, end):
        return True
    alone = text[start - 1 : start] in {"", "\n"} and text[end : end + 1] in {"", "\n"}
    return bool(enclosed and ")" in text[end : end + 12]) or (alone and "@" in text[max(0, start - 60) : end + 60])


def _exists(found: str, region: str, *, lenient: bool) -> bool:
    digits = re.sub(r"[^0-9+]", "", re.sub(r"\(0\)|(?:x|ext).*$", "", found))
    try:
        number = phonenumbers.parse(digits, "US" if digits.startswith("001") else region)
    except phonenumbers.NumberParseException:
        return False
    # a labelled number of a plausible length counts: fictitious and new area codes are not in the plan
    return phonenumbers.is_possible_number(number) if lenient else phonenumbers.is_valid_number(number)
