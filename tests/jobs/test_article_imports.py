"""Articles are brought in from files and pages by a job: what is taken over, left alone, and refused."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from service.app import create_app
from service.http.context import part_of
from service.jobs.worker import Worker
from service.knowledge.articles.imports.shipped import shipped_entries, take_over_shipped
from service.supabase.clients import Upstream
from tests.db.chats import new_id
from tests.jobs.site import Answer, Site, page, running_site, sends_to, text
from tests.stack import Member
from tests.web.apps import stack_settings
from tests.web.chat import through_app
from tests.web.desk import Desk, add_operator
from tests.words import a_word
from tests.working import hand_driven

LONG = "배송은 결제하신 날부터 이틀 안에 도착해요. 제주와 도서 산간은 하루나 이틀이 더 걸려요. 늦어지면 알려 드려요. "


@pytest.fixture(scope="module")
def app(stack: LocalStack) -> Iterator[Flask]:
    """The app, which lets articles be imported from this machine."""
    made = create_app(stack_settings(stack, import_allow_private=True))
    yield made
    part_of(made, Upstream).close()


@pytest.fixture
def admin(app: Flask, boss: Member) -> Desk:
    return Desk(through_app(app), boss.access_token)


@pytest.fixture(scope="module")
def worker(stack: LocalStack) -> Iterator[Worker]:
    with hand_driven(stack, import_allow_private=True) as driven:
        yield driven


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


Import = Callable[..., dict[str, Any]]


@pytest.fixture
def import_pages(admin: Desk, worker: Worker, site: Site) -> Import:
    """A function that imports from a path of the site, and how that went."""

    def run(path: str = "/", **more: Any) -> dict[str, Any]:
        body = {"kind": "web", "url": site.url + path, "status": "published", **more}
        return finished(admin, worker, body)

    return run


def finished(admin: Desk, worker: Worker, body: dict[str, Any]) -> dict[str, Any]:
    made = admin.inbox("POST", "/articles/imports", body)
    assert made.status == 202, made.body
    assert (made.body["state"], made.body["items"]) == ("waiting", [])
    worker.drain()
    ended: dict[str, Any] = admin.inbox("GET", f"/articles/imports/{made.body['id']}").body
    assert ended["finishedAt"] is not None
    return ended


def file(name: str, content: str | bytes) -> dict[str, str]:
    raw = content.encode() if isinstance(content, str) else content
    return {"name": name, "data": base64.b64encode(raw).decode()}


def outcomes(ended: dict[str, Any], site: Site | None = None) -> dict[str, str]:
    """What became of each page, by its path; why, where it was refused."""
    begin = site.url if site else ""
    return {
        one["source"].removeprefix(begin): one["reason"] if one["outcome"] == "refused" else one["outcome"]
        for one in ended["items"]
    }


def article(admin: Desk, source: str) -> dict[str, Any]:
    rows = [one for one in admin.inbox("GET", "/articles", limit=200).body["articles"] if one["source"] == source]
    assert len(rows) == 1
    found: dict[str, Any] = admin.inbox("GET", f"/articles/{rows[0]['id']}").body
    return found


def everything(root: Connection[Any]) -> list[Any]:
    return [
        root.execute(f"select to_jsonb(t) from public.{table} t order by 1").fetchall()
        for table in ("kb_articles", "kb_sources", "kb_versions", "kb_chunks", "kb_removed")
    ]


def test_the_same_site_twice_changes_nothing(
    import_pages: Import, site: Site, root: Connection[Any], admin: Desk
) -> None:
    site.pages = {
        "/help": page(f"<main><h1>배송</h1><p>{LONG * 2}</p><a href='/help/refunds#top'>환불</a></main>"),
        "/help/refunds": page(f"<main><h1>환불</h1><h2>기간</h2><p>{LONG * 2}</p></main>"),
    }
    first = import_pages("/help", depth=1)
    assert (first["state"], first["isComplete"], first["total"], first["done"]) == ("done", True, 2, 2)
    assert outcomes(first, site) == {"/help": "added", "/help/refunds": "added"}
    made = article(admin, f"{site.url}/help/refunds")
    assert (made["title"], made["body"]) == ("환불", f"## 기간\n\n{(LONG * 2).strip()}")
    assert (made["slug"], made["locale"], made["sourceKind"]) == ("refunds", "ko", "web")

    before = everything(root)
    again = import_pages("/help", depth=1)
    assert outcomes(again, site) == {"/help": "unchanged", "/help/refunds": "unchanged"}
    assert everything(root) == before


def test_what_was_edited_deleted_or_withdrawn_here_stays_so(import_pages: Import, site: Site, admin: Desk) -> None:
    paths = ("edited", "deleted", "withdrawn", "changed", "gone", "lost")

    def say(word: str) -> None:
        links = "".join(f"<a href='/{one}'>{one}</a>" for one in paths)
        site.pages = {"/": page(f"<main><h1>모두</h1><p>{LONG * 2}</p>{links}</main>")}
        site.pages |= {f"/{one}": page(f"<main><h1>{one}</h1><p>{word} {LONG * 2}</p></main>") for one in paths}

    say("처음")
    import_pages(depth=1)
    ours = {one: article(admin, f"{site.url}/{one}") for one in paths}
    edited = admin.inbox("PATCH", f"/articles/{ours['edited']['id']}", {"body": "우리가 고친 글이에요."})
    assert (edited.body["editedByHand"], edited.body["version"]) == (True, 2)
    admin.inbox("DELETE", f"/articles/{ours['deleted']['id']}")
    withdrawn = admin.inbox("PATCH", f"/articles/{ours['withdrawn']['id']}", {"status": "draft", "audience": "members"})
    assert withdrawn.body["editedByHand"] is False

    say("나중")
    site.pages.pop("/gone")
    site.pages["/"] = page("".join(f"<a href='/{one}'>{one}</a>" for one in paths if one != "lost") + f"<p>{LONG}</p>")
    ended = import_pages(depth=1)
    assert outcomes(ended, site) == {
        "/": "changed", "/edited": "kept", "/deleted": "removed", "/withdrawn": "changed", "/changed": "changed",
        # What is not there any more is told, and stays.
        "/gone": "missing", "/lost": "missing",
    }  # fmt: skip
    assert ended["counts"] == {
        "added": 0, "changed": 3, "unchanged": 0, "kept": 1, "removed": 1, "missing": 2, "refused": 0,
    }  # fmt: skip
    now = admin.inbox("GET", f"/articles/{ours['withdrawn']['id']}").body
    assert (now["status"], now["audience"], now["body"][:2]) == ("draft", "members", "나중")
    assert admin.inbox("GET", f"/articles/{ours['edited']['id']}").body["body"] == "우리가 고친 글이에요."
    assert admin.inbox("GET", f"/articles/{ours['gone']['id']}").body["status"] == "published"

    # Told to follow its source again, it does; and what was deleted comes back where that is asked for.
    admin.inbox("PATCH", f"/articles/{ours['edited']['id']}", {"editedByHand": False})
    back = import_pages(depth=1, restoreDeleted=True)
    assert {"/edited": "changed", "/deleted": "added"}.items() <= outcomes(back, site).items()
    # Also where the source says what it said before.
    admin.inbox("PATCH", f"/articles/{ours['edited']['id']}", {"body": "우리가 또 고친 글이에요."})
    assert outcomes(import_pages(depth=1), site)["/edited"] == "unchanged"
    admin.inbox("PATCH", f"/articles/{ours['edited']['id']}", {"editedByHand": False})
    assert outcomes(import_pages(depth=1), site)["/edited"] == "changed"
    followed = admin.inbox("GET", f"/articles/{ours['edited']['id']}").body
    assert (followed["body"][:2], followed["editedByHand"]) == ("나중", False)


def test_robots_are_asked_and_obeyed(import_pages: Import, site: Site) -> None:
    site.pages = {
        "/robots.txt": text(
            "User-agent: *\nDisallow: /\n\nUser-agent: munui\nDisallow: /private*\nAllow: /private/open$"
        ),
        "/": page("<a href='/private'>1</a><a href='/private/open'>2</a><a href='/noindex'>3</a>" + LONG * 2),
        "/private/open": page(LONG * 2),
        "/noindex": page(LONG * 2, head="<meta name='robots' content='noindex'>"),
    }
    ended = import_pages(depth=1)
    assert outcomes(ended, site) == {
        "/": "added", "/private": "robots", "/private/open": "added", "/noindex": "noindex",
    }  # fmt: skip
    assert "/private" not in site.asked
    assert site.asked[0] == "/robots.txt"


def test_where_robots_cannot_be_read_nothing_is(import_pages: Import, site: Site) -> None:
    site.pages = {"/robots.txt": (503, {}, b""), "/": page(LONG * 2)}
    ended = import_pages()
    assert (ended["state"], ended["error"], outcomes(ended, site)) == ("failed", "robots", {"/": "robots"})
    assert site.asked == ["/robots.txt"]


BOUNDS: dict[str, tuple[Answer, str]] = {
    "another host": (sends_to("http://example.com/"), "other_host"),
    "another machine of this network": (sends_to("http://10.0.0.1/"), "other_host"),
    "another port of this host": (sends_to("http://127.0.0.1:1/"), "other_host"),
    "a file of this machine": (sends_to("file:///etc/passwd"), "redirects"),
    "itself for ever": (sends_to("/x"), "redirects"),
    "too large": ((200, {"Content-Type": "text/html"}, b"a" * (1024 * 1024 + 1)), "too_large"),
    "a picture": ((200, {"Content-Type": "image/png"}, b"\x89PNG"), "not_html"),
    "empty": (page("<nav>menu</nav><script>alert(1)</script>", title=""), "empty"),
    "an error": ((500, {}, b""), "status"),
    "gone": ((410, {}, b""), "not_found"),
    "a broken answer": ((200, {"Content-Encoding": "gzip", "Content-Type": "text/html"}, b"no gzip"), "broken"),
}


@pytest.mark.tried("attacks")
@pytest.mark.parametrize("what", BOUNDS)
def test_what_is_no_article(import_pages: Import, site: Site, what: str) -> None:
    site.pages["/x"], reason = BOUNDS[what]
    ended = import_pages("/x")
    assert (ended["state"], ended["error"], outcomes(ended, site)) == ("failed", reason, {"/x": reason})


@pytest.mark.tried("attacks")
def test_redirects_without_end_are_few(import_pages: Import, site: Site) -> None:
    site.pages = {f"/{number}": sends_to(f"/{number + 1}") for number in range(50)}
    assert outcomes(import_pages("/0"), site) == {"/0": "redirects"}
    assert len(site.asked) < 10


def test_a_redirect_on_the_same_host_is_followed(import_pages: Import, site: Site) -> None:
    site.pages = {"/old": sends_to("/new", 301), "/new": page(LONG * 2)}
    assert outcomes(import_pages("/old"), site) == {"/old": "added"}


def test_a_sitemap_and_its_bounds(import_pages: Import, site: Site) -> None:
    listed = "".join(f"<url><loc>{site.url}/{number}</loc></url>" for number in range(5))
    foreign = "<url><loc>http://example.com/</loc></url><url><loc>http://169.254.169.254/latest</loc></url>"
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    site.pages = {
        "/sitemap.xml": text(
            f"<sitemapindex><sitemap><loc>{site.url}/more.xml</loc></sitemap></sitemapindex>", "text/xml"
        ),
        "/more.xml": text(f"{bomb}<urlset>{listed}{foreign}</urlset>", "application/xml"),
        **{f"/{number}": page(LONG * 2, title=f"쪽 {number}") for number in range(5)},
    }
    ended = import_pages("/sitemap.xml")
    assert outcomes(ended, site) == {f"/{number}": "added" for number in range(5)}
    assert (ended["isComplete"], ended["total"]) == (True, 5)
    few = import_pages("/sitemap.xml", maxPages=2)
    # What was not looked at is not missing.
    assert (few["isComplete"], few["counts"]["unchanged"], few["counts"]["missing"]) == (False, 2, 0)


@pytest.fixture
def careful(stack: LocalStack, boss: Member) -> Iterator[Desk]:
    """The API of an app that reads nothing of this network."""
    made = create_app(stack_settings(stack))
    yield Desk(through_app(made), boss.access_token)
    part_of(made, Upstream).close()


@pytest.mark.tried("attacks")
@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://localhost:8000/", "http://[::1]/", "http://0/", "http://169.254.169.254/x"]
)
def test_a_private_address_is_refused_at_once(careful: Desk, url: str) -> None:
    refused = careful.inbox("POST", "/articles/imports", {"kind": "web", "url": url})
    assert refused.refusal == (422, "invalid")
    assert refused.body["errors"] == [{"field": "url", "message": "must not lead into a private network"}]


@pytest.mark.tried("attacks")
def test_a_private_address_is_refused_at_the_connection(
    stack: LocalStack, site: Site, import_pages: Import, admin: Desk
) -> None:
    """Its name stood for another one when it was looked at: here, for a worker that was more trusting then."""
    site.pages = {"/": page(LONG * 2)}
    made = admin.inbox("POST", "/articles/imports", {"kind": "web", "url": site.url + "/"}).body
    with hand_driven(stack) as careful_worker:
        careful_worker.drain()
    ended = admin.inbox("GET", f"/articles/imports/{made['id']}").body
    assert (ended["state"], ended["error"]) == ("failed", "private_address")
    assert site.asked == []
    assert outcomes(import_pages(), site) == {"/": "added"}


MARKDOWN = """---
title: 배송 기간
locale: ko
audience: members
status: published
questions:
  - 언제 와요?
