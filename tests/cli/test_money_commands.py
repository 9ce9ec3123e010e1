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


def _shown(yakin):
    rows = json.loads(yakin("budget", "show", "--json").stdout)["budgets"]
    return {(row["scope"], row["key"], row["per"]): row for row in rows}


def test_show_says_who_set_a_cap_how_much_is_used_and_the_next_warning(yakin_with_database, monkeypatch):
    monkeypatch.setenv("LOGNAME", "hanako")
    yakin_with_database("budget", "set", "month", "300", "--by", "経理 花子", "--because", "稟議 42")
    yakin_with_database("budget", "set", "vendor", "90", "--key", "OpenAI", "--per", "fiscal_year")

    caps = _shown(yakin_with_database)
    month, vendor = caps["month", "", "month"], caps["vendor", "OpenAI", "fiscal_year"]
    assert (month["set_by"], month["made_by"], month["because"]) == ("cli", "経理 花子", "稟議 42")
    assert (month["used_percent"], month["next_threshold"], month["locked"]) == ("0.00", 50, False)
    assert (vendor["made_by"], vendor["period_end"][5:]) == ("hanako", "03-31")
    people = yakin_with_database("budget", "show").stdout
    assert "cli 経理 花子" in people
    assert yakin_with_database("budget", "set", "month", "1", "--per", "day").exit_code == 2


def test_the_history_says_who_changed_a_cap_from_what_to_what_and_why(yakin_with_database):
    yakin_with_database("budget", "set", "month", "300", "--by", "経理 花子", "--because", "稟議 42")
    yakin_with_database("budget", "set", "month", "450.5", "--by", "経理 太郎", "--because", "稟議 77")

    changes = json.loads(yakin_with_database("budget", "history", "--json").stdout)["changes"]

    assert [(row["from_jpy"], row["to_jpy"], row["made_by"], row["because"]) for row in changes] == [
        ("300.000000", "450.500000", "経理 太郎", "稟議 77"), (None, "300.000000", "経理 花子", "稟議 42"),
    ]  # fmt: skip
    assert "稟議 77" in yakin_with_database("budget", "history", "--days", "1").stdout
    assert json.loads(yakin_with_database("budget", "history", "--rehearsal", "--json").stdout) == {"changes": []}


OURS = "budgets:\n  caps:\n    - {scope: month, cap_jpy: 300}\n    - {scope: day, cap_jpy: 20}\n"


def test_the_catalogue_sets_caps_and_leaves_those_that_a_person_set(yakin_with_database, tmp_path, monkeypatch):
    (tmp_path / "ours.yaml").write_text(OURS + "    - {scope: use_case, key: no_such, cap_jpy: 1}\n")
    monkeypatch.setenv("YAKIN_CATALOGUE", str(tmp_path / "ours.yaml"))
    yakin_with_database("budget", "set", "day", "5", "--by", "経理 花子")

    applied = json.loads(yakin_with_database("budget", "apply", "--json").stdout)["budgets"]

    assert [(row["scope"], row["cap_jpy"], row["changed"], row["kept_of"]) for row in applied] == [
        ("month", "300", True, None), ("day", "5.000000", False, "経理 花子"), ("use_case", "1", True, None),
    ]  # fmt: skip
    caps = _shown(yakin_with_database)
    assert (caps["month", "", "month"]["set_by"], caps["month", "", "month"]["because"]) == ("yaml", "ours.yaml:3")
    assert "kept ¥5, set by 経理 花子" in yakin_with_database("budget", "apply").stdout
    checked = yakin_with_database("catalogue", "check")
    assert "3 caps" in checked.stderr
    assert "ours.yaml:5: there is no use case no_such" in checked.stdout


def test_a_month_is_closed_by_name_and_opened_again(yakin_with_database):
    last_month = _last_month()
    by = ("--by", "経理 花子", "--because", "月締め")

    assert yakin_with_database("budget", "lock", last_month, *by).exit_code == 0
    again = yakin_with_database("budget", "lock", last_month, *by)
    assert (again.exit_code, "is locked already" in again.stderr) == (2, True)
    assert yakin_with_database("budget", "unlock", last_month, "--by", "監査", "--because", "訂正").exit_code == 0

    locks = json.loads(yakin_with_database("budget", "locks", "--json").stdout)["locks"]
    told = [(row["period"], row["locked_by"], row["unlocked_by"]) for row in locks]
    assert told == [(last_month, "経理 花子", "監査")]
    assert last_month in yakin_with_database("budget", "locks").stdout


def test_what_is_no_period_or_has_not_ended_is_not_locked(yakin_with_database):
    for name, said in (("2026-13", "is not a period"), ("2998", "has not ended"), ("2999-01", "has not ended")):
        refused = yakin_with_database("budget", "lock", name, "--by", "x", "--because", "y")
        assert (refused.exit_code, said in refused.stderr) == (2, True)
    assert yakin_with_database("budget", "lock", "2020-01", "--by", "x", "--because", " ").exit_code == 2


def _last_month():
    first = business_date(datetime.now(UTC)).replace(day=1)
    return f"{first - timedelta(days=1):%Y-%m}"


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
