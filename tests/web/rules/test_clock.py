"""Rules that wait for time to pass."""

from contextlib import closing
from typing import Any

from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from service.activities.rules.work import by_the_clock
from service.conversations.known_flows import KnownFlows
from service.http.context import part_of
from service.supabase.clients import Upstream
from tests.db.chats import conversation_row
from tests.stack import connect
from tests.web.apps import stack_settings
from tests.web.chat import Api, Chat
from tests.web.desk import Desk
from tests.web.in_time import again_where_too_slow, in_time
from tests.web.rules.keeping import NOTE, Rules, tick

# Seconds that a question gets here.
GIVEN = 3.0
MINUTES = "update public.chat_desk set {} = now() - %s * interval '1 minute' where conversation_id = %s"


def test_who_waits_too_long_sets_a_rule_off_once_each_time(
    rules: Rules, desk: Desk, chat: Chat, api: Api, root: Connection[Any]
) -> None:
    def wait(minutes: int) -> None:
        root.execute(MINUTES.format("waiting_since"), [minutes, chat.id])
        tick(rules)

    rule = rules.save([NOTE], when={"all": [
        {"field": "conversation.waiting", "op": "olderThan", "value": 10},
        {"field": "hours.isOpen", "op": "is", "value": True},
    ]})  # fmt: skip
    api.call("POST", f"/conversations/{chat.id}/handover", {})
    wait(9)
    assert rules.outcomes(rule, chat.id) == []
    wait(11)
    tick(rules)
    assert rules.outcomes(rule, chat.id) == [("done", [None])]
    # Put aside, nobody is owed an answer yet; closed, nobody can give one.
    desk.reply(chat.id)
    chat.write("아직 계세요?")
    desk.inbox("PATCH", f"/conversations/{chat.id}", {"snoozedUntil": "2999-01-01T00:00:00Z"})
    wait(20)
    assert len(rules.runs(rule, chat.id)) == 1
    desk.inbox("PATCH", f"/conversations/{chat.id}", {"snoozedUntil": None})
    root.execute("update public.chat_team set always_open = false")
    try:
        tick(rules)
        assert len(rules.runs(rule, chat.id)) == 1
    finally:
        root.execute("update public.chat_team set always_open = true")
    tick(rules)
    assert len(rules.runs(rule, chat.id)) == 2


def test_what_a_rule_says_ends_no_silence(rules: Rules, chat: Chat, root: Connection[Any]) -> None:
    silent = {"field": "conversation.silence", "op": "olderThan", "value": 60}
    mine = {"field": "conversation.labels", "op": "is", "value": "조용"}
    root.execute("insert into public.chat_labels (name) values ('조용') on conflict do nothing")
    root.execute(
        "insert into public.chat_conversation_labels (conversation_id, label_id)"
        " select %s, id from public.chat_labels where name = '조용'", [chat.id],
    )  # fmt: skip
    first = rules.save([{"type": "sendMessage", "content": "계신가요?"}], when={"all": [silent, mine]})
    later = rules.save([{"type": "complete"}], when={"all": [silent | {"value": 120}, mine]})

    def quiet(minutes: int) -> None:
        root.execute(
            "update public.chat_desk set last_message_at = last_message_at - %(m)s * interval '1 minute',"
            " silent_at = silent_at - %(m)s * interval '1 minute',"
            " silent_from = silent_from - %(m)s * interval '1 minute'"
            " where conversation_id = %(c)s", {"m": minutes, "c": chat.id},
        )  # fmt: skip
        root.execute(
            "update public.chat_rule_runs set since = since - %s * interval '1 minute' where conversation_id = %s",
            [minutes, chat.id],
        )
        tick(rules)

    quiet(61)
    assert [status for status, _ in rules.outcomes(first, chat.id)] == ["done"]
    quiet(58)
    assert (len(rules.runs(first, chat.id)), rules.runs(later, chat.id)) == (1, [])
    quiet(2)
    assert (len(rules.runs(first, chat.id)), len(rules.runs(later, chat.id))) == (1, 1)
    assert conversation_row(root, chat.id)["status"] == "completed"


def test_the_clock_goes_on_where_it_was_and_leaves_nobody_out(
    rules: Rules, api: Api, root: Connection[Any], app: Flask
) -> None:
    chats = [api.begin().id for _ in range(5)]
    for one in chats:
        api.call("POST", f"/conversations/{one}/handover", {})
        root.execute(MINUTES.format("waiting_since"), [500_000, one])
    rule = rules.save([NOTE], when={"all": [
        {"field": "conversation.waiting", "op": "olderThan", "value": 490_000},
        {"field": "message.content", "op": "present", "value": True},
    ]})  # fmt: skip
    client = part_of(app, Upstream).service_client()
    seen: list[str] = []
    for _ in range(3):
        # The only rule that is on.
        found = client.rpc("rule_due", {"p_place": 0, "p_looked_at": 2, "p_found": 2}).execute().data
        seen += [one["facts"]["conversation_id"] for one in found["due"] if one["rule"]["id"] == rule]
        assert found["next"] == 1
    assert sorted(seen) == sorted(chats)


@again_where_too_slow
def test_a_conversation_that_somebody_holds_keeps_no_other_waiting(
    rules: Rules, api: Api, root: Connection[Any], stack: LocalStack, app: Flask
) -> None:
    rules.forget()
    held, free = api.begin().id, api.begin().id
    for one in (held, free):
        api.call("POST", f"/conversations/{one}/handover", {})
    # The newer one comes first.
    for one, minutes in ((held, 490_001), (free, 490_002)):
        root.execute(MINUTES.format("waiting_since"), [minutes, one])
    rule = rules.save([NOTE], when={"field": "conversation.waiting", "op": "olderThan", "value": 490_000})
    settings = stack_settings(stack, upstream_timeout=GIVEN)
    with closing(Upstream.from_settings(settings)) as upstream, connect(stack) as holder:
        holder.execute("select from public.chat_conversations where id = %s for update", [held])
        # One question gets no answer, and all others get theirs.
        with in_time(2 * GIVEN - 0.5):
            by_the_clock(upstream, part_of(app, KnownFlows))
        assert rules.outcomes(rule, free) == [("done", [None])]
        assert rules.outcomes(rule, held) == []


def test_each_rule_is_looked_at_by_a_question_of_its_own(
    rules: Rules, api: Api, root: Connection[Any], app: Flask
) -> None:
    """However many there are, no question takes longer for that than a worker waits for its answer."""
    waiting = api.begin().id
    api.call("POST", f"/conversations/{waiting}/handover", {})
    root.execute(MINUTES.format("waiting_since"), [490_001, waiting])
    made = [
        rules.save([NOTE], when={"field": "conversation.waiting", "op": "olderThan", "value": 490_000})
        for _ in range(3)
    ]
    client = part_of(app, Upstream).service_client()
    answers = [client.rpc("rule_due", {"p_place": place}).execute().data for place in range(4)]
    assert [{one["rule"]["id"] for one in answer["due"]} for answer in answers] == [*({one} for one in made), set()]
    assert [answer["next"] for answer in answers] == [1, 2, 3, None]
    tick(rules)
    assert [rules.outcomes(rule, waiting) for rule in made] == [[("done", [None])]] * 3
