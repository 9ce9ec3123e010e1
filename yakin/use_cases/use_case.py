"""A use case in hand: the facts for planning, the question for asking, samples and golden set for measuring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import yaml
from pydantic import BaseModel

from yakin.domain.asking import AnswerFields, Question
from yakin.domain.use_case import UseCaseFacts
from yakin.use_cases.answer_schema import validated_answer
from yakin.use_cases.consistency import consistency
from yakin.use_cases.golden import GoldenItem
from yakin.use_cases.golden_file import read_golden


@dataclass(frozen=True, slots=True)
class UseCase:
    """A loaded use-case folder. Everything in it was checked, so that nothing fails at night."""

    facts: UseCaseFacts
    folder: Path
    instructions: str
    schema: Mapping[str, object]
    answer: type[BaseModel]

    def question(self) -> Question:
        """What is asked of every document: identical for all of them, so that prompt caches work."""
        return Question(
            use_case=self.facts.name,
            instructions=self.instructions,
            schema=self.schema,
            validate=partial(validated_answer, self.answer),
            max_output_tokens=self.facts.value.max_output_tokens,
        )

    def samples(self) -> list[Path]:
        """The sample documents, sorted; empty where the folder has none."""
        found = (path for path in (self.folder / "samples").rglob("*") if path.is_file())
        return sorted(path for path in found if not path.name.startswith("."))

    def demo(self) -> Path | None:
        """The folder of the few samples that a demonstration shows, where there is one."""
        folder = self.folder / "samples" / "demo"
        return folder if folder.is_dir() else None

    def register(self) -> str | None:
        """The source register (YAML) that declares the sample folders, with prefixes made absolute, if there is one."""
        path = self.folder / "sources.yaml"
        if not path.is_file():
            return None
        declared = yaml.safe_load(path.read_text(encoding="utf-8"))
        for source in declared["sources"]:
            source["prefix"] = (self.folder / source["prefix"]).resolve().as_uri() + "/"
        return yaml.safe_dump(declared, allow_unicode=True, sort_keys=False)

    def golden(self) -> list[GoldenItem]:
        """The golden set in file order; raises UseCaseError naming the line that is wrong."""
        return read_golden(self.folder, self.schema)

    def consistency(self, first: AnswerFields, others: Sequence[AnswerFields | None]) -> float | None:
        """How far the answers of further asks agree with the first, 0..1; None where nothing can be compared."""
        return consistency(self.schema, first, others)

    def free_text(self, answer: AnswerFields) -> list[str]:
        """The words of the answer that the model chose itself: no choices of a list, no dates, no numbers."""
        properties = cast("Mapping[str, object]", self.schema["properties"])
        return [
            text for name, value in answer.items() if name in properties for text in _texts(properties[name], value)
        ]


def _texts(schema: object, value: object) -> list[str]:
    if isinstance(value, list):
        items = cast("Mapping[str, object]", schema).get("items")
        return [text for item in value for text in _texts(items, item)]
    return [value] if isinstance(value, str) and _is_free(schema) else []


def _is_free(schema: object) -> bool:
    if not isinstance(schema, dict):
        return False
    branches = cast("list[object]", schema.get("anyOf", []))
    if branches:
        return any(_is_free(branch) for branch in branches)
    return schema.get("type") == "string" and not schema.keys() & {"enum", "const", "format", "pattern"}
