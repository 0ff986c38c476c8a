"""A guest who wants a person gets a session without a name, which is renewed once for all tabs."""

from __future__ import annotations

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from service.accounts.refresh import Refresher
from service.http.context import part_of
from tests.concurrency import PATIENCE, at_once
from tests.stack import Member
from tests.web.apps import APP_URL, app_of, offline_app, stack_app, stack_settings
from tests.web.chat import Api, through_app
from tests.web.guests import BEGIN, CLAIM, REFRESH, begin, chats, claim, refresh, talk
from tests.web.proxy import Passed, Proxy
from tests.web.test_import import chatted

SIGN_UP = "auth/v1/signup"
SHOP = "https://shop.example"


def test_a_guest_begins_a_session_brings_the_chat_along_and_is_a_member_in_everything(
    app: Flask, stack: LocalStack, root: Connection[Any]
) -> None:
    answer = begin(app)
    assert (answer.status, set(answer.body)) == (201, {"accessToken", "refreshToken", "expiresAt"})
    assert answer.headers["Cache-Control"] == "no-store"
    access = answer.body["accessToken"]
    told = jwt.decode(access, stack.jwt_secret, algorithms=["HS256"], audience="authenticated")
    assert (told["role"], told["is_anonymous"]) == ("authenticated", True)
    assert datetime.fromisoformat(answer.body["expiresAt"]).timestamp() == told["exp"]

    browser = chatted(app.test_client())
    api = Api(through_app(app), access)
    imported = api.call("POST", "/import", browser.body())
    assert (imported.status, imported.body["rejected"]) == (201, [])
    conversation, _ = talk(app, access)
    assert set(chats(app, access)) == {conversation, imported.body["conversations"][0]["id"]}
    assert api.call("PUT", f"/conversations/{conversation}/read", {}).body["unreadCount"] == 0
    handed = api.call("POST", f"/conversations/{conversation}/handover")
    assert (handed.status, handed.body["conversation"]["handling"]) == (200, "waiting")
    actors = "select distinct actor_kind from public.chat_activities where conversation_id = %s and actor_kind <> 'bot'"
    assert root.execute(actors, [conversation]).fetchall() == [("guest",)]
    export = api.call("GET", "/me/export")
    assert {one["id"] for one in export.body["conversations"]} == set(chats(app, access))
    assert api.call("DELETE", "/me").status == 204
    assert root.execute("select count(*) from auth.users where id = %s", [told["sub"]]).fetchone() == (0,)
    assert refresh(app, answer.body["refreshToken"]).refusal == (401, "unauthenticated")


def test_two_tabs_that_renew_at_once_get_one_session(stack: LocalStack, proxy: Proxy) -> None:
    """Two apps with the same settings share what two worker processes share: the folder, and nothing else."""
    settings = stack_settings(stack, supabase_url=proxy.url)
    workers = [app_of(settings), app_of(settings)]
    for worker in workers:
        # However long it takes one of them: here nobody is to give up on another.
        part_of(worker, Refresher)._patience = PATIENCE
    first = begin(workers[0]).body
    with proxy.watch() as seen:
        answers = at_once([lambda app=app: refresh(app, first["refreshToken"]) for app in workers * 4])
        # An answer that was lost on its way: the same token a little later gives the same session.
        answers.append(refresh(workers[1], first["refreshToken"]))
    assert [passed.what for passed in seen] == ["auth/v1/token"]
    assert {answer.status for answer in answers} == {200}
    assert len({json.dumps(answer.body, sort_keys=True) for answer in answers}) == 1
    renewed = answers[0].body
    assert renewed["refreshToken"] != first["refreshToken"]
    assert jwt.decode(renewed["accessToken"], options={"verify_signature": False})["is_anonymous"] is True
    assert refresh(workers[0], renewed["refreshToken"]).status == 200


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"refreshToken": str(uuid4())}, (401, "unauthenticated")),
        ({"refreshToken": "made up \U0001f600"}, (401, "unauthenticated")),
        ({"refreshToken": ""}, (422, "invalid")),
        ({"refreshToken": "x" * 9000}, (422, "invalid")),
        ({"refreshToken": 7}, (422, "invalid")),
        ({}, (422, "invalid")),
        (b"{", (400, "malformed_json")),
    ],
)
def test_a_refresh_token_that_is_none_is_refused(app: Flask, body: Any, refusal: tuple[int, str]) -> None:
    answer = Api(through_app(app), None).call("POST", REFRESH, body)
    assert answer.refusal == refusal


def test_made_up_refresh_tokens_are_braked_and_leave_nothing_behind(stack: LocalStack) -> None:
    app = stack_app(stack, rate_limit_refresh=2)
    codes = [refresh(app, str(uuid4())).status for _ in range(5)]
    assert codes == [401, 401, 429, 429, 429]
    folder: Path = part_of(app, Refresher)._folder
    assert len([entry for entry in folder.iterdir() if entry.is_file()]) == 2


