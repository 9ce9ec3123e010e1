"""What may be known of a document: before it is asked from its prompt, afterwards from the answer that was paid for.

Nothing here looks at scores, and nothing is made for one table.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.routing.tables import Table

CHARS_READ = 20_000  # of an answer
COMPONENTS = 48
NUMBER = r"-?\$?\d[\d,]*(?:\.\d+)?"
EQUATION = re.compile(rf"([-+*/×÷x()$%\s\d.,]{{3,120}})=\s*({NUMBER})")
CALCULATED = re.compile(rf"<<([^=<>]+)=({NUMBER})>>")
FINAL = re.compile(
    r"(?:####|\\boxed\{|answer(?:\s+is)?\s*:?|答え[はえ]?[::]?|回答[::]?)\s*\**\s*([^\n}*]{1,60})", re.IGNORECASE
)
PLAIN_SUM = re.compile(r"[\d+\-*/(). ]{3,80}")
HEDGES = re.compile(
    r"however|cannot|can't|not sure|unclear|assum|sorry|impossible|wait|ではない|不明|わかりません", re.IGNORECASE
)


@dataclass(frozen=True)
class Prompts:
    """What is known of each document before it is asked."""

    numbers: np.ndarray  # (n, d): sizes, and latent topics that were learned from the label rows without scores
    characters: csr_matrix  # (n, v): weighted character n-grams
    lengths: np.ndarray  # (n,) characters


def of_prompts(table: Table) -> Prompts:
    """Sizes, topics and n-grams of every prompt."""
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), max_features=20_000, sublinear_tf=True)
    vectors.fit([table.prompts[at] for at in table.labels])
    characters = vectors.transform(table.prompts)
    width = min(COMPONENTS, len(table.labels) - 1, characters.shape[1] - 1)
    topics = TruncatedSVD(width, random_state=0).fit(characters[table.labels]).transform(characters)
    numbers = np.hstack([np.array([_sizes(prompt) for prompt in table.prompts]), topics])
    return Prompts(numbers, characters, np.array([len(prompt) for prompt in table.prompts], dtype=float))


def _sizes(text: str) -> tuple[float, ...]:
    letters = max(1, len(text))
    return (
        float(np.log1p(len(text))),
        float(np.log1p(text.count("\n"))),
        sum(char.isdigit() for char in text) / letters,
        float(np.log1p(len(re.findall(NUMBER, text)))),
        len(zlib.compress(text.encode())) / letters,
    )


def of_answers(table: Table, offer: str) -> np.ndarray | None:
    """(n, d): what the answers of this offer show by themselves and beside their prompts; None: nothing is kept."""
    parts = []
    if offer in table.responses:
        pairs = zip(table.prompts, (each[:CHARS_READ] for each in table.responses[offer]), strict=True)
        parts.append(np.array([_checks(prompt, answer) for prompt, answer in pairs]))
    if offer in table.output_tokens:
        tokens = np.log1p(table.output_tokens[offer])
        parts.append(np.column_stack([tokens, np.square(tokens - np.median(tokens))]))
    return np.hstack(parts) if parts else None


def _checks(prompt: str, answer: str) -> tuple[float, ...]:
    """Is its arithmetic right, does it end in an answer that it derived, does it use what was given, does it waver?"""
    equations = _equations(answer)
    wrong = sum(not right for _, right in equations)
    finals = [_number(each) for each in FINAL.findall(answer)]
    stated = [each for each in finals if each is not None]
    last = _last(answer)
    final = stated[-1] if stated else last
    given, used = set(_numbers(prompt)), set(_numbers(answer))
    derived = bool(equations) and final is not None and any(_near(result, final) for result, _ in equations)
    return (
        *_sizes(answer),
        float(np.log1p(len(equations))),
        float(np.log1p(wrong)),
        float(wrong > 0),
        wrong / max(1, len(equations)),
        float(bool(finals)),
        float(derived),
        float(bool(equations) and final is not None and _near(equations[-1][0], final)),
        float(len({round(each, 6) for each in stated}) > 1),
        float(final is not None and final < 0),
        float(final is not None and final != round(final)),
        len(given & used) / max(1, len(given)),
        float(len(given - used)),
        float(len(HEDGES.findall(answer))),
        float(answer.rstrip()[-1:] in ".!?。」)}" or answer.rstrip()[-1:].isdigit()),
        float(np.log1p(abs(final or 0.0))),
    )


def _equations(text: str) -> list[tuple[float, bool]]:
    """Each sum that the text works out, in order: the result that it states and whether that is right."""
    found = []
    for left, right in [*CALCULATED.findall(text), *EQUATION.findall(CALCULATED.sub(" ", text))]:
        stated, worked = _number(right), _worked_out(left)
        if stated is not None and worked is not None:
            found.append((stated, _near(worked, stated)))
    return found


def _worked_out(text: str) -> float | None:
    """A sum of numbers, worked out; None for what is none."""
    plain = re.sub(r"[$,]", "", text).replace("×", "*").replace("x", "*").replace("÷", "/")
    plain = re.sub(r"(\d(?:\.\d+)?)\s*%", r"\1/100", plain).strip()
    if not PLAIN_SUM.fullmatch(plain) or not re.search(r"\d\s*[-+*/]", plain) or "**" in plain or "//" in plain:
        return None
    if re.search(r"\b0\d|[\d)]\s*\(|\)\s*\d", plain):
        return None
    try:
        return float(eval(plain, {"__builtins__": {}}))  # digits, operators and brackets only
    except (SyntaxError, ZeroDivisionError, TypeError, OverflowError, ValueError):
        return None


def _number(text: str) -> float | None:
    found = re.search(NUMBER, text)
    return None if found is None else float(re.sub(r"[$,]", "", found[0]))


def _numbers(text: str) -> Sequence[float]:
    return [abs(float(re.sub(r"[$,]", "", each))) for each in re.findall(NUMBER, text)]


def _last(text: str) -> float | None:
    found = re.findall(NUMBER, text)
    return None if not found else float(re.sub(r"[$,]", "", found[-1]))


def _near(left: float, right: float) -> bool:
    return abs(left - right) <= 0.01 + 1e-3 * abs(right)
