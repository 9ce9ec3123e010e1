"""What is known of a document before it is asked, as numbers with names: for planning and for measuring alike."""

from collections.abc import Mapping

from yakin.domain.levels import Level

LEVEL, INPUT_TOKENS, MEDIA = "level", "input_tokens", "media="
_TOKEN_STEPS = (500, 2_000, 8_000)
_LEVELS = tuple(Level)


def features_of(level: Level, input_tokens: int, media_type: str) -> dict[str, float]:
    """The level's rank, the size in tokens, and 1 under the name of its media type."""
    return {LEVEL: float(level.rank), INPUT_TOKENS: float(input_tokens), f"{MEDIA}{media_type}": 1.0}


def feature_values(features: Mapping[str, float]) -> tuple[str, ...]:
    """The groups that a document belongs to, in words: level=internal, input_tokens<500, media=text/plain."""
    found = [name for name in features if name.startswith(MEDIA)]
    if LEVEL in features:
        found.append(f"{LEVEL}={_LEVELS[int(features[LEVEL])]}")
    if INPUT_TOKENS in features:
        above = next((step for step in _TOKEN_STEPS if features[INPUT_TOKENS] < step), None)
        found.append(f"{INPUT_TOKENS}<{above}" if above else f"{INPUT_TOKENS}>={_TOKEN_STEPS[-1]}")
    return tuple(sorted(found))
