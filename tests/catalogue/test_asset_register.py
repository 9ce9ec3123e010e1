"""A company's register, as it comes out of Excel, becomes reviewed rows; a mistake stops all of it."""

from datetime import date

import pytest

from yakin.catalogue.register_csv import Reading, read_register
from yakin.catalogue.register_words import Scale
from yakin.catalogue.sources import load_sources
from yakin.domain.levels import Flag, Level
from yakin.errors import CatalogueError

DAY = date(2026, 11, 25)
JAPANESE = """情報資産管理台帳,,,,,,
2026年度　総務部,,,,,,
資産名,保管場所,管理部門,管理責任者,機密区分（注1）,秘密保持契約,外為法該非,備考
人事評価,/srv/docs/人事,人事部,人事部長,秘,,非該当,"年次
評価"
住所録,/srv/docs/人事/,人事部,人事課長,社外秘,×,非該当,
設計図,/srv/docs/**/設計,設計部,設計部長,社外秘,○,未判定,
価格表,file:///srv/docs/%E5%96%B6%E6%A5%AD,営業部,,社内,無,非該当,
,,,,,,,
広報,s3://public-relations/web,広報部,広報部長,公開,なし,,
"""
ENGLISH = """Folder Path,Department,Owner,Classification,Third-party NDA,Export control
/srv/a,Legal,Head of Legal,Confidential,yes,no
/srv/b,Sales,,SECRET,no,pending
"""


def _read(tmp_path, text, encoding="utf-8", **reading):
    path = tmp_path / "台帳.csv"
    path.write_bytes(text.encode(encoding))
    return read_register(path, Reading(**reading))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_register_becomes_rows_with_the_lines_that_they_come_from(tmp_path, encoding):
    register = _read(tmp_path, JAPANESE.replace("\n", "\r\n"), encoding)
    assert [(row.prefix, row.level, row.department, row.owner, row.lines) for row in register.rows] == [
        ("/srv/docs/人事", Level.RESTRICTED, "人事部", "人事部長", (4, 6)),  # two assets in one folder
        ("/srv/docs/**/設計", Level.CONFIDENTIAL, "設計部", "設計部長", (7,)),
        ("file:///srv/docs/%E5%96%B6%E6%A5%AD", Level.INTERNAL, "営業部", "", (8,)),
        ("s3://public-relations/web", Level.PUBLIC, "広報部", "広報部長", (10,)),
    ]
    assert [row.flags for row in register.rows] == [
        frozenset(),
        frozenset(Flag),  # ○, and 未判定 counts as controlled
        frozenset(),
        {Flag.EXPORT_CONTROLLED},  # nobody judged it
    ]
    assert register.ignored == ("資産名", "備考")


def test_what_is_written_is_what_is_loaded(tmp_path):
    (tmp_path / "mine.yaml").write_text(_read(tmp_path, JAPANESE).as_yaml("法務 花子", DAY), encoding="utf-8")
    rule = load_sources([tmp_path / "mine.yaml"]).rule_for("/srv/docs/一課/設計/a.dxf")
    assert (rule.level, rule.department, rule.flags, rule.row) == (
        Level.CONFIDENTIAL, "設計部", frozenset(Flag), "台帳.csv:7"
    )  # fmt: skip
    assert (rule.reviewed_by, rule.reviewed_on) == ("法務 花子", DAY)
    assert load_sources([tmp_path / "mine.yaml"]).rule_for("/srv/docs/営業/a.txt").row == "台帳.csv:8"


def test_english_names_and_words(tmp_path):
    first, second = _read(tmp_path, ENGLISH.replace("Third-party NDA", "Third-Party NDA [1]")).rows
    assert (first.level, first.department, first.flags) == (Level.CONFIDENTIAL, "Legal", {Flag.THIRD_PARTY_NDA})
    assert (second.level, second.flags) == (Level.SECRET, {Flag.EXPORT_CONTROLLED})


