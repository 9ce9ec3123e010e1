"""Start-up refuses what would move a document past the catalogue, by name and with the remedy."""

import re
from pathlib import Path

import pytest

from yakin.errors import SettingsError
from yakin.llm.environment import refuse_redirecting_environment

REFUSED = {
    "OPENAI_BASE_URL": "https://x.example",
    "OPENAI_API_BASE": "https://x.example",
    "OPENAI_PROXY": "http://x.example",
    "AZURE_OPENAI_ENDPOINT": "https://x.example",
    "ANTHROPIC_BASE_URL": "https://x.example",
    "ANTHROPIC_API_URL": "https://x.example",
    "AWS_ENDPOINT_URL": "https://x.example",
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "https://x.example",
    "GOOGLE_GEMINI_BASE_URL": "https://x.example",
    "GOOGLE_GENAI_USE_VERTEXAI": "true",
    "GOOGLE_GENAI_REPLAYS_DIRECTORY": "/tmp/replays",
    "LANGSMITH_GATEWAY": "true",
    "LANGSMITH_TRACING": "true",
    "LANGCHAIN_TRACING_V2": "1",
    "OPENAI_LOG": "debug",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_redirecting_variable_is_named_with_its_remedy(name):
    with pytest.raises(SettingsError, match=rf"unset {name}: .*catalogue"):
        refuse_redirecting_environment({"PATH": "/bin", name: REFUSED[name]})


def test_all_of_them_are_named_at_once_and_no_value_is():
    with pytest.raises(SettingsError) as refused:
        refuse_redirecting_environment(REFUSED)
    assert all(name in str(refused.value) for name in REFUSED)
    assert "x.example" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "http://proxy.example"),
        ("ALL_PROXY", "http://proxy.example"),
        ("OPENAI_API_KEY", "sk-1"),
        ("LANGSMITH_TRACING", "false"),
        ("LANGSMITH_GATEWAY", ""),
        ("OPENAI_BASE_URL", ""),
        ("AWS_ENDPOINT_URL_S3", "https://minio.example"),
        ("OPENAI_LOG", "error"),
    ],
)
def test_what_companies_set_and_cannot_redirect_is_left_alone(name, value):
    refuse_redirecting_environment({name: value})


def test_no_installed_client_reads_a_base_url_variable_that_we_do_not_know():
    import anthropic
    import langchain_anthropic
    import langchain_openai
    import openai

    reads = re.compile(
        r"""(?:environ\.get|getenv|from_env)\(\s*\[?["']([A-Z_]*(?:BASE_URL|API_BASE|API_URL|ENDPOINT))["']"""
    )
    packages = (openai, anthropic, langchain_openai, langchain_anthropic)
    sources = [path for package in packages for path in Path(package.__file__).parent.rglob("*.py")]
    names = {name for path in sources for name in reads.findall(path.read_text(errors="replace"))}
    # Clients for other clouds' gateways, which yakin never builds.
    names -= {name for name in names if re.match(r"ANTHROPIC_(AWS|BEDROCK|FOUNDRY|VERTEX|GOOGLE_CLOUD)", name)}
    assert {"OPENAI_API_BASE", "ANTHROPIC_BASE_URL", "AZURE_OPENAI_ENDPOINT"} <= names
    for name in names:
        with pytest.raises(SettingsError, match=name):
            refuse_redirecting_environment({name: "https://x.example"})
