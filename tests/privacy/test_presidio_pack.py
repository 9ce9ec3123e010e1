"""The recognisers inside somebody else's Presidio engine."""

import pytest
import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpArtifacts, NlpEngine

from yakin.privacy.presidio_pack import japanese_recognizers


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
    ],
)
def test_an_engine_elsewhere_finds_the_kind(engine, text, entity, value):
    results = engine.analyze(text, language="ja")
    assert (entity, value) in {(one.entity_type, text[one.start : one.end]) for one in results}
