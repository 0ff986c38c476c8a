"""Claims and answers of operators: one wins, each is written once, and none is half."""

from typing import Any

import psycopg
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from tests.db.chats import add_conversation, add_message, conversation_row, messages_of, new_id
from tests.db.desk import Desk, activities, add_operator, race
from tests.stack import Member, connect


def desk_row(db: Connection[Any], conversation: str) -> dict[str, Any]:
    found = db.execute("select to_jsonb(d) from public.chat_desk d where conversation_id = %s", [conversation])
    return found.fetchone()[0]


def waiting(db: Connection[Any], conversation: str) -> None:
    """Somebody is wanted."""
    db.execute("update public.chat_conversations set handling = 'waiting', rev = rev + 1 where id = %s", [conversation])


ROW = "select from public.chat_conversations where id = %s"


def test_of_several_claims_one_wins_and_the_others_are_told_who(
    root: Connection[Any], stack: LocalStack, desk: Desk, member: Member, conversation: str
) -> None:
    add_message(root, member.id, conversation, role="user")
    waiting(root, conversation)
    team = [add_operator(root, name=f"상담원 {number}") for number in range(6)]
    rev = desk.row(team[0], conversation)["seen_rev"]
    claims = [("inbox_claim", one, {"id": conversation, "if_rev": rev}) for one in team]
    answers = race(stack, ROW, [conversation], claims)

    (winner,) = [one for one, answer in zip(team, answers, strict=True) if answer.code == "ok"]
    lost = [answer for answer in answers if answer.code != "ok"]
    assert {(answer.status, answer.code) for answer in lost} == {(409, "already_assigned")}
    assert {answer.detail["id"] for answer in lost} == {winner.id}
    assert lost[0].detail == {"id": winner.id, "displayName": winner.name, "avatarUrl": None}
    shown = conversation_row(root, conversation)
    assert (shown["handling"], shown["agent"]) == ("agent", {"name": winner.name, "avatarUrl": None})
    # One change that the customer sees, however many asked.
    assert shown["rev"] == 3
    row = desk.row(winner, conversation)
    assert (row["assignee"]["id"], row["unread_count"]) == (winner.id, 0)
    assert [kind for kind, *_ in activities(root, conversation)] == ["conversation.opened", "conversation.assigned"]

    # Again, from a state of long ago: it is theirs already, and nothing is written.
    again = desk.ask("inbox_claim", winner, id=conversation, if_rev=rev)
    assert (again.code, again.body["conversation"]["seen_rev"]) == ("ok", row["seen_rev"])


@pytest.mark.parametrize("how", ["is_active = false", "user_id = null"])
@pytest.mark.parametrize("by", ["claim", "reply"])
def test_what_belongs_to_somebody_who_may_do_nothing_is_free(
    root: Connection[Any], desk: Desk, conversation: str, how: str, by: str
) -> None:
    former, somebody = add_operator(root), add_operator(root)
    desk.ask("inbox_claim", former, id=conversation)
    desk.ask("inbox_look", former, conversation_id=conversation)
    root.execute(f"update public.chat_operators set {how} where id = %s", [former.id])
    assert desk.ask("inbox_conversation", somebody, id=conversation).body["viewers"] == []
    if by == "claim":
        assert desk.ask("inbox_claim", somebody, id=conversation).code == "ok"
    else:
        assert desk.reply(somebody, conversation, new_id()).code == "ok"
    assert desk.row(somebody, conversation)["assignee"]["id"] == somebody.id
    assert conversation_row(root, conversation)["agent"]["name"] == somebody.name
    assert activities(root, conversation).count(("conversation.assigned", "operator", somebody.id)) == 1


def test_a_claim_of_another_state_is_refused_with_the_present_one(
    root: Connection[Any], desk: Desk, member: Member, conversation: str
) -> None:
    somebody = add_operator(root)
    rev = desk.row(somebody, conversation)["seen_rev"]
    add_message(root, member.id, conversation, role="user", content="잠깐만요")
    refused = desk.ask("inbox_claim", somebody, id=conversation, if_rev=rev)
    assert (refused.status, refused.code) == (409, "conversation_changed")
    assert refused.detail["last_message"]["content"] == "잠깐만요"
    assert desk_row(root, conversation)["assignee_id"] is None
    assert desk.ask("inbox_claim", somebody, id=conversation, if_rev=refused.detail["seen_rev"]).code == "ok"


