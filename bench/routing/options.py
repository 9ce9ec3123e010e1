"""What each router believes of each document: options with expected scores and costs. The night then plans the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls
from sklearn.linear_model import Ridge

from bench.routing.evidence import Prompts, of_answers
from bench.routing.tables import Table
from yakin.domain.learning import (
    Features,
    LearnedCascade,
    Outcomes,
    QualityModels,
    SignalCalibration,
    Used,
    calibrate,
    cascade_outcomes,
    learn_cascades,
    learn_qualities,
    learn_quality,
)

LEAST_COST = 1e-12  # of a free model, so that shares of it are numbers
MOST_CASCADES = 12


@dataclass(frozen=True)
class Option:
    """One offer, or a cascade of two. `believed` tells where the first answer stands: known only once it is paid."""

    name: str
    first: int
    second: int | None = None
    believed: np.ndarray | None = None  # (n,) bool


@dataclass(frozen=True)
class Beliefs:
    """A router: its options, and what it expects of each before asking. Rows are those of the table."""

    name: str
    options: tuple[Option, ...]
    scores: np.ndarray  # (n, k)
    costs: np.ndarray  # (n, k)


@dataclass(frozen=True)
class Signal:
    """What the answers of one offer show, learned on the label rows."""

    offer: int
    evidence: str
    calibration: SignalCalibration
    expected: np.ndarray  # (n,): the score to expect of each answer


@dataclass(frozen=True)
class Learned:
    """Our planner's beliefs with what they rest on."""

    beliefs: Beliefs
    qualities: QualityModels
    signals: tuple[Signal, ...]
    cascades: tuple[LearnedCascade, ...]


def expected_costs(table: Table, prompts: Prompts) -> np.ndarray:
    """(n, m): a price per character and a price per answer, fitted on what the label rows cost."""
    known = np.column_stack([prompts.lengths, np.ones(len(prompts.lengths))])
    scale = known[table.labels].mean(axis=0)
    fitted = []
    for offer in range(len(table.offers)):
        costs = table.costs[table.labels, offer]
        mean = max(float(costs.mean()), LEAST_COST)
        weights, _ = nnls(known[table.labels] / scale, costs / mean)
        fitted.append(np.maximum(known / scale @ weights, 1e-3) * mean)
    return np.column_stack(fitted)


def singles(table: Table) -> tuple[Option, ...]:
    """Each offer alone."""
    return tuple(Option(name, at) for at, name in enumerate(table.offers))


def by_mean(table: Table, costs: np.ndarray) -> Beliefs:
    """One mean per offer: what it gains beside the mix, it gains by asking the dear offer where it costs least."""
    scores = np.tile(table.scores[table.labels].mean(axis=0), (len(table.prompts), 1))
    return Beliefs("costs alone", singles(table), scores, costs)


def by_task_mean(table: Table, costs: np.ndarray) -> Beliefs:
    """The mean score of each task under each offer; of a task that was not seen, the mean of all."""
    scores = np.tile(table.scores[table.labels].mean(axis=0), (len(table.prompts), 1))
    if table.tasks is not None:
        for task in np.unique(table.tasks[table.labels]):
            known = table.labels[table.tasks[table.labels] == task]
            scores[table.tasks == task] = table.scores[known].mean(axis=0)
    return Beliefs("per-task mean", singles(table), scores, costs)


def by_text(table: Table, prompts: Prompts, costs: np.ndarray) -> Beliefs:
    """A ridge over character n-grams per offer, as a text router without a language model does it."""
    ridge = Ridge(alpha=1.0, solver="sparse_cg").fit(prompts.characters[table.labels], table.scores[table.labels])
    scores = np.clip(ridge.predict(prompts.characters), 0, 1).reshape(len(table.prompts), -1)
    return Beliefs("text predictor", singles(table), scores, costs)


