"""What every test of the web layer needs: apps that are closed after it, and temporary files that go away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from service.app import create_app
from service.http.context import part_of
from service.supabase.clients import Upstream
from tests.stack import Member, connect
from tests.web import apps
from tests.web.chat import Api, through_app
from tests.web.proxy import Proxy


@pytest.fixture(autouse=True)
def _tidy_apps(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the connections of apps made by this test, and keep their files out of the system's folder."""
    folder: Path = tmp_path_factory.mktemp("shared")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield
    apps.close_all()


@contextmanager
def running_app(stack: LocalStack, **changes: Any) -> Iterator[Flask]:
    made = create_app(apps.stack_settings(stack, **changes))
    yield made
    part_of(made, Upstream).close()


@pytest.fixture(scope="module")
def app(stack: LocalStack) -> Iterator[Flask]:
    """The app on the real local stack, one for a whole file: it keeps nothing between two requests."""
    with running_app(stack) as made:
        yield made


@pytest.fixture
def api_of(app: Flask) -> Callable[[Member | None], Api]:
    """A function from a member to the API as that member calls it."""
    return lambda who: Api(through_app(app), who and who.access_token)


@pytest.fixture
def api(api_of: Callable[[Member | None], Api], member: Member) -> Api:
    """The API as `member` calls it."""
    return api_of(member)


@pytest.fixture
def foreign_api(api_of: Callable[[Member | None], Api], stranger: Member) -> Api:
    """The API as `stranger` calls it."""
    return api_of(stranger)


@pytest.fixture(scope="module")
def _proxy(stack: LocalStack) -> Iterator[Proxy]:
    with Proxy(stack.supabase_url, stack.secret_key) as running:
        yield running


@pytest.fixture(scope="module")
def proxied_app(stack: LocalStack, _proxy: Proxy) -> Iterator[Flask]:
    """The app whose way to Supabase leads through `proxy`, one for a whole file."""
    with running_app(stack, supabase_url=_proxy.url) as made:
        yield made


@pytest.fixture
def proxy(_proxy: Proxy) -> Iterator[Proxy]:
    """What stands between `proxied` and the gateway; its faults are gone after the test."""
    yield _proxy
    _proxy.heal()


@pytest.fixture
def proxied(proxied_app: Flask, proxy: Proxy, member: Member) -> Api:
    """The API as `member` calls it, whose app reaches Supabase through `proxy`."""
    return Api(through_app(proxied_app), member.access_token)


@pytest.fixture
def root(stack: LocalStack) -> Iterator[Connection[Any]]:
    """A superuser's connection that commits each statement, to look at rows past every service."""
    with connect(stack, autocommit=True) as connection:
        yield connection
