"""Bank accounts and payment cards."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from stdnum import iban

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Number, Page
from yakin.privacy.recognisers.any_case import any_case, each
from yakin.privacy.recognisers.check_digits import is_luhn

_ACCOUNT = re.compile(
    r"口座|普通|当座|貯蓄|振込先|預金|普\)|当\)|コウザ|フツウ|トウザ|"
    + any_case(
        "account[ _]?number",
        "account[ _]?num",
        "account[ _]?no",
        "account #",
        "a/c",
        "bank[ _]account",
        "acct",
        "kou?za",
    )
)
_ACCOUNT_NUMBER = re.compile(
    r"口座番号|口座No\.?|コウザバンゴウ|"
    + any_case(
        "account[ _]?number", "account[ _]?num", "account[ _]?no", "acct[ _]no", "kou?za[ _]?bango", "kou?za[ _]?no"
    )
)
_ACCOUNT_VALUE = re.compile(r"(?:[0-9]{3,4}[- ]){0,2}(?P<account>[0-9]{4,12})(?![0-9A-Za-z]|[-/.][0-9]|年)")
_ACCOUNT_GROUPS = frozenset({(7,), (3, 4), (1,) * 7})
_YUCHO = re.compile(r"(?<![0-9-])1[0-9]{3}0[ -]{1,3}(?:[0-9][ -])?[0-9]{1,7}1(?![0-9-])")
_YUCHO_PARTS = re.compile(
    r"記号[\s:=は|]{0,4}(?P<symbol>1[0-9]{3}0)[\s,、・/|-]{0,4}番号[\s:=は|]{0,4}(?P<number>[0-9]{1,7}1)(?![0-9])"
)
_YUCHO_WORDS = re.compile(r"ゆうちょ|ユウチョ|郵便貯金|貯金|郵便局|記号")
# 全銀協 transfer data, data record: 2, bank, branch, type of account, account, holder in kana, yen
_TRANSFER = re.compile(
    r"^2[0-9]{4}[^\n0-9]{1,15}[0-9]{3}[^\n0-9]{1,15}[0-9 ]{0,4}[1249](?P<account>[0-9]{7})[ァ-ヶー(A-Z]"
    r"[^\n0-9]{1,40}[0-9]{10}",
    re.MULTILINE,
)
_AMOUNT_BEFORE = re.compile(r"[¥\\/]$|(?<![Nn][oO])[.]$|[0-9][,]$|(?<![0-9][0-9]{2})-$|[0-9]{4}-$")
_AMOUNT_AFTER = re.compile(r"[円名件株個枚台]|[-,./][0-9]|[年月]")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_CARD_PREFIX = {  # by number of digits
    16: re.compile(r"4|5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720|35(?:2[89]|[3-8])|6(?:011|4[4-9]|5|2)"),
    15: re.compile(r"3[47]"),
    14: re.compile(r"30[0-5]|3[689]"),
}
_CARD_WORDS = re.compile("カード|クレジット|" + any_case("card", "visa", "master", "jcb", "amex"))
_CARD_GROUPS = frozenset({(4, 4, 4, 4), (4, 6, 5), (4, 6, 4)})
_NOT_A_CARD = re.compile(
    each(
        "注文|受注|発注|伝票|請求|請求書|見積|見積書|管理|製造|製品|部品|追跡|合わせ|合せ|送り状|荷物|加盟店|端末"
        "|受付|案件|チケット|取引|トランザクション"
        "|シリアル|契約|申込",
        "番号|No|NO|ID|コード",
    )
    + "|型番|品番|図番|JAN|ロット|"
    + any_case("tracking", "order", "serial", "invoice", "transaction", "trx", "imei")
)


@dataclass(frozen=True)
class BankAccount:
    """Seven digits near a word for account; ゆうちょ 記号番号; IBAN by check digits."""

    kind: ClassVar[Kind] = Kind.BANK_ACCOUNT

    def find(self, page: Page) -> Iterator[Finding]:
        """Japanese account numbers have no check digit, so a label is needed."""
        if not page.has_digits:
            return
        if page.mentions(_ACCOUNT):
            yield from self._japanese(page)
        if page.mentions(_YUCHO_WORDS):
            yield from self._yucho(page)
        for match in page.finditer(_TRANSFER):
            yield Finding(self.kind, *match.span("account"), 0.9)
        for match in page.finditer(_IBAN):
            if iban.is_valid(match.group()):
                yield Finding(self.kind, match.start(), match.end(), 1.0)

    def _japanese(self, page: Page) -> Iterator[Finding]:
        for number in page.numbers(7):
            if number.groups in _ACCOUNT_GROUPS and self._is_account(page, number.start, number.end):
                yield Finding(self.kind, number.start, number.end, 0.9)
        for number in page.numbers(14):  # bank, branch and account in one
            if number.groups == (4, 3, 7) and page.labelled(_ACCOUNT, number.start, number.end):
                yield Finding(self.kind, number.end - 7, number.end, 0.8)
        for start, end in page.values_of(_ACCOUNT_NUMBER, _ACCOUNT_VALUE):
            value = _ACCOUNT_VALUE.fullmatch(page.text, start, end)
            yield Finding(self.kind, value.start("account") if value else start, end, 0.8)

    @staticmethod
    def _is_account(page: Page, start: int, end: int) -> bool:
        before, after = page.text[max(0, start - 5) : start], page.text[end : end + 2]
        part_of_amount = _AMOUNT_BEFORE.search(before) or _AMOUNT_AFTER.match(after)
        return not part_of_amount and not page.touches_word(start, end) and page.labelled(_ACCOUNT, start, end)

    def _yucho(self, page: Page) -> Iterator[Finding]:
        for match in page.at_numbers(_YUCHO):
            if page.labelled(_YUCHO_WORDS, match.start(), match.end()):
                yield Finding(self.kind, match.start(), match.end(), 0.9)
        for match in page.finditer(_YUCHO_PARTS):
            for group in ("symbol", "number"):
                yield Finding(self.kind, match.start(group), match.end(group), 0.9)


@dataclass(frozen=True)
class CreditCard:
    """A valid check digit, and a word for card or the length and prefix of a network."""

    kind: ClassVar[Kind] = Kind.CREDIT_CARD

    def find(self, page: Page) -> Iterator[Finding]:
        """Grouped as on a card, or unbroken, or in any form beside a word for card."""
        if not page.has_digits:
            return
        named_somewhere = page.mentions(_CARD_WORDS)
        for number in (number for length in range(12, 20) for number in page.numbers(length)):
            prefix = _CARD_PREFIX.get(len(number.digits))
            usual = prefix is not None and prefix.match(number.digits) is not None
            printed = usual and (number.groups in _CARD_GROUPS or len(number.groups) == 1)
            # the cheap questions first: a table of figures has many ways to read sixteen digits
            if (printed or named_somewhere) and is_luhn(number.digits):
                yield from self._judged(page, number, printed=printed)

    def _judged(self, page: Page, number: Number, *, printed: bool) -> Iterator[Finding]:
        named = page.labelled(_CARD_WORDS, number.start, number.end)
        other = page.otherwise_labelled(_NOT_A_CARD, number.start)
        if not page.touches_word(number.start, number.end) and (named or (printed and not other)):
            yield Finding(self.kind, number.start, number.end, 1.0 if named else 0.8)
