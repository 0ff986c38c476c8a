"""A guest who wants a person: a session without a name, renewed once for all tabs, and claimed by a member once."""

from __future__ import annotations

import json
from collections import Counter
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
from tests.concurrency import PATIENCE, at_once, until
from tests.db.chats import add_conversation, add_row
from tests.stack import Member, connect, sign_in_anonymously
from tests.web.apps import APP_URL, app_of, offline_app, stack_app, stack_settings, token
from tests.web.attacks import forged_tokens, misdirected_tokens
from tests.web.chat import Answer, Api, new_id, text, through_app
from tests.web.proxy import Passed, Proxy
from tests.web.test_import import chatted

BEGIN, REFRESH, CLAIM = "/guest-sessions", "/guest-sessions/refresh", "/guest-sessions/claim"
SIGN_UP, DELETE = "auth/v1/signup", "auth/v1/admin/users"
WAITING = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'munui-gateway'"
SHOP = "https://shop.example"


def begin(app: Flask, **headers: str) -> Answer:
    return Api(through_app(app), None, **headers).call("POST", BEGIN)


def refresh(app: Flask, refresh_token: str) -> Answer:
    return Api(through_app(app), None).call("POST", REFRESH, {"refreshToken": refresh_token})


def claim(app: Flask, member: str | None, guest: str) -> Answer:
    return Api(through_app(app), member).call("POST", CLAIM, {"guestAccessToken": guest})


def chats(app: Flask, access_token: str) -> dict[str, dict[str, Any]]:
    """The conversations of whoever a token names, by id."""
    found = Api(through_app(app), access_token).call("GET", "/conversations").body["conversations"]
    return {one["id"]: one for one in found}


def talk(app: Flask, access_token: str, content: str = "사람과 이야기하고 싶어요") -> tuple[str, str]:
    """Begin a conversation and write into it; its id and the client's."""
    api, client_id = Api(through_app(app), access_token), new_id()
    conversation = api.call("POST", "/conversations", {"clientConversationId": client_id}).body["conversation"]["id"]
    said = api.call(
        "POST", f"/conversations/{conversation}/turns", {"clientMessageId": new_id(), "event": text(content)}
    )
    assert said.status == 201
    return conversation, client_id


@pytest.fixture
def guest(stack: LocalStack) -> Member:
    return sign_in_anonymously(stack)


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
    export = api.call("GET", "/me/export")
    assert {one["id"] for one in export.body["conversations"]} == set(chats(app, access))
    assert api.call("DELETE", "/me").status == 204
    assert root.execute("select count(*) from auth.users where id = %s", [told["sub"]]).fetchone() == (0,)
    assert refresh(app, answer.body["refreshToken"]).refusal == (401, "unauthenticated")


def test_two_tabs_that_renew_at_once_get_one_session(stack: LocalStack, proxy: Proxy) -> None:
    """Two apps with the same settings share what two worker processes share: the folder, and nothing else."""
    settings = stack_settings(stack, supabase_url=proxy.url)
    workers = [app_of(settings), app_of(settings)]
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


def test_a_member_takes_over_what_the_guest_has_said(app: Flask, guest: Member, member: Member) -> None:
    mine, _ = talk(app, member.access_token, "내 것")
    theirs, client_id = talk(app, guest.access_token)
    said = Api(through_app(app), guest.access_token).call("GET", f"/conversations/{theirs}/messages").body["messages"]
    assert claim(app, member.access_token, guest.access_token).body == {"moved": 1}

    found = chats(app, member.access_token)
    assert set(found) == {mine, theirs}
    assert found[theirs]["clientConversationId"] == client_id
    api = Api(through_app(app), member.access_token)
    assert api.call("GET", f"/conversations/{theirs}/messages").body["messages"] == said
    turn = {"clientMessageId": new_id(), "event": text("이어서 물어요")}
    assert api.call("POST", f"/conversations/{theirs}/turns", turn).status == 201
    # The same click again, and once more after all of it is over.
    assert [claim(app, member.access_token, guest.access_token).body for _ in range(2)] == [{"moved": 0}] * 2
    # The guest is no more.
    assert chats(app, guest.access_token) == {}
    opened = Api(through_app(app), guest.access_token).call(
        "POST", "/conversations", {"clientConversationId": new_id()}
    )
    assert opened.refusal == (401, "unauthenticated")
    assert refresh(app, guest.refresh_token).refusal == (401, "unauthenticated")


