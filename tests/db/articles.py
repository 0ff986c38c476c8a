"""Articles for tests, written by the function that writes all of them. No assertions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

# Words that no other article of the session has.
TITLE = "두루미깃털 빗자루 손질법"
TEXT = (
    "두루미깃털 빗자루는 {nickname} 찬물에 담갔다가 그늘에서 말려 주세요.\n"
    "- 삶으면 깃이 빠져요.\n- 2주에 한 번이면 충분해요."
)
QUESTION = "두루미깃털 빗자루는 어떻게 손질하나요?"
# And of a second one.
SECOND = {
    "title": "백로눈썹 붓 보관법",
    "text": "백로눈썹 붓은 대나무 발에 말아 서늘한 곳에 걸어 두세요.",
    "slug": "egret-brow-brush",
}
ABOUT_SECOND = "백로눈썹 붓은 어떻게 보관하나요?"
UNKNOWN = "갈매나무 실타래는 몇 그램인가요?"
_COLUMNS = "title, body, locale, status, audience, questions, slug, source_kind, edited_by_hand"


def write_article(
    db: Connection[Any], article: str | None = None, *, text: str | None = TEXT, **columns: Any
) -> dict[str, Any]:
    """Write an article of one piece, or another version of one; return its row. `text` None leaves its pieces."""
    before = db.execute("select to_jsonb(a) from public.kb_articles a where id = %s", [article]).fetchone()
    new = {
        "title": TITLE, "body": text, "locale": "ko", "status": "published", "audience": "all", "questions": [],
        "slug": "crane-feather-broom", "source_kind": "hand", "edited_by_hand": False,
    }  # fmt: skip
    row = {**(before[0] if before else new), **({"body": text} if text else {}), **columns}
    pieces = None if text is None else _pieces(row["title"], [text])
    found = db.execute(
        "select to_jsonb(public.kb_write(jsonb_populate_record(null::public.kb_articles, %s), %s, 'hand', null))",
        [Jsonb(row), None if pieces is None else Jsonb(pieces)],
    ).fetchone()
    return found[0]


def _pieces(title: str, texts: Sequence[str]) -> list[dict[str, str]]:
    return [
        {"title_path": title, "text": one, "digest": hashlib.sha256(f"{title}\n{one}".encode()).hexdigest()}
        for one in texts
    ]


def chunk_of(db: Connection[Any], article: str) -> dict[str, Any]:
    """The first piece of an article."""
    found = db.execute(
        "select to_jsonb(c) from public.kb_chunks c where article_id = %s order by place limit 1", [article]
    ).fetchone()
    return found[0]


@contextmanager
def an_article(db: Connection[Any], **columns: Any) -> Iterator[dict[str, Any]]:
    """An article that is there for a while."""
    made = write_article(db, **columns)
    try:
        yield made
    finally:
        db.execute("delete from public.kb_articles where id = %s", [made["id"]])


@contextmanager
def told(db: Connection[Any], **settings: Any) -> Iterator[None]:
    """What a turn is told of the assistant's settings, for a while."""
    found = db.execute("select mode, forbidden_topics from public.kb_assistant_told").fetchone()
    before = dict(zip(("mode", "forbidden_topics"), found, strict=True))
    _tell(db, before | settings)
    try:
        yield
    finally:
        _tell(db, before)


def _tell(db: Connection[Any], row: dict[str, Any]) -> None:
    values = [row["mode"], Jsonb(row["forbidden_topics"])]
    db.execute("update public.kb_assistant_told set mode = %s, forbidden_topics = %s", values)


def answers_of(db: Connection[Any], conversation: str) -> list[dict[str, Any]]:
    """What questions of a conversation got, in the order of the questions."""
    found = db.execute(
        "select to_jsonb(k) from public.kb_answers k join public.chat_messages m on m.id = k.question_message_id"
        " where k.conversation_id = %s order by m.seq",
        [conversation],
    )
    return [row[0] for row in found]
