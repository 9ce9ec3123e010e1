"""One look at a text for all expressions: a "no" must be certain, whatever Python's expressions can say."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yakin.privacy import mentions
from yakin.privacy.mentions import Mentions, widened
from yakin.privacy.page import Page
from yakin.privacy.recognisers import accounts, birth_dates, contacts, official_numbers, secret_keys, special_care
from yakin.privacy.scanner import JapaneseScanner

MODULES = (accounts, birth_dates, contacts, official_numbers, secret_keys, special_care)
EXPRESSIONS = [one for module in MODULES for one in vars(module).values() if isinstance(one, re.Pattern)]
PIECES = """0 1 2 3 4 5 6 7 8 9 - ー . : @ / , ( ) [ ] = 090 1234 TK DE89 個人番号 電話 パスワード 住所 東京都 生まれ
平成 年 月 日 と診断 病 記号 番号 PW token é ſ K"""


def _asked(text, expressions):
    for expression in expressions:
        Mentions("").may_have(expression)  # from the next text on they are all in the set
    look = Mentions(text)
    return [expression for expression in expressions if not look.may_have(expression)]


@given(st.lists(st.sampled_from([*PIECES.split(), " ", "\n", "\t", "\u2028", "\x1c"]), max_size=40).map("".join))
@settings(max_examples=400, deadline=None)
def test_what_cannot_occur_does_not_occur(text):
    assert [one.pattern for one in _asked(text, EXPRESSIONS) if one.search(text)] == []


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (r"(?<![0-9])5(?!円)", "5個"),
        (r"\bab\b", "あab"),
        (r"x\d", "x٣"),
        (r"\wz", "éz"),
        (r"a\sb", "a\u3000b"),
        (r"[\s,]b", "\u2003b"),
        (r"end$", "end\n"),
        (r"a{,3}b", "aab"),
        (r"a{12}", "a" * 12),
        (r"q[^\s]{4,200}", "q漢字漢字"),
    ],
)
def test_an_expression_is_widened_and_never_narrowed(expression, text):
    compiled = re.compile(expression)
    assert _asked(text, [compiled]) == [] or not compiled.search(text)


def test_what_does_not_occur_is_known_without_a_search():
    assert _asked("売上は増加した。", [re.compile(r"(?<![A-Z])T-[0-9]{13}")]) != []


def test_an_expression_that_re2_cannot_run_may_always_occur():
    assert _asked("ab", [re.compile(r"(a)(b)\2")]) == []


def test_an_automaton_that_gave_up_rules_nothing_out(monkeypatch):
    monkeypatch.setattr(mentions.re2.Set, "Match", lambda *_: None)
    assert Mentions("").may_have(re.compile("x"))
    assert JapaneseScanner(names=False).scan("鍵はghp_16C7e42F292c6912E7710c838347Ae178B4aです")


def test_a_page_yields_the_same_matches_as_the_expression():
    page = Page("電話は03-1234-5678、携帯は090-1234-5678です")
    dashed = re.compile(r"(?<![0-9])0[0-9]+-[0-9]+-[0-9]+")
    assert [one.group() for one in page.finditer(dashed)] == dashed.findall(page.text)


def test_look_arounds_are_left_out():
    assert widened(re.compile(r"(?<!(?:a|[)])b)c(?=d)e")) == "ce"
