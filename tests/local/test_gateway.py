"""The gateway answers as a hosted project does: through the official Python client, and in its errors."""

import math
import socket
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import jwt
import psycopg
import pytest
from postgrest import APIError
from supabase_auth.errors import AuthApiError

from scripts.catalogue.facts import facts
from scripts.local import LocalStack
from supabase import Client, ClientOptions, create_client
from tests.concurrency import PATIENCE
from tests.stack import PASSWORD, Member, rest, sign_up, temporary_stack


@pytest.fixture(scope="module")
def ann(local: LocalStack) -> Member:
    return sign_up(local)


@pytest.fixture(scope="module")
def bob(local: LocalStack) -> Member:
    return sign_up(local)


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        yield client


def client_of(local: LocalStack, http: httpx.Client, key: str, token: str | None = None) -> Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    options = ClientOptions(httpx_client=http, auto_refresh_token=False, persist_session=False, headers=headers)
    return create_client(local.supabase_url, key, options)


@pytest.fixture
def ann_client(local: LocalStack, http: httpx.Client, ann: Member) -> Client:
    return client_of(local, http, local.publishable_key, ann.access_token)


@pytest.fixture
def admin(local: LocalStack, http: httpx.Client) -> Client:
    return client_of(local, http, local.secret_key)


def test_an_account_lives_its_life(local: LocalStack, http: httpx.Client) -> None:
    client = client_of(local, http, local.publishable_key)
    made = client.auth.sign_up({"email": "life@example.com", "password": PASSWORD})
    assert made.session
    assert made.user
    signed = client.auth.sign_in_with_password({"email": "life@example.com", "password": PASSWORD})
    assert signed.session
    claims = jwt.decode(signed.session.access_token, local.jwt_secret, algorithms=["HS256"], audience="authenticated")
    assert claims["sub"] == made.user.id
    refreshed = client.auth.refresh_session(signed.session.refresh_token)
    assert refreshed.session
    assert refreshed.session.refresh_token != signed.session.refresh_token
    found = client.auth.get_user(refreshed.session.access_token)
    assert found
    assert found.user.email == "life@example.com"
    client.auth.sign_out()
    with pytest.raises(AuthApiError):
        client.auth.refresh_session(refreshed.session.refresh_token)


def test_a_wrong_password_and_a_taken_address_are_refused(local: LocalStack, http: httpx.Client, ann: Member) -> None:
    client = client_of(local, http, local.publishable_key)
    with pytest.raises(AuthApiError) as wrong:
        client.auth.sign_in_with_password({"email": ann.email, "password": "wrong-password"})
    assert wrong.value.code == "invalid_credentials"
    with pytest.raises(AuthApiError) as taken:
        client.auth.sign_up({"email": ann.email, "password": PASSWORD})
    assert taken.value.code == "user_already_exists"


def test_rows_are_written_read_counted_and_embedded(ann_client: Client, local: LocalStack) -> None:
    made = ann_client.table("notes").insert({"content": "하나", "payload": {"a": [1, None]}}).execute().data[0]
    assert made["payload"] == {"a": [1, None]}
    assert datetime.fromisoformat(made["created_at"]).utcoffset() is not None
    assert "T" in made["created_at"]
    with psycopg.connect(local.db_url) as db:
        db.execute("insert into tags (note_id, name) values (%s, 'red')", [made["id"]])
    ann_client.table("notes").insert({"content": "둘"}).execute()
    answer = (
        ann_client.table("notes").select("content, tags(name)", count="exact").order("created_at").limit(1).execute()
    )
    assert answer.data == [{"content": "하나", "tags": [{"name": "red"}]}]
    assert answer.count == 2
    again = (
        ann_client.table("notes")
        .upsert({"content": "둘", "payload": {"b": 1}}, on_conflict="user_id,content")
        .execute()
    )
    assert again.data[0]["payload"] == {"b": 1}


