"""Which tokens are believed. Forged ones are made with the real libraries; keys of a JWKS come over real HTTP."""

import base64
import json
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from scripts.local import LocalStack
from service.accounts.tokens import LEEWAY, REMEMBERED, Member, PublishedKeys, SharedSecret, TokenVerifier
from service.core.errors import TokenExpired, Unauthenticated, UpstreamUnavailable
from tests.concurrency import until
from tests.stack import Member as Account
from tests.web.apps import JWT_SECRET, NOBODY, bearer, claims, offline_app, stack_settings, token

# As seen when tests are collected: a run of all of them may take hours until it comes to these.
NOW = int(time.time())
FAR = NOW + 86_400
ISSUER = "https://abc.supabase.co/auth/v1"


def part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@pytest.fixture
def verifier() -> TokenVerifier:
    return TokenVerifier(SharedSecret(JWT_SECRET))


def test_a_good_token_names_its_member(verifier: TokenVerifier) -> None:
    subject = str(uuid.uuid4())
    found = verifier.verify(token(sub=subject, email="kim@example.com"))
    assert (str(found.id), found.email) == (subject, "kim@example.com")


def test_a_member_never_shows_the_token_or_the_address() -> None:
    shown = repr(Member(uuid.uuid4(), "the-token", "kim@example.com"))
    assert "the-token" not in shown
    assert "kim" not in shown


class CountedSecret(SharedSecret):
    """Counts how often a token is verified."""

    asked = 0

    def key_for(self, header: dict[str, Any]) -> tuple[Any, str]:
        self.asked += 1
        return super().key_for(header)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """What `tokens` takes for the time: `now` in seconds since 1970, and `passed`."""
    told = {"now": time.time(), "passed": 0.0}
    own = SimpleNamespace(time=lambda: told["now"], monotonic=lambda: told["passed"])
    monkeypatch.setattr("service.accounts.tokens.time", own)
    return told


def test_a_token_that_was_just_verified_is_not_verified_again(clock: dict[str, float]) -> None:
    secret = CountedSecret(JWT_SECRET)
    verifier, given, other = TokenVerifier(secret), token(), token()
    first = verifier.verify(given)
    assert [verifier.verify(given) for _ in range(5)] == [first] * 5
    assert verifier.verify(other).id != first.id
    assert secret.asked == 2
    clock["passed"] = REMEMBERED + 1
    assert verifier.verify(given) == first
    assert secret.asked == 3


def test_a_remembered_token_expires_all_the_same(clock: dict[str, float]) -> None:
    verifier, given = TokenVerifier(CountedSecret(JWT_SECRET)), token(exp=int(clock["now"]) + 5)
    verifier.verify(given)
    clock["now"] += 5 + LEEWAY - 2
    verifier.verify(given)
    clock["now"] += 3
    with pytest.raises(TokenExpired):
        verifier.verify(given)


def test_a_token_is_remembered_whole(verifier: TokenVerifier) -> None:
    given = token()
    verifier.verify(given)
    head, claimed, signature = given.split(".")
    stranger = part(claims())
    for forged in (f"{head}.{stranger}.{signature}", f"{head}.{claimed}.{'A' * len(signature)}", given[:-1]):
        with pytest.raises(Unauthenticated):
            verifier.verify(forged)


