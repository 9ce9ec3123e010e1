"""Fits yakin/privacy/words/name_weights.tsv: how much each observation speaks for or against a Japanese name.

python -m bench.fit_names SENTENCES           # SENTENCES: a JSON list of {text, entities: [{type, span}]}
python -m bench.fit_names SENTENCES --check   # only prints recall and precision on the half that is not used

Half of the sentences (by their place in a fixed shuffle) is fitted on, the other half is never looked at.
Encyclopaedias do not write like offices, so generated office lines are fitted on as well.
"""

import argparse
import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.office_lines import office_lines
from yakin.privacy.folding import modern_kanji
from yakin.privacy.morphemes import words
from yakin.privacy.page import Page
from yakin.privacy.recognisers.name_candidates import candidates
from yakin.privacy.recognisers.name_evidence import evidence

WEIGHTS = Path(__file__).parent.parent / "yakin" / "privacy" / "words" / "name_weights.tsv"
SEED = 11
RIDGE = 3.0
RARE = 3  # observations seen less often get no weight
EPOCHS = 40


@dataclass(frozen=True)
class Example:
    """One candidate: its observations, whether it is a name, how much it counts."""

    observations: tuple[str, ...]
    is_name: bool
    weight: float = 1.0


def fitted_half(sentences: list[dict]) -> tuple[list[dict], list[dict]]:
    """The half to fit on and the half to look at afterwards."""
    order = list(range(len(sentences)))
    random.Random(SEED).shuffle(order)
    used = set(order[: len(order) // 2])
    return ([s for i, s in enumerate(sentences) if i in used], [s for i, s in enumerate(sentences) if i not in used])


def examples(text: str, names: Iterable[tuple[int, int]], weight: float = 1.0) -> Iterator[Example]:
    """Every candidate of a text."""
    names = list(names)
    for part in words(modern_kanji(Page(text).text)):
        for first, last in candidates(part):
            start, end = part.starts[first], part.starts[last + 1]
            shared = max((min(end, b) - max(start, a)) / max(end - start, b - a) for a, b in names) if names else 0.0
            yield Example(tuple(evidence(part, first, last)), shared >= 0.5, weight)


def persons(sentence: dict) -> list[tuple[int, int]]:
    """The spans of the names in a sentence."""
    return [tuple(entity["span"]) for entity in sentence["entities"] if entity["type"] == "人名"]


def fit(training: list[Example]) -> dict[str, float]:
    """Weights by AdaGrad on the logistic loss with a ridge."""
    seen = Counter(one for example in training for one in example.observations)
    weights: Counter[str] = Counter()
    squares: Counter[str] = Counter()
    rng = random.Random(SEED)
    for _ in range(EPOCHS):
        rng.shuffle(training)
        for example in training:
            known = [one for one in example.observations if seen[one] >= RARE]
            total = weights["bias"] + sum(weights[one] for one in known)
            error = (1 / (1 + math.exp(-max(-30.0, min(30.0, total)))) - example.is_name) * example.weight
            for one in [*known, "bias"]:
                gradient = error + (RIDGE * weights[one] / seen[one] / 2 if one != "bias" else 0.0)
                squares[one] += gradient * gradient
                weights[one] -= 0.3 * gradient / math.sqrt(squares[one] + 1e-6)
    return dict(weights)


def check(sentences: list[dict], weights: dict[str, float]) -> None:
    """Prints recall and precision of "this sentence names a person" by the weights alone."""
    truth = [bool(persons(sentence)) for sentence in sentences]
    best = []
    for sentence in sentences:
        totals = [
            weights["bias"] + sum(weights.get(one, 0.0) for one in example.observations)
            for example in examples(sentence["text"], [])
        ]
        best.append(1 / (1 + math.exp(-max(totals))) if totals else 0.0)
    for threshold in (0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
        found = [score >= threshold for score in best]
        hit = sum(t and f for t, f in zip(truth, found, strict=True))
        print(f"  {threshold:4}  recall {hit / sum(truth):.3f}  precision {hit / sum(found):.3f}  (n={len(truth)})")


def main() -> None:
    """Fits, shows the other half, writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sentences", type=Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--office", type=int, default=6000)
    options = parser.parse_args()
    used, unused = fitted_half(json.loads(options.sentences.read_text(encoding="utf-8")))
    training = [example for sentence in used for example in examples(sentence["text"], persons(sentence))]
    office = [example for text, spans in office_lines(options.office, SEED) for example in examples(text, spans, 0.5)]
    print(f"{len(training)} candidates in {len(used)} sentences, {len(office)} in {options.office} office lines")
    weights = fit(training + office)
    check(unused, weights)
    if not options.check:
        lines = [f"{one}\t{weight:.2f}" for one, weight in sorted(weights.items()) if abs(weight) >= 0.02]
        WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
