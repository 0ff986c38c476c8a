"""Vectors while the service runs: what workers embed, what is found with them, and that nothing waits for a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from scripts.eval.asking import write_articles
from scripts.eval.the_set import Article
from scripts.eval.vectors import DIMENSIONS, MODEL
from scripts.local import LocalStack
from scripts.vectors import create
from service.knowledge.vectors import finding
from service.knowledge.vectors.endpoint import VectorEndpoint
from service.knowledge.vectors.work import Embedding
from service.supabase.clients import Upstream
from tests.ai.embedding import Vectors, encoder, serving
from tests.stack import connect, temporary_stack
from tests.web.apps import stack_settings

QUESTION = "암호가 기억나지 않아요"
TEXTS = {
    "password": ("비밀번호 찾기", "비밀번호를 잊으셨다면 새로 정하는 링크를 보내 드려요.", "all"),
    "parking": ("주차", "건물 뒤에 두 대를 댈 수 있어요.", "all"),
    "vip": ("우수 고객의 비밀번호", "우수 고객은 암호를 전화로 물어보실 수 있어요.", "members"),
}
ARTICLES = [
    Article(f"ko/{slug}", title, body, "ko", audience, (), is_distractor=False)
    for slug, (title, body, audience) in TEXTS.items()
]


@pytest.fixture(scope="module")
def own_stack() -> Iterator[LocalStack]:
    """A stack that has what no migration makes."""
    with temporary_stack("vectors") as running:
        with psycopg.connect(running.db_url, autocommit=True) as db:
            if db.execute("select from pg_available_extensions where name = 'vector'").fetchone() is None:
                pytest.skip("This Postgres has no pgvector.")
            write_articles(db, ARTICLES)
            create(db)
        yield running


@pytest.fixture(scope="module")
def upstream(own_stack: LocalStack) -> Iterator[Upstream]:
    """The service's way to it."""
    made = Upstream.from_settings(stack_settings(own_stack))
    yield made
    made.close()


@pytest.fixture(scope="module")
def vectors() -> Iterator[Vectors]:
    """A server of vectors."""
    encoder()
    with serving() as running:
        yield running


def endpoint_of(url: str, model: str = MODEL) -> VectorEndpoint:
    return VectorEndpoint(url, model, DIMENSIONS, None, timeout=60)


def slugs(rows: list[dict[str, Any]]) -> list[str]:
    return [row["slug"] for row in rows]


def count(db: Connection[Any]) -> int:
    return db.execute("select count(*) from public.kb_embeddings").fetchone()[0]


@pytest.fixture
def embedded(own_stack: LocalStack, upstream: Upstream, vectors: Vectors) -> Iterator[Connection[Any]]:
    """What the tick has done."""
    Embedding(upstream, endpoint_of(vectors.url)).embed()
    with connect(own_stack, autocommit=True) as db:
        yield db


def test_the_workers_embed_what_is_new_and_nothing_twice(
    embedded: Connection[Any], upstream: Upstream, vectors: Vectors
) -> None:
    assert count(embedded) == len(ARTICLES)
    asked = len(vectors.asked)
    Embedding(upstream, endpoint_of(vectors.url)).embed()
    assert len(vectors.asked) == asked


def test_what_no_word_finds_is_found_by_meaning(
    embedded: Connection[Any], upstream: Upstream, vectors: Vectors
) -> None:
    assert slugs(finding.find(upstream, None, QUESTION, "ko", "all", 3)) == []
    found = finding.find(upstream, endpoint_of(vectors.url), QUESTION, "ko", "all", 3)
    assert slugs(found)[0] == "password"
    # Near is not enough to answer with; and what is for members is for members.
    assert not any(row["answerable"] for row in found)
    assert "vip" not in slugs(found)
    assert "vip" in slugs(finding.find(upstream, endpoint_of(vectors.url), QUESTION, "ko", "members", 3))


def test_where_no_vectors_are_to_be_had_words_find(embedded: Connection[Any], upstream: Upstream) -> None:
    for away in (endpoint_of("http://127.0.0.1:9/v1"), None):
        assert slugs(finding.find(upstream, away, "건물 뒤에 주차", "ko", "all", 3)) == ["parking"]


def test_where_the_table_is_not_there_words_find(
    stack: LocalStack, vectors: Vectors, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Upstream.from_settings(stack_settings(stack))
    assert isinstance(finding.find(made, endpoint_of(vectors.url), QUESTION, "ko", "all", 3), list)
    Embedding(made, endpoint_of(vectors.url)).embed()
    made.close()
    # Where it is told depends on whether an app has set up the log before.
    told = capsys.readouterr()
    assert "python -m scripts.vectors create" in told.out + told.err
