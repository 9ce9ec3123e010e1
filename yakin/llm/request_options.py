"""What one request adds for its vendor: the output bound, sampling, and the form of the answer."""

import json
import re
from collections.abc import Mapping
from typing import assert_never

from yakin.domain.asking import Question
from yakin.domain.routing import Api, Endpoint, Model, OutputMode
from yakin.domain.zones import Zone
from yakin.llm.addresses import origin_of

ANSWER = "answer"  # the name of the schema and of the one forced tool
SEED = 7
VARIED = 0.7  # temperature of an ask that is to be compared (X. Wang et al., Self-Consistency, 2022, use 0.5 to 0.7)
# These reject every temperature but their own.
_OWN_SAMPLING = re.compile(r"(^|[./])(gpt-[5-9]|o\d|claude-(fable|opus|sonnet|haiku)-[5-9]|claude-opus-4-[6-9])")
_STRICT_REJECTS = frozenset({"default", "minLength", "maxLength", "title"})
_NAMED_CHILDREN = frozenset({"properties", "$defs"})

Options = dict[str, object]


def sampling(model: Model) -> Options:
    """Temperature 0 wherever the model takes one."""
    return {"temperature": 0} if _takes_temperature(model) else {}


def _takes_temperature(model: Model) -> bool:
    return _OWN_SAMPLING.search(model.vendor_model) is None


def request_options(model: Model, question: Question, *, logprobs: bool = False) -> Options:
    """Keyword arguments of the LangChain call: output bound, seed and the schema in the vendor's own form.

    `logprobs` asks for log-probabilities where the catalogue says that the model gives them. A question that is asked
    again to compare is drawn with a temperature and another seed where the vendor takes them.
    """
    options = _bound_and_form(model, question, logprobs=logprobs)
    if question.variation and _takes_temperature(model):  # the others draw their answers anyway
        return {**options, "temperature": VARIED}
    return options


def _bound_and_form(model: Model, question: Question, *, logprobs: bool) -> Options:
    bound = min(question.max_output_tokens, model.max_output_tokens)
    match model.endpoint.api:
        case Api.OPENAI | Api.AZURE_OPENAI:
            return _openai(model, question, bound, logprobs=logprobs and model.logprobs)
        case Api.ANTHROPIC:
            return {"max_tokens": bound, **_anthropic_form(model, question)}
        case Api.GOOGLE_GENAI:
            return {"max_output_tokens": bound, "seed": SEED + question.variation, **_google_form(model, question)}
        case Api.BEDROCK_CONVERSE:
            return {"max_tokens": bound, **_bedrock_form(model, question)}
        case _ as never:
            assert_never(never)


def answer_tool(model: Model, question: Question) -> Options:
    """The one tool of mode `tool`: a form to fill in, never something that runs."""
    schema = strict_schema(question.schema, prune=_is_strict_vendor(model.endpoint))
    return {
        "type": "function",
        "function": {"name": ANSWER, "description": "Give the answer.", "parameters": schema},
    }


def strict_schema(schema: Mapping[str, object], *, prune: bool) -> Options:
    """The schema as strict output wants it: every object closed, every field required.

    `prune` drops the keywords that strict vendors reject; our own validation still checks them.
    """
    return {key: _strict_entry(key, value, prune) for key, value in _closed(schema).items() if _kept(key, value, prune)}


def _strict_entry(key: str, value: object, prune: bool) -> object:
    if key in _NAMED_CHILDREN and isinstance(value, Mapping):
        return {name: _strict_child(child, prune) for name, child in value.items()}
    return value if key in ("enum", "const", "required", "default", "examples") else _strict_child(value, prune)


def _strict_child(value: object, prune: bool) -> object:
    if isinstance(value, Mapping):
        return strict_schema(value, prune=prune)
    if isinstance(value, list):
        return [_strict_child(item, prune) for item in value]
    return value


def _closed(schema: Mapping[str, object]) -> Mapping[str, object]:
    fields = schema.get("properties")
    if not isinstance(fields, Mapping):
        return schema
    return {**schema, "additionalProperties": False, "required": list(fields)}


def _kept(key: str, value: object, prune: bool) -> bool:
    return not (prune and key in _STRICT_REJECTS and not isinstance(value, Mapping))


def _openai(model: Model, question: Question, bound: int, *, logprobs: bool) -> Options:
    endpoint = model.endpoint
    body: Options = {"logprobs": True} if logprobs else {}
    if _is_strict_vendor(endpoint):
        options: Options = {"max_completion_tokens": bound}
    else:
        # Compatible servers know the older field; one that ignored the newer would write without end.
        options = {}
        body["max_tokens"] = bound
    if endpoint.zone is Zone.ON_PREM or (_takes_temperature(model) and _is_strict_vendor(endpoint)):
        body["seed"] = SEED + question.variation
    if model.output is OutputMode.JSON_SCHEMA:
        schema = strict_schema(question.schema, prune=_is_strict_vendor(endpoint))
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": ANSWER, "strict": True, "schema": schema},
        }
    # In extra_body the SDK does not parse the answer, so a bad answer is not an exception that loses its usage.
    return {**options, "extra_body": body} if body else options


def _is_strict_vendor(endpoint: Endpoint) -> bool:
    if endpoint.api is not Api.OPENAI:
        return True
    host = origin_of(endpoint.base_url)[1]
    return host == "api.openai.com" or host.endswith(".api.openai.com")


def _anthropic_form(model: Model, question: Question) -> Options:
    if model.output is not OutputMode.JSON_SCHEMA:
        return {}
    return {"output_config": {"format": {"type": "json_schema", "schema": strict_schema(question.schema, prune=True)}}}


def _google_form(model: Model, question: Question) -> Options:
    if model.output is not OutputMode.JSON_SCHEMA:
        return {}
    schema = strict_schema(question.schema, prune=True)
    return {"response_mime_type": "application/json", "response_json_schema": schema}


def _bedrock_form(model: Model, question: Question) -> Options:
    if model.output is not OutputMode.JSON_SCHEMA:
        return {}
    schema = json.dumps(strict_schema(question.schema, prune=True), ensure_ascii=False)
    structure = {"jsonSchema": {"schema": schema, "name": ANSWER}}
    return {"output_config": {"textFormat": {"type": "json_schema", "structure": structure}}}
