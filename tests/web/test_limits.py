"""Rate limits: exact, sliding, per member and per address, without asking anybody."""

import pytest

from service.core.errors import RateLimited
from service.http.context import part_of
from service.http.limits import Limits, SlidingWindow, client_network
from tests.web.apps import APP_URL, bearer, offline_app, token

PATH = "/api/v1/conversations"


class Clock:
    def __init__(self) -> None:
        self.now = 600.0

    def __call__(self) -> float:
        return self.now


def hits(window: SlidingWindow, key: str, tries: int) -> int:
    passed = 0
    for _ in range(tries):
        try:
            window.hit(key)
        except RateLimited:
            continue
        passed += 1
    return passed


def test_exactly_the_limit_passes() -> None:
    window = SlidingWindow(5, clock=Clock())
    assert hits(window, "a", 20) == 5
    assert hits(window, "b", 20) == 5


def test_a_burst_across_the_border_of_two_windows_does_not_pass_twice() -> None:
    clock = Clock()
    window = SlidingWindow(10, clock=clock)
    clock.now += 59
    assert hits(window, "a", 20) == 10
    clock.now += 2
    assert hits(window, "a", 20) == 0
    clock.now += 29
    assert 4 <= hits(window, "a", 20) <= 6


@pytest.mark.parametrize("limit", [1, 2, 7, 600])
@pytest.mark.parametrize("start", [0.0, 13.0, 59.0])
def test_who_waits_as_long_as_told_passes(limit: int, start: float) -> None:
    clock = Clock()
    clock.now += start
    window = SlidingWindow(limit, clock=clock)
    for _ in range(3):
        hits(window, "a", limit)
        with pytest.raises(RateLimited) as caught:
            window.hit("a")
        wait = caught.value.retry_after
        assert wait is not None
        assert 0 < wait <= 120
        clock.now += wait + 0.001
        window.hit("a")


def test_zero_turns_it_off_and_old_keys_are_forgotten() -> None:
    assert hits(SlidingWindow(0), "a", 1000) == 1000
    clock = Clock()
    window = SlidingWindow(1, clock=clock)
    for number in range(100):
        window.hit(str(number))
    clock.now += 120
    window.hit("last")
    assert not window._before
    assert len(window._now) == 1


def test_members_are_counted_one_by_one() -> None:
    client = offline_app(rate_limit_member=3).test_client()
    one, other = bearer(token(exp=1)), bearer(token())
    # Who is not recognised is not a member: these count for nobody.
    assert {client.get(PATH, headers=one).status_code for _ in range(5)} == {401}
    codes = [client.post(PATH, headers=other, data=b"").status_code for _ in range(5)]
    assert codes[3:] == [429, 429]
    assert 429 not in codes[:3]
    assert client.post(PATH, headers=bearer(token()), data=b"").status_code != 429


def test_addresses_are_counted_and_the_answer_says_when_to_come_back() -> None:
    client = offline_app(rate_limit_address=3).test_client()
    answers = [client.get(PATH) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[-1].json["code"] == "rate_limited"
    assert int(answers[-1].headers["Retry-After"]) >= 1
    page = client.get("/")
    assert page.status_code == 429
    assert page.content_type.startswith("text/html")


def test_health_and_files_are_free() -> None:
    client = offline_app(rate_limit_address=1).test_client()
    assert [client.get("/healthz").status_code for _ in range(5)] == [200] * 5
    assert [client.get("/static/embed.js", buffered=True).status_code for _ in range(5)] == [200] * 5


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "not an address", "unknown"),
    ],
)
def test_the_address_that_counts(proxies: int, forwarded: str, expected: str) -> None:
    app = offline_app(trusted_proxies=proxies)
    seen: list[str] = []
    app.before_request(lambda: seen.append(client_network()))
    app.test_client().get("/healthz", headers={"X-Forwarded-For": forwarded})
    assert seen == [expected]


def test_a_forwarded_host_or_scheme_is_never_believed() -> None:
    app = offline_app(trusted_proxies=1)
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Origin": "https://evil.example",
        "Cookie": "munui=x",
    }
    assert app.test_client(use_cookies=False).post(PATH, headers=headers).json["code"] == "origin_not_allowed"


def test_guessing_a_password_is_slowed_down_without_asking_supabase() -> None:
    app = offline_app(rate_limit_address=1000)
    limits = part_of(app, Limits)
    with app.test_request_context("/sign-in", method="POST", environ_base={"REMOTE_ADDR": "203.0.113.9"}):
        for _ in range(10):
            limits.sign_in_failed("kim@example.com")
    answer = app.test_client().post(
        "/sign-in",
        data={"email": "Kim@example.com", "password": "guess"},
        headers={"Origin": APP_URL},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )
    assert answer.status_code == 429
    elsewhere = app.test_client().post(
        "/sign-in", data={"email": "kim@example.com", "password": "guess"}, headers={"Origin": APP_URL}
    )
    assert elsewhere.status_code == 503
