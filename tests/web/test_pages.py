"""The pages: both languages, who sees what, no way out to strangers, data that a member takes along or away."""

import gzip
import re
from html import unescape

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient

from scripts.local import LocalStack
from service.site.texts import TEXTS
from service.site.texts_en import EN
from service.site.texts_ko import KO
from tests.concurrency import PATIENCE
from tests.stack import Member
from tests.web.apps import APP_URL, offline_app, stack_app

OWN = {"Origin": APP_URL}
OPEN = (
    "/", "/developers", "/help", "/sign-in", "/sign-up", "/forgot-password", "/check-mail",
    "/auth/confirm?token_hash=x",
)  # fmt: skip


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def sign_in(client: FlaskClient, member: Member, **more: str) -> str:
    form = {"email": member.email, "password": member.password, **more}
    answer = client.post("/sign-in", data=form, headers=OWN)
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_only_what_is_the_same_for_every_guest_travels_small(client: FlaskClient, member: Member) -> None:
    """The length of a packed answer tells of what is in it: an address, a token."""
    gzipped = {"Accept-Encoding": "gzip"}
    packed = {path for path in OPEN if "Content-Encoding" in client.get(path, headers=gzipped).headers}
    assert packed == {"/", "/developers", "/help"}
    answer = client.get("/", headers=gzipped)
    assert gzip.decompress(answer.get_data()) == client.get("/").get_data()
    assert "Accept-Encoding" in answer.headers["Vary"]
    sign_in(client, member)
    for path in packed:
        assert "Content-Encoding" not in client.get(path, headers=gzipped).headers


def test_both_languages_say_the_same_things() -> None:
    assert list(KO) == list(EN)
    placeholders = re.compile(r"\{(\w+)\}")
    for key, korean in KO.items():
        assert sorted(placeholders.findall(korean)) == sorted(placeholders.findall(EN[key])), key


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("path", OPEN)
def test_open_pages(client: FlaskClient, path: str, language: str) -> None:
    answer = client.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.text.count("<h1") == answer.text.count("<main") == 1
    assert not re.search(r"<script(?![^>]*src=)|<style| style=| on\w+=", answer.text)
    used = set(re.findall(r'<script[^>]* src="([^"]+)"', answer.text))
    assert all(client.get(src, buffered=True).status_code == 200 for src in used)


def test_the_language_is_remembered_and_the_switch_keeps_the_rest(client: FlaskClient) -> None:
    page = client.get("/auth/confirm?token_hash=abc&type=recovery&lang=en")
    assert page.headers["Set-Cookie"].startswith("lang=en;")
    assert 'href="?token_hash=abc&amp;type=recovery&amp;lang=ko"' in page.text
    assert '<html lang="en">' in client.get("/", headers={"Accept-Language": "ko"}).text


@pytest.mark.parametrize("path", ["//evil.example/x", "/%2F%2Fevil.example", "/nope?lang=//evil.example"])
def test_no_link_of_a_page_leads_where_its_address_says(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    for href in re.findall(r'(?:href|action|src)="([^"]*)"', answer.text):
        assert not href.startswith(("//", "http:", "https:", "javascript:")), href


@pytest.mark.parametrize(
    "place", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "admin/../"]
)
def test_no_form_leads_away(client: FlaskClient, member: Member, place: str) -> None:
    assert place not in unescape(client.get("/sign-in", query_string={"next": place}).text)
    assert sign_in(client, member, next=place) == "/"
    assert client.get("/sign-in", query_string={"next": place}).headers["Location"] == "/"


def test_a_form_leads_on_to_a_page_of_ours(client: FlaskClient, member: Member) -> None:
    answer = client.get("/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=account")
    assert 'name="next" value="account"' in client.get("/sign-in?next=account").text
    assert sign_in(client, member, next="account") == "/account"


def test_the_chat_is_a_guests_or_the_members(client: FlaskClient, member: Member) -> None:
    assert "data-member" not in client.get("/").text
    assert 'src="/embed.js"' in client.get("/").text
    sign_in(client, member)
    assert f'data-member="{member.id}"' in client.get("/").text


def test_a_faulty_form_names_the_field_and_keeps_the_address(client: FlaskClient) -> None:
    page = client.post("/sign-up", data={"email": "kim@example.com", "password": "short"}, headers=OWN).text
    assert 'href="#password"' in page
    assert re.search(r'id="password"[^>]*aria-invalid="true"', page)
    assert 'value="kim@example.com"' in page
    assert "short" not in page.replace("shortcut", "")
    assert f"<title>{KO['error_title']}" in page or f"<title>{EN['error_title']}" in page


def test_a_member_takes_their_data_along(client: FlaskClient, member: Member) -> None:
    sign_in(client, member)
    page = client.get("/account").text
    assert member.email in page
    assert "/admin" not in page
    answer = client.get("/api/v1/me/export")
    assert answer.get_json()["member"]["email"] == member.email
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("typed", ["", "somebody-else@example.com", "delete"])
def test_nothing_is_deleted_by_accident(client: FlaskClient, member: Member, typed: str) -> None:
    sign_in(client, member)
    answer = client.post("/account/delete", data={"confirmation": typed}, headers=OWN)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null"])
