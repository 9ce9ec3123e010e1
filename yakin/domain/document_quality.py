"""Quality by document, where an evaluation showed that it predicts better than the mean: learned, kept, predicted.

All models of an evaluation are learned together: how hard a document is for all of them, and what sets each apart. What
was not learned with them (another model, a cascade) is moved by the hardness alone, so that no option looks good on
hard documents only because nothing is known of it there.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np
from numpy.typing import NDArray

from yakin.domain.document_features import INPUT_TOKENS, LEVEL, MEDIA
from yakin.domain.evaluating import LearnedRule, RuleKind, ScoredAnswer
from yakin.domain.learning import Features, QualityModel, Used, kept_quality, learn_qualities, predict_kept

FEWEST = 10  # items that every model was asked; below it no rule can be told from luck
TOKEN_STEP = 0.25  # of the logarithm: documents of about one size are one kind, so that plans can group them
Kept = Mapping[str, object]


def quality_rules(models: Mapping[str, Mapping[str, ScoredAnswer]]) -> list[LearnedRule]:
    """One rule per model; all are used or none, because they are only right together. `models` are scores by item."""
    common = sorted(set.intersection(*(set(items) for items in models.values()))) if models else []
    if len(common) < FEWEST:
        why = f"the mean: only {len(common)} items were asked of every model; {FEWEST} are the least to learn from"
        return [LearnedRule(RuleKind.QUALITY, model, False, why, {}) for model in models]
    given = [next(iter(models.values()))[item].features for item in common]
    media = sorted({name for each in given for name in each if name.startswith(MEDIA)})
    table = np.array([[min(1.0, items[item].score) for items in models.values()] for item in common])
    learned = learn_qualities(table, _features(given, media))
    used = Used.FEATURES in (learned.common.used, learned.used)
    return [
        LearnedRule(
            RuleKind.QUALITY,
            model,
            used,
            f"{_words('how hard a document is', learned.common)}; {_words('what sets this model apart', apart)}",
            {"common": kept_quality(learned.common), "apart": kept_quality(apart), "media": media},
        )
        for model, apart in zip(models, learned.apart, strict=True)
    ]


def _words(what: str, learned: QualityModel) -> str:
    low, high = learned.gain_interval.low, learned.gain_interval.high
    if math.isinf(low):
        return f"{what}: the mean, the scores are too few or equal"
    which = "by its features, which take" if learned.used is Used.FEATURES else "the mean; features would take"
    return (
        f"{what}: {which} {learned.gain:.4f} ({low:.4f} to {high:.4f}) off a squared error of "
        f"{learned.error_of_mean:.4f} on held-out items"
    )


def _features(given: Sequence[Mapping[str, float]], media: Sequence[str]) -> Features:
    numbers = np.array([[each.get(LEVEL, 0.0), math.log1p(each.get(INPUT_TOKENS, 0.0))] for each in given])
    codes = np.array([[next((at for at, name in enumerate(media) if each.get(name)), -1)] for each in given])
    return Features.of(numbers, codes)


@dataclass(frozen=True, slots=True)
class QualityByDocument:
    """What is predicted of a use case's documents. `means` are the measured quality of all that may answer them."""

    common: Kept
    apart: Mapping[str, Kept]  # by model, as learned together
    media: tuple[str, ...]
    means: Mapping[str, float]  # by model and by cascade
    _known: dict[tuple[float, float, str], Mapping[str, float]] = field(default_factory=dict, compare=False)

    def of(self, features: Mapping[str, float]) -> Mapping[str, float]:
        """By model and cascade, within 0 and 1; one object for all documents of a kind."""
        size = round(math.log1p(features.get(INPUT_TOKENS, 0.0)) / TOKEN_STEP) * TOKEN_STEP
        media = next((name for name in features if name.startswith(MEDIA)), "")
        key = (features.get(LEVEL, 0.0), size, media)
        if key not in self._known:
            self._known[key] = self._predicted({LEVEL: key[0], INPUT_TOKENS: math.expm1(size), media: 1.0})
        return self._known[key]

    def _predicted(self, features: Mapping[str, float]) -> dict[str, float]:
        given = _features([features], self.media)
        common = _first(predict_kept(self.common, given))
        harder = common - float(cast("float", self.common["mean"]))
        by_model = {model: common + _first(predict_kept(kept, given)) for model, kept in self.apart.items()}
        moved = {name: mean + harder for name, mean in self.means.items() if name not in by_model}
        return {name: min(1.0, max(0.0, said)) for name, said in (by_model | moved).items()}


def _first(said: NDArray[np.float64]) -> float:
    return float(said[0])


def quality_by_document(rules: Iterable[LearnedRule], means: Mapping[str, float]) -> QualityByDocument | None:
    """From the kept rules of one evaluation, by the names that its models have now; None where none is used."""
    used = [rule for rule in rules if rule.used and rule.name in means]
    if not used:
        return None
    return QualityByDocument(
        common=cast("Kept", used[0].rule["common"]),
        apart={rule.name: cast("Kept", rule.rule["apart"]) for rule in used},
        media=tuple(cast("Sequence[str]", used[0].rule["media"])),
        means=dict(means),
    )
