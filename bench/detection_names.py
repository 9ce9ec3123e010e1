"""Names on annotated sentences: "this sentence names a person" at several thresholds, plain Sudachi 人名 beside."""

import json
from pathlib import Path

from sudachipy import Dictionary, SplitMode

from yakin.privacy.page import Page
from yakin.privacy.recognisers.names import PersonName

THRESHOLDS = (0.1, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8, 0.9)


def measure_sentences(path: Path, sample: int | None) -> None:
    """Prints recall and precision on the file's sentences: a JSON list of {text, entities: [{type, span}]}."""
    sentences = json.loads(path.read_text(encoding="utf-8"))[:sample]
    truth = [any(entity["type"] == "人名" for entity in sentence["entities"]) for sentence in sentences]
    print(f"names on {len(truth)} sentences, {sum(truth)} of them name a person")
    tokenizer = Dictionary().create()
    plain = [
        any("人名" in word.part_of_speech() for word in tokenizer.tokenize(sentence["text"], SplitMode.C))
        for sentence in sentences
    ]
    print(f"  plain Sudachi 人名   {ratios(truth, plain)}")
    everything = PersonName(threshold=0.0)
    best = [max((one.score for one in everything.find(Page(s["text"]))), default=0.0) for s in sentences]
    chosen = PersonName().threshold
    for threshold in sorted({*THRESHOLDS, chosen}):
        mark = "  <- chosen" if threshold == chosen else ""
        print(f"  threshold {threshold:<5}     {ratios(truth, [score >= threshold for score in best])}{mark}")


def ratios(truth: list[bool], found: list[bool]) -> str:
    """Recall, precision and the share of sentences without a person that are flagged."""
    hit = sum(t and f for t, f in zip(truth, found, strict=True))
    alarms = (sum(found) - hit) / max(1, len(truth) - sum(truth))
    return f"recall {hit / max(1, sum(truth)):.3f}  precision {hit / max(1, sum(found)):.3f}  false alarms {alarms:.3f}"