def test_no_token_stays_in_memory(verifier: TokenVerifier) -> None:
    given = token()
    verifier.verify(given)
    assert given not in repr(vars(verifier._verified))
    assert given.partition(".")[2] not in repr(vars(verifier._verified))


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": None},
        {"sub": None},
        {"aud": None},
        {"role": None},
        {"aud": "other"},
        {"aud": ["other"]},
        {"role": "service_role"},
        {"role": "anon"},
        {"role": ["authenticated"]},
        {"sub": "not-a-uuid"},
        {"sub": 7},
        {"sub": "{12345678-1234-5678-1234-567812345678}"},
        {"sub": "urn:uuid:12345678-1234-5678-1234-567812345678"},
        {"sub": "12345678123456781234567812345678"},
        {"exp": "soon"},
        {"exp": float("inf")},
        {"nbf": FAR},
        {"iat": FAR},
        {"nbf": "later"},
    ],
    ids=str,
)
def test_wrong_claims_are_refused(verifier: TokenVerifier, changes: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        verifier.verify(token(**changes))


def test_an_expired_token_is_told_apart(verifier: TokenVerifier) -> None:
    with pytest.raises(TokenExpired):
        verifier.verify(token(exp=NOW - 120))


def test_clocks_may_differ_by_half_a_minute(verifier: TokenVerifier) -> None:
    verifier.verify(token(exp=int(time.time()) - 20))
    verifier.verify(token(nbf=int(time.time()) + 20, iat=int(time.time()) + 20))


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "abc",
        "a.b.c",
        "....",
        token()[:-2],
        token() + "x",
        "x" * 9000,
        token("another-secret-that-nobody-here-has-0123456789"),
        token("another-secret-that-nobody-here-has-0123456789", role="service_role"),
        f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims())}.",
        f"{part({'alg': 'None'})}.{part(claims())}.",
        f"{part({'alg': 'HS256'})}.{part(claims())}.",
        f"{part({'alg': ['HS256']})}.{part(claims())}.c2ln",
        f"{part({'alg': 'HS256', 'kid': 7})}.{part(claims())}.c2ln",
        jwt.encode(claims(), JWT_SECRET, algorithm="HS512"),
        jwt.encode(claims(), ec.generate_private_key(ec.SECP256R1()), algorithm="ES256"),
        "í" + token(),
    ],
    ids=lambda forged: forged[:12] or "empty",
)
def test_forged_and_broken_tokens_are_refused(verifier: TokenVerifier, forged: str) -> None:
    with pytest.raises(Unauthenticated):
        verifier.verify(forged)


def test_the_issuer_is_checked_where_there_is_one() -> None:
    strict = TokenVerifier(SharedSecret(JWT_SECRET), issuer=ISSUER)
    strict.verify(token(iss=ISSUER))
    for wrong in (None, "https://evil.supabase.co/auth/v1", [ISSUER]):
        with pytest.raises(Unauthenticated):
            strict.verify(token(iss=wrong))


