"""Levels × zones: what a policy lets a document of a level do, and the clearance that results."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from yakin.domain.evidence import Assessment, Kind
from yakin.domain.levels import Level, highest
from yakin.domain.zones import Zone, in_order


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


_DOUBT = (Kind.HIDDEN_UNREADABLE, Kind.UNREADABLE_PART, Kind.DETECTOR_FAILED, Kind.LOW_CONFIDENCE)


def assess(
    policy: Policy,
    counts: Mapping[Kind, int],
    *,
    baseline: Level,
    floors: tuple[Level, ...] = (),
) -> Assessment:
    """The level of a document: the highest of baseline, floors and evidence, with the reasons.

    Requested floors can only raise. Doubt (unreadable parts, a failed detector) is at least the
    policy's unreadable level.
    """
    candidates = [(baseline, f"baseline:{baseline}")]
    candidates += [(floor, f"floor:{floor}") for floor in floors]
    candidates += [
        (rule.level, f"kind:{rule.kind}") for rule in policy.evidence if counts.get(rule.kind, 0) >= rule.at_least
    ]
    candidates += [(policy.unreadable_level, f"doubt:{kind}") for kind in _DOUBT if counts.get(kind, 0)]
    level = highest(candidate for candidate, _ in candidates)
    because = tuple(dict.fromkeys(reason for candidate, reason in candidates if candidate is level))
    return Assessment(level=level, counts=dict(counts), because=because)


def clear(
    policy: Policy,
    assessment: Assessment,
    *,
    approved_zones: frozenset[Zone] = frozenset(),
    my_number_purpose: bool = False,
) -> Clearance:
    """Where the document may go. Approval-bound zones open only when approved for this run.

    A quarantine kind (My Number Act art. 19, 20) means nowhere, unless the use case declares the
    purpose; then it stays on premises.
    """
    rule = policy.levels[assessment.level]
    quarantine = any(assessment.counts.get(kind, 0) for kind in policy.quarantine_kinds)
    rules = tuple(zone for zone in rule.zones if not zone.approval or zone.zone in approved_zones)
    if quarantine:
        rules = tuple(zone for zone in rules if zone.zone is Zone.ON_PREM)
    quarantined = quarantine and not my_number_purpose
    reason = "quarantine: My Number present" if quarantined else _explain(assessment, rules)
    return Clearance(assessment.level, rules, policy.version, quarantined, reason)


def _explain(assessment: Assessment, rules: tuple[ZoneRule, ...]) -> str:
    zones = ", ".join(in_order(frozenset(rule.zone for rule in rules))) or "nowhere"
    return f"{assessment.level} ({', '.join(assessment.because)}) may go to: {zones}"