def test_everything_follows_the_conversation(app: Flask, guest: Member, member: Member, root: Connection[Any]) -> None:
    """Messages, inquiries and markers, also of a chat that was imported."""
    theirs = Api(through_app(app), guest.access_token)
    theirs.call("POST", "/import", chatted(app.test_client()).body())
    conversation, _ = talk(app, guest.access_token)
    theirs.call("PUT", f"/conversations/{conversation}/read", {})
    owners = """
        select 'messages', count(*) filter (where user_id = %(one)s), count(*) filter (where user_id = %(other)s)
          from public.chat_messages
        union all select 'reads', count(*) filter (where user_id = %(one)s), count(*) filter (where user_id = %(other)s)
          from public.chat_conversation_reads
        union all select 'inquiries', count(*) filter (where user_id = %(one)s),
          count(*) filter (where user_id = %(other)s) from public.chat_inquiries
    """
    before = root.execute(owners, {"one": guest.id, "other": member.id}).fetchall()
    assert all(row[1] for row in before)
    marker = "select last_read_seq from public.chat_conversation_reads where conversation_id = %s"
    read = root.execute(marker, [conversation]).fetchone()
    desk = """
        select d.changes, o.is_guest, o.id::text
        from public.chat_desk d join public.chat_conversations c on c.id = d.conversation_id
        join public.chat_contacts o on o.id = c.user_id where c.id = %s
    """
    changes, *contact = root.execute(desk, [conversation]).fetchone()
    assert contact == [True, guest.id]
    assert claim(app, member.access_token, guest.access_token).body == {"moved": 2}
    after = root.execute(owners, {"one": guest.id, "other": member.id}).fetchall()
    assert after == [(name, had, one) for name, one, had in before]
    assert root.execute(marker, [conversation]).fetchone() == read
    # Operators see another contact: a change like any other.
    assert root.execute(desk, [conversation]).fetchone() == (changes + 1, False, member.id)


def test_of_claims_at_once_one_moves_it(app: Flask, guest: Member, member: Member, stranger: Member) -> None:
    conversation, _ = talk(app, guest.access_token)
    asked = [member, stranger, member, stranger]
    answers = at_once([lambda who=who: claim(app, who.access_token, guest.access_token) for who in asked])
    assert {answer.status for answer in answers} == {200}
    assert Counter(answer.body["moved"] for answer in answers) == {1: 1, 0: 3}
    winner = asked[[answer.body["moved"] for answer in answers].index(1)]
    assert {who.id: set(chats(app, who.access_token)) for who in (member, stranger)} == {
        who.id: {conversation} if who.id == winner.id else set() for who in (member, stranger)
    }


def test_what_the_guest_begins_while_it_is_claimed_is_moved_too(
    app: Flask, stack: LocalStack, guest: Member, member: Member, root: Connection[Any]
) -> None:
    talk(app, guest.access_token)
    with connect(stack) as browser:
        begun = add_conversation(browser, guest.id)

        def go_on() -> Answer:
            until(lambda: root.execute(WAITING).fetchone()[0] > 0)
            browser.commit()
            return Api(through_app(app), member.access_token).call("GET", "/conversations")

        claimed, _ = at_once([lambda: claim(app, member.access_token, guest.access_token), go_on])
    assert claimed.body == {"moved": 2}
    assert begun in chats(app, member.access_token)


def test_an_id_that_the_member_uses_already_becomes_another(
    app: Flask, guest: Member, member: Member, root: Connection[Any]
) -> None:
    theirs, client_id = talk(app, guest.access_token)
    inquiry = {"client_inquiry_id": new_id(), "flow_version": "v", "step_id": "write", "values": {}}
    add_row(root, "chat_inquiries", {**inquiry, "user_id": guest.id, "conversation_id": theirs})
    mine = add_conversation(root, member.id, client_conversation_id=client_id)
    add_row(root, "chat_inquiries", {**inquiry, "user_id": member.id, "conversation_id": mine})
    assert claim(app, member.access_token, guest.access_token).body == {"moved": 1}
    found = chats(app, member.access_token)
    assert found[mine]["clientConversationId"] == client_id
    assert found[theirs]["clientConversationId"] != client_id
    rows = "select conversation_id::text, client_inquiry_id::text from public.chat_inquiries where user_id = %s"
    kept = dict(root.execute(rows, [member.id]).fetchall())
    assert kept[mine] == inquiry["client_inquiry_id"] != kept[theirs]


