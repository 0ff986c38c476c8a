"""The help as JSON: who is told of which articles, and that nothing asked of it breaks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from psycopg import Connection

from scripts.local import LocalStack
from service.knowledge.help.api import FEW, LONGEST_QUERY
from tests.db.articles import an_article, write_article
from tests.stack import Member, connect
from tests.web.chat import Answer

WORD = "왜가리우산"
QUESTION = f"{WORD} 보관은 어떻게 하나요?"


@pytest.fixture(scope="module")
def db(stack: LocalStack) -> Iterator[Connection[Any]]:
    """The database, past all rights."""
    with connect(stack, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module", autouse=True)
def articles(db: Connection[Any]) -> Iterator[dict[str, str]]:
    """One for each kind of reader, by what it is called: its id."""
    kinds = {
        "all": {}, "members": {"audience": "members"}, "draft": {"status": "draft"}, "english": {"locale": "en"},
    }  # fmt: skip
    made = {}
    for name, columns in kinds.items():
        text = f"{WORD} 보관: 그늘에서 말려 {name}에 두세요."
        made[name] = write_article(db, title=f"{WORD} 보관 {name}", text=text, slug=f"heron-{name}", **columns)["id"]
    yield made
    db.execute("delete from public.kb_articles where id = any(%s)", [list(made.values())])


def slugs(answer: Answer) -> set[str]:
    """Those of ours in a list."""
    return {one["slug"] for one in answer.body["articles"] if one["slug"].startswith("heron-")}


@pytest.mark.parametrize(("who", "readable"), [("nobody", {"all"}), ("guest", {"all"}), ("member", {"all", "members"})])
def test_everybody_is_told_of_what_they_may_read(
    api_of: Any, request: pytest.FixtureRequest, who: str, readable: set[str]
) -> None:
    api = api_of(None if who == "nobody" else request.getfixturevalue(who))
    found = api.call("GET", "/help", q=QUESTION, locale="ko")
    assert (found.status, slugs(found) - {"heron-english"}) == (200, {f"heron-{name}" for name in readable})
    listed = api.call("GET", "/help", locale="ko").body["articles"]
    assert len(listed) <= FEW
    assert slugs(api.call("GET", "/help", locale="ko")) == {f"heron-{name}" for name in readable}
    for name in ("all", "members", "draft"):
        answer = api.call("GET", f"/help/heron-{name}", locale="ko")
        if name in readable:
            assert answer.body["article"]["body"] == [
                {"tag": "p", "children": [f"{WORD} 보관: 그늘에서 말려 {name}에 두세요."]}
            ]
        else:
            assert answer.refusal == (404, "not_found")


def test_it_is_told_in_the_language_that_there_is(api_of: Any) -> None:
    assert slugs(api_of(None).call("GET", "/help", locale="en")) == {"heron-english"}
    assert api_of(None).call("GET", "/help/heron-all", locale="en").body["article"]["locale"] == "ko"


def test_what_is_withdrawn_is_gone_and_kept_for_a_second_at_most(
    api_of: Any, db: Connection[Any], member: Member
) -> None:
    nobody = api_of(None)
    with an_article(db, title=f"{WORD} 손잡이", text=f"{WORD} 손잡이는 나무예요.", slug="heron-handle") as made:
        answer = nobody.call("GET", "/help/heron-handle")
        assert answer.headers["Cache-Control"] == "public, max-age=1"
        assert {"Authorization", "Cookie"} <= set(answer.headers["Vary"].split(", "))
        own = api_of(member).call("GET", "/help/heron-handle")
        assert own.headers["Cache-Control"] == "no-store"
        write_article(db, made["id"], text=None, status="draft")
        assert nobody.call("GET", "/help/heron-handle").refusal == (404, "not_found")
        assert "heron-handle" not in slugs(nobody.call("GET", "/help", q=f"{WORD} 손잡이"))


def test_a_token_that_does_not_hold_is_refused_instead_of_told_less(api_of: Any, member: Member) -> None:
    assert api_of(replace(member, access_token="no.such.token")).call("GET", "/help").refusal == (
        401,
        "unauthenticated",
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"q": "가" * (LONGEST_QUERY + 1)}, "q"),
        ({"q": "가\x00"}, "q"),
        ({"locale": "fr"}, "locale"),
        ({"locale": ""}, "locale"),
    ],
)
def test_what_cannot_be_meant_is_invalid(api_of: Any, query: dict[str, str], field: str) -> None:
    answer = api_of(None).call("GET", "/help", **query)
    assert answer.refusal == (422, "invalid")
    assert [fault["field"] for fault in answer.body["errors"]] == [field]


@pytest.mark.parametrize(
    "words", ["%", "' or 1=1 --", "()[]{}*\\", "👩‍👩‍👧‍👦", "a:* & !b | <->", "가" * LONGEST_QUERY, "\u3164"]
)
def test_any_words_are_safe(api_of: Any, words: str) -> None:
    assert api_of(None).call("GET", "/help", q=words).status == 200
