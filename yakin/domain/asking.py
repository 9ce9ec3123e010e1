"""What comes back from one billable request, in words that the ledger and the retry rule share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from yakin.domain.pricing import Usage

AnswerFields = Mapping[str, object]


class Purpose(StrEnum):
    """Why an attempt was made."""

    ANSWER = "answer"
    REPAIR = "repair"
    JUDGE = "judge"
    EVALUATE = "evaluate"


class Outcome(StrEnum):
    """How an attempt ended. `intent` has not ended; `unknown` may have been billed."""

    INTENT = "intent"
    ANSWERED = "answered"
    INVALID = "invalid"  # billed; the answer does not fit the schema
    TRUNCATED = "truncated"  # billed; cut by the output bound
    REFUSED = "refused"  # billed or not; the model or vendor declined
    TRANSIENT = "transient"  # 429, 5xx, connection refused: not billed, try again
    ENDPOINT_DOWN = "endpoint_down"  # could not connect at all: not billed
    PERMANENT = "permanent"  # 4xx: not billed, do not try again here
    UNKNOWN = "unknown"  # timed out or cancelled after sending: the reservation stays
    NOT_SENT = "not_sent"  # released before anything left
    LOST = "lost"  # billed according to the vendor's account; nobody saw the answer


@dataclass(frozen=True, slots=True, repr=False)
class Question:
    """What is asked of a text, without the text: instructions, answer schema and its validation.

    `validate` turns model output into answer fields and raises ValueError with a message that
    names fields only. `invalid_answer` is set for the one repair.
    """

    use_case: str
    instructions: str
    schema: Mapping[str, object]
    validate: Callable[[str], AnswerFields]
    max_output_tokens: int
    invalid_answer: str | None = None
    problem: str = ""
    variation: int = 0  # not 0: asked again to compare, so that the vendor draws another answer where it can

    def bounded(self, output_tokens: int) -> "Question":
        """The same question with an answer of at most so many tokens."""
        return replace(self, max_output_tokens=output_tokens)

    def repairing(self, invalid_answer: str, problem: str) -> "Question":
        """The same question, asked to correct one invalid answer."""
        return replace(self, invalid_answer=invalid_answer, problem=problem)

    def again(self, variation: int) -> "Question":
        """The question as it was first put, for another answer."""
        return replace(self, invalid_answer=None, problem="", variation=variation)

    def __repr__(self) -> str:
        return f"Question(use_case={self.use_case!r}, repair={self.invalid_answer is not None})"


BILLED = frozenset({Outcome.ANSWERED, Outcome.INVALID, Outcome.TRUNCATED, Outcome.REFUSED, Outcome.LOST})


@dataclass(frozen=True, slots=True)
class Reply:
    """One attempt's end: outcome, usage in every billed case, and the answer when there is one.

    `detail` is ids and numbers (HTTP status, class name): safe to log. `raw_text` is model output
    for the one repair; it never leaves the process and never shows in a repr.
    """

    outcome: Outcome
    usage: Usage | None = None
    answer: AnswerFields | None = None
    provider_request_id: str | None = None
    retry_after_s: float | None = None
    detail: str = ""
    raw_text: str = ""
    signals: Mapping[str, float] = field(default_factory=dict)  # of verification, by name: llm.signals

    def was_cut_at(self, output_tokens: int) -> bool:
        """Whether that bound stopped the answer; some vendors do not say so and send the half of it."""
        used_up = self.usage is not None and self.usage.output_tokens >= output_tokens
        return self.outcome is Outcome.TRUNCATED or (self.outcome is Outcome.INVALID and used_up)

    def __repr__(self) -> str:
        return f"Reply(outcome={self.outcome}, usage={self.usage}, detail={self.detail!r})"
