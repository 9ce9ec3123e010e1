"""Where documents come from: a folder, a single file, or a bucket; listed first, then read exactly as listed."""

from collections.abc import Iterator

from yakin.domain.documents import SourceObject
from yakin.errors import UsageError
from yakin.reading.folders import check_file, list_folder, read_file
from yakin.reading.reasons import ReadFailed, SourceUnavailable
from yakin.reading.s3 import S3Settings, list_bucket, read_object

__all__ = ["ReadFailed", "S3Settings", "SourceUnavailable", "check_unchanged", "list_objects", "read_bytes"]


def list_objects(uri: str, s3: S3Settings | None = None) -> Iterator[SourceObject]:
    """Every object under a folder path, `file://` URI or `s3://bucket/prefix`; a single object too.

    Folders are sorted by name, buckets come in the store's order (AWS: by key). Names that start with `.` or `~$`
    are left out. A folder that may not be listed is itself listed, so that it ends as a row with a reason. Raises
    SettingsError or UsageError when the source itself is not usable.
    """
    if uri.startswith("s3://"):
        return list_bucket(uri, s3 or S3Settings())
    if "://" in uri and not uri.startswith("file://"):
        raise UsageError(f"source {uri.partition('://')[0]}:// is not supported; use a folder, file:// or s3://")
    return list_folder(uri)


def check_unchanged(source: SourceObject) -> None:
    """Raises SourceChanged unless a file still is the version that was listed. Objects are read by version anyway."""
    if not source.uri.startswith("s3://"):
        check_file(source)


def read_bytes(source: SourceObject, max_bytes: int, s3: S3Settings | None = None) -> bytes:
    """The bytes of exactly the version that was listed.

    Raises SourceChanged when that version is not what is there, ReadFailed with the reason when it cannot be read
    (permission, vanished, larger than max_bytes), SourceUnavailable when trying again later may work.
    """
    if source.uri.startswith("s3://"):
        return read_object(source, max_bytes, s3 or S3Settings())
    return read_file(source, max_bytes)
