"""Levels × zones: what a policy lets a document of a level do, and the clearance that results."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from yakin.domain.evidence import Assessment, Kind
from yakin.domain.levels import Flag, Level, highest
from yakin.domain.review import Review
from yakin.domain.zones import Zone, in_order

_JAPANESE_OPERATORS = frozenset({Zone.ON_PREM, Zone.DOMESTIC})
FLAG_ZONES: Mapping[Flag, frozenset[Zone]] = MappingProxyType(
    dict.fromkeys(Flag, _JAPANESE_OPERATORS)  # 外為法25条: technology provided to a non-resident; NDA: no sub-provision
)


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """One allowed zone of a level and its conditions."""

    zone: Zone
    masked: bool = False  # identifiers are replaced before sending
    approval: bool = False  # needs a named approval in the run
    zero_retention: bool = False  # only endpoints with evidenced zero retention
    no_training: bool = True  # only endpoints whose operator does not train on data
    basis: str = ""  # the ground in law that the policy states for sending there; goes into the register


@dataclass(frozen=True, slots=True)
class LevelRule:
    """What a level allows, and for how many days prompts and working copies are kept."""

    level: Level
    zones: tuple[ZoneRule, ...]
    kept_days: int


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """This many findings of a kind raise the document to at least this level."""

    kind: Kind
    at_least: int
    level: Level


@dataclass(frozen=True, slots=True)
class Policy:
    """A reviewed policy in force from a day. `version` is the hash of its file."""

    version: str
    valid_from: date
    levels: Mapping[Level, LevelRule]
    evidence: tuple[EvidenceRule, ...]
    unreadable_level: Level = Level.RESTRICTED
    quarantine_kinds: frozenset[Kind] = frozenset({Kind.MY_NUMBER})
    flags: Mapping[Flag, frozenset[Zone]] = field(default_factory=lambda: dict(FLAG_ZONES))

    def zones_under(self, flags: frozenset[Flag]) -> frozenset[Zone]:
        """The zones that every flag leaves; one that the policy does not name leaves the own premises."""
        left = frozenset(Zone)
        for flag in flags:
            left &= self.flags.get(flag, frozenset({Zone.ON_PREM}))
        return left


@dataclass(frozen=True, slots=True)
class Clearance:
    """送信可否: where a document of a level may be asked in this run, under which conditions.

    `zones` holds the allowed zones; `rules` the conditions of each. `quarantined` documents are
    asked nowhere, whatever the zones say.
    """

    level: Level
    rules: tuple[ZoneRule, ...]
    policy_version: str
    quarantined: bool = False
    reason: str = ""

    @property
    def zones(self) -> frozenset[Zone]:
        """The zones that this document may be sent to."""
        return frozenset() if self.quarantined else frozenset(rule.zone for rule in self.rules)

    def rule_for(self, zone: Zone) -> ZoneRule | None:
        """The conditions of a zone, or None where the zone is forbidden."""
        if self.quarantined:
            return None
        return next((rule for rule in self.rules if rule.zone is zone), None)

    def needs_mask(self, zone: Zone) -> bool:
        """Whether a text must be masked before it may go to that zone. Forbidden zones: True."""
        rule = self.rule_for(zone)
        return rule is None or rule.masked

    def basis_for(self, zone: Zone) -> str:
        """The ground that the policy states for sending to that zone; empty where it states none."""
        rule = self.rule_for(zone)
        return rule.basis if rule else ""


_DOUBT = (
    Kind.HIDDEN_UNREADABLE,
    Kind.UNREADABLE_PART,
    Kind.DETECTOR_FAILED,
    Kind.LOW_CONFIDENCE,
    Kind.NOT_JUDGED,
)


def assess(
    policy: Policy,
    counts: Mapping[Kind, int],
    *,
    baseline: Level,
    floors: tuple[Level, ...] = (),
    review: Review | None = None,
) -> Assessment:
    """The level of a document: the highest of baseline, floors and evidence, with the reasons.

    Requested floors can only raise. Doubt (unreadable parts, a failed detector) is at least the
    policy's unreadable level. A review stands in for the baseline and the evidence that the reviewer
    saw: a higher baseline, a kind or a number of findings that was not there then raises all the
    same, and so does a quarantine kind that was not dismissed as a false alarm.
    """
    candidates = [(floor, f"floor:{floor}") for floor in floors]
    if review is None or baseline.rank > review.baseline.rank:
        candidates.append((baseline, f"baseline:{baseline}"))
    if review is not None:
        candidates.append((review.level, f"review:{review.review_id}"))
    candidates += _raised_by_evidence(policy, counts, review)
    level = highest(candidate for candidate, _ in candidates)
    because = tuple(dict.fromkeys(reason for candidate, reason in candidates if candidate is level))
    dismissed = frozenset(kind for kind, count in counts.items() if review and count and review.dismisses(kind, count))
    return Assessment(level=level, counts=dict(counts), because=because, dismissed=dismissed)


def _raised_by_evidence(
    policy: Policy, counts: Mapping[Kind, int], review: Review | None
) -> Iterator[tuple[Level, str]]:
    for rule in policy.evidence:
        if counts.get(rule.kind, 0) >= rule.at_least and not _covered(policy, rule, counts, review):
            yield rule.level, f"kind:{rule.kind}"
    for kind in _DOUBT:
        if counts.get(kind, 0) and not (review and review.saw(kind, counts[kind])):
            yield policy.unreadable_level, f"doubt:{kind}"


def _covered(policy: Policy, rule: EvidenceRule, counts: Mapping[Kind, int], review: Review | None) -> bool:
    """Whether the reviewer judged what this rule speaks of."""
    if review is None:
        return False
    if rule.kind in policy.quarantine_kinds:
        return review.dismisses(rule.kind, counts[rule.kind])
    return review.saw(rule.kind, rule.at_least)


def quarantine_kinds(policy: Policy, assessment: Assessment) -> frozenset[Kind]:
    """The kinds found, and not dismissed, that keep a document from being asked."""
    return frozenset(
        kind for kind in policy.quarantine_kinds if assessment.counts.get(kind, 0) and kind not in assessment.dismissed
    )


def clear(
    policy: Policy,
    assessment: Assessment,
    *,
    approved_zones: frozenset[Zone] = frozenset(),
    my_number_purpose: bool = False,
    flags: frozenset[Flag] = frozenset(),
) -> Clearance:
    """Where the document may go. Approval-bound zones open only when approved for this run.

    A quarantine kind (My Number Act art. 19, 20) means nowhere, unless the use case declares the
    purpose; then it stays on premises. Flags of the asset register narrow what is left.
    """
    rule = policy.levels[assessment.level]
    quarantine = bool(quarantine_kinds(policy, assessment))
    left = policy.zones_under(flags) & (frozenset({Zone.ON_PREM}) if quarantine else frozenset(Zone))
    rules = tuple(
        zone for zone in rule.zones if zone.zone in left and (not zone.approval or zone.zone in approved_zones)
    )
    quarantined = quarantine and not my_number_purpose
    reason = "quarantine: My Number present" if quarantined else _explain(assessment, rules, flags)
    return Clearance(assessment.level, rules, policy.version, quarantined, reason)


def why_closed(
    policy: Policy, assessment: Assessment, clearance: Clearance, zone: Zone, flags: frozenset[Flag]
) -> tuple[str, ...]:
    """What keeps a zone closed, by rule names such as `level:secret` or `flag:third_party_nda`; empty when open."""
    if clearance.rule_for(zone) is not None:
        return ()
    quarantine = (
        sorted(quarantine_kinds(policy, assessment)) if clearance.quarantined or zone is not Zone.ON_PREM else []
    )
    closed = [f"quarantine:{kind}" for kind in quarantine]
    if all(rule.zone is not zone for rule in policy.levels[assessment.level].zones):
        closed.append(f"level:{assessment.level}")
    closed += [f"flag:{flag}" for flag in sorted(flags) if zone not in policy.zones_under(frozenset({flag}))]
    return tuple(closed) or ("approval",)


def _explain(assessment: Assessment, rules: tuple[ZoneRule, ...], flags: frozenset[Flag]) -> str:
    zones = ", ".join(in_order(frozenset(rule.zone for rule in rules))) or "nowhere"
    approved = (f"approved:{rule.zone}" for rule in rules if rule.approval)
    because = ", ".join((*assessment.because, *(f"flag:{flag}" for flag in sorted(flags)), *approved))
    return f"{assessment.level} ({because}) may go to: {zones}"
