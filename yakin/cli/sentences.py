"""The library's reasons, which are stored in English, for people who read Japanese."""

import re
from collections.abc import Callable, Mapping

from yakin.domain.documents import Reason
from yakin.domain.levels import Level
from yakin.domain.words import REASONS, ZONES, Language, rule_name, say
from yakin.domain.zones import Zone

_JAPANESE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), japanese)
    for pattern, japanese in (
        (r"quarantined", "隔離中"),
        (r"quarantine: My Number present", "隔離: 個人番号あり（番号法19条・20条）"),
        (r"(?P<level>\w+) may not go to zone (?P<zone>\w+)", "区分「{level}」は「{zone}」へ送れない"),
        (r"needs (\d+) tokens, the context holds (\d+)", "{0}トークンが必要、モデルの上限は{1}"),
        (r"its endpoint does not answer", "送信先が応答しない"),
        (r"no evidence that (\S+) does not train on data", "{0} が入力を学習に使わない証拠がない"),
        (r"no evidence of zero retention at (\S+)", "{0} が入力を保存しない証拠がない"),
        (r"quality ([\d.]+) is below the floor ([\d.]+)", "品質 {0} が下限 {1} を下回る"),
        (r"endpoint (\S+) is a sandbox and this is not a rehearsal", "{0} は検証用で、これは検証実行ではない"),
        (r"endpoint (\S+) is real and this is a rehearsal", "{0} は本番用で、これは検証実行"),
        (r"endpoint (\S+) has no address: .+", "{0} の接続先が設定されていない"),
        (r"retired on (\S+)", "{0} に提供終了"),
        (r"key (\S+) is not set", "鍵 {0} が設定されていない"),
        (r"price unknown: (.+)", "価格不明: {0}"),
        (r"no (\w+) price is known on (\S+) for (\d+) input tokens", "{1} の {0} の価格が不明（入力{2}トークン）"),
        (r"no fresh (\w+)/JPY rate on (\S+) .+", "{1} の {0}/円の為替がない（yakin fx import で取り込む）"),
        (r"batches of api (\S+) are not collected by this version.+", "{0} のバッチはこの版では回収できない"),
        (r"no evidence \(claim batch_region\) that batches of (\S+) .+", "{0} のバッチが国内で処理される証拠がない"),
        (
            r"endpoint (\S+) does not say that it takes batches .+",
            "{0} のバッチ対応（batch_api: openai）が宣言されていない",
        ),
        (r"new: no approval for (\S+); run (.+)", "新規: {0} 用の承認がない（{1}）"),
        (r"changed since it was approved for (\S+) \((.+)\); run (.+)", "{0} 用に承認された後で変わった（{1}）（{2}）"),
        (r"approved for another version of (\S+); run (.+)", "{0} の別の版に対する承認しかない（{1}）"),
        (r"its approval for (\S+) was taken back; run (.+)", "{0} 用の承認は取り消された（{1}）"),
        (r"this run does not wait for batches; --batch lets it", "この実行はバッチを待たない（--batch で待つ）"),
        (r"a batch may not be back before the deadline", "バッチが締切に間に合わない"),
        (r"it was in a batch of this run before", "この実行のバッチに入れたことがある"),
        (r"no line of a batch could be made for it", "バッチの行を作れなかった"),
        (
            r"best value: quality ([\d.]+) · ¥([\d.]+) · (\d+) offers allowed",
            "価値が最大: 品質 {0}・見込み {1}円・候補 {2}件",
        ),
        (r"the only allowed endpoints do not answer", "送ってよい送信先が応答しない"),
        (r"only a batch may answer it, and it does not come back in time", "バッチしか使えず、締切に間に合わない"),
        (r"no endpoint has time for it before the deadline", "締切までに処理できる送信先がない"),
        (r"no answer is worth its errors and review.*", "誤りと確認の費用に見合う回答がない"),
        (r"the cheapest allowed offer costs ¥([\d.]+), more .+", "最も安い候補でも {0}円で、予算を超える"),
        (r"no offer is allowed, healthy, priced and large enough; (?P<rest>.+)", "使えるモデルがない。{rest}"),
        (r"cannot be asked: (?P<reason>\w+)", "問い合わせできない: {reason}"),
        (r"(\d+) of (\d+) documents are not asked: (.+)", "{1}件中{0}件は問い合わせない: {2}"),
    )
)
_MAY_GO = re.compile(r"(?P<level>\w+) \((?P<because>[^)]*)\) may go to: (?P<zones>.+)")


def in_language(sentence: str, language: Language) -> str:
    """The sentence in that language; one that is not in the table stays as it is."""
    if language is Language.EN:
        return sentence
    if may_go := _MAY_GO.fullmatch(sentence):
        because = "、".join(rule_name(rule, language) for rule in may_go["because"].split(", "))
        return f"区分「{_level(may_go['level'])}」（{because}）の送信先: {_zones(may_go['zones'])}"
    for pattern, japanese in _JAPANESE:
        if found := pattern.fullmatch(sentence):
            named = {name: _WORD[name](value) for name, value in found.groupdict().items()}
            return japanese.format(*found.groups(), **named)
    return sentence


def _level(name: str) -> str:
    return Level(name).japanese if name in list(Level) else name


def _zones(names: str) -> str:
    if names == "nowhere":
        return "なし"
    return "、".join(say(ZONES[Zone(name)], Language.JA) for name in names.split(", "))


def _reason(name: str) -> str:
    return say(REASONS[Reason(name)], Language.JA) if name in list(Reason) else name


def _rest(sentence: str) -> str:
    return in_language(sentence, Language.JA)


_WORD: Mapping[str, Callable[[str], str]] = {"level": _level, "zone": _zones, "reason": _reason, "rest": _rest}
