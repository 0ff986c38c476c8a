"""Confirming an address and getting a new password, with the mails that the auth server really writes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from scripts.local import LocalStack
from scripts.local.gateway import SignUps
from service.app import create_app
from service.http.context import part_of
from service.supabase.clients import Upstream
from tests.stack import PASSWORD, temporary_stack
from tests.web.apps import APP_URL, stack_settings
from tests.words import a_word

OWN = {"Origin": APP_URL}
OTHER_PASSWORD = "another-horse-2"


@dataclass(frozen=True)
class Mail:
    """A mail, with what can be done with it."""

    link: str
    code: str
    token: str


@pytest.fixture(scope="module")
def strict_stack() -> Iterator[LocalStack]:
    """A local Supabase that wants addresses confirmed."""
    with temporary_stack("mails", sign_ups=SignUps(confirm_email=True), site_url=APP_URL) as running:
        yield running


@pytest.fixture(scope="module")
def strict_app(strict_stack: LocalStack) -> Iterator[Flask]:
    made = create_app(stack_settings(strict_stack))
    yield made
    part_of(made, Upstream).close()


@pytest.fixture
def client(strict_app: Flask) -> FlaskClient:
    return strict_app.test_client()


@pytest.fixture
def email() -> str:
    return f"{a_word()}@example.com"


def mails(log: Path, email: str) -> list[Mail]:
    """The mails to `email`, oldest first."""
    entries = log.read_text(encoding="utf-8").split("\n---\n") if log.exists() else []
    return [_mail(entry) for entry in entries if f"To: {email}\n" in entry]


def _mail(entry: str) -> Mail:
    link = re.search(r"https?://\S+", entry)
    code = re.search(r"code: (\d+)", entry)
    assert link
    assert code
    return Mail(link[0], code[1], parse_qs(urlsplit(link[0]).query)["token"][0])


def post(client: FlaskClient, path: str, **form: str) -> Any:
    return client.post(path, data=form, headers=OWN)


def sign_up(client: FlaskClient, stack: LocalStack, email: str) -> Mail:
    answer = post(client, "/sign-up", email=email, password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/check-mail?type=signup")
    return mails(stack.mail_log, email)[-1]


def confirmed(client: FlaskClient, stack: LocalStack, email: str) -> None:
    assert post(client, "/auth/confirm", type="signup", token=sign_up(client, stack, email).token).status_code == 303


def ask_for_password(client: FlaskClient, stack: LocalStack, email: str) -> Mail:
    assert post(client, "/forgot-password", email=email).headers["Location"] == "/check-mail?type=recovery"
    return mails(stack.mail_log, email)[-1]


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


def can_sign_in(app: Flask, email: str, password: str) -> bool:
    status: int = post(app.test_client(), "/sign-in", email=email, password=password).status_code
    return status == 303


def test_a_link_confirms_and_signs_in_where_it_was_asked_for(
    client: FlaskClient, strict_app: Flask, strict_stack: LocalStack, email: str
) -> None:
    mail = sign_up(client, strict_stack, email)
    assert not can_sign_in(strict_app, email, PASSWORD)
    link = urlsplit(mail.link)
    assert f"{link.scheme}://{link.netloc}" == APP_URL
    # Opening it, as mail scanners do, uses nothing up.
    for _ in range(2):
        page = client.get(f"{link.path}?{link.query}")
        assert page.status_code == 200
        assert page.headers["Referrer-Policy"] == "strict-origin"
        assert page.headers["Cache-Control"] == "no-store"
    assert not can_sign_in(strict_app, email, PASSWORD)

    answer = post(client, "/auth/confirm", type="signup", token=hidden(page.text, "token"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?notice=confirmed")
    assert email in client.get("/?notice=confirmed").text
    assert can_sign_in(strict_app, email, PASSWORD)


def test_the_hosted_form_of_the_link(client: FlaskClient, strict_stack: LocalStack, email: str) -> None:
    mail = sign_up(client, strict_stack, email)
    page = client.get(f"/auth/confirm?token_hash={mail.token}&type=email")
    answer = post(client, "/auth/confirm", type=hidden(page.text, "type"), token=hidden(page.text, "token"))
    assert answer.headers["Location"] == "/?notice=confirmed"


def test_a_link_from_a_stranger_signs_nobody_in(strict_app: Flask, strict_stack: LocalStack, email: str) -> None:
    mail = sign_up(strict_app.test_client(), strict_stack, email)
    victim = strict_app.test_client()
    answer = post(victim, "/auth/confirm", type="signup", token=mail.token)
    assert answer.headers["Location"] == "/sign-in?notice=confirmed"
    assert "data-member" not in victim.get("/").text
    assert can_sign_in(strict_app, email, PASSWORD)


def test_a_link_works_once(client: FlaskClient, strict_app: Flask, strict_stack: LocalStack, email: str) -> None:
    mail = sign_up(client, strict_stack, email)
    assert post(client, "/auth/confirm", type="signup", token=mail.token).status_code == 303
    again = post(strict_app.test_client(), "/auth/confirm", type="signup", token=mail.token)
    assert again.status_code == 422
    assert 'role="alert"' in again.text


def test_a_code_confirms(client: FlaskClient, strict_stack: LocalStack, email: str) -> None:
    mail = sign_up(client, strict_stack, email)
    page = client.get("/check-mail?type=signup").text
    assert f'value="{email}"' in page
    wrong = "000000" if mail.code != "000000" else "111111"
    assert post(client, "/auth/confirm", type="signup", email=email, code=wrong).status_code == 422
    answer = post(client, "/auth/confirm", type="signup", email=email, code=f" {mail.code[:3]} {mail.code[3:]} ")
    assert answer.headers["Location"] == "/?notice=confirmed"


def test_a_new_password_by_link_ends_every_other_session(
    client: FlaskClient, strict_app: Flask, strict_stack: LocalStack, email: str
) -> None:
    confirmed(client, strict_stack, email)
    mail = ask_for_password(client, strict_stack, email)
    page = client.get(f"/auth/confirm?token_hash={mail.token}&type=recovery").text
    weak = post(client, "/reset-password", token=hidden(page, "token"), password="short")
    assert weak.status_code == 422
    # Refused by Supabase, when the link is used up already: another one may be chosen all the same.
    same = post(client, "/reset-password", token=hidden(weak.text, "token"), password=PASSWORD)
    assert same.status_code == 422
    assert 'name="token"' not in same.text
    answer = post(client, "/reset-password", sealed=hidden(same.text, "sealed"), password=OTHER_PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?notice=password")
    assert email in client.get("/").text
    assert can_sign_in(strict_app, email, OTHER_PASSWORD)
    assert not can_sign_in(strict_app, email, PASSWORD)
    used = post(strict_app.test_client(), "/reset-password", token=mail.token, password="third-horse-3")
    assert used.status_code == 422


def test_a_new_password_by_code(client: FlaskClient, strict_app: Flask, strict_stack: LocalStack, email: str) -> None:
    confirmed(client, strict_stack, email)
    mail = ask_for_password(client, strict_stack, email)
    page = post(client, "/auth/confirm", type="recovery", email=email, code=mail.code)
    assert page.status_code == 200
    answer = post(client, "/reset-password", sealed=hidden(page.text, "sealed"), password=OTHER_PASSWORD)
    assert answer.headers["Location"] == "/?notice=password"
    assert can_sign_in(strict_app, email, OTHER_PASSWORD)


def test_a_session_is_no_proof_for_a_new_password(
    client: FlaskClient, strict_app: Flask, strict_stack: LocalStack, email: str
) -> None:
    confirmed(client, strict_stack, email)
    cookie = client.get_cookie("munui")
    assert cookie is not None
    assert post(client, "/reset-password", sealed=cookie.value, password=OTHER_PASSWORD).status_code == 422
    assert can_sign_in(strict_app, email, PASSWORD)


def _alike(one: Any, other: Any, *emails: str) -> bool:
    def told(answer: Any) -> tuple[Any, ...]:
        text = answer.text
        for email in emails:
            text = text.replace(email, "")
        return answer.status_code, answer.headers.get("Location"), [name for name, _ in answer.headers], text

    return told(one) == told(other)


def test_nothing_tells_who_has_an_account(
    client: FlaskClient, strict_app: Flask, strict_stack: LocalStack, email: str
) -> None:
    confirmed(client, strict_stack, email)
    waiting = f"waiting-{email}"
    sign_up(strict_app.test_client(), strict_stack, waiting)
    unknown = f"unknown-{email}"
    wrong = "wrong-horse-9"
    for path, form in (
        ("/sign-in", {"password": wrong}),
        ("/forgot-password", {}),
        ("/check-mail", {"type": "signup"}),
        ("/check-mail", {"type": "recovery"}),
        ("/auth/confirm", {"type": "signup", "code": "000000"}),
        ("/auth/confirm", {"type": "recovery", "code": "000000"}),
        ("/sign-up", {"password": "nice-horse-77"}),
    ):
        answers = [
            post(strict_app.test_client(), path, email=who, **form) for who in (email, waiting, f"{path[1:4]}{unknown}")
        ]
        for answer in answers[1:]:
            assert _alike(answers[0], answer, f"{path[1:4]}{unknown}", waiting, email), (path, form)


@pytest.mark.parametrize("place", ["https://evil.example", "//evil.example"])
def test_a_link_leads_nowhere_else(client: FlaskClient, strict_stack: LocalStack, email: str, place: str) -> None:
    mail = sign_up(client, strict_stack, email)
    page = client.get("/auth/v1/verify", query_string={"token": mail.token, "type": "signup", "redirect_to": place})
    form = {"type": "signup", "token": hidden(page.text, "token"), "redirect_to": place, "next": place}
    assert post(client, "/auth/confirm", **form).headers["Location"] == "/?notice=confirmed"


@pytest.mark.parametrize("query", ["", "?type=recovery", "?token_hash=&type=signup", f"?token_hash={'x' * 600}"])
def test_a_broken_link_is_explained(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/auth/confirm{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("path", ["/forgot-password", "/check-mail", "/auth/confirm", "/reset-password"])
def test_other_sites_cannot_send_these_forms(client: FlaskClient, path: str) -> None:
    assert (
        client.post(path, data={"email": "a@example.com"}, headers={"Origin": "https://evil.example"}).status_code
        == 403
    )


def test_what_is_kept_while_waiting_cannot_be_read(client: FlaskClient, strict_stack: LocalStack, email: str) -> None:
    sign_up(client, strict_stack, email)
    cookie = client.get_cookie("mail")
    assert cookie is not None
    assert cookie.http_only
    assert email not in cookie.value
    assert post(client, "/reset-password", sealed=cookie.value, password=OTHER_PASSWORD).status_code == 422
