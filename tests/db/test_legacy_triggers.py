"""Between expand and contract: rows of either application are right for the other, and no legacy write fails."""

import json
import uuid
from collections.abc import Iterator

import pytest

from scripts.legacy_sample import FAULTS
from scripts.local import LocalStack
from tests.db.legacy import Database, legacy_database
from tests.stack import add_user, persona


@pytest.fixture(scope="module")
def database(stack: LocalStack) -> Iterator[Database]:
    with legacy_database(stack, expanded=True) as made:
        yield made


@pytest.fixture
def user(database: Database) -> str:
    return add_user(database.connection)


def _conversation(database: Database, user: str) -> uuid.UUID:
    """As the legacy client begins one."""
    made: uuid.UUID = database.one("insert into public.chat_conversations (user_id) values (%s) returning id", [user])
    return made


def _old(database: Database, conversation: uuid.UUID, kind: str | None, content: str) -> uuid.UUID:
    made: uuid.UUID = database.one(
        "insert into public.chat_messages (conversation_id, type, content) values (%s, %s, %s) returning id",
        [conversation, kind, content],
    )
    return made


@pytest.mark.parametrize(
    ("kind", "content", "role", "new_kind", "new_content"),
    [
        ("user", "  안녕 \n", "user", "text", "안녕"),
        ("bot", " 네 ", "bot", "text", " 네 "),
        ("system", "연결", "system", "text", "연결"),
        ("chips", '{"chips": ["배송"]}', "bot", "chips", '{"chips": ["배송"]}'),
        ("form", '{"fields": []}', "bot", "form", '{"fields": []}'),
    ],
)
def test_an_old_row_becomes_a_new_one(
    database: Database, user: str, kind: str, content: str, role: str, new_kind: str, new_content: str
) -> None:
    conversation = _conversation(database, user)
    with persona(database.connection, "authenticated", user):
        message = _old(database, conversation, kind, content)
    row = database.rows(
        "select role, kind, content, user_id::text, seq, client_message_id, turn_id, answered_at is not null, type"
        " from public.chat_messages where id = %s",
        [message],
    )[0]
    assert row[:4] == (role, new_kind, new_content, user)
    assert row[4] == 1_000_000_001
    assert row[5] == uuid.uuid3(message, "message")
    assert row[6:] == (None, new_kind in {"chips", "form"}, kind)


def test_long_json_is_no_long_text(database: Database, user: str) -> None:
    conversation = _conversation(database, user)
    long = json.dumps({"chips": [{"label": f"{n:0>40}"} for n in range(400)]})
    message = _old(database, conversation, "chips", long)
    assert len(long) > 16_000
    chips = "select jsonb_array_length(payload -> 'chips') from public.chat_messages where id = %s"
    assert database.one(chips, [message]) == 400


def test_payloads_take_todays_shape(database: Database, user: str) -> None:
    conversation = _conversation(database, user)
    chips = _old(
        database, conversation, "chips", '{"chips": ["가", {"id": "x", "label": "나"}, {"id": "x", "text": "다"}]}'
    )
    form = _old(
        database,
        conversation,
        "form",
        '{"fields": [{"name": "a", "type": "tel", "label": "전화", "required": true},'
        ' {"type": "radio", "options": ["1"]}]}',
    )
    assert database.one("select payload from public.chat_messages where id = %s", [chips]) == {
        "chips": [{"id": "chip_1", "label": "가"}, {"id": "x", "label": "나"}, {"id": "chip_3", "label": "다"}]
    }
    assert database.one("select payload from public.chat_messages where id = %s", [form]) == {
        "fields": [
            {"name": "a", "type": "phone", "label": "전화", "required": True},
            {"name": "field_2", "type": "select", "label": "field_2", "required": False,
             "options": [{"value": "1", "label": "1"}]},
        ]
    }  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_row_that_means_nothing_is_kept_as_it_is(database: Database, user: str, fault: str) -> None:
    kind, content = FAULTS[fault]
    conversation = _conversation(database, user)
    with persona(database.connection, "authenticated", user):
        message = _old(database, conversation, kind, content)
    assert database.rows(
        "select type, content, role, kind, seq, user_id from public.chat_messages where id = %s", [message]
    ) == [(kind, content, None, None, None, None)]
    assert database.one("select seq from private.legacy_quarantine where message_id = %s", [message]) == 1_000_000_001


def test_an_old_batch_keeps_its_order_and_goes_on_in_a_completed_conversation(database: Database, user: str) -> None:
    conversation = _conversation(database, user)
    with persona(database.connection, "authenticated", user):
        database.connection.execute(
            "update public.chat_conversations set status = 'closed' where id = %s", [conversation]
        )
        rows = database.rows(
            "insert into public.chat_messages (conversation_id, type, content)"
            " values (%s, 'user', 'a'), (%s, 'bot', 'b'), (%s, 'bot', 'c') returning content, seq - 1000000000",
            [conversation] * 3,
        )
    assert rows == [("a", 1), ("b", 2), ("c", 3)]
    assert database.one("select status from public.chat_conversations where id = %s", [conversation]) == "completed"


