"""A request is whole when its last byte is there, not before and not after, in whatever pieces it comes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.arrival import LONGEST_BODY, LONGEST_HEAD, Arrival
from service.worker import Arrived

LINE = b"POST /api/v1/inquiries HTTP/1.1\r\nHost: a\r\n"
WHOLE = {
    "no body": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "a body": LINE + b"Content-Length: 7\r\n\r\n{\"a\":1}",
    "an empty body": LINE + b"content-length:0\r\n\r\n",
    "a body that looks like an end": LINE + b"Content-Length: 10\r\n\r\na\r\n\r\n\r\n\r\nb",
    "chunks": LINE + b"Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\n\r\n",
    "a chunk that looks like the last": LINE + b"transfer-encoding:chunked\r\n\r\n5\r\n0\r\n\r\n\r\n0\r\n\r\n",
    "a chunk with an extension": LINE + b"Transfer-Encoding: chunked\r\n\r\n1;a=b\r\nx\r\n0\r\n\r\n",
    "a length with zeros before it": LINE + b"Content-Length: 0000000000000000007\r\n\r\n{\"a\":1}",
    "trailers": LINE + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n\r\n",
}  # fmt: skip
HOPELESS = {
    "an endless head": LINE + b"A: " + b"a" * LONGEST_HEAD,
    "a body larger than any": LINE + b"Content-Length: %d\r\n\r\n" % (LONGEST_BODY + 1),
    "endless chunks": LINE + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * (LONGEST_BODY // 6 + 1),
    "no chunk": LINE + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a chunk that goes back": LINE + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nx\r\n",
    "a chunk without a size": LINE + b"Transfer-Encoding: chunked\r\n\r\n;\r\nx\r\n",
}


def pieces(sent: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % len(sent) for cut in cuts), len(sent)]
    return [sent[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize("name", WHOLE)
def test_it_is_whole_with_its_last_byte(name: str) -> None:
    arrival = Arrival()
    for byte in WHOLE[name][:-1]:
        arrival.feed(bytes([byte]))
        assert not arrival.is_over
    arrival.feed(WHOLE[name][-1:])
    assert (arrival.is_whole, arrival.is_hopeless) == (True, False)
    assert arrival.data == WHOLE[name]


@given(st.sampled_from(sorted(WHOLE)), st.lists(st.integers(0, 10_000), max_size=6), st.binary(max_size=20))
def test_the_pieces_do_not_matter(name: str, cuts: list[int], following: bytes) -> None:
    arrival = Arrival()
    sent = WHOLE[name]
    *first, last = pieces(sent, cuts)
    for piece in first:
        arrival.feed(piece)
        assert not arrival.is_hopeless
    arrival.feed(last + following)
    assert arrival.is_whole
    # What belongs to the next request is kept.
    assert arrival.data == sent + following


@pytest.mark.parametrize("name", HOPELESS)
def test_what_is_hopeless_is_not_waited_for(name: str) -> None:
    arrival = Arrival()
    arrival.feed(HOPELESS[name])
    assert (arrival.is_whole, arrival.is_hopeless) == (False, True)


HEADERS = (
    b"Content-Length: 3", b"content-length:\t4 ", b"Content-Length: 00000000000000000005", b"Content-Length: +3",
    b"Content-Length: 3, 3", b"Content-Length:", b"Content-Length : 3", b"X-Content-Length: 99", b"Content_Length: 9",
    b"Transfer-Encoding: chunked", b"transfer-encoding:Chunked", b"Transfer-Encoding: identity", b" Content-Length: 3",
    b"X: Content-Length: 3", b"A: b", b"Expect: 100-continue",
)  # fmt: skip
LINES = (b"POST / HTTP/1.1", b"GET / HTTP/1.0", b"POST /  HTTP/1.1", b"x")
PARTS = (
    b"abc", b"3\r\nabc\r\n", b"0\r\n", b"\r\n", b"A: b\r\n", b"1;x=y\r\nz\r\n", b"GET / HTTP/1.1\r\n", b"ff",
)  # fmt: skip
BODIES = st.lists(st.sampled_from(PARTS), max_size=5).map(b"".join)


@settings(max_examples=400)
@given(st.lists(st.sampled_from(HEADERS), max_size=3), BODIES, st.sampled_from(LINES))
@example([b"Content-Length: 00000000000000000005"], b"abc", b"POST / HTTP/1.1")
def test_a_request_that_is_whole_here_is_whole_for_the_parser(headers: list[bytes], body: bytes, line: bytes) -> None:
    arrival = Arrival()
    arrival.feed(b"\r\n".join([line, b"Host: a", *headers, b"", b""]) + body)
    if not arrival.is_whole:
        return
    held = Arrived()
    held.give(bytes(arrival.data))
    parser = RequestParser(Config(), iter(()), ("127.0.0.1", 1))
    parser.unreader = held
    try:
        request = next(parser)
        while request.body.read(1024):
            pass
    except ParseException:
        return
    assert not held.was_short


def test_the_parser_gets_small_pieces() -> None:
    """It copies what it holds with every chunk: all at once, a body of many small chunks would cost its square."""
    held = Arrived()
    held.give(bytes(range(256)) * 400)
    pieces = list(iter(held.chunk, b""))
    assert b"".join(pieces) == bytes(range(256)) * 400
    assert max(map(len, pieces)) <= 8 * 1024
    assert held.was_short


def test_what_follows_a_request_is_kept_for_the_next() -> None:
    held = Arrived()
    held.give(WHOLE["a body"] + WHOLE["chunks"])
    parser = RequestParser(Config(), iter(()), ("127.0.0.1", 1))
    parser.unreader = held
    assert next(parser).body.read() == b'{"a":1}'
    held.gather()
    assert held.take_buffered() == WHOLE["chunks"]


def test_a_client_that_holds_its_body_back_is_seen() -> None:
    arrival = Arrival()
    arrival.feed(LINE + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert (arrival.is_over, arrival.is_held_back) == (False, True)
    arrival.feed(b"{}")
    assert arrival.is_whole
    # Nobody has to ask for it again.
    assert arrival.data == LINE + b"Content-Length: 2\r\n\r\n{}"


def test_an_old_client_is_not_told_to_go_on() -> None:
    arrival = Arrival()
    arrival.feed(b"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert not arrival.is_held_back
