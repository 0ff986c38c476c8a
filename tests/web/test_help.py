"""The help pages: who reads what, in which language, that nothing in an article runs, that one withdrawn is gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import Connection

from scripts.local import LocalStack
from service.conversations import team
from service.core import markdown
from service.http import limits
from service.knowledge.help import pages
from service.site.texts import TEXTS
from tests.stack import Member
from tests.web.apps import APP_URL, signed_in, stack_app
from tests.web.chat import through_app
from tests.web.desk import Desk, add_operator
from tests.web.proxy import Passed, Proxy
from tests.words import a_korean_word, a_word

NASTY = """### 제목

##### 더

#### 그리고

## 다음

<script>alert(1)</script> <img src=x onerror=alert(1)> <b onclick="x">굵게</b>

[누르면](javascript:alert(1)) [밖으로](https://example.com/a?b=1&c=2) ![그림](https://example.com/x.png)

| 상태 | 취소 |
|---|---|
| 결제 완료 | `바로` |
"""
# In no article.
WORD = "zqxwvkvzj"
Write = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def editor(new_member: Callable[[], Member]) -> Member:
    """Who writes the articles."""
    return new_member()


@pytest.fixture
def desk(app: Flask, editor: Member, root: Connection[Any]) -> Desk:
    """The API as the editor, an admin, calls it."""
    known = root.execute("select from public.chat_operators where user_id = %s", [editor.id]).fetchone()
    if known is None:
        add_operator(root, editor, "admin")
    return Desk(through_app(app), editor.access_token)


@pytest.fixture
def write(desk: Desk) -> Iterator[Write]:
    """A function that writes an article: in Korean, published for all, unless it is told otherwise."""
    made: list[str] = []

    def one(**changes: Any) -> dict[str, Any]:
        word = a_word()
        usual = {"title": f"도움말 {word}", "body": f"본문 {word}", "locale": "ko", "status": "published"}
        answer = desk.inbox("POST", "/articles", {**usual, **changes})
        assert answer.status == 201, answer.body
        made.append(answer.body["id"])
        return dict(answer.body)

    yield one
    for article in made:
        desk.inbox("DELETE", f"/articles/{article}")


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    """A browser in Korean that nobody has signed in with."""
    client = app.test_client()
    client.set_cookie("lang", "ko")
    return client


def address(article: dict[str, Any]) -> str:
    return f"/help/{quote(article['slug'])}"


def listed(client: FlaskClient, **query: Any) -> str:
    """All pages of the list."""
    texts: list[str] = []
    while not texts or 'rel="next"' in texts[-1]:
        answer = client.get("/help", query_string={**query, "page": len(texts) + 1})
        assert answer.status_code == 200
        texts.append(answer.text)
    return "".join(texts)


def test_each_reads_what_is_for_them(
    app: Flask, write: Write, browser: FlaskClient, member: Member, editor: Member
) -> None:
    articles = {"all": write(), "members": write(audience="members"), "draft": write(status="draft")}
    readers = {"guest": browser, "member": signed_in(app, member), "operator": signed_in(app, editor)}
    # What an operator sees here is what customers see: no drafts.
    expected = {"guest": {"all"}, "member": {"all", "members"}, "operator": {"all", "members"}}
    for who, client in readers.items():
        read = {name for name, one in articles.items() if client.get(address(one)).status_code == 200}
        page = listed(client)
        assert read == expected[who], who
        assert {name for name, one in articles.items() if one["title"] in page} == expected[who], who
        found = {
            name
            for name, one in articles.items()
            if f'href="{address(one)}"' in client.get("/help", query_string={"q": one["title"]}).text
        }
        assert found == expected[who], who


def test_who_may_not_read_is_told_what_everybody_is_told(browser: FlaskClient, write: Write) -> None:
    hidden = write(audience="members")
    answer, nothing = browser.get(address(hidden)), browser.get(f"/help/{a_word()}")
    assert (answer.status_code, nothing.status_code) == (404, 404)
    assert answer.text == nothing.text
    assert TEXTS["ko"]["error_not_found"] in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert browser.get("/help/%00").status_code == 404


@pytest.mark.parametrize("how", ["withdrawn", "for members", "deleted"])
def test_what_is_withdrawn_is_gone(browser: FlaskClient, write: Write, desk: Desk, how: str) -> None:
    article = write()
    path = f"/articles/{article['id']}"
    read = browser.get(address(article))
    assert read.status_code == 200
    # Nobody in between keeps it.
    assert read.headers["Cache-Control"] == "no-store"
    changes = {"withdrawn": {"status": "draft"}, "for members": {"audience": "members"}}.get(how)
    answer = desk.inbox("PATCH", path, changes) if changes else desk.inbox("DELETE", path)
    assert answer.status < 300, answer.body
    assert browser.get(address(article)).status_code == 404
    assert article["title"] not in listed(browser)
    assert address(article) not in browser.get("/help", query_string={"q": article["title"]}).text


def test_nothing_in_an_article_runs(browser: FlaskClient, write: Write) -> None:
    title = f"</title><script>alert(2)</script> \"' {a_word()}"
    page = browser.get(address(write(title=title, body=NASTY, questions=["<img src=x onerror=alert(3)>"])))
    assert page.status_code == 200
    scripts = re.findall(r"<script[^>]*>", page.text)
    assert all(re.search(r'src="/(?:assets/|embed\.js)', one) for one in scripts), scripts
    assert not re.search(r"<[^>]*\son\w+=|<[^>]*\sstyle=|href=\"javascript:|<img", page.text)
    assert title in unescape(page.text)
    for kept in ("<td>결제 완료</td>", "<code>바로</code>", 'href="https://example.com/a?b=1&amp;c=2"'):
        assert kept in page.text
    # One title a page, and no level of headings left out below it.
    levels = [int(level) for level in re.findall(r"<h([1-6])", page.text)]
    assert levels[:5] == [1, 2, 3, 3, 2]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    found = browser.get("/help", query_string={"q": "<script>alert(4)</script>"})
    assert found.status_code == 200
    assert "alert(4)</script>" not in found.text


def test_the_language_is_the_readers_and_the_switch_keeps_the_page(app: Flask, write: Write) -> None:
    slug = f"both-{a_word()}"
    korean, english = write(slug=slug), write(slug=slug, locale="en", title=f"Help {slug}", body=f"Body of {slug}")
    only = write(locale="en", title="Only in English", body="Only this one.")
    for language, mine, other in (("ko", korean, english), ("en", english, korean)):
        client = app.test_client()
        page = client.get(address(korean), headers={"Accept-Language": language})
        assert f'<html lang="{language}">' in page.text
        assert f'<article lang="{language}"' in page.text
        assert mine["title"] in page.text
        assert other["title"] not in page.text
        assert f'href="?lang={"en" if language == "ko" else "ko"}"' in page.text
        assert mine["title"] in listed(client, lang=language)
        assert other["title"] not in listed(client, lang=language)
        found = client.get("/help", query_string={"q": korean["title"], "lang": language}).text
        switched = urlencode({"q": korean["title"], "lang": "en" if language == "ko" else "ko"})
        assert f'href="?{switched}"' in unescape(found)
    page = app.test_client().get(address(only), headers={"Accept-Language": "ko"})
    # What there is in one language alone is shown in that, and says so.
    assert '<article lang="en"' in page.text
    assert TEXTS["ko"]["help_only_en"] in page.text


def test_search_engines_are_told_what_a_page_is(browser: FlaskClient, write: Write, app: Flask, member: Member) -> None:
    article = write(body="## 출고\n\n평일 오후 2시 이전에 결제하시면 당일 출고해요.")
    page = browser.get(address(article)).text
    assert f"<title>{article['title']} · " in page
    assert '<meta name="description" content="출고 평일 오후 2시 이전에 결제하시면 당일 출고해요.">' in page
    assert f'<link rel="canonical" href="{APP_URL}{address(article)}">' in page
    for language in ("ko", "en"):
        assert f'hreflang="{language}" href="{APP_URL}{address(article)}?lang={language}"' in page
    assert "noindex" not in page
    assert '<meta name="robots" content="noindex">' in browser.get("/help?q=x").text
    private = signed_in(app, member).get(address(write(audience="members"))).text
    assert '<meta name="robots" content="noindex">' in private
    assert TEXTS["ko"]["help_members"] in private


def test_a_guest_asks_the_page_no_more_often_than_the_chat(stack: LocalStack) -> None:
    browser = stack_app(stack, rate_limit_member=2).test_client()
    asked = [browser.get(f"/help?q={quote('달의 무게')}", base_url=APP_URL) for _ in range(3)]
    assert [page.status_code for page in asked] == [200, 200, 429]
    assert "text/html" in asked[-1].headers["Content-Type"]
    # Whoever only reads goes on.
    assert browser.get("/help", base_url=APP_URL).status_code == 200


def test_a_question_finds_its_article_and_what_finds_none_leads_on(browser: FlaskClient, write: Write) -> None:
    word = a_korean_word()
    article = write(title=f"{word} 사용법", body=f"{word}은 식기세척기에 넣을 수 있어요.")
    page = browser.get("/help", query_string={"q": f"{word} 식기세척기에 넣어도 되나요?"}).text
    assert re.findall(r'<h2><a href="([^"]+)"', page)[0] == address(article)
    assert f"{word}은 식기세척기에 넣을 수 있어요." in page
    nothing = browser.get("/help", query_string={"q": "zqxwvk zqxwvj"}).text
    assert TEXTS["ko"]["help_none_found"] in nothing
    assert 'data-chat="open"' in nothing
    # As long as an address may be, and what no database holds: no fault.
    for odd in ("가" * 900, "a\x00b", "\ud800", " \u200b ", "' or 1=1 --", "%_\\", "&|!():*"):
        assert browser.get("/help", query_string={"q": odd.encode("utf-8", "surrogatepass")}).status_code == 200, odd


def test_a_page_is_made_once_however_often_it_is_asked_for(
    browser: FlaskClient, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = write()
    pages_of = [browser.get(address(article)).text]
    monkeypatch.setattr(markdown, "tokens_of", lambda _: pytest.fail("It is read again."))
    pages_of.append(browser.get(address(article)).text)
    assert all(article["body"] in page for page in pages_of)


@pytest.mark.parametrize(
    ("zone", "told"),
    [("Asia/Seoul", "2026년 1월 1일"), ("America/New_York", "2025년 12월 31일"), (None, "2025년 12월 31일")],
)
def test_a_day_is_the_teams(
    stack: LocalStack, write: Write, root: Connection[Any], proxy: Proxy, zone: str | None, told: str
) -> None:
    article = write()
    root.execute("update public.kb_articles set updated_at = '2025-12-31T15:30:00Z' where id = %s", [article["id"]])
    ((before,),) = root.execute("select time_zone from public.chat_team").fetchall()
    try:
        root.execute("update public.chat_team set time_zone = coalesce(%s, time_zone)", [zone])
        reader = stack_app(stack, supabase_url=proxy.url)
        if zone is None:
            proxy.cut("chat_team", times=100)
        page = reader.test_client().get(address(article), base_url=APP_URL, query_string={"lang": "ko"})
        assert (page.status_code, f">{told}</time>" in page.text) == (200, True)
    finally:
        root.execute("update public.chat_team set time_zone = %s", [before])


@pytest.fixture
def missed(root: Connection[Any]) -> Iterator[Callable[[], list[tuple[str, str, int]]]]:
    """What found nothing, of questions with WORD in them."""
    yield lambda: root.execute(
        "select question, locale, asked from public.kb_misses where question like %s order by question", [f"%{WORD}%"]
    ).fetchall()
    root.execute("delete from public.kb_misses where question like %s", [f"%{WORD}%"])


def test_what_found_nothing_is_kept_for_the_team_without_who_asked(
    app: Flask, browser: FlaskClient, member: Member, missed: Callable[[], list[tuple[str, str, int]]]
) -> None:
    question = f"{WORD} 010-1234-5678 hana@example.com"
    signed = signed_in(app, member)
    signed.set_cookie("lang", "ko")
    for client in (browser, signed):
        assert TEXTS["ko"]["help_none_found"] in client.get("/help", query_string={"q": question}).text
    assert browser.head("/help", query_string={"q": question}).status_code == 200
    assert missed() == [(f"{WORD} … …", "ko", 2)]


def test_who_floods_the_help_does_not_flood_the_team(
    stack: LocalStack, monkeypatch: pytest.MonkeyPatch, missed: Callable[[], list[tuple[str, str, int]]]
) -> None:
    monkeypatch.setattr(limits, "MISSES", 2)
    browser = stack_app(stack, rate_limit_address=1000).test_client()
    for _ in range(4):
        assert browser.get("/help", query_string={"q": WORD}, base_url=APP_URL).status_code == 200
    assert missed() == [(WORD, "ko", 2)]


def test_a_miss_that_cannot_be_kept_is_told_to_nobody(proxied_app: Flask, proxy: Proxy) -> None:
    proxy.cut("rpc/kb_miss")
    with proxy.watch() as seen:
        answer = proxied_app.test_client().get("/help", query_string={"q": WORD})
    assert (answer.status_code, {one.what for one in seen}) == (200, {"rpc/kb_find", "rpc/kb_miss"})
    assert TEXTS["ko"]["help_none_found"] in answer.text


@pytest.mark.parametrize("page", ["0", "-1", "x", "١", "99999999999999999999", ""])
def test_a_page_that_is_none_is_the_first(browser: FlaskClient, page: str) -> None:
    assert browser.get("/help", query_string={"page": page}).status_code == 200


def test_the_list_goes_on_page_by_page(browser: FlaskClient, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        write()
    monkeypatch.setattr(pages, "PAGE", 2)
    seen = re.findall(r'class="topic" href="([^"]+)"', listed(browser))
    assert len(seen) == len(set(seen)) >= 3
    assert browser.get("/help", query_string={"page": 900}).status_code == 404


def test_a_page_costs_one_request(
    proxied_app: Flask, proxy: Proxy, write: Write, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = write()
    # What is asked twice a minute at most, whoever reads.
    monkeypatch.setattr(team, "KEPT", 3600.0)
    assert proxied_app.test_client().get("/api/v1/team").status_code == 200
    for client, who in ((proxied_app.test_client(), "service"), (signed_in(proxied_app, member), "member")):
        for path, what in (
            ("/help", "kb_articles"), (address(article), "kb_articles"), ("/help?q=도움말", "rpc/kb_find"),
        ):  # fmt: skip
            with proxy.watch() as seen:
                assert client.get(path).status_code == 200
            assert seen == [Passed(who, what)], path


def test_it_is_linked_from_every_page_and_from_the_shop(browser: FlaskClient) -> None:
    assert browser.get("/developers").text.count('href="/help"') == 2
    assert browser.get("/").text.count('href="/help"') == 3
    # Searches are for people: engines look at the articles.
    assert "Disallow: /help?\n" in browser.get("/robots.txt").text
    answer = browser.get("/help/?q=a")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/help?q=a")
