"""What an attacker tries, a line each: hidden rows, forged tokens, odd bytes on the wire, what errors and logs say."""

import re
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from service.server.line import PATIENCE as SERVERS_PATIENCE
from tests.concurrency import PATIENCE, until
from tests.db.chats import add_message, add_row, everything, new_id
from tests.db.matrix.world import World, build
from tests.stack import Member, connect, rest
from tests.web.apps import APP_URL, bearer, stack_app
from tests.web.attacks import READS, SECRET, WRITES, forged_tokens, misdirected_tokens, raw
from tests.web.chat import Api, text, through_app, through_http
from tests.web.desk import add_operator
from tests.web.in_time import again_where_too_slow, in_time
from tests.web.server import gunicorn

pytestmark = pytest.mark.tried("attacks")
EVIL = "evil.example"


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """Who attacks."""
    return new_member()


@pytest.fixture(scope="module")
def stranger(new_member: Callable[[], Member]) -> Member:
    """Who has something to hide."""
    return new_member()


@pytest.fixture(scope="module")
def keeper(stack: LocalStack) -> Iterator[Connection[Any]]:
    with connect(stack, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def world(keeper: Connection[Any], member: Member, stranger: Member) -> World:
    """Rows of both; the stranger's hold the secret."""
    made = build(keeper, member.id, stranger.id)
    add_message(keeper, stranger.id, made.other.conversation, content=SECRET)
    inquiry = {"client_inquiry_id": new_id(), "flow_version": "v", "step_id": "write", "values": {"title": SECRET}}
    add_row(keeper, "chat_inquiries", {**inquiry, "user_id": stranger.id})
    # The stranger is of the team, and knows something of who attacks.
    operator = add_operator(keeper, stranger, "admin", display_name=SECRET)
    note = {"conversation_id": made.owner.conversation, "operator_id": operator, "client_note_id": new_id()}
    add_row(keeper, "chat_notes", {**note, "content": SECRET})
    add_row(keeper, "chat_labels", {"name": SECRET})
    return made


@pytest.fixture(scope="module")
def ids(keeper: Connection[Any], world: World) -> dict[str, str]:
    client = "select client_message_id::text from public.chat_messages where id = %s"
    return {
        "own": world.owner.conversation,
        "unread": world.owner.unread,
        "own_message": world.owner.message,
        "foreign": world.other.conversation,
        "foreign_message": world.other.message,
        "foreign_inquiry": world.other.inquiry,
        "foreign_client": keeper.execute(client, [world.other.message]).fetchone()[0],
        "member": world.owner.user,
        "stranger": world.other.user,
        "missing": new_id(),
    }


@pytest.fixture(scope="module")
def thief(stack: LocalStack, member: Member) -> Iterator[httpx.Client]:
    with rest(stack, member.access_token) as client:
        yield client


def ask(client: httpx.Client, attack: Any, ids: dict[str, str]) -> httpx.Response:
    filled = attack.filled({**ids, "new": new_id()})
    return client.request(filled.method, filled.path, params=filled.params, json=filled.body, headers=filled.headers)


def state(db: Connection[Any], world: World) -> list[Any]:
    """Every row of both members, and all that there is beside them."""
    return [world.digest(db), everything(db)]


def theirs(world: World) -> tuple[str, ...]:
    """What nobody but the stranger may see."""
    side = world.other
    return SECRET, side.message, side.inquiry, side.unread


@pytest.mark.parametrize("name", READS)
def test_nothing_hidden_is_read(thief: httpx.Client, world: World, ids: dict[str, str], name: str) -> None:
    answer = ask(thief, READS[name], ids)
    assert answer.status_code < 500, answer.text
    assert [hidden for hidden in theirs(world) if hidden in answer.text] == []
    assert not any(word in answer.text for word in ("encrypted_password", "refresh_token", "rolpassword", "postgres"))
    assert not answer.headers.get("content-range", "").endswith("/1")


@pytest.mark.parametrize("name", WRITES)
def test_nothing_foreign_is_written(
    thief: httpx.Client, keeper: Connection[Any], world: World, ids: dict[str, str], name: str
) -> None:
    before = state(keeper, world)
    answer = ask(thief, WRITES[name], ids)
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:300])
    assert state(keeper, world) == before
    assert [hidden for hidden in theirs(world) if hidden in answer.text] == []


@pytest.fixture(scope="module")
def forged(stack: LocalStack, member: Member) -> dict[str, str]:
    return forged_tokens(member.id, stack.jwt_secret, member.access_token)