def signal_of(table: Table, prompts: Prompts, offer: int) -> Signal | None:
    """How far the answers of an offer tell whether they are right; None where nothing of them is kept."""
    shown = of_answers(table, table.offers[offer])
    if shown is None:
        return None
    scores = table.scores[table.labels, offer]
    evidences = {"answers": Features.of(shown), "answers and prompts": Features.of(np.hstack([shown, prompts.numbers]))}
    models = {name: learn_quality(scores, known.rows(table.labels)) for name, known in evidences.items()}
    used = max(models, key=lambda name: models[name].gain)
    evidence, model = evidences[used], models[used]
    # a mean has nothing to say of a document: as a signal it is one value for all
    shown_held_out = model.held_out if model.used is Used.FEATURES else np.full(len(scores), model.mean)
    calibration = calibrate(shown_held_out, scores)
    return Signal(offer, used, calibration, calibration.predict(model.predict(evidence)))


def planned(table: Table, prompts: Prompts, costs: np.ndarray) -> Learned:
    """Our planner: measured quality by document where that is better, and cascades where a signal carries them."""
    labels, features = table.labels, Features.of(prompts.numbers, table.tasks)
    outcomes = [
        Outcomes(name, table.scores[labels, at], table.costs[labels, at]) for at, name in enumerate(table.offers)
    ]
    signals = tuple(each for at in range(len(outcomes)) if (each := signal_of(table, prompts, at)) is not None)
    cascades = _cascades(outcomes, signals)
    options, known, expected = list(singles(table)), [each.scores for each in outcomes], [costs]
    for signal, second, rule in cascades:
        both, escalated = cascade_outcomes(rule, outcomes[signal.offer], outcomes[second], signal.calibration.held_out)
        share = learn_quality(escalated.astype(float), features.rows(labels)).predict(features)
        expected.append((costs[:, signal.offer] + share * costs[:, second])[:, None])
        options.append(Option(both.name, signal.offer, second, signal.expected >= rule.accept_at))
        known.append(both.scores)
    qualities = learn_qualities(np.column_stack(known), features.rows(labels))
    beliefs = Beliefs("yakin's planner", tuple(options), qualities.predict(features), np.hstack(expected))
    return Learned(beliefs, qualities, signals, tuple(rule for _, _, rule in cascades))


def _cascades(outcomes: Sequence[Outcomes], signals: Sequence[Signal]) -> list[tuple[Signal, int, LearnedCascade]]:
    """From each offer with a signal to each that costs more; of very many, those that gain most on their mix."""
    found = [
        (signal, second, rule)
        for signal in signals
        for second, better in enumerate(outcomes)
        if better.costs.mean() > outcomes[signal.offer].costs.mean()
        for rule in learn_cascades(outcomes[signal.offer], better, signal.calibration)
    ]
    return sorted(found, key=lambda each: -each[2].gain)[:MOST_CASCADES]


def reasons(table: Table, learned: Learned) -> Sequence[str]:
    """What was used and why, in words."""
    apart = learned.qualities.apart
    used = [each for each in apart if each.used is Used.FEATURES]
    best = max(apart, key=lambda each: each.gain)
    lines = []
    lines.append(
        f"quality by {learned.qualities.used}: features predict what sets {len(used)} of {len(apart)} options apart "
        f"better than the mean (best takes {best.gain / best.error_of_mean:.1%} off the squared error, "
        f"95 %: {best.gain_interval.low / best.error_of_mean:.1%} to "
        f"{best.gain_interval.high / best.error_of_mean:.1%})"
    )
    if not learned.signals:
        lines.append("no cascade: nothing is known of an answer once it is there")
    for each in learned.signals:
        curve = each.calibration
        low, high = curve.auc_interval.low, curve.auc_interval.high
        lines.append(
            f"signal of {table.offers[each.offer]}, from its {each.evidence}: AUC {curve.auc:.3f} ({low:.3f} to "
            f"{high:.3f}), Brier {curve.error:.4f} against {curve.error_of_mean:.4f} of the mean; "
            + ("a signal" if curve.has_signal else "no better than chance")
        )
    lines.extend(
        f"cascade {rule.first} → {rule.second} below {rule.accept_at:.3f}: {rule.escalated_share:.0%} escalated, "
        f"quality {rule.quality:.3f}, above the mix by {rule.gain:+.3f} "
        f"({rule.gain_interval.low:+.3f} to {rule.gain_interval.high:+.3f})"
        for rule in learned.cascades
    )
    if learned.signals and not learned.cascades:
        lines.append("no cascade: no threshold beats the mix of its two offers on held-out documents with confidence")
    return lines
