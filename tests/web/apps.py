"""Apps and tokens for tests of the web layer. No assertions."""

import json
import time
import uuid
from typing import Any

import jwt
from flask import Flask
from flask.testing import FlaskClient

from scripts.local import LocalStack
from service.app import create_app
from service.http.context import part_of
from service.settings import Settings
from service.supabase.clients import Upstream
from tests.stack import Member

# Long enough for HS512 too, so that only the algorithm is what a test sees refused.
JWT_SECRET = "a-secret-that-only-these-tests-know-0123456789-0123456789-0123456789"
APP_URL = "http://127.0.0.1:8000"
# Nothing listens here: whoever asks it is refused at once.
NOBODY = "http://127.0.0.1:9"
# Longer than settings may say. A service gives up on Supabase in time for its caller; what it would give up on here is
# the work of a busy machine, and what a test holds until it lets it go. Tests of that time set their own.
PATIENT = {"upstream_timeout": 60.0, "request_budget": 120.0, "upstream_connect_timeout": 30.0}
_made: list[Flask] = []


def offline_settings(**changes: Any) -> Settings:
    """Settings of a project that cannot be reached, independent of the environment and of any file."""
    values: dict[str, Any] = {
        "_env_file": None,
        "app_url": APP_URL,
        "supabase_url": NOBODY,
        "supabase_publishable_key": "sb_publishable_test",
        "supabase_secret_key": f"sb_secret_{uuid.uuid4().hex}",
        "supabase_jwt_secret": JWT_SECRET,
        "rate_limit_member": 0,
        "rate_limit_address": 0,
        "rate_limit_channel": 0,
        "rate_limit_sign_in": 0,
        "rate_limit_refresh": 0,
        "rate_limit_guest_sessions": 0,
        **changes,
    }
    return Settings(**values)


def stack_settings(stack: LocalStack, **changes: Any) -> Settings:
    """Settings of the local stack, PATIENT where `changes` do not say otherwise."""
    made = offline_settings(
        **{
            "supabase_url": stack.supabase_url,
            "supabase_publishable_key": stack.publishable_key,
            "supabase_secret_key": stack.secret_key,
            "supabase_jwt_secret": stack.jwt_secret,
            **changes,
        }
    )
    return made.model_copy(update={name: value for name, value in PATIENT.items() if name not in changes})


def offline_app(**changes: Any) -> Flask:
    """An app of `offline_settings`."""
    return app_of(offline_settings(**changes))


def stack_app(stack: LocalStack, **changes: Any) -> Flask:
    """An app of `stack_settings`."""
    return app_of(stack_settings(stack, **changes))


def app_of(settings: Settings) -> Flask:
    """An app that `close_all` closes."""
    app = create_app(settings)
    _made.append(app)
    return app


def close_all() -> None:
    """Close the connections of every app made so far."""
    while _made:
        part_of(_made.pop(), Upstream).close()


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a good token; a change to None leaves a claim out."""
    now = int(time.time())
    good = {
        "sub": str(uuid.uuid4()),
        "aud": "authenticated",
        "role": "authenticated",
        "email": "somebody@example.com",
        "iat": now,
        # Some are made when tests are collected: a run of all of them may take hours until it comes to those.
        "exp": now + 86_400,
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def token(secret: str = JWT_SECRET, **changes: Any) -> str:
    """An HS256 token. Signed as it is: the library's own check of claims would refuse the odd ones here."""
    return jwt.PyJWS().encode(json.dumps(claims(**changes)).encode(), secret, algorithm="HS256")


def signed_in(app: Flask, member: Member) -> FlaskClient:
    """A browser in Korean that a member has signed in with."""
    client = app.test_client()
    form = {"email": member.email, "password": member.password}
    assert client.post("/sign-in?lang=ko", data=form, headers={"Origin": APP_URL}).status_code == 303
    client.set_cookie("lang", "ko")
    return client


def bearer(access_token: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {access_token}"}
