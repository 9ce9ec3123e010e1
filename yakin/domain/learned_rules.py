"""What an evaluation teaches: quality by document, what a verification signal is worth, cascades worth having.

The statistics are `yakin.domain.learning`'s, on arrays; here scores become arrays and findings become rules with words.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from yakin.domain.document_quality import quality_rules
from yakin.domain.evaluating import Billed, LearnedRule, RuleKind
from yakin.domain.learning import LearnedCascade, Outcomes, SignalCalibration, calibrate, learn_cascades
from yakin.domain.verification import CONSISTENCY, Calibration

SAME_OF_ALL = "it is the same of every answer"
FEWEST = 10  # items; below it nothing can be told from luck
FIRST_TIME_VALID = "first_time_valid"  # 1 - repaired: of all signals more is better
_ONLY_MEASURED = frozenset({FIRST_TIME_VALID, "grounded"})  # not known when a night decides about a cascade
Scores = NDArray[np.float64]


def learned_rules(answers: Sequence[Billed]) -> list[LearnedRule]:
    """Rules by kind and model; what was tried and is not used is there with its reason.

    Takes seconds: each signal of each model is fitted many times on parts of the items.
    """
    models = _by_model(answers)
    rules = quality_rules({name: {item: each.scored for item, each in of.items()} for name, of in models.items()})
    fitted = _Calibrations()
    for model, items in models.items():
        rules += [_calibration_rule(model, name, items, fitted) for name in _signals(items)]
    for first in models:
        for second in models:
            rules += _cascade_rules(first, second, models[first], models[second], fitted)
    return list({(rule.kind, rule.name): rule for rule in rules}.values())


class _Calibrations:
    """Calibrations by model, signal and items: pairs of models share most of them."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, tuple[str, ...]], SignalCalibration] = {}

    def of(self, model: str, signal: str, items: Sequence[Billed]) -> SignalCalibration:
        key = (model, signal, tuple(each.scored.item for each in items))
        if key not in self._known:
            self._known[key] = calibrate(np.array([_signals_of(each)[signal] for each in items]), _scores(items))
        return self._known[key]


Items = dict[str, Billed]  # by golden item, in one order for all models


def _by_model(answers: Iterable[Billed]) -> dict[str, Items]:
    found: dict[str, Items] = {}
    for each in sorted(answers, key=lambda billed: (billed.scored.model, billed.scored.item)):
        found.setdefault(each.scored.model, {})[each.scored.item] = each
    return found


def _scores(items: Iterable[Billed]) -> Scores:
    return np.array([min(1.0, each.scored.score) for each in items])


def _signals(items: Items) -> list[str]:
    return sorted({name for each in items.values() for name in _signals_of(each)})


def _signals_of(billed: Billed) -> dict[str, float]:
    signals = dict(billed.scored.signals)
    repaired = signals.pop("repaired", None)
    return signals if repaired is None else {**signals, FIRST_TIME_VALID: 1.0 - repaired}


def _with_signal(name: str, items: Iterable[Billed]) -> list[Billed]:
    return [each for each in items if name in _signals_of(each)]


def _calibration_rule(model: str, name: str, items: Items, fitted: _Calibrations) -> LearnedRule:
    known = _with_signal(name, items.values())
    title = f"{model} {name}"
    if len(known) < FEWEST:
        why = f"{len(known)} answers with it are too few to learn from; {FEWEST} are the least"
        return LearnedRule(RuleKind.CALIBRATION, title, False, why, {"items": len(known)})
    if len({_signals_of(each)[name] for each in known}) == 1:
        return LearnedRule(RuleKind.CALIBRATION, title, False, SAME_OF_ALL, {"items": len(known)})
    found = fitted.of(model, name, known)
    low, high = found.auc_interval.low, found.auc_interval.high
    than = "better than chance" if found.has_signal else "not told from chance"
    why = (
        f"of a better and a worse answer it names the better one in {found.auc:.0%} of the cases "
        f"({low:.0%} to {high:.0%}); {than} on {len(known)} items"
    )
    numbers = {
        "items": len(known), "auc": found.auc, "auc_low": low, "auc_high": high, "error": found.error,
        "error_of_mean": found.error_of_mean,
    }  # fmt: skip
    return LearnedRule(
        RuleKind.CALIBRATION, title, found.has_signal, why, {**numbers, **asdict(Calibration(name, found.knots))}
    )


