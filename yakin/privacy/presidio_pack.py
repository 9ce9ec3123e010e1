"""Our recognisers as ordinary Presidio recognisers, for AnalyzerEngines elsewhere.

The scanner does not import this module: importing Presidio costs seconds and pulls in spaCy. Nothing
here touches the network.
"""

from collections.abc import Iterator, Mapping

from presidio_analyzer import EntityRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts

from yakin.domain.evidence import Finding, Kind
from yakin.privacy.page import Page
from yakin.privacy.recognisers.names import PersonName
from yakin.privacy.recognisers.recogniser import Recogniser
from yakin.privacy.recognisers.special_care import SpecialCare
from yakin.privacy.scanner import recognisers

# Presidio's own names where it has them, so that its anonymizer settings keep working.
ENTITIES: dict[Kind, str] = {
    Kind.PERSON: "PERSON",
    Kind.EMAIL: "EMAIL_ADDRESS",
    Kind.PHONE: "PHONE_NUMBER",
    Kind.CREDIT_CARD: "CREDIT_CARD",
    Kind.IP_ADDRESS: "IP_ADDRESS",
    Kind.ADDRESS: "STREET_ADDRESS",
}


def entity(kind: Kind) -> str:
    """The entity name of a kind: Presidio's where it has one, else JP_ and ours."""
    return ENTITIES.get(kind, f"JP_{kind.value.upper()}")


# What a recogniser reports beside its own kind: a labelled number whose check digit is wrong.
_DOUBTS: dict[Kind, tuple[str, ...]] = {Kind.MY_NUMBER: (entity(Kind.LOW_CONFIDENCE),)}


class _SpecialCareAlone:
    """Special care with the names that it needs, for engines that run each recogniser by itself."""

    kind = Kind.SPECIAL_CARE

    def find(self, page: Page) -> Iterator[Finding]:
        """Every finding."""
        persons = sorted(PersonName().find(page), key=lambda person: person.start)
        return SpecialCare().find(page, persons)


class JapaneseRecognizer(EntityRecognizer):
    """One kind as a Presidio recogniser; needs no NLP artifacts."""

    def __init__(self, recogniser: Recogniser, language: str = "ja") -> None:
        self._recogniser = recogniser
        super().__init__(
            supported_entities=[entity(recogniser.kind), *_DOUBTS.get(recogniser.kind, ())],
            name=f"Yakin{recogniser.kind.value.title().replace('_', '')}Recognizer",
            supported_language=language,
        )

    def load(self) -> None:
        """Nothing to load: dictionaries load at first use."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """The findings of this kind, with offsets into the text."""
        page = Page(text)
        found = (_result(page, finding) for finding in self._recogniser.find(page))
        return [result for result in found if not entities or result.entity_type in entities]


def _result(page: Page, finding: Finding) -> RecognizerResult:
    start, end = page.folded.original_span(finding.start, finding.end)
    return RecognizerResult(entity(finding.kind), start, end, finding.score)


def japanese_recognizers(
    company_patterns: Mapping[str, str] | None = None, language: str = "ja"
) -> list[JapaneseRecognizer]:
    """All kinds, ready for `RecognizerRegistry(recognizers=…)`."""
    own: tuple[Recogniser, ...] = (*recognisers(company_patterns), PersonName(), _SpecialCareAlone())
    return [JapaneseRecognizer(recogniser, language) for recogniser in own]
