"""Vectors, where somebody sets them up: made by the script, kept for what is new, found with, and never in the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from scripts.embedding.filling import fill, missing
from scripts.eval.asking import Near, ask, write_articles
from scripts.eval.figures import by, figures, leaks
from scripts.eval.reached import REACHED
from scripts.eval.the_set import Article, read_articles, read_questions
from scripts.eval.vectors import DIMENSIONS, MODEL
from scripts.local import LocalStack
from scripts.local.paths import MIGRATIONS, ROOT
from scripts.vectors import create
from service.knowledge.vectors.endpoint import VectorEndpoint, VectorsAway
from tests.ai.embedding import Answer, Body, Vectors, encoder, honest, serving
from tests.databases import copied_database
from tests.summary import Tell
from tests.web.apps import offline_settings


@pytest.fixture(scope="module")
def server() -> Iterator[Vectors]:
    """A server of vectors. Its model is loaded before anybody waits for it."""
    encoder()
    with serving() as vectors:
        yield vectors


@pytest.fixture
def vectors(server: Vectors) -> Iterator[Vectors]:
    """The same, as if nobody had asked yet."""
    server.asked.clear()
    server.paths.clear()
    server.keys.clear()
    yield server
    server.script = None


def endpoint(
    vectors: Vectors, *, dimensions: int = DIMENSIONS, key: str | None = None, timeout: float = 300
) -> VectorEndpoint:
    return VectorEndpoint(vectors.url, MODEL, dimensions, key, timeout=timeout)


def test_every_text_gets_its_own_vector_whatever_the_order(vectors: Vectors) -> None:
    texts = ["배송은 며칠 걸려요?", "환불해 주세요", "Is it dishwasher safe?"]
    found = endpoint(vectors, key="k-1").vectors(texts)
    assert [[round(number, 4) for number in one] for one in found] == [
        [round(number, 4) for number in one] for one in encoder().vectors(texts)
    ]
    assert (vectors.paths, vectors.keys) == (["/v1/embeddings"], ["Bearer k-1"])
    assert vectors.asked[0]["model"] == MODEL
    assert endpoint(vectors).vectors([]) == []


@pytest.mark.parametrize(
    ("answers", "own", "sent"),
    [
        ("{origin}/v1", None, "Bearer k-answers"),
        ("{origin}/elsewhere", None, "Bearer k-answers"),
        ("{origin}/v1", "k-vectors", "Bearer k-vectors"),
        ("http://localhost:{port}/v1", None, None),
        ("http://127.0.0.1:1/v1", None, None),
        ("https://127.0.0.1:{port}/v1", None, None),
        ("http://127.0.0.1:1/v1", "k-vectors", "Bearer k-vectors"),
        (None, None, None),
    ],
)
def test_the_key_of_another_origin_stays_here(
    vectors: Vectors, answers: str | None, own: str | None, sent: str | None
) -> None:
    origin = vectors.url.removesuffix("/v1")
    other = None if answers is None else answers.format(origin=origin, port=origin.rpartition(":")[2])
    settings = offline_settings(
        ai_base_url=other, ai_model=other and "answers", ai_api_key="k-answers",
        ai_embedding_base_url=vectors.url, ai_embedding_model=MODEL, ai_embedding_dimensions=1,
        ai_embedding_api_key=own,
    )  # fmt: skip
    vectors.script = lambda _: _data([1.0])
    asked = VectorEndpoint.from_settings(settings)
    assert asked is not None
    asked.vectors(["가"])
    assert vectors.keys == [sent]


def test_an_endpoint_that_knows_no_dimensions_is_asked_without(vectors: Vectors) -> None:
    def script(body: Body) -> Answer:
        return (400, {"error": "dimensions?"}) if "dimensions" in body else honest(body)

    vectors.script = script
    asked = endpoint(vectors)
    asked.vectors(["가"])
    asked.vectors(["나"])
    assert ["dimensions" in body for body in vectors.asked] == [True, False, False]


def _data(*vectors: list[Any]) -> Answer:
    return 200, {"data": [{"index": place, "embedding": one} for place, one in enumerate(vectors)]}


FAULTS: dict[str, tuple[Answer, str]] = {
    "refused": ((401, {}), "refused"),
    "no such model": ((404, {}), "refused"),
    "busy": ((429, {}), "away"),
    "broken": ((500, {}), "away"),
    "no JSON": ((200, b"<html>"), "unreadable"),
    "no data": ((200, {"data": []}), "unreadable"),
    "no object": ((200, []), "unreadable"),
    "words": (_data(["a", "b"]), "unreadable"),
    "one too few": ((200, {"data": [{"index": 7, "embedding": [1.0, 0.0]}]}), "unreadable"),
    "another length": (_data([1.0, 0.0, 0.0]), "dimensions"),
    "nothing": (_data([0.0, 0.0]), "unreadable"),
    "no number": ((200, b'{"data": [{"index": 0, "embedding": [NaN, 1]}]}'), "unreadable"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_an_endpoint_have_a_word_each(vectors: Vectors, fault: str) -> None:
    answer, reason = FAULTS[fault]
    vectors.script = lambda _: answer
    with pytest.raises(VectorsAway) as away:
        endpoint(vectors, dimensions=2).vectors(["가"])
    assert away.value.reason == reason


def test_nobody_there_is_away() -> None:
    with pytest.raises(VectorsAway, match="away"):
        VectorEndpoint("http://127.0.0.1:9/v1", MODEL, 2, None, timeout=2).vectors(["가"])


def available(stack: LocalStack) -> bool:
    with psycopg.connect(stack.db_url) as db:
        return db.execute("select from pg_available_extensions where name = 'vector'").fetchone() is not None


@pytest.fixture(scope="module")
def held(stack: LocalStack) -> Iterator[tuple[Connection[Any], dict[str, str], str]]:
    """The set in a database of its own, with the table of vectors, empty."""
    if not available(stack):
        pytest.skip("This Postgres has no pgvector.")
    with copied_database(stack.db_url, migrations=MIGRATIONS) as url, psycopg.connect(url, autocommit=True) as db:
        keys = write_articles(db, read_articles())
        create(db)
        create(db)
        yield db, keys, url


def run(url: str, vectors: Vectors, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ, "AI_EMBEDDING_BASE_URL": vectors.url, "AI_EMBEDDING_MODEL": MODEL, "SUPABASE_DB_URL": url,
        "AI_EMBEDDING_DIMENSIONS": str(DIMENSIONS), "SUPABASE_URL": "http://127.0.0.1:9", "APP_URL": "http://127.0.0.1:9",
        "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_x", "SUPABASE_SECRET_KEY": "sb_secret_x", "SECRET_KEY": "x" * 40,
        "AI_TIMEOUT": "120",
        **settings,
    }  # fmt: skip
    command = [sys.executable, "-m", "scripts.vectors", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False)


def test_vectors_help_where_words_find_little(
    held: tuple[Connection[Any], dict[str, str], str], vectors: Vectors, tell: Tell
) -> None:
    db, keys, url = held
    done = run(url, vectors, "embed")
    assert done.returncode == 0, done.stderr
    assert missing(db, MODEL, DIMENSIONS) == 0
    assert "Every published piece has a vector" in done.stdout
    assert run(url, vectors, "embed").stdout.strip() == "Nothing is missing."

    questions = [one for one in read_questions() if one.is_answerable or one.kind == "member_only"]
    texts = [one.text for one in questions]
    near = dict(zip(texts, encoder().vectors(texts), strict=True))
    ways = {
        "words": ask(db, keys, questions),
        "vectors": ask(db, keys, questions, Near(MODEL, near, with_words=False)),
        "both": ask(db, keys, questions, Near(MODEL, near, with_words=True)),
    }
    found = {way: figures(asked) for way, asked in ways.items()}
    tell("eval", "MRR " + ", ".join(f"{way} {one.mrr:.3f}" for way, one in found.items()))
    # docs/answers.md says why it is not 0.10.
    assert found["both"].mrr > max(found["words"].mrr, found["vectors"].mrr) + 0.045
    assert found["both"].hit_5 > max(found["words"].hit_5, found["vectors"].hit_5) + 0.04
    # What words may answer with stands first for both.
    assert found["both"].answered == found["words"].answered
    told = json.loads(REACHED.read_text(encoding="utf-8"))["both"]
    for name in ("hit_1", "hit_5", "mrr", "to_the_point"):
        # One question's share: another machine's last digit may swap two pieces that are as near.
        assert found["both"].as_json()[name] >= told[name] - 1 / found["both"].answerable, name
    # Where words say next to nothing the gain is what was hoped for everywhere.
    kinds = {way: by(asked, lambda one: one.question.kind) for way, asked in ways.items()}
    for kind in ("paraphrase", "cross"):
        assert kinds["both"][kind].mrr > kinds["words"][kind].mrr + 0.20
    assert kinds["both"]["cross"].mrr > kinds["vectors"]["cross"].mrr - 0.05
    locales = {way: by(asked, lambda one: one.question.locale) for way, asked in ways.items()}
    for locale in ("ko", "en"):
        assert locales["both"][locale].hit_5 >= max(locales[way][locale].hit_5 for way in ("words", "vectors"))
    # Codes are found by their letters, and stay found.
    assert kinds["both"]["code"].hit_5 == 1.0
    assert found["both"].wrong <= found["words"].wrong
    for_members = frozenset(one.key for one in read_articles() if one.audience == "members")
    assert leaks(ways["both"], for_members) == leaks(ways["vectors"], for_members) == []


def test_another_model_stands_beside_the_old_one_until_that_is_dropped(
    held: tuple[Connection[Any], dict[str, str], str], vectors: Vectors
) -> None:
    db, _, url = held
    assert not list(fill(db, MODEL, DIMENSIONS, encoder().vectors)) or missing(db, MODEL, DIMENSIONS) == 0

    def script(body: Body) -> Answer:
        return _data(*([float(len(text)), 1.0, 0.0] for text in body["input"]))

    vectors.script = script
    other = {"AI_EMBEDDING_MODEL": "other", "AI_EMBEDDING_DIMENSIONS": "3"}
    assert run(url, vectors, "embed", **other).returncode == 0
    assert (missing(db, "other", 3), missing(db, MODEL, DIMENSIONS)) == (0, 0)
    find = "select public.kb_find_near('배송', 'ko', array_fill(1::real, array[%s]), %s, 'all', 3)"
    assert all(len(db.execute(find, way).fetchone()[0]) == 3 for way in ((3, "other"), (DIMENSIONS, MODEL)))
    told = run(url, vectors, "status").stdout
    assert f"{MODEL}, {DIMENSIONS} numbers" in told
    assert "other, 3 numbers" in told
    assert "vectors of other are gone" in run(url, vectors, "drop", "other").stdout
    assert db.execute("select count(distinct model) from public.kb_embeddings").fetchone() == (1,)


def test_a_new_piece_is_missing_until_it_is_embedded(held: tuple[Connection[Any], dict[str, str], str]) -> None:
    db, _, _ = held
    list(fill(db, MODEL, DIMENSIONS, encoder().vectors))
    new = Article("ko/new", "새 글", "새로 쓴 글이에요.", "ko", "all", (), is_distractor=True)
    ((article, _),) = write_articles(db, [new]).items()
    assert missing(db, MODEL, DIMENSIONS) == 1
    assert list(fill(db, MODEL, DIMENSIONS, encoder().vectors)) == [1]
    db.execute("delete from public.kb_articles where id = %s", [article])
    assert missing(db, MODEL, DIMENSIONS) == 0


def test_without_the_table_the_script_says_what_to_run(stack: LocalStack, vectors: Vectors) -> None:
    with copied_database(stack.db_url, migrations=MIGRATIONS) as url:
        done = run(url, vectors, "embed")
    assert done.returncode == 1
    assert done.stderr.strip() == "There is no table of vectors: run `python -m scripts.vectors create` first."
