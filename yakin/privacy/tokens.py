"""The shape of the tokens that stand in for identifiers, e.g. ［人物_KXBQTR］."""

import re

from yakin.domain.evidence import Kind

# Consonants only: no digits that a number pattern could find again, no vowels that could spell a word.
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
SHORTEST = 6
LONGEST = 12
LABELS: dict[Kind, str] = {
    Kind.MY_NUMBER: "個人番号",
    Kind.DRIVERS_LICENCE: "免許証番号",
    Kind.PASSPORT: "旅券番号",
    Kind.RESIDENCE_CARD: "在留カード番号",
    Kind.PENSION_NUMBER: "年金番号",
    Kind.HEALTH_INSURANCE: "保険番号",
    Kind.BANK_ACCOUNT: "口座",
    Kind.CREDIT_CARD: "カード番号",
    Kind.PHONE: "電話",
    Kind.EMAIL: "メール",
    Kind.IP_ADDRESS: "IPアドレス",
    Kind.POSTAL_CODE: "郵便番号",
    Kind.ADDRESS: "住所",
    Kind.PERSON: "人物",
    Kind.BIRTH_DATE: "生年月日",
    Kind.COMPANY_ID: "識別番号",
    Kind.SECRET_KEY: "秘密",
    Kind.LOW_CONFIDENCE: "要確認番号",
}
_LABEL = "|".join(sorted(LABELS.values(), key=len, reverse=True))
SURNAME = "_姓"  # a surname alone that stands for a person whose full name has a token
TOKEN = re.compile(rf"[\[［](?:{_LABEL})_[{ALPHABET}]{{{SHORTEST},{LONGEST}}}(?:{SURNAME})?[\]］]")
# What a model may make of a token: other brackets, spaces, full-width or lower-case letters.
LOOSE_TOKEN = re.compile(
    rf"[\[［【〔(（<＜「]?\s*(?:{_LABEL})\s*[_＿\-‐ ]\s*([A-ZＡ-Ｚa-zａ-ｚ]{{{SHORTEST},{LONGEST}}})"
    rf"(?:\s*[_＿]\s*(姓))?(?![A-Za-z])\s*[\]］】〕)）>＞」]?"
)
# Brackets around a label whose code was lost or cut short.
BROKEN_TOKEN = re.compile(rf"[\[［【](?:{_LABEL})(?:[_＿][^\]］】]{{0,16}})?[\]］】]|(?:{_LABEL})[_＿][A-Z]")
