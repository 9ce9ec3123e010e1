"""Loads use-case folders: yakin's own, then a company's. A wrong folder is refused by file, field and remedy."""

import hashlib
import importlib.util
import json
import re
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from yakin.domain.levels import Level
from yakin.domain.planning import UseCaseValue
from yakin.domain.use_case import SwitchGate, UseCaseFacts
from yakin.domain.verification import MOST_ASKS
from yakin.errors import UseCaseError
from yakin.use_cases.answer_schema import inlined_schema, unbounded_fields
from yakin.use_cases.consistency import LONGEST, compared_fields
from yakin.use_cases.use_case import UseCase

_OWN_FOLDER = Path(__file__).parent
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")  # goes into tables, tags and URLs
_PARTS = ("use_case.yaml", "prompt.md", "answer.py")
_GATE = SwitchGate()  # the defaults
_NOT_IN_VERSION = frozenset({"switch_gate", "verification"})  # how answers are tested, not what they are


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _Title(_Strict):
    ja: str = Field(min_length=1, max_length=80)
    en: str = Field(min_length=1, max_length=80)


class _Value(_Strict):
    answer_value_jpy: Decimal = Field(ge=0)
    review_minute_jpy: Decimal = Field(ge=0)
    review_minutes: Decimal = Field(ge=0)
    review_share: Decimal = Field(ge=0, le=1)
    escaped_error_jpy: Decimal = Field(ge=0)
    quality_floor: float = Field(ge=0, le=1)
    max_output_tokens: int = Field(gt=0, le=32_768)
    expected_output_tokens: int = Field(gt=0)


class _SwitchGate(_Strict):
    margin: float = Field(default=_GATE.margin, gt=0, le=0.5)
    confidence: float = Field(default=_GATE.confidence, ge=0.8, lt=1)
    min_items: int = Field(default=_GATE.min_items, ge=10)


class _Verification(_Strict):
    asks: int = Field(ge=2, le=MOST_ASKS)


class _UseCaseFile(_Strict):
    title: _Title
    value: _Value
    level_floor: Level = Level.PUBLIC
    my_number_purpose: bool = False
    answers_kept_days: int | None = Field(default=None, ge=1)
    switch_gate: _SwitchGate = _SwitchGate()
    scoring: object = None

    @field_validator("scoring")
    @classmethod
    def _no_judge(cls, given: object) -> object:
        if given is not None:
            raise ValueError(
                "a judge of free text is not there yet: leave the key out, and expect words of it with "
                '{"contains": […]} in golden.jsonl'
            )
        return given

    verification: _Verification | None = None


def load_use_cases(extra: Path | None) -> dict[str, UseCase]:
    """Every use case by name; one of a company's folder replaces ours of the same name."""
    loaded = {folder.name: _load(folder) for folder in _folders(_OWN_FOLDER) if (folder / _PARTS[0]).is_file()}
    if extra is None:
        return loaded
    if not extra.is_dir():
        raise UseCaseError(f"{extra}: not a folder; YAKIN_USE_CASES names a folder of use-case folders")
    if (extra / _PARTS[0]).exists():
        raise UseCaseError(f"{extra}: is itself a use case; set YAKIN_USE_CASES to the folder that holds it")
    return loaded | {folder.name: _load(folder) for folder in _folders(extra)}


def _folders(parent: Path) -> Iterator[Path]:
    for path in sorted(parent.iterdir()):
        if path.is_dir() and not path.name.startswith((".", "_")):
            yield path


def _load(folder: Path) -> UseCase:
    if not _NAME.fullmatch(folder.name):
        raise UseCaseError(f"{folder}: a use case is named by a-z, 0-9 and _, at most 40 characters; rename the folder")
    for part in _PARTS:
        if not (folder / part).is_file():
            raise UseCaseError(f"{folder / part}: missing; a use case needs {', '.join(_PARTS)}")
    settings = _settings(folder / "use_case.yaml")
    instructions = _instructions(folder / "prompt.md")
    answer = _answer_model(folder / "answer.py", folder.name)
    schema = _schema(folder / "answer.py", answer)
    if settings.verification is not None and not compared_fields(schema):
        raise UseCaseError(
            f"{folder / 'use_case.yaml'}: verification: answers have no field to be compared by; leave it out, or "
            f"have a closed list, a number, a date or a text of at most {LONGEST} characters in Answer"
        )
    return UseCase(_facts(folder, settings, schema), folder, instructions, schema, answer)


