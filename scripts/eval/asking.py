"""The set in a database of its own, and every question asked of it as who asks would.

A guest is asked for by the service, which narrows to what is for all; a member asks with a member's own rights.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from scripts.eval.the_set import Article, Question
from service.knowledge.articles.chunks import chunks_of

_WRITE = """
    select (public.kb_write(jsonb_populate_record(null::public.kb_articles, %s::jsonb), %s::jsonb, 'import', null)).id
"""
_AS_MEMBER = json.dumps({"sub": str(uuid.UUID(int=1)), "role": "authenticated", "is_anonymous": False})
_FIND = "select public.kb_find(%s, %s, %s, %s)"
_FIND_NEAR = "select public.kb_find_near(%s, %s, %s::real[], %s, %s, %s)"
# What the rule says if no coverage is asked for: where the threshold stands can be seen in the whole course.
_RULE = """
    select coverage from public.kb_ranked(%s, %s, %s, 0) where may_answer
"""
# Word for word what the published version says, and it is for whoever asked.
_IS_VALID = """
    select exists (
      select
      from public.kb_versions v
      join public.kb_articles a on a.id = v.article_id and a.version = v.version
      cross join jsonb_array_elements(v.pieces) piece
      where v.article_id = %s and v.version = %s and piece ->> 'text' = %s
        and a.status = 'published' and (a.audience = 'all' or %s)
    )
"""
# Rows of an answer to a question: twice the five that count, as of one article there may be two.
ROWS = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A found piece. `key` is its article's in the set."""

    key: str
    text: str
    coverage: float
    answerable: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What one question found, best first."""

    question: Question
    rows: tuple[Row, ...]
    # The coverage of the best piece, where all else allows that it is the answer.
    allowed_from: float | None
    # Whether the answer is word for word of a published article that the asker may read; also where there is none.
    is_valid: bool

    @property
    def answer(self) -> Row | None:
        """What would be shown."""
        return self.rows[0] if self.rows and self.rows[0].answerable else None

    @property
    def articles(self) -> list[str]:
        """Which articles were found, each once."""
        return list(dict.fromkeys(row.key for row in self.rows))

    @property
    def rank(self) -> int | None:
        """Where the first right article stands, from 1; none where it is not found."""
        return next((place for place, key in enumerate(self.articles, 1) if key in self.question.right), None)


def write_articles(connection: Connection[Any], articles: Sequence[Article]) -> dict[str, str]:
    """Write articles as the service does and return their keys by id."""
    keys: dict[str, str] = {}
    for article in articles:
        said = {
            "title": article.title,
            "body": article.body,
            "locale": article.locale,
            "status": "published",
            "audience": article.audience,
            "questions": list(article.questions),
            "slug": article.slug,
            "edited_by_hand": False,
        }
        pieces = [chunk.row for chunk in chunks_of(article.title, article.body)]
        written = connection.execute(_WRITE, [json.dumps(said), json.dumps(pieces)]).fetchone()
        assert written is not None
        keys[str(written[0])] = ("x/" if article.is_distractor else "") + article.key
    connection.execute("analyze public.kb_articles, public.kb_chunks, public.kb_terms")
    return keys


@dataclass(frozen=True, slots=True)
class Near:
    """Vectors of questions by their text, which `model` made. Without `with_words` they find alone."""

    model: str
    vectors: Mapping[str, Sequence[float]]
    with_words: bool


def ask(
    connection: Connection[Any], keys: Mapping[str, str], questions: Sequence[Question], near: Near | None = None
) -> list[Asked]:
    """Ask every question as its asker would. The connection is a superuser's and commits each statement."""
    return [_ask(connection, keys, question, near) for question in questions]


def _ask(connection: Connection[Any], keys: Mapping[str, str], question: Question, near: Near | None) -> Asked:
    who = (question.text, question.locale, None if question.is_member else "all")
    with connection.transaction():
        _become(connection, question)
        found = _found(connection, question, near)
        rule = connection.execute(_RULE, who).fetchone()
    rows = tuple(
        Row(keys[row["articleId"]], row["text"], float(row["coverage"]), bool(row["answerable"])) for row in found
    )
    is_valid = True
    if rows and rows[0].answerable:
        best = found[0]
        is_valid = _one(connection, _IS_VALID, best["articleId"], best["version"], best["text"], question.is_member)
    return Asked(question, rows, None if rule is None else float(rule[0]), is_valid)


def _found(connection: Connection[Any], question: Question, near: Near | None) -> list[dict[str, Any]]:
    audience = None if question.is_member else "all"
    if near is None:
        found = _one(connection, _FIND, question.text, question.locale, audience, ROWS)
    else:
        text, vector = question.text if near.with_words else "", list(near.vectors[question.text])
        found = _one(connection, _FIND_NEAR, text, question.locale, vector, near.model, audience, ROWS)
    return list(found)


def _become(connection: Connection[Any], question: Question) -> None:
    role, claims = ("authenticated", _AS_MEMBER) if question.is_member else ("service_role", "{}")
    connection.execute(
        "select set_config('role', %s, true), set_config('request.jwt.claims', %s, true)", [role, claims]
    )


def _one(connection: Connection[Any], statement: str, *values: object) -> Any:
    row = connection.execute(statement.encode(), values).fetchone()
    assert row is not None
    return row[0]
