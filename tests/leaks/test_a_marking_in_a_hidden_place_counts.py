"""極秘 on the first line of speaker notes, a comment or a mail header is as good as on the page."""

import pytest

from tasks.document_worker import ClassifyRequest, classify_bytes
from tests.leaks.planting import commented, mail
from yakin.domain.evidence import Kind
from yakin.use_cases.document_files import Draft, written

HIDING = {
    "notes.pptx": written("a.pptx", Draft("会議", "議題", "極秘\n来月の話です。")),
    "run.docx": written("a.docx", Draft("会議", "議題", "極秘 取扱者限定\n来月の話です。")),
    "sheet.xlsx": written("a.xlsx", Draft("表", "番号 | 内容", "極秘\n来月の話")),
    "comment.docx": commented("議題", "極秘"),
    "header.eml": mail(("来月の話です。",), ("極秘", "件名")),
}


@pytest.mark.parametrize("name", HIDING)
def test_a_marking_alone_in_a_hidden_place_counts(name):
    assert classify_bytes(HIDING[name], name, ClassifyRequest(b"key")).counts[Kind.MARKING_SECRET] == 1


@pytest.mark.parametrize("line", ["秘 人事部限り", "秘（人事部限り）", "極秘 役員のみ"])
def test_a_marking_that_names_its_readers_counts(line):
    counts = classify_bytes(f"{line}\n来月の話です。\n".encode(), "a.txt", ClassifyRequest(b"key")).counts
    assert Kind.MARKING_RESTRICTED in counts or Kind.MARKING_SECRET in counts