def test_nobody_else_deletes(client: FlaskClient, member: Member, origin: str | None) -> None:
    sign_in(client, member)
    headers = {"Origin": origin} if origin else {}
    answer = client.post("/account/delete", data={"confirmation": member.email}, headers=headers)
    assert answer.status_code == 403
    assert client.get("/account").status_code == 200


def test_a_member_takes_their_data_away(client: FlaskClient, stack: LocalStack, member: Member) -> None:
    sign_in(client, member)
    answer = client.post("/account/delete", data={"confirmation": f" {member.email.upper()} "}, headers=OWN)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?notice=deleted")
    assert TEXTS["ko"]["notice_deleted"] in client.get("/?notice=deleted&lang=ko").text
    assert client.get("/account").status_code == 303
    users = httpx.get(
        f"{stack.supabase_url}/auth/v1/admin/users/{member.id}",
        headers={"apikey": stack.secret_key, "Authorization": f"Bearer {stack.secret_key}"},
        trust_env=False,
        timeout=PATIENCE,
    )
    assert users.status_code == 404


def test_a_token_whose_account_is_gone_signs_out(app: Flask, member: Member) -> None:
    one, other = app.test_client(), app.test_client()
    sign_in(one, member)
    sign_in(other, member)
    one.post("/account/delete", data={"confirmation": member.email}, headers=OWN)
    assert other.get("/account").headers["Location"] == "/sign-in?next=account"
    assert "data-member" not in other.get("/").text


def test_pages_for_developers_show_the_address_of_the_app(stack: LocalStack) -> None:
    page = stack_app(stack, app_url="https://chat.example").test_client().get("/developers").text
    assert 'src="https://chat.example/embed.js"' in unescape(page)


def test_where_mails_are_is_said_for_the_local_stack_only(client: FlaskClient) -> None:
    assert ".local/mail.log" in client.get("/check-mail").text
    hosted = offline_app(supabase_url="https://project.example", jwt_issuer="https://project.example/auth/v1")
    assert ".local" not in hosted.test_client().get("/check-mail").text


@pytest.mark.parametrize(
    "path", ["/sign-in", "/sign-up", "/developers", "/account", "/forgot-password", "/auth/confirm"]
)
def test_a_slash_too_many_leads_to_the_page(path: str) -> None:
    client = offline_app().test_client()
    answer = client.get(f"{path}/?next=admin&lang=ko&x=%EA%B0%80")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"{path}?next=admin&lang=ko&x=%EA%B0%80")
    assert client.post(f"{path}/", headers={"Origin": APP_URL}).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/nope/",
        "/sign-in//",
        "/sign-out/",
        "/static/munui/",
        "/%2Fevil.example/",
    ],
)
def test_other_slashes_lead_nowhere(path: str) -> None:
    answer = offline_app().test_client().get(path)
    assert answer.status_code == 404
    assert "Location" not in answer.headers


@pytest.mark.parametrize("path", ["/api/v1/flow/", "/api/", "/healthz/", "/readyz/"])
def test_a_slash_too_many_is_no_call_of_the_api(path: str) -> None:
    answer = offline_app().test_client().get(path)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_what_browsers_and_search_engines_look_for() -> None:
    client = offline_app().test_client()
    icon = client.get("/favicon.ico")
    assert icon.status_code == 301
    assert client.get(icon.headers["Location"], buffered=True).content_type.startswith("image/svg+xml")
    robots = client.get("/robots.txt")
    assert (robots.status_code, robots.content_type) == (200, "text/plain; charset=utf-8")
    assert "Disallow: /admin\n" in robots.text


@pytest.mark.parametrize(("method", "path", "allowed", "form"), [
    ("POST", "/", {"GET", "HEAD", "OPTIONS"}, "text/html"),
    ("DELETE", "/sign-in", {"GET", "HEAD", "OPTIONS", "POST"}, "text/html"),
    ("GET", "/sign-out", {"OPTIONS", "POST"}, "text/html"),
    ("PUT", "/robots.txt", {"GET", "HEAD", "OPTIONS"}, "text/html"),
    ("POST", "/static/embed.js", {"GET", "HEAD", "OPTIONS"}, "text/html"),
    ("POST", "/healthz", {"GET", "HEAD", "OPTIONS"}, "application/problem+json"),
    ("PATCH", "/api/v1/flow", {"GET", "HEAD", "OPTIONS"}, "application/problem+json"),
])  # fmt: skip
@pytest.mark.parametrize("headers", [{}, {"Origin": APP_URL}], ids=["no origin", "our origin"])
def test_a_wrong_method_is_405_and_says_which_are_right(
    method: str, path: str, allowed: set[str], form: str, headers: dict[str, str]
) -> None:
    answer = offline_app().test_client().open(path, method=method, headers=headers)
    assert (answer.status_code, answer.mimetype) == (405, form)
    assert set(answer.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("headers", [{}, {"Origin": APP_URL}], ids=["no origin", "our origin"])
def test_an_unknown_path_is_not_found_by_any_method(headers: dict[str, str]) -> None:
    client = offline_app().test_client()
    assert [client.open("/nope", method=one, headers=headers).status_code for one in ("GET", "POST", "DELETE")] == [
        404
    ] * 3