FORGED = tuple(forged_tokens(new_id(), "s" * 64, "a.b.c"))
MISDIRECTED = tuple(misdirected_tokens(new_id(), "s" * 64))


@pytest.fixture(scope="module")
def issuing_app(stack: LocalStack) -> Iterator[Flask]:
    """An app that knows who issues its tokens."""
    from tests.web.conftest import running_app

    with running_app(stack, jwt_issuer=f"{stack.supabase_url}/auth/v1") as made:
        yield made


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_opens_neither_door(
    app: Flask, stack: LocalStack, keeper: Connection[Any], world: World, forged: dict[str, str], name: str
) -> None:
    before = state(keeper, world)
    with app.test_client() as client:
        for method, path in (
            ("GET", "/conversations"), ("GET", "/me/export"), ("DELETE", "/me"), ("POST", "/import"),
            ("GET", "/inbox/me"), ("GET", "/inbox/export"), ("POST", "/inbox/labels"),
        ):  # fmt: skip
            answer = client.open(f"/api/v1{path}", method=method, headers=bearer(forged[name]), json={})
            assert (answer.status_code, answer.json["code"]) in {(401, "unauthenticated"), (401, "token_expired")}
    with rest(stack, forged[name]) as past_us:
        for answer in (
            past_us.get("/chat_messages"),
            past_us.get("/chat_inquiries"),
            past_us.post("/rpc/chat_list", json={}),
            past_us.post("/chat_conversations", json={"client_conversation_id": new_id()}),
            past_us.delete("/chat_messages", params={"id": "not.is.null"}),
        ):
            assert answer.status_code == 401, answer.text
            assert world.owner.message not in answer.text
    assert state(keeper, world) == before


@pytest.mark.parametrize("name", MISDIRECTED)
def test_a_token_made_for_something_else_is_no_members(
    issuing_app: Flask, stack: LocalStack, member: Member, name: str
) -> None:
    given = misdirected_tokens(member.id, stack.jwt_secret)[name]
    with issuing_app.test_client() as client:
        answer = client.get("/api/v1/conversations", headers=bearer(given))
    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("key", ["sb_secret_guessed", "sb_publishable_guessed", "null", "undefined", "a" * 9000])
def test_a_guessed_key_opens_nothing(stack: LocalStack, world: World, key: str) -> None:
    for headers in ({"apikey": key}, {"apikey": key, "Authorization": f"Bearer {key}"}):
        answer = get(f"{stack.supabase_url}/rest/v1/chat_messages", headers=headers)
        assert 400 <= answer.status_code < 500
        assert world.other.message not in answer.text


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("attacked") / "app.log"


@pytest.fixture(scope="module")
def server(stack: LocalStack, log: Path) -> Iterator[AppServer]:
    """A real server, because what is tried here never reaches an app that is called as a function."""
    with gunicorn(stack, log, workers=1, LOG_LEVEL="DEBUG") as running:
        yield running


def get(url: str, **more: Any) -> httpx.Response:
    return httpx.get(url, trust_env=False, timeout=PATIENCE, **more)


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    head = [f"{line} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


PATHS = (
    "/..%2f..%2fetc%2fpasswd", "/../../../../etc/passwd", "/static/../settings.py", "/static/..%2fsettings.py",
    "/static/..%2f..%2fsettings.py", "/static/%2e%2e/%2e%2e/settings.py", "/static/..\\..\\settings.py",
    "/static/..%5c..%5csettings.py", "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/%00.js",
    "/static/embed.js%00.txt", "//evil.example/..", "//evil.example/%2e%2e/", "/%2f%2fevil.example", "/\\evil.example",
    "/%5cevil.example", "http://evil.example/", "http://evil.example/sign-in", "/api/v1/%00", "/api/v1//conversations",
    "/api/v1/conversations/", "/api/v1/conversations/..%2fme/messages", "/api/v1/conversations/%2e%2e/messages",
    "/api/v1/conversations/%00/messages", "/api/v1/conversations/%ff%fe/messages", "/api/v1/../admin", "/ADMIN",
    "/admin%00", "/admin;x=1", "/admin/", "/.git/config", "/.env", "/.local/env", "/static/.env", "/%", "/%zz",
    "/" + "a" * 3000, "/api/v1/conversations/" + "9" * 3000 + "/messages", "/api/v1/conversations?cursor=" + "a" * 3000,
    "/sign-in%0d%0aSet-Cookie:%20munui=stolen", "/embed.js%0d%0aLocation:%20http://evil.example",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:50])
