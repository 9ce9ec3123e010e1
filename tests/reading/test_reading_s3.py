"""S3 against a real server: pages, versions, changes after listing, and what the operator is told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest

from tests.s3_server import KEYS, admin_client, log_in
from yakin.domain.documents import Reason
from yakin.errors import SettingsError, SourceChanged
from yakin.reading.s3 import _client
from yakin.reading.sources import ReadFailed, S3Settings, SourceUnavailable, list_objects, read_bytes

MB = 1024 * 1024


@pytest.fixture(scope="module")
def admin(s3_endpoint: str) -> Iterator:
    return admin_client(s3_endpoint)


@pytest.fixture
def bucket(admin) -> str:
    name = f"docs-{uuid4().hex[:8]}"
    admin.create_bucket(Bucket=name)
    return name


@pytest.fixture
def versioned(admin, bucket: str) -> str:
    admin.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


def keys(uri: str, s3: S3Settings) -> list[str]:
    return [source.uri.split("/", 3)[3] for source in list_objects(uri, s3)]


def test_japanese_keys_and_keys_with_url_characters_round_trip(admin, bucket: str, s3: S3Settings) -> None:
    names = ["総務/契約書 100%.txt", "総務/質問?#1.txt", "総務/a+b&c.txt"]
    for name in names:
        admin.put_object(Bucket=bucket, Key=name, Body=name.encode())
    listed = list(list_objects(f"s3://{bucket}/総務", s3))
    assert {source.uri for source in listed} == {f"s3://{bucket}/{name}" for name in names}
    assert {read_bytes(source, MB, s3).decode() for source in listed} == set(names)


def test_a_prefix_is_a_folder_or_one_object(admin, bucket: str, s3: S3Settings) -> None:
    for name in ("reports/a.txt", "reports/.hidden", "reports/~$a.txt", "reports-2024/b.txt", "reports/"):
        admin.put_object(Bucket=bucket, Key=name, Body=b"x" if not name.endswith("/") else b"")
    assert keys(f"s3://{bucket}/reports", s3) == ["reports/a.txt"]
    assert keys(f"s3://{bucket}/reports/a.txt", s3) == ["reports/a.txt"]
    assert sorted(keys(f"s3://{bucket}", s3)) == ["reports-2024/b.txt", "reports/a.txt"]
    assert keys(f"s3://{bucket}/nothing", s3) == []


def put_many(admin, bucket: str, count: int) -> list[str]:
    names = [f"{number:04}.txt" for number in range(count)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda key: admin.put_object(Bucket=bucket, Key=key, Body=b"x"), names))
    return names


def test_more_objects_than_a_page_holds_are_each_listed_once(admin, bucket: str, s3: S3Settings) -> None:
    expected = put_many(admin, bucket, 1_050)
    assert keys(f"s3://{bucket}", s3) == expected


def test_more_versions_than_a_page_holds_are_each_listed_once(admin, versioned: str, s3: S3Settings) -> None:
    put_many(admin, versioned, 45)
    assert keys(f"s3://{versioned}", replace(s3, page_size=10)) == put_many(admin, versioned, 45)


def test_a_versioned_object_is_read_as_listed_even_after_a_change(admin, versioned: str, s3: S3Settings) -> None:
    admin.put_object(Bucket=versioned, Key="a.txt", Body=b"first")
    admin.put_object(Bucket=versioned, Key="a.txt", Body=b"second")
    (source,) = list_objects(f"s3://{versioned}", s3)
    admin.put_object(Bucket=versioned, Key="a.txt", Body=b"third")
    assert source.object_version.startswith("version:")
    assert read_bytes(source, MB, s3) == b"second"


def test_a_deleted_object_of_a_versioned_bucket_is_not_listed(admin, versioned: str, s3: S3Settings) -> None:
    admin.put_object(Bucket=versioned, Key="a.txt", Body=b"a")
    admin.put_object(Bucket=versioned, Key="b.txt", Body=b"b")
    admin.delete_object(Bucket=versioned, Key="a.txt")
    assert keys(f"s3://{versioned}", s3) == ["b.txt"]


def test_an_object_changed_after_listing_is_not_read(admin, bucket: str, s3: S3Settings) -> None:
    admin.put_object(Bucket=bucket, Key="a.txt", Body=b"first")
    (source,) = list_objects(f"s3://{bucket}", s3)
    assert read_bytes(source, MB, s3) == b"first"
    admin.put_object(Bucket=bucket, Key="a.txt", Body=b"other")
    with pytest.raises(SourceChanged):
        read_bytes(source, MB, s3)


def test_vanished_and_too_large_objects_fail_with_their_reason(admin, bucket: str, s3: S3Settings) -> None:
    admin.put_object(Bucket=bucket, Key="a.txt", Body=b"first")
    (source,) = list_objects(f"s3://{bucket}", s3)
    with pytest.raises(ReadFailed) as large:
        read_bytes(source, 3, s3)
    admin.delete_object(Bucket=bucket, Key="a.txt")
    with pytest.raises(ReadFailed) as vanished:
        read_bytes(source, MB, s3)
    assert (large.value.reason, vanished.value.reason) == (Reason.TOO_LARGE, Reason.UNREADABLE)


def test_an_object_that_may_not_be_read_fails_with_its_reason(
    admin, bucket: str, s3: S3Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.put_object(Bucket=bucket, Key="a.txt", Body=b"first")
    (source,) = list_objects(f"s3://{bucket}", s3)
    log_in(monkeypatch, "guest")
    with pytest.raises(ReadFailed) as denied:
        read_bytes(source, MB, s3)
    assert denied.value.reason is Reason.UNREADABLE


def test_a_missing_bucket_names_the_bucket(s3: S3Settings) -> None:
    with pytest.raises(SettingsError, match="bucket no-such-bucket does not exist"):
        list(list_objects("s3://no-such-bucket/a", s3))


def test_a_bucket_that_may_not_be_listed_names_the_permission(
    bucket: str, s3: S3Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_in(monkeypatch, "guest")
    with pytest.raises(SettingsError, match=rf"bucket {bucket} .*s3:ListBucket"):
        list(list_objects(f"s3://{bucket}", s3))


def test_rejected_keys_are_named_and_no_secret(bucket: str, s3: S3Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KEYS, "owner", ("yakin-owner", "wrong-secret"))
    log_in(monkeypatch, "owner")
    with pytest.raises(SettingsError, match="rejects the credentials") as rejected:
        list(list_objects(f"s3://{bucket}", s3))
    assert "wrong-secret" not in str(rejected.value)


def test_missing_keys_are_named(bucket: str, s3: S3Settings, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    _client.cache_clear()
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    with pytest.raises(SettingsError, match="AWS_ACCESS_KEY_ID"):
        list(list_objects(f"s3://{bucket}", replace(s3, connect_timeout_s=2)))


def test_a_store_that_does_not_answer_may_be_tried_later(s3: S3Settings) -> None:
    away = replace(s3, endpoint_url="http://127.0.0.1:9", connect_timeout_s=1, attempts=1)
    with pytest.raises(SourceUnavailable):
        list(list_objects("s3://bucket", away))


def test_the_environment_cannot_redirect_the_store(
    admin, bucket: str, s3: S3Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.put_object(Bucket=bucket, Key="a.txt", Body=b"here")
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    (source,) = list_objects(f"s3://{bucket}", s3)
    assert read_bytes(source, MB, s3) == b"here"
    to_aws = replace(s3, endpoint_url=None)
    assert _client(to_aws).meta.endpoint_url.endswith(".amazonaws.com")
