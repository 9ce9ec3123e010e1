"""TLS trusts the catalogue's CA bundle and shows its client certificate; the environment adds nothing."""

import ipaddress
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.llm.conftest import (
    QUESTION,
    Answer,
    Vendor,
    _handler,
    _Server,
    asker_for,
    cleared_for,
    completion,
    endpoint_at,
    offer_of,
)
from yakin.domain.asking import Outcome
from yakin.domain.zones import Zone

TEXT = cleared_for(Zone.ON_PREM)


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    """One self-signed certificate with its key: server, client and authority at once."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "all.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return str(path)


@pytest.fixture
def tls_vendor(pem):
    """A vendor behind TLS that asks for a client certificate."""
    holder = []
    server = _Server(("127.0.0.1", 0), _handler(lambda: holder[0]))
    server.handle_error = lambda *_: None  # failed handshakes are the point
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    context.load_verify_locations(pem)
    context.verify_mode = ssl.CERT_REQUIRED
    server.socket = context.wrap_socket(server.socket, server_side=True)
    holder.append(Vendor(f"https://127.0.0.1:{server.server_port}", Answer(body=completion())))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield holder[0]
    server.shutdown()
    server.server_close()


async def ask(vendor, **certificates):
    endpoint = endpoint_at(vendor.url, **certificates)
    asker = asker_for(endpoint)
    try:
        return await asker.ask(offer_of(endpoint), QUESTION, TEXT)
    finally:
        await asker.aclose()


async def test_the_catalogues_authority_and_client_certificate_are_used(tls_vendor, pem):
    reply = await ask(tls_vendor, ca_bundle=pem, client_cert=pem)
    assert (reply.outcome, tls_vendor.hits) == (Outcome.ANSWERED, 1)


async def test_an_unknown_authority_is_down_even_when_the_environment_vouches_for_it(tls_vendor, pem, monkeypatch):
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE"):
        monkeypatch.setenv(name, pem)
    reply = await ask(tls_vendor, client_cert=pem)
    assert (reply.outcome, tls_vendor.hits) == (Outcome.ENDPOINT_DOWN, 0)


async def test_without_the_client_certificate_nothing_arrives(tls_vendor, pem):
    reply = await ask(tls_vendor, ca_bundle=pem)
    assert reply.outcome in (Outcome.ENDPOINT_DOWN, Outcome.UNKNOWN)  # TLS 1.3 says no after the first bytes
    assert tls_vendor.hits == 0
