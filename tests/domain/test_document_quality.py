"""Quality by document: used where features tell, moved together, read back as it was learned."""

import json
import random

import pytest

from yakin.domain.asking import Outcome
from yakin.domain.document_features import feature_values, features_of
from yakin.domain.document_quality import quality_by_document, quality_rules
from yakin.domain.documents import DocumentId
from yakin.domain.evaluating import ScoredAnswer
from yakin.domain.levels import Level

EASY, HARD = features_of(Level.INTERNAL, 90, "text/plain"), features_of(Level.INTERNAL, 6000, "application/pdf")


def scores(model, easy, hard, seed, items=80):
    drawn = random.Random(seed)
    found = {}
    for at in range(items):
        features, share = (EASY, easy) if at % 2 else (HARD, hard)
        right = float(drawn.random() < share)
        found[f"item-{at:03}"] = ScoredAnswer(
            f"item-{at:03}", model, model, DocumentId(at), Outcome.ANSWERED, {"kind": right}, features
        )
    return found


def test_where_features_tell_each_document_gets_its_own_quality_and_all_options_move_together():
    models = {"small": scores("small", 0.95, 0.2, 1), "large": scores("large", 0.95, 0.9, 2)}
    kept = quality_rules(models)
    assert all(rule.used for rule in kept)
    assert json.loads(json.dumps(kept[0].rule)) == kept[0].rule  # as the database keeps it
    means = {"small": 0.57, "large": 0.92, "unmeasured": 0.7, "small>large@0.80": 0.9}
    predicts = quality_by_document(kept, means)
    easy, hard = predicts.of(EASY), predicts.of(HARD)

    assert easy["small"] > 0.8
    assert hard["small"] < 0.45
    assert hard["large"] > hard["small"] + 0.3
    moved = easy["unmeasured"] - hard["unmeasured"]
    assert moved > 0.2  # a model of which nothing is known here looks no better on hard documents
    assert easy["small>large@0.80"] >= hard["small>large@0.80"]
    assert all(0 <= quality <= 1 for quality in (*easy.values(), *hard.values()))
    assert predicts.of(features_of(Level.INTERNAL, 91, "text/plain")) is easy


def test_where_features_tell_nothing_the_mean_is_used():
    models = {"small": scores("small", 0.6, 0.6, 3), "large": scores("large", 0.9, 0.9, 4)}
    rules = quality_rules(models)
    assert [rule.used for rule in rules] == [False, False]
    assert "the mean" in rules[0].why
    assert quality_by_document(rules, {"small": 0.6, "large": 0.9}) is None


def test_too_few_common_items_teach_nothing():
    few = quality_rules({"small": scores("small", 0.9, 0.1, 5, items=6)})
    assert [(rule.used, "only 6 items" in rule.why) for rule in few] == [(False, True)]
    assert quality_rules({}) == []


@pytest.mark.parametrize(
    ("tokens", "words"), [(499, "input_tokens<500"), (500, "input_tokens<2000"), (9000, "input_tokens>=8000")]
)
def test_kinds_of_documents_have_names(tokens, words):
    assert words in feature_values(features_of(Level.SECRET, tokens, "text/plain"))
