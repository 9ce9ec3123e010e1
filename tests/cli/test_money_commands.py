"""Caps and rates from the command line, as rows and as JSON."""

import json


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


def test_prices_are_listed_with_source_and_yen_and_unknown_ones_without(yakin):
    shown = json.loads(yakin("catalogue", "prices", "--json").stdout)["prices"]

    plamo = next(row for row in shown if row["offer"] == "plamo-3.0-prime")
    assert (plamo["currency"], plamo["input_jpy"], plamo["output_jpy"]) == ("JPY", "60.000000", "250.000000")
    assert any(row["input_per_mtok"] is None and row["source"] for row in shown)