def test_a_claim_and_the_bot_never_both(
    root: Connection[Any], stack: LocalStack, desk: Desk, member: Member, conversation: str
) -> None:
    asked = add_message(root, member.id, conversation, role="user")["id"]
    somebody = add_operator(root)
    said = {"id": new_id(), "role": "bot", "kind": "text", "content": "봇입니다", "step_id": "ask"}
    turn = {"message_id": asked, "request_id": None, "answer": None, "inquiry": None, "messages": [said]}
    reply = {
        "user_id": member.id, "conversation_id": conversation, "message_id": asked, "state_version": 0, "state": {},
        "status": "open", "turns": [turn], "flow_version": "claims", "flow": {},
    }  # fmt: skip
    claimed, written = race(
        stack, ROW, [conversation], [("inbox_claim", somebody, {"id": conversation}), ("chat_reply", None, reply)]
    )
    assert (claimed.code, written.code) == ("ok", "ok")
    taken = desk_row(root, conversation)
    spoken = [message["rev"] for message in messages_of(root, conversation) if message["role"] == "bot"]
    # The bot spoke before somebody had it, or not at all.
    assert written.body["applied"] is bool(spoken)
    assert all(rev < conversation_row(root, conversation)["rev"] for rev in spoken)
    assert taken["assignee_id"] == somebody.id


def test_a_reply_is_written_once_however_often_it_is_sent(
    root: Connection[Any], stack: LocalStack, desk: Desk, member: Member, conversation: str
) -> None:
    add_message(root, member.id, conversation, role="user")
    waiting(root, conversation)
    somebody = add_operator(root, name="김하늘", avatar_url="https://example.com/me.png")
    params = {"id": conversation, "client_message_id": new_id(), "content": "네, 확인했습니다", "request_id": new_id()}
    answers = race(stack, ROW, [conversation], [("inbox_reply", somebody, params)] * 6)
    assert [answer.code for answer in answers] == ["ok"] * 6
    assert sorted(answer.body["created"] for answer in answers) == [False] * 5 + [True]
    assert len({answer.body["message"]["id"] for answer in answers}) == 1

    (written,) = [message for message in messages_of(root, conversation) if message["author"]]
    assert (written["role"], written["kind"], written["turn_id"]) == ("system", "text", None)
    assert written["author"] == {"name": "김하늘", "avatarUrl": "https://example.com/me.png"}
    assert written["request_id"] == params["request_id"]
    row = desk.row(somebody, conversation)
    assert (row["handling"], row["assignee"]["id"], row["waiting_since"]) == ("agent", somebody.id, None)
    assert row["first_answered_at"] is not None
    assert row["unread_count"] == 0
    told = root.execute(
        "select data from public.chat_activities where conversation_id = %s and type = 'message.created'"
        " and actor_id = %s",
        [conversation, somebody.id],
    ).fetchall()
    assert [data["messageId"] for (data,) in told] == [written["id"]]
    assert "확인했습니다" not in str(told)

    other = desk.reply(somebody, conversation, params["client_message_id"], "다른 말")
    assert (other.status, other.code) == (409, "idempotency_conflict")
    root.execute("update public.chat_conversations set status = 'completed' where id = %s", [conversation])
    again = desk.reply(somebody, conversation, params["client_message_id"], params["content"])
    assert (again.code, again.body["created"]) == ("ok", False)
    assert desk.reply(somebody, conversation, new_id()).code == "conversation_completed"


def test_a_colleague_may_help_and_it_is_noted(root: Connection[Any], desk: Desk, conversation: str) -> None:
    owner, colleague = add_operator(root, name="주인"), add_operator(root, name="동료")
    desk.ask("inbox_claim", owner, id=conversation)
    answer = desk.reply(colleague, conversation, new_id())
    assert answer.body["message"]["author"]["name"] == "동료"
    assert answer.body["conversation"]["assignee"]["id"] == owner.id
    (data,) = root.execute(
        "select data from public.chat_activities where conversation_id = %s and actor_id = %s",
        [conversation, colleague.id],
    ).fetchone()
    assert data["assigneeId"] == owner.id


