"""Read a source once, and make sure that it is what was registered."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from yakin.domain.documents import Reason, SourceObject
from yakin.errors import SourceChanged
from yakin.reading.process_pool import KillablePool, ParseTimeout, WorkerDied, WorkFailed
from yakin.reading.sources import ReadFailed, S3Settings, SourceUnavailable, read_bytes
from yakin.settings import Settings

MAX_BYTES = 50 * 1024 * 1024
EXTRACT_TIMEOUT_S = 60.0
T = TypeVar("T")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, repr=False)
class Loaded:
    """The bytes of one version of a source object. Its repr shows none of them."""

    source: SourceObject
    data: bytes
    sha256: str

    @property
    def name(self) -> str:
        """The file name, by which formats without a signature are told apart. Keys of a bucket are not escaped."""
        if self.source.uri.startswith("s3://"):
            return self.source.uri.rpartition("/")[2]
        return PurePosixPath(unquote(urlsplit(self.source.uri).path)).name


def s3_settings(settings: Settings) -> S3Settings:
    """How buckets are reached. A store of one's own names buckets in the path, as nobody gives it a name per bucket."""
    return S3Settings(
        endpoint_url=settings.s3_endpoint_url,
        region=settings.s3_region,
        proxy=settings.s3_proxy,
        path_style=settings.s3_endpoint_url is not None,
    )


async def load(source: SourceObject, s3: S3Settings) -> Loaded | Reason:
    """The bytes of exactly that version, or why they cannot be had. Raises SourceChanged."""
    try:
        data = await asyncio.to_thread(read_bytes, source, MAX_BYTES, s3)
    except ReadFailed as failure:
        return failure.reason
    except SourceUnavailable:  # the bucket does not answer for this object; the next night reads it again
        return Reason.UNREADABLE
    return Loaded(source, data, hashlib.sha256(data).hexdigest())


async def worked_on(
    workers: KillablePool, function: Callable[[bytes, str, V], T], loaded: Loaded, given: V
) -> T | Reason:
    """What a worker process makes of the bytes, or why it could not. The function's own YakinErrors pass through."""
    try:
        return await workers.run(function, loaded.data, loaded.name, given, timeout_s=EXTRACT_TIMEOUT_S)
    except ParseTimeout:
        return Reason.PARSE_TIMEOUT
    except (WorkerDied, WorkFailed):
        return Reason.PARSER_FAILED


async def load_registered(source: SourceObject, sha256: str | None, s3: S3Settings) -> Loaded | Reason:
    """The same, and the bytes must hash to what was registered; raises SourceChanged when they do not."""
    loaded = await load(source, s3)
    if isinstance(loaded, Loaded) and sha256 is not None and loaded.sha256 != sha256:
        raise SourceChanged("the bytes are not those that were registered")
    return loaded
