"""Whatever text arrives: the scanner does not raise, its places are right, and a labelled number is found."""

import random
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from yakin.domain.evidence import Kind
from yakin.privacy.page import Page
from yakin.privacy.scanner import JapaneseScanner

SCANNER = JapaneseScanner({"employee": "E[0-9]{5}"})
ANY = st.characters()  # with lone surrogates and control characters
ODD = (
    "\ud800 \udfff \x00 \x1b \u202e \u200f שלום مرحبا e\u0301 か\u3099 ｶﾞ ㌢ ﷺ 😀 𠮷 \u2028 \r \v \ufeff 👨‍👩‍👧 é ß İ ı"
)
WORDS = "田中 様 電話 03-1234-5678 パスワード： 個人番号 １２３４ 5678 - 〒 東京都 昭和 T1 ( ) , | = @ a.jp \n \t"
TEXTS = st.one_of(
    st.text(ANY, max_size=120),
    st.lists(st.sampled_from([*ODD.split(" "), *WORDS.split(" "), " ", ""]), max_size=60).map("".join),
)
WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")
MY_NUMBER, CARD = "621498320257", "4111111111111111"
KANA = st.text(st.sampled_from("あかさたなはまやらわアカサタナのにをはが、。"), max_size=20)


@given(TEXTS)
@example("\ud800" * 50)
@example("パスワード" * 400)
@example("ア" * 3_000)
@example("佐藤" * 1_000)
@example("\u202e" + "１２３４ " * 300)
@example(" " * 5_000 + "1")
@settings(max_examples=300, deadline=None)
def test_any_text_is_scanned_and_its_findings_are_in_order_inside_and_apart(text):
    findings = SCANNER.scan(text)
    assert all(0 <= one.start < one.end <= len(text) for one in findings)
    assert all(one.end <= other.start for one, other in pairwise(findings))
    assert SCANNER.scan(text) == findings


def _written(digits, groups, separator, *, wide):
    cuts = [sum(groups[:at]) for at in range(len(groups) + 1)]
    text = separator.join(digits[low:high] for low, high in pairwise(cuts))
    return text.translate(WIDE) if wide else text


SEPARATORS = st.sampled_from(["", " ", "-", "ー", "・", "\n", "-\n", "　", "－", " - "])


@given(KANA, KANA, SEPARATORS, st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_labelled_my_number_is_found_however_it_is_written(before, after, separator, wide):
    written = _written(MY_NUMBER, (4, 4, 4), separator, wide=wide)
    text = f"{before}\n個人番号：{written}{after}"
    assert (Kind.MY_NUMBER, written) in {(one.kind, text[one.start : one.end]) for one in SCANNER.scan(text)}


@given(KANA, KANA, SEPARATORS, st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_labelled_card_is_found_however_it_is_written(before, after, separator, wide):
    written = _written(CARD, (4, 4, 4, 4), separator, wide=wide)
    text = f"{before}\nカード番号：{written}{after}"
    assert (Kind.CREDIT_CARD, written) in {(one.kind, text[one.start : one.end]) for one in SCANNER.scan(text)}


def test_a_number_in_boxes_is_found_and_a_long_table_of_digits_is_none():
    assert [one.kind for one in SCANNER.scan(f"個人番号 {' '.join(MY_NUMBER)}")] == [Kind.MY_NUMBER]
    assert Page("1 " * 200).numbers(12) == []


def _naive(text, length):
    """Every window of whole groups, by trying all."""
    runs = [run for run in text.split(" ") if run]
    return sorted(
        "".join(runs[first:last])
        for first in range(len(runs))
        for last in range(first + 1, len(runs) + 1)
        if sum(map(len, runs[first:last])) == length
    )


@given(st.lists(st.integers(1, 99_999).map(str), min_size=1, max_size=12), st.integers(6, 19))
def test_every_reading_of_neighbouring_groups_is_listed(runs, length):
    text = " ".join(runs)
    assert sorted(one.digits for one in Page(text).numbers(length)) == _naive(text, length)


@pytest.mark.parametrize(
    "text",
    [
        "1234567890" * 100_000,
        "個人番号 カード " + "1234-5678-9012-3456 " * 20_000,
        "1" + " " * 500_000 + "2",
        "電話 " + "a@" * 200_000,
        "か" + "\u3099" * 300_000,
        "".join(random.Random(1).choices("ABCDEFabcdef0123456789+/", k=500_000)),
        ("氏名,個人番号," * 20_000 + "\n") * 2,
        "://" * 200_000 + "@",
    ],
    ids=["digits", "groups", "spaces", "mail", "marks", "base64", "wide table", "addresses"],
)
@pytest.mark.timeout(120)  # a quadratic search takes an hour
def test_long_and_hostile_lines_end(text):
    JapaneseScanner(names=False).scan(text)
