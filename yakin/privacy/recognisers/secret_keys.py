"""Keys and passwords: vendors' keys by the rules of Betterleaks, and what people write after パスワード.

The library's rules read source code. Ours are for what a business text says: labels in Japanese and English,
connection strings, credentials in addresses and headers, and a few shapes that the library lacks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import ClassVar

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.answers import answered_lines
from yakin.privacy.page import Page
from yakin.privacy.recognisers.vendor_keys import vendor_keys

_START, _END = r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9_])"
_PRIVATE_KEY = re.compile(  # the library wants the whole block; a page may end in the middle of it
    r"-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"|\Z)",
    re.DOTALL,
)
_LACKING = (
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}",  # AWS; the library knows no 0, 1, 8, 9 here, people's examples do
    r"sk-(?:(?:ant|proj|svcacct|admin|or|lf)-[A-Za-z0-9_-]{20,250}|[A-Za-z0-9]{32,64})",  # OpenAI and its like
    r"GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{20,250}",  # Google
    r"LTAI[A-Za-z0-9]{16,24}|NRAK-[A-Z0-9]{27}|sq0(?:csp|atp)-[A-Za-z0-9_-]{22,43}",
    r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}",  # Telegram
)
_SHAPES = re.compile(f"{_START}(?:{'|'.join(_LACKING)}){_END}")
_IN_URL = re.compile(
    r"(?<![A-Za-z0-9])[a-z][a-z0-9+.-]{1,20}://[^\s/:@'\"]{0,64}:(?P<value>[^\s/@'\"]{3,64})@", re.IGNORECASE
)
_HEADER = re.compile(r"(?:Bearer|Basic)\s+(?P<value>[A-Za-z0-9._~+/-]{16,}={0,2})", re.IGNORECASE)
# After these whatever follows is the secret ...
_SURE_LABEL = (
    r"pass(?:word|wd|phrase)|pwd|secret(?!ar)(?:[_ -]?(?:access)?[_ -]?key)?|client[_ -]?secret"
    r"|パスワード|パスフレーズ|暗証番号|秘密鍵|シークレット(?:キー)?|(?:初期|仮|ログイン|管理者?|解凍|展開|zip)(?:PW|パス|キー)"
)
# ... after these only what looks like a key: トークン数：4096, PASS: 100%.
_KEY_LABEL = (
    r"api[_ -]?key|access[_ -]?(?:key|token)|auth(?:entication)?[_ -]?token|token|private[_ -]?key|account[_ -]?key"
    r"|session[_ -]?(?:id|key|token)|credential|connection[_ -]?string|APIキー|アクセスキー|トークン|認証キー"
    r"|(?:Wi-?Fi|暗号化?|セキュリティ)の?キー|(?<![A-Za-z])(?:PW|PASS)(?![A-Za-z])"
)
_ASSIGNED = re.compile(
    rf"(?:(?P<sure>{_SURE_LABEL})|{_KEY_LABEL})[A-Za-z_]{{0,12}}(?: for [A-Za-z ]{{1,16}})?[\"'」)]?"
    rf"(?:\([^)\n]{{1,16}}\))?\s{{0,3}}(?:(?P<sign>:=|=>|=|:|は、?|is(?= )|→|(?=[「『]))|を|が|[】\]>]|(?<=[ \t]))"
    rf"\s{{0,3}}[\"'「『`]?(?P<value>[!-~]{{4,200}})",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?:(?<![A-Za-z])PIN(?:コード|番号)?|暗証番号|(?:認証|確認)(?:コード|番号)|セキュリティ・?コード)"
    r"[\s:はの=]{0,4}[「『]?(?P<value>[0-9]{3,8})(?![0-9A-Za-z])",
)
_ELEMENT = re.compile(r"<(?:password|passwd|pwd|secret|api_?key|token)>(?P<value>[^<>\s]{4,200})</", re.IGNORECASE)
_COMMAND = re.compile(r"(?:mysql|mysqldump|mariadb|sshpass)(?: [^\n]{0,80}?)? -p ?(?P<value>[!-~]{4,64})")
_NEXT_LINE = re.compile(
    r"(?:パスワード|パスフレーズ|暗証番号|password|passwd|pwd)[ \t]{0,3}:?[ \t]{0,3}\r?\n"
    r"[ \t]{0,3}(?P<value>[!-~]{6,64})[ \t\r]{0,3}$",
    re.IGNORECASE | re.MULTILINE,
)
_WITH_VALUE = (_IN_URL, _HEADER, _ELEMENT, _COMMAND)
_COLUMN = re.compile(
    r"(?:初期|仮|ログイン|管理者?|接続|新)?(?:パスワード|暗証番号|PW|PASS|pass(?:word|wd)|pwd)"
    r"|API ?(?:キー|key)|アクセス(?:キー|トークン)|シークレット(?:キー)?|秘密鍵",
    re.IGNORECASE,
)
_CELL = re.compile(r"[!-~]{4,200}")
_PLACEHOLDER = re.compile(
    r"[*x.•●■#?_-]+|<.*|\$\{.*|\$\(.*|\$[A-Z_]+|\$[a-z_]+|\{\{.*|%[A-Z_]+%|https?:.*|[A-Za-z_]\w*(?:\.[A-Za-z_]+)+"
    r"|(?:your|my|the|an?|example|sample|dummy|change|enter|insert|replace)(?:[-_ ][a-z_-]+|(?:own|new|secret|api"
    r"|access|db|user|password|passwd|pass|pw|key|token|value|here|me|this)[a-z_-]*)?"
    r"|(?:required|optional|none|null|true|false|not|string|str|int|must|should|input|env|undefined)[^0-9]*"
    r"|(?:os|process|self|config|settings|env|getpass)[.\[(].*|!(?:vault|ref|sub|getatt|env|secret|reference).*"
    r"|(?:[A-Za-z_.]|(?:md5|sha|base|b|utf|v)_?[0-9]{1,3})+\([A-Za-z_\"' ,.]*|[A-Za-z_][\w.]*\([A-Za-z_\"' ,.]*\)"
    r"|(?:1Password|LastPass|Bitwarden|KeePass|Keeper)[^0-9]*"
    r"|(?:19|20)[0-9]{2}[-/.][0-9]{1,2}(?:[-/.][0-9]{1,2})?|[0-9]{1,2}[-/:][0-9]{1,2}(?::[0-9]{2})?",
    re.IGNORECASE,
)
_COUNTER = re.compile(r"年|月|日|桁|文字|回|件|名|人|時|分|秒|個|種|以[上下内]|[~～%]|世代|[かヶ]月")
_MIXED = re.compile(r"(?=[^\n]*[0-9])(?=[^\n]*[A-Za-z])[!-~]{8,}$")
_QUOTES = frozenset("\"',")
_SAID = re.compile(  # in a chat: パスワード何でしたっけ / [17:40] 川崎: Neko673! です
    r"(?:[^\n!-~]{0,12}(?:→|は|:) ?)?[「『`\"]?(?P<value>(?![A-Za-z]+://)(?=[!-~]*[0-9])(?=[!-~]*[A-Za-z])[!-~]{6,64}?)"
    r"[」』`\"]?[ \t]*(?:です|でした|だよ|だと|になり|に変|でお願い|[。、]|[ \t\r]*$)",
    re.MULTILINE,
)
_ID = re.compile(
    r"[A-Z]{2,8}[-_#]?[0-9]{2,10}|[^@]+@[^@]+\.[A-Za-z]+|v?[0-9.]+[a-z]?"
)  # INC-20391, addresses, versions
_PASSWORD = re.compile(r"パスワード|パスフレーズ|暗証番号|password|passwd|(?<![A-Za-z])PW(?![A-Za-z])", re.IGNORECASE)
_TRAILING = "\"'`,;。)」]}>"


@dataclass(frozen=True)
class SecretKey:
    """Private keys, keys of vendors, tokens, passwords."""

    kind: ClassVar[Kind] = Kind.SECRET_KEY

    def find(self, page: Page) -> Iterator[Finding]:
        """The whole key; of an assignment the value only."""
        for start, end in vendor_keys().spans(page.text):
            yield Finding(self.kind, start, end, 1.0)
        for match in (*page.finditer(_PRIVATE_KEY), *page.finditer(_SHAPES)):
            yield Finding(self.kind, match.start(), match.end(), 1.0)
        for match in (match for shape in _WITH_VALUE for match in page.finditer(shape)):
            if not _PLACEHOLDER.fullmatch(match["value"]):
                yield Finding(self.kind, match.start("value"), match.end("value"), 0.9)
        yield from self._told(page)
        yield from self._answered(page)

    def _told(self, page: Page) -> Iterator[Finding]:
        """After a label, below a label, in a column of a table."""
        for match in page.finditer(_ASSIGNED):
            value = match["value"].rstrip(_TRAILING)
            counted = value.isdigit() and _COUNTER.match(page.text, match.start("value") + len(value))
            if not counted and _is_secret(value, match["sign"] or "", sure=match["sure"] is not None):
                yield self._value(match.start("value"), value)
        for match in page.finditer(_CODE):
            if not _COUNTER.match(page.text, match.end("value")):
                yield self._value(match.start("value"), match["value"])
        below = (match.span("value") for match in page.finditer(_NEXT_LINE))
        column = page.tables.columns(_COLUMN) if page.mentions(_COLUMN) else ()
        for start, end in (*below, *column):
            value = page.text[start:end]
            if _CELL.fullmatch(value) and not value.isalpha() and _is_secret(value, ":", sure=True):
                yield self._value(start, value)

    def _answered(self, page: Page) -> Iterator[Finding]:
        for start, end in answered_lines(page.text, _PASSWORD) if page.mentions(_PASSWORD) else ():
            said = _SAID.match(page.text, start, end)
            if said and not _ID.fullmatch(said["value"]) and _is_secret(said["value"], ":", sure=True):
                yield self._value(said.start("value"), said["value"])

    def _value(self, start: int, value: str) -> Finding:
        return Finding(self.kind, start, start + len(value), 0.8)


def _bracketed(value: str) -> bool:
    """A remark or a list; (kT$531vT7OR is neither."""
    return value[0] in "([" and (value[-1] in ")]" or not _MIXED.match(value) or not _QUOTES.isdisjoint(value))


def _is_address(value: str) -> bool:
    """Failed password for root from 2001:db8::52."""
    try:
        return ":" in value and ip_address(value) is not None
    except ValueError:
        return False


def _is_secret(value: str, sign: str, *, sure: bool) -> bool:
    """Whether a value is one: after a password's label nearly anything, after a key's only a mixture."""
    if len(value) < 4 or _PLACEHOLDER.fullmatch(value) or _bracketed(value) or _is_address(value):
        return False
    assigned = sign in {"=", ":=", "=>"}
    if value.isalpha():  # a word after a colon is prose; after an equals sign it is a value
        return assigned and len(value) >= (6 if sure else 16)
    if not any(character.isalnum() for character in value):
        return False
    mixed = any(character.isdigit() for character in value) and any(character.isalpha() for character in value)
    return (sure and sign != "") or (mixed and len(value) >= (6 if sure else 8))
