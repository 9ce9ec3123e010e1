"""Pseudonyms: each identifier becomes a token that shows its kind, and answers come back with the values.

Masked is every kind that leads to a person, an account or a machine; a postal code too, because with
little else it leads to a household. Not masked: corporate numbers (public), markings, and the words of
special care, which say nothing once the person is a token.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from yakin.domain.asking import AnswerFields
from yakin.domain.evidence import Finding, Kind
from yakin.privacy.folding import fold_value
from yakin.privacy.tokens import ALPHABET, BROKEN_TOKEN, LABELS, LONGEST, LOOSE_TOKEN, SHORTEST, SURNAME, TOKEN

MASKED_KINDS = frozenset(LABELS)
WITHHELD = "［秘密情報］"  # a key or password never comes back, not even into an answer


@dataclass(frozen=True, slots=True, repr=False)
class Masked:
    """A text with tokens, and the map from token to value, which stays in the process."""

    text: str
    restore: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Masked(characters={len(self.text)}, tokens={len(self.restore)})"


def mask(text: str, findings: Sequence[Finding], run_secret: bytes) -> Masked:
    """Replaces each identifier; one value has one token within a run, and particles and honorifics stay.

    Findings must not overlap. A value written in two ways (full-width, spaces) comes back in its first form.
    """
    wanted = sorted((one for one in findings if one.kind in MASKED_KINDS), key=lambda one: one.start)
    coder = _Coder(run_secret, _people(text, wanted), text)
    out: list[str] = []
    done = 0
    for finding in wanted:
        out.append(text[done : finding.start])
        out.append(coder.token(finding.kind, text[finding.start : finding.end]))
        done = finding.end
    out.append(text[done:])
    return Masked("".join(out), dict(coder.restore))


def outside_tokens(text: str, findings: Iterable[Finding]) -> list[Finding]:
    """The findings that do not lie wholly inside a token."""
    tokens = [match.span() for match in TOKEN.finditer(text)]
    return [one for one in findings if not any(start <= one.start and one.end <= end for start, end in tokens)]


def restore_answer(fields: AnswerFields, restore: Mapping[str, str]) -> tuple[AnswerFields, bool]:
    """The answer with its values back. False when something that looks like a token could not be resolved."""
    values = {_code(token): value for token, value in restore.items()}
    restorer = _Restorer(values)
    restored = {restorer.string(name): restorer.value(value) for name, value in fields.items()}
    return restored, restorer.complete


class _Coder:
    """Gives out tokens: HMAC of kind and normalised value, longer where two values would meet."""

    def __init__(self, run_secret: bytes, people: Mapping[str, str], text: str) -> None:
        if not run_secret:
            raise ValueError("run_secret is empty; pseudonyms would be guessable")
        self._secret = run_secret
        self._people = people
        self._text = text
        self._owner: dict[str, tuple[Kind, str]] = {}
        self.restore: dict[str, str] = {}

    def token(self, kind: Kind, surface: str) -> str:
        """The token for this value; remembers how to restore it."""
        value = fold_value(surface)
        full = self._people.get(value) if kind is Kind.PERSON else None
        code = self._code(kind, full or value)
        token = f"［{LABELS[kind]}_{code}{SURNAME if full else ''}］"
        self.restore.setdefault(token, WITHHELD if kind is Kind.SECRET_KEY else surface)
        return token

    def _code(self, kind: Kind, value: str) -> str:
        letters = _letters(hmac.digest(self._secret, f"{kind}\0{value}".encode(), hashlib.sha256))
        for length in range(SHORTEST, LONGEST + 1):
            code = letters[:length]
            if code not in self._text and self._owner.setdefault(code, (kind, value)) == (kind, value):
                return code
        raise ValueError("no free pseudonym for a value; this needs 20^12 others and cannot happen by chance")


def _letters(digest: bytes) -> str:
    number, letters = int.from_bytes(digest), []
    for _ in range(LONGEST):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return "".join(letters)


def _people(text: str, findings: Iterable[Finding]) -> dict[str, str]:
    """Surnames that stand for exactly one full name of this text: 田中 where only 田中太郎 occurs."""
    names = {fold_value(text[one.start : one.end]) for one in findings if one.kind is Kind.PERSON}
    people: dict[str, str] = {}
    for name in names:
        longer = [other for other in names if other != name and other.startswith(name)]
        if len(longer) == 1 and len(name) >= 2:
            people[name] = longer[0]
    return {name: full for name, full in people.items() if full not in people}


class _Restorer:
    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._bare = _bare_codes(values)
        self.complete = True

    def value(self, value: object) -> object:
        """A value of any depth."""
        match value:
            case str():
                return self.string(value)
            case Mapping():
                return {self.value(key): self.value(inner) for key, inner in value.items()}
            case list() | tuple():
                return [self.value(inner) for inner in value]
            case _:
                return value

    def string(self, text: str) -> str:
        """A string; brackets may be of another width or missing, letters of another case; a code may stand alone."""
        restored = LOOSE_TOKEN.sub(self._replacement, text)
        without_values = LOOSE_TOKEN.sub("", text)
        if self._bare is not None:
            restored = self._bare.sub(lambda found: self._values_of(found["code"]), restored)
            without_values = self._bare.sub("", without_values)
        if BROKEN_TOKEN.search(without_values) or self._bare_code(without_values):
            self.complete = False
        return restored

    def _replacement(self, match: re.Match[str]) -> str:
        code = unicodedata.normalize("NFKC", match[1]).upper() + (SURNAME if match[2] else "")
        value = self._values.get(code, self._values.get(code.removesuffix(SURNAME)))
        if value is None:
            self.complete = self.complete and not _looks_like_token(match)
            return match.group()
        return _unbalanced(match.group(), value)

    def _values_of(self, code: str) -> str:
        return self._values.get(code) or self._values.get(code + SURNAME) or self._values[code.removesuffix(SURNAME)]

    def _bare_code(self, text: str) -> bool:
        folded = unicodedata.normalize("NFKC", text).upper()
        return any(code.removesuffix(SURNAME) in folded for code in self._values)


def _bare_codes(values: Mapping[str, str]) -> re.Pattern[str] | None:
    """The codes of this text without their label: small models drop it. They are drawn, so they mean nothing else."""
    codes = "|".join(sorted({code.removesuffix(SURNAME) for code in values}, key=len, reverse=True))
    return re.compile(rf"[［\[]?(?<![A-Za-z])(?P<code>(?:{codes})(?:{SURNAME})?)(?![A-Za-z])[］\]]?") if codes else None


def _unbalanced(found: str, value: str) -> str:
    """Keeps a bracket of the sentence that the loose pattern took along, and outer spaces."""
    opened, closed = found.strip()[:1] in "[［【〔(（<＜「", found.strip()[-1:] in "]］】〕)）>＞」"
    left = found[: len(found) - len(found.lstrip())]
    right = found[len(found.rstrip()) :]
    if opened == closed:
        return left + value + right
    return left + (found.strip()[0] if opened else "") + value + (found.strip()[-1] if closed else "") + right


def _looks_like_token(match: re.Match[str]) -> bool:
    bracketed = match.group().strip()[0] in "[［【"
    code = unicodedata.normalize("NFKC", match[1])
    return bracketed or (code.isupper() and set(code) <= set(ALPHABET))


def _code(token: str) -> str:
    match = TOKEN.fullmatch(token)
    if match is None:
        raise ValueError("the restore map holds something that is not a token")
    return token[1:-1].split("_", 1)[1]