def test_an_odd_path_leads_nowhere(server: AppServer, path: str) -> None:
    answer = raw(server.url, request(f"GET {path}")).decode("utf-8", "replace")
    assert re.match(r"HTTP/1\.1 (200|30\d|40\d|41\d|422) ", answer), answer[:200]
    head, _, body = answer.partition("\r\n\r\n")
    assert not re.search(r"(?im)^(location|set-cookie|refresh):.*(evil|stolen)", head)
    assert EVIL not in body
    assert "root:" not in body
    assert "class Settings" not in body
    assert "SUPABASE_" not in body
    if path != "http://evil.example/sign-in":
        assert " 200 " not in answer[:14] or path == "http://evil.example/"


WIRE: dict[str, bytes] = {
    "CRLF in a request id": request("GET /healthz", "X-Request-Id: a%0d%0aX-Evil: 1"),
    "bare CR in a request id": request("GET /healthz", "X-Request-Id: a\rX-Evil: 1"),
    "bare LF in a request id": request("GET /healthz", "X-Request-Id: a\nX-Evil: 1"),
    "NUL in a request id": request("GET /healthz", "X-Request-Id: a\0b"),
    "folded header": request("GET /healthz", "X-Request-Id: a", " X-Evil: 1"),
    "CR in the origin": request("GET /api/v1/flow", "Origin: http://a\rX-Evil: 1"),
    "a wild origin": request("GET /api/v1/flow", f"Origin: https://{EVIL}"),
    "a space before the colon": request("GET /healthz", "X-Evil : 1"),
    "underscored forwarding": request("GET /sign-in", f"X_Forwarded_Host: {EVIL}"),
    "another host": request("GET /sign-in", f"X-Forwarded-Host: {EVIL}", f"Forwarded: host={EVIL}"),
    "two hosts": request("GET /sign-in", f"Host: {EVIL}"),
    "another scheme": request("GET /sign-in", "X-Forwarded-Proto: javascript"),
    "another path": request("GET /healthz", "X-Original-URL: /admin", "X-Rewrite-URL: /admin"),
    "length and chunks": request(
        "POST /api/v1/conversations", "Content-Length: 4", "Transfer-Encoding: chunked", body=b"0\r\n\r\nGET /admin"
    ),
    "two lengths": request("POST /api/v1/conversations", "Content-Length: 2", "Content-Length: 40", body=b"{}"),
    "a negative length": request("POST /api/v1/conversations", "Content-Length: -1", body=b"{}"),
    "a length in words": request("POST /api/v1/conversations", "Content-Length: 0x2", body=b"{}"),
    "a huge length": request("POST /api/v1/inquiries", "Content-Type: application/json", "Content-Length: 99999999999"),
    "an unknown coding": request("POST /api/v1/conversations", "Transfer-Encoding: xchunked", body=b"0\r\n\r\n"),
    "a bad chunk": request("POST /api/v1/inquiries", "Transfer-Encoding: chunked", body=b"zz\r\nabc\r\n0\r\n\r\n"),
    "an endless chunk": request(
        "POST /api/v1/inquiries", "Content-Type: application/json", "Transfer-Encoding: chunked",
        body=b"fffffffff\r\n" + b"a" * 300_000,
    ),
    "many headers": request("GET /healthz", *[f"X-A{n}: 1" for n in range(500)]),
    "a long header": request("GET /healthz", "X-A: " + "a" * 100_000),
    "a long cookie": request("GET /", "Cookie: munui=" + "a" * 7000),
    "no method": b"\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "an old version": b"GET /healthz HTTP/0.9\r\n\r\n",
    "a method of its own": request("EVIL /api/v1/conversations"),
    "trace": request("TRACE /api/v1/conversations", "Cookie: munui=a"),
    "connect": request("CONNECT evil.example:443"),
}  # fmt: skip


@pytest.mark.parametrize("name", WIRE)
def test_odd_bytes_on_the_wire_get_nothing_through(server: AppServer, name: str) -> None:
    answer = raw(server.url, WIRE[name]).decode("utf-8", "replace")
    statuses = re.findall(r"(?m)^HTTP/1\.1 (\d+)", answer)
    # At most one answer for one request: a second one would belong to what was smuggled in.
    assert len(statuses) <= 1
    assert all(status[0] in "234" or status in {"501", "505"} for status in statuses), answer[:300]
    head, _, body = answer.partition("\r\n\r\n")
    assert not re.search(r"(?im)^(x-evil|access-control-allow-credentials):", head)
    # Only a refusal may be read by the page that earned it.
    assert statuses == ["403"] or not re.search(r"(?im)^access-control-allow-origin:", head)
    assert EVIL not in body
    assert "javascript:" not in body
    assert "Traceback" not in body
    assert get(f"{server.url}/healthz").status_code == 200