@pytest.mark.parametrize(
    ("cell", "reading", "level"),
    [
        ("機密性３", {"scale": Scale.KIMITSUSEI}, Level.SECRET),
        ("2", {"scale": Scale.KIMITSUSEI}, Level.CONFIDENTIAL),
        ("機密性1", {"scale": Scale.KIMITSUSEI}, Level.INTERNAL),
        ("Ａ", {"scale": Scale.ABC}, Level.SECRET),
        ("b", {"scale": Scale.ABC}, Level.CONFIDENTIAL),
        ("A", {"scale": Scale.ABC, "words": {"A": Level.RESTRICTED}}, Level.RESTRICTED),
        ("㊙", {}, Level.RESTRICTED),
        (" 社 外 秘 ", {}, Level.CONFIDENTIAL),
        ("グループ外秘", {"words": {"グループ外秘": Level.CONFIDENTIAL}}, Level.CONFIDENTIAL),
    ],
)
def test_grades_are_read_by_the_scale_that_was_chosen(tmp_path, cell, reading, level):
    (row,) = _read(tmp_path, f"パス,重要度\n/a,{cell}\n", **reading).rows
    assert row.level is level


@pytest.mark.parametrize(
    ("cell", "reading", "prefix"),
    [
        (r"\\FILES\share\人事", {"places": [(r"\\files\share", "/mnt/share/")]}, "/mnt/share/人事"),
        (r"￥￥files￥share￥人事", {"places": [(r"\\files\share", "/mnt/share")]}, "/mnt/share/人事"),
        ("smb://files/share/人事", {"places": [(r"\\files\share", "/mnt/share")]}, "/mnt/share/人事"),
        (r"S:\人事\評価", {"places": [("S:", "s3://docs")]}, "s3://docs/人事/評価"),
        (r"人事\評価", {"root": "/srv/docs/"}, "/srv/docs/人事/評価"),
    ],
)
def test_places_of_windows_are_mapped_to_where_this_machine_sees_them(tmp_path, cell, reading, prefix):
    (row,) = _read(tmp_path, f"フォルダ,重要度\n{cell},秘\n", **reading).rows
    assert row.prefix == prefix


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/b,,○,該当", "3: level: is empty; write 極秘"),
        ("/b,A,○,該当", "3: level: A is not a known level; write 極秘, 秘, 社外秘, 社内 or 公開, give --scale"),
        (",秘,○,該当", "3: place: is empty; give the folder"),
        ("施錠キャビネット,秘,○,該当", "3: place: 施錠キャビネット is not a place that can be read; write an absolute"),
        (r"\\files\x,秘,○,該当", r"3: place: \\files\x is a place of Windows; say where this machine sees it: --map"),
        ("https://a/b,秘,○,該当", "3: place: https://a/b is not a place"),
        ("/b,秘,たぶん,該当", "3: nda: たぶん is not understood; write ○ or 有"),
        ("/b,秘,○,一部", "3: export: 一部 is not understood; write 該当, 非該当 or 未判定"),
        ('"/b\n/c",秘,○,該当', "3: place: holds several lines; give each place a row of its own"),
    ],
)
def test_a_row_that_cannot_be_mapped_names_file_line_field_and_remedy(tmp_path, line, said):
    with pytest.raises(CatalogueError) as error:
        _read(tmp_path, f"パス,機密区分,NDA,該非判定\n/a,秘,○,該当\n{line}\n")
    assert f"台帳.csv:{said}" in str(error.value)


def test_every_mistake_is_named_at_once(tmp_path):
    with pytest.raises(CatalogueError) as error:
        _read(tmp_path, "パス,機密区分\n/a,?\nb,秘\n,極秘\n")
    assert len(str(error.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("部門,備考\n人事部,x\n", "header: no line names a place and a level"),
        ("パス,機密区分,NDA相手先\n/a,秘,○○社\n", "1: NDA相手先: is a second or unknown column of its kind"),
        ("パス,機密区分\n", "the table has no rows"),
    ],
)
def test_a_table_that_is_not_understood_is_refused(tmp_path, text, said):
    with pytest.raises(CatalogueError, match=said):
        _read(tmp_path, text)
