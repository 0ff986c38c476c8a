"""Neither a clock nor a race tells who has an account."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest
from flask import Flask

from scripts.local import LocalStack
from scripts.local.gateway import SignUps
from service.accounts import form_page
from tests.concurrency import PATIENCE
from tests.stack import PASSWORD, Member, temporary_stack
from tests.web.apps import APP_URL, stack_app
from tests.web.proxy import Proxy

OWN = {"Origin": APP_URL}


@pytest.fixture(scope="module", params=[False, True], ids=["at once", "by mail"])
def either_stack(request: pytest.FixtureRequest) -> Iterator[tuple[LocalStack, bool]]:
    """A local Supabase that signs up at once, or after an address was confirmed."""
    if not request.param:
        yield request.getfixturevalue("stack"), False
        return
    with temporary_stack("known", sign_ups=SignUps(confirm_email=True)) as running:
        yield running, True


def test_ten_sign_ups_of_one_address_at_once_are_one_account(either_stack: tuple[LocalStack, bool]) -> None:
    stack, is_confirmed = either_stack
    app = stack_app(stack)
    email = f"{uuid4().hex}@example.com"
    form = {"email": email, "password": PASSWORD}

    def sign_up(_: int) -> tuple[int, str | None, str]:
        answer = app.test_client().post("/sign-up", data=form, headers=OWN)
        fault = re.search(r'id="fault">(.*?)</p>', answer.text)
        return answer.status_code, answer.headers.get("Location"), fault[1] if fault else ""

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(sign_up, range(10)))
    repeated = sign_up(0)
    # Everybody but the first gets what a repeated sign-up gets, to the letter.
    assert sorted(answers) == sorted([*([repeated] * 9), (303, "/check-mail?type=signup" if is_confirmed else "/", "")])
    users = f"{stack.supabase_url}/auth/v1/admin/users"
    asked = {"params": {"filter": email}, "headers": {"apikey": stack.secret_key}}
    found = httpx.get(users, **asked, trust_env=False, timeout=PATIENCE).json()
    assert len(found["users"]) == 1


def test_a_sign_up_that_lost_a_race_is_a_repeated_one(stack: LocalStack, member: Member, proxy: Proxy) -> None:
    """Hosted, the others of several sign-ups at the same moment get a 500, the account being there by then."""
    app = stack_app(stack, supabase_url=proxy.url)
    form = {"email": member.email, "password": PASSWORD}
    repeated = app.test_client().post("/sign-up", data=form, headers=OWN)
    lost = b'{"code":500,"error_code":"unexpected_failure","msg":"Database error saving new user"}'
    proxy.answer("auth/v1/signup", 500, lost)
    with proxy.watch() as seen:
        answer = app.test_client().post("/sign-up", data=form, headers=OWN)
    assert (answer.status_code, answer.text) == (repeated.status_code, repeated.text)
    assert answer.status_code == 422
    assert len(seen) == 2
    # It is asked once more, and not for ever.
    proxy.answer("auth/v1/signup", 500, lost, times=2)
    assert app.test_client().post("/sign-up", data=form, headers=OWN).status_code == 503


def seconds(app: Flask, path: str, **form: str) -> float:
    began = time.perf_counter()
    answer = app.test_client().post(path, data=form, headers=OWN)
    assert answer.status_code in {303, 422}
    return time.perf_counter() - began


@pytest.mark.parametrize("path", ["/sign-in", "/forgot-password", "/check-mail"])
def test_the_clock_does_not_tell_who_has_an_account(
    stack: LocalStack, member: Member, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    app = stack_app(stack)
    more = {"password": "wrong-horse-9"} if path == "/sign-in" else {"type": "recovery"}

    def took(email: str) -> float:
        return seconds(app, path, email=email, **more)

    def pairs(count: int) -> list[list[float]]:
        """Both of a pair at once: what else goes on here goes on for both."""
        with ThreadPoolExecutor(2) as pool:
            return [list(pool.map(took, (member.email, f"{uuid4()}@example.com"))) for _ in range(count)]

    # How long it takes by itself, which depends on the machine: what is shipped is meant for Supabase.
    monkeypatch.setattr(form_page, "EVEN_SECONDS", 0.001)
    even = max(0.5, 5 * statistics.median(max(pair) for pair in pairs(3)))
    monkeypatch.setattr(form_page, "EVEN_SECONDS", even)
    # Nearly all of it is the clock's.
    known, unknown = (statistics.median(column) for column in zip(*pairs(5), strict=True))
    assert min(known, unknown) >= even * 0.98
    assert abs(known - unknown) < even / 5
