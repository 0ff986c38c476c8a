"""How requests go upstream: whole, in time, over connections that are kept, with nothing of one in the next."""

from __future__ import annotations

import gc
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from service.core.outgoing import deadline, upstream_calls
from service.supabase import connections as module
from service.supabase.connections import AnswerTooLarge, Connections
from tests.concurrency import PATIENCE

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n{}"
RPC = "/rest/v1/rpc/chat_send"
Script = Callable[[socket.socket, int], None]


class Peer:
    """A server that reads each request whole and answers it as its script says."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self.script = script
        self._tls = tls
        self.requests: list[bytes] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}"
        self._acceptor = threading.Thread(target=self._serve, daemon=True)
        self._acceptor.start()

    def close(self) -> None:
        """Take no more connections."""
        # Closed while it stands in accept(), it could take the connections of the next one, whose file has its number.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._acceptor.join()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, taken: socket.socket) -> None:
        # Either side may hang up at any time.
        with suppress(OSError), self._tls.wrap_socket(taken, server_side=True) if self._tls else taken as line:
            while request := self._read(line):
                self.requests.append(request)
                self.script(line, len(self.requests))

    @staticmethod
    def _read(line: socket.socket) -> bytes:
        got = b""
        while b"\r\n\r\n" not in got:
            if not (data := line.recv(65536)):
                return b""
            got += data
        head, _, body = got.partition(b"\r\n\r\n")
        length = next((int(one[15:]) for one in head.split(b"\r\n") if one.lower().startswith(b"content-length:")), 0)
        while len(body) < length:
            body += line.recv(65536)
        return head + b"\r\n\r\n" + body


@contextmanager
def peer(script: Script, tls: ssl.SSLContext | None = None) -> Iterator[Peer]:
    running = Peer(script, tls)
    yield running
    running.close()


@contextmanager
def made(*, timeout: float = PATIENCE) -> Iterator[Connections]:
    upstream_calls.set(0)
    deadline.set(None)
    connections = Connections(timeout=timeout, connect_timeout=PATIENCE)
    yield connections
    connections.close()
    deadline.set(None)


@pytest.fixture
def connections() -> Iterator[Connections]:
    """Those that wait for as long as it takes."""
    with made() as found:
        yield found


@pytest.fixture
def hasty() -> Iterator[Connections]:
    """Those that wait for no more than a moment."""
    with made(timeout=0.6) as found:
        yield found


def always(answer: bytes) -> Script:
    return lambda line, _: line.sendall(answer)


def test_a_request_arrives_as_it_was_meant(connections: Connections) -> None:
    with peer(always(OK)) as there:
        answer = connections.request(
            "POST", f"{there.url}/rest/v1/rpc/f", json={"a": "한글 😀"}, params={"x": "1 2"}, headers={"apikey": "k"}
        )
    assert (answer.status_code, answer.json()) == (200, {})
    assert answer.headers.get_list("x-two") == ["1", "2"]
    head, _, body = there.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")
    assert lines[0] in {"post /rest/v1/rpc/f?x=1%202 http/1.1", "post /rest/v1/rpc/f?x=1+2 http/1.1"}
    assert body.decode() == '{"a": "한글 😀"}'
    assert {"apikey: k", "content-type: application/json"} <= set(lines)
    assert [name for name in lines if name.startswith(("expect", "transfer-encoding", "cookie"))] == []
    assert upstream_calls.get() == 1


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "POST"])
def test_a_method_is_the_one_that_was_asked_for(connections: Connections, method: str) -> None:
    with peer(always(OK)) as there:
        content = None if method in {"GET", "DELETE"} else b'{"a":1}'
        assert connections.request(method, f"{there.url}/x", content=content).status_code == 200
    assert there.requests[0].startswith(f"{method} /x HTTP/1.1\r\n".encode())
    assert there.requests[0].endswith(content or b"\r\n\r\n")


def test_the_head_of_an_answer_has_no_body(connections: Connections) -> None:
    with peer(always(OK.partition(b"{}")[0])) as there:
        answer = connections.request("HEAD", f"{there.url}/x")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_connection_is_kept(connections: Connections) -> None:
    with peer(always(OK)) as there:
        for _ in range(5):
            connections.request("GET", there.url)
    assert there.connections == 1


def test_a_connection_that_was_closed_while_it_was_idle_is_no_failure(connections: Connections) -> None:
    def once_each(line: socket.socket, _: int) -> None:
        line.sendall(OK)
        line.close()

    with peer(once_each) as there:
        for _ in range(3):
            assert connections.request("POST", f"{there.url}{RPC}", json={}).status_code == 200
    assert there.connections == 3


def test_nothing_of_one_answer_travels_with_the_next_request(connections: Connections) -> None:
    baked = OK.replace(b"X-Two: 1", b"Set-Cookie: session=somebody; Path=/")
    with peer(always(baked)) as there:
        connections.request("GET", there.url, headers={"Authorization": "Bearer first"})
        connections.request("GET", there.url)
    assert b"somebody" not in there.requests[1]
    assert b"uthorization" not in there.requests[1]


@pytest.mark.parametrize(("path", "times"), [(RPC, 2), ("/auth/v1/recover", 1)])
def test_only_what_may_be_repeated_is_repeated(connections: Connections, path: str, times: int) -> None:
    def then_gone(line: socket.socket, number: int) -> None:
        line.sendall(OK if number == 1 else b"")
        if number > 1:
            line.close()

    with peer(then_gone) as there:
        connections.request("GET", f"{there.url}/first")
        with pytest.raises(httpx.TransportError):
            connections.request("POST", f"{there.url}{path}", json={})
    assert len(there.requests) == 1 + times


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_no_body_is_said_to_be_none(connections: Connections, method: str) -> None:
    with peer(always(OK)) as there:
        connections.request(method, f"{there.url}/auth/v1/logout", headers={"X-Empty": ""})
    lines = there.requests[0].lower().split(b"\r\n")
    assert b"content-length: 0" in lines
    assert b"x-empty:" in lines
    assert b"user-agent: munui" in lines


def test_an_idle_connection_keeps_nothing_of_what_was_said(connections: Connections) -> None:
    with peer(always(OK)) as there:
        answer = connections.request("GET", there.url, headers={"Authorization": "Bearer secret"})
    del answer
    gc.collect()
    assert [one for one in gc.get_objects() if type(one).__name__ == "_Answer"] == []


def test_nothing_of_one_request_is_in_the_next(connections: Connections) -> None:
    with peer(always(OK)) as there:
        connections.request("POST", there.url, json={"a": 1}, headers={"X-A": "1"}, timeout=PATIENCE / 2)
        assert connections.request("GET", there.url).json() == {}
        with peer(always(OK.partition(b"{}")[0])) as headless:
            connections.request("HEAD", headless.url)
        assert connections.request("DELETE", there.url).json() == {}
    assert [request.partition(b" ")[0] for request in there.requests] == [b"POST", b"GET", b"DELETE"]
    assert all(request.endswith(b"\r\n\r\n") and b"X-A" not in request for request in there.requests[1:])


def test_a_redirect_is_an_answer(connections: Connections) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
    with peer(always(moved)) as there:
        assert connections.request("GET", there.url).status_code == 302
    assert len(there.requests) == 1


def test_a_proxy_of_the_environment_is_not_asked(connections: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with peer(always(OK)) as there:
        assert connections.request("GET", there.url).status_code == 200


def test_a_header_is_one_line(connections: Connections) -> None:
    with peer(always(OK)) as there:
        for value in ("a\r\nX-Evil: 1", "a\nb", "a\rb"):
            with pytest.raises(httpx.LocalProtocolError):
                connections.request("GET", there.url, headers={"X-A": value})
        assert connections.request("GET", there.url).status_code == 200
    assert len(there.requests) == 1


def silent(line: socket.socket, _number: int) -> None:
    """It answers after all, long after everybody should have left."""
    time.sleep(PATIENCE / 4)
    line.sendall(OK)


def dripping(line: socket.socket, _number: int) -> None:
    """Never is it quiet for long, and the whole takes several seconds."""
    for byte in OK:
        line.sendall(bytes([byte]))
        time.sleep(0.05)


@pytest.mark.parametrize("script", [silent, dripping])
def test_an_answer_comes_in_time_or_not_at_all(hasty: Connections, script: Script) -> None:
    with peer(script) as there, pytest.raises(httpx.TimeoutException):
        hasty.request("GET", there.url)


def test_the_web_requests_own_time_counts(connections: Connections) -> None:
    for script, left, error in ((silent, 0.5, httpx.TimeoutException), (always(OK), -1.0, httpx.ConnectTimeout)):
        with peer(script) as there:
            deadline.set(time.monotonic() + left)
            with pytest.raises(error):
                connections.request("GET", there.url)
    # The second one, who would have answered at once, was not asked.
    assert there.connections == 0


BROKEN: dict[str, bytes] = {
    "no HTTP": b"SSH-2.0-nothing\r\n\r\n",
    "half a body": OK.replace(b"Content-Length: 2", b"Content-Length: 20"),
    "nothing": b"",
    "a bad chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_a_transport_error(connections: Connections, name: str) -> None:
    def then_gone(line: socket.socket, _: int) -> None:
        line.sendall(BROKEN[name])
        line.close()

    with peer(then_gone) as there, pytest.raises(httpx.TransportError):
        connections.request("GET", there.url)


def test_nobody_listens(connections: Connections) -> None:
    # Nobody else is given this port meanwhile.
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        with pytest.raises(httpx.ConnectError):
            connections.request("GET", f"http://127.0.0.1:{deaf.getsockname()[1]}")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    plain = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + key.private_bytes(*plain))
    return path


@pytest.mark.parametrize("is_known", [False, True])
def test_a_certificate_counts_where_somebody_vouches_for_it(
    monkeypatch: pytest.MonkeyPatch, certificate: Path, *, is_known: bool
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    if is_known:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with peer(always(OK), tls) as there, made() as connections:
        if is_known:
            assert [connections.request("GET", there.url).status_code for _ in range(3)] == [200] * 3
            assert there.connections == 1
        else:
            with pytest.raises(httpx.ConnectError):
                connections.request("GET", there.url)
            assert there.requests == []


def test_chunks_and_an_interim_answer_are_read(connections: Connections) -> None:
    chunked = (
        b"HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n"
    )
    with peer(always(chunked)) as there:
        answer = connections.request("GET", there.url)
    assert answer.json() == [1, 2]
    assert "x-early" not in answer.headers


def test_threads_do_not_get_in_each_others_way(connections: Connections) -> None:
    def echo(line: socket.socket, _: int) -> None:
        line.sendall(OK)

    failures: list[object] = []

    def ask(url: str) -> None:
        for _ in range(20):
            try:
                assert connections.request("POST", f"{url}{RPC}", json={"a": "x" * 500}).json() == {}
            except (AssertionError, httpx.HTTPError) as error:
                failures.append(error)

    with peer(echo) as there:
        threads = [threading.Thread(target=ask, args=(there.url,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []
    assert there.connections <= 8


def test_what_it_does_not_know_it_does_not_do_in_silence(connections: Connections) -> None:
    odd: list[dict[str, object]] = [
        {"data": {"a": "1"}}, {"auth": ("a", "b")}, {"follow_redirects": True}, {"timeout": httpx.Timeout(1)},
    ]  # fmt: skip
    for options in odd:
        with pytest.raises(TypeError):
            connections.request("POST", "http://127.0.0.1:9", **options)
    with pytest.raises(httpx.TransportError):
        connections.send(connections.build_request("GET", "http://127.0.0.1:9"))


@pytest.mark.parametrize("is_announced", [True, False], ids=["with its length", "without end"])
def test_an_answer_that_is_too_large_is_given_up_before_it_is_read(
    connections: Connections, monkeypatch: pytest.MonkeyPatch, is_announced: bool
) -> None:
    monkeypatch.setattr(module, "LARGEST_ANSWER", 200_000)
    sent: list[int] = []

    def flood(line: socket.socket, _: int) -> None:
        length = b"Content-Length: 2000000000\r\n" if is_announced else b""
        line.sendall(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n")
        while True:
            line.sendall(b"x" * 65536)
            sent.append(65536)

    with peer(flood) as there:
        tracemalloc.start()
        with pytest.raises(AnswerTooLarge):
            connections.request("POST", f"{there.url}{RPC}", json={})
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    # Two thousand megabytes were offered; what is in buffers between the two was sent all the same.
    assert most < 5 * module.LARGEST_ANSWER
    assert sum(sent) < 50_000_000
    with peer(always(OK)) as there:
        assert connections.request("POST", f"{there.url}{RPC}", json={}).json() == {}


def test_an_answer_as_large_as_it_may_be_is_taken(connections: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_ANSWER", 1000)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000
    with peer(always(answer)) as there:
        assert len(connections.request("GET", f"{there.url}/x").content) == 1000


def test_an_answer_of_no_bytes_is_a_broken_one(connections: Connections) -> None:
    with peer(always(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as there, pytest.raises(httpx.TransportError):
        connections.request("GET", f"{there.url}/x")
    with peer(always(b"HTTP/1.1 204 No Content\r\n\r\n")) as there:
        assert connections.request("DELETE", f"{there.url}/x").status_code == 204
