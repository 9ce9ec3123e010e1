"""Tables of documents that several models answered: scores, costs and, where kept, answers. Read by their columns.

Three shapes are known, whatever the file is called:
* `prompt, weak_correct, strong_correct[, subject][, contaminated][, <weak model>_response, <strong model>_response]`
* `[split,] prompt, [task | eval_name | subject,] <model>…, <model>|cost_assumed…`
  The costs may also be `|total_cost` or `|cost`; answers may be kept as `<model>|model_response`, `<model>|response` or
  `<model>_response`.
* `id, question, model, score, cost, tin, tout`: one row per document and model
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

LABEL_ROWS = 1500
# RouteLLM (arXiv 2406.18665) prices its weak and its strong model at 0.24 and 24.7 USD per million tokens.
WEAK_USD, STRONG_USD = 0.24e-6, 24.7e-6
CHARS_PER_TOKEN = 4
COSTS = ("|cost_assumed", "|total_cost", "|cost")
ANSWERS = ("|model_response", "|response", "_response")
TASKS = ("task", "eval_name", "subject")
CSV_FIELD_BYTES = 1 << 24


@dataclass(frozen=True)
class Table:
    """n documents under m models; `labels` are the rows to learn from, `test` those to be judged on."""

    name: str
    prompts: list[str]
    tasks: np.ndarray | None  # (n,) codes
    offers: tuple[str, ...]
    scores: np.ndarray  # (n, m)
    costs: np.ndarray  # (n, m)
    responses: Mapping[str, list[str]]  # by offer
    output_tokens: Mapping[str, np.ndarray]  # by offer
    labels: np.ndarray
    test: np.ndarray
    note: str


def read_table(path: Path) -> Table:
    """The table in a CSV file, plain or gzipped; raises ValueError for columns of no known shape."""
    csv.field_size_limit(CSV_FIELD_BYTES)
    with gzip.open(path, "rt", newline="") if path.suffix == ".gz" else path.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    columns = set(rows[0])
    name = path.name.split(".")[0]
    if {"prompt", "weak_correct", "strong_correct"} <= columns:
        return _weak_and_strong(name, rows)
    if {"id", "question", "model", "score", "cost"} <= columns:
        return _one_row_per_model(name, rows)
    if "prompt" in columns and any(each.endswith(COSTS) for each in columns):
        return _one_column_per_model(name, rows)
    raise ValueError(f"{path}: no known shape: {sorted(columns)}. See the head of bench/routing/tables.py")


def split(count: int) -> tuple[np.ndarray, np.ndarray]:
    """The fixed label rows, at most half of the table, and the others."""
    shuffled = np.random.default_rng(0).permutation(count)
    labels = min(LABEL_ROWS, count // 2)
    return np.sort(shuffled[:labels]), np.sort(shuffled[labels:])


def _weak_and_strong(name: str, given: Sequence[Mapping[str, str]]) -> Table:
    rows = [row for row in given if not _true(row.get("contaminated", "False"))]
    answers = [column for column in rows[0] if column.endswith("_response")]
    responses = {
        offer: [row[column] for row in rows] for offer, column in zip(("weak", "strong"), answers, strict=False)
    }
    tokens = np.array([[len(row["prompt"]) / CHARS_PER_TOKEN] * 2 for row in rows])
    for at, texts in enumerate(responses.values()):
        tokens[:, at] += np.array([len(text) for text in texts]) / CHARS_PER_TOKEN
    labels, test = split(len(rows))
    return Table(
        name=name,
        prompts=[row["prompt"] for row in rows],
        tasks=_codes([row["subject"] for row in rows]) if "subject" in rows[0] else None,
        offers=("weak", "strong"),
        scores=np.array([[_true(row["weak_correct"]), _true(row["strong_correct"])] for row in rows], dtype=float),
        costs=(tokens + 1) * (WEAK_USD, STRONG_USD),
        responses=responses,
        output_tokens={},
        labels=labels,
        test=test,
        note=f"{len(given) - len(rows)} contaminated rows dropped; cost = characters / 4 × RouteLLM's prices",
    )


def _one_column_per_model(name: str, rows: Sequence[Mapping[str, str]]) -> Table:
    columns = list(rows[0])
    costs = {each.rsplit("|", 1)[0]: each for each in columns if each.endswith(COSTS)}
    answers = {offer: f"{offer}{end}" for offer in costs for end in ANSWERS if f"{offer}{end}" in columns}
    task = next((each for each in TASKS if each in columns), None)
    labels, test = split(len(rows))
    if "split" in columns:
        test = np.array([at for at, row in enumerate(rows) if row["split"] == "test"])
        labels = np.setdiff1d(np.arange(len(rows)), test)
    return Table(
        name=name,
        prompts=[row["prompt"] for row in rows],
        tasks=_codes([row[task] for row in rows]) if task else None,
        offers=tuple(costs),
        scores=np.array([[float(row[offer]) for offer in costs] for row in rows]),
        costs=np.array([[float(row[column]) for column in costs.values()] for row in rows]),
        responses={offer: [row[column] for row in rows] for offer, column in answers.items()},
        output_tokens={},
        labels=labels,
        test=test,
        note="costs as the table has them",
    )


def _one_row_per_model(name: str, rows: Sequence[Mapping[str, str]]) -> Table:
    found: dict[tuple[str, str], dict[str, Mapping[str, str]]] = defaultdict(dict)
    for row in rows:
        found[row["id"], row["question"]][row["model"]] = row
    offers = tuple(sorted({row["model"] for row in rows}))
    documents = [by_model for by_model in found.values() if len(by_model) == len(offers)]
    labels, test = split(len(documents))

    def numbers(column: str) -> np.ndarray:
        return np.array([[float(by_model[offer][column]) for offer in offers] for by_model in documents])

    tokens = numbers("tout") if "tout" in rows[0] else np.empty((len(documents), 0))
    ids = [next(iter(by_model.values()))["id"] for by_model in documents]
    return Table(
        name=name,
        prompts=[next(iter(by_model.values()))["question"] for by_model in documents],
        tasks=_codes([each.rsplit("_", 1)[0] for each in ids]),
        offers=offers,
        scores=np.clip(numbers("score"), 0, 1),
        costs=numbers("cost"),
        responses={
            offer: [by_model[offer]["response"] for by_model in documents] for offer in offers if "response" in rows[0]
        },
        output_tokens={offer: tokens[:, at] for at, offer in enumerate(offers[: tokens.shape[1]])},
        labels=labels,
        test=test,
        note="costs as billed",
    )


def _true(text: str) -> bool:
    return text.strip().lower() in {"true", "1", "1.0"}


def _codes(names: Sequence[str]) -> np.ndarray:
    return np.unique(np.array(names), return_inverse=True)[1].astype(np.int64)
