"""S3 and compatible stores: paginated, version-aware listing; reads pinned to a version id or an ETag."""

import functools
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, NoReturn

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ResponseStreamingError,
)
from urllib3.exceptions import HTTPError

from yakin.domain.documents import Reason, SourceObject
from yakin.errors import SettingsError, SourceChanged, YakinError
from yakin.reading.folders import is_left_out
from yakin.reading.reasons import ReadFailed, SourceUnavailable

Client = Any  # boto3 makes its clients at run time

_REJECTED_KEYS = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "403"})
_DENIED = frozenset({"AccessDenied", "AllAccessDisabled", "AccountProblem"})
_CHANGED = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict"})
_GONE = frozenset({"NoSuchKey", "NoSuchVersion", "404", "MethodNotAllowed", "InvalidObjectState"})


@dataclass(frozen=True, slots=True)
class S3Settings:
    """How to reach the store. Keys come from boto3's chain, the endpoint and the proxy never from the environment."""

    endpoint_url: str | None = None  # None: AWS itself
    region: str | None = None
    profile: str | None = None
    ca_bundle: str | None = None
    proxy: str | None = None
    path_style: bool = False
    page_size: int = 1000
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 60.0
    attempts: int = 3


def list_bucket(uri: str, settings: S3Settings) -> Iterator[SourceObject]:
    """The current objects under a prefix, in the store's order (AWS: by key), with version id or else ETag."""
    bucket, prefix = split_uri(uri)
    client = _client(settings)
    try:
        for entry in _entries(client, bucket, prefix, settings.page_size):
            key = entry["Key"]
            if _belongs(key, prefix):
                yield SourceObject(f"s3://{bucket}/{key}", _version_of(entry), int(entry["Size"]))
    except (ClientError, BotoCoreError) as error:
        _raise_for_bucket(error, bucket)


def read_object(source: SourceObject, max_bytes: int, settings: S3Settings) -> bytes:
    """The bytes of exactly the listed version of an object."""
    if source.bytes > max_bytes:
        raise ReadFailed(Reason.TOO_LARGE)
    bucket, key = split_uri(source.uri)
    kind, _, value = source.object_version.partition(":")
    pinned = {"VersionId": value} if kind == "version" else {"IfMatch": value}
    try:
        answer = _client(settings).get_object(Bucket=bucket, Key=key, **pinned)
        with closing(answer["Body"]) as body:
            data = bytes(body.read(max_bytes + 1))
    except (ClientError, BotoCoreError, HTTPError) as error:
        _raise_for_object(error, bucket)
    if len(data) > max_bytes:
        raise ReadFailed(Reason.TOO_LARGE)
    if len(data) != source.bytes:
        raise SourceChanged("an object is not what was listed: its size differs")
    return data


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket and key as they are: `?`, `#`, `%` and spaces are characters of a key like any other."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not bucket:
        raise SettingsError("the source s3:// names no bucket; write s3://bucket/prefix")
    return bucket, key


@functools.lru_cache(maxsize=8)
def _client(settings: S3Settings) -> Client:
    """One client per settings: it is safe to share between threads and slow to make."""
    config = Config(
        connect_timeout=settings.connect_timeout_s,
        read_timeout=settings.read_timeout_s,
        retries={"total_max_attempts": settings.attempts, "mode": "standard"},
        ignore_configured_endpoint_urls=True,
        proxies={"http": settings.proxy, "https": settings.proxy} if settings.proxy else {},
        s3={"addressing_style": "path" if settings.path_style else "auto"},
    )
    try:
        session = boto3.Session(profile_name=settings.profile, region_name=settings.region)
        return session.client("s3", endpoint_url=settings.endpoint_url, verify=settings.ca_bundle, config=config)
    except (BotoCoreError, ValueError) as error:
        raise SettingsError(
            f"S3 settings are not usable ({type(error).__name__}); check endpoint and profile"
        ) from None


def _entries(client: Client, bucket: str, prefix: str, page_size: int) -> Iterator[dict[str, Any]]:
    versioned = _is_versioned(client, bucket)
    name, field = ("list_object_versions", "Versions") if versioned else ("list_objects_v2", "Contents")
    pages = client.get_paginator(name).paginate(Bucket=bucket, Prefix=prefix, PaginationConfig={"PageSize": page_size})
    for page in pages:
        yield from (entry for entry in page.get(field, []) if entry.get("IsLatest", True))


def _is_versioned(client: Client, bucket: str) -> bool:
    """Whether version ids can be had. Who may not ask reads by ETag, which pins the bytes just as well."""
    try:
        return client.get_bucket_versioning(Bucket=bucket).get("Status") in {"Enabled", "Suspended"}
    except ClientError as error:
        if _code(error) in {*_DENIED, "NotImplemented"}:
            return False
        raise


def _version_of(entry: dict[str, Any]) -> str:
    """`null` versions can be overwritten in place; only real ids are fixed."""
    version = entry.get("VersionId")
    return f"version:{version}" if version and version != "null" else f"etag:{entry['ETag']}"


def _belongs(key: str, prefix: str) -> bool:
    """A prefix is a folder or one object: `reports` does not mean `reports-2024/`. Folder markers are no documents."""
    inside = not prefix or prefix.endswith("/") or key == prefix or key.startswith(f"{prefix}/")
    below = key.removeprefix(prefix) if inside and key != prefix else key.rpartition("/")[2]
    return inside and not key.endswith("/") and not any(is_left_out(part) for part in below.split("/"))


def _code(error: BaseException) -> str:
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def _settings_problem(error: BaseException, bucket: str) -> YakinError | None:
    """Bad credentials and missing buckets are the operator's to mend; the message never has a key in it."""
    code = _code(error)
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return SettingsError(f"bucket {bucket}: no S3 credentials; set AWS_ACCESS_KEY_ID or a profile or a role")
    if isinstance(error, NoRegionError):
        return SettingsError(f"bucket {bucket}: no region; set AWS_REGION or the region of the S3 settings")
    if code == "NoSuchBucket":
        return SettingsError(f"bucket {bucket} does not exist; check the source's name and endpoint")
    if code in _REJECTED_KEYS:
        return SettingsError(f"bucket {bucket}: the store rejects the credentials ({code}); renew them")
    return None


def _raise_for_bucket(error: BaseException, bucket: str) -> NoReturn:
    code = _code(error)
    if problem := _settings_problem(error, bucket):
        raise problem from None
    if code in _DENIED:
        raise SettingsError(f"bucket {bucket} may not be listed ({code}); grant s3:ListBucket to the caller") from None
    if code and not _is_passing(error):
        raise SettingsError(f"bucket {bucket} cannot be listed ({code})") from None
    raise SourceUnavailable(f"bucket {bucket} does not answer ({code or type(error).__name__})") from None


def _raise_for_object(error: BaseException, bucket: str) -> NoReturn:
    code = _code(error)
    if code in _CHANGED:
        raise SourceChanged("an object is not what was listed: its ETag differs") from None
    if code in _GONE or code in _DENIED:
        raise ReadFailed(Reason.UNREADABLE) from None
    if problem := _settings_problem(error, bucket):
        raise problem from None
    if code and not _is_passing(error):
        raise ReadFailed(Reason.UNREADABLE) from None
    raise SourceUnavailable(f"bucket {bucket} does not answer ({code or type(error).__name__})") from None


def _is_passing(error: BaseException) -> bool:
    if isinstance(error, ClientError):
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        return status >= 500 or status == 429 or _code(error) in {"SlowDown", "RequestTimeout", "RequestTimeTooSkewed"}
    return isinstance(error, HTTPClientError | ResponseStreamingError | HTTPError)
