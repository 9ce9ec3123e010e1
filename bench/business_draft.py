"""Templates of the generated business set: `〔a｜b〕` picks one, `{field#n}` writes a value of the n-th person or thing.

`{kind|text}` labels a text that the template gives. Offsets are right by construction: a draft only ever appends.
"""

# ruff: noqa: E501 - one template or value per line reads better than pieces of it

import base64
import random
import re
import string
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from faker import Faker

from bench import business_numbers as numbers
from bench import business_people as people
from bench.business_values import CARE, KIND_WORDS, SECRETS, WORDS
from yakin.domain.evidence import Kind

Piece = tuple[Kind | None, str]
CHOICE = re.compile(r"〔([^〔〕]*)〕")
FIELD = re.compile(r"\{([a-z_0-9]+)(?:\|([^{}]*))?(?:#(\d+))?\}")
KINDS = {kind.value for kind in Kind}
LETTERS = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase


@dataclass(frozen=True)
class Span:
    """What is written from `start` to `end` (half open) of a text."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True)
class Labelled:
    """A document with every span that a strict reader marks in it."""

    text: str
    spans: tuple[Span, ...]
    family: str


@dataclass
class Draft:
    """A document while it is written. `inline` forbids line breaks inside values (tables)."""

    rng: random.Random
    fake: Faker
    inline: bool = False
    pieces: list[Piece] = field(default_factory=list)
    known: dict[tuple[str, str, str], list[Piece]] = field(default_factory=dict)
    persons: dict[str, people.Person] = field(default_factory=dict)
    foreigners: dict[str, tuple[str, str]] = field(default_factory=dict)

    def write(self, template: str) -> "Draft":
        """Appends the filled template."""
        while "〔" in template:
            template = CHOICE.sub(lambda match: self.rng.choice(match[1].split("｜")), template)
        at = 0
        for match in FIELD.finditer(template):
            self.pieces.append((None, template[at : match.start()]))
            self.pieces.extend(self.value(match[1], match[2] or "", match[3] or "0"))
            at = match.end()
        self.pieces.append((None, template[at:]))
        return self

    def value(self, name: str, literal: str, who: str) -> list[Piece]:
        """The same value for the same field of the same person within one document."""
        if name in KINDS and literal:
            return [(Kind(name), literal)]
        if who == "0" and name not in PERSON_FORMS and name not in VALUES and name not in FOREIGN_FORMS:
            return self._new(name, literal, who)
        key = (name, literal, who)
        if key not in self.known:
            self.known[key] = self._new(name, literal, who)
        return self.known[key]

    def _new(self, name: str, literal: str, who: str) -> list[Piece]:
        if name in PERSON_FORMS:
            if who not in self.persons:
                self.persons[who] = people.person(self.rng, self.fake)
            return [(Kind.PERSON, PERSON_FORMS[name](self.persons[who], self.rng))]
        if name in VALUES:
            kind, make = VALUES[name]
            return [(kind, make(self) + literal)]
        if name in FOREIGN_FORMS:
            return [(Kind.PERSON, self._foreign(who)[FOREIGN_FORMS[name]])]
        if name in PLAIN:
            return [(None, PLAIN[name](self.rng, literal))]
        if name in KIND_WORDS:
            kind, choices = KIND_WORDS[name]
            return [(kind, literal + self.rng.choice(choices))]
        return [(None, self.rng.choice(WORDS[name]))]

    def _foreign(self, who: str) -> tuple[str, str]:
        if who not in self.foreigners:
            self.foreigners[who] = self.rng.choice(people.FOREIGN)
        return self.foreigners[who]

    def finish(self, family: str) -> Labelled:
        """The document; asserts that every span holds the value that was written there."""
        text, spans = "", []
        for kind, piece in self.pieces:
            if kind:
                spans.append((Span(kind, len(text), len(text) + len(piece)), piece))
            text += piece
        for span, piece in spans:
            assert piece
            assert text[span.start : span.end] == piece
        return Labelled(text, tuple(span for span, _ in spans), family)


def full_name(one: people.Person, rng: random.Random) -> str:
    """Surname and given name with no space, a space or a wide space."""
    return one.surname + rng.choice(["", "", " ", "　"]) + one.given


def half_kana(text: str) -> str:
    """Katakana in half width, with voiced marks of their own."""
    return "".join(HALF.get(char, char) for char in text)


def _half_table() -> dict[str, str]:
    import unicodedata

    table = {}
    for code in range(0xFF65, 0xFFA0):
        char = chr(code)
        table[unicodedata.normalize("NFKC", char)] = char
        for mark in "ﾞﾟ":
            if len(whole := unicodedata.normalize("NFKC", char + mark)) == 1:
                table[whole] = char + mark
    return table


HALF = _half_table()
FOREIGN_FORMS = {"foreign": 0, "latin": 1}
PERSON_FORMS: dict[str, Callable[[people.Person, random.Random], str]] = {
    "name": full_name,
    "tight": lambda one, _: one.surname + one.given,
    "sur": lambda one, _: one.surname,
    "given": lambda one, _: one.given,
    "kana": lambda one, rng: rng.choice([" ", "　", ""]).join(one.kana),
    "hira": lambda one, rng: (
        rng.choice([" ", "　"]).join(one.kana).translate({c: c - 0x60 for c in range(0x30A1, 0x30F7)})
    ),
    "hkana": lambda one, _: half_kana(" ".join(one.kana)),
    "roma": lambda one, rng: rng.choice(
        [" ".join((one.romaji[1], one.romaji[0])), " ".join(one.romaji), f"{one.romaji[0].upper()} {one.romaji[1]}"]
    ),
    "upper": lambda one, _: " ".join(one.romaji).upper(),
    "english": lambda one, rng: (
        " ".join((one.romaji[1], one.romaji[0])) if rng.random() < 0.7 else rng.choice(people.WESTERN)
    ),
}


def _email(draft: Draft) -> str:
    rng = draft.rng
    one = people.person(rng, draft.fake)
    local = rng.choice(
        [".".join(one.romaji), one.romaji[1][0] + "-" + one.romaji[0], one.romaji[0] + str(rng.randint(1, 99))]
    )
    host = rng.choice(["example.co.jp", "example.com", "mail.example.co.jp", "example.ne.jp", "sales.example.or.jp"])
    address = f"{local.replace(chr(39), '').lower()}@{host}"
    choice = rng.random()
    if choice < 0.06:
        return address.translate(numbers.FULL_WIDTH)
    return address.replace("@", "＠") if choice < 0.09 else address


def _written(make: Callable[[random.Random], str], cuts: tuple[int, ...], usual: str) -> Callable[[Draft], str]:
    def write(draft: Draft) -> str:
        number, at, groups = make(draft.rng), 0, []
        for cut in cuts:
            groups.append(number[at : at + cut])
            at += cut
        return numbers.spell(groups, draft.rng, inline=draft.inline, usual=usual)

    return write


def _wide(text: str, rng: random.Random, share: float = 0.12) -> str:
    return text.translate(numbers.FULL_WIDTH) if rng.random() < share else text


VALUES: dict[str, tuple[Kind, Callable[[Draft], str]]] = {
    "mynumber": (Kind.MY_NUMBER, _written(numbers.my_number, (4, 4, 4), " ")),
    "corporate": (Kind.CORPORATE_NUMBER, lambda d: _wide(numbers.corporate_number(d.rng), d.rng)),
    "tnumber": (Kind.CORPORATE_NUMBER, lambda d: _wide("T" + numbers.corporate_number(d.rng), d.rng)),
    "licence": (Kind.DRIVERS_LICENCE, lambda d: _wide(numbers.drivers_licence(d.rng), d.rng)),
    "passport": (Kind.PASSPORT, lambda d: _wide(numbers.token(d.rng, "TMN", 1) + numbers.token(d.rng, "KRZGHS", 1) + numbers.digits(d.rng, 7), d.rng)),
    "residence": (Kind.RESIDENCE_CARD, lambda d: _wide(numbers.token(d.rng, UPPER, 2) + numbers.digits(d.rng, 8) + numbers.token(d.rng, UPPER, 2), d.rng)),
    "pension": (Kind.PENSION_NUMBER, _written(lambda rng: numbers.digits(rng, 10), (4, 6), "-")),
    "insurer": (Kind.HEALTH_INSURANCE, lambda d: _wide(numbers.insurer_number(d.rng), d.rng)),
    "insured": (Kind.HEALTH_INSURANCE, lambda d: d.rng.choice(["{}　番号 {}", "{} 番号：{}", "{}・番号{}", "{} 番号 {}"]).format(numbers.digits(d.rng, d.rng.choice([4, 8])), numbers.digits(d.rng, d.rng.choice([2, 3, 7])))),
    "account": (Kind.BANK_ACCOUNT, lambda d: _wide(numbers.digits(d.rng, 7), d.rng)),
    "yucho": (Kind.BANK_ACCOUNT, lambda d: d.rng.choice(["1{}0{}番号 {}1", "1{}0-{}番号{}1", "1{}0　{}番号：{}1"]).format(numbers.digits(d.rng, 3), d.rng.choice([" ", "　"]), numbers.digits(d.rng, 7))),
    "card": (Kind.CREDIT_CARD, lambda d: numbers.spell(numbers.card_number(d.rng), d.rng, inline=d.inline, usual=d.rng.choice("- "))),
    "phone": (Kind.PHONE, lambda d: numbers.phone(d.rng, inline=d.inline)),
    "intl": (Kind.PHONE, lambda d: d.rng.choice(["+81-3-{}-{}", "+81 90 {} {}", "+81-(0)6-{}-{}", "090-{}-{}", "+81 (3) {}-{}"]).format(numbers.digits(d.rng, 4), numbers.digits(d.rng, 4))),
    "email": (Kind.EMAIL, _email),
    "mail": (Kind.EMAIL, lambda d: _email(d).translate({ord(wide): chr(code) for code, wide in numbers.FULL_WIDTH.items()})),
    "ip": (Kind.IP_ADDRESS, lambda d: ".".join(str(n) for n in (d.rng.choice([10, 172, 192, 203]), *d.rng.choices(range(1, 254), k=3))) if d.rng.random() < 0.9 else f"2001:db8:{d.rng.randint(16, 4095):x}::{d.rng.randint(1, 4095):x}"),
    "postal": (Kind.POSTAL_CODE, lambda d: _wide(f"{d.rng.randint(100, 998)}-{d.rng.randint(0, 9999):04}", d.rng)),
    "address": (Kind.ADDRESS, lambda d: people.address(d.rng)),
    "en_address": (Kind.ADDRESS, lambda d: people.english_address(d.rng)),
    "birth": (Kind.BIRTH_DATE, lambda d: numbers.birth_date(d.rng)),
    "en_birth": (Kind.BIRTH_DATE, lambda d: (date(1950, 1, 1) + timedelta(days=d.rng.randint(0, 20_000))).strftime(d.rng.choice(["%B %d, %Y", "%d %B %Y", "%Y-%m-%d", "%m/%d/%Y"]))),
    "emp": (Kind.COMPANY_ID, lambda d: _wide("EMP-" + numbers.digits(d.rng, 6), d.rng, 0.08)),
    # `{care|の療養}`: the words around a diagnosis belong to what a strict reader marks.
    "care": (Kind.SPECIAL_CARE, lambda d: d.rng.choice(CARE)),
    "secret": (Kind.SECRET_KEY, lambda d: d.rng.choice(SECRETS)(d.rng)),
    "aws": (Kind.SECRET_KEY, lambda d: SECRETS[0](d.rng)),
    "password": (Kind.SECRET_KEY, lambda d: numbers.token(d.rng, LETTERS, d.rng.randint(8, 14)) + d.rng.choice(["!", "#7", "$x", "@9", ""]) + numbers.digits(d.rng, 2)),
    "connection": (Kind.SECRET_KEY, lambda d: d.rng.choice(["postgresql://app:{}@db01.internal:5432/core", "mysql://root:{}@crm-db/crm", "Server=sql01;Database=crm;User Id=sa;Password={};", "amqps://svc:{}@mq.internal:5671/prod", "redis://:{}@cache.internal:6379/0"]).format(numbers.token(d.rng, LETTERS, 14))),
    "pem": (Kind.SECRET_KEY, lambda d: "-----BEGIN {0}PRIVATE KEY-----\n{1}\n-----END {0}PRIVATE KEY-----".format(d.rng.choice(["RSA ", "EC ", "", "OPENSSH "]), "\n".join(numbers.token(d.rng, LETTERS + "+/", 64) for _ in range(d.rng.randint(6, 14))))),
}  # fmt: skip


def _date(rng: random.Random, _: str) -> str:
    year, month, day = rng.randint(2019, 2027), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice([f"{year}年{month}月{day}日", f"{year}/{month:02}/{day:02}", f"令和{year - 2018}年{month}月{day}日", f"{year}-{month:02}-{day:02}", f"{month}月{day}日", f"R{year - 2018}.{month}.{day}"])  # fmt: skip


PLAIN: dict[str, Callable[[random.Random, str], str]] = {
    "d": lambda rng, literal: numbers.digits(rng, int(literal or 3)),
    "date": _date,
    "time": lambda rng, _: f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}",
    "yen": lambda rng, _: f"{rng.randint(1, 9_999) * rng.choice([10, 100, 1000]):,}",
    "company": lambda rng, _: people.company(rng),
    "slip": lambda rng, _: numbers.spell([numbers.digits(rng, 4) for _ in range(3)], rng, inline=True),
    "slip_valid": lambda rng, _: rng.choice([numbers.my_number, numbers.drivers_licence, numbers.corporate_number])(rng),
    "slip16": lambda rng, _: "".join(numbers.card_number(rng)),
    "jan": lambda rng, _: numbers.jan(rng),
    "isbn": lambda rng, _: re.sub(r"(...)(.)(.{4})(.{4})(.)", r"\1-\2-\3-\4-\5", numbers.jan(rng, "9784")),
    "partno": lambda rng, _: rng.choice([f"03-{numbers.digits(rng, 4)}-{numbers.digits(rng, 4)}", f"090-{numbers.digits(rng, 4)}-{numbers.digits(rng, 4)}-A", f"{numbers.digits(rng, 3)}-{numbers.digits(rng, 4)}", f"TK{numbers.digits(rng, 7)}-B", f"AB-{numbers.digits(rng, 8)}", f"0120-{numbers.digits(rng, 3)}{rng.choice('XZ')}"]),
    "ver": lambda rng, _: f"{rng.randint(1, 24)}.{rng.randint(0, 20)}.{rng.randint(0, 40)}" + rng.choice(["", f".{rng.randint(1, 250)}", f"-rc{rng.randint(1, 4)}"]),
    "uuid": lambda rng, _: str(uuid.UUID(int=rng.getrandbits(128), version=4)),
    "sha": lambda rng, literal: f"{rng.getrandbits(256):064x}"[: int(literal or 64)],
    "b64": lambda rng, _: base64.b64encode(rng.randbytes(rng.randint(150, 400))).decode(),
    "order": lambda rng, _: rng.choice([f"PO-{numbers.digits(rng, 8)}", f"{numbers.digits(rng, 10)}", f"ORD{numbers.digits(rng, 12)}", f"2026-{numbers.digits(rng, 4)}-{numbers.digits(rng, 4)}", numbers.digits(rng, 7)]),
    "float": lambda rng, _: f"{rng.uniform(0, 120):.{rng.randint(1, 4)}f}",
}  # fmt: skip
