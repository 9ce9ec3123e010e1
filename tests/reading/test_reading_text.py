"""Text files in the encodings of Japanese offices, JSON, HTML and XML."""

import pytest

from yakin.domain.documents import Extracted, Reason, Unreadable
from yakin.reading.extract import EXTRACTOR_VERSION, extract

BUSINESS = [
    "お世話になっております。株式会社山田商事の佐藤です。\n見積書を添付いたしますので、ご確認ください。",
    "請求書番号：INV-2026-0142\n御請求金額　￥1,234,567（税込）\nお支払期限：2026年12月末日",
    "社外秘　2026年度下期 営業会議 議事録（案）",
    "氏名,生年月日,電話番号\n山田太郎,昭和55年4月1日,03-1234-5678\n鈴木花子,平成2年10月3日,090-1234-5678",
    "カタログNo.12 トナーカートリッジ",
    "見積",
    "担当：髙橋",
    "株式会社",
    "稟議書",
    "はい",
]


def text_of(data: bytes, name: str) -> str:
    read = extract(data, name)
    assert isinstance(read, Extracted), read
    return read.text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (text, encoding)
        for text in BUSINESS
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jp")
        if encoding != "euc_jp" or "髙" not in text  # EUC-JP has no 髙
    ],
)
def test_business_text_reads_the_same_in_every_office_encoding(text: str, encoding: str) -> None:
    assert text_of(text.encode(encoding), "memo.txt") == text


@pytest.mark.parametrize("text", [t for t in BUSINESS if "髙" not in t])
def test_iso_2022_jp_reads_by_its_escapes(text: str) -> None:
    assert text_of(text.encode("iso2022_jp"), "memo.txt") == text


def test_iso_2022_jp_with_vendor_characters_and_halfwidth_katakana_reads() -> None:
    vendor = b"\x1b$B-!-j;3ED>&;v\x1b(B\r\n\x1b(IC=D\x1b(B"
    assert text_of(vendor, "memo.txt") == "①㈱山田商事\nﾃｽﾄ"


@pytest.mark.parametrize("text", ["①㈱山田商店", "ｶ)ﾔﾏﾀﾞｼﾖｳｼﾞ", "ﾌﾘｺﾐ ﾃｽｳﾘﾖｳ 330", "№12 ℡03-1234-5678"])
def test_vendor_characters_and_halfwidth_katakana_read_as_cp932(text: str) -> None:
    assert text_of(text.encode("cp932"), "furikomi.txt") == text


def test_a_single_broken_line_makes_a_text_corrupt_rather_than_mojibake() -> None:
    broken = "議事録".encode() * 3 + b"\xff\xfd\x81" + "議事録".encode("cp932")
    assert extract(broken, "memo.txt") == Unreadable(Reason.CORRUPT, "text/plain")


def test_text_is_nfc_with_line_feeds_and_keeps_full_width() -> None:
    assert text_of("か\u3099く\r\nＡＢＣ　１２３\rend".encode(), "a.txt") == "がく\nＡＢＣ　１２３\nend"


def test_the_same_bytes_give_the_same_text_and_name_the_extractor() -> None:
    data = BUSINESS[0].encode("cp932")
    first = extract(data, "a.txt")
    assert first == extract(data, "a.txt")
    assert isinstance(first, Extracted)
    assert first.extractor_version == EXTRACTOR_VERSION


@pytest.mark.parametrize("data", [b"", b"   \r\n\t", "　　\n　".encode(), "\ufeff".encode()])
def test_nothing_but_space_is_empty(data: bytes) -> None:
    read = extract(data, "a.txt")
    assert isinstance(read, Unreadable)
    assert read.reason is Reason.EMPTY


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "photo.png", "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 50, "scan.txt", "image/jpeg"),
        (b"{\\rtf1\\ansi \\'8e\\'52\\'93\\'63}", "memo.rtf", "application/rtf"),
        (bytes(range(256)) * 8, "data.bin", "application/octet-stream"),
        (b"MZ\x90\x00" + b"\0" * 80, "tool.txt", "application/x-executable"),
    ],
)
def test_kinds_that_are_not_read_say_so_whatever_their_name(data: bytes, name: str, media_type: str) -> None:
    assert extract(data, name) == Unreadable(Reason.UNKNOWN_TYPE, media_type)


