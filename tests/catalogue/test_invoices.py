"""Vendors' accounts as vendors write them: each format from a small file, and what each mistake says."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from yakin.catalogue.invoices import aws, openai
from yakin.catalogue.invoices.files import number
from yakin.catalogue.invoices.mapping import InvoiceMapping, invoice_mapping, invoice_vendors
from yakin.catalogue.invoices.read import InvoiceFormat, read_invoice
from yakin.domain.account import Line
from yakin.domain.pricing import Tier, Usage
from yakin.errors import CatalogueError

NOVEMBER_10 = date(2026, 11, 10)
START = 1794268800  # 2026-11-10 in UTC


def page(*results, start_time=START, has_more=False):
    bucket = {"object": "bucket", "start_time": start_time, "end_time": start_time + 86400, "results": list(results)}
    return {"object": "page", "data": [bucket], "has_more": has_more, "next_page": None}


def usage_result(**fields):
    return {
        "object": "organization.usage.completions.result", "input_tokens": 1000, "output_tokens": 500,
        "input_cached_tokens": 800, "num_model_requests": 5, "project_id": None, "user_id": None, "api_key_id": None,
        "model": "gpt-6-luna", "batch": False, "service_tier": "default",
    } | fields  # fmt: skip


def cost_result(value, line_item):
    return {
        "object": "organization.costs.result", "amount": {"value": value, "currency": "usd"}, "line_item": line_item,
        "project_id": None,
    }  # fmt: skip


@pytest.fixture
def read(tmp_path):
    """Write a file and read it as an account."""

    def of(content, mapping=None, name="account.csv", chosen=None):
        file = tmp_path / name
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            file.write_text(content if isinstance(content, str) else json.dumps(content))
        given = InvoiceMapping()
        if mapping is not None:
            (tmp_path / "mapping.yaml").write_text(mapping)
            given = invoice_mapping("plamo", (), tmp_path / "mapping.yaml")
        return read_invoice(file, "plamo", given, chosen)

    return of


def lines(account):
    return [line for _, line in account.lines]


def test_openai_usage_by_model_and_batch(read):
    found = read([page(usage_result(), usage_result(batch=True, input_cache_write_tokens=100)), page()])
    assert found.format == InvoiceFormat.OPENAI_USAGE_JSON
    assert lines(found) == [
        Line(NOVEMBER_10, None, "gpt-6-luna", Tier.REALTIME, None, 5, Usage(1000, 500, 800)),
        Line(NOVEMBER_10, None, "gpt-6-luna", Tier.BATCH, None, 5, Usage(1000, 500, 800, 100)),
    ]


def test_openai_costs_by_line_item(read):
    found = read(page(cost_result(0.06, "gpt-6-luna-2026-05-01, cached input"), cost_result("1.5", None)))
    assert found.format == InvoiceFormat.OPENAI_COSTS_JSON
    assert [(line.model, line.amount, line.currency, line.usage) for line in lines(found)] == [
        ("gpt-6-luna-2026-05-01", Decimal("0.06"), "USD", None),
        (None, Decimal("1.5"), "USD", None),
    ]


@pytest.mark.parametrize(
    ("line_item", "model"),
    [
        ("gpt-5.5-2026-04-23, input", "gpt-5.5-2026-04-23"),
        ("priority | gpt-5.6-sol, output, long context", "gpt-5.6-sol"),
        ("gpt-audio-mini-2025-12-15 audio, input", "gpt-audio-mini-2025-12-15"),
        ("web search tool calls", "web search tool calls"),
        (None, None),
    ],
)
def test_the_model_of_an_openai_line_item(line_item, model):
    assert openai.model_of(line_item) == model


def test_openai_pages_that_are_missing_and_fields_that_are_wrong_are_said(read):
    with pytest.raises(CatalogueError, match=r"has_more: is true.*fetch the next pages"):
        read(page(usage_result(), has_more=True))
    with pytest.raises(CatalogueError, match=r"account.csv:1: data 0.results.0.input_tokens: .*greater than or equal"):
        read(page(usage_result(input_tokens=-1)))
    with pytest.raises(CatalogueError, match="is not JSON"):
        read('{"data": [', chosen=InvoiceFormat.OPENAI_USAGE_JSON)


def test_openai_usage_export_as_excel_saves_it(read):
    text = (
        "\ufeffstart_time,end_time,start_time_iso,end_time_iso,project_id,num_model_requests,user_id,api_key_id,model,"
        "batch,service_tier,input_tokens,output_tokens,input_cached_tokens\n"
        f'{START},1,,,p,10.0,u,k,gpt-6-luna,FALSE,default,"59,200.0",10646.0,5760.0\n'
        f"{START},1,,,,,,,,,,,,\n"
    )
    found = read(text.encode("utf-8"))
    assert found.format == InvoiceFormat.OPENAI_USAGE_CSV
    assert lines(found) == [
        Line(NOVEMBER_10, None, "gpt-6-luna", Tier.REALTIME, None, 10, Usage(59200, 10646, 5760)),
    ]


def test_openai_cost_export(read):
    text = "start_time\tend_time\tamount_value\tamount_currency\tline_item\n"
    text += f'{START}\t1\t0.8958740000000000\tusd\t"gpt-6-luna, input"\n{START}\t1\t\t\t\n'
    found = read(text)
    assert found.format == InvoiceFormat.OPENAI_COSTS_CSV
    assert [(line.model, line.amount) for line in lines(found)] == [("gpt-6-luna", Decimal("0.8958740000000000"))]


CUR = """\
line_item_usage_start_date,line_item_product_code,line_item_usage_type,line_item_usage_amount,line_item_unblended_cost,\
line_item_currency_code,line_item_line_item_type,pricing_unit
2026-11-10T03:00:00.000Z,AmazonBedrock,APN1-Claude4.6Sonnet-input-tokens,12.345,0.027159,USD,Usage,1K tokens
2026-11-10T03:00:00.000Z,AmazonBedrock,APN1-Claude4.6Sonnet-cache-read-input-token-count,2,0.0002,USD,Usage,1K tokens
2026-11-10T03:00:00.000Z,AmazonBedrock,APN1-NovaPro-output-tokens-batch,1.5,0.002,USD,Usage,1K tokens
2026-11-10T03:00:00.000Z,AmazonEC2,APN1-BoxUsage:m5.large,1,0.1,USD,Usage,Hrs
2026-11-10T03:00:00.000Z,AmazonBedrock,APN1-Claude4.6Sonnet-input-tokens,0,0.01,USD,Tax,
"""


@pytest.mark.parametrize("legacy", [False, True])
def test_bedrocks_lines_of_a_cost_and_usage_report(read, legacy):
    text = CUR
    for new, old in aws._COLUMNS.items():
        text = text.replace(new, old) if legacy else text
    mapping = "invoices:\n  - {name: plamo, models: {Claude4.6Sonnet: jp.anthropic.claude-sonnet-4-6}}\n"
    found = read(text, mapping)
    assert (found.format, found.skipped) == (InvoiceFormat.AWS_CUR, 2)
    assert [(line.model, line.tier, line.usage, line.amount) for line in lines(found)] == [
        ("jp.anthropic.claude-sonnet-4-6", Tier.REALTIME, Usage(12345, 0), Decimal("0.027159")),
        ("jp.anthropic.claude-sonnet-4-6", Tier.REALTIME, Usage(2000, 0, 2000), Decimal("0.0002")),
        ("NovaPro", Tier.BATCH, Usage(0, 1500), Decimal("0.002")),
    ]


def test_cost_explorer_by_usage_type(read):
    text = (
        '"Usage type","APN1-NovaPro-input-tokens($)","APN1-BoxUsage:m5.large($)","Total costs($)"\n'
        '"Usage type total","1,234.5","9","1243.5"\n"2026-11-10","0.5","1","1.5"\n"2026-11-11","","2","2"\n'
    )
    found = read(text)
    assert (found.format, found.skipped) == (InvoiceFormat.AWS_COST_EXPLORER, 1)
    assert lines(found) == [Line(NOVEMBER_10, None, "NovaPro", Tier.REALTIME, amount=Decimal("0.5"), currency="USD")]


DOMESTIC = """
invoices:
  - name: plamo
    columns: {time: 利用日時, model: モデル, request_id: リクエストID, input_tokens: 入力トークン,
              output_tokens: 出力トークン, amount: 金額}
    date_format: "%Y/%m/%d %H:%M:%S"
    timezone: Asia/Tokyo
    currency: JPY
    tier: realtime
    tax_included: true
