"""Wrong usage ends with code 2, names the option or the file, says the remedy, and leaves stdout empty."""

import pytest
from rich.console import Console

from yakin.cli import output

JOB = ("--use-case", "inquiry_triage", "--budget-jpy", "5")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run",), "SOURCE"),
        (("run", "."), "--use-case"),
        (("run", ".", "--use-case", "inquiry_triage"), "--budget-jpy"),
        (("run", ".", "--use-case", "inquiry_triage", "--budget-jpy", "many"), "--budget-jpy: 'many'"),
        (("run", ".", "--use-case", "inquiry_triage", "--budget-jpy", "-1"), "--budget-jpy: '-1' cannot be spent"),
        (("run", ".", "--use-case", "inquiry_triage", "--budget-jpy", "NaN"), "--budget-jpy: 'NaN' cannot be spent"),
        (("run", ".", "--use-case", "nope", "--budget-jpy", "5"), "known: contract_terms, inquiry_triage"),
        (("run", ".", "--use-case", "../etc", "--budget-jpy", "5"), "--use-case: a use case has small letters"),
        (("run", ".", *JOB, "--deadline", "25:00"), "--deadline: write HH:MM"),
        (("run", ".", *JOB, "--baseline", "hidden"), "--baseline"),
        (("run", "missing-folder", *JOB, "--json"), "missing-folder does not exist; give a folder or a file"),
        (("run", "ftp://host/x", *JOB), "ftp:// is not supported; use a folder, file:// or s3://"),
        (("quote", "missing-folder", "--use-case", "inquiry_triage", "--json"), "does not exist"),
        (("quote",), "SOURCE and --use-case: say what is to be asked, or --for-deployment NAME"),
        (("quote", ".", "--for-deployment", "night-run"), "--for-deployment: everything comes from the deployment"),
        (("approve", "latest"), "--by"),
        (("approve", "latest", "--by", " "), "--by: say who approves"),
        (("approve", "latest", "--by", "佐藤", "--decline", "--up-to-jpy", "5"), "a declined quote has no amount"),
        (("approve", "latest", "--by", "佐藤", "--up-to-jpy", "-5"), "--up-to-jpy: '-5' cannot be spent"),
        (("explain", "missing.txt"), "missing.txt is not a file"),
        (("explain", "missing.txt", "--baseline", "hidden"), "--baseline"),
        (("budget", "set", "week", "5"), "SCOPE: 'week' is not known; one of day, month, fiscal_year"),
        (("budget", "set", "day", "five"), "CAP_JPY: 'five'"),
        (("budget", "set", "day", "1e30"), "CAP_JPY: '1e30' cannot be kept; write at most 14 digits and 6 decimals"),
        (("budget", "set", "day", "0.0000001"), "CAP_JPY: '0.0000001' cannot be kept"),
        (("budget", "set", "day", "1,5"), "CAP_JPY: '1,5' is not an amount of yen"),
        (("budget", "set", "vendor", "5", "--key", "OpenAy"), "--key: OpenAy is no operator of an endpoint; one of"),
        (("budget", "set", "use_case", "5", "--key", "triage"), "there is no use case triage; one of contract_terms"),
        (("budget", "set", "department", "5"), "--key: for scope department give its name"),
        (("budget", "set", "day", "5", "--key", "x"), "--key: for scope day leave it out"),
        (("fx", "import", "missing.csv"), "missing.csv: cannot be read"),
        (("model", "pull", "gpt-9"), "known: qwen2.5-coder-1.5b"),
        (("model", "import", "missing.gguf"), "missing.gguf is not a file"),
        (("nonsense",), "No such command"),
    ],
)
def test_wrong_usage_says_which_and_what_to_do(yakin, arguments, said):
    ended = yakin(*arguments)

    assert ended.exit_code == 2, ended.stderr
    assert said in ended.stderr
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr


def test_a_variable_that_would_redirect_documents_is_refused_before_anything_starts(yakin, tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://example.invalid")

    ended = yakin("run", ".", *JOB)

    assert ended.exit_code == 2
    assert "unset OPENAI_BASE_URL" in ended.stderr
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("variable", ["YAKIN_CATALOGUE", "YAKIN_USE_CASES"])
def test_a_path_in_the_environment_that_does_not_exist_is_named(yakin, monkeypatch, variable):
    monkeypatch.setenv(variable, "/nowhere/at-all")

    ended = yakin("catalogue", "check")

    assert ended.exit_code == 2
    assert f"{variable} names /nowhere/at-all, which does not exist" in ended.stderr


def test_a_wrong_catalogue_is_named_by_file_line_and_field(yakin, tmp_path, monkeypatch):
    wrong = tmp_path / "vendors.yaml"
    wrong.write_text("endpoints:\n  - name: ours\n    operator: {name: Ours, country: Japan}\n")
    monkeypatch.setenv("YAKIN_CATALOGUE", str(wrong))

    ended = yakin("catalogue", "check")

    assert ended.exit_code == 2
    assert f"{wrong}:3" in ended.stderr
    assert "country" in ended.stderr


def test_a_database_that_does_not_answer_is_a_failure_and_not_wrong_usage(yakin):
    ended = yakin("budget", "show", "--json")

    assert ended.exit_code == 1
    assert "Postgres is not available" in ended.stderr
    assert ended.stdout == ""


def test_doctor_says_what_is_missing_and_the_command_that_helps(yakin, monkeypatch):
    monkeypatch.delenv("YAKIN_DATABASE_URL")

    ended = yakin("doctor")

    assert ended.exit_code == 1
    assert "yakin model pull qwen2.5-coder-1.5b" in ended.stdout


def test_no_column_of_a_table_vanishes_on_a_narrow_terminal(yakin, monkeypatch):
    monkeypatch.setattr(output, "OUT", Console(width=60, highlight=False, soft_wrap=True))

    ended = yakin("catalogue", "prices")

    header = next(line for line in ended.stdout.splitlines() if "currency" in line)
    assert header.split()[-2:] == ["since", "source"]
    assert "plamo-3.0-prime " in ended.stdout