def test_text_under_a_spreadsheet_name_is_read_as_text() -> None:
    assert text_of("品名\t数量\n鉛筆\t12\n".encode("cp932"), "export.xls").splitlines() == ["品名\t数量", "鉛筆\t12"]


def test_an_html_table_under_a_spreadsheet_name_is_read_as_html() -> None:
    page = "<html><meta charset='Shift_JIS'><table><tr><td>品名<td>鉛筆</table>".encode("cp932")
    assert text_of(page, "export.xls") == "品名\t鉛筆"


def test_json_escapes_are_decoded_and_repeated_keys_kept() -> None:
    assert text_of(rb'{"name": "\u5c71\u7530", "name": "\ud83d\ude00"}', "a.json") == '{"name": "山田", "name": "😀"}'


def test_html_shows_what_a_browser_shows_and_hides_the_rest() -> None:
    page = """<!-- 先頭の注記 --><!DOCTYPE html><html><head><title>お知らせ</title>
    <meta name="description" content="説明文"><style>p{color:red}</style><script>var code = 1</script></head>
    <body><p>本文は
    ここ</p><div style="display: none">見えない<b>太字</b></div><p hidden>隠し段落</p>
    <img src=x alt="代替文"><!-- 途中の注記 --><input type="hidden" value="内部番号">
    <table><tr><td>A<td>B</table></body>"""
    read = extract(page.encode(), "a.html")
    assert isinstance(read, Extracted)
    assert read.text.splitlines() == ["お知らせ", "", "本文は ここ", "", "A\tB"]
    for hidden in ("先頭の注記", "説明文", "見えない太字", "隠し段落", "代替文", "途中の注記", "内部番号"):
        assert hidden in read.hidden_text
        assert hidden not in read.text
    assert "var code" not in read.full_text


def test_html_in_shift_jis_without_a_declaration_reads() -> None:
    assert (
        text_of("<html><body><p>御見積書をお送りします</p></body></html>".encode("cp932"), "a.htm")
        == "御見積書をお送りします"
    )


def test_xml_shows_text_and_attributes_and_hides_comments() -> None:
    read = extract("<?xml version='1.0'?><!-- 旧版 --><請求 番号='12'><金額>500</金額></請求>".encode(), "a.xml")
    assert isinstance(read, Extracted)
    assert read.text == "番号=12\n500"
    assert read.hidden_text == "[comment]\n旧版"


def test_xml_entities_are_counted_and_never_read(tmp_path) -> None:
    outside = tmp_path / "passwords.txt"
    outside.write_text("hunter2")
    attack = f"<!DOCTYPE a [<!ENTITY x SYSTEM 'file://{outside}'><!ENTITY y '内側'>]><a>本文 &x; &y;</a>"
    read = extract(f"<?xml version='1.0'?>{attack}".encode(), "a.xml")
    assert isinstance(read, Extracted)
    assert read.text == "本文"
    assert read.hidden_unreadable == 1
    assert "hunter2" not in read.full_text


def test_an_entity_bomb_ends_as_a_reason() -> None:
    levels = "".join(f"<!ENTITY e{i} '{f'&e{i - 1};' * 10}'>" for i in range(1, 12))
    bomb = f"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY e0 'ha'>{levels}]><a b='&e11;'>x</a>"
    read = extract(bomb.encode(), "a.xml")
    assert isinstance(read, Unreadable)
    assert read.reason is Reason.CORRUPT


def test_a_shift_jis_declaration_with_vendor_characters_reads() -> None:
    data = "<?xml version='1.0' encoding='Shift_JIS'?><a>㈱山田①</a>".encode("cp932")
    assert text_of(data, "a.xml") == "㈱山田①"
