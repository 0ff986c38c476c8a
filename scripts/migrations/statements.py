"""Cuts a SQL file into statements, and says which of them cannot run inside a transaction.

It knows quotes, dollar quotes, comments, parentheses and `begin atomic` bodies, and nothing more of SQL.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<line_comment>--[^\n]*)
    | (?P<block_comment>/\*)
    | (?P<escape>\b[eE]'(?:[^'\\]|\\.|'')*(?:'|\Z))
    | (?P<quote>'(?:[^']|'')*(?:'|\Z))
    | (?P<name>"(?:[^"]|"")*(?:"|\Z))
    | (?P<dollar>(?<![\w$])\$(?:[A-Za-z_\u0080-\uffff][\w]*)?\$)
    | (?P<word>[A-Za-z_\u0080-\uffff][\w$]*)
    | (?P<end>;)
    | (?P<open>\()
    | (?P<close>\))
    """,
    re.VERBOSE | re.DOTALL,
)
_BLOCK_EDGE = re.compile(r"/\*|\*/")
_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)

# The official CLI runs these outside its transaction, too, and no others.
_OUTSIDE = re.compile(
    r"(create\s+(unique\s+)?index\s+concurrently|drop\s+index\s+concurrently|reindex\b.*\bconcurrently"
    r"|vacuum\b|alter\s+system\b|cluster\b)",
    re.IGNORECASE | re.DOTALL,
)
_NAME = r'(?:"[^"]+"|\w+)'
_BUILD = re.compile(
    rf"create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?({_NAME}(?:\.{_NAME})?)\s+on\b",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"(begin|commit|rollback|start\s+transaction|end|abort)\b(?!\s+atomic)", re.IGNORECASE)


@dataclass(frozen=True)
class Statement:
    """One statement without its semicolon, and the line of its file where it begins (from 1)."""

    text: str
    line: int

    @property
    def runs_outside(self) -> bool:
        """Say whether Postgres refuses it inside a transaction."""
        return _OUTSIDE.match(_bare(self.text)) is not None

    @property
    def built_index(self) -> str | None:
        """The index that it builds beside what writes, as it names it, if it does."""
        found = _BUILD.match(_bare(self.text))
        return found and found[1]

    @property
    def controls_transaction(self) -> bool:
        """Say whether it begins or ends a transaction, which is the runner's business."""
        return _CONTROL.match(_bare(self.text)) is not None


def split(text: str) -> list[Statement]:
    """Return the statements of a SQL text; pieces that hold only comments are left out."""
    found = []
    start = 0
    for end in [*_ends(text), len(text)]:
        piece = text[start:end].rstrip("; \t\r\n")
        lead = len(piece) - len(piece.lstrip())
        if _bare(piece):
            found.append(Statement(piece.strip(), text.count("\n", 0, start + lead) + 1))
        start = end
    return found


def _bare(text: str) -> str:
    return _COMMENTS.sub(" ", text).strip()


def _ends(text: str) -> Iterator[int]:
    """Yield the positions just after each semicolon that ends a statement."""
    position, parentheses, atomic, previous = 0, 0, 0, ""
    while token := _TOKEN.search(text, position):
        kind, word, position = token.lastgroup, token.group().lower(), token.end()
        if kind == "block_comment":
            position = _skip_block(text, position)
        elif kind == "dollar":
            closing = text.find(token.group(), position)
            position = len(text) if closing < 0 else closing + len(word)
        elif kind == "word":
            atomic = _atomic_depth(atomic, previous, word)
            previous = word
        elif kind in {"open", "close"}:
            parentheses = max(0, parentheses + (1 if kind == "open" else -1))
        elif kind == "end" and not parentheses and not atomic:
            previous = ""
            yield position


def _atomic_depth(depth: int, previous: str, word: str) -> int:
    if depth:
        return depth + (word == "case") - (word == "end")
    return int(word == "atomic" and previous == "begin")


def _skip_block(text: str, position: int) -> int:
    depth = 1
    while depth:
        edge = _BLOCK_EDGE.search(text, position)
        if edge is None:
            return len(text)
        depth += 1 if edge.group() == "/*" else -1
        position = edge.end()
    return position
