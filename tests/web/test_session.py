"""The web session: what the cookie is, that it is refreshed once, and how it ends. On the real stack."""

import json
import multiprocessing
import os
import re
import stat
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet, MultiFernet
from flask import Flask
from flask.testing import FlaskClient

from scripts.local import LocalStack
from service.accounts import actions
from service.accounts import refresh as refreshing
from service.accounts.refresh import Refresher
from service.accounts.sealing import make_cipher, seal, unseal
from service.accounts.session import Sessions
from service.core.errors import Unauthenticated, UpstreamUnavailable
from service.http.context import part_of
from service.http.credential import FOR_WHOM
from service.http.shared_folder import shared_folder
from service.settings import Settings
from service.site.texts import TEXTS
from service.supabase.auth import Tokens
from service.supabase.clients import Upstream
from tests.concurrency import PATIENCE, until
from tests.stack import Member
from tests.web.apps import APP_URL, app_of, bearer, offline_app, offline_settings, stack_app, stack_settings, token
from tests.words import a_word

OWN = {"Origin": APP_URL}
API = "/api/v1/conversations"


@pytest.fixture
def app(stack: LocalStack) -> Flask:
    return stack_app(stack)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def sign_in(client: FlaskClient, member: Member, password: str | None = None) -> Any:
    form = {"email": member.email, "password": password or member.password}
    return client.post("/sign-in", data=form, headers=OWN)


def cookie_of(client: FlaskClient, name: str = "munui") -> str | None:
    cookie = client.get_cookie(name)
    return cookie.value if cookie is not None else None


def with_tokens(app: Flask, tokens: Tokens) -> FlaskClient:
    """A browser whose cookie holds these tokens."""
    client = app.test_client()
    client.set_cookie("munui", seal(make_cipher(part_of(app, Settings)), tokens))
    return client


def about_to_expire(member: Member) -> Tokens:
    return Tokens(member.access_token, member.refresh_token, int(time.time()) + 5)


def test_sign_up_signs_in(client: FlaskClient) -> None:
    form = {"email": f"new-{a_word()}@example.com", "password": "correct-horse-1"}
    answer = client.post("/sign-up", data=form, headers=OWN)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    page = client.get("/")
    assert form["email"] in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert client.get(API).status_code != 401


def test_the_cookie_is_for_the_server_alone(client: FlaskClient, member: Member) -> None:
    header = sign_in(client, member).headers["Set-Cookie"]
    assert header.startswith("munui=")
    attributes = {part.strip() for part in header.split(";")[1:]}
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= attributes
    assert "Secure" not in attributes
    value = cookie_of(client) or ""
    assert member.access_token[:30] not in value
    assert len(value) < 4000


def test_on_https_the_cookie_is_bound_to_the_host(stack: LocalStack, member: Member) -> None:
    app = stack_app(stack, app_url="https://chat.example")
    answer = app.test_client().post(
        "/sign-in",
        base_url="https://chat.example",
        data={"email": member.email, "password": member.password},
        headers={"Origin": "https://chat.example"},
    )
    header = answer.headers["Set-Cookie"]
    assert header.startswith("__Host-munui=")
    assert "Secure" in header
    assert "Path=/" in header
    assert "Domain" not in header


def test_a_wrong_password_and_an_unknown_address_read_the_same(client: FlaskClient, member: Member) -> None:
    known = sign_in(client, member, "wrong-horse-1")
    unknown = client.post("/sign-in", data={"email": "nobody@example.com", "password": "wrong-horse-1"}, headers=OWN)
    assert known.status_code == unknown.status_code == 422
    assert known.text.replace(member.email, "") == unknown.text.replace("nobody@example.com", "")
    assert "Set-Cookie" not in known.headers
    assert "wrong-horse-1" not in known.text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"email": "a@example.com"},
        {"email": "no-address", "password": "correct-horse-1"},
        {"email": "a@example.com", "password": "x" * 600},
        {"email": f"weak-{a_word()}@example.com", "password": "x"},
        {"email": '"><script>alert(1)</script>', "password": "correct-horse-1"},
    ],
)
def test_odd_forms_are_told_at_the_form(client: FlaskClient, form: dict[str, str]) -> None:
    answer = client.post("/sign-up", data=form, headers=OWN)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "<script>alert" not in answer.text


