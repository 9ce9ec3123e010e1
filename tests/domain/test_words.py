from yakin.domain.documents import Reason
from yakin.domain.evidence import Kind
from yakin.domain.levels import Flag, Level
from yakin.domain.words import FLAG_LAW, FLAGS, KINDS, LAW, REASONS, ZONES, Language, level_name, rule_name
from yakin.domain.zones import Zone


def test_every_word_of_the_business_has_both_languages():
    for words, known in ((KINDS, Kind), (REASONS, Reason), (ZONES, Zone), (LAW, Zone), (FLAGS, Flag), (FLAG_LAW, Flag)):
        assert set(words) == set(known)
        assert all(japanese and english and english.isascii() for japanese, english in words.values())
        assert not any(japanese.isascii() for japanese, _ in words.values())


def test_rules_are_named_in_words():
    assert rule_name("baseline:internal", Language.JA) == "台帳の区分「社内一般」"
    assert rule_name("kind:my_number", Language.JA) == "検出「個人番号（マイナンバー）」"
    assert (
        rule_name("flag:export_controlled", Language.EN) == "flag of the register: export-controlled, or not judged yet"
    )
    assert rule_name("review:12", Language.JA) == "人による区分の設定（12番）"
    assert rule_name("approved:domestic", Language.JA) == "承認済み「国内事業者」"
    assert rule_name("approval", Language.EN) == "needs an approval in the run"
    assert rule_name("something:else", Language.JA) == "something:else"
    assert level_name(Level.SECRET, Language.JA) == "極秘（secret）"
