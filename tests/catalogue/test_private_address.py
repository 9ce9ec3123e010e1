import socket

import pytest

from yakin.catalogue.address import host_privacy


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8080/v1",
        "http://127.0.0.1:1/v1",
        "http://10.1.2.3",
        "http://172.31.0.1",
        "http://192.168.0.9",
        "http://[::1]:8080",
        "http://[fd00::1]/v1",
        "http://[::ffff:10.0.0.1]/",
    ],
)
def test_the_companys_own_networks_are_private(url):
    assert host_privacy(url).private


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8",
        "http://172.32.0.1",
        "http://169.254.169.254/latest",  # the clouds' metadata address
        "http://192.0.2.1",
        "http://0.0.0.0:8080",
        "http://[2001:db8::1]/",
        "http://[::ffff:8.8.8.8]/",
        "http://10.0.0.1@8.8.8.8/",
    ],
)
def test_everything_else_is_not(url):
    privacy = host_privacy(url)
    assert not privacy.private
    assert "not a private address" in privacy.reason


def test_a_name_that_does_not_resolve_is_not_private_and_says_so():
    privacy = host_privacy("http://no-such-host.invalid/v1")
    assert (privacy.private, privacy.resolved) == (False, False)
    assert privacy.reason == "no-such-host.invalid does not resolve, so it is not known to be private"


@pytest.mark.parametrize(
    ("addresses", "private"),
    [(["10.0.0.5", "fd00::5"], True), (["10.0.0.5", "203.0.113.7"], False), (["8.8.8.8"], False)],
)
def test_a_name_is_private_only_when_all_its_addresses_are(monkeypatch, addresses, private):
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
    assert host_privacy("http://gpu.example").private is private


def test_a_number_that_is_an_address_in_disguise_is_resolved_first():
    assert not host_privacy("http://134744072/").private  # 8.8.8.8
