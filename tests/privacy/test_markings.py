"""A marking is printed on a page; in a rule it is a subject."""

import pytest

from tests.privacy.findings import SCANNER

MARKED = [
    ("新製品計画　　　　　　極　秘\n本文", "極　秘"),
    ("社 外 秘\n会議録", "社 外 秘"),
    ("■社内限■　　石川工業　　p.1", "社内限"),
    ("人事秘　　林精機　　p.2", "人事秘"),
    ("（写）　　　　㊙", "㊙"),
    ("※取扱注意：本資料は社外秘です。", "社外秘"),
    ("機密区分 | 秘", "秘"),
    ("Page 3 of 5    CONFIDENTIAL", "CONFIDENTIAL"),
    ("《極秘》 買収案", "極秘"),
    ("件名: 【極秘】出資の検討", "極秘"),
    ("極秘 取扱者限定\n本文", "極秘"),
    ("秘（人事部限り）\n本文", "秘"),
    ("極秘 役員のみ", "極秘"),
    ("社外秘：取引先まで", "社外秘"),
]


@pytest.mark.parametrize(("text", "word"), MARKED)
def test_a_printed_marking_is_found(text, word):
    assert [text[one.start : one.end] for one in SCANNER.scan(text) if "marking" in one.kind] == [word]


@pytest.mark.parametrize(
    "text",
    [
        "秘密区分は「極秘」「秘」「社外秘」の三区分とする。",
        "表示は【極秘】【秘】の二つとし、【社外秘】の印は廃止する。",
        "「極秘」の文書は上長の承認が必要です。",
        "極秘扱いの文書は役員のみ閲覧できます。",
        "社外秘の資料は社内のみで利用する。",
        "社外秘情報の取扱いについて。秘書室、秘密鍵、極秘裏に進めた。",
    ],
)
def test_a_rule_about_markings_is_not_marked(text):
    assert SCANNER.scan(text) == ()
