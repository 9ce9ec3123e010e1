"""Bedrock: a profile decides where inference happens, so it has to agree with the endpoint's region."""

from urllib.parse import urlsplit

JAPANESE_AWS_REGIONS = ("ap-northeast-1", "ap-northeast-3")
# Ids without a geographic profile start with their maker and stay in the endpoint's region.
_MAKERS = frozenset(
    {
        *("ai21", "amazon", "anthropic", "cohere", "deepseek", "google", "meta", "minimax", "mistral", "moonshot"),
        *("moonshotai", "nvidia", "openai", "qwen", "stability", "twelvelabs", "writer", "zai"),
    }
)


def region_problem(aws_region: str | None, region: str, address: str) -> tuple[str, str] | None:
    """What is wrong with a Bedrock endpoint's AWS region, with the remedy, or None."""
    if aws_region is None:
        return "is missing", "Bedrock needs the AWS region, such as ap-northeast-1"
    if region == "JP" and aws_region not in JAPANESE_AWS_REGIONS:
        return f"{aws_region} is not in Japan", f"use {' or '.join(JAPANESE_AWS_REGIONS)}, or correct `region`"
    host = urlsplit(address).hostname or ""
    if host.endswith(".amazonaws.com") and f".{aws_region}." not in host:
        return f"base_url is not in {aws_region}", "make base_url and aws_region agree"
    return None


def profile_problem(vendor_model: str, region: str) -> tuple[str, str] | None:
    """Why a Bedrock model id may leave the Japan that its endpoint claims, with the remedy, or None.

    `global.` and `apac.` profiles, and ARNs whose profile cannot be seen, leave Japan.
    """
    if region != "JP":
        return None
    first = vendor_model.partition(".")[0]
    if "." in vendor_model and (first == "jp" or first in _MAKERS):
        return None
    return (
        "may be processed outside Japan, which its endpoint claims",
        "use a jp. profile, or put the model at an endpoint with `region: global`",
    )
