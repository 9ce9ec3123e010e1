"""What `yakin catalogue prices` says: today's yen, where from, since when, and what is announced."""

from datetime import date
from decimal import Decimal

import pytest

from yakin.catalogue.fx_rates import budget_rates
from yakin.catalogue.load import load_catalogue
from yakin.catalogue.price_table import ChangeKind, coming, price_table, yen_rates
from yakin.domain.fx import RateKind

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def shipped():
    return load_catalogue([], on=TODAY, embedded={})


def lines_of(catalogue, on=TODAY):
    return {(line.offer, line.over_input_tokens): line for line in price_table(catalogue, on, budget_rates())}


def test_an_offer_costs_its_native_price_at_the_rate_of_the_day(shipped):
    argon = lines_of(shipped)["gemini-4-argon", 0]
    assert (argon.input_jpy, argon.output_jpy) == (Decimal("315.860000"), Decimal("1579.300000"))
    assert (argon.since, argon.source) == (date(2026, 11, 10), "genai-prices 0.2.3 google/gemini-4-argon")
    assert argon.next_change == "2026-12-01: 4 in, 20 out USD per million tokens"
    assert lines_of(shipped)["plamo-3.0-prime", 0].input_jpy == 60
    assert yen_rates(shipped, TODAY, budget_rates())["USD"].rate.kind is RateKind.BUDGET


def test_batch_cache_and_cliff_prices_have_their_own_figures(shipped):
    lines = lines_of(shipped)
    batch, above = lines["gpt-6-luna:batch", 0], lines["gpt-6-luna:batch", 272_000]
    assert (batch.input_per_mtok, batch.cached_input_per_mtok, batch.cache_write_per_mtok) == (
        Decimal("0.05"),
        Decimal("0.005"),
        Decimal("0.0625"),
    )
    assert (above.input_per_mtok, above.output_per_mtok) == (Decimal("0.1"), Decimal("0.375"))
    assert lines["claude-haiku-5-5", 100_000].cache_write_jpy == Decimal("98.706250")


def test_an_unknown_price_has_no_yen_and_says_why(shipped):
    sakura = lines_of(shipped)["sakura-gpt-oss-120b", 0]
    assert (sakura.input_jpy, sakura.currency, sakura.source) == (None, None, "the output price is not verified")
    before = lines_of(shipped, date(2026, 11, 9))["gpt-6-luna", 0]
    assert before.input_jpy is None
    assert "no realtime price is known on 2026-11-09" in before.source


def test_another_day_has_the_price_of_that_day(shipped):
    assert lines_of(shipped, date(2026, 12, 1))["gemini-4-argon", 0].input_per_mtok == 4
    assert lines_of(shipped, date(2027, 1, 1))["gemini-3.8-flash:batch", 0].output_per_mtok == Decimal("3.75")


def test_announced_rises_are_listed_by_day_with_what_they_change(shipped):
    listed = [(change.offer, change.days, change.text) for change in coming(shipped, TODAY)]
    assert listed == [
        ("gemini-4-argon", 7, "from 2026-12-01: 2 → 4 in, 10 → 20 out USD per million tokens"),
        ("gemini-4-argon:batch", 7, "from 2026-12-01: 1 → 2 in, 5 → 10 out USD per million tokens"),
        ("gemini-3.8-flash", 38, "from 2027-01-01: 0.75 → 1.5 in, 3.75 → 7.5 out USD per million tokens"),
        ("gemini-3.8-flash:batch", 38, "from 2027-01-01: 0.375 → 0.75 in, 1.875 → 3.75 out USD per million tokens"),
    ]
    assert [change.offer for change in coming(shipped, date(2026, 12, 1))] == [
        "gemini-3.8-flash",
        "gemini-3.8-flash:batch",
    ]


def test_retirements_are_listed_and_a_retired_model_stays_so(tmp_path):
    rows = "  - {name: gpt-5.4-mini, retires: 2027-04-01}\n  - {name: gpt-6-luna, retires: 2026-11-24}\n"
    (tmp_path / "ours.yaml").write_text(f"models:\n{rows}", encoding="utf-8")
    catalogue = load_catalogue([tmp_path], on=TODAY, embedded={})
    retiring = [
        (change.offer, change.days, change.text)
        for change in coming(catalogue, TODAY)
        if change.kind is ChangeKind.RETIRES
    ]
    assert retiring == [("gpt-6-luna", 0, "retired on 2026-11-24"), ("gpt-5.4-mini", 128, "retires on 2027-04-01")]
    assert lines_of(catalogue)["gpt-5.4-mini", 0].retires == "2027-04-01"


def test_a_contract_that_changes_currency_is_told_as_a_new_price(tmp_path):
    row = "{from: 2026-12-01, currency: JPY, input_per_mtok: 15, output_per_mtok: 75, source: x, checked: 2026-11-24}"
    (tmp_path / "ours.yaml").write_text(
        f"models:\n  - name: gpt-6-luna\n    prices:\n      - {row}\n", encoding="utf-8"
    )
    changes = coming(load_catalogue([tmp_path], on=TODAY, embedded={}), TODAY)
    assert [change.text for change in changes if change.offer == "gpt-6-luna"] == [
        "priced from 2026-12-01: 15 in, 75 out JPY per million tokens"
    ]
