"""Rows as live databases hold them: times that nobody can be told, words that look like JSON, unknown keys."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from scripts import backfill
from scripts.backfilling.rules import REASONS
from scripts.local import LocalStack
from scripts.local.paths import MIGRATIONS
from scripts.migrations.runner import migrate
from tests.db.legacy import EXPANDED, Database, legacy_database
from tests.stack import add_user, persona


@pytest.fixture
def database(stack: LocalStack) -> Iterator[Database]:
    with legacy_database(stack) as made:
        yield made


def run(database: Database, *arguments: str) -> int:
    return backfill.main([*arguments, "--database-url", database.url])


def conversation(database: Database, **columns: Any) -> uuid.UUID:
    """A conversation of before, of somebody new unless it is said whose."""
    columns.setdefault("user_id", add_user(database.connection))
    return _insert(database, "chat_conversations", columns)


def say(database: Database, conversation_id: uuid.UUID, kind: str | None, content: str, **columns: Any) -> uuid.UUID:
    """A message as the legacy client writes it."""
    said = {"conversation_id": conversation_id, "type": kind, "content": content, **columns}
    return _insert(database, "chat_messages", said)


def _insert(database: Database, table: str, columns: dict[str, Any]) -> uuid.UUID:
    marks = ", ".join(["%s"] * len(columns))
    made: uuid.UUID = database.one(
        f"insert into public.{table} ({', '.join(columns)}) values ({marks}) returning id", list(columns.values())
    )
    return made


def row(database: Database, message: uuid.UUID) -> dict[str, Any]:
    found: dict[str, Any] = database.one("select to_jsonb(m) from public.chat_messages m where id = %s", [message])
    return found


def quarantine(database: Database) -> dict[str, int]:
    return dict(database.rows("select reason, count(*) from private.legacy_quarantine group by 1"))


def contract(database: Database) -> None:
    """To the end of the road."""
    assert run(database, "reads", "--apply") == 0
    assert run(database, "verify") == 0
    database.migrate()


IMPOSSIBLE = ("infinity", "-infinity", "0044-03-15 BC", "12000-01-01")


@pytest.mark.parametrize("moment", IMPOSSIBLE)
def test_times_that_nobody_can_be_told_are_left_until_a_rule_says_what_they_are(
    database: Database, moment: str
) -> None:
    whole, odd = conversation(database), conversation(database, created_at=moment)
    say(database, whole, "bot", "before", created_at="2024-01-01")
    message = say(database, whole, "bot", "when?", created_at=moment)
    say(database, odd, "user", "hi", created_at="2024-01-01")
    database.migrate(EXPANDED)
    # The old application goes on writing such rows, and is not disturbed.
    later = say(database, whole, "bot", "when now?", created_at=moment)
    conversation(database, created_at=moment)
    assert run(database, "messages") == 0
    assert run(database, "messages", "--apply") == 3
    assert quarantine(database) == {"time_impossible": 2, "conversation_time_impossible": 2}
    assert run(database, "reads", "--apply") == 3
    rules = ["--map", "reason:time_impossible=clamp", "--map", "reason:conversation_time_impossible=clamp"]
    assert run(database, "messages", "--apply", *rules) == 0
    assert quarantine(database) == {}
    shown = "select created_at between '1970-01-01' and now() from public.chat_messages where id = any(%s)"
    assert database.rows(shown, [[message, later]]) == [(True,), (True,)]
    assert run(database, "undo", "--apply") == 0
    assert database.one("select count(*) from public.chat_messages where created_at = %s::timestamptz", [moment]) == 2
    assert (
        database.one("select count(*) from public.chat_conversations where created_at = %s::timestamptz", [moment]) == 2
    )
    database.migrate(EXPANDED)
    assert run(database, "messages", "--apply", *rules) == 0
    contract(database)
    assert database.one("select count(*) from public.chat_messages where not isfinite(created_at)") == 0


def test_a_member_who_moves_time_meanwhile_is_noticed(database: Database) -> None:
    user = add_user(database.connection)
    of_member = conversation(database, user_id=user)
    message = say(database, of_member, "user", "hi")
    database.migrate(EXPANDED)
    assert run(database, "messages", "--apply") == 0
    with persona(database.connection, "authenticated", user):
        database.connection.execute("update public.chat_messages set created_at = 'infinity' where id = %s", [message])
        database.connection.execute(
            "update public.chat_conversations set created_at = '-infinity', last_message_at = 'infinity' where id = %s",
            [of_member],
        )
    assert run(database, "verify") != 0
    assert run(database, "messages", "--apply") == 3
    assert quarantine(database) == {"time_impossible": 1, "conversation_time_impossible": 1}


def test_a_conversation_of_the_future_is_not_on_top_for_ever(database: Database) -> None:
    made = conversation(database, created_at="2999-01-01")
    say(database, made, "bot", "hi", created_at="2024-05-05")
    database.migrate(EXPANDED)
    assert run(database, "messages", "--apply") == 0
    assert database.one("select last_message_at <= now() from public.chat_conversations") is True


@pytest.mark.parametrize("words", ['{"chips": ["다른 것"]}', "{안녕}", '{"text": "x"}'])
def test_what_was_mapped_once_is_never_mapped_again(database: Database, words: str) -> None:
    made = conversation(database)
    content = json.dumps({"text": words, "chips": ["가"]}, ensure_ascii=False)
    chips = say(database, made, "chips", content)
    other = say(database, made, "CHIPS", content)
    text = say(database, made, "agent", content)
    database.migrate(EXPANDED)
    assert run(database, "messages", "--apply", "--map", "type:CHIPS=bot/chips", "--map", "type:agent=bot/text") == 0
    once = [row(database, one) for one in (chips, other, text)]
    assert [one["content"] for one in once] == [words, words, content]
    assert [one["payload"] for one in once] == [{"chips": [{"id": "chip_1", "label": "가"}]}] * 2 + [None]
    assert run(database, "rules", "--withdraw", "type:CHIPS", "--withdraw", "type:agent", "--apply") == 0
    say(database, made, "agent", "x")
    assert run(database, "messages", "--apply", "--map", "type:agent=bot/chips") == 3
    assert [row(database, one) for one in (chips, other, text)] == once


@pytest.mark.parametrize("kind", ["CHIPS", "form "])
def test_json_of_types_that_a_rule_explains_is_taken_out_too(database: Database, kind: str) -> None:
    made = conversation(database)
    long = json.dumps({"text": "고르세요", "chips": ["가"], "fields": [], "more": ["x" * 100] * 200})
    before = say(database, made, kind, long)
    database.migrate(EXPANDED)
    rule = f"type:{kind}=bot/{kind.strip().lower()}"
    assert run(database, "messages", "--apply", "--keep-content", "--map", rule) == 0
    meanwhile = say(database, made, kind, long)
    assert [row(database, one)["content"] for one in (before, meanwhile)] == [long, long]
    with pytest.raises(Exception, match="JSON"):
        database.migrate()
    assert run(database, "messages", "--apply") == 0
    assert [row(database, one)["content"] for one in (before, meanwhile)] == ["고르세요", "고르세요"]
    contract(database)


def test_verify_counts_json_that_is_still_there(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    made = conversation(database)
    say(database, made, "CHIPS", json.dumps({"chips": ["x"] * 5_000}))
    say(database, made, "CHIPS", json.dumps({"chips": ["가" * 300] * 60, "text": "x"}))
    database.migrate(EXPANDED)
    assert run(database, "messages", "--apply", "--keep-content", "--map", "type:CHIPS=bot/chips") == 3
    capsys.readouterr()
    assert run(database, "verify", "--json") == 3
    said = json.loads(capsys.readouterr().out)
    assert (said["json_texts"], said["broken"]) == (1, {})
    assert run(database, "undo", "--apply") == 0


def test_what_nobody_knows_is_kept_beside_the_payload(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    made = conversation(database)
    chips = {"text": "?", "chips": [{"id": "a", "label": "가", "selected": True}, "나"], "is_clicked": True}
    form = {
        "fields": [{"name": "email", "type": "email", "label": "이메일", "required": True}],
        "values": {"email": "a@b.c"},
    }
    plain = {"chips": [{"id": "a", "label": "가"}]}
    ids = [
        say(database, made, kind, json.dumps(body))
        for kind, body in (("chips", chips), ("form", form), ("chips", plain))
    ]
    database.migrate(EXPANDED)
    meanwhile = say(database, made, "form", json.dumps(form))
    assert run(database, "messages", "--json") == 0
    assert json.loads(capsys.readouterr().out)["beside"] == 2
    assert run(database, "messages", "--apply") == 0
    assert [row(database, one)["answer"] for one in [*ids, meanwhile]] == [
        {"legacy": {"chips": chips["chips"], "is_clicked": True}},
        {"legacy": {"values": {"email": "a@b.c"}}},
        {},
        {"legacy": {"values": {"email": "a@b.c"}}},
    ]
    contract(database)


def test_ids_by_place_collide_with_nothing(database: Database) -> None:
    made = conversation(database)
    chips = say(
        database,
        made,
        "chips",
        '{"chips": ["가", {"id": "chip_1", "label": "나"}, {"id": "chip_1", "label": "다"}, {"id": "chip_3_"}]}',
    )
    form = say(database, made, "form", '{"fields": [{"label": "a"}, {"name": "field_1"}, {"name": "field_1"}]}')
    database.migrate(EXPANDED)
    assert run(database, "messages", "--apply") == 0
    ids = [chip["id"] for chip in row(database, chips)["payload"]["chips"]]
    assert ids[1] == "chip_1"
    assert len(set(ids)) == 4
    names = [field["name"] for field in row(database, form)["payload"]["fields"]]
    assert names[1] == "field_1"
    assert len(set(names)) == 3


def test_the_nil_uuid_is_an_id_like_any_other(database: Database) -> None:
    nil = uuid.UUID(int=0)
    made = conversation(database, id=nil)
    say(database, made, "user", "hi", id=nil)
    say(database, conversation(database), "user", "hi")
    database.migrate(EXPANDED)
    assert run(database, "messages", "--apply") == 0
    contract(database)
    assert database.one("select count(*) from public.chat_messages where id = %s and seq = 1", [nil]) == 1


def test_chips_of_three_megabytes_cost_their_own_rows(database: Database) -> None:
    made = conversation(database)
    huge = json.dumps({"chips": [{"label": "x" * 1_000}] * 3_000})
    for _ in range(25):
        say(database, made, "chips", huge)
    say(database, made, "user", "hi")
    database.migrate(EXPANDED)
    assert run(database, "messages", "--apply") == 3
    assert quarantine(database) == {"payload_too_large": 25}
    assert run(database, "messages", "--apply", "--map", "reason:payload_too_large=bot/notice") == 3
    assert quarantine(database) == {"text_too_long": 25}
    assert run(database, "messages", "--apply", "--map", "reason:text_too_long=cut") == 0
    contract(database)


def test_a_repeat_that_does_nothing_leaves_nothing(database: Database) -> None:
    user = add_user(database.connection)
    database.migrate(EXPANDED)
    made = conversation(database, user_id=user)
    message = say(database, made, "user", " hi ")
    broken = say(database, made, "chips", "broken")
    database.connection.execute("delete from private.legacy_quarantine")
    state = """
        select (to_jsonb(c), (select count(*) from private.legacy_quarantine),
          (select count(*) from private.legacy_originals))::text
        from public.chat_conversations c"""
    before = database.rows(state)
    with persona(database.connection, "authenticated", user):
        for one, kind, content in ((message, "user", " hi "), (broken, "chips", "broken")):
            database.connection.execute(
                "insert into public.chat_messages (id, conversation_id, type, content) values (%s, %s, %s, %s)"
                " on conflict do nothing",
                [one, made, kind, content],
            )
        database.connection.execute(
            "insert into public.chat_conversations (id, user_id, status) values (%s, %s, 'closed')"
            " on conflict do nothing",
            [made, user],
        )
    assert database.rows(state) == before
    assert database.rows("select status, given from private.legacy_statuses") == [("active", "open")]
    # As supabase-js says upsert: the edit arrives.
    database.connection.execute(
        "insert into public.chat_messages (id, conversation_id, type, content) values (%s, %s, 'user', ' ho ')"
        " on conflict (id) do update set type = excluded.type, content = excluded.content",
        [message, made],
    )
    assert row(database, message)["content"] == "ho"
    assert database.one("select content from private.legacy_originals") == " ho "


def test_a_conversation_that_changes_hands_takes_everything_along(database: Database) -> None:
    made = conversation(database)
    say(database, made, "bot", "hi", is_read=True)
    other = add_user(database.connection)
    database.migrate(EXPANDED)
    assert run(database, "messages", "--apply") == 0
    assert run(database, "reads", "--apply") == 0
    say(database, made, "user", "later")
    give = "update public.chat_conversations set user_id = %s where id = %s"
    owners = (
        "select array_agg(distinct user_id::text) from (select user_id from public.chat_messages union all"
        " select user_id from public.chat_conversation_reads) o"
    )
    with persona(database.connection, "service_role"):
        database.connection.execute(give, [other, made])
    assert database.one(owners) == [other]
    assert run(database, "verify") == 0
    with persona(database.connection, "service_role"):
        database.connection.execute(give, [None, made])
    assert run(database, "messages", "--apply") == 3
    assert quarantine(database) == {"conversation_without_owner": 1}
    assert run(database, "verify") == 3
    with pytest.raises(Exception, match="quarantine"):
        database.migrate()
    assert run(database, "messages", "--apply", "--map", f"owner={other}") == 0
    assert run(database, "verify") == 0
    contract(database)
    assert database.one(owners) == [other]


@pytest.mark.parametrize("unseen", ["\u3164", "\u200b\u2800", "\u00ad \u200e"], ids=ascii)
def test_words_that_show_nothing_are_empty_ones(database: Database, unseen: str) -> None:
    made = conversation(database)
    before = say(database, made, "user", unseen)
    database.migrate(EXPANDED)
    # The rule about what shows nothing is the main line's, which a site may take now.
    migrate(database.url, MIGRATIONS)
    # The old application is not disturbed by it.
    after = say(database, made, "user", unseen)
    assert run(database, "messages", "--apply") == 3
    assert quarantine(database) == {"text_empty": 2}
    assert [row(database, one)["content"] for one in (before, after)] == [unseen, unseen]
    assert run(database, "messages", "--apply", "--map", REASONS["text_empty"].example) == 0
    contract(database)
    assert row(database, before)["role"] == row(database, after)["role"] == "system"


def test_every_reason_is_released_by_its_example(database: Database) -> None:
    made = conversation(database)
    faults = {
        "type_missing": (None, "x"), "type_unknown": ("agent", "x"), "payload_not_json": ("chips", "{"),
        "payload_not_object": ("form", "42"), "payload_impossible_text": ("chips", '{"text": "\\u0000"}'),
        "payload_too_large": ("chips", '{"chips": ["' + "x" * 70_000 + '"]}'), "text_empty": ("user", " "),
        "text_too_long": ("user", "x" * 5_000),
    }  # fmt: skip
    for kind, content in faults.values():
        say(database, made, kind, content)
    database.connection.execute("alter table public.chat_messages alter column content drop not null")
    database.connection.execute("insert into public.chat_messages (conversation_id, type) values (%s, 'bot')", [made])
    say(database, made, "bot", "x", created_at="infinity")
    conversation(database, created_at="infinity")
    conversation(database, user_id=None)
    conversation(database, status="archived")
    database.migrate(EXPANDED)
    assert run(database, "messages", "--apply") == 3
    assert quarantine(database).keys() == REASONS.keys()
    owner = add_user(database.connection)
    for name, reason in REASONS.items():
        run(database, "messages", "--apply", "--map", reason.example.replace("ID", owner))
        assert name not in quarantine(database)
    assert quarantine(database) == {}
    contract(database)