# What a server tells an app beside the headers, and what a proxy tells it, under names that become the same in WSGI.
SPOKEN_FOR = (
    "SCRIPT_NAME", "Script-Name", "PATH_INFO", "QUERY_STRING", "REQUEST_METHOD", "REMOTE_ADDR", "SERVER_NAME",
    "HTTP_HOST", "wsgi.url_scheme", "munui.arrived", "X_Forwarded_Prefix", "X-Forwarded-Prefix", "X_Forwarded_Host",
)  # fmt: skip


@pytest.mark.parametrize("name", SPOKEN_FOR)
@pytest.mark.parametrize("value", [f"//{EVIL}", "/admin", "DELETE"])
def test_no_header_says_what_the_server_says(server: AppServer, name: str, value: str) -> None:
    plain, tried = (
        raw(server.url, request("GET /account", *headers)).decode("latin-1") for headers in ([], [f"{name}: {value}"])
    )
    assert "\r\nlocation: /sign-in?next=account\r\n" in plain.lower()
    assert without_changes(tried) == without_changes(plain)


def without_changes(answer: str) -> list[str]:
    """An answer without what is another one each time."""
    told = re.sub(r"Expires=[^;]*;", "", answer)
    return [
        line for line in told.splitlines() if not re.match("(?i)(date|x-request-id|content-security-policy):", line)
    ]


def test_a_name_with_an_underscore_is_not_the_one_with_a_hyphen(stack: LocalStack, tmp_path: Path) -> None:
    mine, theirs = new_id(), new_id()
    with gunicorn(stack, tmp_path / "app.log", workers=1) as running:
        alone, both, reverse = (
            get(f"{running.url}/healthz", headers=headers).headers["X-Request-Id"]
            for headers in (
                [("X_Request_Id", theirs)],
                [("X-Request-Id", mine), ("X_Request_Id", theirs)],
                [("X_Request_Id", theirs), ("X-Request-Id", mine)],
            )
        )
        assert alone != theirs
        assert both == reverse == mine


@pytest.mark.parametrize(
    ("proxies", "name"),
    [
        ("0", "X-Forwarded-For"),
        ("0", "X_Forwarded_For"),
        ("1", "X_Forwarded_For"),
        ("1", "X-Forwarded_For"),
        ("1", "Forwarded"),
    ],
)
def test_nobody_makes_up_an_address(stack: LocalStack, tmp_path: Path, proxies: str, name: str) -> None:
    limited = {"TRUSTED_PROXIES": proxies, "RATE_LIMIT_ADDRESS": "5"}
    with gunicorn(stack, tmp_path / "app.log", workers=1, **limited) as running:
        asked = [get(f"{running.url}/api/v1/flow", headers={name: f"203.0.113.{n}"}) for n in range(6)]
    assert [answer.status_code for answer in asked] == [200] * 5 + [429]


@pytest.mark.parametrize("second", ["127.0.0.1", EVIL])
def test_a_request_has_one_host(server: AppServer, second: str) -> None:
    answer = raw(server.url, request("GET /sign-in", f"Host: {second}"))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"code": "malformed_json"' in answer


@pytest.mark.parametrize(
    "headers",
    [
        ["Content-Length: 2", "Content-Length: 40"], ["Content-Length: 2", "Content-Length: 2"],
        ["Content-Length: 2, 2"], ["Content-Length: 2", "Transfer-Encoding: chunked"], ["Content-Length: +2"],
        ["Transfer-Encoding: chunked, chunked"], ["Transfer-Encoding: chunked, identity"],
        ["Transfer-Encoding: xchunked"], ["Content-Length : 2"], ["Content-Length: 2 2"],
    ],
    ids=" and ".join,
)  # fmt: skip
def test_a_body_of_uncertain_length_is_refused(server: AppServer, headers: list[str]) -> None:
    sent = request("POST /api/v1/inquiries", "Content-Type: application/json", *headers, body=b"{}")
    answer = raw(server.url, sent + request("GET /healthz"))
    assert re.match(rb"HTTP/1\.1 (400|501) ", answer), answer[:200]
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_is_what_it_says(app: Flask, new_member: Callable[[], Member], header: str) -> None:
    victim = new_member()
    with app.test_client() as client:
        for method in ("GET", "POST"):
            client.open(
                "/api/v1/me?_method=DELETE", method=method, data={"_method": "DELETE"},
                headers={**bearer(victim.access_token), header: "DELETE"},
            )  # fmt: skip
        assert client.get("/api/v1/me/export", headers=bearer(victim.access_token)).status_code == 200
        opened = client.post(
            "/api/v1/conversations", json={"clientConversationId": new_id()}, headers=bearer(victim.access_token)
        )
        assert opened.status_code == 201


