"""The scanner as a whole: places, order, size, and what happens when it breaks."""

import pickle
import subprocess
import sys
import unicodedata
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.detect import detect
from yakin.privacy.folding import fold
from yakin.privacy.morphemes import morphemes
from yakin.privacy.scanner import JapaneseScanner

SCANNER = JapaneseScanner()
ODD = st.text(st.sampled_from("ｶﾞｷﾞﾊﾟアイ゛…㈱㍿①½ﬁｱ１２ＡＢ－ー‐\u200b\u3099か\ufe0f田中様氏名：,\n \t|"), max_size=40)


@given(ODD, ODD)
@settings(max_examples=150, deadline=None)
def test_offsets_point_at_the_value_in_the_original_text(before, after):
    text = f"{before}。\n個人番号：１２３４５６７８９０１８。\n{after}"
    numbers = [text[one.start : one.end] for one in SCANNER.scan(text) if one.kind is Kind.MY_NUMBER]
    assert [unicodedata.normalize("NFKC", number) for number in numbers] == ["123456789018"]


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_every_folded_character_comes_from_a_place_in_the_original(text):
    folded = fold(text)
    spans = [folded.original_span(at, at + 1) for at in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@given(st.text(st.characters(codec="utf-8"), max_size=80))
@settings(max_examples=100, deadline=None)
def test_words_tile_the_text(text):
    folded = fold(text).text
    assert all(folded[word.start : word.end] == word.surface for words in morphemes(folded) for word in words)


@given(
    st.lists(
        st.sampled_from(
            ["田中太郎様", "090-1234-5678", "〒100-8914東京都千代田区永田町1-7-1", "社外秘", "\n", "、", "a@b.jp"]
        )
    )
)
@settings(max_examples=100, deadline=None)
def test_findings_are_in_order_and_do_not_overlap(parts):
    findings = SCANNER.scan("".join(parts))
    assert all(one.start < one.end for one in findings)
    assert all(one.end <= other.start for one, other in pairwise(findings))


def test_a_text_longer_than_sudachi_takes_is_scanned_to_its_end():
    text = "報告します。" * 12_000 + "最後に田中太郎様。"
    assert [text[one.start : one.end] for one in SCANNER.scan(text)] == ["田中太郎"]


def test_an_empty_text_has_no_findings():
    assert detect("", SCANNER).counts == {}


def test_the_scanner_goes_through_pickle_to_a_worker():
    copy = pickle.loads(pickle.dumps(JapaneseScanner({"employee": r"E[0-9]{5}"})))
    assert copy.scan("E12345")[0].kind is Kind.COMPANY_ID


def test_the_version_changes_with_the_company_patterns():
    assert JapaneseScanner({"a": "x1"}).version != JapaneseScanner({"a": "x2"}).version != SCANNER.version


def test_counts_leave_without_values():
    detection = detect("田中様と鈴木様、090-1234-5678", SCANNER)
    assert detection.counts == {Kind.PHONE: 1, Kind.PERSON: 2}
    assert detection.detector_version == SCANNER.version


class _Broken:
    version = "broken"

    def scan(self, text: str) -> tuple[Finding, ...]:
        raise ValueError(text)


def test_a_failed_detector_is_doubt_and_its_message_is_not_logged(caplog):
    detection = detect("田中太郎 090-1234-5678", _Broken())
    assert detection.counts == {Kind.DETECTOR_FAILED: 1}
    assert detection.findings == ()
    assert "ValueError" in caplog.text
    assert "田中" not in caplog.text


def test_the_scanner_needs_neither_presidio_nor_network():
    program = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise OSError('network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from yakin.privacy.scanner import JapaneseScanner\n"
        "assert JapaneseScanner().scan('田中太郎様 a@example.com')\n"
        "assert not {'presidio_analyzer', 'spacy', 'tldextract'} & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
