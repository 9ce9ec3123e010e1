"""A machine of one's own is priced by its hour and its speed."""

from datetime import date
from decimal import Decimal

import pytest

from yakin.catalogue.load import load_catalogue
from yakin.domain.pricing import Tier, Usage, price_at
from yakin.errors import CatalogueError

TODAY = date(2026, 12, 2)
HOUR = "jpy_per_hour: 180"
SPEED = "input_tokens_per_second: 2500, output_tokens_per_second: 400"
SOURCE = "source: GPU原価, checked: 2026-12-01"


@pytest.fixture
def load(tmp_path):
    def loaded(row):
        (tmp_path / "ours.yaml").write_text(
            f"models:\n  - name: vllm-gpt-oss-120b\n    prices:\n      - {{from: 2026-12-01, {row}}}\n",
            encoding="utf-8",
        )
        return load_catalogue([tmp_path], on=TODAY, embedded={}).models["vllm-gpt-oss-120b"]

    return loaded


def test_an_hour_divided_by_its_tokens_is_the_price(load):
    rate = price_at(load(f"{HOUR}, {SPEED}, concurrency: 32, {SOURCE}").prices, Tier.REALTIME, TODAY)
    assert (rate.currency, rate.input_per_mtok, rate.output_per_mtok) == ("JPY", Decimal(20), Decimal(125))
    assert rate.source == "¥180/h ÷ 2500 input and 400 output tokens/s at 32 requests at once: GPU原価"
    an_hour = Usage(input_tokens=2500 * 1800, output_tokens=400 * 1800)  # half an hour of reading, half of writing
    assert rate.cost_native(an_hour) == Decimal(180)


def test_a_machine_with_a_batch_tier_has_a_price_for_it(load):
    assert price_at(load(f"tier: batch, {HOUR}, {SPEED}, {SOURCE}").prices, Tier.BATCH, TODAY).input_per_mtok == 20


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f"{HOUR}, input_tokens_per_second: 2500, {SOURCE}", "prices[0] output_tokens_per_second: is missing; add"),
        (f"{SPEED}, {SOURCE}", "prices[0] jpy_per_hour: is missing; add this field"),
        (f"{HOUR}, input_tokens_per_second: 0, output_tokens_per_second: 1, {SOURCE}", "is not above zero"),
        (f"{HOUR}, {SPEED}, currency: USD, {SOURCE}", "prices[0] currency: is not usable; it should be 'JPY'"),
        (
            f"{HOUR}, {SPEED}, input_per_mtok: 20, {SOURCE}",
            "gives a price per hour and one per token; keep one of them",
        ),
        (f"{HOUR}, {SPEED}, checked: 2026-12-01", "prices[0] source: is missing"),
    ],
)
def test_a_mistake_names_file_line_field_and_remedy(load, row, said):
    with pytest.raises(CatalogueError) as caught:
        load(row)
    assert "ours.yaml:4: model vllm-gpt-oss-120b " in str(caught.value)
    assert said in str(caught.value)