PLACES = (
    "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "///evil.example", "evil.example",
    "javascript:alert(1)", "data:text/html,evil.example", "https:evil.example", "/%09/evil.example",
    "http://127.0.0.1:8000@evil.example/", "account\r\nLocation: //evil.example", "\x00//evil.example",
)  # fmt: skip
NAMES = ("next", "redirect_to", "redirect", "return_to", "url", "continue", "site_url")


def elsewhere(page: str) -> list[str]:
    """What in a page leads to another server or runs as a script. A link to the same page may keep its query."""
    led = [unescape(found) for found in re.findall(r"""(?:href|src|action|content)=["']([^"']*)""", page)]
    return [to for to in led if not to.startswith("?") and (EVIL in to or urlsplit(to).scheme == "javascript")]


@pytest.mark.parametrize("place", PLACES, ids=repr)
def test_nobody_is_led_elsewhere(app: Flask, member: Member, place: str) -> None:
    query = dict.fromkeys(NAMES, place)
    with app.test_client() as client:
        for path in ("/sign-in", "/sign-up", "/forgot-password", "/", "/account", "/embed.js", "/check-mail"):
            answer = client.get(path, query_string=query)
            assert answer.status_code < 400
            assert urlsplit(answer.headers.get("Location", "/")).netloc in {"", "127.0.0.1:8000", "localhost"}
            assert elsewhere(answer.text) == []
        form = {"email": member.email, "password": member.password, **query}
        signed_in = client.post("/sign-in", data=form, query_string=query, headers={"Origin": APP_URL})
        assert (signed_in.status_code, signed_in.headers["Location"]) == (303, "/")
        again = client.get("/sign-in", query_string=query)
        assert (again.status_code, again.headers["Location"]) == (303, "/")


