"""Documents with strings that must not get out, in every format and in the places that people forget."""

import io
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import docx
import openpyxl

from yakin.domain.levels import Level
from yakin.use_cases.document_files import Draft, written
from yakin.use_cases.make_folder import make_mixed_folder

MIXED = {
    Level.CONFIDENTIAL: "LEAKC00MIXED7Q",
    Level.RESTRICTED: "LEAKR00MIXED7Q",
    Level.SECRET: "LEAKS00MIXED7Q",
}
_RESTRICTED_ENTITIES = ("冷泉 鷹緒", "8203917", "4539578763621486")
_SECRET_ENTITIES = ("135792468082", "雲母坂 怜")
_CONFIDENTIAL_ENTITIES = ("長谷川 昴", "090-4417-2869", "subaru.hasegawa@example-kakuu.co.jp")
_RESTRICTED = (
    "秘 人事部限り",
    "冷泉 鷹緒さんは糖尿病の疑いと診断されました。",
    "架空銀行 中央支店 普通預金 口座番号 8203917",
    "カード番号 4539578763621486",
)
_SECRET = ("極秘 取扱者限定", "雲母坂 怜さんの買収の件です。")
_MY_NUMBER = ("本人の個人番号（マイナンバー）は 135792468082 です。", "担当は雲母坂 怜です。")
_CONFIDENTIAL = (
    "社外秘",
    "静音ポンプを12台購入します。御見積書をお送りください。",
    "購買部 長谷川 昴 電話 090-4417-2869",
    "subaru.hasegawa@example-kakuu.co.jp",
)


@dataclass(slots=True)
class Planted:
    """What was planted, by where it may be seen."""

    inside: list[str]  # restricted and secret: only the own premises
    asked_inside: list[str]  # of these, what the own premises must have received
    confidential: list[str]  # sentences: not overseas
    identifiers: tuple[str, ...] = _CONFIDENTIAL_ENTITIES  # not overseas, and masked for the Japan region

    @property
    def everything(self) -> list[str]:
        """No log, database, artifact or message may hold any of these."""
        return [*self.inside, *self.confidential, *self.identifiers]


class _Marks:
    """Gives out pairs of an ASCII and a Japanese marker, each used once."""

    def __init__(self, letter: str) -> None:
        self.letter = letter
        self.given: list[str] = []

    def next(self, place: str) -> tuple[str, str]:
        number = len(self.given) // 2
        pair = (f"LEAK{self.letter}{place}7Q", f"瑠璃{'甲乙丙丁戊己庚辛壬癸'[number]}{self.letter}号の申し送り")
        self.given += pair
        return pair


def plant(folder: Path, mixed: int) -> Planted:
    """Write the folder: a mixed one with markers, and one document per hiding place."""
    make_mixed_folder(folder / "mixed", mixed, seed=11, plant=MIXED)
    restricted, secret, confidential = _Marks("R"), _Marks("S"), _Marks("C")
    target = folder / "planted"
    target.mkdir(parents=True)
    for name, content in [*_of_restricted(restricted), *_of_secret(secret), *_of_confidential(confidential)]:
        (target / name).write_bytes(content)
    quarantined = secret.next("mynumber")
    (target / "扶養.txt").write_bytes(_plain(_MY_NUMBER, quarantined))
    asked = [*restricted.given, *secret.given[:-2], *_RESTRICTED_ENTITIES]
    inside = [*restricted.given, *secret.given, *_RESTRICTED_ENTITIES, *_SECRET_ENTITIES]
    inside += [MIXED[Level.RESTRICTED], MIXED[Level.SECRET]]
    return Planted(inside, asked, [*confidential.given, MIXED[Level.CONFIDENTIAL]])


def spoil(folder: Path) -> None:
    """Add broken copies of every planted document: cut, flipped, swapped, so that parsers fail with text in hand."""
    target = folder / "broken"
    target.mkdir()
    for path in sorted((folder / "planted").iterdir()):
        data = path.read_bytes()
        middle = len(data) // 2
        flipped = bytes(byte ^ 0x55 if index % 97 == 0 else byte for index, byte in enumerate(data))
        (target / f"cut_{path.name}").write_bytes(data[: middle + middle // 2])
        (target / f"flipped_{path.name}").write_bytes(flipped)
        (target / f"renamed_{path.name}.docx").write_bytes(data)
        (target / f"tail_{path.name}").write_bytes(data + b"\xff\xfe\x00" + data[middle:])


def _of_restricted(marks: _Marks) -> list[tuple[str, bytes]]:
    body = "\n".join(_RESTRICTED)
    table = "\n".join(f"{number} | {line}" for number, line in enumerate(_RESTRICTED))
    plain = "見積のお願いです。"
    return [
        ("相談.txt", _plain(_RESTRICTED, marks.next("text"))),
        ("相談_sjis.txt", _plain(_RESTRICTED, marks.next("sjis"), "cp932")),
        ("相談.eml", mail(_RESTRICTED, marks.next("mailheader"))),
        ("相談.html", written("a.html", Draft("件名", plain, _joined(body, marks.next("html"))))),
        ("会議.pptx", written("a.pptx", Draft("会議", plain, _joined(body, marks.next("notes"))))),
        ("表.xlsx", written("a.xlsx", Draft("表", "番号 | 内容", _joined(table, marks.next("hiddensheet"))))),
        ("報告.docx", commented(plain, _joined(body, marks.next("comment")))),
        ("相談.pdf", written("a.pdf", Draft("相談", _joined(body, marks.next("pdf"))))),
        ("表.csv", written("a.csv", Draft("表", _joined(table, marks.next("csv"))))),
    ]


def _of_secret(marks: _Marks) -> list[tuple[str, bytes]]:
    body = "\n".join(_SECRET)
    return [
        ("出資.txt", _plain(_SECRET, marks.next("text"))),
        ("出資.docx", written("a.docx", Draft("出資", "予定表です。", _joined(body, marks.next("hiddenrun"))))),
        ("出資.xlsx", _cell_comment(_joined(body, marks.next("cellcomment")))),
    ]


def _of_confidential(marks: _Marks) -> list[tuple[str, bytes]]:
    body = "\n".join(_CONFIDENTIAL)
    return [
        ("見積.txt", _plain(_CONFIDENTIAL, marks.next("text"))),
        ("見積.docx", written("a.docx", Draft("見積のご依頼", _joined(body, marks.next("docx"))))),
        ("見積.pdf", written("a.pdf", Draft("見積のご依頼", _joined(body, marks.next("pdf"))))),
    ]


def _joined(body: str, pair: tuple[str, str]) -> str:
    return "\n".join([body, *pair])


def _plain(lines: tuple[str, ...], pair: tuple[str, str], encoding: str = "utf-8") -> bytes:
    return "\n".join([*lines, *pair, ""]).encode(encoding)


def mail(lines: tuple[str, ...], pair: tuple[str, str]) -> bytes:
    """A mail with the pair in a header of its own and in the subject."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = "a@example.co.jp", "b@example.co.jp"
    message["Subject"] = f"秘 {pair[1]}"
    message["X-Internal-Note"] = pair[0]
    message.set_content("\n".join(lines), charset="iso-2022-jp", cte="7bit")
    return message.as_bytes()


def commented(visible: str, comment: str) -> bytes:
    """A Word document whose comment says it."""
    document = docx.Document()
    run = document.add_paragraph().add_run(visible)
    document.add_comment(run, text=comment, author="総務")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _cell_comment(comment: str) -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"] = "予定"
    book.active["A1"].comment = openpyxl.comments.Comment(comment, "総務")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
