"""A request is whole when its last byte is there, not before and not after, in whatever pieces it comes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.arrival import LONGEST_BODY, LONGEST_HEAD, Arrival

LINE = b"POST /api/v1/inquiries HTTP/1.1\r\nHost: a\r\n"
WHOLE = {
    "no body": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "a body": LINE + b"Content-Length: 7\r\n\r\n{\"a\":1}",
    "an empty body": LINE + b"content-length:0\r\n\r\n",
    "a body that looks like an end": LINE + b"Content-Length: 10\r\n\r\na\r\n\r\n\r\n\r\nb",
    "chunks": LINE + b"Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\n\r\n",
    "a chunk that looks like the last": LINE + b"transfer-encoding:chunked\r\n\r\n5\r\n0\r\n\r\n\r\n0\r\n\r\n",
    "a chunk with an extension": LINE + b"Transfer-Encoding: chunked\r\n\r\n1;a=b\r\nx\r\n0\r\n\r\n",
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


@given(st.lists(st.binary(max_size=80), max_size=8))
def test_any_bytes_are_waited_for_or_not(sent: list[bytes]) -> None:
    arrival = Arrival()
    arrival.feed(LINE + b"Transfer-Encoding: chunked\r\n\r\n")
    for piece in sent:
        arrival.feed(piece)
    assert arrival.data.endswith(b"".join(sent))


def test_a_client_that_holds_its_body_back_is_seen() -> None:
    arrival = Arrival()
    arrival.feed(LINE + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    assert (arrival.is_over, arrival.is_held_back) == (False, True)
    arrival.feed(b"{}")
    assert arrival.is_whole
