"""The one place where a ClearedText is made: zone allowed, masked where the rule says so, looked at again."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from yakin.domain.cleared_text import ClearedText
from yakin.domain.evidence import Finding, Kind, Scanner, count_kinds
from yakin.domain.policy import Clearance
from yakin.domain.zones import Zone
from yakin.errors import EgressRefused
from yakin.privacy.pseudonyms import MASKED_KINDS, Masked, mask, outside_tokens

_ROUNDS = 3  # masking joins what was apart and may uncover more; it settles after one or two
_SECRETS = frozenset({Kind.SECRET_KEY})


def clear_text(
    document_id: int, text: str, clearance: Clearance, zone: Zone, scanner: Scanner, run_secret: bytes
) -> ClearedText:
    """The text in the form in which it may go to that zone; raises EgressRefused rather than send doubt.

    Outside of the own premises keys and passwords are always replaced. The clearance that the result
    carries is narrowed to the zones that this form may go to: a plain text opens no masked zone.
    """
    if clearance.rule_for(zone) is None:
        raise EgressRefused(f"document {document_id}: level {clearance.level} may not go to zone {zone}")
    masked = clearance.needs_mask(zone)
    kinds = MASKED_KINDS if masked else _SECRETS if zone is not Zone.ON_PREM else frozenset()
    form = _without(document_id, text, kinds, scanner, run_secret) if kinds else Masked(text)
    return ClearedText(
        document_id=document_id,
        text=form.text,
        clearance=_narrowed(clearance, zone, masked=masked),
        masked=masked,
        restore=form.restore,
    )


def in_pieces(cleared: ClearedText, pieces: int) -> tuple[ClearedText, ...]:
    """That many consecutive pieces with nothing left out, cut at line ends where one is near; always the same.

    Refuses a masked text: a pseudonym that is cut in two could not be restored.
    """
    if cleared.masked:
        raise EgressRefused(f"document {cleared.document_id}: a masked text is not cut in pieces")
    size = len(cleared.text) / pieces
    cuts = [0, *(_near(cleared.text, round(number * size), round(size / 4)) for number in range(1, pieces)), None]
    return tuple(replace(cleared, text=cleared.text[start:end]) for start, end in pairwise(cuts))


def _near(text: str, place: int, reach: int) -> int:
    """After the last line end in the reach before the place, else the place itself."""
    return text.rfind("\n", max(place - reach, 0), place) + 1 or place


def text_hash(text: str, key: bytes) -> str:
    """Keyed hash of a text: equal texts are seen, guessing a text from its hash needs the key."""
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _narrowed(clearance: Clearance, zone: Zone, *, masked: bool) -> Clearance:
    if zone is Zone.ON_PREM and not masked:
        return replace(clearance, rules=tuple(rule for rule in clearance.rules if rule.zone is zone))
    return replace(clearance, rules=tuple(rule for rule in clearance.rules if masked or not rule.masked))


def _without(document_id: int, text: str, kinds: frozenset[Kind], scanner: Scanner, run_secret: bytes) -> Masked:
    """The text without these kinds, verified by scanning what came out."""
    restore: dict[str, str] = {}
    for _ in range(_ROUNDS):
        remaining = _found(document_id, text, kinds, scanner)
        if not remaining:
            return Masked(text, restore)
        form = mask(text, remaining, run_secret)
        text, restore = form.text, _joined(restore, form.restore)
    remaining = _found(document_id, text, kinds, scanner)
    if remaining:
        counts = ", ".join(f"{kind} {count}" for kind, count in count_kinds(remaining).items())
        raise EgressRefused(f"document {document_id}: identifiers remain after masking ({counts})")
    return Masked(text, restore)


def _found(document_id: int, text: str, kinds: frozenset[Kind], scanner: Scanner) -> list[Finding]:
    try:
        findings = scanner.scan(text)
    except Exception as error:  # noqa: BLE001 - a scanner that breaks refuses the document; its message may hold text
        raise EgressRefused(f"document {document_id}: the scanner failed ({type(error).__name__})") from None
    return [finding for finding in outside_tokens(text, findings) if finding.kind in kinds]


def _joined(earlier: Mapping[str, str], later: Mapping[str, str]) -> dict[str, str]:
    """Both maps; a value that a later round took together with an earlier token comes back whole."""
    whole = {token: _expanded(value, earlier) for token, value in later.items()}
    return {**whole, **earlier}


def _expanded(value: str, earlier: Mapping[str, str]) -> str:
    for token, original in earlier.items():
        value = value.replace(token, original)
    return value
