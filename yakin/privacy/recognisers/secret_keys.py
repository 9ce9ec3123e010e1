"""Keys and passwords: the published shapes of vendors' keys, and values assigned to telling names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page

_START, _END = r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9_])"
_PRIVATE_KEY = re.compile(
    r"-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"|\Z)",
    re.DOTALL,
)
_VENDORS = (
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}",  # AWS access key id
    r"gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255}",
    r"glpat-[A-Za-z0-9_-]{20,64}",
    r"xox[abeprs]-[A-Za-z0-9-]{10,250}|xapp-[0-9]-[A-Za-z0-9-]{20,250}",  # Slack
    r"[rs]k_(?:live|test|prod)_[A-Za-z0-9]{16,99}",  # Stripe
    r"sk-(?:ant-|proj-|svcacct-|or-|lf-)?[A-Za-z0-9_-]{20,250}",  # OpenAI, Anthropic and their like
    r"AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,250}|GOCSPX-[A-Za-z0-9_-]{28}",  # Google
    r"hf_[A-Za-z0-9]{30,40}|r8_[A-Za-z0-9]{37}|gsk_[A-Za-z0-9]{40,60}",
    r"npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,250}|dckr_pat_[A-Za-z0-9_-]{20,40}",
    r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}|key-[0-9a-f]{32}",  # mail services
    r"hvs\.[A-Za-z0-9_-]{24,140}|dop_v1_[a-f0-9]{64}|LTAI[A-Za-z0-9]{16,24}",
    r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{8,}",  # JSON web token
)
_SHAPES = re.compile(f"{_START}(?:{'|'.join(_VENDORS)}){_END}")
_IN_URL = re.compile(
    r"(?<![A-Za-z0-9])[a-z][a-z0-9+.-]{1,20}://[^\s/:@'\"]{1,64}:(?P<value>[^\s/@'\"]{3,64})@", re.IGNORECASE
)
_HEADER = re.compile(r"(?:Bearer|Basic)\s+(?P<value>[A-Za-z0-9._~+/-]{16,}={0,2})", re.IGNORECASE)
_NAMES = (
    r"pass(?:word|wd|phrase)|pwd|secret(?:[_ -]?(?:access)?[_ -]?key)?|client[_ -]?secret"
    r"|api[_ -]?key|access[_ -]?(?:key|token)"
    r"|auth(?:entication)?[_ -]?token|token|private[_ -]?key|account[_ -]?key|credential|connection[_ -]?string"
    r"|パスワード|パスフレーズ|暗証番号|秘密鍵|APIキー|アクセスキー|シークレット(?:キー)?|トークン|認証キー"
)
_HINTS = (
    "pass",
    "pwd",
    "secret",
    "key",
    "token",
    "credential",
    "string",
    "パス",
    "暗証",
    "秘密",
    "キー",
    "シークレット",
    "トークン",
)
_ASSIGNED = re.compile(
    rf"(?:{_NAMES})[A-Za-z_]{{0,12}}[\"'」)]?\s{{0,3}}"
    rf"(?P<sign>:=|=>|=|:|は|is(?= ))\s{{0,3}}[\"'「`]?(?P<value>[!-~]{{4,200}})",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"[*x.•●■-]+|<.*|\$[{(A-Za-z_].*|\{\{.*|%[A-Z_]+%|(?:your|my|the|example|sample"
    r"|dummy|change|required|optional|none|null|true|false|"
    r"not|string|str|int|must|should|enter|input|env|os|process|self|config|settings|getpass|https?:).*",
    re.IGNORECASE,
)
_TRAILING = "\"'`,;。)」]}>"


@dataclass(frozen=True)
class SecretKey:
    """Private keys, keys of vendors, tokens, passwords."""

    kind: ClassVar[Kind] = Kind.SECRET_KEY

    def find(self, page: Page) -> Iterator[Finding]:
        """The whole key; of an assignment the value only."""
        blocks = _PRIVATE_KEY.finditer(page.text) if "-----BEGIN" in page.text else ()
        for match in (*blocks, *_SHAPES.finditer(page.text)):
            yield Finding(self.kind, match.start(), match.end(), 1.0)
        for pattern in (_IN_URL, _HEADER):
            for match in pattern.finditer(page.text):
                if not _PLACEHOLDER.fullmatch(match["value"]):
                    yield Finding(self.kind, match.start("value"), match.end("value"), 0.9)
        yield from self._assigned(page)

    def _assigned(self, page: Page) -> Iterator[Finding]:
        lower = page.text.lower()
        if not any(hint in lower for hint in _HINTS):
            return
        for match in _ASSIGNED.finditer(page.text):
            value = match["value"].rstrip(_TRAILING)
            if _is_secret(value, match["sign"]):
                yield Finding(self.kind, match.start("value"), match.start("value") + len(value), 0.8)


def _is_secret(value: str, sign: str) -> bool:
    if len(value) < 4 or _PLACEHOLDER.fullmatch(value):
        return False
    if value.isalpha():  # a word after a colon is prose; after an equals sign it is a value
        return sign in {"=", ":=", "=>"} and len(value) >= 6
    return not value.startswith(("(", "[")) and any(character.isalnum() for character in value)
