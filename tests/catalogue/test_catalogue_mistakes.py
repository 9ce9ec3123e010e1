"""Every mistake is named with file, line, field and remedy, several at once."""

from datetime import date

import pytest

from yakin.catalogue.load import load_catalogue
from yakin.errors import CatalogueError

TODAY = date(2026, 11, 24)
ENDPOINT = """endpoints:
  - name: acme
    operator: {name: Acme, country: JP}
    infrastructure: JP
    region: JP
    api: openai
    base_url: https://acme.example/v1
"""
MODEL = """models:
  - name: m
    endpoint: acme
    model: m
    context_tokens: 1000
    max_output_tokens: 100
    output: json_schema
    prices:
      - {from: 2026-08-26, currency: JPY, input_per_mtok: 60, output_per_mtok: 250, source: page, checked: 2026-11-22}
"""
BEDROCK = """endpoints:
  - name: acme
    operator: {name: AWS, country: US}
    infrastructure: US
    region: JP
    api: bedrock_converse
    aws_region: ap-northeast-1
    base_url: https://bedrock-runtime.ap-northeast-1.amazonaws.com
"""


@pytest.fixture
def mistake(tmp_path):
    def of(text):
        path = tmp_path / "mine.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(CatalogueError) as caught:
            load_catalogue([path], on=TODAY, embedded={"m": "http://8.8.8.8/v1"})
        return str(caught.value).replace(f"{tmp_path}/", "")

    return of


CASES = [  # what is written, what replaces it, what is said
    ("region: JP", "region: JPN", "mine.yaml:5: endpoint acme region: is not a place; write a two-letter ISO"),
    ("country: JP", "country: UK", "mine.yaml:3: endpoint acme operator.country: is not a place"),
    ("country: JP", "country: NO", "mine.yaml:3: endpoint acme operator.country: is not text; write text; put it in"),
    ("    api: openai\n", "", "mine.yaml:2: endpoint acme api: is missing; add this field"),
    ("api: openai", "api: opneai", "mine.yaml:6: endpoint acme api: is not usable; it should be 'openai'"),
    ("api: openai", "apy: openai", "mine.yaml:6: endpoint acme apy: is not a known field"),
    ("https://acme.example/v1", "ftp://acme.example", "mine.yaml:7: endpoint acme base_url: is not an address"),
    ("https://acme.example/v1", "https://k:v@acme.example", "mine.yaml:7: endpoint acme base_url: holds a user"),
    ("https://acme.example/v1", "http://8.8.8.8/v1", "mine.yaml:7: endpoint acme base_url: http:// to an address that"),
    ("https://acme.example/v1", "embedded://m", "an embedded model must be served privately"),
    ("api: openai", "api: openai\n    sandbox: yes please", "endpoint acme sandbox: is not true or false"),
    ("api: openai", "api: openai\n    proxy: acme:8080", "endpoint acme proxy: is not a proxy address"),
    ("name: acme\n", "name: a b\n", "mine.yaml:2: endpoint a b name: is not a usable name"),
    (
        "endpoint: acme",
        "endpoint: acmee",
        "mine.yaml:10: model m endpoint: there is no endpoint acmee; use one of acme",
    ),
    ("context_tokens: 1000", "context_tokens: 1000.5", "mine.yaml:12: model m context_tokens: is not a whole number"),
    ("context_tokens: 1000", "context_tokens: -1", "mine.yaml:12: model m context_tokens: is not above zero"),
    ("input_per_mtok: 60", "input_per_mtok: 0", "mine.yaml:16: model m prices[0] input_per_mtok: is not above zero"),
    (
        "input_per_mtok: 60",
        "input_per_mtok: -1",
        "input_per_mtok: is not above zero; write a positive number, or leave",
    ),
    ("input_per_mtok: 60", "input_per_mtok: .nan", "prices.0.input_per_mtok: is not a usable float"),
    ("source: page, ", "", "mine.yaml:16: model m prices[0] source: is missing"),
    (", checked: 2026-11-22", "", "mine.yaml:16: model m prices[0] checked: is missing"),
    ("source: page", "source: ''", "mine.yaml:16: model m prices[0] source: is empty; fill it in"),
    ("from: 2026-08-26", "from: 2026-13-26", "prices.0.from: is not a usable timestamp; write a day as YYYY-MM-DD"),
    ("from: 2026-08-26", "from: 20260826", "mine.yaml:16: model m prices[0] from: is not a day; write it as YYYY-MM"),
    ("from: 2026-08-26", "from: 2026-08-26 10:00:00", "prices.0.from: is not a usable timestamp"),
    ("currency: JPY", "currency: yen", "model m prices[0] currency"),
    ("endpoints:", "endpoint:", "mine.yaml:1: endpoint: is not a known section; use one of endpoints, models"),
    ("models:", "models: all\nsources:", "mine.yaml:8: models: is not a list"),
    ("output: json_schema", "output: json_schema\n    output: tool", "mine.yaml:15: output: is given twice; keep one"),
    (
        "region: JP",
        "region: &here JP\n    zero_retention: *here",
        "mine.yaml:6: an alias (*name) is not read here; write",
    ),
]


