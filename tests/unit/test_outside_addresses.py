"""Which addresses may be reached of those that somebody names, and what becomes of a URL."""

import socket
from typing import Any

import pytest

from service.core.errors import Invalid
from service.outside.addresses import checked_url, is_public

INSIDE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1",
    "169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::1", "::", "::127.0.0.1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1",
    "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "2002:808:808::1", "3fff::1", "fc00::1", "fd00:ec2::254",
    "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2001:20::1", "localhost", "nonsense",
]  # fmt: skip
OUTSIDE = [
    "8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_no_address_of_the_internet(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_one(address: str) -> None:
    assert is_public(address)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What names stand for; numbers stand for themselves, as everywhere."""
    known: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def look_up(host: str, port: int, **options: Any) -> Any:
        if host in known:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in known[host]]
        return real(host, port, flags=socket.AI_NUMERICHOST, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
        "http://0/", "http://127.0.0.1./", "https://inside.example./", "https://a..b/", "https://../",
        "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://[64:ff9b::7f00:1]:8080/hook",
        "https://169.254.169.254/latest", "https://half.example/", "https://inside.example/",
        "ftp://outside.example/", "file:///etc/passwd", "//outside.example/", "outside.example", "https://", "https:///x",
        "https://user:pass@outside.example/", "https://user@outside.example/", "https://outside.example\\@inside.example/",
        "https://outside.example/a b", "https://outside.example:99999/", "https://[fe80::1%25eth0]/", "https://[::1",
        "https://" + "a" * 300 + ".example/", "https://outside.example/" + "가" * 700, "https://a..b\u200b/", "",
    ],
)  # fmt: skip
def test_what_is_refused_at_configuration(url: str, names: dict[str, list[str]]) -> None:
    names |= {"inside.example": ["10.0.0.1"], "half.example": ["8.8.8.8", "127.0.0.1"], "outside.example": ["8.8.8.8"]}
    with pytest.raises(Invalid) as refused:
        checked_url(url, allows_private=False)
    assert refused.value.errors[0].field == "url"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://outside.example", "https://outside.example/"),
        (" HTTPS://Outside.Example:8443/a/b?c=d#e ", "https://outside.example:8443/a/b?c=d"),
        (
            "https://쇼핑.example/알림?이름=값",
            "https://xn--hp4bo76a.example/%EC%95%8C%EB%A6%BC?%EC%9D%B4%EB%A6%84=%EA%B0%92",
        ),
        ("https://outside.example/%41?a=%20", "https://outside.example/%41?a=%20"),
        ("http://[2606:4700:4700:0::1111]:80/", "http://[2606:4700:4700::1111]:80/"),
        # Not there yet.
        ("https://unknown.example/x", "https://unknown.example/x"),
    ],
)
def test_what_is_kept(url: str, kept: str, names: dict[str, list[str]]) -> None:
    names |= {"outside.example": ["8.8.8.8"], "xn--hp4bo76a.example": ["8.8.8.8"]}
    assert checked_url(url, allows_private=False) == kept


def test_this_machine_where_it_is_allowed() -> None:
    assert checked_url("http://localhost:9000/hook", allows_private=True) == "http://localhost:9000/hook"
