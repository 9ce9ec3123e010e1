"""Values as Postgres can keep them in `jsonb` and `text`."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from math import isfinite

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def plain(value: object) -> object:
    """Values as JSON keeps them exactly: yen as decimal strings, moments in ISO 8601."""
    match value:
        case Decimal():
            return str(value)
        case datetime():
            return value.isoformat()
        case Enum():
            return value.value
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case _:
            return value


def storable(value: object) -> object:
    """The same value without what Postgres refuses: NUL and lone surrogates become U+FFFD, NaN and infinity null.

    A model can write all of them; an answer that was paid for must land all the same.
    """
    match plain(value):
        case str(text):
            return _UNSTORABLE.sub("\ufffd", text)
        case float(number):
            return number if isfinite(number) else None
        case dict(fields):
            return {storable(key): storable(each) for key, each in fields.items()}
        case list(items):
            return [storable(each) for each in items]
        case other:
            return other
