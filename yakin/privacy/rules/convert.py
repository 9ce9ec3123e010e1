"""Writes betterleaks.toml from a configuration of Betterleaks, which every build of that scanner embeds as text.

python -m yakin.privacy.rules.convert BINARY_OR_TOML VERSION > yakin/privacy/rules/betterleaks.toml

Expressions are left unchanged. Left out is what needs their engine (filters in CEL other than the least
entropy, checks that call the vendor), what only helps to check another finding, and rules that their authors
do not call certain: docs/decisions/0005-secret-rules.md says why.
"""

import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_HEAD = b"# This file has been auto-generated. Do not edit manually."
_ENTROPY = re.compile(r'entropy\(finding\["secret"\]\) <=? (?P<least>[0-9.]+)')
_PLACEHOLDERS = re.compile(r"`([^`]+)`")
# A rule that hangs on these words alone relies on a second finding near by.
_EVERYDAY = frozenset({"key", "secret", "token", "api", "access", "auth", "poly"})


def embedded(content: bytes) -> str:
    """The configuration inside a binary, or the text as it is."""
    start = content.find(_HEAD)
    if start < 0:
        return content.decode()
    return re.match(rb"[\t\n\r\x20-\x7e\x80-\xff]+", content[start:]).group().decode(errors="replace")  # type: ignore[union-attr]


def kept(rule: Mapping[str, Any]) -> bool:
    """Whether a rule recognises a key by itself."""
    certain = rule["confidence"] == "high" and not rule.get("skipReport") and not rule.get("path")
    vague = "components" in rule and _EVERYDAY.intersection(rule["keywords"])
    return certain and "regex" in rule and not vague


def lines(config: Mapping[str, Any], version: str, digest: str) -> Iterator[str]:
    """The file, a rule in five lines."""
    yield "# Rules of Betterleaks, MIT licence (LICENSE.betterleaks). Written by convert.py; do not edit."
    yield f"version = {json.dumps(version)}"
    yield f'source_sha256 = "{digest}"'
    yield "placeholders = ["
    yield from (f"  '''{found}'''," for found in _PLACEHOLDERS.findall(config["filter"]))
    yield "]"
    for rule in filter(kept, config["rules"]):
        least = _ENTROPY.search(rule.get("filter", ""))
        yield "\n[[rules]]"
        yield f"id = {json.dumps(rule['id'])}"
        yield f"regex = '''{rule['regex']}'''"
        yield f"keywords = {json.dumps(rule['keywords'], ensure_ascii=False)}"
        yield f"group = {rule.get('valueGroup', 0)}"
        yield f"least_entropy = {float(least['least']) if least else 0.0}"


if __name__ == "__main__":
    text = embedded(Path(sys.argv[1]).read_bytes())
    print("\n".join(lines(tomllib.loads(text), sys.argv[2], hashlib.sha256(text.encode()).hexdigest())))