def faulty(page: str) -> list[str]:
    """The fields that a page marks as wrong."""
    return [name for name, rest in re.findall(r'<input id="(\w+)"([^>]*)>', page) if "aria-invalid" in rest]


@pytest.mark.parametrize("password", ["x" * 73, "가" * 25, "x" * 600], ids=["73", "Hangul", "600"])
def test_a_password_that_is_too_long_is_told_at_its_field_with_the_limit(client: FlaskClient, password: str) -> None:
    form = {"email": f"long-{a_word()}@example.com", "password": password}
    answer = client.post("/sign-up?lang=ko", data=form, headers=OWN)
    assert answer.status_code == 422
    assert faulty(answer.text) == ["password"]
    assert TEXTS["ko"]["auth_long_password"] in answer.text


@pytest.mark.parametrize("password", ["x" * 72, "가" * 24], ids=["72", "Hangul"])
def test_a_password_of_the_greatest_length_works(client: FlaskClient, password: str) -> None:
    form = {"email": f"long-{a_word()}@example.com", "password": password}
    assert client.post("/sign-up", data=form, headers=OWN).status_code == 303
    client.post("/sign-out", headers=OWN)
    assert client.post("/sign-in", data=form, headers=OWN).status_code == 303


def test_an_address_with_a_domain_in_hangul_is_one_address(client: FlaskClient) -> None:
    name, password = f"who-{a_word()}", "correct-horse-1"
    form = {"email": f"{name}@한글.kr", "password": password}
    assert client.post("/sign-up", data=form, headers=OWN).status_code == 303
    client.post("/sign-out", headers=OWN)
    # A browser's field of the type "email" sends the same address so.
    form["email"] = f"{name}@xn--bj0bj06e.kr"
    assert client.post("/sign-in", data=form, headers=OWN).status_code == 303


def test_letters_before_the_at_that_no_account_can_have_are_named(client: FlaskClient) -> None:
    form = {"email": "한글@example.com", "password": "correct-horse-1"}
    answer = client.post("/sign-up?lang=ko", data=form, headers=OWN)
    assert answer.status_code == 422
    assert faulty(answer.text) == ["email"]
    assert TEXTS["ko"]["auth_email_letters"] in answer.text


def test_an_address_that_is_taken(client: FlaskClient, member: Member) -> None:
    form = {"email": member.email, "password": "another-horse-1"}
    answer = client.post("/sign-up", data=form, headers=OWN)
    assert answer.status_code == 422
    assert "Set-Cookie" not in answer.headers


def test_sign_out_ends_the_session_here_and_at_supabase(app: Flask, client: FlaskClient, member: Member) -> None:
    sign_in(client, member)
    cipher = make_cipher(part_of(app, Settings))
    tokens = unseal(cipher, cookie_of(client) or "", 60)
    assert tokens is not None
    answer = client.post("/sign-out", headers=OWN)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert cookie_of(client) is None
    with pytest.raises(Unauthenticated):
        actions.refresh(part_of(app, Upstream), tokens.refresh)
    # The other session of the same member stays.
    actions.refresh(part_of(app, Upstream), member.refresh_token)


@pytest.mark.parametrize("value", ["", "x", "gAAAAA", "é", "x" * 4000])
def test_a_cookie_that_is_not_ours_is_removed(app: Flask, value: str) -> None:
    client = app.test_client(use_cookies=False)
    answer = client.get(API, headers={"Cookie": f"munui={value}".encode().decode("latin-1")})
    assert answer.status_code == 401
    assert "Max-Age=0" in answer.headers["Set-Cookie"]


