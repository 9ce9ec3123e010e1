"""What a request costs by the vendors' pages (prices of 2026-11-10/12), to the last digit."""

import subprocess
import sys
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import product

import pytest
from genai_prices import Usage as LibraryUsage
from genai_prices import calc_price

from yakin.catalogue.load import load_catalogue
from yakin.domain.pricing import Tier, Usage, price_at
from yakin.errors import CatalogueError

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def shipped():
    return load_catalogue([], on=TODAY, embedded={})


def cost(catalogue, model, usage, tier=Tier.REALTIME, on=TODAY):
    return price_at(catalogue.models[model].prices, tier, on, usage.input_tokens).cost_native(usage)


@pytest.mark.parametrize(
    ("model", "tier", "at", "above"),
    [
        ("gpt-6-astra", Tier.REALTIME, "2.77", "5.51502"),
        ("gpt-6.1-sol", Tier.REALTIME, "0.554", "1.103004"),
        ("gpt-6.1-terra", Tier.REALTIME, "0.277", "0.551502"),
        ("gpt-6-luna", Tier.REALTIME, "0.0277", "0.0551502"),
        ("gpt-6-luna", Tier.BATCH, "0.01385", "0.0275751"),
    ],
)
def test_openai_above_272000_input_tokens_bills_the_whole_request_at_2x_in_and_1_5x_out(
    shipped, model, tier, at, above
):
    assert cost(shipped, model, Usage(272_000, 1_000), tier) == Decimal(at)
    assert cost(shipped, model, Usage(272_001, 1_000), tier) == Decimal(above)


def test_haiku_above_100000_input_tokens_bills_the_whole_request_at_5x(shipped):
    assert cost(shipped, "claude-haiku-5-5", Usage(100_000, 1_000)) == Decimal("0.0105")
    assert cost(shipped, "claude-haiku-5-5", Usage(100_001, 1_000)) == Decimal("0.0525005")


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gpt-6.1-sol", "0.0155"),  # 2,000 plain at $2, 10,000 cached at 5 %, 2,000 written at 1.25 x, 550 out at $10
        ("claude-opus-5-5", "0.031"),  # $4: cached at 5 %, written at 1.25 x, $20 out
        ("gemini-4-argon", "0.0145"),  # $2: cached at 5 %; Google bills no write of implicit caching: as other input
        ("bedrock-nova-2-lite", "0.00439505"),  # Tokyo: $0.396, cached $0.099, $3.311 out
        ("plamo-3.0-prime", "0.9775"),  # yen; no cached price: as other input
    ],
)
def test_cached_and_written_tokens_cost_what_the_vendor_lists(shipped, model, expected):
    usage = Usage(14_000, 550, cached_input_tokens=10_000, cache_write_tokens=2_000, reasoning_tokens=500)
    assert cost(shipped, model, usage) == Decimal(expected)


def test_a_future_price_is_not_charged_before_its_day(shipped):
    request = Usage(3_000, 500)
    assert cost(shipped, "gemini-4-argon", request, on=date(2026, 11, 30)) == Decimal("0.011")
    assert cost(shipped, "gemini-4-argon", request, on=date(2026, 12, 1)) == Decimal("0.022")


LIBRARY = {"anthropic": "anthropic", "google": "google", "mistral": "mistral", "openai": "openai"}
PARTS = [(0, 0), (50_000, 0), (0, 50_000), (40_000, 30_000)]


@pytest.mark.parametrize("on", [TODAY, date(2026, 12, 1), date(2027, 1, 1)])
def test_every_list_price_costs_what_the_librarys_own_calculator_says(shipped, on):
    compared = 0
    noon = datetime.combine(on, time(12), tzinfo=UTC)
    for model in shipped.models.values():
        for tier in model.tiers if model.endpoint.name in LIBRARY else ():
            context = {"processing": "batch"} if tier is Tier.BATCH else None
            for input_tokens, (cached, written) in product([99_999, 100_001, 272_000, 272_001, 900_000], PARTS):
                counts = {"input_tokens": input_tokens, "output_tokens": 700, "cache_read_tokens": cached}
                # Google and Mistral list no write price, and the library refuses a count that has none
                listed = model.prices[0].cache_write_per_mtok is not None
                said = calc_price(
                    LibraryUsage(**counts, **({"cache_write_tokens": written} if listed else {})),
                    model.vendor_model,
                    provider_id=LIBRARY[model.endpoint.name],
                    genai_request_timestamp=noon,
                    price_context=context,
                )
                usage = Usage(input_tokens, 700, cached, written)
                assert cost(shipped, model.name, usage, tier, on) == said.total_price, (model.name, tier, usage)
                compared += 1
    assert compared == 14 * 2 * 5 * 4


