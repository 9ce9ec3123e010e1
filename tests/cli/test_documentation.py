"""What README and docs/ tell people to write is loaded, parsed or run as they would."""

import re
import shlex
from datetime import date
from pathlib import Path

import psycopg
import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_command

from yakin.catalogue.fx_rates import read_rates_csv
from yakin.catalogue.load import load_catalogue
from yakin.catalogue.sources import load_sources
from yakin.cli.deployment_file import unknown_keys
from yakin.cli.main import app
from yakin.domain.levels import Flag, Level
from yakin.domain.zones import Zone
from yakin.use_cases.load import load_use_cases

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TODAY = date(2026, 11, 24)  # the day on which the pages' own dates hold
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[tuple[str, str]]:
    """The fenced blocks of that kind: where, and what."""
    return [(page.name, body) for page in PAGES for info, body in FENCE.findall(page.read_text()) if info == kind]


def commands() -> list[str]:
    """Every yakin command that a page shows, and every one in `code` that is not a fragment."""
    shown = [line[2:] for _, body in blocks("console") for line in body.splitlines()]
    return [line for line in dict.fromkeys(shown) if not line.startswith("export ")]


@pytest.mark.parametrize("line", commands())
def test_every_command_on_a_page_is_one_that_the_command_takes(line):
    words = [word for word in shlex.split(line) if not re.match(r"[A-Z_]+=", word)]
    assert words.pop(0) == "yakin"
    command, context, path = get_command(app), None, "yakin"
    while isinstance(command, TyperGroup):
        context = command.make_context(path, words, parent=context)
        path, command, words = command.resolve_command(context, [*context._protected_args, *context.args])
    command.make_context(path, words, parent=context)


def test_the_pages_are_read_at_all():
    assert len(commands()) > 20
    assert all(blocks(kind) for kind in ("yaml catalogue", "yaml sources", "yaml prefect", "csv fx", "sql"))


@pytest.mark.parametrize(("page", "body"), blocks("yaml catalogue"))
def test_every_catalogue_on_a_page_loads(page, body, tmp_path):
    layer = tmp_path / "ours.yaml"
    layer.write_text(body)

    catalogue = load_catalogue([layer], on=TODAY, embedded={})

    for entry in yaml.safe_load(body).get("endpoints", ()):
        full = len(entry.get("evidence", [])) == 5
        own = entry.get("base_url", "").startswith("http://10.")
        expected = Zone.DOMESTIC if full else Zone.ON_PREM if own else Zone.OVERSEAS
        assert catalogue.endpoints[entry["name"]].zone is expected
    for model in yaml.safe_load(body).get("models", []):
        assert catalogue.models[model["name"]].prices


def test_the_register_and_the_rates_on_the_pages_load(tmp_path):
    register, rates = tmp_path / "sources.yaml", tmp_path / "ttm.csv"
    register.write_text(blocks("yaml sources")[0][1])
    rates.write_text(blocks("csv fx")[0][1])

    rule = load_sources([register]).rule_for("s3://contracts/signed/2026/a.pdf")

    assert (rule.level, rule.department) == (Level.CONFIDENTIAL, "法務部")
    assert [rate.source for rate in read_rates_csv(rates)] == ["Example Bank"]


def test_the_patterns_and_flags_of_the_register_on_the_page_load(tmp_path):
    register = tmp_path / "sources.yaml"
    register.write_text(blocks("yaml register")[0][1])

    rule = load_sources([register]).rule_for("/srv/documents/一課/設計/a.dxf")

    assert (rule.department, rule.flags) == ("設計部", {Flag.EXPORT_CONTROLLED})


def test_the_schedule_on_the_page_is_one_that_prefect_and_the_flow_take():
    from tasks.parameters import NightRunParameters

    (entry,) = yaml.safe_load(blocks("yaml prefect")[0][1])

    assert unknown_keys({"deployments": [entry]}) == []
    assert NightRunParameters.model_validate(entry["parameters"]["parameters"]).jobs[0].use_case == "contract_terms"


def test_the_use_case_on_the_page_loads_and_reads_its_golden_answer(tmp_path):
    folder = tmp_path / "delivery_dates"
    folder.mkdir()
    for language in ("yaml use_case.yaml", "markdown prompt.md", "python answer.py", "json golden.jsonl"):
        (folder / language.split()[1]).write_text(blocks(language)[0][1])

    use_case = load_use_cases(tmp_path)["delivery_dates"]

    assert use_case.question().validate('{"promised_on": null, "firm": false}') == {"promised_on": None, "firm": False}
    assert [item.level for item in use_case.golden()] == [Level.INTERNAL]


def test_every_query_on_a_page_runs(database):
    queries = [line for _, body in blocks("sql") for line in body.splitlines()]
    queries += [words[-1] for words in map(shlex.split, commands()) if words[1:3] == ["db", "psql"]]
    with psycopg.connect(database.app_url) as conn:
        for query in queries:
            assert conn.execute(query).description


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere_and_no_page_names_this_machine(page):
    text = page.read_text()
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (page.parent / target).exists(), target
    assert str(ROOT) not in text
    assert not re.search(r"/(root|home)/", text)
