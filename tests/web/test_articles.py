"""The API of articles: who writes them, versions, what is refused, and that nothing of them is ever HTML that lives."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from scripts.local import LocalStack
from tests.db.chats import new_id
from tests.stack import Member, connect
from tests.web.chat import Api, through_app
from tests.web.desk import Desk, add_operator
from tests.words import a_word

ARTICLES = "/articles"


@pytest.fixture(scope="module")
def team(stack: LocalStack, new_member: Callable[[], Member]) -> Iterator[dict[str, Member]]:
    with connect(stack, autocommit=True) as db:
        accounts = {role: new_member() for role in ("admin", "agent")}
        for role, one in accounts.items():
            add_operator(db, one, role)
        yield accounts


@pytest.fixture
def admin(app: Flask, team: dict[str, Member]) -> Desk:
    return Desk(through_app(app), team["admin"].access_token)


@pytest.fixture
def agent(app: Flask, team: dict[str, Member]) -> Desk:
    return Desk(through_app(app), team["agent"].access_token)


def body(**more: Any) -> dict[str, Any]:
    """An article that nobody else has written."""
    name = a_word()
    return {"title": f"배송 기간 {name}", "body": f"## 출고\n\n평일에 **보내요** {name}.", "locale": "ko", **more}


def test_an_article_from_its_first_draft_to_its_end(admin: Desk, agent: Desk) -> None:
    # As a browser of a Mac may write it.
    written = body(questions=["언제 와요?", unicodedata.normalize("NFD", "얼마예요?")])
    made = admin.inbox("POST", ARTICLES, written)
    assert made.status == 201
    begun = {"status": "draft", "audience": "all", "version": 1, "sourceKind": "hand", "source": None}
    assert made.body == made.body | begun | {"publishedAt": None}
    assert made.body["slug"] == written["title"].replace(" ", "-")
    again = admin.inbox("POST", ARTICLES, written)
    assert (again.status, again.body) == (200, made.body)
    path = f"{ARTICLES}/{made.body['id']}"

    published = admin.inbox("PATCH", path, {"status": "published", "ifVersion": 1})
    assert (published.status, published.body["version"], published.body["publishedAt"] is not None) == (200, 2, True)
    stale = admin.inbox("PATCH", path, {"title": "다른 제목", "ifVersion": 1})
    assert stale.refusal == (409, "settings_changed")
    assert stale.body["current"] == published.body

    retitled = admin.inbox("PATCH", path, {"title": "제주 배송"})
    assert (retitled.body["version"], retitled.body["slug"]) == (3, made.body["slug"])
    versions = agent.inbox("GET", f"{path}/versions", limit=2)
    assert [one["version"] for one in versions.body["versions"]] == [3, 2]
    rest = agent.inbox("GET", f"{path}/versions", limit=2, cursor=versions.body["nextCursor"])
    assert ([one["version"] for one in rest.body["versions"]], rest.body["nextCursor"]) == ([1], None)
    back = admin.inbox("POST", f"{path}/versions/1/restore", {"ifVersion": 3})
    assert (back.body["title"], back.body["status"], back.body["version"]) == (written["title"], "published", 4)
    assert admin.inbox("POST", f"{path}/versions/9/restore", {}).refusal == (404, "not_found")
    assert agent.inbox("GET", path).body == back.body

    assert admin.inbox("DELETE", path).status == 204
    for method, content in {"GET": None, "PATCH": {"status": "draft"}, "DELETE": None}.items():
        assert admin.inbox(method, path, content).refusal == (404, "not_found")


def test_a_new_title_stands_over_the_pieces(admin: Desk, root: Any) -> None:
    made = admin.inbox("POST", ARTICLES, body()).body
    admin.inbox("PATCH", f"{ARTICLES}/{made['id']}", {"title": "새 제목"})
    paths = root.execute("select title_path from public.kb_chunks where article_id = %s", [made["id"]]).fetchall()
    assert paths == [("새 제목 > 출고",)]


def test_the_list_and_what_narrows_it(admin: Desk, agent: Desk) -> None:
    mark = a_word()
    wanted = {
        admin.inbox("POST", ARTICLES, body(title=f"환불 {mark} {number}", locale=locale, status=status)).body["title"]
        for number, (locale, status) in enumerate([("ko", "draft"), ("en", "published"), ("ko", "published")])
    }

    def titles(**query: Any) -> list[str]:
        return [one["title"] for one in agent.inbox("GET", ARTICLES, **query).body["articles"]]

    # Words in any order, whether there are blanks or not.
    assert set(titles(q=f"{mark} 환 불")) == wanted
    assert set(titles(q=f"환불{mark}")) == wanted
    assert titles(q=f"{mark} 없는말") == []
    assert titles(q=mark, locale="ko", status="published", source="hand", audience="all") == [f"환불 {mark} 2"]
    assert titles(q=mark, source="web") == titles(q=mark, audience="members") == []
    first = agent.inbox("GET", ARTICLES, q=mark, limit=2).body
    then = agent.inbox("GET", ARTICLES, q=mark, limit=2, cursor=first["nextCursor"]).body
    assert [one["title"][-1] for one in first["articles"] + then["articles"]] == ["2", "1", "0"]
    assert "body" not in first["articles"][0]
    assert first["articles"][0]["excerpt"].startswith("평일에 보내요")
    refused = agent.inbox("GET", ARTICLES, q="가" * 501, status="live", locale="fr", limit=0)
    assert [one["field"] for one in refused.body["errors"]] == ["status", "locale", "q", "limit"]


def test_members_and_agents_write_nothing(agent: Desk, admin: Desk, api: Api) -> None:
    made = admin.inbox("POST", ARTICLES, body()).body["id"]
    calls = [
        ("POST", ARTICLES, body()), ("POST", ARTICLES, {}), ("PATCH", f"{ARTICLES}/{made}", {"status": "published"}),
        ("DELETE", f"{ARTICLES}/{made}", None), ("POST", f"{ARTICLES}/{made}/versions/1/restore", {}),
        ("PATCH", f"{ARTICLES}/misses/{made}", {"status": "done"}), ("POST", f"{ARTICLES}/imports/{made}/cancel", {}),
    ]  # fmt: skip
    for method, path, content in calls:
        assert agent.inbox(method, path, content).refusal == (403, "not_allowed"), path
        assert api.call(method, f"/inbox{path}", content).refusal == (403, "not_an_operator"), path
    for path in (
        ARTICLES,
        f"{ARTICLES}/{made}",
        f"{ARTICLES}/{made}/versions",
        f"{ARTICLES}/misses",
        f"{ARTICLES}/imports",
    ):
        assert agent.inbox("GET", path).status == 200
        assert api.call("GET", f"/inbox{path}").refusal == (403, "not_an_operator")


FAULTS = {
    "title": [" ", "가" * 201, 1], "body": [" ", "가" * 50_001, "![](x.png)", "[" * 3001], "locale": ["fr", None],
    "status": ["live"], "audience": ["staff"], "questions": [["가"] * 51, ["가" * 301], ["\u200b"], "언제?"],
    "slug": ["a b", "a/b", "", ".", ".."], "sourceKind": ["shipped"],
}  # fmt: skip


@pytest.mark.parametrize("field", FAULTS)
def test_a_body_that_is_none(admin: Desk, field: str) -> None:
    for value in FAULTS[field]:
        refused = admin.inbox("POST", ARTICLES, body(**{field: value}))
        assert refused.refusal == (422, "invalid"), value
        assert {one["field"].split(".")[0] for one in refused.body["errors"]} == {field}


def test_the_longest_article_and_one_that_is_longer(admin: Desk) -> None:
    longest = admin.inbox("POST", ARTICLES, body(body="가나다라 마바사. " * 5000))
    assert longest.status == 201
    assert admin.inbox("PATCH", f"{ARTICLES}/{longest.body['id']}", {"title": "긴 글"}).status == 200
    assert admin.inbox("POST", ARTICLES, body(body="\U0001f600" * 100_000)).refusal == (413, "payload_too_large")


@pytest.mark.tried("attacks")
def test_a_preview_holds_nothing_that_lives(agent: Desk) -> None:
    said = (
        "# 제목\n\n글 <script>alert(1)</script> <img src=x onerror=alert(1)> [나쁜](javascript:alert(1)) "
        '[좋은](https://example.com/?a="b) ![그림](https://example.com/x.png)\n\n'
        "<div onclick=x>글<!-- 비밀 --></div>\n\n"
        "| a |\n|:-:|\n| <svg/onload=alert(1)> |\n\n[x](data:text/html,x) [y](//example.com) <https://example.com>"
    )
    html = agent.inbox("POST", f"{ARTICLES}/preview", {"body": said}).body["html"]
    links = {f'<a href="https://example.com{more}" rel="noopener nofollow">' for more in ("", "/?a=%22b")}
    plain = {f"<{name}>" for name in ("h2", "p", "table", "thead", "tbody", "tr", "th", "td", "a")}
    assert set(re.findall(r"<[^>]*>", html.replace("</", "<"))) == plain | links
    assert "비밀" not in html
    assert html.startswith("<h2>제목</h2>")
    assert '<a href="https://example.com/?a=%22b" rel="noopener nofollow">좋은</a>' in html


def test_what_is_found_is_shown_with_its_scores_until_it_is_withdrawn(admin: Desk, agent: Desk) -> None:
    word = "갈매나무실타래"
    kinds = [("published", "all"), ("published", "members"), ("draft", "all")]
    made = [
        admin.inbox(
            "POST",
            ARTICLES,
            body(title=f"{word} {audience}", body=f"{word}는 서랍에 있어요.", status=status, audience=audience),
        ).body
        for status, audience in kinds
    ]

    def found(**query: Any) -> set[str]:
        answer = agent.inbox("GET", f"{ARTICLES}/search", q=f"{word} 어디 있어요?", limit=20, **query)
        assert answer.status == 200
        assert all(one["score"] > 0 for one in answer.body["results"])
        return {one["articleId"] for one in answer.body["results"]} & {one["id"] for one in made}

    assert found() == {made[0]["id"], made[1]["id"]}
    assert found(audience="all") == {made[0]["id"]}
    admin.inbox("PATCH", f"{ARTICLES}/{made[0]['id']}", {"status": "draft"})
    admin.inbox("DELETE", f"{ARTICLES}/{made[1]['id']}")
    assert found() == set()
    assert agent.inbox("GET", f"{ARTICLES}/search").refusal == (422, "invalid")


def test_questions_that_found_nothing_are_worked_off(admin: Desk, agent: Desk, root: Any) -> None:
    # What others asked stays as it is: a day that nobody else asks about.
    question = "윤년 2월 마지막 토요일에도 문 여나요?"
    for _ in range(2):
        root.execute("select public.kb_miss(%s, 'ko')", [question])

    def listed(**query: str) -> list[dict[str, Any]]:
        misses = agent.inbox("GET", f"{ARTICLES}/misses", limit="200", **query).body["misses"]
        return [one for one in misses if one["question"] == question]

    [miss] = listed()
    assert (miss["asked"], miss["status"]) == (2, "open")
    done = admin.inbox("PATCH", f"{ARTICLES}/misses/{miss['id']}", {"status": "done"})
    assert (done.status, done.body["status"]) == (200, "done")
    assert listed() == []
    assert [one["id"] for one in listed(status="done")] == [miss["id"]]
    assert admin.inbox("PATCH", f"{ARTICLES}/misses/{new_id()}", {"status": "done"}).refusal == (404, "not_found")
