"""From scores on a golden set to quality with its interval: whole, by field, by kind of document."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from yakin.domain.document_features import feature_values
from yakin.domain.evaluating import Billed, MeasuredQuality, ScoredAnswer
from yakin.domain.learning import mean_interval

CONFIDENCE = 0.95
WANTED_POINTS = 3.0  # of a hundred: what tells two good models apart
_Z = 1.959964  # two-sided, for CONFIDENCE


def qualities(answers: Sequence[Billed]) -> list[MeasuredQuality]:
    """One figure per model for the whole answer, each field and each kind of document, best models first."""
    found = []
    for model, scored in sorted(by_model(answers).items(), key=lambda pair: -_mean(pair[1])):
        found.append(_quality(model, "", "", [each.score for each in scored]))
        found += [_quality(model, name, "", scores) for name, scores in _by_field(scored).items()]
        found += [_quality(model, "", value, scores) for value, scores in _by_feature(scored).items()]
    return found


def by_model(answers: Iterable[Billed]) -> dict[str, list[ScoredAnswer]]:
    """The scored answers of each model."""
    groups: defaultdict[str, list[ScoredAnswer]] = defaultdict(list)
    for each in answers:
        groups[each.scored.model].append(each.scored)
    return dict(groups)


def _mean(scored: Sequence[ScoredAnswer]) -> float:
    return sum(each.score for each in scored) / len(scored)


def _by_field(scored: Sequence[ScoredAnswer]) -> dict[str, list[float]]:
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for each in scored:
        for name, score in each.fields.items():
            groups[name].append(score)
    return dict(sorted(groups.items()))


def _by_feature(scored: Sequence[ScoredAnswer]) -> dict[str, list[float]]:
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for each in scored:
        for value in feature_values(each.features):
            groups[value].append(each.score)
    return dict(sorted(groups.items()))


def _quality(model: str, field: str, feature: str, scores: Sequence[float]) -> MeasuredQuality:
    interval = mean_interval(np.array(scores), confidence=CONFIDENCE)
    mean = min(1.0, sum(scores) / len(scores))
    return MeasuredQuality(
        model=model,
        field=field,
        feature=feature,
        items=len(scores),
        quality=mean,
        low=min(mean, interval.low),
        high=max(mean, interval.high),
        confidence=CONFIDENCE,
    )


def items_to_tell(answers: Iterable[Billed], points: float = WANTED_POINTS) -> int | None:
    """How many items would tell every model's quality to within so many points of a hundred; None without scores.

    n = (z·s / d)² of the normal approximation, by the model whose scores spread most.
    """
    spreads = [_variance([each.score for each in scored]) for scored in by_model(answers).values()]
    return math.ceil(max(spreads) * (_Z / (points / 100)) ** 2) if spreads else None


def _variance(scores: Sequence[float]) -> float:
    # Agresti and Coull's two wrong and two right keep 14 of 14 from saying that one item is enough
    mean = (sum(scores) + 2) / (len(scores) + 4)
    seen = sum((score - mean) ** 2 for score in scores) + 2 * mean**2 + 2 * (1 - mean) ** 2
    return seen / (len(scores) + 4)


def reach_points(quality: MeasuredQuality) -> float:
    """Half the interval, in points of a hundred."""
    return (quality.high - quality.low) / 2 * 100
