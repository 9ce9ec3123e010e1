"""Environment variables that would send documents elsewhere than the catalogue says. Start-up refuses them."""

from collections.abc import Mapping

from yakin.errors import SettingsError

# Each name was read from the installed SDKs' sources: it moves a request to another host, routes it
# through a gateway, adds routing headers, or copies prompts into traces, logs or replay files.
_REDIRECTING = frozenset(
    {
        "OPENAI_BASE_URL",
        "OPENAI_API_BASE",
        "OPENAI_API_TYPE",
        "OPENAI_PROXY",
        "OPENAI_CUSTOM_HEADERS",
        "AZURE_OPENAI_ENDPOINT",
        "ANTHROPIC_BASE_URL",
        "ANTHROPIC_API_URL",
        "ANTHROPIC_PROXY",
        "ANTHROPIC_CUSTOM_HEADERS",
        "ANTHROPIC_OPEN_TELEMETRY_TRACES_CONTENT_MODE",
        "AWS_BEDROCK_BASE_URL",
        "GOOGLE_GEMINI_BASE_URL",
        "GOOGLE_VERTEX_BASE_URL",
        "GOOGLE_GENAI_CLIENT_MODE",
        "GOOGLE_GENAI_REPLAYS_DIRECTORY",
        "GOOGLE_GENAI_DEFAULT_HEADERS",
        "GOOGLE_API_USE_MTLS_ENDPOINT",
        "LANGCHAIN_BASE_URL",
        "LANGCHAIN_CUSTOM_HEADERS",
    }
)
# Harmless when they say no.
_SWITCHES = frozenset(
    {
        "LANGSMITH_GATEWAY",
        "LANGSMITH_TRACING",
        "LANGSMITH_TRACING_V2",
        "LANGCHAIN_TRACING",
        "LANGCHAIN_TRACING_V2",
        "LANGCHAIN_AWS_DEBUG",
        "GOOGLE_GENAI_USE_VERTEXAI",
        "GOOGLE_GENAI_USE_ENTERPRISE",
        "GOOGLE_GENAI_DEBUG",
    }
)
_LOGS_BODIES = frozenset({"OPENAI_LOG", "ANTHROPIC_LOG", "LANGCHAIN_LOG"})
_PREFIX = "AWS_ENDPOINT_URL"
_STORAGE = "AWS_ENDPOINT_URL_S3"  # where documents are read from; it cannot move a request to a model
_FALSE = frozenset({"", "0", "false", "no", "off"})


def refuse_redirecting_environment(environ: Mapping[str, str]) -> None:
    """Raise SettingsError naming every variable that could move a document past the catalogue.

    HTTP_PROXY and its kin are not refused, because companies set them; our clients ignore them.
    """
    found = sorted(name for name, value in environ.items() if _redirects(name, value.strip().lower()))
    if found:
        raise SettingsError(
            f"unset {', '.join(found)}: yakin takes addresses, proxies and certificates only from the catalogue "
            "(base_url, proxy, ca_bundle of an endpoint) and never traces or logs prompts"
        )


def _redirects(name: str, value: str) -> bool:
    if name in _SWITCHES:
        return value not in _FALSE
    if name in _LOGS_BODIES:
        return value in ("debug", "info")
    named = name in _REDIRECTING or (name.startswith(_PREFIX) and name != _STORAGE)
    return named and value != ""
