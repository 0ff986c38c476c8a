"""What a person's text may be: the domain and the CHECK are fed the same and must say the same."""

from typing import Any

import psycopg
import pytest
from psycopg import Connection

from service.core.errors import Invalid
from service.core.text import WHITESPACE, user_text
from tests.db.chats import add_conversation, add_message
from tests.stack import add_user

EMOJI = "😀"
NO_WHITESPACE = ("\u200b", "\ufeff", "\u2060", "\u180e", "\x01", "\x1b", "\x7f", "가", EMOJI)


@pytest.fixture
def owner(db: Connection[Any]) -> str:
    return add_user(db)


def domain_keeps(text: str) -> bool:
    """Whether the domain takes a text and leaves it as it is."""
    try:
        return user_text(text) == text
    except Invalid:
        return False


def database_keeps(db: Connection[Any], owner: str, text: str) -> bool:
    try:
        with db.transaction():
            conversation = add_conversation(db, owner)
            saved = add_message(db, owner, conversation, role="user", content=text)
    except (psycopg.errors.CheckViolation, psycopg.DataError, UnicodeEncodeError):
        return False
    return saved["content"] == text


def ids(text: str) -> str:
    return f"{len(text)}:{text[:3]!a}"


@pytest.mark.parametrize("white", WHITESPACE, ids=ids)
def test_white_space_at_the_ends_is_never_kept(db: Connection[Any], owner: str, white: str) -> None:
    for text in (white, white * 3, white + "a", "a" + white, f"{white}a{white}"):
        assert not domain_keeps(text)
        assert not database_keeps(db, owner, text)
    assert user_text(f"{white}a{white}a{white}") == f"a{white}a"
    assert database_keeps(db, owner, f"a{white}a")


@pytest.mark.parametrize("other", NO_WHITESPACE, ids=ids)
def test_what_is_no_white_space_stays(db: Connection[Any], owner: str, other: str) -> None:
    for text in (other, other + "a", "a" + other):
        assert domain_keeps(text)
        assert database_keeps(db, owner, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a" * 4000,
        "a" * 4001,
        EMOJI * 4000,
        EMOJI * 4001,
        "가" * 4000,
        "가" * 4001,
        "a\x00b",
        "\ud800",
        "a\udfffb",
    ],
    ids=ids,
)
def test_lengths_are_code_points_and_the_impossible_is_refused(db: Connection[Any], owner: str, text: str) -> None:
    assert domain_keeps(text) is database_keeps(db, owner, text)


def test_domain_and_check_trim_the_same_characters_of_the_whole_plane(db: Connection[Any]) -> None:
    definition = db.execute(
        "select pg_get_constraintdef(oid) from pg_constraint where conname = 'chat_messages_user_content'"
    ).fetchone()[0]
    rule = definition.removeprefix("CHECK ").removesuffix(" NOT VALID")
    refused = db.execute(
        f"select n from (select n, chr(n) || 'a' as content, 'user' as role from generate_series(1, 65535) n"
        f" where n not between 55296 and 57343) texts where not {rule}"
    ).fetchall()
    assert {chr(row[0]) for row in refused} == set(WHITESPACE)
    assert {chr(n) for n in range(1, 65536) if chr(n).isspace()} == set(WHITESPACE)


def test_4000_characters_are_counted_after_trimming() -> None:
    assert user_text(" " + EMOJI * 4000 + "\n") == EMOJI * 4000
    with pytest.raises(Invalid):
        user_text(EMOJI * 4001)
