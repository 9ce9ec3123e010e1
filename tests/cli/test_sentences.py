"""Every reason that a plan can give is told in Japanese."""

import re
from pathlib import Path

import pytest

from yakin.cli.sentences import in_language
from yakin.domain.words import Language

SAID = {
    "quarantined": "隔離中",
    "quarantine: My Number present": "隔離: 個人番号あり（番号法19条・20条）",
    "secret may not go to zone overseas": "区分「極秘」は「海外」へ送れない",
    "needs 9000 tokens, the context holds 4096": "9000トークンが必要、モデルの上限は4096",
    "no evidence that plamo does not train on data": "plamo が入力を学習に使わない証拠がない",
    "no evidence of zero retention at plamo": "plamo が入力を保存しない証拠がない",
    "key PLAMO_API_KEY is not set": "鍵 PLAMO_API_KEY が設定されていない",
    "quality 0.50 is below the floor 0.70": "品質 0.50 が下限 0.70 を下回る",
    "best value: quality 0.80 · ¥0.1234 · 3 offers allowed": "価値が最大: 品質 0.80・見込み 0.1234円・候補 3件",
    "cannot be asked: forgotten": "問い合わせできない: 消去済み（yakin forget）",
    "internal (review:7, flag:third_party_nda) may go to: on_prem, domestic": "区分「社内一般」"
    "（人による区分の設定（7番）、台帳の指定「第三者との秘密保持契約」）の送信先: 社内設備、国内事業者",
    "no offer is allowed, healthy, priced and large enough; secret (kind:my_number) may go to: nowhere":
        "使えるモデルがない。区分「極秘」（検出「個人番号（マイナンバー）」）の送信先: なし",
}  # fmt: skip


@pytest.mark.parametrize("english", SAID)
def test_a_reason_is_told_in_both_languages(english):
    assert in_language(english, Language.EN) == english
    assert in_language(english, Language.JA) == SAID[english]


def test_no_reason_of_the_planner_or_the_catalogue_was_forgotten():
    """Reads the reasons where they are written, with something in place of what varies."""
    places = {
        "yakin/domain/planner.py": r"(?:Reason\.\w+, f?|return f?)\"([^\"]+)\"",
        "yakin/domain/routing.py": r"return f?\"([^\"]+)\"|NOT_HEALTHY = \"([^\"]+)\"",
        "yakin/catalogue/offers.py": r"return f?\"([^\"]+)\"",
        "yakin/domain/batches.py": r"^[A-Z_]+ = \"([^\"]+)\"",
    }
    root = Path(__file__).parents[2]
    missed = []
    for file, pattern in places.items():
        for found in re.finditer(pattern, (root / file).read_text(encoding="utf-8"), re.MULTILINE):
            sentence = next(group for group in found.groups() if group)
            said = re.sub(r"\{[^}]*\}", "1", sentence)
            if " " in said and in_language(said, Language.JA).isascii():
                missed.append(said)
    assert missed == []
