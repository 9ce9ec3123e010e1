"""The register's headings and sentences, in Japanese and English: what legal reads."""

from collections.abc import Mapping

from yakin.domain.evidence import Kind
from yakin.domain.register import Attention, Matter
from yakin.domain.words import KINDS

COLUMNS: Mapping[str, str] = {
    "vendor": "提供先・委託先 vendor",
    "operator_country": "事業者の国 operator country",
    "region": "処理の国 processed in",
    "infrastructure": "設備の運営国 machines run from",
    "zone": "送信先区分 zone",
    "level": "機密区分 level",
    "masked": "仮名化 masked",
    "basis": "根拠 basis",
    "documents": "文書数 documents",
    "personal_documents": "個人データを含む文書数 documents with personal data",
    "requests": "送信回数 requests",
    "kinds": "個人データの種類（文書数） kinds of personal data (documents)",
    "use_cases": "利用目的 use cases",
    "purposes": "送信の種別 purposes",
    "departments": "部門 departments",
    "endpoints": "接続先 endpoints",
    "models": "モデル models",
    "first_day": "初日 first day",
    "last_day": "最終日 last day",
    "zero_retention": "保存なしの証跡 zero retention evidenced",
    "trains_on_data": "学習利用の可能性 may train on data",
    "evidence": "証跡（事項・出典・確認者・確認日・期限） claims with source, reviewer, checked, expires",
}
_MATTERS: Mapping[Matter, tuple[str, str]] = {
    Matter.NO_BASIS: (
        "根拠の記載がない。ポリシーの basis に記載する",
        "no ground is stated; write `basis` for this level and zone in the policy",
    ),
    Matter.UNMASKED_OUTSIDE_JAPAN: (
        "個人データを仮名化せずに国外へ送信（法28条: 同意・同等国・基準適合体制のいずれかを確認）",
        "personal data left Japan without masking: which of consent, equivalent country or measures of APPI art. 28?",
    ),
    Matter.UNMASKED_FOREIGN_OPERATOR: (
        "国内処理だが外国の事業者・設備へ個人データを仮名化せずに送信（法28条・PPC Q&A 7-53 に照らして確認）",
        "personal data went unmasked to an operator or machines under foreign law: check APPI art. 28, PPC Q&A 7-53",
    ),
    Matter.TRAINS_ON_DATA: (
        "学習に使わないことの証跡がない",
        "no evidence that the operator does not train on it",
    ),
    Matter.COUNTRY_UNKNOWN: (
        "国を特定できない（法28条2項・3項の情報提供ができない）",
        "a country is not known, so it cannot be named as APPI art. 28(2) and (3) ask",
    ),
    Matter.CLAIM_WITHOUT_EVIDENCE: (
        "申告のみで証跡がない事項",
        "declared without evidence",
    ),
    Matter.CLAIM_EXPIRED: (
        "送信時に証跡の期限が切れていた、または確認前だった事項",
        "its evidence had expired, or was not yet checked, when it was sent",
    ),
    Matter.NOT_READ_WHOLLY: (
        "読み切れない部分があり、個人データがないとは言えない文書",
        "could not be read wholly, so personal data cannot be ruled out",
    ),
}


def kinds(counts: Mapping[str, int]) -> str:
    """Kinds with how many documents have them, in Japanese."""
    return "、".join(f"{_japanese(kind)} {count}" for kind, count in sorted(counts.items()))


def _japanese(kind: str) -> str:
    """A kind that a later yakin found and this one does not know keeps its own name."""
    return KINDS[Kind(kind)][0] if kind in list(Kind) else kind


def sentence(item: Attention) -> str:
    """One line that names vendor, level, number and matter."""
    japanese, english = _MATTERS[item.matter]
    detail = f" [{item.detail}]" if item.detail else ""
    return f"{item.vendor}, {item.level.japanese} {item.level}, {item.documents} 文書: {japanese}{detail} — {english}"
