"""What tests of streams need: a server that reaches Supabase through a proxy, members with conversations, operators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from scripts.local import LocalStack
from scripts.local.app_server import AppServer
from tests.concurrency import PATIENCE, until
from tests.live.listening import MEMBERS, OPERATORS, listening
from tests.stack import Member, connect, rest, sign_up
from tests.web.chat import Api, Chat, at_chips, new_id, through_http
from tests.web.proxy import Proxy
from tests.web.server import gunicorn

SHOP = "https://shop.example"
UNLIMITED = {"RATE_LIMIT_MEMBER": "0", "RATE_LIMIT_ADDRESS": "0", "EVENT_STREAMS_ADDRESS": "0"}


@pytest.fixture(scope="session")
def _proxy(stack: LocalStack) -> Iterator[Proxy]:
    with Proxy(stack.supabase_url, stack.secret_key) as running:
        yield running


@pytest.fixture
def proxy(_proxy: Proxy) -> Iterator[Proxy]:
    """What stands between `server` and the gateway; its faults are gone after the test."""
    yield _proxy
    _proxy.heal()


@pytest.fixture(scope="session")
def _server(stack: LocalStack, _proxy: Proxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    log = tmp_path_factory.mktemp("live") / "app.log"
    with gunicorn(stack, log, workers=1, SUPABASE_URL=_proxy.url, ALLOWED_ORIGINS=SHOP, **UNLIMITED) as running:
        yield running


@pytest.fixture
def server(_server: AppServer, streams_open: Callable[[], float]) -> AppServer:
    """One worker for all tests of streams. It has noticed that the streams of the test before are left."""
    until(lambda: streams_open() == 0)
    return _server


@dataclass(frozen=True)
class Customer:
    """A member at the chips of a conversation: through the service, and past it."""

    stack: LocalStack
    url: str
    member: Member
    chat: Chat

    def write_past_the_service(self, content: str = "서비스를 거치지 않고") -> None:
        """Write straight to PostgREST, as every member may."""
        row = {"conversation_id": self.chat.id, "client_message_id": new_id(), "role": "user", "kind": "text"}
        with rest(self.stack, self.member.access_token) as client:
            client.post("/chat_messages", json={**row, "content": content}).raise_for_status()

    @property
    def rev(self) -> int:
        """The `rev` of the conversation at this moment."""
        with rest(self.stack, self.member.access_token) as client:
            [row] = client.get("/chat_conversations", params={"select": "rev", "id": f"eq.{self.chat.id}"}).json()
        return int(row["rev"])

    def listen(self) -> Any:
        """An open stream of theirs."""
        return listening(self.url, self.member.access_token, MEMBERS)


@pytest.fixture(scope="session")
def _http(_server: AppServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=_server.url, trust_env=False, timeout=PATIENCE) as client:
        yield client


@pytest.fixture
def new_customer(stack: LocalStack, server: AppServer, _http: httpx.Client) -> Callable[[], Customer]:
    """A function that makes somebody new with a conversation."""

    def make() -> Customer:
        who = sign_up(stack)
        return Customer(stack, server.url, who, at_chips(Api(through_http(_http), who.access_token)))

    return make


@pytest.fixture
def customer(new_customer: Callable[[], Customer]) -> Customer:
    """Somebody with a conversation."""
    return new_customer()


@dataclass(frozen=True)
class Operator:
    """Somebody of the team, who calls the functions that the inbox calls."""

    stack: LocalStack
    url: str
    member: Member
    id: str

    def call(self, function: str, **parameters: Any) -> Any:
        """Call a function for operators as the service does."""
        with rest(self.stack, secret=True) as client:
            answer = client.post(f"/rpc/{function}", json={"p_user_id": self.member.id, **parameters})
            answer.raise_for_status()
            return answer.json() if answer.content else None

    def listen(self) -> Any:
        """An open stream of the inbox."""
        return listening(self.url, self.member.access_token, OPERATORS)

    def demote(self) -> None:
        """Take their rights away."""
        with connect(self.stack, autocommit=True) as root:
            root.execute("update public.chat_operators set is_active = false where id = %s", [self.id])


def employ(stack: LocalStack, url: str) -> Operator:
    """Make a member an operator."""
    who = sign_up(stack)
    with connect(stack, autocommit=True) as root:
        [operator_id] = root.execute(
            "insert into public.chat_operators (user_id, display_name) values (%s, '김상담') returning id", [who.id]
        ).fetchone() or [None]
    return Operator(stack, url, who, str(operator_id))


@pytest.fixture
def operator(stack: LocalStack, server: AppServer) -> Operator:
    """Somebody of the team."""
    return employ(stack, server.url)


@pytest.fixture
def number(_http: httpx.Client) -> Callable[[str], float]:
    """A function that reads one of the numbers that the server tells of itself."""

    def read(name: str) -> float:
        told = _http.get("/metrics").text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in told if line.startswith(name))

    return read


@pytest.fixture
def streams_open(number: Callable[[str], float]) -> Callable[[], float]:
    """A function that says how many streams the server has open."""
    return lambda: number("munui_streams")
