"""A company's own YAML over the shipped one: extends, overrides, and never by accident."""

from datetime import date
from decimal import Decimal

import pytest

from yakin.catalogue.check import check
from yakin.catalogue.fx_rates import budget_rates
from yakin.catalogue.load import load_catalogue
from yakin.catalogue.notes import NoteKind
from yakin.catalogue.offers import offers
from yakin.domain.pricing import Tier, price_at
from yakin.domain.routing import OutputMode
from yakin.domain.zones import Zone

TODAY = date(2026, 11, 24)
CONTRACT = """
endpoints:
  - name: acme
    operator: {name: Acme, country: JP}
    infrastructure: JP
    region: unverified
    zero_retention: true
    trains_on_data: false
    evidence: []
    api: openai
    base_url: https://acme.example/v1
    proxy: null
    ca_bundle: null
    api_key_env: ACME_API_KEY
    limits: {concurrency: 16, requests_per_minute: 100, tokens_per_minute: 400000}
    sandbox: false
models:
  - name: acme-prime
    endpoint: acme
    model: acme-prime
    context_tokens: 131072
    max_output_tokens: 4096
    output: json_schema
    tiers: [realtime]
    tokenizer: o200k_base
    prices:
      - {from: 2026-08-26, tier: realtime, currency: JPY, input_per_mtok: 60, output_per_mtok: 0.1,
         source: vendor price page, checked: 2026-11-22}
"""
SANDBOX = """
endpoints:
  - name: sandbox-openai
    operator: {name: Sandbox, country: US}
    infrastructure: unverified
    region: unverified
    api: openai
    base_url: http://127.0.0.1:9999/v1
    sandbox: true
models:
  - name: sandbox-luna
    endpoint: sandbox-openai
    model: gpt-6-luna
    context_tokens: 100000
    max_output_tokens: 4096
    output: json_schema
    prices: {library: genai-prices, provider: openai}
"""


@pytest.fixture
def load(tmp_path):
    def from_text(*texts, on=TODAY, embedded=None):
        layers = []
        for number, text in enumerate(texts):
            layers.append(tmp_path / f"layer{number}.yaml")
            layers[-1].write_text(text, encoding="utf-8")
        return load_catalogue(layers, on=on, embedded=embedded or {})

    return from_text


def plamo(**fields):
    lines = "".join(f"    {name}: {value}\n" for name, value in fields.items())
    return f"endpoints:\n  - name: plamo\n{lines}"


def evidence(*claims):
    rows = ", ".join(f"{{claim: {claim}, source: contract, reviewer: legal, checked: 2026-11-20}}" for claim in claims)
    return f"[{rows}]"


def test_the_contract_yaml_is_read_as_it_is_written(load):
    catalogue = load(CONTRACT)
    model = catalogue.models["acme-prime"]
    assert (model.context_tokens, model.max_output_tokens, model.output) == (131072, 4096, OutputMode.JSON_SCHEMA)
    assert model.prices[0].output_per_mtok == Decimal("0.1")
    assert model.endpoint.limits.tokens_per_minute == 400_000
    assert (model.endpoint.zone, model.endpoint.zero_retention, model.endpoint.trains_on_data) == (
        Zone.OVERSEAS,
        False,
        True,
    )


def test_evidence_added_by_name_moves_an_endpoint_home_and_changes_nothing_else(load):
    text = plamo(
        region="JP", infrastructure="JP", evidence=evidence("operator", "infrastructure", "region", "trains_on_data")
    )
    endpoint = load(text).endpoints["plamo"]
    assert (endpoint.zone, endpoint.trains_on_data) == (Zone.DOMESTIC, False)
    assert endpoint.zero_retention is False  # the list was replaced whole, and it does not repeat this claim
    assert endpoint.base_url == "https://api.platform.preferredai.jp/v1"
    assert endpoint.limits.requests_per_minute == 100


def test_a_region_without_evidence_stays_overseas(load):
    endpoint = load(plamo(region="JP")).endpoints["plamo"]
    assert endpoint.zone is Zone.OVERSEAS


