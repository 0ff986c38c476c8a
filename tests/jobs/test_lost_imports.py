"""An import whose worker is killed in the middle: another one ends it, once and whole."""

from __future__ import annotations

import base64
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from scripts.local.job_worker import JobWorker
from tests.concurrency import PATIENCE, until
from tests.jobs.site import Answer, page, running_site
from tests.web.conftest import running_app
from tests.web.desk import Desk
from tests.web.proxy import Proxy
from tests.words import a_word
from tests.working import a_process, hand_driven

# More than a worker takes over at once, several times.
FILES = 45
COUNTS = {"added": 0, "changed": 0, "unchanged": 0, "kept": 0, "removed": 0, "missing": 0, "refused": 0}


@pytest.fixture(autouse=True)
def _no_jobs(root: Connection[Any]) -> None:
    root.execute("delete from public.chat_jobs")


@pytest.fixture(scope="module")
def app(stack: LocalStack) -> Iterator[Flask]:
    """The app, which lets articles be imported from this machine."""
    with running_app(stack, import_allow_private=True) as made:
        yield made


@pytest.fixture
def proxy(stack: LocalStack) -> Iterator[Proxy]:
    """What stands between the worker that is killed and the gateway."""
    with Proxy(stack.supabase_url, stack.secret_key) as running:
        yield running


@contextmanager
def killed_in_the_end(stack: LocalStack, tmp_path: Path, **settings: str) -> Iterator[JobWorker]:
    with a_process(stack, tmp_path / "worker.log", **settings) as worker:
        yield worker
        assert worker.child.pid is not None
        os.kill(worker.child.pid, signal.SIGKILL)
        until(lambda: not worker.child.is_running())


def taken_over_by_another(stack: LocalStack, root: Connection[Any], **settings: Any) -> None:
    """As when the time of whoever has it is over."""
    assert root.execute("select state from public.chat_jobs").fetchall() == [("running",)]
    root.execute("update public.chat_jobs set lease_until = now() - interval '1 s'")
    with hand_driven(stack, **settings) as other:
        other.drain()
    assert root.execute("select state from public.chat_jobs").fetchall() == []


def markdown(name: str) -> list[dict[str, str]]:
    files = {f"{name}/{place:02}.md": f"# {name} {place}\n\n글이에요." for place in range(FILES)}
    return [{"name": path, "data": base64.b64encode(text.encode()).decode()} for path, text in files.items()]


# Where the worker stands when it is killed: what it asks then, and the how manieth time. What it asked may arrive
# all the same.
STEPS = {
    "nothing taken over": ("rpc/kb_import", 1),
    "some taken over": ("rpc/kb_import", 2),
    "all taken over": ("rpc/kb_end_import", 1),
}


@pytest.mark.parametrize(
    ("step", "arrives"),
    [
        ("nothing taken over", False),
        ("some taken over", False),
        ("some taken over", True),
        ("all taken over", False),
        ("all taken over", True),
    ],
)
def test_files(
    step: str, arrives: bool, admin: Desk, root: Connection[Any], stack: LocalStack, proxy: Proxy, tmp_path: Path
) -> None:
    name = a_word()
    made = admin.inbox("POST", "/articles/imports", {"kind": "markdown", "files": markdown(name)})
    assert made.status == 202

    def told() -> dict[str, Any]:
        found: dict[str, Any] = admin.inbox("GET", f"/articles/imports/{made.body['id']}").body
        return found

    what, times = STEPS[step]
    gate = proxy.hold(what)
    with killed_in_the_end(stack, tmp_path, SUPABASE_URL=proxy.url):
        assert gate.reached.wait(PATIENCE)
        for _ in range(times - 1):
            before, gate = gate, proxy.hold(what)
            before.open()
            assert gate.reached.wait(PATIENCE)
    half = told()
    assert half["state"] == "running"
    assert step == {0: "nothing taken over", FILES: "all taken over"}.get(half["done"], "some taken over")
    if arrives:
        gate.open()
        until(lambda: told() != half)
    else:
        gate.drop()

    taken_over_by_another(stack, root)
    ended = told()
    assert (ended["state"], ended["error"], ended["isComplete"]) == ("done", None, True)
    assert (ended["total"], ended["done"], ended["counts"]) == (FILES, FILES, {**COUNTS, "added": FILES})
    paths = [f"{name}/{place:02}.md" for place in range(FILES)]
    assert sorted(one["source"] for one in ended["items"]) == paths
    assert articles(root, f"{name}/%") == [(path, 1, 1) for path in paths]


def test_pages(admin: Desk, root: Connection[Any], stack: LocalStack, tmp_path: Path) -> None:
    begun, is_over = threading.Event(), threading.Event()

    def never_for_the_first() -> Answer:
        begun.set()
        is_over.wait(PATIENCE)
        return text_of("둘")

    with running_site() as site:
        links = "".join(f"<a href='/{place}'>{place}</a>" for place in (2, 3, 4))
        site.pages = {"/": text_of(f"하나 {links}"), "/2": never_for_the_first, "/3": text_of("셋")}
        body = {"kind": "web", "url": site.url + "/", "status": "published", "depth": 1}
        made = admin.inbox("POST", "/articles/imports", body)
        assert made.status == 202
        path = f"/articles/imports/{made.body['id']}"
        with killed_in_the_end(stack, tmp_path, IMPORT_ALLOW_PRIVATE="1"):
            assert begun.wait(PATIENCE)
        is_over.set()
        half = admin.inbox("GET", path).body
        assert (half["state"], half["done"], half["counts"]["added"]) == ("running", 1, 1)

        taken_over_by_another(stack, root, import_allow_private=True)
        ended = admin.inbox("GET", path).body
        assert (ended["state"], ended["isComplete"], ended["total"], ended["done"]) == ("done", True, 4, 4)
        assert ended["counts"] == {**COUNTS, "added": 3, "refused": 1}
        outcomes = {one["source"].removeprefix(site.url): one["outcome"] for one in ended["items"]}
        assert outcomes == {"/": "added", "/2": "added", "/3": "added", "/4": "refused"}
        assert articles(root, f"{site.url}/%") == [(f"{site.url}/{place}", 1, 1) for place in ("", "2", "3")]


def text_of(words: str) -> Answer:
    text = "배송은 결제하신 날부터 이틀 안에 도착해요. 제주는 하루나 이틀이 더 걸려요. 늦어지면 알려 드려요."
    return page(f"<main><h1>글</h1><p>{words} {text}</p></main>")


def articles(root: Connection[Any], sources: str) -> list[tuple[str, int, int]]:
    """What is there of these sources, which version it has, and how many there are of it."""
    return root.execute(
        "select s.source, a.version, (select count(*) from public.kb_versions v where v.article_id = a.id)"
        " from public.kb_sources s join public.kb_articles a on a.id = s.article_id where s.source like %s order by 1",
        [sources],
    ).fetchall()
