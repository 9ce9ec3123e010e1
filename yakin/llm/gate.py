"""The second wall: nothing is sent unless its clearance names the zone of the endpoint, on its conditions."""

from collections.abc import Mapping
from dataclasses import replace

from yakin.domain.batches import leaves_its_zone
from yakin.domain.cleared_text import ClearedText
from yakin.domain.evidence import Finding, Kind, Scanner
from yakin.domain.policy import ZoneRule
from yakin.domain.pricing import Tier
from yakin.domain.routing import Endpoint, Offer
from yakin.domain.zones import Zone
from yakin.errors import EgressRefused
from yakin.llm.addresses import origin_of, resolves_to_private

_NOT_IDENTIFIERS = frozenset(
    {
        Kind.CORPORATE_NUMBER,  # public information
        Kind.POSTAL_CODE,
        Kind.SPECIAL_CARE,
        Kind.MARKING_CONFIDENTIAL,
        Kind.MARKING_RESTRICTED,
        Kind.MARKING_SECRET,
        Kind.HIDDEN_UNREADABLE,
        Kind.UNREADABLE_PART,
        Kind.DETECTOR_FAILED,
        Kind.LOW_CONFIDENCE,
        Kind.NOT_JUDGED,
        Kind.JUDGED_CONFIDENTIAL,
        Kind.JUDGED_RESTRICTED,
        Kind.JUDGED_SECRET,
    }
)
IDENTIFIERS = frozenset(Kind) - _NOT_IDENTIFIERS


class Gate:
    """Admits a text to an offer, or raises EgressRefused. It trusts neither the planner nor the caller."""

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        scanner: Scanner | None,
        refused_kinds: frozenset[Kind] = IDENTIFIERS,
    ) -> None:
        self._endpoints = endpoints
        self._scanner = scanner
        self._refused_kinds = refused_kinds

    def admit(self, cleared: ClearedText, offer: Offer) -> None:
        """Raise EgressRefused, with ids and zones only, unless every condition of the clearance holds."""
        endpoint = self._known(cleared, offer)
        rule = cleared.clearance.rule_for(endpoint.zone)
        if rule is None or endpoint.zone not in cleared.clearance.zones:
            level = cleared.clearance.level
            raise _refusal(cleared, endpoint, f"a {level} text is not cleared for zone {endpoint.zone}")
        if unmet := _unmet(rule, endpoint, cleared):
            raise _refusal(cleared, endpoint, unmet)
        if offer.tier is Tier.BATCH and leaves_its_zone(endpoint.zone, batch_in_zone=endpoint.batch_in_zone):
            raise _refusal(cleared, endpoint, "no evidence that its batches are processed where its zone says")
        if endpoint.zone is Zone.ON_PREM:
            _check_private(cleared, endpoint)
        else:
            self._look_once_more(cleared, endpoint, masked=rule.masked)

    def _known(self, cleared: ClearedText, offer: Offer) -> Endpoint:
        offered = offer.model.endpoint
        known = self._endpoints.get(offered.name)
        if known is None:
            raise _refusal(cleared, offered, "the catalogue has no such endpoint")
        # Limits may have been tuned since the plan froze its offers; nothing that decides where a text goes may.
        same = replace(offered, limits=known.limits, timeout_s=known.timeout_s, zone_reason=known.zone_reason)
        if same != known:
            raise _refusal(cleared, known, "the offer's endpoint is not the one in the catalogue")
        return known

    def _look_once_more(self, cleared: ClearedText, endpoint: Endpoint, *, masked: bool) -> None:
        """Scan what would really leave. Secret keys never leave; identifiers not where a mask is due."""
        refused = self._refused_kinds | {Kind.SECRET_KEY} if masked else frozenset({Kind.SECRET_KEY})
        found = {finding.kind for finding in self._scan(cleared, endpoint)} & refused
        if found:
            kinds = ", ".join(sorted(found))
            raise _refusal(cleared, endpoint, f"the text still holds {kinds}")

    def _scan(self, cleared: ClearedText, endpoint: Endpoint) -> tuple[Finding, ...]:
        if self._scanner is None:
            raise _refusal(cleared, endpoint, "the gate has no scanner, and only on_prem needs none")
        try:
            return self._scanner.scan(cleared.text)
        except Exception as error:  # noqa: BLE001 - whatever a scanner raises can hold the text; doubt is a refusal
            failed = type(error).__name__
        raise _refusal(cleared, endpoint, f"the scanner failed: {failed}")


def _unmet(rule: ZoneRule, endpoint: Endpoint, cleared: ClearedText) -> str | None:
    if rule.no_training and endpoint.trains_on_data:
        return "no evidence that the operator does not train on data"
    if rule.zero_retention and not endpoint.zero_retention:
        return "no evidence of zero retention"
    if rule.masked and not cleared.masked:
        return "the text is not masked"
    return None


def _check_private(cleared: ClearedText, endpoint: Endpoint) -> None:
    # The transport looks at the connected peer as well: a name can change between this line and that.
    try:
        host = origin_of(endpoint.base_url)[1]
    except ValueError:
        raise _refusal(cleared, endpoint, "the endpoint has no usable address") from None
    if not resolves_to_private(host):
        raise _refusal(cleared, endpoint, "an on_prem address must resolve to private addresses only")


def _refusal(cleared: ClearedText, endpoint: Endpoint, why: str) -> EgressRefused:
    return EgressRefused(f"document {cleared.document_id} → {endpoint.name} ({endpoint.zone}): {why}")
