"""A company's catalogue of models on its own machines, which nobody calls."""

import yaml

PRICE = {"from": "2026-01-01", "tier": "realtime", "currency": "JPY", "input_per_mtok": 10, "output_per_mtok": 40,
         "source": "test", "checked": "2026-11-01"}  # fmt: skip


def own_servers(*names: str) -> str:
    """A catalogue layer of models on machines of our own."""
    endpoints = [
        {"name": name, "operator": {"name": "us", "country": "JP"}, "infrastructure": "own", "region": "own",
         "api": "openai", "base_url": "http://10.0.0.9:9/v1", "limits": {"concurrency": 1}} for name in names
    ]  # fmt: skip
    models = [
        {"name": name, "endpoint": name, "model": name, "context_tokens": 32000, "max_output_tokens": 4096,
         "output": "json_schema", "tiers": ["realtime"], "tokenizer": "o200k_base", "prices": [dict(PRICE)]}
        for name in names
    ]  # fmt: skip
    return yaml.safe_dump({"endpoints": endpoints, "models": models})