@pytest.mark.parametrize(("written", "instead", "said"), CASES)
def test_a_mistake_is_named_with_its_line_and_remedy(mistake, written, instead, said):
    text = ENDPOINT + MODEL
    assert written in text
    assert said in mistake(text.replace(written, instead, 1))


def test_log_probabilities_are_only_asked_of_an_api_that_has_the_parameter(mistake):
    text = (
        (ENDPOINT + MODEL)
        .replace("api: openai", "api: anthropic")
        .replace("json_schema", "json_schema\n    logprobs: true")
    )
    said = (
        "mine.yaml:15: model m logprobs: endpoints of api anthropic are not asked for log-probabilities; leave it out"
    )
    assert said in mistake(text)


def test_the_unchanged_text_has_no_mistake(tmp_path):
    (tmp_path / "mine.yaml").write_text(ENDPOINT + MODEL)
    assert "m" in load_catalogue([tmp_path], on=TODAY, embedded={}).models


def test_all_mistakes_come_in_one_message(mistake):
    text = (ENDPOINT + MODEL).replace("region: JP", "region: Japan").replace("input_per_mtok: 60", "input_per_mtok: 0")
    assert len(mistake(text).splitlines()) == 2


def test_a_name_given_twice_in_one_file_is_a_mistake(mistake):
    second = ENDPOINT.removeprefix("endpoints:\n")
    assert "mine.yaml:8: endpoints acme: is given twice in this file; keep one" in mistake(ENDPOINT + second)


def test_two_prices_of_one_day_are_a_mistake(mistake):
    row = MODEL.splitlines(keepends=True)[-1]
    assert "two realtime rows start on 2026-08-26; keep one" in mistake(ENDPOINT + MODEL + row)


def test_the_input_is_never_printed(mistake):
    text = ENDPOINT.replace("api: openai", "api: openai\n    api_key_env: sk-secret-value")
    assert "api_key_env" in mistake(text)
    assert "sk-secret" not in mistake(text)


def test_broken_yaml_names_its_line(mistake):
    assert "mine.yaml:3: not valid YAML" in mistake("endpoints:\n  - name: a\n   x: [\n")


def test_a_file_that_is_not_utf8_says_so(mistake):
    assert "mine.yaml:1: the file is not UTF-8; save it as UTF-8" in mistake("# 設定".encode("cp932"))


def test_a_layer_that_does_not_exist_says_so(tmp_path):
    with pytest.raises(CatalogueError, match="there is no such file or folder; correct the path in YAKIN_CATALOGUE"):
        load_catalogue([tmp_path / "absent.yaml"], on=TODAY, embedded={})


def test_a_sandbox_at_a_public_address_is_a_mistake(mistake):
    assert "a sandbox must be private" in mistake(ENDPOINT.replace("acme.example", "8.8.8.8") + "    sandbox: true\n")


def test_evidence_that_expires_before_it_was_checked_is_a_mistake(mistake):
    row = "{claim: region, source: s, reviewer: r, checked: 2026-11-22, expires: 2026-01-01}"
    assert "mine.yaml:8: endpoint acme evidence: entry 1 expires before" in mistake(
        ENDPOINT + f"    evidence: [{row}]\n"
    )


PROFILES = [
    "global.anthropic.claude-haiku-5-5",
    "apac.amazon.nova-lite-v1:0",
    "us.amazon.nova-2-lite-v1:0",
    "arn:aws:bedrock:ap-northeast-1:1:application-inference-profile/x",
    "nova",
]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_that_may_leave_japan_is_refused_at_a_japanese_endpoint(mistake, profile):
    said = mistake(BEDROCK + MODEL.replace("    model: m\n", f"    model: '{profile}'\n"))
    assert "mine.yaml:12: model m model: may be processed outside Japan" in said
    assert profile not in said


def test_a_bedrock_endpoint_must_agree_with_itself(mistake):
    assert "ap-southeast-1 is not in Japan" in mistake(
        BEDROCK.replace("aws_region: ap-northeast-1", "aws_region: ap-southeast-1")
    )
    assert "base_url is not in ap-northeast-3" in mistake(
        BEDROCK.replace("aws_region: ap-northeast-1", "aws_region: ap-northeast-3")
    )
    assert "aws_region: is missing" in mistake(BEDROCK.replace("    aws_region: ap-northeast-1\n", ""))
    assert "not in ap-northeast-1" in mistake(BEDROCK.replace("runtime.ap-northeast-1", "runtime.us-east-1"))


def test_the_library_is_not_asked_for_clouds_whose_regions_it_ignores(mistake):
    text = ENDPOINT + MODEL.partition("    prices:")[0] + "    prices: {library: genai-prices, provider: aws}\n"
    assert "mine.yaml:15: model m prices provider: is not usable; it should be 'openai'" in mistake(text)
