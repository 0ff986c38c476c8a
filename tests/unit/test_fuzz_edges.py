"""Whatever arrives as a cursor, a limit, a token, a cookie or a request id is taken or refused, never a fault."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from service.accounts.sealing import make_cipher, unseal
from service.accounts.tokens import TokenVerifier
from service.conversations import shown
from service.core import mapper
from service.core.errors import Invalid, TokenExpired, Unauthenticated
from service.http.observe import _sane_id
from service.http.paging import cursor_of_list, list_cursor, page_limit, seq_cursors
from tests.web.apps import offline_settings

app = Flask(__name__)
SETTINGS = offline_settings()
VERIFIER = TokenVerifier.from_settings(SETTINGS)
CIPHER = make_cipher(SETTINGS)
TIMES = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - the zone is drawn
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


@given(st.text(max_size=60))
def test_any_query(text: str) -> None:
    refused: list[str] = []
    with app.test_request_context("/", query_string={"limit": text, "cursor": text, "before": text}):
        for read in (page_limit, list_cursor, seq_cursors):
            try:
                read()
            except Invalid as error:
                refused.append(error.errors[0].field)
    assert set(refused) <= {"limit", "cursor", "before"}


@given(TIMES, st.uuids())
def test_a_cursor_says_the_same_when_it_comes_back(at: datetime, row_id: UUID) -> None:
    cursor = cursor_of_list({"last_message_at": at.isoformat(), "id": str(row_id)})
    with app.test_request_context("/", query_string={"cursor": cursor}):
        assert list_cursor() == (at, row_id)


@given(st.text(max_size=200) | st.lists(st.text("abcXYZ09-_=", max_size=40), min_size=3, max_size=3).map(".".join))
def test_any_token_is_refused(token: str) -> None:
    try:
        VERIFIER.verify(token)
    except (Unauthenticated, TokenExpired):
        return
    raise AssertionError("a made-up token was taken")


@given(st.text(max_size=200) | st.text("gAB09-_=", max_size=200))
def test_any_cookie_is_refused(sealed: str) -> None:
    assert unseal(CIPHER, sealed, 3600) is None


@given(st.text(max_size=60) | st.uuids().map(str))
def test_a_request_id_is_a_uuid_as_one_writes_it_or_none(given_id: str) -> None:
    taken = _sane_id(given_id)
    assert taken is None or str(taken) == given_id.lower()


VALUES = st.none() | st.text(max_size=5) | st.dictionaries(st.text(max_size=5), st.integers(), max_size=2)
ROWS = st.fixed_dictionaries(
    {
        **{name: VALUES for name in shown.MESSAGE if not name.endswith(mapper.TIMES)},
        "created_at": TIMES.map(datetime.isoformat),
        "answered_at": st.none() | TIMES.map(datetime.isoformat),
        "answer": st.none() | st.dictionaries(st.sampled_from(["chip_id", "label", "values"]), VALUES),
        "seq": st.integers(1, 5000),
        "status": st.none() | st.sampled_from(["sent", "delivered", "read", "failed"]),
        "state": VALUES,
        "user_id": st.uuids().map(str),
    }
)


@settings(max_examples=50)
@given(ROWS)
def test_any_row_leaves_with_the_same_names_and_in_utc(row: dict[str, Any]) -> None:
    told = shown.message(row)
    assert set(told) == {mapper.camel(name) for name in shown.MESSAGE} | {"answer", "status", "cursor"}
    assert told["payload"] == row["payload"]
    assert told["createdAt"].endswith("Z")
    assert datetime.fromisoformat(told["createdAt"]) == datetime.fromisoformat(row["created_at"]).astimezone(UTC)