class Jwks:
    """A server of signing keys whose answer a test can change; counts how often it is asked."""

    def __init__(self) -> None:
        self.answer: bytes = b'{"keys": []}'
        self.status = 200
        self.delay = 0.0
        self.asked = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                time.sleep(outer.delay)
                self.send_response(outer.status)
                self.end_headers()
                self.wfile.write(outer.answer)

            def log_message(self, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *args: Any) -> None:
                """Who was kept waiting has gone; that is what the test wants."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks.json"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def publish(self, *keys: dict[str, Any]) -> None:
        self.answer = json.dumps({"keys": keys}).encode()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def jwks() -> Iterator[Jwks]:
    server = Jwks()
    yield server
    server.close()


EC_KEY = ec.generate_private_key(ec.SECP256R1())
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(key: Any, algorithm: str, kid: str, **changes: Any) -> dict[str, Any]:
    made = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
    return {**made, "kid": kid, "alg": algorithm, "use": "sig", **changes}


def signed(key: Any, algorithm: str, kid: str | None) -> str:
    return jwt.encode(claims(), key, algorithm=algorithm, headers={"kid": kid} if kid else None)


@pytest.mark.parametrize(("key", "algorithm"), [(EC_KEY, "ES256"), (RSA_KEY, "RS256")])
def test_published_keys_verify(jwks: Jwks, key: Any, algorithm: str) -> None:
    jwks.publish(public(key, algorithm, "k1"))
    verifier = TokenVerifier(PublishedKeys(jwks.url))
    for _ in range(5):
        verifier.verify(signed(key, algorithm, "k1"))
    assert jwks.asked == 1


def test_a_published_key_without_an_alg_is_used_as_its_kind(jwks: Jwks) -> None:
    key = public(EC_KEY, "ES256", "k1")
    del key["alg"]
    jwks.publish(key)
    TokenVerifier(PublishedKeys(jwks.url)).verify(signed(EC_KEY, "ES256", "k1"))


def test_a_public_key_is_never_an_hmac_secret(jwks: Jwks) -> None:
    jwks.publish(public(RSA_KEY, "RS256", "k1"))
    verifier = TokenVerifier(PublishedKeys(jwks.url))
    pem = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = f"{part({'alg': 'HS256', 'kid': 'k1'})}.{part(claims())}"
    algorithm = jwt.get_algorithm_by_name("HS256")
    for secret in (pem, pem.strip(), jwks.answer):
        signature = base64.urlsafe_b64encode(algorithm.sign(head.encode(), secret)).rstrip(b"=").decode()
        with pytest.raises(Unauthenticated):
            verifier.verify(f"{head}.{signature}")


def test_a_published_symmetric_key_is_not_used(jwks: Jwks) -> None:
    secret = base64.urlsafe_b64encode(b"s" * 32).rstrip(b"=").decode()
    jwks.publish({"kty": "oct", "k": secret, "kid": "k1", "alg": "HS256"})
    with pytest.raises(Unauthenticated):
        TokenVerifier(PublishedKeys(jwks.url)).verify(
            jwt.encode(claims(), b"s" * 32, algorithm="HS256", headers={"kid": "k1"})
        )


@pytest.mark.parametrize(
    "forged",
    [
        signed(EC_KEY, "ES256", None),
        signed(EC_KEY, "ES256", "unknown"),
        signed(ec.generate_private_key(ec.SECP256R1()), "ES256", "k1"),
        signed(RSA_KEY, "RS256", "k1"),
        token(),
    ],
)
def test_other_keys_are_refused(jwks: Jwks, forged: str) -> None:
    jwks.publish(public(EC_KEY, "ES256", "k1"))
    with pytest.raises(Unauthenticated):
        TokenVerifier(PublishedKeys(jwks.url)).verify(forged)


def test_unknown_keys_do_not_make_us_ask_again_and_again(jwks: Jwks) -> None:
    jwks.publish(public(EC_KEY, "ES256", "k1"))
    verifier = TokenVerifier(PublishedKeys(jwks.url))
    for number in range(20):
        with pytest.raises(Unauthenticated):
            verifier.verify(signed(EC_KEY, "ES256", f"unknown-{number}"))
    assert jwks.asked == 1


def test_keys_that_cannot_be_read_are_nobodys_fault() -> None:
    verifier = TokenVerifier(PublishedKeys(f"{NOBODY}/jwks.json"))
    with pytest.raises(UpstreamUnavailable):
        verifier.verify(signed(EC_KEY, "ES256", "k1"))


@pytest.mark.parametrize("answer", [b"<html>bad gateway</html>", b"[]", b"\xff\xfe", b""])
def test_an_answer_that_is_no_key_set_is_a_failure_not_a_refusal(jwks: Jwks, answer: bytes) -> None:
    jwks.answer = answer
    with pytest.raises(UpstreamUnavailable):
        TokenVerifier(PublishedKeys(jwks.url)).verify(signed(EC_KEY, "ES256", "k1"))


def test_waiting_for_keys_does_not_add_up(jwks: Jwks) -> None:
    jwks.delay = 3
    verifier = TokenVerifier(PublishedKeys(jwks.url, timeout=0.5, pause=60))
    failures: list[type[Exception]] = []

    def ask() -> None:
        try:
            verifier.verify(signed(EC_KEY, "ES256", "k1"))
        except Exception as error:  # noqa: BLE001 - the kind is what is looked at
            failures.append(type(error))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == [UpstreamUnavailable] * 8
    # One waits, for its time; those who come meanwhile are refused with it.
    until(lambda: jwks.asked > 0)
    assert jwks.asked == 1


def test_unreadable_keys_are_503_over_http() -> None:
    client = offline_app(supabase_jwt_secret=None).test_client()
    answer = client.get("/api/v1/conversations", headers=bearer(signed(EC_KEY, "ES256", "k1")))
    assert (answer.status_code, answer.json["code"]) == (503, "upstream_unavailable")
    assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    ("header", "code", "names_the_token"),
    [
        (None, "unauthenticated", False),
        ("", "unauthenticated", True),
        ("Bearer", "unauthenticated", True),
        ("Basic dTpw", "unauthenticated", True),
        ("Bearer a.b.c", "unauthenticated", True),
        (f"Bearer {token(exp=NOW - 120)}", "token_expired", True),
        (f"Bearer {token(role='service_role')}", "unauthenticated", True),
    ],
)
def test_401_over_http(header: str | None, code: str, names_the_token: bool) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = offline_app().test_client().get("/api/v1/conversations", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (401, code)
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="munui"')
    assert ('error="invalid_token"' in answer.headers["WWW-Authenticate"]) is names_the_token


def test_tokens_of_the_real_stack_are_believed(stack: LocalStack, member: Account) -> None:
    verifier = TokenVerifier.from_settings(stack_settings(stack))
    found = verifier.verify(member.access_token)
    assert (str(found.id), found.email) == (member.id, member.email)