def test_a_guest_whose_account_could_not_be_removed_has_no_voice(
    proxied_app: Flask, proxy: Proxy, guest: Member, member: Member, root: Connection[Any]
) -> None:
    talk(proxied_app, guest.access_token)
    gate = proxy.hold("rpc/chat_claim_guest")

    def fail_from_here() -> int:
        gate.reached.wait(PATIENCE)
        proxy.answer(f"{DELETE}/{guest.id}", 500, b"{}", times=9)
        gate.open()
        return 0

    claimed, _ = at_once([lambda: claim(proxied_app, member.access_token, guest.access_token), fail_from_here])
    assert claimed.body == {"moved": 1}
    proxy.heal()
    account = "select blocked_at is not null from auth.users u join public.chat_contacts c using (id) where u.id = %s"
    assert root.execute(account, [guest.id]).fetchone() == (True,)
    # What the guest begins now would go with the account.
    again = Api(through_app(proxied_app), guest.access_token)
    opened = again.call("POST", "/conversations", {"clientConversationId": new_id()})
    assert opened.refusal == (403, "not_allowed")
    # Whoever asks again, or retention, takes it away.
    assert claim(proxied_app, member.access_token, guest.access_token).body == {"moved": 0}
    assert root.execute(account, [guest.id]).fetchone() is None


def test_only_a_guests_token_is_claimed_and_only_by_a_member(
    app: Flask, stack: LocalStack, guest: Member, member: Member, stranger: Member
) -> None:
    conversation, _ = talk(app, guest.access_token)
    bad = {
        **forged_tokens(guest.id, stack.jwt_secret, guest.access_token),
        **misdirected_tokens(guest.id, stack.jwt_secret),
        "a member's": stranger.access_token,
        "one's own": member.access_token,
        "not said to be a guest's": token(stack.jwt_secret, sub=guest.id),
        "said to be, as a text": token(stack.jwt_secret, sub=guest.id, is_anonymous="true"),
        # A real member's, from when the account had no name yet.
        "older than the name": token(stack.jwt_secret, sub=stranger.id, is_anonymous=True),
        "a refresh token": guest.refresh_token,
    }
    bad.pop("foreign issuer")
    for name, value in bad.items():
        answer = claim(app, member.access_token, value)
        assert (name, *answer.refusal) == (name, 422, "invalid")
        assert [fault["field"] for fault in answer.body["errors"]] == ["guestAccessToken"]
        assert value not in json.dumps(answer.body)
    expired = claim(app, member.access_token, bad["expired"])
    assert "renew it" in expired.body["errors"][0]["message"]
    # First who asks, then what is sent, then what it means.
    assert claim(app, None, "x").refusal == (401, "unauthenticated")
    assert claim(app, bad["expired"], "x").refusal == (401, "token_expired")
    other = sign_in_anonymously(stack)
    assert claim(app, other.access_token, guest.access_token).refusal == (403, "not_allowed")
    for who, body, refusal in (
        (None, b"{", (401, "unauthenticated")),
        (other.access_token, b"{", (400, "malformed_json")),
        (member.access_token, b"{", (400, "malformed_json")),
        (member.access_token, {}, (422, "invalid")),
        (member.access_token, {"guestAccessToken": None}, (422, "invalid")),
    ):
        assert Api(through_app(app), who).call("POST", CLAIM, body).refusal == refusal
    assert set(chats(app, guest.access_token)) == {conversation}
    assert chats(app, stranger.access_token) == {}


def test_a_blocked_guest_stays_where_it_is(app: Flask, guest: Member, member: Member, root: Connection[Any]) -> None:
    conversation, _ = talk(app, guest.access_token)
    root.execute("update public.chat_contacts set blocked_at = now() where id = %s", [guest.id])
    assert claim(app, member.access_token, guest.access_token).refusal == (403, "not_allowed")
    assert set(chats(app, guest.access_token)) == {conversation}


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
    app = offline_app(rate_limit_guest_sessions=3)

    def ask(address: str) -> Any:
        return app.test_client().post("/api/v1/guest-sessions", environ_base={"REMOTE_ADDR": address})

    # Supabase cannot be reached here: whoever is let through gets 503.
    assert [ask("203.0.113.9").status_code for _ in range(3)] == [503] * 3
    refused = ask("203.0.113.9")
    assert (refused.status_code, refused.json["code"]) == (429, "rate_limited")
    assert 90 < int(refused.headers["Retry-After"]) <= 100
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


def test_a_member_of_our_own_page_claims_with_the_cookie(app: Flask, guest: Member, member: Member) -> None:
    conversation, _ = talk(app, guest.access_token)
    client = app.test_client()
    client.post("/sign-in", data={"email": member.email, "password": member.password}, headers={"Origin": APP_URL})
    body = {"guestAccessToken": guest.access_token}
    assert client.post(f"/api/v1{CLAIM}", json=body).status_code == 403
    assert client.post(f"/api/v1{CLAIM}", json=body, headers={"Origin": APP_URL}).json == {"moved": 1}
    assert set(chats(app, member.access_token)) == {conversation}


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
