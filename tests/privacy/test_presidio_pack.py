"""The recognisers inside somebody else's Presidio engine."""

import subprocess
import sys

import pytest
import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from bench.business_set import business_set
from yakin.privacy.presidio_pack import entity, japanese_recognizers
from yakin.privacy.scanner import JapaneseScanner


class _NoNlp(NlpEngine):
    """An engine that only tokenises, so that no model is needed."""

    def __init__(self):
        self._blank = spacy.blank("xx")

    def load(self): ...
    def is_loaded(self):
        return True

    def process_text(self, text, language):
        tokens = self._blank(text)
        return NlpArtifacts([], tokens, [0] * len(tokens), [token.text for token in tokens], self, language)

    def process_batch(self, texts, language, **_):
        return ((text, self.process_text(text, language)) for text in texts)

    def is_stopword(self, word, language):
        return False

    def is_punct(self, word, language):
        return False

    def get_supported_entities(self):
        return []

    def get_supported_languages(self):
        return ["ja"]


@pytest.fixture(scope="module")
def engine():
    registry = RecognizerRegistry(
        recognizers=japanese_recognizers({"employee": "EMP-[0-9]{6}"}), supported_languages=["ja"]
    )
    return AnalyzerEngine(registry=registry, nlp_engine=_NoNlp(), supported_languages=["ja"])


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("個人番号：１２３４５６７８９０１８です", "JP_MY_NUMBER", "１２３４５６７８９０１８"),
        ("ｶﾞｽ会社の田中太郎様", "PERSON", "田中太郎"),
        ("メールはtaro@example.co.jpまで", "EMAIL_ADDRESS", "taro@example.co.jp"),
        ("EMP-123456が申請", "JP_COMPANY_ID", "EMP-123456"),
        ("田中さんは適応障害と診断された", "JP_SPECIAL_CARE", "適応障害と診断"),
        ("個人番号：123456789019", "JP_LOW_CONFIDENCE", "123456789019"),
    ],
)
def test_an_engine_elsewhere_finds_the_kind(engine, text, entity, value):
    results = engine.analyze(text, language="ja")
    assert (entity, value) in {(one.entity_type, text[one.start : one.end]) for one in results}


def test_an_engine_finds_every_span_that_the_scanner_finds_and_none_elsewhere(engine):
    scanner = JapaneseScanner({"employee": "EMP-[0-9]{6}"})
    for document in business_set(200, seed=9):
        ours = {(entity(one.kind), one.start, one.end) for one in scanner.scan(document.text)}
        theirs = {(one.entity_type, one.start, one.end) for one in engine.analyze(document.text, language="ja")}
        assert ours <= theirs
        assert all(any(low < end and start < high for _, low, high in ours) for _, start, end in theirs - ours)


def test_only_the_entities_asked_for_are_returned(engine):
    results = engine.analyze("田中太郎様、個人番号：123456789019", language="ja", entities=["JP_MY_NUMBER"])
    assert results == []


def test_neither_import_nor_first_use_touches_the_network():
    program = (
        "import socket\n"
        "def refuse(*a, **k): raise OSError('network')\n"
        "socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = refuse\n"
        "socket.create_connection = socket.getaddrinfo = socket.gethostbyname = refuse\n"
        "from yakin.privacy.presidio_pack import japanese_recognizers\n"
        "text = '田中太郎様 a@example.com https://example.co.jp 個人番号：123456789018'\n"
        "found = {r.entity_type for one in japanese_recognizers() for r in one.analyze(text, [])}\n"
        "assert {'PERSON', 'EMAIL_ADDRESS', 'JP_MY_NUMBER'} <= found, found\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
