"""Where vendor keys come from: the environment, this machine's own services, or a Prefect Secret block."""

import os
from collections.abc import Iterable, Mapping

from prefect.blocks.system import Secret
from prefect.exceptions import ObjectNotFound


class Keys(dict[str, str]):
    """Keys by the name that `api_key_env` gives. Its repr shows the names."""

    def __repr__(self) -> str:
        return f"Keys({', '.join(sorted(self))})"

    __str__ = __repr__


def block_name(api_key_env: str) -> str:
    """Prefect block names allow lower-case letters, digits and dashes: PLAMO_API_KEY → plamo-api-key."""
    return api_key_env.lower().replace("_", "-")


async def find_keys(names: Iterable[str], own: Mapping[str, str]) -> Keys:
    """The keys that can be found, by the name that `api_key_env` gives. The environment wins."""
    found = Keys()
    for name in sorted(set(names)):
        key = os.environ.get(name) or own.get(name) or await _from_block(name)
        if key:
            found[name] = key
    return found


async def _from_block(name: str) -> str | None:
    if not os.environ.get("PREFECT_API_URL"):
        return None
    try:
        block: Secret[str] = await Secret.aload(block_name(name))
    except (ValueError, ObjectNotFound):  # Prefect says ValueError for a block that does not exist
        return None
    return str(block.get())