def _cascade_rules(first: str, second: str, cheap: Items, better: Items, fitted: _Calibrations) -> list[LearnedRule]:
    """Thresholds worth having between a cheaper and a better model.

    By the signal that tells most of those that cost nothing, and by comparing several answers where that tells.
    """
    both = sorted(cheap.keys() & better.keys())
    if first == second or not both or not _is_cheaper_and_worse([cheap[i] for i in both], [better[i] for i in both]):
        return []
    return [
        rule
        for signal in _good_signals(first, cheap, fitted)
        for rule in _by_signal(signal, first, second, {i: (cheap[i], better[i]) for i in both}, fitted)
    ]


def _by_signal(
    signal: str, first: str, second: str, pairs: Mapping[str, tuple[Billed, Billed]], fitted: _Calibrations
) -> list[LearnedRule]:
    known = [item for item, (cheap, _) in pairs.items() if signal in _signals_of(cheap)]
    if len(known) < FEWEST:
        return []
    asked_first, asked_second = [pairs[item][0] for item in known], [pairs[item][1] for item in known]
    calibrated = fitted.of(first, signal, asked_first)
    rules = learn_cascades(
        _outcomes(first, asked_first),
        _outcomes(second, asked_second),
        calibrated,
        checks=np.array([float(each.consistency_jpy) for each in asked_first]) if signal == CONSISTENCY else None,
    )
    if not rules:
        why = (
            f"{signal} tells right from wrong, but no threshold beats a mix of the two at the same cost with confidence"
        )
        return [LearnedRule(RuleKind.CASCADE, f"{first}>{second}", False, why, {"items": len(known)})]
    return [_cascade_rule(rule, signal, calibrated) for rule in rules]


def _is_cheaper_and_worse(first: Sequence[Billed], second: Sequence[Billed]) -> bool:
    cheaper = sum(each.cost_jpy for each in first) < sum(each.cost_jpy for each in second)
    return cheaper and float(_scores(first).mean()) < float(_scores(second).mean())


def _good_signals(model: str, items: Items, fitted: _Calibrations) -> Iterator[str]:
    """Of those that a night knows when it has the answer and that are better than chance; the best free one last.

    Where two cascades have one name, the later counts.
    """
    tried = []
    for name in sorted({name for each in items.values() for name in _signals_of(each)} - _ONLY_MEASURED):
        known = _with_signal(name, items.values())
        if len(known) >= FEWEST and len({_signals_of(each)[name] for each in known}) > 1:
            tried.append((name, fitted.of(model, name, known)))
    good = {name: calibrated.auc for name, calibrated in tried if calibrated.has_signal}
    if good.pop(CONSISTENCY, None) is not None:
        yield CONSISTENCY
    if good:
        yield max(good, key=lambda name: (good[name], name))


def _outcomes(name: str, items: Sequence[Billed]) -> Outcomes:
    return Outcomes(name, _scores(items), np.array([float(each.cost_jpy) for each in items]))


def _cascade_rule(learned: LearnedCascade, signal: str, calibrated: SignalCalibration) -> LearnedRule:
    rule = learned.rule(Calibration(signal, calibrated.knots))
    low, high = learned.gain_interval.low, learned.gain_interval.high
    points = f"{100 * learned.gain:+.1f} points of quality ({100 * low:+.1f} to {100 * high:+.1f})"
    why = (
        f"{points} above the best mix of the two at the same cost, on "
        f"{learned.documents} held-out items; {learned.escalated_share:.0%} are asked twice"
    )
    return LearnedRule(RuleKind.CASCADE, rule.name, True, why, asdict(rule))