---

평일에 보내요.
"""


def test_files_of_markdown(admin: Desk, worker: Worker) -> None:
    name = a_word()
    files = [file(f"01-{name}.md", MARKDOWN), file(f"{name}/ko.md", "# 제목이에요\n\n본문 <script>alert(1)</script>")]
    ended = finished(admin, worker, {"kind": "markdown", "files": files})
    assert set(outcomes(ended).values()) == {"added"}
    one, two = article(admin, f"01-{name}.md"), article(admin, f"{name}/ko.md")
    assert (one["title"], one["audience"], one["status"], one["questions"]) == (
        "배송 기간", "members", "published", ["언제 와요?"],
    )  # fmt: skip
    assert (two["title"], two["status"]) == ("제목이에요", "draft")
    again = finished(admin, worker, {"kind": "markdown", "files": files})
    assert set(outcomes(again).values()) == {"unchanged"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_a_table_of_questions_and_answers(admin: Desk, worker: Worker, encoding: str) -> None:
    name = f"{a_word()}.csv"
    rows = (
        '질문;답변;대상\r\n"언제 와요?\n언제 도착해요?";"이틀 뒤에요.\n제주는 더 걸려요.";all\r\n'
        "\r\n환불은 언제?;3일 안에요.;members\r\n"
    )
    ended = finished(admin, worker, {"kind": "csv", "files": [file(name, rows.encode(encoding))]})
    assert sorted((one["title"], one["outcome"]) for one in ended["items"]) == [
        ("언제 와요?", "added"), ("환불은 언제?", "added"),
    ]  # fmt: skip
    made = {one["title"]: admin.inbox("GET", f"/articles/{one['articleId']}").body for one in ended["items"]}
    assert made["언제 와요?"]["questions"] == ["언제 와요?", "언제 도착해요?"]
    assert made["언제 와요?"]["body"] == "이틀 뒤에요.\\\n제주는 더 걸려요."
    assert (made["환불은 언제?"]["audience"], made["환불은 언제?"]["source"]) == ("members", name)
    one_row_less = rows.replace("환불은 언제?;3일 안에요.;members\r\n", "").encode(encoding)
    less = finished(admin, worker, {"kind": "csv", "files": [file(name, one_row_less)]})
    assert sorted((one["title"], one["outcome"]) for one in less["items"]) == [
        ("언제 와요?", "unchanged"), ("환불은 언제?", "missing"),
    ]  # fmt: skip


def test_of_faulty_files_nothing_is_taken(admin: Desk, root: Connection[Any]) -> None:
    rows = "question,answer\n하나,답\n,답\n둘,\n하나,또\n셋,답,더\n"
    files = [
        file("a.csv", rows),
        file("b.csv", b"\xff\xfe\xff"),
        file("c.csv", "x,y\n"),
        {"name": "d.csv", "data": "§"},
    ]
    before = everything(root)
    refused = admin.inbox("POST", "/articles/imports", {"kind": "csv", "files": files})
    assert refused.refusal == (422, "invalid")
    assert [(one["field"], one["message"]) for one in refused.body["errors"]] == [
        ("files.0.row.3", "has no question"),
        ("files.0.row.4", "has no answer"),
        ("files.0.row.5", "is the same question as in row 2"),
        ("files.0.row.6", "has more columns than the first row"),
        ("files.1", "is neither UTF-8 nor CP949"),
        ("files.2", "must name its columns in the first row: question and answer (질문, 답변)"),
        ("files.3", "is no base64"),
    ]
    assert everything(root) == before


def test_an_edit_beside_an_import(admin: Desk, worker: Worker, site: Site, import_pages: Import) -> None:
    """Whichever comes first: the edit is there in the end, and the import says so."""
    site.pages = {"/": page(f"<h1>글</h1><p>{LONG * 2}</p>")}
    import_pages()
    made = article(admin, f"{site.url}/")

    def edited_meanwhile() -> Answer:
        assert admin.inbox("PATCH", f"/articles/{made['id']}", {"body": "고친 글이에요."}).status == 200
        return page(f"<h1>글</h1><p>새로워요 {LONG * 2}</p>")

    site.pages["/"] = edited_meanwhile
    assert outcomes(import_pages(), site) == {"/": "kept"}
    assert article(admin, f"{site.url}/")["body"] == "고친 글이에요."


def test_a_cancelled_import_takes_nothing_more(admin: Desk, worker: Worker, site: Site) -> None:
    begun: list[str] = []

    def cancelled_meanwhile() -> Answer:
        assert admin.inbox("POST", f"/articles/imports/{begun[0]}/cancel").body["state"] == "cancelled"
        return page(LONG * 2)

    site.pages = {"/": page(f"{LONG * 2}<a href='/second'>2</a><a href='/third'>3</a>"), "/second": cancelled_meanwhile}
    made = admin.inbox("POST", "/articles/imports", {"kind": "web", "url": site.url + "/", "depth": 1}).body
    begun.append(made["id"])
    worker.drain()
    ended = admin.inbox("GET", f"/articles/imports/{made['id']}").body
    assert (ended["state"], outcomes(ended, site)) == ("cancelled", {"/": "added"})
    assert "/third" not in site.asked


def test_two_workers_at_the_same_import_write_it_once(
    admin: Desk, site: Site, root: Connection[Any], stack: LocalStack
) -> None:
    """As when one was thought lost: it is begun anew while the other is still at it."""
    site.pages = {"/": page(f"{LONG * 2}<a href='/2'>2</a>"), "/2": page(f"<h1>둘</h1>{LONG * 2}")}
    made = admin.inbox("POST", "/articles/imports", {"kind": "web", "url": site.url + "/", "depth": 1}).body
    payload = root.execute("select payload from public.chat_jobs where dedupe_key = %s", [made["id"]]).fetchone()[0]
    root.execute(
        "insert into public.chat_jobs (kind, payload, dedupe_key) select kind, payload, 'twin' from public.chat_jobs"
        " where dedupe_key = %s",
        [made["id"]],
    )
    with (
        hand_driven(stack, import_allow_private=True) as one,
        hand_driven(stack, import_allow_private=True) as other,
        ThreadPoolExecutor(2) as pool,
    ):
        for done in [pool.submit(one.drain), pool.submit(other.drain)]:
            done.result()
    ended = admin.inbox("GET", f"/articles/imports/{payload['import_id']}").body
    assert (ended["state"], outcomes(ended, site)) == ("done", {"/": "added", "/2": "added"})
    assert article(admin, f"{site.url}/2")["version"] == 1


def test_agents_see_imports_and_start_none(
    app: Flask, admin: Desk, new_member: Callable[[], Member], root: Any
) -> None:
    somebody = new_member()
    add_operator(root, somebody)
    agent = Desk(through_app(app), somebody.access_token)
    body = {"kind": "web", "url": "https://example.com/"}
    assert agent.inbox("POST", "/articles/imports", body).refusal == (403, "not_allowed")
    assert agent.inbox("POST", "/articles/imports", {"kind": "csv"}).refusal == (403, "not_allowed")
    assert agent.inbox("GET", "/articles/imports").status == 200
    assert agent.inbox("GET", f"/articles/imports/{new_id()}").refusal == (404, "not_found")
    assert admin.inbox("GET", "/articles/imports", limit=1).status == 200


def test_what_is_shipped_is_taken_over_once_and_never_against_anybody(app: Flask, admin: Desk, root: Any) -> None:
    upstream = part_of(app, Upstream)
    take_over_shipped(upstream)
    entries = list(shipped_entries())
    assert len(entries) == 43
    found = {
        one["source"]: one for one in admin.inbox("GET", "/articles", source="shipped", limit=200).body["articles"]
    }
    assert {source: (one["title"], one["locale"], one["audience"], one["status"]) for source, one in found.items()} == {
        one.source: (one.title, one.locale, one.audience, "published") for one in entries
    }
    assert root.execute("select count(distinct article_id) from public.kb_chunks").fetchone()[0] >= 43
    edited, deleted = (found[name]["id"] for name in ("ko/01-delivery-times.md", "ko/24-store-pickup.md"))
    admin.inbox("PATCH", f"/articles/{edited}", {"body": "우리 가게는 매일 보내요."})
    admin.inbox("DELETE", f"/articles/{deleted}")
    before = everything(root)
    take_over_shipped(upstream)
    assert everything(root) == before
    told = admin.inbox("GET", "/articles/imports").body["imports"][0]
    assert (told["kind"], told["state"], told["counts"]["unchanged"], told["counts"]["removed"]) == (
        "shipped", "done", 42, 1,
    )  # fmt: skip
