"""A real S3 server for tests: SeaweedFS from a wheel, on loopback, with its own keys."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from yakin.reading.s3 import _client
from yakin.reading.sources import S3Settings

KEYS = {"owner": ("yakin-owner", "owner-secret"), "guest": ("yakin-guest", "guest-secret")}
_PORTS = ("master.port", "volume.port", "filer.port", "s3.port", "admin.port")


@pytest.fixture(scope="session")
def s3_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server; it ends with the test session."""
    home = tmp_path_factory.mktemp("s3")
    ports = _free_ports(2 * len(_PORTS))
    options = [f"-{name}={ports[i]}" for i, name in enumerate(_PORTS)]
    options += [f"-{name}.grpc={ports[len(_PORTS) + i]}" for i, name in enumerate(_PORTS)]
    options += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false", "-webdav=false", "-admin.ui=false"]
    options += [
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.config={_identities(home)}",
        f"-dir={home}",
        f"-s3.localSocket={home}/s3.sock",
    ]
    weed = Path(sys.executable).with_name("weed")
    with (home / "weed.log").open("wb") as log:
        server = subprocess.Popen([weed, "mini", *options], stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=home)
    try:
        endpoint = f"http://127.0.0.1:{ports[_PORTS.index('s3.port')]}"
        _wait_until_it_stores(endpoint, server)
        yield endpoint
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture
def s3(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> S3Settings:
    """How yakin reaches the server, with the owner's keys in the environment."""
    log_in(monkeypatch, "owner")
    return S3Settings(endpoint_url=s3_endpoint, region="us-east-1", path_style=True, read_timeout_s=10, attempts=2)


def log_in(monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    """Put one identity's keys where boto3 looks for them."""
    identifier, secret = KEYS[who]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", identifier)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    _client.cache_clear()  # a client keeps the keys that it was made with


def admin_client(endpoint: str):
    """A client of the tests' own, so that yakin's is not used to check itself."""
    identifier, secret = KEYS["owner"]
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=identifier,
        aws_secret_access_key=secret,
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, proxies={}, read_timeout=10),
    )


def _identities(home: Path) -> Path:
    path = home / "identities.json"
    actions = {"owner": ["Admin", "Read", "Write", "List"], "guest": ["Read:public-bucket", "List:public-bucket"]}
    people = [
        {"name": who, "credentials": [{"accessKey": key, "secretKey": secret}], "actions": actions[who]}
        for who, (key, secret) in KEYS.items()
    ]
    path.write_text(json.dumps({"identities": people}))
    return path


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for listening in sockets:
        listening.bind(("127.0.0.1", 0))
    ports = [listening.getsockname()[1] for listening in sockets]
    for listening in sockets:
        listening.close()
    return ports


def _wait_until_it_stores(endpoint: str, server: subprocess.Popen[bytes]) -> None:
    client, deadline = admin_client(endpoint), time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, "the S3 server ended; see weed.log"
        try:
            client.create_bucket(Bucket="ready")
            client.put_object(Bucket="ready", Key="a", Body=b"a")
        except (BotoCoreError, ClientError):
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("the S3 server did not come up")