"""
INVOICE = (
    "利用日時,モデル,リクエストID,入力トークン,出力トークン,金額\n"
    '2026/11/11 01:30:00,plamo-3.0-prime,req-1,"12,000",300,￥１１０\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_domestic_invoice_by_its_mapping(read, encoding):
    found = read(INVOICE.encode(encoding), DOMESTIC)
    assert found.zone.key == "Asia/Tokyo"
    assert lines(found) == [
        Line(
            date(2026, 11, 11), datetime(2026, 11, 10, 16, 30, tzinfo=UTC), "plamo-3.0-prime", Tier.REALTIME, "req-1",
            None, Usage(12000, 300), Decimal(100), "JPY",
        )
    ]  # fmt: skip
    assert found.native_unit == 1  # whole yen: a difference below one is rounding


def test_the_sandboxes_meter_as_csv(read):
    text = "request_id,vendor,model,input_tokens,cached_input_tokens,output_tokens,amount,currency,status,received_at\n"
    text += "m-1,overseas,gpt-6-luna,120,20,8,0.0000142,USD,ok,2026-11-10T12:00:00.123456+00:00\n"
    mapping = (
        "invoices:\n  - name: plamo\n    columns: {time: received_at, request_id: request_id, model: model, "
        "input_tokens: input_tokens, cached_input_tokens: cached_input_tokens, output_tokens: output_tokens, "
        "amount: amount, currency: currency}\n"
    )
    (line,) = lines(read(text, mapping))
    assert (line.request_id, line.usage, line.amount) == ("m-1", Usage(120, 8, 20), Decimal("0.0000142"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            ("2026/11/11 01:30:00", "11/11/2026"),
            r"account.csv:2: column 利用日時: is not a day or time; write it as %Y",
        ),
        (('"12,000"', "-5"), r"account.csv:2: column 入力トークン: is not a count; write digits only"),
        (("￥１１０", "百十円"), r"account.csv:2: column 金額: is not a number"),
        (("金額", "合計"), r"account.csv:1: header: has no column 金額; correct the mapping; the file has 利用日時"),
    ],
)
def test_a_mistake_is_named_with_line_column_and_remedy(read, wrong, said):
    with pytest.raises(CatalogueError, match=said):
        read(INVOICE.replace(*wrong), DOMESTIC)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("timezone: Asia/Tokyo", "timezone: Tokyo"), "timezone: is not a time zone; write UTC or Asia/Tokyo"),
        (("currency: JPY", "tier: realtime"), "tier: is given twice"),
        (("    currency: JPY\n", ""), "currency: is missing; name a column, or write JPY or USD"),
        (("time: 利用日時, ", ""), "columns.time: is missing"),
    ],
)
def test_a_mistake_of_the_mapping_is_named(read, wrong, said):
    with pytest.raises(CatalogueError, match=said):
        read(INVOICE, DOMESTIC.replace(*wrong))


@pytest.mark.parametrize(("text", "is_"), [("▲1,234.5", "-1234.5"), ("¥100", "100"), ("１２円", "12"), ("1,2", None)])
def test_numbers_as_people_write_them(text, is_):
    assert number(text) == (None if is_ is None else Decimal(is_))


def test_without_a_mapping_a_csv_says_what_to_write(read):
    with pytest.raises(CatalogueError, match=r"give --mapping FILE\.yaml, or an entry `- name: plamo`"):
        read(INVOICE)


def test_the_mapping_of_the_catalogues_layers_is_that_of_the_vendor(tmp_path):
    layer = tmp_path / "company.yaml"
    layer.write_text(DOMESTIC + "  - {name: OpenAI, models: {a: b}}\n")
    assert invoice_mapping("OpenAI", [layer]).models == {"a": "b"}
    assert invoice_mapping("plamo", [layer]).zone.key == "Asia/Tokyo"
    assert invoice_mapping("nobody", [Path(layer)]) == InvoiceMapping()
    assert invoice_vendors([layer]) == ("plamo", "OpenAI")


def test_a_mapping_file_of_several_vendors_is_read_by_name_and_a_wrong_path_is_said(tmp_path):
    both = tmp_path / "both.yaml"
    both.write_text("invoices:\n  - {name: plamo, timezone: Asia/Tokyo}\n  - {name: sakura, currency: JPY}\n")
    assert invoice_mapping("plamo", (), both).zone.key == "Asia/Tokyo"
    with pytest.raises(CatalogueError, match=r"both\.yaml:1: invoices: has 2 entries and none of them is OpenAI"):
        invoice_mapping("OpenAI", (), both)
    with pytest.raises(CatalogueError, match=r"none\.yaml:1: there is no such file; correct the path of --mapping"):
        invoice_mapping("plamo", (), tmp_path / "none.yaml")


@pytest.mark.parametrize("content", ['{"object": "page", "data": [], "has_more": true}', "[]", '{"error": "no key"}'])
def test_json_that_is_no_account_is_not_taken_for_a_csv(read, content):
    with pytest.raises(CatalogueError, match=r"a\.json:1: is no page of OpenAI's usage or costs"):
        read(content, name="a.json")


def test_an_account_without_amounts_rounds_none_so_that_the_costs_beside_it_keep_their_digits(read):
    assert read(page(usage_result()), name="usage.json").native_unit == 0
    assert read(page(cost_result(0.052062, "gpt-6-luna, input")), name="costs.json").native_unit == Decimal("0.000001")