def test_a_jsonb_argument_stays_what_it_is(ann_client: Client) -> None:
    for value, kind in (({"a": 1}, "object"), ([1, "둘"], "array"), ("text", "string"), (None, "null"), (3, "number")):
        answer = ann_client.rpc("echo", {"value": value}).execute().data
        assert answer in ({"kind": kind, "value": value}, {"kind": None, "value": None})


def test_each_caller_is_who_the_token_says(local: LocalStack, ann: Member) -> None:
    with rest(local, ann.access_token) as client:
        me = client.post("/rpc/whoami").json()
    assert me == {"uid": ann.id, "role": "authenticated", "email": ann.email, "user": "authenticated"}
    with rest(local) as client:
        assert client.post("/rpc/whoami").json()["user"] == "anon"
    with rest(local, secret=True) as client:
        assert client.post("/rpc/whoami").json()["user"] == "service_role"
    with rest(local, ann.access_token, secret=True) as client:
        assert client.post("/rpc/whoami").json()["user"] == "authenticated"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("P0001", 400), ("23514", 400), ("22023", 400), ("22P02", 400), ("23502", 400), ("23505", 409),
        ("23503", 409), ("42501", 403), ("PT404", 404), ("PT409", 409), ("PT422", 422), ("57014", 500), ("40001", 500),
        ("53300", 503), ("P0002", 500), ("0A000", 400), ("25006", 405),
    ],
)  # fmt: skip
def test_a_database_error_has_the_status_and_code_of_postgrest(
    local: LocalStack, ann: Member, code: str, status: int
) -> None:
    with rest(local, ann.access_token) as client:
        answer = client.post("/rpc/fail", json={"code": code, "content": "x"})
    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.json()["message"] == "failed on purpose"


def test_real_faults_too(ann_client: Client) -> None:
    with pytest.raises(APIError) as long:
        ann_client.table("notes").insert({"content": "x" * 200}).execute()
    assert long.value.code == "23514"
    with pytest.raises(APIError) as forged:
        ann_client.table("notes").insert({"content": "x", "seq": 7}).execute()
    assert forged.value.code == "42501"
    with pytest.raises(APIError) as unknown:
        ann_client.rpc("no_such_function", {}).execute()
    assert unknown.value.code == "PGRST202"


@pytest.mark.parametrize("path", ["/rest/v1/notes", "/auth/v1/user", "/auth/v1/admin/users"])
@pytest.mark.parametrize("headers", [{}, {"apikey": "sb_publishable_wrong"}])
def test_without_a_known_key_nothing_is_answered(
    local: LocalStack, http: httpx.Client, path: str, headers: dict[str, str]
) -> None:
    assert http.get(f"{local.supabase_url}{path}", headers=headers).status_code == 401


def test_a_foreign_an_unsigned_and_an_old_token_are_refused(local: LocalStack, ann: Member) -> None:
    claims = {"sub": ann.id, "role": "authenticated", "aud": "authenticated", "exp": 4_000_000_000}
    tokens = [
        jwt.encode(claims, "another-secret-of-at-least-32-bytes!", "HS256"),
        jwt.encode(claims, None, "none"),
        jwt.encode({**claims, "exp": 1_000_000_000}, local.jwt_secret, "HS256"),
    ]
    for token in tokens:
        with rest(local, token) as client:
            assert client.get("/notes").status_code == 401


def test_only_the_service_administers(local: LocalStack, http: httpx.Client, ann: Member) -> None:
    users = f"{local.supabase_url}/auth/v1/admin/users"
    bearer = {"Authorization": f"Bearer {ann.access_token}"}
    for headers in (
        {"apikey": local.publishable_key},
        {"apikey": local.publishable_key, **bearer},
        {"apikey": local.secret_key, **bearer},
    ):
        for method, url in (("GET", users), ("DELETE", f"{users}/{ann.id}"), ("PUT", f"{users}/{ann.id}")):
            assert http.request(method, url, headers=headers).status_code == 403


