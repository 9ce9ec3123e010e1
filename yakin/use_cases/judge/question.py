"""What the judge is asked of every document. Like a use case, but offered to nobody and answered by no row."""

import hashlib
import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from yakin.domain.asking import AnswerFields, Question
from yakin.domain.judging import Category
from yakin.use_cases.answer_schema import inlined_schema, validated_answer
from yakin.use_cases.golden import GoldenItem
from yakin.use_cases.golden_file import read_golden
from yakin.use_cases.judge.answer import HARMLESS, Answer

NAME = "judge"
MAX_OUTPUT_TOKENS = 64
EXPECTED_OUTPUT_TOKENS = 20
_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class JudgeQuestion:
    """The judge's folder in hand. `version` hashes prompt and schema."""

    version: str
    question: Question

    @staticmethod
    def category(answer: AnswerFields) -> Category | None:
        """The category of a validated answer, None for a harmless kind of document."""
        return None if answer["category"] in HARMLESS else Category(str(answer["category"]))

    def golden(self) -> list[GoldenItem]:
        """Documents with the category that a person gave, half of them harmless look-alikes."""
        return read_golden(_FOLDER, self.question.schema)


def judge_question() -> JudgeQuestion:
    """The question of this version of yakin."""
    instructions = (_FOLDER / "prompt.md").read_text(encoding="utf-8").strip()
    schema = inlined_schema(Answer)
    parts = json.dumps([instructions, schema], ensure_ascii=False, sort_keys=True)
    return JudgeQuestion(
        version=hashlib.sha256(parts.encode()).hexdigest()[:16],
        question=Question(
            use_case=NAME,
            instructions=instructions,
            schema=schema,
            validate=partial(validated_answer, Answer),
            max_output_tokens=MAX_OUTPUT_TOKENS,
        ),
    )
