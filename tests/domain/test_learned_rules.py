"""From scores of an evaluation to figures and rules: what is used, what is not, and why."""

import random
from dataclasses import asdict
from decimal import Decimal

import pytest

from yakin.domain.asking import Outcome
from yakin.domain.documents import DocumentId
from yakin.domain.evaluating import Billed, RuleKind, ScoredAnswer
from yakin.domain.learned_rules import learned_rules
from yakin.domain.measuring import items_to_tell, qualities, reach_points
from yakin.domain.verification import cascade_from


def answers(model, rights, *, cost="1", signals=None, level=1.0, compared="0"):
    """One answer per item; `rights` are scores of its two fields together."""
    return [
        Billed(
            ScoredAnswer(
                f"item-{at:03}", model, model, DocumentId(at), Outcome.ANSWERED, {"kind": right, "day": right},
                {"level": level if at % 2 else 3.0, "input_tokens": 100.0, "media=text/plain": 1.0},
                signals[at] if signals else {},
            ),
            100, 10, Decimal(cost), 1.0, Decimal(compared),
        )
        for at, right in enumerate(rights)
    ]  # fmt: skip


def coin(seed, share, items):
    drawn = random.Random(seed)
    return [float(drawn.random() < share) for _ in range(items)]


def test_quality_is_measured_whole_by_field_and_by_kind_of_document():
    found = {(each.field, each.feature): each for each in qualities(answers("a", [1.0, 0.0, 1.0, 1.0]))}

    assert found["", ""].quality == 0.75
    assert found["kind", ""].items == 4
    assert found["", "level=internal"].quality == 0.5
    assert found["", "level=restricted"].quality == 1.0
    assert set(found) == {
        ("", ""), ("kind", ""), ("day", ""), ("", "level=internal"), ("", "level=restricted"),
        ("", "input_tokens<500"), ("", "media=text/plain"),
    }  # fmt: skip
    assert all(each.low < each.quality <= each.high for each in found.values())


def test_forty_items_tell_eleven_points_and_hundreds_tell_three():
    forty = answers("a", [1.0] * 34 + [0.0] * 6)
    whole = next(each for each in qualities(forty) if not each.field and not each.feature)

    assert 9 < reach_points(whole) < 13
    assert 400 < items_to_tell(forty) < 800
    assert items_to_tell([]) is None


@pytest.fixture
def with_signal():
    """A cheap model that is right half of the time and knows it, and one that costs twenty times as much."""
    rights, noise = coin(1, 0.5, 200), random.Random(2)
    sure = [{"logprob": right - 1 + noise.gauss(0, 0.3), "repaired": 0.0, "grounded": right} for right in rights]
    return answers("cheap", rights, cost="0.05", signals=sure) + answers("better", coin(3, 0.95, 200), cost="1")


def test_a_signal_that_tells_right_from_wrong_makes_cascades_that_can_be_read_back(with_signal):
    rules = learned_rules(with_signal)

    cascades = [rule for rule in rules if rule.kind is RuleKind.CASCADE]
    assert cascades
    for rule in cascades:
        assert rule.used
        read = cascade_from(rule.rule)
        assert (read.first, read.second, read.calibration.signal) == ("cheap", "better", "logprob")
        assert asdict(read) == dict(rule.rule)
        assert "above the best mix" in rule.why
    calibrated = {rule.name: rule.used for rule in rules if rule.kind is RuleKind.CALIBRATION}
    assert calibrated == {"cheap first_time_valid": False, "cheap grounded": True, "cheap logprob": True}


def test_without_a_signal_there_is_no_cascade_and_the_mean_is_said_to_be_used():
    noise = random.Random(5)
    blind = [{"logprob": noise.gauss(-1, 0.3)} for _ in range(60)]
    rules = learned_rules(
        answers("cheap", coin(6, 0.5, 60), cost="0.05", signals=blind) + answers("better", coin(7, 0.95, 60))
    )

    assert not any(rule.used for rule in rules if rule.kind is RuleKind.CASCADE)
    assert {rule.name: rule.used for rule in rules if rule.kind is RuleKind.QUALITY} == {
        "cheap": False,
        "better": False,
    }
    assert all(rule.why for rule in rules)


@pytest.mark.parametrize(("compared", "worth_it"), [("0.10", True), ("0.90", False)])
def test_asking_again_to_compare_has_to_be_worth_its_price(compared, worth_it):
    rights, noise = coin(1, 0.5, 200), random.Random(2)
    agree = [{"consistency": right - 1 + noise.gauss(0, 0.3)} for right in rights]
    better = answers("better", coin(3, 0.95, 200), cost="1", compared="2")  # nobody compares the better one's answers
    rules = learned_rules(answers("cheap", rights, cost="0.05", signals=agree, compared=compared) + better)

    cascades = [rule for rule in rules if rule.kind is RuleKind.CASCADE and rule.used]
    assert bool(cascades) is worth_it
    assert all(cascade_from(rule.rule).compares for rule in cascades)


def test_a_handful_of_items_teaches_nothing_and_says_so():
    few = answers("a", [1.0, 0.0, 1.0], signals=[{"logprob": -1.0}] * 3)
    rules = {rule.kind: rule for rule in learned_rules(few)}

    assert not any(rule.used for rule in rules.values())
    assert "too few" in rules[RuleKind.CALIBRATION].why