def test_the_admin_api_lists_reads_changes_and_deletes(local: LocalStack, http: httpx.Client, admin: Client) -> None:
    gone = sign_up(local)
    assert gone.email in [user.email for user in admin.auth.admin.list_users(page=1, per_page=5)]
    assert len(admin.auth.admin.list_users(page=1, per_page=1)) == 1
    assert admin.auth.admin.get_user_by_id(gone.id).user.email == gone.email
    changed = admin.auth.admin.update_user_by_id(gone.id, {"app_metadata": {"role": "admin"}})
    assert changed.user.app_metadata["role"] == "admin"
    assert changed.user.app_metadata["provider"] == "email"
    mine = client_of(local, http, local.publishable_key).auth.get_user(gone.access_token)
    assert mine
    assert mine.user.app_metadata["role"] == "admin"
    with rest(local, gone.access_token) as client:
        assert client.post("/notes", json={"content": "mine"}).status_code == 201
    admin.auth.admin.delete_user(gone.id)
    with rest(local, gone.access_token) as client:
        assert client.get("/notes").json() == []
    with pytest.raises(AuthApiError):
        admin.auth.admin.get_user_by_id(gone.id)
    with pytest.raises(AuthApiError):
        admin.auth.admin.delete_user(gone.id)


def test_a_stranger_sees_nothing(local: LocalStack, ann: Member, bob: Member) -> None:
    with rest(local, ann.access_token) as client:
        client.post("/notes", json={"content": "only mine"})
    with rest(local, bob.access_token) as client:
        assert client.get("/notes").json() == []
    with rest(local) as client:
        assert client.get("/notes").status_code == 401


GUARD = """
create schema gate;
grant usage on schema gate to anon, authenticated, service_role;
create function gate.before() returns void language plpgsql as $$
begin
   if current_setting('request.headers')::jsonb ->> 'x-stop' = current_user then
      raise exception 'stopped' using errcode = 'PT418';
   end if;
end
$$;
alter role authenticator set pgrst.db_pre_request = 'gate.before';
"""


def test_the_function_that_postgrest_asks_first_is_asked(notes_folder: Path, tmp_path: Path) -> None:
    for file in notes_folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "20260101000001_guard.sql").write_text(GUARD, encoding="utf-8")
    with temporary_stack("asked", migrations=tmp_path) as stack:
        with rest(stack, sign_up(stack).access_token) as client:
            for ask in (client.get, client.head, partial(client.post, json={"content": "x"})):
                assert ask("/notes", headers={"X-Stop": "authenticated"}).status_code == 418
                assert ask("/notes", headers={"X-Stop": "service_role"}).is_success
            stopped = client.post("/rpc/whoami", headers={"X-Stop": "authenticated"})
            assert (stopped.status_code, stopped.json()["code"]) == (418, "PT418")
        with rest(stack, secret=True) as service:
            assert service.get("/notes", headers={"X-Stop": "service_role"}).status_code == 418
            assert service.get("/notes", headers={"X-Stop": "authenticated"}).status_code != 418


def test_serving_changes_no_right(notes_folder: Path) -> None:
    with temporary_stack("rights", migrations=notes_folder) as stack, psycopg.connect(stack.db_url) as db:
        before = facts(db)
        member = sign_up(stack)
        with rest(stack, member.access_token) as client:
            assert client.get("/notes").status_code == 200
            assert client.post("/notes", json={"content": "x", "seq": 9}).status_code == 403
        db.rollback()
        assert facts(db) == before


def test_a_mail_is_written_down(local: LocalStack, http: httpx.Client, ann: Member) -> None:
    client_of(local, http, local.publishable_key).auth.reset_password_for_email(ann.email)
    mail = local.mail_log.read_text(encoding="utf-8")
    assert f"To: {ann.email}" in mail
    assert "/auth/v1/verify?token=" in mail
    assert local.mail_log.stat().st_mode & 0o077 == 0


