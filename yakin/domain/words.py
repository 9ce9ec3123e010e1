"""The words of the business in Japanese and English: one table, for whatever people read."""

from collections.abc import Mapping
from enum import StrEnum

from yakin.domain.documents import Reason
from yakin.domain.evidence import Kind
from yakin.domain.levels import Flag, Level
from yakin.domain.zones import Zone


class Language(StrEnum):
    """What people are told in."""

    JA = "ja"
    EN = "en"


Words = tuple[str, str]  # Japanese, English

KINDS: Mapping[Kind, Words] = {
    Kind.MY_NUMBER: ("個人番号（マイナンバー）", "My Number"),
    Kind.CORPORATE_NUMBER: ("法人番号", "corporate number"),
    Kind.DRIVERS_LICENCE: ("運転免許証番号", "driver's licence number"),
    Kind.PASSPORT: ("旅券番号", "passport number"),
    Kind.RESIDENCE_CARD: ("在留カード番号", "residence card number"),
    Kind.PENSION_NUMBER: ("基礎年金番号", "pension number"),
    Kind.HEALTH_INSURANCE: ("保険者番号・記号番号", "health insurance number"),
    Kind.BANK_ACCOUNT: ("口座番号", "bank account"),
    Kind.CREDIT_CARD: ("クレジットカード番号", "credit card number"),
    Kind.PHONE: ("電話番号", "telephone number"),
    Kind.EMAIL: ("メールアドレス", "e-mail address"),
    Kind.IP_ADDRESS: ("IPアドレス", "IP address"),
    Kind.POSTAL_CODE: ("郵便番号", "postal code"),
    Kind.ADDRESS: ("住所", "address"),
    Kind.PERSON: ("人名", "name of a person"),
    Kind.BIRTH_DATE: ("生年月日", "date of birth"),
    Kind.COMPANY_ID: ("社員・顧客番号など", "number of an employee, customer or the like"),
    Kind.SECRET_KEY: ("鍵・パスワード", "key or password"),
    Kind.SPECIAL_CARE: ("要配慮個人情報", "special-care-required personal information"),
    Kind.MARKING_CONFIDENTIAL: ("「社外秘」の表示", "marked confidential"),
    Kind.MARKING_RESTRICTED: ("「秘」の表示", "marked restricted"),
    Kind.MARKING_SECRET: ("「極秘」の表示", "marked secret"),
    Kind.HIDDEN_UNREADABLE: ("読めない隠し要素", "hidden part that cannot be read"),
    Kind.UNREADABLE_PART: ("読めない部分", "part that cannot be read"),
    Kind.DETECTOR_FAILED: ("検出の失敗", "detector failed"),
    Kind.LOW_CONFIDENCE: ("確信度の不足", "low confidence"),
    Kind.NOT_JUDGED: ("社内モデルの判定待ち", "not judged yet by the on-premises judge"),
    Kind.JUDGED_CONFIDENTIAL: ("社内モデルの判定（社外秘）", "judged confidential by its meaning"),
    Kind.JUDGED_RESTRICTED: ("社内モデルの判定（秘）", "judged restricted by its meaning"),
    Kind.JUDGED_SECRET: ("社内モデルの判定（極秘）", "judged secret by its meaning"),
}

ZONES: Mapping[Zone, Words] = {
    Zone.ON_PREM: ("社内設備", "own machines"),
    Zone.DOMESTIC: ("国内事業者", "Japanese operator in Japan"),
    Zone.JAPAN_REGION: ("国内リージョン（外国事業者）", "foreign operator, processed in Japan"),
    Zone.OVERSEAS: ("海外", "overseas, or not evidenced"),
}

FLAGS: Mapping[Flag, Words] = {
    Flag.THIRD_PARTY_NDA: ("第三者との秘密保持契約", "third-party non-disclosure agreement"),
    Flag.EXPORT_CONTROLLED: ("外為法該当（未判定を含む）", "export-controlled, or not judged yet"),
}

