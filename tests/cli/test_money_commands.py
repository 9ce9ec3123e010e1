"""Caps and rates from the command line, as rows and as JSON."""

import json
from datetime import UTC, datetime, timedelta

from yakin.catalogue.holidays import is_banking_day
from yakin.domain.calendar import business_date


def test_a_cap_is_set_shown_and_replaced(yakin_with_database):
    assert yakin_with_database("budget", "set", "day", "500").exit_code == 0
    yakin_with_database("budget", "set", "department", "20000.5", "--key", "品質保証部")
    yakin_with_database("budget", "set", "day", "700")

    shown = yakin_with_database("budget", "show", "--json")

    caps = {(row["scope"], row["key"]): row for row in json.loads(shown.stdout)["budgets"]}
    assert caps["day", ""]["cap_jpy"] == "700.000000"
    assert caps["department", "品質保証部"]["cap_jpy"] == "20000.500000"
    assert caps["day", ""]["spent_jpy"] == "0.000000"
    assert json.loads(yakin_with_database("budget", "show", "--rehearsal", "--json").stdout) == {"budgets": []}


def test_a_banks_rate_is_imported_once_and_shown_with_its_source(yakin_with_database, tmp_path):
    file = tmp_path / "ttm.csv"
    file.write_text("date,base,rate,kind,source\n2026-11-20,USD,155.30,ttm,Example Bank\n")

    assert yakin_with_database("fx", "import", file).exit_code == 0
    assert yakin_with_database("fx", "import", file).exit_code == 0
    shown = json.loads(yakin_with_database("fx", "show", "--json").stdout)["rates"]

    imported = [rate for rate in shown if rate["source"] == "Example Bank"]
    assert [(rate["base"], rate["rate"], rate["kind"]) for rate in imported] == [("USD", "155.30", "ttm")]
    assert {"ecb", "budget"} <= {rate["kind"] for rate in shown}


def test_fx_show_says_which_rate_a_run_of_today_would_freeze_and_why(yakin_with_database, tmp_path, monkeypatch):
    today = business_date(datetime.now(UTC))
    layer = tmp_path / "ours.yaml"
    layer.write_text(
        f"fx: {{prefer: [month_avg, ttm]}}\n"
        f"fx_rates:\n  - {{date: {today}, base: USD, rate: 155.30, kind: month_avg, source: bank}}\n"
        "models:\n  - {name: plamo-3.0-prime, prices: [{from: 2026-01-01, currency: GBP, input_per_mtok: 1,"
        " output_per_mtok: 2, source: test, checked: 2026-01-01}]}\n"
    )
    monkeypatch.setenv("YAKIN_CATALOGUE", str(layer))

    chosen = json.loads(yakin_with_database("fx", "show", "--json").stdout)["would_freeze"]

    by_currency = {row["currency"]: row for row in chosen}
    usd, gbp = by_currency["USD"], by_currency["GBP"]
    assert (usd["kind"], usd["rate"], usd["stale"]) == ("month_avg", "155.30", False)
    assert gbp["rate"] is None
    assert "no ttm is known) and no budget rate" in gbp["reason"]
    assert "are not eligible" in yakin_with_database("fx", "show").stdout


def test_fx_show_of_a_holiday_has_the_rate_of_the_banking_day_before(yakin_with_database, tmp_path):
    file = tmp_path / "ttm.csv"
    file.write_text(
        "date,base,rate,kind,source\n2026-11-20,USD,155.30,ttm,Example Bank\n2026-11-24,USD,156.10,ttm,Example Bank\n"
    )
    assert yakin_with_database("fx", "import", file).exit_code == 0
    for day, as_of in (("2026-11-23", "2026-11-20"), ("2026-11-24", "2026-11-24")):
        shown = json.loads(yakin_with_database("fx", "show", "--on", day, "--json").stdout)
        assert [(row["currency"], row["kind"], row["as_of"]) for row in shown["would_freeze"]] == [
            ("USD", "ttm", as_of)
        ]


def test_prices_are_listed_with_source_and_yen_and_unknown_ones_without(yakin):
    shown = json.loads(yakin("catalogue", "prices", "--json").stdout)["prices"]

    plamo = next(row for row in shown if row["offer"] == "plamo-3.0-prime")
    assert (plamo["currency"], plamo["input_jpy"], plamo["output_jpy"]) == ("JPY", "60.000000", "250.000000")
    assert any(row["input_per_mtok"] is None and row["source"] for row in shown)


def test_prices_of_another_day_come_with_what_is_announced(yakin):
    shown = json.loads(yakin("catalogue", "prices", "--on", "2026-11-24", "--json").stdout)
    argon = next(row for row in shown["prices"] if row["offer"] == "gemini-4-argon")
    assert (argon["input_per_mtok"], argon["input_jpy"]) == ("2", "315.860000")
    assert [(item["offer"], item["days"]) for item in shown["coming"]][:2] == [
        ("gemini-4-argon", 7),
        ("gemini-4-argon:batch", 7),
    ]
    assert {rate["currency"]: rate["stale"] for rate in shown["exchange_rates"]} == {"USD": True}

    said = yakin("catalogue", "prices", "--on", "2026-11-24").stdout
    soon = said.split("within 30 days:")[1].split("within 60 days:")
    assert "gemini-4-argon from 2026-12-01: 2 → 4 in, 10 → 20 out USD" in soon[0]
    assert "gemini-3.8-flash from 2027-01-01: 0.75 → 1.5 in" in soon[1]
    assert "yen at USD 157.93 (budget of 2026-10-30; no ttm is known; ecb of 2026-10-30" in said


def test_prices_in_yen_are_those_of_the_banks_rate_when_asked_for(yakin_with_database, tmp_path):
    today = business_date(datetime.now(UTC))
    day = next(day for day in (today - timedelta(days=back) for back in range(10)) if is_banking_day(day))
    file = tmp_path / "ttm.csv"
    file.write_text(f"date,base,rate,kind,source\n{day},USD,150,ttm,Example Bank\n")
    yakin_with_database("fx", "import", file)

    shown = json.loads(yakin_with_database("catalogue", "prices", "--imported-rates", "--json").stdout)

    astra = next(row for row in shown["prices"] if row["offer"] == "gpt-6-astra")
    assert astra["input_jpy"] == "1500.000000"
    assert [(rate["kind"], rate["stale"]) for rate in shown["exchange_rates"]] == [("ttm", False)]
