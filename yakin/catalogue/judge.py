"""The `judge:` section: the on-premises model that may raise a level by meaning. Off where nobody writes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from pydantic import Field, ValidationError

from yakin.catalogue.problems import FieldPath, Mark, Problems, mark_of
from yakin.catalogue.schema import Checked, Count, Name
from yakin.catalogue.yaml_lines import read_section
from yakin.domain.judging import KINDS, LEVELS, Category
from yakin.domain.levels import Level
from yakin.domain.routing import Model
from yakin.domain.zones import Zone


class WhenItFails(StrEnum):
    """What an unjudged document counts as. `restricted`: doubt, so at least the policy's unreadable level."""

    RESTRICTED = "restricted"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class JudgeRule:
    """Which model judges which documents. Tokens are the planner's estimate of the document alone.

    What is longer than `tokens_at_once`, or than the model's context, is judged in pieces.
    """

    model: str
    below: Level
    at_least_tokens: int
    at_most_tokens: int
    tokens_at_once: int
    when_it_fails: WhenItFails
    levels: Mapping[Category, Level] = field(default_factory=lambda: LEVELS)


class JudgeEntry(Checked):
    """The section as declared."""

    model: Name
    below: Level = Level.RESTRICTED
    at_least_tokens: Count = 10
    at_most_tokens: Count = 30_000
    tokens_at_once: Count = 2000
    when_it_fails: WhenItFails = WhenItFails.RESTRICTED
    levels: Mapping[Category, Level] = Field(default_factory=dict)


def judge_rule(files: Sequence[Path], models: Mapping[str, Model], problems: Problems) -> JudgeRule | None:
    """The judge of the files, later fields over earlier ones; None where no file has the section."""
    fields: dict[str, object] = {}
    marks: dict[FieldPath, Mark] = {}
    for file in files:
        for section in read_section(file, "judge", problems):
            fields |= section.fields
            marks |= section.marks
    if not marks:
        return None
    try:
        entry = JudgeEntry.model_validate(fields)
    except ValidationError as error:
        problems.add_validation(error, marks, "judge")
        return None
    for name, wrong, remedy in _contradictions(entry, models):
        problems.add(mark_of((name,), marks), f"judge {name}", wrong, remedy)
    return JudgeRule(**entry.model_dump(exclude={"levels"}), levels={**LEVELS, **entry.levels})


def _contradictions(entry: JudgeEntry, models: Mapping[str, Model]) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    own = sorted(name for name, model in models.items() if model.endpoint.zone is Zone.ON_PREM)
    known = ", ".join(own) or "there is none yet"
    remedy = f"a document that is not judged yet may go to on_prem only: use one of {known}"
    model = models.get(entry.model)
    if model is None:
        found.append(("model", f"there is no model {entry.model}", remedy))
    elif model.endpoint.zone is not Zone.ON_PREM:
        place = model.endpoint
        wrong = f"{entry.model} runs at {place.name}, which is {place.zone} ({place.zone_reason})"
        found.append(("model", wrong, remedy))
    if entry.below is Level.PUBLIC:
        found.append(("below", "no document is below public", "leave it out, or name the level that needs no judge"))
    if entry.at_most_tokens < entry.at_least_tokens:
        found.append(("at_most_tokens", "is less than at_least_tokens", "give a larger number"))
    for category, level in entry.levels.items():
        if level not in KINDS:
            found.append(("levels", f"gives {category} the level {level}", f"use one of {', '.join(KINDS)}"))
    return found
