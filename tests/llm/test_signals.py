"""What is known of an answer without its truth: asked for where the catalogue says so, numbers only."""

import json
from dataclasses import replace

import pytest

from tests.llm.conftest import QUESTION, Answer, asker_for, cleared_for, completion, endpoint_at, offer_of
from yakin.domain.asking import Outcome
from yakin.domain.routing import Api, OutputMode
from yakin.domain.zones import Zone
from yakin.llm.request_options import request_options

TEXT = cleared_for(Zone.ON_PREM)
SCHEMA = {
    "type": "object",
    "properties": {
        "category": {"type": "string", "enum": ["invoice", "order"]},
        "urgent": {"type": "boolean"},
        "summary": {"type": "string", "maxLength": 40},
    },
}
TRIAGE = replace(QUESTION, schema=SCHEMA)
TOKENS = [
    ('{"category": "', -3.0),  # the form: says nothing of the answer
    ("in", -0.1),
    ("voice", -0.3),
    ('", "urgent": ', -2.0),
    ("true", -0.2),
    (', "summary": "', -1.0),
    ("請求", -4.0),
    ("書", -1.0),
    ('"}', -0.5),
]


async def ask(vendor, tokens, *, content=None, question=TRIAGE, api=Api.OPENAI, base_url=None, **model):
    body = completion("".join(text for text, _ in tokens) if content is None else content)
    if tokens:
        parts = [{"token": text, "logprob": logprob, "bytes": list(text.encode())} for text, logprob in tokens]
        body["choices"][0]["logprobs"] = {"content": parts}
    vendor.answer = Answer(body=body)
    endpoint = endpoint_at(vendor.url, api=api, **({"base_url": base_url} if base_url else {}))
    asker = asker_for(endpoint)
    try:
        return await asker.ask(offer_of(endpoint, **{"logprobs": True, **model}), question, TEXT)
    finally:
        await asker.aclose()


async def test_the_choices_of_an_answer_are_weighed_and_its_form_and_free_text_are_not(vendor):
    reply = await ask(vendor, TOKENS)
    assert reply.outcome is Outcome.ANSWERED
    assert vendor.body()["logprobs"] is True
    assert reply.signals["logprob"] == pytest.approx((-0.4 - 0.2) / 2)
    assert reply.signals["logprob_min"] == pytest.approx(-0.4)  # category
    assert reply.signals["repaired"] == 0


async def test_without_a_closed_list_the_least_sure_value_counts(vendor):
    reply = await ask(vendor, [('{"category":"', -3.0), ("misc", -0.7), ('"}', 0.0)], question=QUESTION)
    assert (reply.signals["logprob"], reply.signals["logprob_min"]) == (-0.7, -0.7)


async def test_a_character_that_is_cut_into_two_tokens_and_words_around_the_answer_are_understood(vendor):
    whole = '{"category": "請"}'
    first, last = whole.encode().split("請".encode())
    letters = "請".encode()
    parts = [(b"Sure {1}: ", -9.0), (first, -1.0), (letters[:2], -0.2), (letters[2:], -0.3), (last, -1.0)]
    body = completion("Sure {1}: " + whole)
    body["choices"][0]["logprobs"] = {
        "content": [{"token": "?", "logprob": logprob, "bytes": list(data)} for data, logprob in parts]
    }
    vendor.answer = Answer(body=body)
    endpoint = endpoint_at(vendor.url)
    asker = asker_for(endpoint)
    question = replace(QUESTION, validate=lambda text: json.loads(text[text.index('{"') :]))
    reply = await asker.ask(offer_of(endpoint, logprobs=True, output=OutputMode.PROMPT), question, TEXT)
    await asker.aclose()
    assert reply.signals["logprob_min"] == pytest.approx(-0.25)


async def test_thoughts_before_the_answer_are_not_its_tokens(vendor):
    content = "".join(text for text, _ in TOKENS)
    reply = await ask(vendor, [("let me think", -8.0), *TOKENS], content=content)
    assert reply.signals["logprob_min"] == pytest.approx(-0.4)


@pytest.mark.parametrize("value", [-9999.0, -3.4e38, None, "nan"])
async def test_a_vendors_word_for_never_is_a_bounded_number(vendor, value):
    reply = await ask(vendor, [('{"category": "', 0.0), ("order", value), ('"}', 0.0)])
    assert reply.signals["logprob_min"] == -20.0


@pytest.mark.parametrize("tokens", [[], [("{", -0.1), ("something else", -0.1)]])
async def test_what_cannot_be_told_is_missing(vendor, tokens):
    reply = await ask(vendor, tokens, content='{"category": "order"}')
    assert reply.signals == {"repaired": 0}


async def test_a_repaired_answer_says_so(vendor):
    reply = await ask(vendor, [], content='{"category": "order"}', question=TRIAGE.repairing("{", "not JSON"))
    assert reply.signals == {"repaired": 1}


async def test_an_invalid_answer_has_no_signals(vendor):
    reply = await ask(vendor, [("no", -0.1)])
    assert (reply.outcome, reply.signals) == (Outcome.INVALID, {})


async def test_nobody_is_asked_for_log_probabilities_who_may_refuse_the_question(vendor):
    await ask(vendor, TOKENS, logprobs=False)
    assert "logprobs" not in vendor.body()


@pytest.mark.parametrize("api", [Api.ANTHROPIC, Api.BEDROCK_CONVERSE, Api.GOOGLE_GENAI])
def test_only_apis_that_know_the_parameter_get_it(api):
    offer = offer_of(endpoint_at("http://127.0.0.1", api=api), logprobs=True)
    assert "logprobs" not in json.dumps(request_options(offer.model, TRIAGE, logprobs=True))


def test_a_line_of_a_batch_does_not_ask():
    offer = offer_of(endpoint_at("http://127.0.0.1"), logprobs=True)
    assert "logprobs" not in json.dumps(request_options(offer.model, TRIAGE))