@again_where_too_slow
def test_bodies_that_drip_do_not_hold_up_others(server: AppServer) -> None:
    head = (
        b"POST /api/v1/inquiries HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    )
    where = urlsplit(server.url)
    # A body that takes longer is worked on as it is.
    with in_time(SERVERS_PATIENCE), ExitStack() as open_lines:
        lines = [
            open_lines.enter_context(socket.create_connection((where.hostname, where.port), timeout=PATIENCE))
            for _ in range(40)
        ]
        for one in lines:
            one.sendall(head + b"{")
        for _ in range(3):
            assert get(f"{server.url}/healthz").status_code == 200
            # While all of them drip on: nobody was let go for it.
            assert select.select(lines, [], [], 0)[0] == []
            for one in lines:
                one.sendall(b" ")
    until(lambda: get(f"{server.url}/readyz").status_code == 200)


def mistakes(api: Api, client: Any, member: Member) -> Iterator[int]:
    """Twenty ways to make an app complain while it holds something to hide. Gives the statuses."""
    here = f"/conversations/{api.open().body['conversation']['id']}"
    said = text(SECRET)
    yield api.call("POST", f"{here}/turns", {"event": said}).status
    yield api.call("POST", f"{here}/turns", {"clientMessageId": SECRET, "event": said}).status
    yield api.call("POST", f"{here}/turns", {"clientMessageId": new_id(), "event": {**said, "type": SECRET}}).status
    yield api.call("POST", f"{here}/turns", f'{{"event": "{SECRET}'.encode()).status
    yield api.call("POST", f"{here}/turns", b'"\xff' + SECRET.encode()).status
    yield api.turn(here.rpartition("/")[2], text(SECRET * 1000)).status
    yield api.turn(here.rpartition("/")[2], text(SECRET + "\x00")).status
    yield api.turn(here.rpartition("/")[2], {"type": "chip", "messageId": new_id(), "chipId": SECRET}).status
    yield api.turn(here.rpartition("/")[2], {"type": "form", "messageId": new_id(), "values": {"title": SECRET}}).status
    yield api.turn(SECRET, said).status
    yield api.turn(new_id(), said).status
    yield api.page(SECRET).status
    yield api.conversations(cursor=SECRET).status
    yield api.conversations(limit=SECRET).status
    yield api.call("POST", "/import", {"conversations": [{"flowVersion": SECRET, "events": [{"event": said}]}]}).status
    yield api.call("POST", "/inquiries", {"clientInquiryId": new_id(), "values": {"title": SECRET}}).status
    yield api.call("POST", "/guest-sessions/refresh", {"refreshToken": SECRET}).status
    yield api.call("POST", "/guest-sessions/claim", {"guestAccessToken": SECRET}).status
    yield api.call("PATCH", f"/{SECRET}").status
    bad = member.access_token[:-3]
    yield client.get("/api/v1/conversations", headers=bearer(bad)).status_code
    yield client.get(
        "/api/v1/conversations", headers={**bearer(member.access_token), "Origin": SECRET[-4:]}
    ).status_code
    form = {"email": member.email, "password": SECRET}
    yield client.post("/sign-in", data=form, headers={"Origin": APP_URL}).status_code
    yield client.post("/sign-up", data={**form, "password": "1"}, headers={"Origin": APP_URL}).status_code
    mailed = {"token_hash": SECRET, "type": "signup"}
    yield client.post("/auth/confirm", data=mailed, headers={"Origin": APP_URL}).status_code


def test_errors_and_logs_tell_nothing(
    stack: LocalStack, new_member: Callable[[], Member], capfd: pytest.CaptureFixture[str]
) -> None:
    victim = new_member()
    made = stack_app(stack, log_level="DEBUG", session_key="k" * 40)
    seen: list[str] = []
    with made.test_client() as client:
        plain = through_app(made)

        def noted(*call: Any) -> Any:
            answer = plain(*call)
            if answer.status >= 400:
                seen.append(f"{answer.body} {dict(answer.headers)}")
            return answer

        statuses = list(mistakes(Api(noted, victim.access_token), client, victim))
    assert len(statuses) >= 20
    assert all(400 <= status < 500 for status in statuses), statuses
    logged = "".join(capfd.readouterr())
    assert logged.count('"event": "request"') > len(statuses)
    hidden = (SECRET, victim.email, victim.password, victim.access_token, victim.refresh_token, "k" * 40)
    keys = (stack.secret_key, stack.jwt_secret, stack.publishable_key, stack.db_url)
    for told in (logged, *seen):
        assert [one for one in (*hidden, *keys) if one in told] == []
        assert not re.search(r"eyJ[\w-]{8,}\.|Traceback|select .* from|sb_(secret|publishable)_", told)


# Not the other one: what is no ASCII would be hidden by the way in which it is quoted.
PLAIN = "their-secret-9f3a"
UNREADABLE = (
    b"GET /? HTTP/1.1\r\nBad Header: ?\r\n\r\n",
    b"GET /?\r\n\r\n",
    b"? /\r\n\r\n",
    b"GET /? HTTP/?\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer\r\n ?\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\n? \xff: ?\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nX: ?\0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: ?\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ?\r\n\r\n0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"?" * 2000 + b"\r\n\r\n",
    b"GET /" + b"?" * 2000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST /api/v1/inquiries HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n?\r\nabc\r\n0\r\n\r\n",
)


def test_the_servers_log_tells_nothing(
    server: AppServer, log: Path, stack: LocalStack, new_member: Callable[[], Member]
) -> None:
    # Not who attacks: what they may read of their own is not to hold the secret.
    member = new_member()
    with httpx.Client(base_url=server.url, trust_env=False, timeout=PATIENCE) as client:
        api = Api(through_http(client), member.access_token)
        assert api.turn(api.open().body["conversation"]["id"], text(SECRET)).status == 201
        client.get(f"/{SECRET}", params={"token": member.access_token}, headers={"Cookie": f"munui={'x' * 50}"})
        for sent in UNREADABLE:
            raw(server.url, sent.replace(b"?", PLAIN.encode()))
    told = log.read_text(encoding="utf-8", errors="replace")
    assert '"event": "request"' in told
    assert '"event": "Invalid HTTP request received."' in told
    assert "127.0.0.1" not in told
    hidden = (SECRET, member.email, member.access_token, stack.secret_key, stack.jwt_secret, "x" * 50, EVIL)
    assert [one for one in hidden if one in told] == []
    assert PLAIN not in told.lower()
    assert "Traceback" not in told
