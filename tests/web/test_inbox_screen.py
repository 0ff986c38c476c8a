"""The page of the inbox: who gets it, what comes with it in one request, and that nothing in it runs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import Connection
from werkzeug.test import TestResponse

from service.site.texts import TEXTS
from tests.db.chats import add_row
from tests.stack import Member
from tests.web.apps import APP_URL, bearer, signed_in
from tests.web.chat import Api, Chat, through_app
from tests.web.desk import Desk, add_operator
from tests.web.proxy import Passed, Proxy
from tests.words import a_word

NASTY = "</script><script>alert(1)</script><!--\u2028 & '\""
OWN = {"Origin": APP_URL}


def first(answer: TestResponse) -> dict[str, Any]:
    """What came with the page."""
    assert answer.status_code == 200
    found = re.search(r'<script type="application/json" id="first">(.*?)</script>', answer.text, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


@pytest.fixture
def operator_id(root: Connection[Any], stranger: Member) -> str:
    """The stranger is an operator, and the member their customer."""
    return add_operator(root, stranger)


@pytest.fixture
def browser(app: Flask, stranger: Member, operator_id: str) -> FlaskClient:
    """An operator's browser."""
    return signed_in(app, stranger)


@pytest.fixture
def chat(api: Api) -> Chat:
    """A customer who waits."""
    chat = api.begin()
    chat.write(NASTY)
    api.call("POST", f"/conversations/{chat.id}/handover")
    return chat


def test_it_comes_with_what_the_api_would_say(
    browser: FlaskClient, app: Flask, stranger: Member, chat: Chat, root: Connection[Any]
) -> None:
    root.execute("update public.chat_contacts set name = %s where id = %s", [NASTY, str(_owner(root, chat))])
    desk = Desk(through_app(app), stranger.access_token)
    told = first(browser.get("/inbox/all"))
    listed = desk.find("all", limit=25).body
    assert {name: told[name] for name in ("conversations", "counts")} == {
        name: listed[name] for name in ("conversations", "counts")
    }
    assert told["me"] == desk.inbox("GET", "/me").body
    assert told["operators"] == desk.inbox("GET", "/operators").body["operators"]
    assert told["view"] == "all"
    assert told["opened"] is None
    # The cursor is of the same moment.
    assert desk.inbox("GET", "/changes", cursor=told["cursor"]).body["conversations"] == []
    opened = first(browser.get(f"/inbox/c/{chat.id}"))["opened"]
    assert opened.pop("page") == desk.said(chat.id).body
    assert opened == desk.inbox("GET", f"/conversations/{chat.id}").body


def _owner(db: Connection[Any], chat: Chat) -> object:
    row = db.execute("select user_id from public.chat_conversations where id = %s", [chat.id]).fetchone()
    assert row is not None
    return row[0]


def test_what_customers_write_ends_nothing_and_runs_nowhere(browser: FlaskClient, chat: Chat) -> None:
    answer = browser.get(f"/inbox/c/{chat.id}")
    assert NASTY in [one["content"] for one in first(answer)["opened"]["page"]["messages"]]
    assert "alert(1)</script>" not in answer.text
    assert answer.text.count("</script>") == 2
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    # Every script and sheet is a file of ours, and nothing is written into an attribute that runs.
    assert not re.search(r"\son\w+=|\sstyle=|javascript:", answer.text.split('id="first"')[0])
    assert answer.headers["Cache-Control"] == "no-store"
    # Its length would tell of what is in it.
    assert "Content-Encoding" not in browser.get("/inbox", headers={"Accept-Encoding": "gzip"}).headers


@pytest.mark.parametrize("path", ["/inbox", "/inbox/mine", "/inbox/c/{id}", "/inbox/settings/hours", "/inbox/figures"])
def test_every_place_costs_one_request(
    proxied_app: Flask, proxy: Proxy, stranger: Member, operator_id: str, chat: Chat, path: str
) -> None:
    browser = signed_in(proxied_app, stranger)
    with proxy.watch() as seen:
        first(browser.get(path.replace("{id}", chat.id)))
    assert seen == [Passed("service", "rpc/inbox_screen")]


def test_the_address_says_which_list_it_is(
    browser: FlaskClient, chat: Chat, root: Connection[Any], operator_id: str
) -> None:
    label = add_row(root, "chat_labels", {"name": f"환불-{a_word()}"})
    add_row(root, "chat_conversation_labels", {"conversation_id": chat.id, "label_id": label["id"]})
    ids = lambda path, **query: [one["id"] for one in first(browser.get(path, query_string=query))["conversations"]]  # noqa: E731
    assert ids("/inbox/waiting", label=label["name"]) == [chat.id]
    assert ids(f"/inbox/c/{chat.id}", view="all", label=label["name"], channel="web") == [chat.id]
    assert ids("/inbox/mine", label=label["name"]) == []
    assert ids("/inbox/all", label=label["name"], assignee=operator_id) == []
    assert ids("/inbox/all", label=label["name"], q="nobody has this") == []
    # What is no filter filters nothing.
    odd = {"view": "nope", "assignee": "nobody", "q": "  ", "label": label["name"]}
    assert ids(f"/inbox/c/{chat.id}", **odd) == [chat.id]
    assert first(browser.get("/inbox/c/nothing"))["opened"] is None
    assert first(browser.get(f"/inbox/c/{operator_id}"))["opened"] is None


@pytest.mark.parametrize("path", ["/inbox", "/inbox/c/0f0f0f0f-0000-4000-8000-000000000000"])
def test_who_is_not_signed_in_comes_back_to_where_they_wanted_to_be(
    app: Flask, stranger: Member, operator_id: str, path: str
) -> None:
    browser = app.test_client()
    answer = browser.get(path)
    assert answer.status_code == 303
    form = browser.get(answer.headers["Location"])
    assert f'name="next" value="{path[1:]}"' in form.text
    posted = {"email": stranger.email, "password": stranger.password, "next": path[1:]}
    assert browser.post("/sign-in", data=posted, headers=OWN).headers["Location"] == path


@pytest.mark.parametrize(
    "name", ["inbox//elsewhere.example", "inbox/../account", "/inbox", "inboxes", "inbox/%0d", "inbox?x", "inbox\\x"]
)
def test_nobody_is_led_elsewhere(app: Flask, stranger: Member, name: str) -> None:
    posted = {"email": stranger.email, "password": stranger.password, "next": name}
    assert app.test_client().post("/sign-in", data=posted, headers=OWN).headers["Location"] == "/"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_who_is_no_operator_is_told_so(app: Flask, member: Member, language: str) -> None:
    browser = signed_in(app, member)
    answer = browser.get(f"/inbox/waiting?lang={language}")
    assert answer.status_code == 403
    assert TEXTS[language]["inbox_not_yours"] in answer.text
    assert member.email in answer.text
    assert "conversations" not in answer.text


def test_rights_are_looked_at_each_time(browser: FlaskClient, root: Connection[Any], operator_id: str) -> None:
    assert browser.get("/inbox").status_code == 200
    root.execute("update public.chat_operators set is_active = false where id = %s", [operator_id])
    assert browser.get("/inbox").status_code == 403


def test_a_guest_or_member_with_a_token_gets_no_more(app: Flask, member: Member) -> None:
    assert app.test_client().get("/inbox", headers=bearer(member.access_token)).status_code == 403
