"""Tokens in, values out."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yakin.privacy.folding import fold_value
from yakin.privacy.pseudonyms import WITHHELD, mask, restore_answer
from yakin.privacy.scanner import JapaneseScanner
from yakin.privacy.tokens import TOKEN

SCANNER = JapaneseScanner()
SECRET = b"run secret of sixteen bytes"


def masked(text: str, secret: bytes = SECRET):
    return mask(text, SCANNER.scan(text), secret)


def test_particles_and_honorifics_stay_around_the_token():
    assert re.fullmatch(
        r"［人物_[A-Z]{6}］様が［電話_[A-Z]{6}］に電話した。", masked("田中太郎様が090-1234-5678に電話した。").text
    )


def test_one_person_has_one_token_in_every_spelling():
    form = masked("田中太郎様。田中　太郎様。").text
    assert len(set(TOKEN.findall(form))) == 1


def test_a_surname_alone_shares_the_code_of_its_only_full_name():
    full, surname = TOKEN.findall(masked("田中太郎様です。田中様は欠席。").text)
    assert surname == full.replace("］", "_姓］")


def test_a_surname_of_two_people_has_a_code_of_its_own():
    tokens = TOKEN.findall(masked("田中太郎様、田中花子様。田中様は欠席。").text)
    assert len({token[4:10] for token in tokens}) == 3


def test_another_run_has_other_tokens():
    text = "田中太郎様"
    assert masked(text).text != masked(text, b"another secret of this run").text


def test_an_empty_secret_is_refused():
    with pytest.raises(ValueError, match="run_secret"):
        masked("田中太郎様", b"")


def test_tokens_are_not_found_again():
    form = masked("氏名：田中太郎 口座番号：1234567 電話 090-1234-5678 生年月日 1980年1月2日")
    assert len(form.restore) == 4
    assert SCANNER.scan(form.text) == ()


def test_corporate_numbers_markings_and_special_care_are_not_masked():
    text = "【社外秘】法人番号 7000012050002 既往歴：高血圧"
    assert masked(text).text == text


PEOPLE = st.sampled_from(["田中太郎", "佐藤花子", "ジョン・スミス", "鈴木 一郎"])
VALUES = st.one_of(
    PEOPLE.map(lambda name: f"{name}様"),
    st.sampled_from(
        ["電話 090-1234-5678", "taro@example.co.jp", "〒100-8914", "個人番号：１２３４５６７８９０１８", "ﾃﾚﾜｰｸ㈱…"]
    ),
)


@given(st.lists(VALUES, max_size=8))
@settings(max_examples=100, deadline=None)
def test_a_masked_text_comes_back_whole(parts):
    text = "。\n".join(parts)
    form = masked(text)
    restored, complete = restore_answer({"text": form.text}, form.restore)
    assert complete
    assert fold_value(str(restored["text"])) == fold_value(text)


def test_answers_are_restored_at_any_depth():
    form = masked("田中太郎様 090-1234-5678")
    person, phone = form.restore
    answer = {"who": [person], "contact": {"tel": phone, person: 1}, "score": 3, "none": None}
    assert restore_answer(answer, form.restore) == (
        {"who": ["田中太郎"], "contact": {"tel": "090-1234-5678", "田中太郎": 1}, "score": 3, "none": None},
        True,
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token.replace("［", "[").replace("］", "]"),
        lambda token: token.replace("［", "【").replace("］", "】"),
        lambda token: token[1:-1],
        lambda token: token.replace("_", " _ "),
        lambda token: token.lower(),
        lambda token: unicodedata.normalize("NFKC", token),
    ],
)
def test_a_token_with_other_brackets_or_spacing_is_restored(change):
    form = masked("田中太郎様")
    (token,) = form.restore
    assert restore_answer({"a": f"{change(token)}様"}, form.restore) == ({"a": "田中太郎様"}, True)


def test_brackets_of_the_sentence_stay():
    form = masked("田中太郎様")
    (token,) = form.restore
    assert restore_answer({"a": f"（{token}）"}, form.restore)[0] == {"a": "（田中太郎）"}


@pytest.mark.parametrize("bare", ["{code}", "［{code}］", "{code}_姓", "連絡先は{code}です"])
def test_a_known_code_that_lost_its_label_is_restored(bare):
    form = masked("田中太郎様")
    (token,) = form.restore
    restored, complete = restore_answer({"a": bare.format(code=token[4:10])}, form.restore)
    assert complete
    assert restored["a"] in {"田中太郎", "連絡先は田中太郎です"}


@pytest.mark.parametrize("mangled", ["［人物_ZZZZZZ］", "［人物］", "［人物_KX］", "{code}XYさん", "［人物_{code}XY］"])
def test_an_unresolved_token_flags_the_answer(mangled):
    form = masked("田中太郎様")
    (token,) = form.restore
    answer = mangled.format(code=token[4:10]) if "{" in mangled else mangled
    assert restore_answer({"a": answer}, form.restore) == ({"a": answer}, False)


def test_an_ordinary_answer_with_a_label_word_is_complete():
    assert restore_answer({"a": "人物の住所と電話 ABCDEFGH Inc."}, {}) == (
        {"a": "人物の住所と電話 ABCDEFGH Inc."},
        True,
    )


def test_a_secret_never_comes_back():
    form = masked("パスワード：Tanaka#1234")
    (token,) = form.restore
    assert restore_answer({"a": token}, form.restore) == ({"a": WITHHELD}, True)


def test_the_repr_shows_no_text():
    form = masked("田中太郎様")
    assert "田中" not in repr(form)
    assert "人物" not in repr(form)
