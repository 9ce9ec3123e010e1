"""Vendor loggers: some print whole request bodies. None of them may speak below WARNING."""

import logging

_VENDORS = (
    "openai",
    "anthropic",
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "urllib3",
    "boto3",
    "botocore",
    "google",
    "google_genai",
    "langchain",
    "langchain_core",
    "langchain_openai",
    "langchain_anthropic",
    "langchain_aws",
    "langchain_google_genai",
    "langsmith",
)


def quiet_vendor_loggers() -> None:
    """Force every vendor logger, and every child that set its own level, to WARNING or above."""
    known = logging.Logger.manager.loggerDict
    names = {*_VENDORS, *(name for name in known if name.split(".", maxsplit=1)[0] in _VENDORS)}
    for name in names:
        logger = logging.getLogger(name)
        if name in _VENDORS or logger.level != logging.NOTSET:
            logger.setLevel(max(logger.level, logging.WARNING))