def test_moving_an_endpoint_drops_the_evidence_about_the_old_place(load):
    catalogue = load("endpoints:\n  - name: bedrock-tokyo\n    base_url: https://elsewhere.example\n")
    assert catalogue.endpoints["bedrock-tokyo"].zone is Zone.OVERSEAS
    dropped = [note for note in catalogue.notes if note.kind is NoteKind.EVIDENCE_DROPPED]
    assert [(note.subject, note.text[:13]) for note in dropped] == [("bedrock-tokyo", "layer0.yaml:2")]


def test_a_limit_is_overridden_alone(load):
    limits = load(plamo(limits="{concurrency: 2}")).endpoints["plamo"].limits
    assert (limits.concurrency, limits.requests_per_minute) == (2, 100)


def test_a_contract_price_speaks_alone_from_its_first_day(load):
    text = (
        "models:\n  - name: gemini-4-argon\n    prices:\n"
        "      - {from: 2026-11-20, currency: USD, input_per_mtok: 1.5, output_per_mtok: 8, "
        "source: contract 2026-17, checked: 2026-11-20}\n"
    )
    prices = load(text).models["gemini-4-argon"].prices
    assert price_at(prices, Tier.REALTIME, date(2026, 11, 19)).input_per_mtok == 2
    assert price_at(prices, Tier.REALTIME, date(2026, 12, 24)).input_per_mtok == Decimal("1.5")
    assert price_at(prices, Tier.BATCH, date(2026, 12, 24)).input_per_mtok == 2  # the contract is silent on batch


def test_the_last_layer_wins(load):
    first, last = plamo(timeout_s=10), plamo(timeout_s=20)
    assert load(first, last).endpoints["plamo"].timeout_s == 20


def test_a_folder_is_a_layer_whose_files_are_read_in_the_order_of_their_names(tmp_path):
    (tmp_path / "b.yaml").write_text(plamo(timeout_s=20))
    (tmp_path / "a.yml").write_text(plamo(timeout_s=10))
    (tmp_path / "notes.txt").write_text("not read")
    catalogue = load_catalogue([tmp_path], on=TODAY, embedded={})
    assert catalogue.endpoints["plamo"].timeout_s == 20


def test_sections_for_other_loaders_may_stand_in_the_same_file(load):
    text = plamo(timeout_s=20) + "sources: []\nfx_rates: []\npolicies: []\n"
    assert load(text).endpoints["plamo"].timeout_s == 20


def test_a_gpu_server_becomes_usable_with_an_address_and_a_price(load):
    text = (
        "endpoints:\n  - {name: vllm, base_url: 'http://10.0.0.5:8000/v1'}\n"
        "models:\n  - name: vllm-gpt-oss-120b\n    prices:\n"
        "      - {from: 2026-11-01, currency: JPY, input_per_mtok: 12, output_per_mtok: 90, source: own, "
        "checked: 2026-11-01}\n"
    )
    catalogue = load(text)
    vllm = catalogue.endpoints["vllm"]
    assert (vllm.zone, vllm.zero_retention, vllm.trains_on_data) == (Zone.ON_PREM, True, False)
    offered, _ = offers(catalogue, use_case="x", on=TODAY, rates=[], rehearsal=False, has_key=lambda _: False)
    assert [offer.name for offer in offered] == ["vllm-gpt-oss-120b"]


def test_own_machines_that_train_or_keep_say_so(load):
    text = "endpoints:\n  - {name: vllm, base_url: 'http://10.0.0.5/v1', trains_on_data: true, zero_retention: false}\n"
    endpoint = load(text).endpoints["vllm"]
    assert (endpoint.zone, endpoint.zero_retention, endpoint.trains_on_data) == (Zone.ON_PREM, False, True)


def test_own_machines_at_a_public_address_are_overseas_and_say_why(load):
    catalogue = load("endpoints:\n  - {name: vllm, base_url: 'https://8.8.8.8/v1'}\n")
    endpoint = catalogue.endpoints["vllm"]
    assert endpoint.zone is Zone.OVERSEAS
    assert endpoint.zone_reason == "own machines, but 8.8.8.8 is not a private address"
    missing = {note.subject: note.text for note in check(catalogue) if note.kind is NoteKind.EVIDENCE_MISSING}
    assert "8.8.8.8 is not a private address" in missing["vllm"]
    assert endpoint.trains_on_data


