"""Presidio as it comes, without a model and without network: the peer in every table."""

from collections.abc import Callable

from yakin.domain.evidence import Finding, Kind

KINDS = {
    "PHONE_NUMBER": Kind.PHONE,
    "EMAIL_ADDRESS": Kind.EMAIL,
    "IP_ADDRESS": Kind.IP_ADDRESS,
    "CREDIT_CARD": Kind.CREDIT_CARD,
    "IBAN_CODE": Kind.BANK_ACCOUNT,
    "PERSON": Kind.PERSON,
    "US_PASSPORT": Kind.PASSPORT,
    "US_DRIVER_LICENSE": Kind.DRIVERS_LICENCE,
    "US_BANK_NUMBER": Kind.BANK_ACCOUNT,
}
Scan = Callable[[str], tuple[Finding, ...]]


def stock_presidio(language: str = "ja") -> Scan:
    """Scans with the predefined recognisers of the language on a blank spaCy pipeline; findings in our kinds."""
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SlimSpacyNlpEngine

    # Its default would fetch the list of public suffixes at first use.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    nlp = SlimSpacyNlpEngine(supported_languages=["xx"], auto_download=False, generic_tokenizer="blank")
    nlp.nlp, nlp.models = {language: spacy.blank(language)}, [{"lang_code": language, "model_name": "blank"}]
    registry = RecognizerRegistry(supported_languages=[language])
    registry.load_predefined_recognizers(languages=[language])
    engine = AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=[language])

    def scan(text: str) -> tuple[Finding, ...]:
        return tuple(
            Finding(KINDS[one.entity_type], one.start, one.end, one.score)
            for one in engine.analyze(text, language=language)
            if one.entity_type in KINDS
        )

    return scan


def kinds_of(language: str = "ja") -> set[Kind]:
    """The kinds that the slim engine can find in the language (its card recogniser is not loaded for Japanese)."""
    found = {Kind.PHONE, Kind.EMAIL, Kind.IP_ADDRESS}
    return found if language == "ja" else found | {Kind.CREDIT_CARD, Kind.BANK_ACCOUNT}
