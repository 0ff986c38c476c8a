"""One client cannot use up what Supabase Auth grants us, and Supabase Auth is told of a client only what is true."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from scripts.local import LocalStack
from service.accounts import form_page
from service.accounts.sealing import make_cipher, seal
from service.core.errors import RateLimited
from service.http import brakes
from service.http.brakes import Brake, Ledger
from service.http.context import part_of
from service.settings import Settings
from service.supabase.auth import Tokens
from tests.concurrency import PATIENCE
from tests.stack import PASSWORD, Member
from tests.web.apps import APP_URL, NOBODY, app_of, bearer, offline_app, offline_settings, stack_app, token
from tests.web.proxy import Passed, Proxy

OWN = {"Origin": APP_URL}
CODE = {"email": "kim@example.com", "code": "000000"}
PASSWORD_FORM = {"email": "kim@example.com", "password": PASSWORD}
# Every form behind which Supabase Auth is asked, filled in.
FORMS: dict[str, dict[str, str]] = {
    "/sign-in": PASSWORD_FORM,
    "/sign-up": PASSWORD_FORM,
    "/forgot-password": {"email": "kim@example.com"},
    "/check-mail": {"email": "kim@example.com", "type": "signup"},
    "/auth/confirm": {"type": "signup", "token": "0" * 56},
    "/reset-password": {"token": "0" * 56, "password": PASSWORD},
}


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(lambda: tmp_path, "secret")


def passed(brake: Brake, client: str, tries: int) -> int:
    count = 0
    for _ in range(tries):
        try:
            brake.hit(client)
        except RateLimited:
            continue
        count += 1
    return count


def test_exactly_the_limit_passes_at_once_and_then_one_at_a_time(ledger: Ledger) -> None:
    clock = Clock()
    brake = Brake("a", 20, 300, ledger, clock)
    assert passed(brake, "one", 50) == 20
    assert passed(brake, "other", 50) == 20
    assert passed(Brake("b", 20, 300, ledger, clock), "one", 50) == 20
    clock.now += 15
    assert passed(brake, "one", 50) == 1
    clock.now += 300
    assert passed(brake, "one", 50) == 20


def test_who_waits_as_long_as_told_passes_also_after_the_clock_was_set_back(ledger: Ledger) -> None:
    clock = Clock()
    brake = Brake("a", 3, 300, ledger, clock)
    for step in (0, 0, -3600, 7200):
        clock.now += step
        passed(brake, "one", 3)
        with pytest.raises(RateLimited) as caught:
            brake.hit("one")
        wait = caught.value.retry_after
        assert wait is not None
        assert 0 < wait <= 100.001
        clock.now += wait + 0.001
        brake.hit("one")


def test_zero_turns_it_off(ledger: Ledger) -> None:
    assert passed(Brake("a", 0, 300, ledger), "one", 1000) == 1000


def test_threads_and_processes_share_one_count(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Who cannot have the file in time counts alone; here nobody is to.
    monkeypatch.setattr(brakes, "_PATIENCE", PATIENCE)
    brake = Brake("a", 40, 86_400, ledger)
    script = (
        "import sys; from pathlib import Path; from service.http import brakes\n"
        "from service.http.brakes import Brake, Ledger\n"
        f"brakes._PATIENCE = {PATIENCE}\n"
        "from tests.web.test_brakes import passed\n"
        "print(passed(Brake('a', 40, 86_400, Ledger(lambda: Path(sys.argv[1]), 'secret')), 'one', 15))"
    )
    others = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    with ThreadPoolExecutor(8) as pool:
        mine = sum(pool.map(lambda _: passed(brake, "one", 1), range(30)))
    assert mine + sum(int(other.communicate(timeout=2 * PATIENCE)[0]) for other in others) == 40


def test_what_is_on_disk_names_nobody_and_does_not_grow(ledger: Ledger, tmp_path: Path) -> None:
    clock = Clock()
    brake = Brake("a", 2, 300, ledger, clock)
    for number in range(100):
        brake.hit(f"203.0.113.{number}")
    assert b"203.0.113" not in (tmp_path / "brakes").read_bytes()
    clock.now += 600
    brake.hit("203.0.113.1")
    with sqlite3.connect(tmp_path / "brakes") as rows:
        assert rows.execute("select count(*) from hits").fetchone() == (1,)
    rows.close()


@pytest.mark.parametrize("obstacle", ["no folder", "no database"])
def test_where_nothing_can_be_shared_each_worker_counts(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], obstacle: str
) -> None:
    if obstacle == "no database":
        (tmp_path / "brakes").write_text("something else " * 500, encoding="ascii")
    folder = tmp_path / "gone" if obstacle == "no folder" else tmp_path
    assert passed(Brake("a", 5, 300, Ledger(lambda: folder, "secret")), "one", 9) == 5
    assert "brakes_unusable" in "".join(capfd.readouterr())


def send(app: Flask, path: str, language: str = "en", address: str = "203.0.113.9", **form: str) -> Any:
    return app.test_client().post(
        path,
        data={**FORMS[path], **form},
        headers={**OWN, "Accept-Language": language},
        environ_base={"REMOTE_ADDR": address},
    )


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(("language", "said"), [("en", "Try again in 2 minutes."), ("ko", "2분 뒤에")])
def test_every_form_is_braked_by_address_and_says_how_long(path: str, language: str, said: str) -> None:
    app, began = offline_app(rate_limit_sign_in=3), time.time()
    # Supabase cannot be reached here: whoever is let through gets 503.
    assert [send(app, other).status_code for other in list(FORMS)[:3]] == [503] * 3
    answer = send(app, path, language)
    assert answer.status_code == 429
    assert 100 - (time.time() - began) <= int(answer.headers["Retry-After"]) <= 100
    assert said in answer.text
    assert send(app, path, language, address="203.0.113.10").status_code == 503


def test_a_client_with_many_addresses_of_one_network_is_one() -> None:
    app = offline_app(rate_limit_sign_in=2)
    codes = [send(app, "/sign-in", address=f"2001:db8:1:2::{number}").status_code for number in range(4)]
    assert codes == [503, 503, 429, 429]


def test_thirty_sign_ins_of_one_client_leave_room_for_the_others(
    stack: LocalStack, member: Member, proxy: Proxy
) -> None:
    app = stack_app(stack, supabase_url=proxy.url, rate_limit_sign_in=5, trusted_proxies=1)
    one = {**OWN, "X-Forwarded-For": "198.51.100.1, 203.0.113.9"}
    client = app.test_client()
    with proxy.watch() as seen:
        codes = [
            client.post(
                "/sign-in", data={"email": f"{uuid4()}@example.com", "password": "wrong"}, headers=one
            ).status_code
            for _ in range(30)
        ]
    assert codes == [422] * 5 + [429] * 25
    assert len(seen) == 5
    other = {**OWN, "X-Forwarded-For": "203.0.113.9, 203.0.113.10"}
    form = {"email": member.email, "password": member.password}
    assert client.post("/sign-in", data=form, headers=other).status_code == 303


def test_renewing_sessions_is_braked_and_signs_nobody_out() -> None:
    app = offline_app(rate_limit_refresh=2)
    cipher = make_cipher(part_of(app, Settings))

    def ask(number: int, address: str = "203.0.113.9") -> Any:
        cookie = seal(cipher, Tokens(token(exp=1), f"refresh-{number}", 1))
        return app.test_client(use_cookies=False).get(
            "/api/v1/conversations", headers={"Cookie": f"munui={cookie}"}, environ_base={"REMOTE_ADDR": address}
        )

    assert [ask(number).status_code for number in range(2)] == [503, 503]
    answer = ask(3)
    assert (answer.status_code, answer.json["code"]) == (429, "rate_limited")
    assert 1 <= int(answer.headers["Retry-After"]) <= 30
    assert "Set-Cookie" not in answer.headers
    assert ask(4, "203.0.113.10").status_code == 503


@pytest.mark.parametrize(
    ("proxies", "headers", "told"),
    [
        (0, {"X-Forwarded-For": "198.51.100.7"}, "203.0.113.9"),
        (0, {"Sb-Forwarded-For": "198.51.100.7"}, "203.0.113.9"),
        (1, {"X-Forwarded-For": "198.51.100.7, 198.51.100.8"}, "198.51.100.8"),
        (1, {"X-Forwarded-For": "2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::"),
        (1, {"X-Forwarded-For": "::ffff:198.51.100.8"}, "198.51.100.8"),
        (1, {"X-Forwarded-For": "nobody", "Sb-Forwarded-For": "198.51.100.7"}, None),
    ],
)
def test_supabase_auth_is_told_the_address_that_we_believe(
    stack: LocalStack, member: Member, proxy: Proxy, proxies: int, headers: dict[str, str], told: str | None
) -> None:
    app = stack_app(stack, supabase_url=proxy.url, forward_client_address=True, trusted_proxies=proxies)
    with proxy.watch() as seen:
        for path, form in FORMS.items():
            app.test_client().post(
                path,
                data={**form, "email": f"{uuid4()}@example.com"},
                headers={**OWN, **headers},
                environ_base={"REMOTE_ADDR": "203.0.113.9"},
            )
    assert {passed.what for passed in seen} >= {"auth/v1/token", "auth/v1/signup", "auth/v1/recover", "auth/v1/verify"}
    assert {passed.forwarded_for for passed in seen} == {told}
    # Supabase Auth believes the header with the secret key only, and that key goes along for nothing else.
    assert {passed.who for passed in seen} == {"service" if told else "anon"}


def test_no_other_call_carries_an_address(stack: LocalStack, member: Member, proxy: Proxy) -> None:
    app = stack_app(stack, supabase_url=proxy.url, forward_client_address=True)
    client = app.test_client()
    with proxy.watch() as seen:
        client.post("/sign-in", data={"email": member.email, "password": member.password}, headers=OWN)
        client.post(
            "/api/v1/conversations", json={"clientConversationId": str(uuid4())}, headers=bearer(member.access_token)
        )
        client.get("/api/v1/conversations", headers=bearer(member.access_token))
        client.get("/account")
        client.post("/sign-out", headers=OWN)
        client.delete("/api/v1/me", headers=bearer(member.access_token))
        client.get("/readyz")
    forwarded = [passed for passed in seen if passed.forwarded_for]
    assert forwarded == [Passed("service", "auth/v1/token")]
    assert len(seen) > len(forwarded) + 5


def test_an_address_is_forgotten_with_its_request(stack: LocalStack, proxy: Proxy) -> None:
    """Off, nothing is sent, also in a thread that served an app in which it is on."""
    on = stack_app(stack, supabase_url=proxy.url, forward_client_address=True)
    off = stack_app(stack, supabase_url=proxy.url)
    with proxy.watch() as seen:
        for app in (on, off):
            app.test_client().post("/forgot-password", data={"email": "x@example.com"}, headers=OWN)
    assert [passed.forwarded_for for passed in seen] == ["127.0.0.1", None]


def test_a_form_that_asked_nobody_is_answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_of(offline_settings(supabase_url=NOBODY, rate_limit_sign_in=1))
    waits: list[float] = []
    # Its own clock alone: other threads of this process may sleep as well.
    monkeypatch.setattr(form_page, "time", SimpleNamespace(monotonic=time.monotonic, sleep=waits.append))
    for status, waited in ((503, 1), (429, 1)):
        assert send(app, "/sign-in").status_code == status
        assert len(waits) == waited
