"""Rights of operators: looked up in every call, by the account that asks, and nowhere else."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest
from psycopg import Connection
from psycopg.types.json import Jsonb

from scripts.local import LocalStack
from scripts.local.paths import MIGRATIONS
from scripts.local.scratch import scratch_database
from scripts.migrations.runner import migrate
from tests.db.chats import add_conversation, new_id
from tests.db.desk import Desk, Operator, add_operator
from tests.stack import Member, add_user, connect

# Whatever is asked for an operator names their account first. What has no such parameter is called inside these.
FOR_OPERATORS = """
    select proname, proargnames from pg_proc
    where pronamespace = 'public'::regnamespace and proargnames[1] = 'p_user_id'
      and (proname like 'inbox\\_%' or proname like 'chat\\_operator\\_%') order by 1
"""
OF_ADMINS = {
    "inbox_save_operator", "inbox_save_label", "inbox_delete_label", "inbox_save_hours", "inbox_export", "inbox_audit",
    "inbox_rules", "inbox_save_rule", "inbox_delete_rule", "inbox_order_rules", "inbox_rule_runs", "inbox_rule_facts",
    "inbox_try_rule", "inbox_save_channel", "inbox_delete_channel", "inbox_webhooks", "inbox_save_webhook",
    "inbox_delete_webhook", "inbox_test_webhook", "inbox_rotate_webhook", "inbox_deliveries", "inbox_resend_delivery",
    "inbox_jobs", "inbox_retry_job", "inbox_drop_job", "inbox_save_article", "inbox_delete_article",
    "inbox_settle_miss", "inbox_start_import", "inbox_cancel_import", "inbox_assistant_try", "inbox_assistant_versions",
    "inbox_restore_assistant", "inbox_save_assistant", "inbox_try_assistant",
}  # fmt: skip


@pytest.fixture(scope="module")
def functions(stack: LocalStack) -> dict[str, list[str]]:
    with connect(stack) as db:
        return {name: names[1:] for name, names in db.execute(FOR_OPERATORS).fetchall() if name != "inbox_operator"}


def ask(desk: Desk, function: str, names: list[str], user: str | None) -> str:
    params = {name.removeprefix("p_"): None for name in names}
    return desk.ask(function, user_id=user, **params).code


def test_who_is_no_operator_is_refused_by_every_function(
    root: Connection[Any],
    desk: Desk,
    functions: dict[str, list[str]],
    member: Member,
    nothing_changes: Callable[[], AbstractContextManager[None]],
) -> None:
    add_conversation(root, member.id)
    inactive = add_operator(root, is_active=False)
    gone = add_operator(root, "admin")
    root.execute("delete from auth.users where id = %s", [gone.user])
    assert len(functions) > 25
    with nothing_changes():
        for user in (None, new_id(), member.id, inactive.user, gone.user):
            codes = {name: ask(desk, name, names, user) for name, names in functions.items()}
            assert set(codes.values()) == {"not_an_operator"}, codes


def test_what_is_for_admins_is_refused_to_agents_and_nothing_else_is(
    root: Connection[Any], desk: Desk, functions: dict[str, list[str]]
) -> None:
    agent = add_operator(root)
    codes = {name: ask(desk, name, names, agent.user) for name, names in functions.items()}
    assert {name for name, code in codes.items() if code == "not_allowed"} == OF_ADMINS
    assert "not_an_operator" not in codes.values()


def test_who_was_demoted_is_refused_by_the_next_call(root: Connection[Any], desk: Desk) -> None:
    somebody = add_operator(root, "admin")
    values = {"values": {"expected_reply_seconds": None}}
    assert desk.ask("inbox_save_hours", somebody, **values).code == "ok"
    root.execute("update public.chat_operators set role = 'agent' where id = %s", [somebody.id])
    assert desk.ask("inbox_save_hours", somebody, **values).code == "not_allowed"
    assert desk.ask("inbox_me", somebody).body["operator"]["role"] == "agent"
    assert desk.ask("operator_revoke", user_id=somebody.user).body is True
    assert desk.ask("inbox_me", somebody).code == "not_an_operator"
    assert desk.ask("operator_revoke", user_id=somebody.user).body is False


def test_grant_makes_renames_and_takes_back_in(root: Connection[Any], desk: Desk) -> None:
    user = add_user(root)
    made = desk.ask("operator_grant", user_id=user).body
    assert (made["display_name"], made["role"], made["is_active"]) == ("상담원", "admin", True)
    again = desk.ask("operator_grant", user_id=user, role="agent", name="김하늘").body
    assert (again["id"], again["display_name"], again["role"]) == (made["id"], "김하늘", "agent")
    desk.ask("operator_revoke", user_id=user)
    assert made["id"] not in {one["id"] for one in desk.ask("operators_list").body}
    back = desk.ask("operator_grant", user_id=user).body
    assert (back["id"], back["display_name"], back["role"], back["is_active"]) == (made["id"], "김하늘", "admin", True)
    assert desk.ask("operator_grant", user_id=new_id()).code == "not_found"
    assert desk.ask("operator_grant", user_id=user, role="boss").code == "invalid"


def test_an_operator_who_leaves_keeps_what_they_wrote(root: Connection[Any], desk: Desk, conversation: str) -> None:
    leaving: Operator = add_operator(root, name="박나래")
    colleague = add_operator(root)
    desk.reply(leaving, conversation, new_id(), "곧 봐 드릴게요")
    desk.ask("inbox_add_note", leaving, id=conversation, client_note_id=new_id(), content="환불 건")
    root.execute("delete from auth.users where id = %s", [leaving.user])

    shown = desk.ask("inbox_conversation", colleague, id=conversation).body
    assert [(note["content"], note["author"]["display_name"]) for note in shown["notes"]] == [("환불 건", "박나래")]
    assert shown["conversation"]["assignee"]["display_name"] == "박나래"
    said = desk.ask("inbox_messages", colleague, id=conversation).body["messages"][-1]
    assert (said["content"], said["author"]["name"]) == ("곧 봐 드릴게요", "박나래")
    told = root.execute(
        "select actor_id::text, actor_name from public.chat_activities"
        " where conversation_id = %s and type = 'message.created'",
        [conversation],
    ).fetchall()
    assert told[-1] == (leaving.id, "박나래")


def test_admins_of_before_are_carried_over(stack: LocalStack) -> None:
    with (
        scratch_database(stack.db_url, migrations=MIGRATIONS, to="20261128001000") as url,
        psycopg.connect(url, autocommit=True) as db,
    ):
        admin, other = add_user(db), add_user(db)
        for user, metadata in ((admin, {"role": "admin", "provider": "email"}), (other, {"roles": ["admin"]})):
            db.execute("update auth.users set raw_app_meta_data = %s where id = %s", [Jsonb(metadata), user])
        migrate(url, MIGRATIONS)
        team = db.execute("select user_id::text, display_name, role, is_active from public.chat_operators").fetchall()
    assert team == [(admin, "상담원", "admin", True)]
