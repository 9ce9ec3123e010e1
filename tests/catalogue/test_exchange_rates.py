from datetime import date, timedelta
from decimal import Decimal
from statistics import mean

import pytest

from yakin.catalogue.fx_choice import rate_choice
from yakin.catalogue.fx_rates import budget_rates, ecb_rates, rates_in_force, read_rates_csv
from yakin.catalogue.load import load_catalogue
from yakin.domain.fx import FxRate, RateKind
from yakin.errors import CatalogueError

HEADER = "date,base,rate,kind,source\n"


def test_the_bundled_reference_rate_keeps_the_day_that_it_is_of():
    usd, eur = ecb_rates(date(2026, 11, 22), ["USD", "EUR", "JPY", "USD"])
    assert (usd.rate, usd.as_of, usd.kind) == (Decimal("157.250269"), date(2026, 10, 30), RateKind.ECB)
    assert (eur.rate, eur.as_of) == (Decimal("175.680000"), date(2026, 10, 30))
    assert "European Central Bank" in usd.source


def test_a_weekend_has_the_rate_of_the_friday_under_fridays_date():
    assert ecb_rates(date(2026, 10, 25), ["USD"])[0].as_of == date(2026, 10, 23)


def test_a_currency_or_a_time_without_a_reference_rate_has_none():
    assert ecb_rates(date(2026, 11, 22), ["XXX"]) == []
    assert ecb_rates(date(1998, 1, 1), ["USD"]) == []


def test_the_budget_rates_are_what_their_source_says():
    days = [date(2026, 10, 1) + timedelta(days=offset) for offset in range(30)]
    for budget in budget_rates():
        october = [rate for day in days for rate in ecb_rates(day, [budget.base]) if rate.as_of == day]
        assert len(october) == 22
        assert round(mean(rate.rate for rate in october), 2) == budget.rate
        assert (budget.kind, budget.as_of, budget.quote) == (RateKind.BUDGET, date(2026, 10, 30), "JPY")


def test_a_company_adds_its_own_budget_rate(tmp_path):
    row = "{date: 2026-11-01, base: USD, rate: 150.00, kind: budget, source: 経理部}"
    (tmp_path / "fx.yaml").write_text(f"fx_rates:\n  - {row}\n", encoding="utf-8")
    newest = max((rate for rate in budget_rates([tmp_path]) if rate.base == "USD"), key=lambda rate: rate.as_of)
    assert (newest.rate, newest.source) == (Decimal("150.00"), "経理部")


def test_a_companys_budget_rate_outranks_a_newer_one_that_was_shipped(tmp_path):
    row = "{date: 2026-04-01, base: USD, rate: 150.00, kind: budget, source: 経理部 予算レート}"
    (tmp_path / "fx.yaml").write_text(f"fx_rates:\n  - {row}\n", encoding="utf-8")
    rates = rates_in_force(budget_rates(), [tmp_path])  # the shipped ones of 2026-10-30 are on record
    chosen = {base: rate_choice(rates, base, date(2026, 11, 24)).rate for base in ("USD", "EUR")}
    assert (chosen["USD"].rate, chosen["EUR"].rate) == (Decimal("150.00"), Decimal("176.91"))


def ttm(*days):
    return [FxRate("USD", "JPY", Decimal(150) + day.day, RateKind.TTM, day, "bank") for day in days]


FRIDAY, TUESDAY = date(2026, 11, 20), date(2026, 11, 24)  # the Monday between is 勤労感謝の日


@pytest.mark.parametrize("on", [date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 23)])
def test_a_saturday_a_sunday_and_a_holiday_use_the_banking_day_before_under_its_own_date(on):
    choice = rate_choice(ttm(FRIDAY, TUESDAY), "USD", on)
    assert (choice.rate.as_of, choice.reason) == (FRIDAY, "ttm of 2026-11-20 is 0 business days old")
    assert rate_choice(ttm(FRIDAY, TUESDAY), "USD", TUESDAY).rate.as_of == TUESDAY


def test_the_banks_new_year_ages_no_rate():
    last_day = ttm(date(2026, 12, 30))
    assert rate_choice(last_day, "USD", date(2027, 1, 8)).reason == "ttm of 2026-12-30 is 5 business days old"
    assert rate_choice(last_day, "USD", date(2027, 1, 12)).rate is None  # the 11th is 成人の日


def test_golden_week_and_silver_week_age_no_rate():
    assert rate_choice(ttm(date(2026, 5, 1)), "USD", date(2026, 5, 7)).reason.endswith("is 1 business day old")
    assert rate_choice(ttm(date(2026, 9, 18)), "USD", date(2026, 9, 24)).reason.endswith("is 1 business day old")


@pytest.mark.parametrize(
    ("on", "as_of"),
    [
        (date(2026, 10, 12), date(2026, 10, 12)),  # スポーツの日: a TARGET day
        (date(2026, 5, 5), date(2026, 5, 5)),  # こどもの日: a TARGET day
        (date(2026, 4, 6), date(2026, 4, 2)),  # Easter: no TARGET day from Friday to Monday, working days in Japan
        (date(2026, 5, 1), date(2026, 4, 30)),  # Labour Day: no TARGET day, a working day in Japan
        (date(2025, 12, 26), date(2025, 12, 24)),
    ],
)
def test_the_ecb_publishes_on_target_days_whatever_japan_celebrates(on, as_of):
    choice = rate_choice(ecb_rates(on, ["USD"]), "USD", on)
    assert (choice.rate.kind, choice.rate.as_of, choice.rate.stale) == (RateKind.ECB, as_of, False)


