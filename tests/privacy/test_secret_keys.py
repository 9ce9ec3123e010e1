"""Secrets as business texts hold them. Keys are put together here: no scanner of repositories takes them for real."""

import random
import string
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from yakin.domain.evidence import Kind
from yakin.privacy.page import Page
from yakin.privacy.recognisers.secret_keys import SecretKey
from yakin.privacy.recognisers.vendor_keys import VendorKeys, vendor_keys
from yakin.privacy.scanner import JapaneseScanner

RNG = random.Random(20261125)
WORD = string.ascii_letters + string.digits
RULES = Path(sys.modules["yakin.privacy"].__file__).parent / "rules" / "betterleaks.toml"


def some(length, alphabet=WORD):
    return "".join(RNG.choice(alphabet) for _ in range(length))


def secrets(text):
    page = Page(text)
    return {page.text[one.start : one.end] for one in SecretKey().find(page)}


VENDORS = {
    "AWS": "AKIA" + some(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    "GitHub": "ghp_" + some(36),
    "GitLab": "glpat-" + some(20),
    "Slack": "xoxb-" + some(12, string.digits) + "-" + some(13, string.digits) + "-" + some(24),
    "Stripe": "sk_live_" + some(24),
    "Anthropic": "sk-ant-api03-" + some(93) + "AA",
    "OpenAI": "sk-" + some(48),
    "Google": "AIza" + some(35),
    "Google OAuth": "GOCSPX-" + some(28),
    "Hugging Face": "hf_" + some(34, string.ascii_letters),
    "npm": "npm_" + some(36),
    "SendGrid": "SG." + some(22) + "." + some(43),
    "Databricks": "dapi" + some(32, "0123456789abcdef"),
    "Shopify": "shpat_" + some(32, "0123456789abcdef"),
    "Grafana": "glsa_" + some(32) + "_" + some(8, "0123456789abcdef"),
    "Vault": "hvs." + some(95),
    "Telegram": some(10, string.digits) + ":AA" + some(33),
}


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(
    "sentence", ["{}", "鍵は{}です。", "「{}」を使う", "設定：{}、以上", "キー（{}）", "It is {}.", "[{}], ok"]
)
def test_a_vendors_key_is_found_whole_beside_japanese(vendor, sentence):
    key = VENDORS[vendor]
    assert key in secrets(sentence.format(key))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("パスワード：Kq7#mm9x", "Kq7#mm9x"),
        ("初期パスワードは Kq7#mm9x です", "Kq7#mm9x"),
        ("解凍パスワードは「Kq7#mm9x」となります", "Kq7#mm9x"),
        ("パスワードを Kq7#mm9x に変更しました", "Kq7#mm9x"),
        ("パスワード（大文字小文字区別あり）：Kq7mm9x4k", "Kq7mm9x4k"),
        ("パスワード\nKq7#mm9x\n", "Kq7#mm9x"),
        ("password=(kT$531vT7OR", "(kT$531vT7OR"),
        ("PW: yw5MxvJmB(TY", "yw5MxvJmB(TY"),
        ("アクセストークン「4T5CXN81-CYFL79R5」を再発行", "4T5CXN81-CYFL79R5"),
        ("[17:38] 森: パスワード何でしたっけ\n[17:39] 南: 待って\n[17:40] 川崎: Neko673! です", "Neko673!"),
        ("ＰＡＳＳＷＯＲＤ：Ｋｑ７ｍｍ９ｘ", "Kq7mm9x"),
        ("システム\tID\tパスワード\n勤怠\ttanaka01\tKq7#mm9x\n", "Kq7#mm9x"),
        ("ログインID：t.suzuki　PW：Kq7mm9x4k", "Kq7mm9x4k"),
        ("暗証番号：4821", "4821"),
        ("認証コードは 768684 です", "768684"),
        ("Server=sql01;User Id=sa;Password=Kq7mm9x4k;", "Kq7mm9x4k"),
        ("postgresql://app:Kq7mm9x4k@db.internal/prod", "Kq7mm9x4k"),
        ("Authorization: Bearer " + "q9" * 12, "q9" * 12),
        ("<password>Kq7mm9x4k</password>", "Kq7mm9x4k"),
        ("mysql -u root -pKq7mm9x4k", "Kq7mm9x4k"),
    ],
)
def test_what_people_write_after_a_label_is_the_secret(text, value):
    assert value in secrets(text)


@pytest.mark.parametrize(
    "text",
    [
        "コミット " + some(40, "0123456789abcdef"),
        "SHA-256: " + some(64, "0123456789abcdef"),
        "取引ID 6f1c1f0e-93c3-4c58-a1f2-7a64d6b5f0aa",
        "パスワード：********",
        "secret: !vault | (省略)",
        "Failed password for root from 2001:db8:89c::52 port 39017 ssh2",
        "[9:10] 森: パスワード変更をお願いします\n[9:12] 南: 2026-06-05 です",
        "パスワードは8文字以上で、数字を含めてください。",
        "パスワード：別途メールにてお送りします",
        "パスワードは1Password（法人契約）で管理",
        "暗証番号：4桁の数字",
        "password: <your-password>",
        "API_KEY=${API_KEY}",
        'api_key = "YOUR_API_KEY"',
        "token = tokenizer.encode(text)",
        "max_tokens: 2048",
        "トークン：ERC-20規格",
        "Secretariat: Tokyo-2026",
        "PASS/FAIL: 12/3",
        "型番 KX-1234-ABC の在庫",
        '<img src="data:image/png;base64,iVBORw0KGgo' + some(600, WORD + "+/") + '">',
        "-----BEGIN PUBLIC KEY-----\n" + some(64) + "\n-----END PUBLIC KEY-----",
        "integrity: sha512-" + some(86, WORD + "+/") + "==",
        "キー：F5 を押すと更新されます",
    ],
)
def test_what_only_looks_like_a_secret_is_none(text):
    assert secrets(text) == set()


def test_a_private_key_cut_by_the_end_of_a_page_is_found():
    assert secrets("-----BEGIN OPENSSH PRIVATE KEY-----\n" + some(64))


def test_every_rule_of_the_library_runs_unchanged():
    keys = VendorKeys()
    rules = tomllib.loads(RULES.read_text(encoding="utf-8"))["rules"]
    assert len(rules) > 350
    words = " ".join(word for rule in rules for word in rule["keywords"])
    list(keys.spans(words))
    assert keys.compiled == len(rules)


def test_places_are_right_beside_surrogates_emoji_and_question_marks():
    key = "ghp_" + some(36)
    text = f"😀?\ud800？{key}？"
    assert [text[start:end] for start, end in vendor_keys().spans(text)] == [key]


def test_no_thread_and_no_socket_is_opened():
    program = (
        "import socket, threading\n"
        "def refuse(*a, **k): raise OSError('network')\n"
        "socket.socket = socket.create_connection = socket.getaddrinfo = refuse\n"
        "from yakin.privacy.recognisers.vendor_keys import vendor_keys\n"
        "assert list(vendor_keys().spans('ghp_16C7e42F292c6912E7710c' + '838347Ae178B4a'))\n"
        "assert threading.active_count() == 1\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_scanner_counts_secrets():
    assert [one.kind for one in JapaneseScanner(names=False).scan("パスワード：Kq7#mm9x")] == [Kind.SECRET_KEY]