def test_a_cookie_of_another_key_or_a_changed_one_is_refused(app: Flask, member: Member) -> None:
    good = seal(make_cipher(part_of(app, Settings)), about_to_expire(member))
    foreign = seal(MultiFernet([Fernet(Fernet.generate_key())]), about_to_expire(member))
    middle = len(good) // 2
    changed = good[:middle] + ("A" if good[middle] != "A" else "B") + good[middle + 1 :]
    for value in (foreign, changed):
        client = app.test_client()
        client.set_cookie("munui", value)
        assert client.get(API).status_code == 401


def test_a_bad_header_is_not_saved_by_a_good_cookie(client: FlaskClient, member: Member) -> None:
    sign_in(client, member)
    assert client.get(API).status_code != 401
    answer = client.get(API, headers=bearer("a.b.c"))
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


def test_a_page_that_asks_for_another_member_has_nobody_elses_session(client: FlaskClient, member: Member) -> None:
    """A tab that is older than its browser's session: what was written there does not go out as who signed in since."""
    sign_in(client, member)
    body = {"clientConversationId": str(uuid.uuid4())}
    for whom in (str(uuid.uuid4()), "", "guest"):
        for answer in (
            client.get(API, headers={FOR_WHOM: whom}),
            client.post(API, json=body, headers={**OWN, FOR_WHOM: whom}),
        ):
            assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthenticated")
            # It is somebody's session, and goes on.
            assert "Set-Cookie" not in answer.headers
    assert client.get(API, headers={FOR_WHOM: member.id}).get_json()["conversations"] == []
    # A token says itself whose it is.
    assert client.get(API, headers={FOR_WHOM: "guest", **bearer(member.access_token)}).status_code == 200


def test_keys_rotate() -> None:
    tokens = Tokens("a", "r", 1)
    old, new = "o" * 32, "n" * 32
    sealed = seal(make_cipher(offline_settings(session_key=old)), tokens)
    assert unseal(make_cipher(offline_settings(session_key=f"{new},{old}")), sealed, 60) == tokens
    assert unseal(make_cipher(offline_settings(session_key=new)), sealed, 60) is None
    fresh = seal(make_cipher(offline_settings(session_key=f"{new},{old}")), tokens)
    assert unseal(make_cipher(offline_settings(session_key=new)), fresh, 60) == tokens
    assert "a" not in repr(tokens).replace("Tokens(expires_at=1)", "")


def test_long_tokens_fit_or_are_refused(app: Flask) -> None:
    sealed = seal(make_cipher(part_of(app, Settings)), Tokens(token(), "r" * 40, 1))
    assert len(sealed) < 1000


def test_the_token_is_renewed_with_the_answer_and_only_then(app: Flask, member: Member) -> None:
    client = with_tokens(app, about_to_expire(member))
    answer = client.get("/")
    assert answer.status_code == 200
    assert member.email in answer.text
    assert "Set-Cookie" in answer.headers
    # The new ones last, so nothing is renewed now.
    again = client.get("/")
    assert member.email in again.text
    assert "Set-Cookie" not in again.headers


def test_many_requests_of_two_workers_refresh_once(stack: LocalStack, member: Member) -> None:
    """Two apps with the same settings share what two worker processes share: the folder, and nothing else."""
    settings = stack_settings(stack)
    workers = [app_of(settings), app_of(settings)]
    tokens = about_to_expire(member)
    calls: list[str] = []
    for worker in workers:
        refresher = part_of(worker, Sessions)._refresher
        refresher._patience = PATIENCE
        real = refresher._refresh
        refresher._refresh = lambda value, real=real: (calls.append(value), real(value))[1]
    clients = [with_tokens(workers[number % 2], tokens) for number in range(16)]
    renewed: list[str | None] = []
    barrier = threading.Barrier(len(clients))

    def ask(client: FlaskClient) -> None:
        barrier.wait()
        assert member.email in client.get("/").text
        opened = unseal(make_cipher(settings), cookie_of(client) or "", 60)
        renewed.append(opened.refresh if opened else None)

    run_all([lambda client=client: ask(client) for client in clients])
    assert calls == [tokens.refresh]
    assert len(renewed) == 16
    assert len(set(renewed)) == 1
    # An answer that was lost on its way: the same old cookie a little later gets the same session.
    assert member.email in with_tokens(workers[0], tokens).get("/").text
    assert calls == [tokens.refresh]


