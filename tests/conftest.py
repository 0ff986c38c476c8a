"""Fixtures for everybody. The stack starts once a run and only if a test asks for it."""

import ipaddress
import os
import socket
from collections.abc import Callable, Generator, Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import Connection

from scripts import bundling
from scripts.local import LocalStack
from tests import afresh, inputs, schedule, summary
from tests.remote import RemoteStack, remote_stack
from tests.stack import POSTGRES_15, Member, rest, sign_in_anonymously, sign_up, temporary_server, temporary_stack

# Property tests get the same inputs in every run, for as long as those take on whatever machine. Others are tried by
# `--hypothesis-profile=explore`, with `--hypothesis-seed=…` those of a seed; what they find becomes an example.
settings.register_profile(
    "steady", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", settings.get_profile("steady"), derandomize=False, print_blob=True)
settings.load_profile("steady")
inputs.of_the_tests_alone()


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    return schedule.processes(config)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> schedule.Turns:
    return schedule.Turns(config, log)


def pytest_sessionstart(session: pytest.Session) -> None:
    """What is tested is what the sources say now. Once, before other processes begin."""
    if not hasattr(session.config, "workerinput"):
        bundling.make()
        if session.config.option.numprocesses:
            # So that the processes order alike what has no order.
            os.environ.setdefault("PYTHONHASHSEED", "0")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: schedule.turn(item.nodeid, shared=hasattr(config, "workerinput")))


@pytest.fixture
def tried(request: pytest.FixtureRequest) -> summary.Tried:
    """A function that notes what a test has tried, and how often, for the end of the run."""
    return lambda what, count: request.node.user_properties.append((summary.TRIED, (what, count)))


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> summary.Tell:
    """A function that says something in a section of its own at the end of the run, such as what was measured."""
    return lambda section, line: request.node.user_properties.append((summary.TOLD, (section, line)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note what a test counts for as a whole, and how many inputs Hypothesis gave it."""
    report = yield
    if report.when == "call":
        if marker := item.get_closest_marker("tried"):
            report.user_properties.append((summary.TRIED, (marker.args[0], 1)))
        if statistics := getattr(item, "hypothesis_statistics", ""):
            tried = ("fuzz: inputs of functions", summary.examples(statistics))
            report.user_properties.append((summary.TRIED, tried))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    passed, failed = (terminalreporter.stats.get(name, []) for name in ("passed", "failed"))
    told = summary.sections(pair for report in (*passed, *failed) for pair in report.user_properties)
    told["what was tried"] = summary.lines(pair for report in passed for pair in report.user_properties)
    for section, lines in told.items():
        if lines:
            terminalreporter.section(section)
            for line in lines:
                terminalreporter.line(line)


@pytest.fixture(scope="session", autouse=True)
def _only_loopback() -> Iterator[None]:
    """No test reaches the outside: a connection to anywhere else fails at once and says so."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(str(address[0])):
            raise OSError(f"a test tried to reach {address[0]}")
        real(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign]
    yield
    socket.socket.connect = real  # type: ignore[method-assign]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session", autouse=True)
def _remote() -> Iterator[RemoteStack | None]:
    """The stack that is used instead of one of our own. Otherwise names of a project must not reach the tests."""
    named = remote_stack()
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("SUPABASE_")}
    yield named
    os.environ.update(kept)


@pytest.fixture(scope="session")
def stack(_remote: RemoteStack | None) -> Iterator[LocalStack | RemoteStack]:
    """A local Supabase with every migration applied, made anew for this run, on ports of its own."""
    if _remote is not None:
        yield _remote
        return
    with temporary_stack("main") as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def _afresh(request: pytest.FixtureRequest) -> None:
    """What other files have left in the stack is gone."""
    afresh.begin(request)


@pytest.fixture(scope="session")
def postgres15() -> Iterator[LocalStack]:
    """The oldest Postgres that hosted projects have, without a gateway: for scratch databases of its own."""
    if not POSTGRES_15.is_dir():
        pytest.skip("there is no Postgres 15 here: see scripts/system_packages.sh")
    with temporary_server("postgres15", programs=POSTGRES_15) as running:
        yield running


@pytest.fixture(scope="session")
def _connection(stack: LocalStack) -> Iterator[Connection[Any]]:
    with psycopg.connect(stack.db_url) as connection:
        yield connection


@pytest.fixture
def db(_connection: Connection[Any]) -> Iterator[Connection[Any]]:
    """A superuser's connection in a transaction that is rolled back after the test."""
    yield _connection
    _connection.rollback()


@pytest.fixture(scope="session")
def new_member(stack: LocalStack) -> Callable[[], Member]:
    """A function that signs somebody new up."""
    return lambda: sign_up(stack)


@pytest.fixture
def member(new_member: Callable[[], Member]) -> Member:
    """Somebody who has just signed up."""
    return new_member()


@pytest.fixture
def stranger(new_member: Callable[[], Member]) -> Member:
    """Somebody else."""
    return new_member()


@pytest.fixture
def guest(stack: LocalStack) -> Member:
    """Somebody without a name, who has just asked for a person."""
    return sign_in_anonymously(stack)


@pytest.fixture
def member_rest(stack: LocalStack, member: Member) -> Iterator[Any]:
    """PostgREST as `member` reaches it with the publishable key."""
    with rest(stack, member.access_token) as client:
        yield client


@pytest.fixture
def stranger_rest(stack: LocalStack, stranger: Member) -> Iterator[Any]:
    """PostgREST as `stranger` reaches it."""
    with rest(stack, stranger.access_token) as client:
        yield client


@pytest.fixture
def anon_rest(stack: LocalStack) -> Iterator[Any]:
    """PostgREST with the publishable key alone."""
    with rest(stack) as client:
        yield client


@pytest.fixture
def service_rest(stack: LocalStack) -> Iterator[Any]:
    """PostgREST as the service role."""
    with rest(stack, secret=True) as client:
        yield client
