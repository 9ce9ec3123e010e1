"""Which label speaks about a value: on its line, above it, over its column, as its key."""

import re

import pytest

from yakin.privacy.page import Page

OWN = re.compile("口座|account_no")
VALUE = "1234567"

NAMED = {
    "on its line": "口座番号：1234567",
    "after dotted leaders": "口座番号……………………………… 1234567",
    "after a wide gap": "口座番号" + " " * 60 + "1234567",
    "on the line above": "口座番号\n1234567",
    "above an empty line": "口座番号：\n\n1234567",
    "letter-spaced": "口 座 番 号 1234567",
    "as a JSON key": '{"order_no": "998877665", "account_no": "1234567"}',
    "as an XML element": "<row><account_no>1234567</account_no></row>",
    "in an HTML table": "<tr><th>口座番号</th><td>&nbsp;1234567</td></tr>",
    "as an SQL column": "INSERT INTO t (id, name, account_no) VALUES\n  (1, '東京, 佐藤', '1234567');",
    "over a CSV column": '"氏名","口座番号（7桁）"\n"佐藤","1234567"',
    "over a spaced column": "氏名        口座番号      伝票番号\n=====\n佐藤        1234567       7654321",
    "over a column of single spaces": "氏名 口座番号 期限\nジョン スミス 1234567 2030/1/1",
    "in brackets after it": "1234567（口座番号）",
    "before a list": "口座番号 7654321、1234567",
}


@pytest.mark.parametrize("text", NAMED.values(), ids=NAMED.keys())
def test_a_label_names_its_value(text):
    start = text.index(VALUE)
    page = Page(text)
    start = page.text.index(VALUE)
    assert page.labelled(OWN, start, start + len(VALUE))


OTHERS = {
    "a nearer label": "口座は後日。伝票番号 1234567",
    "a used label": "口座番号 7654321 備考 1234567",
    "the end of a sentence": "口座番号を確認しました。\n1234567",
    "another SQL column": "INSERT INTO t (account_no, slip_no) VALUES ('7654321', '1234567');",
    "another CSV column": "口座番号,伝票番号\n7654321,1234567",
    "figures with commas": "9月1日 普通口座 80,450 貸方\n9月2日 伝票 10,000 1234567",
    "a label of its own": "口座番号 7654321\n在留期限 1234567",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS.keys())
def test_a_label_of_something_else_does_not(text):
    page = Page(text)
    start = page.text.rindex(VALUE)
    assert not page.labelled(OWN, start, start + len(VALUE))


def test_values_fill_in_a_label_after_it_below_it_and_under_it():
    text = "記号：12\n記号\n34\n\n記号,氏名\n56,佐藤\n78,鈴木"
    found = {text[start:end] for start, end in Page(text).values_of(re.compile("記号"), re.compile("[0-9]+"))}
    assert found == {"12", "34", "56", "78"}


def test_a_page_of_figures_is_read_in_a_moment():
    page = Page("12 34 56 78 90 " * 4000)
    assert not any(page.labelled(OWN, number.start, number.end) for number in page.numbers(8)[:2000])
