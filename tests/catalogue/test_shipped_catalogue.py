"""What is shipped says exactly what the checked facts say."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from yakin.catalogue.check import check
from yakin.catalogue.fx_rates import budget_rates, ecb_rates
from yakin.catalogue.load import load_catalogue
from yakin.catalogue.notes import NoteKind
from yakin.catalogue.offers import offers
from yakin.domain.pricing import Tier, price_at
from yakin.domain.zones import Zone
from yakin.errors import UnknownPrice

TODAY = date(2026, 11, 24)
EMBEDDED = {"qwen2.5-coder-1.5b": "http://127.0.0.1:8081/v1", "qwen2.5-coder-0.5b": "http://127.0.0.1:8082/v1"}


@pytest.fixture(scope="module")
def shipped():
    return load_catalogue([], on=TODAY, embedded=EMBEDDED)


def figures(catalogue, model, tier=Tier.REALTIME, on=TODAY, tokens=0):
    rate = price_at(catalogue.models[model].prices, tier, on, tokens)
    return tuple(
        None if amount is None else float(amount)
        for amount in (rate.input_per_mtok, rate.cached_input_per_mtok, rate.output_per_mtok)
    )


FACTS = [  # model, in, cached, out, batch in, batch out: facts of 2026-11-22
    ("gpt-6-astra", 10, 1.00, 50, 5, 25),
    ("gpt-6.1-sol", 2, 0.10, 10, 1, 5),
    ("gpt-6.1-terra", 1, 0.05, 5, 0.5, 2.5),
    ("gpt-6-luna", 0.1, 0.01, 0.5, 0.05, 0.25),
    ("gpt-5.4-mini", 0.75, 0.075, 4.5, 0.375, 2.25),
    ("claude-fable-5-2", 8, 0.20, 40, 4, 20),
    ("claude-opus-5-5", 4, 0.20, 20, 2, 10),
    ("claude-sonnet-5-5", 2, 0.10, 10, 1, 5),
    ("claude-haiku-5-5", 0.1, 0.01, 0.5, 0.05, 0.25),
    ("gemini-4-argon", 2, 0.10, 10, 1, 5),
    ("gemini-3.8-flash", 0.75, 0.075, 3.75, 0.375, 1.875),
    ("gemini-3.5-flash-lite", 0.3, 0.03, 2.5, 0.15, 1.25),
    ("mistral-large-4", 0.70, 0.07, 2.10, 0.35, 1.05),
    ("mistral-medium-3-5", 1.5, 0.15, 7.5, 0.75, 3.75),
    ("bedrock-claude-opus-5.5", 4.4, 0.22, 22, None, None),
    ("bedrock-claude-sonnet-5.5", 2.2, 0.11, 11, None, None),
    ("bedrock-claude-haiku-5.5", 0.11, 0.011, 0.55, None, None),
    ("bedrock-claude-haiku-4.5", 1.1, 0.11, 5.5, 0.55, 2.75),
    ("bedrock-nova-2-lite", 0.396, 0.099, 3.311, 0.198, 1.6555),
    ("plamo-3.0-prime", 60, None, 250, None, None),
]


@pytest.mark.parametrize(("model", "input_", "cached", "output", "batch_in", "batch_out"), FACTS)
def test_resolved_prices_equal_the_checked_facts(shipped, model, input_, cached, output, batch_in, batch_out):
    assert figures(shipped, model) == (input_, cached, output)
    if batch_in is None:
        with pytest.raises(UnknownPrice):
            figures(shipped, model, Tier.BATCH)
    else:
        batch = figures(shipped, model, Tier.BATCH)
        assert (batch[0], batch[2]) == (batch_in, batch_out)


def test_announced_rises_take_effect_on_their_day(shipped):
    assert figures(shipped, "gemini-4-argon", on=date(2026, 11, 30)) == (2, 0.1, 10)
    assert figures(shipped, "gemini-4-argon", on=date(2026, 12, 1)) == (4, 0.2, 20)
    assert figures(shipped, "gemini-4-argon", Tier.BATCH, date(2026, 12, 1)) == (2, 0.1, 10)
    assert figures(shipped, "gemini-3.8-flash", on=date(2026, 12, 31)) == (0.75, 0.075, 3.75)
    assert figures(shipped, "gemini-3.8-flash", on=date(2027, 1, 1)) == (1.5, 0.15, 7.5)


def test_long_prompts_are_charged_at_the_cliff(shipped):
    assert figures(shipped, "claude-haiku-5-5", tokens=100_000) == (0.1, 0.01, 0.5)
    assert figures(shipped, "claude-haiku-5-5", tokens=100_001) == (0.5, 0.05, 2.5)
    assert figures(shipped, "gpt-6-astra", tokens=272_001) == (20, 2, 75)


def test_batch_caching_is_the_vendors_own_figure_and_not_half(shipped):
    assert figures(shipped, "gemini-3.5-flash-lite", Tier.BATCH) == (0.15, 0.02, 1.25)


def test_every_price_names_its_source_and_when_it_was_checked(shipped):
    rates = [rate for model in shipped.models.values() for rate in model.prices]
    assert all(rate.source and rate.checked <= TODAY for rate in rates)
    assert len(rates) > 50


ZONES = {
    "local-1.5b": Zone.ON_PREM,
    "local-0.5b": Zone.ON_PREM,
    "vllm": Zone.OVERSEAS,
    "plamo": Zone.OVERSEAS,
    "sakura": Zone.DOMESTIC,
    "bedrock-tokyo": Zone.JAPAN_REGION,
    "openai": Zone.OVERSEAS,
    "anthropic": Zone.OVERSEAS,
    "google": Zone.OVERSEAS,
    "mistral": Zone.OVERSEAS,
}


def test_zones_follow_from_what_is_evidenced(shipped):
    assert {name: endpoint.zone for name, endpoint in shipped.endpoints.items()} == ZONES


def test_no_zone_outlives_its_shipped_evidence():
    later = load_catalogue([], on=date(2027, 5, 23), embedded={})
    assert later.endpoints["bedrock-tokyo"].zone is Zone.OVERSEAS
    assert later.endpoints["sakura"].zone is Zone.OVERSEAS
    assert "no evidence of it is in force on 2027-05-23" in later.endpoints["sakura"].zone_reason
    assert later.endpoints["plamo"].trains_on_data


def test_only_evidenced_terms_count(shipped):
    terms = {name: (item.zero_retention, item.trains_on_data) for name, item in shipped.endpoints.items()}
    assert terms["local-1.5b"] == (True, False)
    assert terms["plamo"] == (True, False)
    assert terms["sakura"] == (False, False)
    assert all(terms[name] == (False, True) for name in ("bedrock-tokyo", "openai", "anthropic", "google", "mistral"))


def test_an_on_prem_model_costs_the_machines_hour_over_its_throughput(shipped):
    hourly_jpy = Decimal(150_000) / (4 * 8_760) + Decimal("0.06") * 31
    per_mtok = [hourly_jpy / (Decimal(rate) * 3_600) * 10**6 for rate in ("87", "22.9")]
    rate = price_at(shipped.models["qwen2.5-coder-1.5b"].prices, Tier.REALTIME, TODAY)
    assert [rate.input_per_mtok, rate.output_per_mtok] == [
        pytest.approx(amount, rel=Decimal("0.001")) for amount in per_mtok
    ]


def buy(catalogue, *, keys=(), rehearsal=False, on=TODAY, use_case="triage", batch=False):
    rates = ecb_rates(on, ["USD", "EUR"]) + budget_rates()
    offered, rejected = offers(
        catalogue,
        use_case=use_case,
        on=on,
        rates=rates,
        rehearsal=rehearsal,
        has_key=lambda name: name in keys,
        batch=batch,
    )
    return {offer.name: offer for offer in offered}, {(item.model, item.tier): item.why_not for item in rejected}


def test_without_any_key_only_the_machine_itself_is_offered(shipped):
    offered, rejected = buy(shipped, keys=["YAKIN_LOCAL_KEY"])
    assert set(offered) == {"qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b"}
    assert rejected[("plamo-3.0-prime", Tier.REALTIME)] == "key PLAMO_API_KEY is not set"
    assert rejected[("vllm-gpt-oss-120b", Tier.REALTIME)].startswith("endpoint vllm has no address")


def test_a_model_without_a_price_is_rejected_with_the_reason_and_never_free(shipped):
    _, rejected = buy(shipped, keys=["SAKURA_AI_ENGINE_KEY"])
    why = rejected[("sakura-gpt-oss-120b", Tier.REALTIME)]
    assert why == "price unknown: the output price is not verified"


def test_offers_freeze_price_cliffs_and_exchange_rate(shipped):
    offered, rejected = buy(shipped, keys=["ANTHROPIC_API_KEY"])
    haiku = offered["claude-haiku-5-5"]
    assert [rate.over_input_tokens for rate in haiku.cliffs] == [100_000]
    assert (haiku.fx.rate, haiku.fx.stale) == (Decimal("157.93"), True)  # the bundled ECB rate is 16 working days old
    assert (haiku.quality, haiku.quality_measured) == (0.9, False)
    assert "not collected by this version" in rejected[("claude-haiku-5-5", Tier.BATCH)]


def test_batches_are_for_runs_that_wait_and_for_endpoints_that_take_them(shipped):
    keys = ["OPENAI_API_KEY", "MISTRAL_API_KEY"]
    offered, rejected = buy(shipped, keys=keys)
    assert "gpt-6-luna:batch" not in offered
    assert "--batch" in rejected["gpt-6-luna", Tier.BATCH]
    offered, rejected = buy(shipped, keys=keys, batch=True)
    luna = offered["gpt-6-luna:batch"]
    assert (luna.price.input_per_mtok, luna.model.endpoint.limits.batch_hours) == (Decimal("0.05"), 24)
    assert "batch_api" in rejected["mistral-large-4", Tier.BATCH]


def test_inside_japan_a_batch_needs_evidence_that_it_stays_there(shipped):
    openai = shipped.endpoints["openai"]
    for zone in (Zone.DOMESTIC, Zone.JAPAN_REGION):
        for evidenced in (False, True):
            moved = replace(openai, zone=zone, batch_in_zone=evidenced)
            luna = replace(shipped.models["gpt-6-luna"], endpoint=moved)
            catalogue = replace(shipped, endpoints={"openai": moved}, models={"gpt-6-luna": luna})
            offered, rejected = buy(catalogue, keys=["OPENAI_API_KEY"], batch=True)
            assert ("gpt-6-luna:batch" in offered) is evidenced
            assert ("batch_region" in rejected.get(("gpt-6-luna", Tier.BATCH), "")) is not evidenced


def test_a_rehearsal_keeps_real_vendors_out_and_the_own_machine_in(shipped):
    offered, rejected = buy(shipped, keys=["YAKIN_LOCAL_KEY", "OPENAI_API_KEY"], rehearsal=True)
    assert set(offered) == {"qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b"}
    assert rejected[("gpt-6-luna", Tier.REALTIME)] == "endpoint openai is real and this is a rehearsal"


def test_the_check_names_gaps_and_what_is_coming(shipped):
    notes = {(note.kind, note.subject): note.text for note in check(shipped)}
    assert "no evidence in force for operator, infrastructure, region" in notes[NoteKind.EVIDENCE_MISSING, "plamo"]
    rising = [note.text for note in check(shipped) if note.kind is NoteKind.PRICE_CHANGES]
    assert rising == [
        "realtime price from 2026-12-01: 4 in, 20 out USD per million tokens",
        "batch price from 2026-12-01: 2 in, 10 out USD per million tokens",
    ]
    assert (NoteKind.NO_PRICE, "sakura-gpt-oss-120b") in notes
    assert (NoteKind.EVIDENCE_EXPIRING, "plamo") not in notes


def test_the_check_warns_thirty_days_before_evidence_ends_and_prices_change():
    catalogue = load_catalogue([], on=date(2027, 5, 1), embedded={})
    expiring = {note.subject for note in check(catalogue) if note.kind is NoteKind.EVIDENCE_EXPIRING}
    assert expiring == {"plamo", "sakura", "bedrock-tokyo"}
    december = load_catalogue([], on=date(2026, 12, 5), embedded={})
    rising = {note.subject for note in check(december) if note.kind is NoteKind.PRICE_CHANGES}
    assert rising == {"gemini-3.8-flash"}


def test_the_same_files_give_the_same_version(shipped):
    again = load_catalogue([], on=TODAY, embedded={"qwen2.5-coder-1.5b": "http://127.0.0.1:9999/v1"})
    assert again.version == shipped.version
