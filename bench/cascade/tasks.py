"""Tasks in a public format, made from golden sets: the samples of OpenAI's evals, with the choices beside them.

One JSON object per line: `input` (chat messages), `ideal` (the right answer), `choices`, `id`. Whoever has such a file
of their own puts it into the output folder as NAME.task.jsonl.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from yakin.domain.asking import AnswerFields, Question
from yakin.domain.documents import Unreadable
from yakin.reading.extract import extract
from yakin.use_cases.golden import GoldenItem
from yakin.use_cases.judge.question import judge_question
from yakin.use_cases.load import load_use_cases

SUFFIX = ".task.jsonl"
FIELD = "category"
MAX_OUTPUT_TOKENS = 32


@dataclass(frozen=True)
class Sample:
    """One line: instructions, text, the choices and the right one."""

    id: str
    instructions: str
    text: str
    choices: tuple[str, ...]
    ideal: str

    def question(self) -> Question:
        """One field with the choices as its closed list."""
        schema = {
            "type": "object",
            "properties": {FIELD: {"type": "string", "enum": list(self.choices)}},
            "required": [FIELD],
            "additionalProperties": False,
        }
        return Question("bench", self.instructions, schema, self._validated, MAX_OUTPUT_TOKENS)

    def _validated(self, text: str) -> AnswerFields:
        try:
            answer = json.loads(text)
        except ValueError:
            raise ValueError("the answer is not JSON") from None
        if not isinstance(answer, dict) or answer.get(FIELD) not in self.choices:
            raise ValueError(f"{FIELD}: none of the choices")
        return answer


def write_tasks(folder: Path) -> None:
    """Make the tasks of our two golden sets: to which department an inquiry goes, and what kind of document it is."""
    triage, judge = load_use_cases(None)["inquiry_triage"], judge_question()
    _write(folder / f"inquiry{SUFFIX}", triage.instructions, triage.schema, triage.golden())
    _write(folder / f"judge{SUFFIX}", judge.question.instructions, judge.question.schema, judge.golden())


def _write(path: Path, instructions: str, schema: object, items: Sequence[GoldenItem]) -> None:
    lines = []
    for item in items:
        if (text := _text(item)) is None or FIELD not in item.expected:
            continue
        messages = [{"role": "system", "content": instructions}, {"role": "user", "content": text}]
        choices = schema["properties"][FIELD]["enum"]  # type: ignore[index]
        line = {"id": item.id, "input": messages, "ideal": item.expected[FIELD], "choices": choices}
        lines.append(json.dumps(line, ensure_ascii=False))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _text(item: GoldenItem) -> str | None:
    if isinstance(item.document, str):
        return item.document
    extracted = extract(item.document.read_bytes(), item.document.name)
    return None if isinstance(extracted, Unreadable) else extracted.full_text


def read_task(path: Path) -> list[Sample]:
    """The samples of a file, in its order."""
    samples = []
    for line in path.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        instructions, text = (message["content"] for message in said["input"])
        samples.append(Sample(said["id"], instructions, text, tuple(said["choices"]), said["ideal"]))
    return samples
