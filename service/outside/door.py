"""Connections of libcurl to machines that somebody named.

It asks `Door` for the socket of each connection, with the address that it found for the name: what is refused there is
not connected to, whatever the name stood for a moment before. Redirects are not followed, and proxies of the
environment not used: both would be another address.

Belongs here: connecting, and what its failures are called. Does not belong here: which addresses are refused
(`addresses.py`).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

import certifi
import pycurl

_WORDS = {
    pycurl.E_OPERATION_TIMEDOUT: "timeout",
    pycurl.E_COULDNT_RESOLVE_HOST: "name_not_found",
    pycurl.E_COULDNT_CONNECT: "not_connected",
    pycurl.E_SSL_CONNECT_ERROR: "tls_failed",
    pycurl.E_PEER_FAILED_VERIFICATION: "certificate_refused",
}


class Door:
    """Opens sockets, to whom it is allowed."""

    def __init__(self, may_connect: Callable[[str], bool] | None) -> None:
        self._may_connect = may_connect
        self._opened: list[socket.socket] = []
        self.has_refused = False

    def open(self, purpose: int, address: Any) -> socket.socket | int:
        """libcurl asks for a socket to connect to `address`."""
        family, kind, protocol, where = address
        if self._may_connect is not None and (
            purpose != pycurl.SOCKTYPE_IPCXN
            or family not in (socket.AF_INET, socket.AF_INET6)
            or not self._may_connect(str(where[0]))
        ):
            self.has_refused = True
            return pycurl.SOCKET_BAD
        # libcurl gets a copy of it, and closes that.
        self._opened.append(socket.socket(family, kind, protocol))
        return self._opened[-1]

    def close(self) -> None:
        """Close what was opened here."""
        for one in self._opened:
            one.close()


def prepare(curl: pycurl.Curl, url: str, seconds: float) -> None:
    """Set what holds for all of them: one limit from the name to the last byte, no redirects, no proxies."""
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.NOPROXY, "*")
    curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
    curl.setopt(pycurl.FOLLOWLOCATION, 0)
    curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    curl.setopt(pycurl.CAINFO, os.environ.get("SSL_CERT_FILE") or certifi.where())
    # In milliseconds.
    curl.setopt(pycurl.TIMEOUT_MS, max(1, int(seconds * 1000)))
    curl.setopt(pycurl.CONNECTTIMEOUT_MS, max(1, int(seconds * 1000)))


def word_for(failure: pycurl.error) -> str:
    """What a failure of libcurl is called here."""
    return _WORDS.get(int(failure.args[0]), "broken")
