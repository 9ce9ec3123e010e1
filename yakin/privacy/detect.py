"""Detection that fails closed: a scanner that breaks is evidence of doubt, never of absence."""

import logging

from yakin.domain.evidence import Detection, Kind, Scanner, count_kinds

_log = logging.getLogger(__name__)


def detect(text: str, scanner: Scanner) -> Detection:
    """What the text contains; a failed scanner is DETECTOR_FAILED, and only its class name is logged."""
    version = str(getattr(scanner, "version", ""))
    try:
        findings = scanner.scan(text)
    except Exception as error:  # noqa: BLE001 - the boundary that records a document's failure; the text may be in it
        _log.warning("detector failed: %s", type(error).__name__)
        return Detection((), {Kind.DETECTOR_FAILED: 1}, version)
    return Detection(findings, count_kinds(findings), version)