REASONS: Mapping[Reason, Words] = {
    Reason.EMPTY: ("空のファイル", "it is empty"),
    Reason.ENCRYPTED: ("パスワード付き", "it has a password"),
    Reason.CORRUPT: ("壊れている", "it is broken"),
    Reason.TOO_LARGE: ("大きすぎる", "it is too large"),
    Reason.UNKNOWN_TYPE: ("対応していない形式", "its format is not known"),
    Reason.UNREADABLE: ("開けない（権限・消失）", "it cannot be opened"),
    Reason.PARSE_TIMEOUT: ("読み取りの時間切れ", "reading took too long"),
    Reason.PARSER_FAILED: ("読み取りの失敗", "reading failed"),
    Reason.QUARANTINE: ("隔離", "quarantine"),
    Reason.NO_OFFER: ("使えるモデルがない", "no model may be asked"),
    Reason.BUDGET: ("予算不足", "the budget does not cover it"),
    Reason.DEADLINE: ("締切", "no time before the deadline"),
    Reason.AWAITING_APPROVAL: ("承認待ち", "waits for approval"),
    Reason.SOURCE_CHANGED: ("文書が変わった", "its source changed"),
    Reason.INVALID_ANSWER: ("回答の形式不正", "the answers were not valid"),
    Reason.TRUNCATED: ("回答が途中で切れた", "the answers were cut off"),
    Reason.REFUSED: ("モデルが拒否", "the model refused"),
    Reason.ENDPOINT_DOWN: ("送信先の停止", "the endpoint does not answer"),
    Reason.EGRESS_REFUSED: ("送信直前の検査で停止", "stopped at the gate"),
    Reason.SET_ASIDE: ("保留（三夜連続の失敗）", "set aside after three nights"),
    Reason.FORGOTTEN: ("消去済み（yakin forget）", "a person had it forgotten"),
    Reason.FAILED: ("失敗", "failed"),
}

LAW: Mapping[Zone, Words] = {
    Zone.ON_PREM: (
        "社外への提供はない（個人情報保護法23条 安全管理措置）",
        "nothing is provided to anybody (APPI art. 23, security control)",
    ),
    Zone.DOMESTIC: (
        "委託（個人情報保護法27条5項1号）と委託先の監督（25条）",
        "entrustment (APPI art. 27(5)(i)) under supervision (art. 25)",
    ),
    Zone.JAPAN_REGION: (
        "外国にある第三者への提供（個人情報保護法28条）、または取り扱わない契約（PPC Q&A 7-53）",
        "provision to a third party abroad (APPI art. 28), unless the contract keeps it from handling (PPC Q&A 7-53)",
    ),
    Zone.OVERSEAS: (
        "個人データを含まない文書に限る（含めば個人情報保護法28条）",
        "only documents without personal data (APPI art. 28 otherwise)",
    ),
}
FLAG_LAW: Mapping[Flag, Words] = {
    Flag.THIRD_PARTY_NDA: ("契約上の再提供の制限", "the contract limits further provision"),
    Flag.EXPORT_CONTROLLED: (
        "外為法25条（非居住者への技術提供は許可が必要）",
        "Foreign Exchange and Foreign Trade Act art. 25 (technology to a non-resident needs a licence)",
    ),
}


def say(words: Words, language: Language) -> str:
    """The word in that language."""
    return words[0] if language is Language.JA else words[1]


def level_name(level: Level, language: Language) -> str:
    """A level with the word that is printed on the document."""
    return f"{level.japanese}（{level}）" if language is Language.JA else f"{level} {level.japanese}"


def rule_name(rule: str, language: Language) -> str:
    """A rule name such as `kind:my_number` or `baseline:internal` in words; what is not known stays as it is."""
    sort, _, what = rule.partition(":")
    named = _RULES.get(sort)
    if named is None:
        return rule
    return say(named, language).format(_what(sort, what, language))


_RULES: Mapping[str, Words] = {
    "baseline": ("台帳の区分「{}」", "baseline {} of its folder"),
    "floor": ("指定された下限「{}」", "requested floor {}"),
    "kind": ("検出「{}」", "found: {}"),
    "doubt": ("判定できない要素「{}」", "doubt: {}"),
    "review": ("人による区分の設定（{}番）", "level set by a person (review {})"),
    "flag": ("台帳の指定「{}」", "flag of the register: {}"),
    "level": ("区分「{}」には方針で許されない", "the policy does not allow it for {}"),
    "quarantine": ("隔離「{}」", "quarantine: {}"),
    "approved": ("承認済み「{}」", "approved zone: {}"),
    "approval": ("この実行での承認が必要", "needs an approval in the run{}"),
}


def _what(sort: str, what: str, language: Language) -> str:
    try:
        match sort:
            case "baseline" | "floor" | "level":
                return Level(what).japanese if language is Language.JA else what
            case "kind" | "doubt" | "quarantine":
                return say(KINDS[Kind(what)], language)
            case "approved":
                return say(ZONES[Zone(what)], language)
            case "flag":
                return say(FLAGS[Flag(what)], language)
    except ValueError:
        pass
    return what