def test_a_banks_rate_outranks_the_ecb_until_the_company_prefers_otherwise(tmp_path):
    ecb = FxRate("USD", "JPY", Decimal(156), RateKind.ECB, TUESDAY, "ecb")
    rates = [*ttm(FRIDAY), ecb]
    assert rate_choice(rates, "USD", TUESDAY).rate.kind is RateKind.TTM
    (tmp_path / "fx.yaml").write_text("fx: {prefer: [ecb, ttm]}\n", encoding="utf-8")
    prefer = load_catalogue([tmp_path], on=TUESDAY, embedded={}).fx_prefer
    assert rate_choice(rates, "USD", TUESDAY, prefer).rate == ecb
    (tmp_path / "fx.yaml").write_text("fx:\n  prefer: [mid]\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"fx.yaml:2: fx prefer.0: is not usable; it should be 'ecb'"):
        load_catalogue([tmp_path], on=TUESDAY, embedded={})


@pytest.fixture
def csv_file(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "ttm.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_finance_imports_its_banks_rates_as_excel_saves_them(csv_file, encoding):
    text = HEADER + "2026/11/4,usd,154.31,TTM,みずほ銀行 公示相場\r\n2026-11-20,EUR,178.05,tts,三井住友\r\n,,,,\r\n"
    first, second = read_rates_csv(csv_file(text, encoding))
    assert (first.as_of, first.base, first.rate, first.kind) == (
        date(2026, 11, 4),
        "USD",
        Decimal("154.31"),
        RateKind.TTM,
    )
    assert first.source == "みずほ銀行 公示相場"
    assert (second.kind, second.stale) == (RateKind.TTS, False)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2026-11-31,USD,154.31,ttm,bank", "ttm.csv:2: column date: is not a day; write it as YYYY-MM-DD"),
        ("2026-11-20,US,154.31,ttm,bank", "ttm.csv:2: column base"),
        ('2026-11-20,USD,"1,154.31",ttm,bank', "ttm.csv:2: column rate"),
        ("2026-11-20,USD,-1,ttm,bank", "ttm.csv:2: column rate: is not above zero"),
        ("2026-11-20,USD,,ttm,bank", "ttm.csv:2: column rate"),
        ("2026-11-20,USD,154.31,mid,bank", "ttm.csv:2: column kind: is not usable; it should be 'ecb'"),
        ("2026-11-20,USD,154.31,ttm,", "ttm.csv:2: column source: is empty; fill it in"),
        ("2026-11-21,USD,154.31,ttm,bank", "ttm.csv:2: column date: is a day on which no Japanese bank quotes a ttm"),
        ("2026-11-23,USD,154.31,tts,bank", "leave the line out: the rate of the banking day before it is used"),
        ("2026-12-31,USD,154.31,ttb,bank", "ttm.csv:2: column date"),
        ("2026-11-20,USD,15.431,ttm,bank", "column rate: is not between half and double of the ECB's 157.250269"),
        ("2026-11-20,KRW,10.9,ttm,bank", "write yen for one unit; banks quote IDR and KRW for a hundred"),
        ("2027-11-19,USD,154.31,ttm,bank", "ttm.csv:2: column date: is a day to come; correct the year"),
        ("2026-11-20,JPY,1,ttm,bank", "ttm.csv:2: column base: is JPY; leave the yen out"),
        ("2026-11-20,USD,154.31", "ttm.csv:2: column kind"),
    ],
)
def test_a_csv_mistake_names_line_column_and_remedy(csv_file, row, said):
    with pytest.raises(CatalogueError) as caught:
        read_rates_csv(csv_file(HEADER + row + "\n"), today=date(2026, 11, 24))
    assert said in str(caught.value)


def test_all_mistakes_of_a_csv_come_at_once_and_nothing_is_imported(csv_file):
    rows = "2026-11-20,USD,0,ttm,bank\n2026-11-20,EUR,178.05,ttm,bank\n2026-11-21,USD,x,ttm,bank\n"
    with pytest.raises(CatalogueError) as caught:
        read_rates_csv(csv_file(HEADER + rows))
    assert [line.split("ttm.csv:")[1][0] for line in str(caught.value).splitlines()] == ["2", "4"]


def test_an_average_of_a_month_may_be_dated_a_saturday(csv_file):
    (rate,) = read_rates_csv(csv_file(HEADER + "2026-10-31,USD,157.93,month_avg,bank\n"))
    assert (rate.kind, rate.as_of) == (RateKind.MONTH_AVG, date(2026, 10, 31))


def test_two_different_rates_of_one_day_are_a_mistake(csv_file):
    rows = "2026-11-20,USD,154.31,ttm,bank\n2026-11-20,USD,155.31,ttm,bank\n"
    with pytest.raises(CatalogueError, match="differs from an earlier ttm of USD on that day; keep one"):
        read_rates_csv(csv_file(HEADER + rows))


def test_a_missing_column_an_empty_file_and_a_missing_file_say_so(csv_file, tmp_path):
    with pytest.raises(CatalogueError, match=r"ttm.csv:1: header: has no column kind, source; write date,base,rate"):
        read_rates_csv(csv_file("date,base,rate\n"))
    with pytest.raises(CatalogueError, match="holds no rate"):
        read_rates_csv(csv_file(HEADER))
    with pytest.raises(CatalogueError, match=r"cannot be read \(FileNotFoundError\)"):
        read_rates_csv(tmp_path / "absent.csv")