def test_a_refused_refresh_signs_out(app: Flask) -> None:
    client = with_tokens(app, Tokens(token(), "no-such-token", int(time.time())))
    answer = client.get(API)
    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
    assert cookie_of(client) is None


def test_an_unreachable_supabase_keeps_the_session() -> None:
    app = offline_app()
    client = with_tokens(app, Tokens(token(), "some-token", int(time.time())))
    answer = client.get(API)
    assert (answer.status_code, answer.json["code"]) == (503, "upstream_unavailable")
    assert int(answer.headers["Retry-After"]) >= 1
    assert cookie_of(client) is not None
    page = client.post("/sign-in", data={"email": "a@example.com", "password": "x"}, headers=OWN)
    assert page.status_code == 503
    assert "Retry-After" in page.headers
    # Signing out works without Supabase.
    assert client.post("/sign-out", headers=OWN).status_code == 303
    assert cookie_of(client) is None


def test_a_stopped_gateway_and_its_return(stack: LocalStack, app: Flask, member: Member) -> None:
    client = with_tokens(app, about_to_expire(member))
    until(lambda: app.test_client().get("/readyz").json["checks"] == {"rest": "ok", "auth": "ok", "flow": "ok"})
    stack.stop_gateway()
    try:
        # At once: nobody is there who could be waited for.
        started = time.monotonic()
        assert client.get(API).status_code == 503
        assert time.monotonic() - started < 5
        # What was found a moment ago is told for a second.
        until(lambda: app.test_client().get("/readyz").status_code == 503)
    finally:
        stack.start_gateway()
    until(lambda: member.email in client.get("/").text)
    until(lambda: app.test_client().get("/readyz").status_code == 200)


# The refresher alone: no Supabase is needed to see who waits for whom.


@pytest.fixture
def cipher() -> MultiFernet:
    return MultiFernet([Fernet(Fernet.generate_key())])