def _settings(path: Path) -> _UseCaseFile:
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
        return _UseCaseFile.model_validate(read)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise UseCaseError(f"{path}{line}: not readable as UTF-8 YAML; correct its syntax") from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "file"
        raise UseCaseError(
            f"{path}: {field}: {first['msg']}; correct this field ({error.error_count()} wrong)"
        ) from None


def _instructions(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        raise UseCaseError(f"{path}: not UTF-8; save it as UTF-8") from None
    if not text:
        raise UseCaseError(f"{path}: empty; write what is asked of a document")
    return text


def _answer_model(path: Path, name: str) -> type[BaseModel]:
    # a name of its own per path: two folders may hold the same use case, and `answer` is taken by none
    module_name = f"yakin_use_case_{name}_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise UseCaseError(f"{path}: cannot be loaded as Python; check the file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module  # Pydantic looks up annotations here
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[module_name]
        raise UseCaseError(f"{path}: {type(error).__name__} while loading; correct the code") from error
    answer = getattr(module, "Answer", None)
    if not (isinstance(answer, type) and issubclass(answer, BaseModel)):
        raise UseCaseError(f"{path}: Answer is missing; define `class Answer(BaseModel)`")
    return answer


def _schema(path: Path, answer: type[BaseModel]) -> Mapping[str, object]:
    config = answer.model_config
    if config.get("extra") != "forbid" or config.get("hide_input_in_errors") is not True:
        remedy = 'model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)'
        raise UseCaseError(f"{path}: Answer would accept or quote what was not asked; write `{remedy}`")
    try:
        schema = inlined_schema(answer)
    except ValueError as error:
        raise UseCaseError(f"{path}: Answer: {error}") from None
    if open_ended := unbounded_fields(schema):
        raise UseCaseError(f"{path}: {open_ended[0]}; an answer has to end")
    return schema


def _facts(folder: Path, settings: _UseCaseFile, schema: Mapping[str, object]) -> UseCaseFacts:
    return UseCaseFacts(
        name=folder.name,
        version=_version(folder, schema),
        title=f"{settings.title.ja} ({settings.title.en})",
        value=UseCaseValue(
            name=folder.name,
            **dict(settings.value),
            verification_asks=settings.verification.asks if settings.verification else 1,
        ),
        level_floor=settings.level_floor,
        my_number_purpose=settings.my_number_purpose,
        answers_kept_days=settings.answers_kept_days,
        switch_gate=SwitchGate(**dict(settings.switch_gate)),
    )


def _version(folder: Path, schema: Mapping[str, object]) -> str:
    prompt, numbers = ((folder / part).read_text(encoding="utf-8") for part in ("prompt.md", "use_case.yaml"))
    parts = [prompt, _versioned(numbers)]
    parts.append(json.dumps(schema, ensure_ascii=False, sort_keys=True))
    digest = hashlib.sha256()
    for part in parts:
        # the length first: text cannot move from one part into the next unseen
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()[:16]


def _versioned(numbers: str) -> str:
    """use_case.yaml without the lines of what does not belong to its version; without such lines, as it is."""
    lines = numbers.splitlines(keepends=True)
    whole = yaml.compose(numbers, Loader=yaml.SafeLoader)
    assert isinstance(whole, yaml.MappingNode)  # it was validated as one
    for key, value in whole.value:
        if key.value in _NOT_IN_VERSION:
            first, last = key.start_mark.line, _last_line(value)
            lines[first : last + 1] = [""] * (last + 1 - first)
    return "".join(lines)


def _last_line(node: yaml.Node) -> int:
    """The line that a value ends on: a block mapping's own mark lies at the next key, beyond comments."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _last_line(node.value[-1][1])
    return int(node.end_mark.line)