def test_own_machines_behind_a_public_proxy_are_overseas(load):
    text = "endpoints:\n  - {name: vllm, base_url: 'https://10.0.0.5/v1', proxy: 'http://8.8.8.8:3128'}\n"
    endpoint = load(text).endpoints["vllm"]
    assert (endpoint.zone, endpoint.zone_reason) == (
        Zone.OVERSEAS,
        "own machines, but its proxy is not private: 8.8.8.8 is not a private address",
    )


def test_an_embedded_model_that_is_not_served_is_kept_on_prem_without_an_address(load):
    catalogue = load(CONTRACT)
    assert catalogue.endpoints["local-1.5b"].zone is Zone.ON_PREM
    assert "yakin model serve" in catalogue.address_missing["local-1.5b"]
    served = load(CONTRACT, embedded={"qwen2.5-coder-1.5b": "http://127.0.0.1:8081/v1"})
    assert served.endpoints["local-1.5b"].base_url == "http://127.0.0.1:8081/v1"
    assert "local-1.5b" not in served.address_missing


def test_a_sandbox_is_offered_in_a_rehearsal_only(load):
    catalogue = load(SANDBOX)
    rates = budget_rates()
    in_rehearsal, _ = offers(catalogue, use_case="x", on=TODAY, rates=rates, rehearsal=True, has_key=lambda _: False)
    in_earnest, rejected = offers(
        catalogue, use_case="x", on=TODAY, rates=rates, rehearsal=False, has_key=lambda _: False
    )
    assert [offer.name for offer in in_rehearsal] == ["sandbox-luna"]
    assert in_earnest == []
    assert {item.model: item.why_not for item in rejected}["sandbox-luna"].endswith("this is not a rehearsal")


def test_a_model_without_a_prior_is_taken_as_unmeasured(load):
    offered, _ = offers(
        load(SANDBOX), use_case="x", on=TODAY, rates=budget_rates(), rehearsal=True, has_key=lambda _: False
    )
    assert (offered[0].quality, offered[0].quality_measured) == (0.8, False)


def test_a_retired_model_is_not_offered_and_the_check_says_when(load):
    text = SANDBOX.replace("    max_output_tokens", "    retires: 2026-11-24\n    max_output_tokens")
    _, rejected = offers(
        load(text), use_case="x", on=TODAY, rates=budget_rates(), rehearsal=True, has_key=lambda _: False
    )
    assert {item.model: item.why_not for item in rejected}["sandbox-luna"] == "retired on 2026-11-24"
    assert "retired on 2026-11-24" in [note.text for note in check(load(text)) if note.kind is NoteKind.RETIRES]


def test_a_currency_without_a_rate_is_not_offered(load):
    text = CONTRACT.replace("currency: JPY", "currency: THB")
    _, rejected = offers(
        load(text), use_case="x", on=TODAY, rates=budget_rates(), rehearsal=False, has_key=lambda _: True
    )
    assert "no fresh THB/JPY rate" in {item.model: item.why_not for item in rejected}["acme-prime"]


def test_a_model_unknown_to_the_library_has_no_price_and_says_so(load):
    catalogue = load(SANDBOX.replace("model: gpt-6-luna", "model: gpt-6-lunatic"))
    assert catalogue.models["sandbox-luna"].prices == ()
    assert catalogue.price_missing["sandbox-luna"] == "genai-prices 0.2.3 has no openai/gpt-6-lunatic"


def test_a_day_before_the_reviewed_library_has_no_price(load):
    catalogue = load(SANDBOX, on=date(2020, 1, 1))
    _, rejected = offers(
        catalogue, use_case="x", on=date(2020, 1, 1), rates=[], rehearsal=True, has_key=lambda _: False
    )
    assert "no realtime price is known on 2020-01-01" in {i.model: i.why_not for i in rejected}["sandbox-luna"]


def test_a_library_batch_price_equal_to_the_standard_price_is_unknown(load):
    # The library has no batch rate for this model and silently answers with the standard one.
    text = SANDBOX.replace("gpt-6-luna", "gpt-4-32k").replace(
        "    output:", "    tiers: [realtime, batch]\n    output:"
    )
    catalogue = load(text)
    assert {rate.tier for rate in catalogue.models["sandbox-luna"].prices} == {Tier.REALTIME}
    assert [note.subject for note in catalogue.notes if note.kind is NoteKind.NO_BATCH_PRICE] == ["sandbox-luna"]
