"""Anonymous sign-ins of the gateway are those of a hosted project: through the official client, and in their errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from supabase_auth.errors import AuthApiError

from scripts.local import LocalStack
from scripts.local.gateway import Gateway, SignUps
from supabase import Client, ClientOptions, create_client
from tests.concurrency import PATIENCE
from tests.stack import PASSWORD, Member, rest, sign_up

APP_URL = "http://127.0.0.1:8000"


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        yield client


def client_of(local: LocalStack, http: httpx.Client, key: str) -> Client:
    options = ClientOptions(httpx_client=http, auto_refresh_token=False, persist_session=False)
    return create_client(local.supabase_url, key, options)


@pytest.fixture
def anon(local: LocalStack, http: httpx.Client) -> Client:
    return client_of(local, http, local.publishable_key)


def claims_of(local: LocalStack, token: str) -> dict[str, Any]:
    return jwt.decode(token, local.jwt_secret, algorithms=["HS256"], audience="authenticated")


def signup(url: str, body: Any, **headers: str) -> httpx.Response:
    return httpx.post(f"{url}/auth/v1/signup", headers=headers, json=body, timeout=PATIENCE, trust_env=False)


def test_an_anonymous_account_lives_its_life(local: LocalStack, http: httpx.Client, anon: Client) -> None:
    made = anon.auth.sign_in_anonymously({"options": {"data": {"from": "shop"}}})
    assert made.session
    assert made.user
    assert (made.user.is_anonymous, made.user.email, made.user.user_metadata) == (True, "", {"from": "shop"})
    assert (made.user.app_metadata, made.user.identities) == ({}, [])
    first = claims_of(local, made.session.access_token)
    assert (first["sub"], first["role"], first["is_anonymous"]) == (made.user.id, "authenticated", True)
    assert first["amr"][0]["method"] == "anonymous"

    refreshed = anon.auth.refresh_session(made.session.refresh_token)
    assert refreshed.session
    assert refreshed.user
    assert refreshed.user.is_anonymous
    later = claims_of(local, refreshed.session.access_token)
    assert (later["is_anonymous"], later["session_id"]) == (True, first["session_id"])
    assert refreshed.session.refresh_token != made.session.refresh_token
    # Used again a moment later, it gives what the first use gave.
    again = client_of(local, http, local.publishable_key).auth.refresh_session(made.session.refresh_token)
    assert again.session
    assert again.session.refresh_token == refreshed.session.refresh_token

    found = anon.auth.get_user(refreshed.session.access_token)
    assert found
    assert (found.user.id, found.user.is_anonymous) == (made.user.id, True)
    with rest(local, refreshed.session.access_token) as client:
        assert client.post("/rpc/whoami").json()["uid"] == made.user.id
        assert client.post("/notes", json={"content": "mine"}).status_code == 201

    admin = client_of(local, http, local.secret_key).auth.admin
    listed = {user.id: user.is_anonymous for user in admin.list_users(page=1, per_page=5)}
    assert listed[made.user.id] is True
    admin.delete_user(made.user.id)
    with pytest.raises(AuthApiError):
        anon.auth.refresh_session(refreshed.session.refresh_token)


def test_who_has_an_address_is_not_anonymous(local: LocalStack, anon: Client) -> None:
    member: Member = sign_up(local)
    refreshed = anon.auth.refresh_session(member.refresh_token)
    assert refreshed.session
    assert claims_of(local, refreshed.session.access_token).get("is_anonymous", False) is False
    found = anon.auth.get_user(refreshed.session.access_token)
    assert found
    assert found.user.is_anonymous is False


@pytest.mark.parametrize("body", [{"phone": "+821012345678"}, {"phone": "+821012345678", "password": "x" * 12}])
def test_a_number_is_no_anonymous_sign_in(local: LocalStack, body: dict[str, str]) -> None:
    assert signup(local.supabase_url, body, apikey=local.publishable_key).status_code == 422


@pytest.mark.parametrize("headers", [{"apikey": ""}, {"apikey": "sb_publishable_wrong"}])
def test_without_a_known_key_nobody_signs_in(local: LocalStack, headers: dict[str, str]) -> None:
    assert signup(local.supabase_url, {}, **headers).status_code == 401


@contextmanager
def gateway(local: LocalStack, folder: Path, sign_ups: SignUps) -> Iterator[str]:
    """Another gateway on the same database, with settings of its own; its URL."""
    running = Gateway(keys=local.keys, log=folder / "gateway.log", mail_log=folder / "mail.log")
    database = local.postgres.url(user="authenticator", password=local.keys.gateway_password)
    try:
        asked = {"database_url": database, "site_url": APP_URL, "sign_ups": sign_ups}
        local.ports.start_on("another", 0, lambda port: running.start(port, **asked))
        yield running.url
    finally:
        running.stop()


def test_each_address_has_its_limit_and_only_the_service_tells_another(local: LocalStack, tmp_path: Path) -> None:
    with gateway(local, tmp_path, SignUps(anonymous_per_hour=3)) as url:

        def told(address: str, key: str) -> int:
            return signup(url, {}, **{"apikey": key, "Sb-Forwarded-For": address}).status_code

        assert [told("203.0.113.1, 203.0.113.2", local.secret_key) for _ in range(4)] == [200, 200, 200, 429]
        assert told("203.0.113.2", local.secret_key) == 200
        # With the publishable key, and where it says no address, it is who asks: this machine.
        codes = [told(f"203.0.113.{number}", local.publishable_key) for number in range(10, 12)]
        assert [*codes, told("nobody", local.secret_key)] == [200] * 3
        refused = signup(url, {}, apikey=local.publishable_key)
        assert (refused.status_code, refused.json()["error_code"]) == (429, "over_request_rate_limit")
        # Who has an address is not counted here.
        named = {"email": "named@example.com", "password": PASSWORD}
        assert signup(url, named, apikey=local.publishable_key).status_code == 200


def test_off_it_is_refused_as_hosted_refuses_it(local: LocalStack, http: httpx.Client, tmp_path: Path) -> None:
    with gateway(local, tmp_path, SignUps(anonymous=False)) as url:
        options = ClientOptions(httpx_client=http, auto_refresh_token=False, persist_session=False)
        with pytest.raises(AuthApiError) as refused:
            create_client(url, local.publishable_key, options).auth.sign_in_anonymously()
    assert (refused.value.status, refused.value.code) == (422, "anonymous_provider_disabled")