REFUSALS = {
    "off": (422, {"error_code": "anonymous_provider_disabled", "msg": "Anonymous sign-ins are disabled"}, 403),
    "no sign-ups": (422, {"error_code": "signup_disabled", "msg": "Signups not allowed for this instance"}, 403),
    "a captcha": (400, {"error_code": "captcha_failed", "msg": "captcha protection: request disallowed"}, 403),
    "too many": (429, {"error_code": "over_request_rate_limit", "msg": "Request rate limit reached"}, 429),
    "failed": (500, {"error_code": "unexpected_failure", "msg": "Database error creating anonymous user"}, 503),
    "a wrong key": (401, {"message": "Invalid API key"}, 503),
    "no session": (200, {"id": str(uuid4()), "aud": "authenticated"}, 503),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_supabase_auth_refuses_is_told_plainly(proxied_app: Flask, proxy: Proxy, name: str) -> None:
    status, body, wanted = REFUSALS[name]
    proxy.answer(SIGN_UP, status, json.dumps({"code": status, **body}).encode())
    answer = begin(proxied_app)
    codes = {403: "not_allowed", 429: "rate_limited", 503: "upstream_unavailable"}
    assert answer.refusal == (wanted, codes[wanted])
    assert ("Retry-After" in answer.headers) is (wanted in {429, 503})


def test_off_nobody_is_asked_and_those_who_have_a_session_go_on(stack: LocalStack, proxy: Proxy, guest: Member) -> None:
    app = stack_app(stack, supabase_url=proxy.url, guest_sessions=False)
    with proxy.watch() as seen:
        assert begin(app).refusal == (403, "not_allowed")
    assert seen == []
    assert refresh(app, guest.refresh_token).status == 200
    assert talk(app, guest.access_token)


def test_one_client_begins_so_many_and_the_others_are_not_held_up() -> None:
    app, began = offline_app(rate_limit_guest_sessions=3), time.time()

    def ask(address: str) -> Any:
        return app.test_client().post("/api/v1/guest-sessions", environ_base={"REMOTE_ADDR": address})

    # Supabase cannot be reached here: whoever is let through gets 503.
    assert [ask("203.0.113.9").status_code for _ in range(3)] == [503] * 3
    refused = ask("203.0.113.9")
    assert (refused.status_code, refused.json["code"]) == (429, "rate_limited")
    assert 100 - (time.time() - began) <= int(refused.headers["Retry-After"]) <= 100
    assert ask("203.0.113.10").status_code == 503


def test_supabase_auth_is_told_whose_session_it_is(stack: LocalStack, proxy: Proxy, member: Member) -> None:
    app = stack_app(stack, supabase_url=proxy.url, forward_client_address=True)
    with proxy.watch() as seen:
        session = begin(app).body
        refresh(app, session["refreshToken"])
        claim(app, member.access_token, session["accessToken"])
    assert [(passed.who, passed.what.rpartition("/")[2], passed.forwarded_for) for passed in seen[:2]] == [
        ("service", "signup", "127.0.0.1"),
        ("service", "token", "127.0.0.1"),
    ]
    assert {passed.forwarded_for for passed in seen[2:]} == {None}
    assert Passed("service", "rpc/chat_claim_guest") in seen


@pytest.fixture
def hosted(stack: LocalStack) -> Flask:
    return stack_app(stack, allowed_origins=(SHOP,))


@pytest.mark.parametrize("path", [BEGIN, REFRESH, CLAIM])
def test_pages_of_hosts_may_ask_and_others_may_not(hosted: Flask, path: str) -> None:
    def ask(origin: str, cookie: str | None = None) -> Any:
        client = hosted.test_client()
        if cookie:
            client.set_cookie("munui", cookie)
        return client.post(f"/api/v1{path}", json={}, headers={"Origin": origin})

    allowed, refused = ask(SHOP), ask("https://evil.example")
    assert allowed.json.get("code") != "origin_not_allowed"
    assert allowed.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Access-Control-Allow-Credentials" not in allowed.headers
    assert (refused.status_code, refused.json["code"]) == (403, "origin_not_allowed")
    # A cookie that comes along means nothing where nobody need be signed in; elsewhere it needs our own page.
    assert (ask(SHOP, "x").json.get("code") == "origin_not_allowed") is (path == CLAIM)
    assert ask(APP_URL, "x").json.get("code") != "origin_not_allowed"


def test_no_token_is_in_a_log(app: Flask, member: Member, capfd: pytest.CaptureFixture[str]) -> None:
    session = begin(app).body
    renewed = refresh(app, session["refreshToken"]).body
    claim(app, member.access_token, renewed["accessToken"])
    claim(app, member.access_token, "forged-token")
    refresh(app, "forged-token")
    logged = "".join(capfd.readouterr())
    assert "/api/v1/guest-sessions/claim" in logged
    secrets = {session["accessToken"], session["refreshToken"], renewed["accessToken"], renewed["refreshToken"]}
    assert [secret for secret in {*secrets, member.access_token, "forged-token"} if secret in logged] == []