def test_what_people_write_and_keys_are_in_no_log(local: LocalStack, ann: Member) -> None:
    with rest(local, ann.access_token) as client:
        client.post("/notes", json={"content": "속삭임" * 50})
        client.post("/rpc/fail", json={"code": "P0001", "content": "속삭임"})
        client.post("/rpc/fail", json={"code": "XX000", "content": "속삭임"})
    logs = "".join(log.read_text(encoding="utf-8") for log in (local.root / "log").iterdir())
    secrets = [local.secret_key, local.jwt_secret, local.keys.postgres_password, ann.access_token, PASSWORD]
    assert not [text for text in ("속삭임", ann.email, *secrets) if text in logs]


def test_it_listens_on_loopback_only(local: LocalStack) -> None:
    ports = {httpx.URL(local.supabase_url).port, psycopg.conninfo.conninfo_to_dict(local.db_url)["port"]}
    loopback = {"0100007F"}
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        address, port = line.split()[1].split(":")
        if line.split()[3] == "0A" and int(port, 16) in {int(str(p)) for p in ports}:
            assert address in loopback
    for family in ("tcp6",):
        text = Path(f"/proc/net/{family}")
        lines = text.read_text(encoding="ascii").splitlines()[1:] if text.exists() else []
        assert not [ln for ln in lines if ln.split()[3] == "0A" and int(ln.split()[1].split(":")[1], 16) in ports]
    assert socket.gethostbyname("localhost") == "127.0.0.1"


def test_a_stopped_database_is_503_until_it_is_back(notes_folder: Path) -> None:
    with temporary_stack("stopped", migrations=notes_folder) as stack:
        member = sign_up(stack)
        with rest(stack, member.access_token) as client:
            assert client.get("/notes").status_code == 200
            stack.stop_postgres()
            down: Any = client.get("/notes")
            assert (down.status_code, down.json()["code"]) == (503, "PGRST001")
            stack.start_postgres()
            assert client.get("/notes").status_code == 200
        assert sign_up(stack).id


def test_the_clock_does_not_tell_who_has_an_account(local: LocalStack, http: httpx.Client, ann: Member) -> None:
    """Comparing a password takes long: without one to compare, as long. What else the machine does only adds to it, so
    the shortest of each counts, and where it does much there are more of them."""

    def seconds(email: str) -> float:
        answer = http.post(
            f"{local.supabase_url}/auth/v1/token",
            params={"grant_type": "password"},
            headers={"apikey": local.publishable_key},
            json={"email": email, "password": "wrong-horse-9"},
        )
        assert answer.json()["error_code"] == "invalid_credentials"
        return answer.elapsed.total_seconds()

    known = unknown = math.inf
    for count in range(1, 50):
        known, unknown = min(known, seconds(ann.email)), min(unknown, seconds("nobody@example.com"))
        if count >= 7 and known / 2 < unknown < known * 2:
            break
    assert known / 2 < unknown < known * 2


@pytest.mark.parametrize("path", ["/auth/v1/token?grant_type=password", "/auth/v1/user", "/rest/v1/notes", "/rest"])
@pytest.mark.parametrize("asked", ["apikey,authorization,content-type", "x-supabase-api-version, x-client-info"])
def test_a_page_of_any_origin_may_ask(local: LocalStack, http: httpx.Client, path: str, asked: str) -> None:
    origin = {"Origin": "https://shop.example"}
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": asked}
    told = http.options(f"{local.supabase_url}{path}", headers=origin | preflight)
    assert told.is_success
    assert told.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in told.headers["Access-Control-Allow-Methods"]
    allowed = told.headers["Access-Control-Allow-Headers"].replace(" ", "").lower().split(",")
    assert set(asked.replace(" ", "").split(",")) <= set(allowed)
    answer = http.post(f"{local.supabase_url}{path}", headers=origin, json={})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