def test_a_stranger_gets_no_further_than_before(database: Database, user: str) -> None:
    conversation = _conversation(database, user)
    with (
        pytest.raises(Exception, match="row-level security"),
        persona(database.connection, "authenticated", add_user(database.connection)),
    ):
        _old(database, conversation, "user", "hi")
    assert database.one("select last_seq from public.chat_conversations where id = %s", [conversation]) == 1_000_000_000


@pytest.mark.parametrize(
    ("role", "kind", "content", "payload", "expected"),
    [
        ("user", "text", "네", None, "user"),
        ("bot", "text", "네", None, "bot"),
        ("bot", "notice", "네", None, "bot"),
        ("bot", "chips", "고르세요", '{"chips": []}', "bot"),
        ("bot", "chips", None, '{"chips": []}', "chips"),
        ("bot", "form", None, '{"fields": []}', "form"),
        ("system", "notice", "네", None, "system"),
    ],
)
def test_a_new_row_has_a_type(
    database: Database, user: str, role: str, kind: str, content: str | None, payload: str | None, expected: str
) -> None:
    conversation = _conversation(database, user)
    assert database.rows(
        "insert into public.chat_messages (conversation_id, user_id, role, kind, content, payload, client_message_id)"
        " values (%s, %s, %s, %s, %s, %s, gen_random_uuid()) returning type, is_read",
        [conversation, user, role, kind, content, payload],
    ) == [(expected, False)]


def test_conversations_of_both_kinds(database: Database, user: str) -> None:
    with persona(database.connection, "authenticated", user):
        old = database.rows(
            "insert into public.chat_conversations (user_id, status) values (%s, 'active')"
            " returning id, status, client_conversation_id, last_seq",
            [user],
        )[0]
        new = database.rows(
            "insert into public.chat_conversations (client_conversation_id) values (%s) returning status, last_seq",
            [uuid.uuid4()],
        )[0]
        odd = database.one("insert into public.chat_conversations (status) values ('archived') returning status")
    assert old[1:] == ("open", uuid.uuid3(old[0], "conversation"), 1_000_000_000)
    assert new == ("open", 0)
    assert odd == "archived"


def test_the_new_application_goes_on_where_the_old_one_was(database: Database, user: str) -> None:
    conversation = _conversation(database, user)
    _old(database, conversation, "user", "안녕")
    with persona(database.connection, "authenticated", user):
        turn = database.one("select public.chat_send(%s, %s, '또 저예요')", [conversation, uuid.uuid4()])
    assert turn["has_history"] is True
    assert [row["content"] for row in turn["pending"]] == ["또 저예요"]


def test_flags_and_markers_follow_each_other(database: Database, user: str) -> None:
    conversation = _conversation(database, user)
    first, second, third = (_old(database, conversation, "bot", text) for text in "abc")

    def flag(*messages: uuid.UUID) -> None:
        with persona(database.connection, "authenticated", user):
            database.connection.execute(
                "update public.chat_messages set is_read = true where id = any(%s)", [list(messages)]
            )

    def marker() -> int:
        found = database.one(
            "select last_read_seq - 1000000000 from public.chat_conversation_reads where conversation_id = %s",
            [conversation],
        )
        return int(found or 0)

    flag(second)
    assert marker() == 0
    flag(first)
    assert marker() == 2
    with persona(database.connection, "authenticated", user):
        database.connection.execute("select public.chat_mark_read(%s)", [conversation])
    assert marker() == 3
    assert database.one("select is_read from public.chat_messages where id = %s", [third]) is True
    database.connection.execute("update public.chat_messages set is_read = false where id = %s", [first])
    flag(first)
    assert marker() == 3


def test_an_edit_of_the_old_client_reaches_the_payload(database: Database, user: str) -> None:
    conversation = _conversation(database, user)
    message = _old(database, conversation, "chips", '{"chips": ["가"]}')
    with persona(database.connection, "authenticated", user):
        edited = database.rows(
            "update public.chat_messages set content = %s where id = %s returning payload, role",
            ['{"chips": ["나"], "is_clicked": true}', message],
        )
        spoilt = database.rows(
            "update public.chat_messages set content = 'x' where id = %s returning role, seq, content", [message]
        )
    assert edited == [({"chips": [{"id": "chip_1", "label": "나"}]}, "bot")]
    assert spoilt == [(None, None, "x")]


def test_a_full_conversation_takes_old_messages_all_the_same(database: Database, user: str) -> None:
    conversation = _conversation(database, user)
    database.connection.execute(
        "update public.chat_conversations set message_count = 5000 where id = %s", [conversation]
    )
    _old(database, conversation, "user", "noch eine")
    assert database.one("select message_count from public.chat_conversations where id = %s", [conversation]) == 5000
