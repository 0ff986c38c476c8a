"""Who may call from a browser: our own pages, the allowed ones with a token, and nobody else."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.apps import APP_URL, bearer, offline_app, token

pytestmark = pytest.mark.tried("attacks")
SHOP = "https://shop.example"
EVIL = "https://evil.example"
PATH = "/api/v1/conversations"
# Refused by the origin rule before anybody looks at them, so any value will do.
COOKIE = {"Cookie": "munui=whatever"}


@pytest.fixture
def app() -> Flask:
    return offline_app(allowed_origins=SHOP)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    # Without a jar of its own it sends the Cookie header that a test writes.
    return app.test_client(use_cookies=False)


def code(client: FlaskClient, method: str = "PATCH", path: str = PATH, **headers: str) -> str | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = client.open(path, method=method, headers=named)
    return answer.json["code"] if answer.is_json or "problem" in answer.content_type else None


@pytest.mark.parametrize(
    ("origin", "refused"),
    [(None, False), (APP_URL, False), (SHOP, False), (EVIL, True), ("null", True), (f"{SHOP}.evil.example", True),
     ("http://shop.example", True), (f"{SHOP}:8443", True), (SHOP.upper(), True), ("", True), ("http://[", True)],
)  # fmt: skip
def test_bearer_requests(client: FlaskClient, origin: str | None, refused: bool) -> None:
    headers = {**bearer(token()), **({} if origin is None else {"Origin": origin})}
    found = code(client, **headers)
    assert (found == "origin_not_allowed") is refused


@pytest.mark.parametrize("origin", [None, SHOP, EVIL, "null", "http://127.0.0.1:8001", "https://127.0.0.1:8000"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_changes_with_a_cookie_need_our_own_origin(client: FlaskClient, method: str, origin: str | None) -> None:
    headers = {**COOKIE, **({} if origin is None else {"Origin": origin})}
    assert code(client, method, **headers) == "origin_not_allowed"


def test_changes_with_a_cookie_from_our_own_page_pass(client: FlaskClient) -> None:
    assert code(client, "POST", **COOKIE, Origin=APP_URL) == "unauthenticated"


def test_reading_with_a_cookie_needs_no_origin(client: FlaskClient) -> None:
    assert code(client, "GET", **COOKIE) == "unauthenticated"


def test_a_header_rules_the_cookie_out(client: FlaskClient) -> None:
    # With the cookie it would be 403 for the lack of an Origin; with a bad header it is that header's 401.
    assert code(client, "POST", **COOKIE, Authorization="Bearer a.b.c") == "unauthenticated"


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/sign-out"])
@pytest.mark.parametrize("origin", [None, SHOP, EVIL, "null"])
def test_forms_need_our_own_origin(client: FlaskClient, path: str, origin: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin}
    answer = client.post(path, headers=headers, data={"email": "a@example.com", "password": "x"})
    assert answer.status_code == 403
    assert answer.content_type.startswith("text/html")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("opened_as", "origin", "own"),
    [
        ("localhost:8000", "http://localhost:8000", True),
        ("[::1]:8000", "http://[::1]:8000", True),
        ("127.0.0.1:9000", "http://127.0.0.1:9000", True),
        # A rebound DNS name reaches this server and equals the host, but is no loopback name.
        ("evil.example:8000", "http://evil.example:8000", False),
        ("localhost.evil.example", "http://localhost.evil.example", False),
        # Another program on this machine.
        ("127.0.0.1:8000", "http://127.0.0.1:3000", False),
        ("localhost:8000", "http://localhost:3000", False),
    ],
)
def test_loopback_names(app: Flask, opened_as: str, origin: str, own: bool) -> None:
    client = app.test_client(use_cookies=False)
    answer = client.post(PATH, base_url=f"http://{opened_as}", headers={**COOKIE, "Origin": origin})
    assert (answer.json["code"] != "origin_not_allowed") is own


def test_a_public_app_has_one_origin_only() -> None:
    client = offline_app(app_url="https://chat.example").test_client(use_cookies=False)
    headers = {"Cookie": "__Host-munui=whatever", "Origin": "http://localhost"}
    answer = client.post(PATH, base_url="http://localhost", headers=headers)
    assert answer.json["code"] == "origin_not_allowed"
    headers["Origin"] = "https://chat.example"
    assert client.post(PATH, base_url="http://localhost", headers=headers).json["code"] == "unauthenticated"


def test_preflight_of_an_allowed_origin(client: FlaskClient) -> None:
    answer = client.options(PATH, headers={"Origin": SHOP, "Access-Control-Request-Method": "POST"})
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert {"GET", "POST", "PUT", "DELETE"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))
    assert {"Authorization", "Content-Type", "If-None-Match"} <= set(
        answer.headers["Access-Control-Allow-Headers"].split(", ")
    )
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("origin", [EVIL, "null"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_any_other_origin_can_read_that_it_is_refused(client: FlaskClient, method: str, origin: str) -> None:
    """The preflight passes, or the page would never get to the refusal; the call itself is not let in."""
    asked = client.options(PATH, headers={"Origin": origin, "Access-Control-Request-Method": method})
    answer = client.open(PATH, method=method, headers={"Origin": origin, **bearer(token())})
    assert (asked.status_code, answer.status_code, answer.json["code"]) == (204, 403, "origin_not_allowed")
    for one in (asked, answer):
        assert one.headers["Access-Control-Allow-Origin"] == origin
        assert "Access-Control-Allow-Credentials" not in one.headers
        assert "Origin" in one.headers["Vary"]
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]


def test_only_the_api_says_so(client: FlaskClient) -> None:
    headers = {"Origin": EVIL, "Access-Control-Request-Method": "POST"}
    for answer in (client.options("/sign-in", headers=headers), client.get("/sign-in", headers={"Origin": EVIL})):
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_errors_can_be_read_by_allowed_pages(client: FlaskClient) -> None:
    answer = client.get(PATH, headers={"Origin": SHOP})
    assert answer.status_code == 401
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    assert "X-Request-Id" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("origin", [None, APP_URL])
def test_nobody_else_gets_cors_headers(client: FlaskClient, origin: str | None) -> None:
    answer = client.get(PATH, headers={**bearer(token()), **({"Origin": origin} if origin else {})})
    assert not [name for name in answer.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118
    assert "Origin" in answer.headers["Vary"]


def test_a_cookies_answer_is_shown_to_no_other_origin(client: FlaskClient) -> None:
    answer = client.get(PATH, headers={**COOKIE, "Origin": SHOP})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_public_calls_have_the_same_list(client: FlaskClient) -> None:
    assert client.get("/api/v1/flow", headers={"Origin": EVIL}).status_code == 403
    for headers in ({"Origin": SHOP}, {"Origin": SHOP, **COOKIE}):
        answer = client.get("/api/v1/flow", headers=headers)
        assert answer.headers["Access-Control-Allow-Origin"] == SHOP