ROW = (
    "{{from: 2026-11-24, currency: JPY, input_per_mtok: {price}, output_per_mtok: 9, source: {source},"
    " checked: 2026-11-24}}"
)


@pytest.mark.parametrize("model", ["plamo-3.0-prime", "bedrock-nova-2-lite", "gpt-6-luna", "qwen2.5-coder-1.5b"])
def test_a_contract_outranks_domestic_regional_library_and_own_prices_and_the_last_contract_the_first(tmp_path, model):
    for name, price in (("a", 7), ("b", 8)):
        row = ROW.format(price=price, source=f"contract {name}")
        (tmp_path / f"{name}.yaml").write_text(f"models:\n  - name: {model}\n    prices: [{row}]\n", encoding="utf-8")
    catalogue = load_catalogue([tmp_path], on=TODAY, embedded={})
    assert price_at(catalogue.models[model].prices, Tier.REALTIME, TODAY).source == "contract b"
    assert cost(catalogue, model, Usage(1_000_000, 0)) == 8
    listed = price_at(catalogue.models[model].prices, Tier.REALTIME, date(2026, 11, 23))
    assert "contract" not in listed.source


def test_a_regional_endpoint_costs_its_uplift_at_every_price(tmp_path):
    endpoint = (
        "{name: openai-japan, operator: {name: OpenAI, country: US}, infrastructure: US, region: JP, api: openai}"
    )
    model = (
        "{name: sol-japan, endpoint: openai-japan, model: gpt-6.1-sol, context_tokens: 1000000,"
        " max_output_tokens: 8192, output: json_schema, tiers: [realtime, batch],"
        " prices: {library: genai-prices, provider: openai, regional_uplift: 1.1}}"
    )
    layer = tmp_path / "ours.yaml"
    layer.write_text(f"endpoints:\n  - {endpoint}\nmodels:\n  - {model}\n", encoding="utf-8")
    catalogue = load_catalogue([layer], on=TODAY, embedded={})
    usage = Usage(3_000, 500, 1_000, 1_000)
    assert cost(catalogue, "sol-japan", usage) == Decimal("0.01056")
    assert cost(catalogue, "sol-japan", Usage(272_001, 1_000), Tier.BATCH) == Decimal("0.6066522")
    assert "× 1.1 (regional endpoint)" in catalogue.models["sol-japan"].prices[0].source
    layer.write_text(layer.read_text().replace("regional_uplift: 1.1", "regional_uplift: 0.9"), encoding="utf-8")
    with pytest.raises(
        CatalogueError, match=r"regional_uplift: is not usable; it should be greater than or equal to 1"
    ):
        load_catalogue([layer], on=TODAY, embedded={})


def test_a_written_rate_of_a_contract_row_is_read(tmp_path):
    row = (
        "{from: 2026-11-24, currency: USD, input_per_mtok: 2, cached_input_per_mtok: 0.1, cache_write_per_mtok: 3,"
        " output_per_mtok: 10, source: 契約書, checked: 2026-11-24}"
    )
    (tmp_path / "ours.yaml").write_text(f"models:\n  - name: gpt-6.1-sol\n    prices: [{row}]\n", encoding="utf-8")
    catalogue = load_catalogue([tmp_path], on=TODAY, embedded={})
    assert cost(catalogue, "gpt-6.1-sol", Usage(3_000, 500, 1_000, 1_000)) == Decimal("0.0101")


NOTHING_LEAVES = """
import sys, threading
reached = []
sys.addaudithook(lambda event, args: reached.append(event) if event.startswith(("socket.", "urllib.")) else None)
from datetime import date
from yakin.catalogue.load import load_catalogue
from yakin.catalogue.fx_rates import budget_rates, ecb_rates
from yakin.catalogue.price_table import price_table
on = date(2026, 11, 24)
catalogue = load_catalogue([], on=on, embedded={})
lines = price_table(catalogue, on, [*ecb_rates(on, catalogue.currencies), *budget_rates()])
print(len(lines) > 30, threading.active_count(), [event for event in reached if event != "socket.gethostname"])
"""


def test_prices_and_rates_come_from_bundled_data_and_nothing_reaches_the_net():
    ended = subprocess.run([sys.executable, "-c", NOTHING_LEAVES], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "True 1 []"