def test_a_reply_to_what_was_read_before_the_customer_went_on(
    root: Connection[Any], desk: Desk, member: Member, conversation: str
) -> None:
    somebody = add_operator(root)
    add_message(root, member.id, conversation, role="user")
    seen = desk.row(somebody, conversation)["seen_rev"]
    # What colleagues do meanwhile is no reason.
    desk.ask("inbox_add_note", somebody, id=conversation, client_note_id=new_id(), content="메모")
    desk.change(somebody, conversation, priority="high")
    assert desk.reply(somebody, conversation, new_id(), seen_rev=seen).code == "ok"
    add_message(root, member.id, conversation, role="user", content="하나 더요")
    refused = desk.reply(somebody, conversation, new_id(), seen_rev=seen)
    assert (refused.status, refused.code) == (409, "conversation_changed")
    assert refused.detail["last_message"]["content"] == "하나 더요"
    assert desk.reply(somebody, conversation, new_id(), seen_rev=refused.detail["seen_rev"]).code == "ok"
    # Who names no state writes to any.
    add_message(root, member.id, conversation, role="user")
    assert desk.reply(somebody, conversation, new_id()).code == "ok"


def test_a_full_conversation_takes_no_answer(root: Connection[Any], desk: Desk, member: Member) -> None:
    full = add_conversation(root, member.id, message_count=5000)
    assert desk.reply(add_operator(root), full, new_id()).code == "conversation_completed"
    assert desk_row(root, full)["assignee_id"] is None


def test_who_is_given_a_conversation_has_read_nothing_of_it(
    root: Connection[Any], desk: Desk, member: Member, conversation: str
) -> None:
    giving, given = add_operator(root), add_operator(root)
    add_message(root, member.id, conversation, role="user")
    desk.change(giving, conversation, assignee_id=given.id)
    assert desk.row(given, conversation)["unread_count"] == 1
    desk.reply(given, conversation, new_id())
    assert desk.row(given, conversation)["unread_count"] == 0


# Each holds all that the later ones are about: the first decides.
ORDER = [
    ("not_an_operator", {"who": "stranger", "id": "missing", "content": ""}),
    ("not_found", {"id": "missing", "client": "used", "content": ""}),
    ("idempotency_conflict", {"client": "used", "status": "completed", "seen_rev": 0, "content": ""}),
    ("conversation_completed", {"status": "completed", "seen_rev": 0, "content": ""}),
    ("conversation_changed", {"seen_rev": 0, "content": ""}),
    ("invalid", {"content": " \n"}),
    ("invalid", {"content": "x" * 4001}),
]


@pytest.mark.parametrize(("code", "given"), ORDER)
def test_the_order_of_refusals(
    root: Connection[Any], desk: Desk, member: Member, conversation: str, code: str, given: dict[str, Any]
) -> None:
    somebody = add_operator(root)
    add_message(root, member.id, conversation, role="user")
    used = new_id()
    desk.reply(somebody, conversation, used)
    if "status" in given:
        root.execute("update public.chat_conversations set status = %s where id = %s", [given["status"], conversation])
    before = len(messages_of(root, conversation))
    answer = desk.ask(
        "inbox_reply",
        somebody if "who" not in given else member.id,
        id=conversation if "id" not in given else new_id(),
        client_message_id=used if "client" in given else new_id(),
        content=given["content"],
        seen_rev=given.get("seen_rev"),
    )
    assert answer.code == code
    assert len(messages_of(root, conversation)) == before


@pytest.mark.parametrize("function", ["inbox_claim", "inbox_reply"])
def test_what_breaks_off_leaves_nothing(
    root: Connection[Any], stack: LocalStack, member: Member, conversation: str, function: str
) -> None:
    add_message(root, member.id, conversation, role="user")
    waiting(root, conversation)
    somebody = add_operator(root)
    before = conversation_row(root, conversation), desk_row(root, conversation), messages_of(root, conversation)
    call = {
        "inbox_claim": ("select public.inbox_claim(%s, %s)", [somebody.user, conversation]),
        "inbox_reply": ("select public.inbox_reply(%s, %s, %s, '네')", [somebody.user, conversation, new_id()]),
    }[function]
    # The last thing that both write fails: all that was written before it goes.
    with connect(stack) as db:
        db.execute("create function pg_temp.fail() returns trigger language plpgsql as $$ begin raise 'broken'; end $$")
        db.execute(
            "create trigger fail before update on public.chat_operators for each row execute function pg_temp.fail()"
        )
        with pytest.raises(psycopg.errors.RaiseException, match="broken"):
            db.execute(*call)
    assert (
        conversation_row(root, conversation),
        desk_row(root, conversation),
        messages_of(root, conversation),
    ) == before