def run_all(jobs: list[Callable[[], object]]) -> None:
    failures: list[BaseException] = []

    def run(job: Callable[[], object]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - reported below
            failures.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def _ask_in_a_process(key: bytes, folder: str, calls: str, together: Any, results: Any) -> None:
    def refresh(value: str) -> Tokens:
        with Path(calls).open("a", encoding="utf-8") as file:
            file.write(f"{os.getpid()}\n")
        time.sleep(0.3)
        return Tokens(f"after-{value}", f"next-{os.getpid()}", 2)

    refresher = Refresher(refresh, cipher=MultiFernet([Fernet(key)]), folder=lambda: Path(folder), patience=PATIENCE)
    together.wait()
    results.put(refresher.refreshed("token").refresh)


def test_processes_share_one_refresh(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results, calls = context.Queue(), tmp_path / "calls"
    arguments = (Fernet.generate_key(), str(tmp_path / "shared"), str(calls), context.Barrier(3), results)
    processes = [context.Process(target=_ask_in_a_process, args=arguments) for _ in range(3)]
    for process in processes:
        process.start()
    # A process has to begin first, which takes long where much else goes on.
    found = {results.get(timeout=120) for _ in processes}
    for process in processes:
        process.join()
    assert len(found) == 1
    assert len(calls.read_text().splitlines()) == 1


@pytest.mark.parametrize("error", [Unauthenticated, UpstreamUnavailable])
def test_who_waited_shares_the_failure(
    tmp_path: Path, cipher: MultiFernet, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever is held up on the way counts as one who waited.
    monkeypatch.setattr(refreshing, "FAILURE_SECONDS", PATIENCE)
    calls: list[str] = []
    asking: list[int] = []

    def refresh(value: str) -> Tokens:
        calls.append(value)
        until(lambda: len(asking) == 6)
        time.sleep(0.2)
        raise error

    refresher = Refresher(refresh, cipher=cipher, folder=lambda: tmp_path, patience=PATIENCE)

    def ask() -> None:
        asking.append(1)
        with pytest.raises(error):
            refresher.refreshed("token")

    run_all([ask] * 6)
    assert len(calls) == 1


def test_a_failure_of_supabase_is_forgotten_soon(tmp_path: Path, cipher: MultiFernet) -> None:
    answers: Iterator[Tokens | None] = iter([None, Tokens("a", "r", 1)])

    def refresh(_: str) -> Tokens:
        answer = next(answers)
        if answer is None:
            raise UpstreamUnavailable
        return answer

    refresher = Refresher(refresh, cipher=cipher, folder=lambda: tmp_path)
    with pytest.raises(UpstreamUnavailable):
        refresher.refreshed("token")
    time.sleep(1.1)
    assert refresher.refreshed("token").access == "a"


def test_nobody_waits_for_ever(tmp_path: Path, cipher: MultiFernet) -> None:
    begun, release = threading.Event(), threading.Event()

    def refresh(_: str) -> Tokens:
        begun.set()
        assert release.wait(PATIENCE)
        return Tokens("a", "r", 1)

    refresher = Refresher(refresh, cipher=cipher, folder=lambda: tmp_path, patience=0.3)
    leader = threading.Thread(target=refresher.refreshed, args=("token",))
    leader.start()
    assert begun.wait(PATIENCE)
    with pytest.raises(UpstreamUnavailable):
        refresher.refreshed("token")
    # The one that was waited for is still at it.
    assert leader.is_alive()
    release.set()
    leader.join()


def test_files_tell_nothing_and_do_not_pile_up(tmp_path: Path, cipher: MultiFernet) -> None:
    refresher = Refresher(lambda _: Tokens("ACCESS", "REFRESH", 1), cipher=cipher, folder=lambda: tmp_path)
    for number in range(5):
        refresher.refreshed(f"token-{number}")
    files = list(tmp_path.glob("?" * 64))
    assert len(files) == 5
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert b"ACCESS" not in file.read_bytes()
        assert "token" not in file.name
        os.utime(file, (time.time() - 600, time.time() - 600))
    refresher.refreshed("last")
    assert len(list(tmp_path.glob("?" * 64))) == 1


def test_a_broken_file_is_an_empty_one(tmp_path: Path, cipher: MultiFernet) -> None:
    refresher = Refresher(lambda _: Tokens("a", "r", 1), cipher=cipher, folder=lambda: tmp_path)
    refresher.refreshed("token")
    for file in tmp_path.iterdir():
        file.write_bytes(file.read_bytes()[:20])
    assert refresher.refreshed("token").access == "a"


def test_no_folder_is_no_reason_to_sign_out(tmp_path: Path, cipher: MultiFernet) -> None:
    (tmp_path / "file").write_text("in the way")
    refresher = Refresher(lambda _: Tokens("a", "r", 1), cipher=cipher, folder=lambda: tmp_path / "file" / "x")
    assert refresher.refreshed("token").access == "a"


def test_the_folder_is_ours_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = shared_folder("name")
    assert folder == shared_folder("name")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o777)
    assert shared_folder("name") != folder
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / f"munui-{os.getuid()}-link").symlink_to(tmp_path / "elsewhere")
    assert shared_folder("link").parent == tmp_path
    assert shared_folder("link").name != f"munui-{os.getuid()}-link"


def test_logs_hold_no_token_and_no_address(app: Flask, member: Member, capsys: pytest.CaptureFixture[str]) -> None:
    client = app.test_client()
    sign_in(client, member)
    sign_in(client, member, "wrong-horse-1")
    client.get(API)
    with_tokens(app, about_to_expire(member)).get("/")
    client.post("/sign-out", headers=OWN)
    written = capsys.readouterr().err
    assert json.loads(written.splitlines()[-1])["event"] == "request"
    secrets = (member.email, member.password, "wrong-horse", member.access_token[-20:], member.refresh_token)
    for secret in secrets:
        assert secret not in written
