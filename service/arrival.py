"""A request that is still arriving: its bytes, and whether all of them are there.

Belongs here: when a request is worth a thread. Does not belong here: what it says. The server's parser reads the same
bytes again, but for an expectation that was met, and is the only judge of them. It reads nothing else: a mistake here
may refuse a request, and never changes what one means.
"""

from __future__ import annotations

import re

KIB = 1024
# In bytes. No head and no body that the app takes is longer; what is, arrives for its refusal.
LONGEST_HEAD = 64 * KIB
LONGEST_BODY = 320 * KIB

_HEAD_END = b"\r\n\r\n"
# Of a very long number its beginning is large enough.
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*0*(\d{1,15})\d*[ \t]*\r\n", re.IGNORECASE)
_CODING = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?")
_EXPECTATION = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
_VERSION = re.compile(rb"[^\r\n]* HTTP/1\.1\r\n")


class Arrival:
    """The bytes of one request, and of what follows it on the same connection."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.is_whole = False
        # Larger than anything that is taken, or no request at all: what comes next changes nothing.
        self.is_hopeless = False
        # True while the client holds its body back until it is told to go on.
        self.is_held_back = False
        # Where the body and its next chunk begin; its length is None while only its chunks tell.
        self._body: int | None = None
        self._chunk = 0
        self._length: int | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more has to be waited for."""
        return self.is_whole or self.is_hopeless

    def feed(self, data: bytes) -> None:
        """Take what has arrived."""
        seen = len(self.data)
        self.data += data
        if self._body is None:
            self._look_at_head(max(0, seen - len(_HEAD_END)))
        if self._body is None:
            self.is_hopeless = len(self.data) > LONGEST_HEAD
        elif self._length is None:
            self._look_at_chunks()
            if not self.is_whole and len(self.data) > self._body + LONGEST_BODY:
                self.is_hopeless = True
        else:
            self.is_whole = len(self.data) >= self._body + self._length
            self.is_hopeless = self._length > LONGEST_BODY

    def _look_at_head(self, start: int) -> None:
        end = self.data.find(_HEAD_END, start)
        if end < 0:
            return
        head = bytes(self.data[: end + len(_HEAD_END)])
        if (expectation := _EXPECTATION.search(head)) and _VERSION.match(head):
            # It is met here, and nobody has to meet it again.
            self.is_held_back = True
            head = head[: expectation.start()] + head[expectation.end() :]
            self.data[: end + len(_HEAD_END)] = head
        self._body = self._chunk = len(head)
        found = _LENGTH.search(head)
        self._length = None if _CODING.search(head) else int(found[1]) if found else 0

    def _look_at_chunks(self) -> None:
        """Step over the chunks that are there, up to the last one and its trailers (RFC 9112, section 7.1)."""
        while (line_end := self.data.find(b"\r\n", self._chunk)) >= 0:
            line = _CHUNK_SIZE.fullmatch(self.data, self._chunk, line_end)
            if line is None:
                self.is_hopeless = True
                return
            size = int(line[1], 16)
            if size == 0:
                self.is_whole = self.data.find(_HEAD_END, line_end) >= 0
                return
            self._chunk = line_end + 2 + size + 2
