"""Roles, grants and functions: who may ask for what at all."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import Connection

from scripts.catalogue.facts import facts
from scripts.local import LocalStack
from scripts.local.paths import MIGRATIONS
from scripts.local.scratch import scratch_database
from tests.db.chats import OF_MEMBERS as READ_BY_MEMBERS
from tests.db.chats import TABLES, add_chips, new_id
from tests.stack import Member, add_user, become, connect, rest

NothingChanges = Callable[[], AbstractContextManager[None]]
RELATIONS = (*TABLES, "chat_conversation_summaries")
ID = "11111111-1111-4111-8111-111111111111"
OF_MEMBERS: dict[str, dict[str, Any]] = {
    "chat_turn": {"p_conversation_id": ID},
    "chat_open": {"p_client_conversation_id": ID},
    "chat_send": {"p_conversation_id": ID, "p_client_message_id": ID, "p_content": "안녕"},
    "chat_preview": {"p_conversation_id": ID, "p_client_message_id": ID, "p_in_reply_to": ID},
    "chat_list": {},
    "chat_page": {"p_conversation_id": ID},
    "chat_changed": {"p_conversation_id": ID, "p_after_rev": 0},
    "chat_mark_read": {"p_conversation_id": ID},
    "chat_export": {"p_part": "messages"},
}
OF_THE_SERVICE: dict[str, dict[str, Any]] = {
    "chat_reply": {
        "p_user_id": ID,
        "p_conversation_id": ID,
        "p_message_id": None,
        "p_state_version": 0,
        "p_state": {},
        "p_status": "open",
        "p_turns": [],
        "p_flow_version": "v",
    },
    "chat_turn_for_service": {"p_conversation_id": ID},
    "chat_forget": {"p_user_id": ID},
    "chat_type": {"p_user_id": ID, "p_conversation_id": ID, "p_is_typing": True},
    "chat_rate": {"p_user_id": ID, "p_conversation_id": ID, "p_score": 5},
    "chat_contact": {"p_user_id": ID},
    "chat_claim_guest": {"p_guest_id": ID, "p_user_id": ID},
    "chat_import": {"p_user_id": ID, "p_flow_version": "v", "p_flow": {}, "p_conversations": []},
    "chat_submit_inquiry": {
        "p_client_inquiry_id": ID,
        "p_flow_version": "v",
        "p_step_id": "write",
        "p_values": {},
        "p_locale": "ko",
    },
}
CALLABLE_BY_THE_API = """
    select p.proname, array(
        select r.rolname::text from pg_roles r
        where r.rolname in ('anon', 'authenticated', 'service_role')
          and has_function_privilege(r.oid, p.oid, 'execute')
        order by 1
    )
    from pg_proc p where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
"""


def test_every_function_is_executable_by_exactly_whom_it_is_meant_for(db: Connection[Any]) -> None:
    found = dict(db.execute(CALLABLE_BY_THE_API).fetchall())
    meant = {name: ["authenticated"] for name in OF_MEMBERS} | {name: ["service_role"] for name in OF_THE_SERVICE}
    known = {name: roles for name, roles in found.items() if name in meant}
    assert known == meant
    # Whatever else there is: members get what works under their own rights, anon gets nothing.
    assert [name for name, roles in found.items() if "anon" in roles] == []
    private = db.execute("select proname from pg_proc where pronamespace = 'private'::regnamespace").fetchall()
    assert {name: found[name] for (name,) in private} == {name: [] for (name,) in private}


@pytest.mark.parametrize("table", RELATIONS)
def test_anon_reads_and_writes_no_table(
    anon_rest: httpx.Client, conversation: str, nothing_changes: NothingChanges, table: str
) -> None:
    with nothing_changes():
        answers = [
            anon_rest.get(f"/{table}"),
            anon_rest.get(f"/{table}", params={"select": "count"}),
            anon_rest.post(f"/{table}", json={"conversation_id": conversation, "client_conversation_id": new_id()}),
            anon_rest.patch(f"/{table}", params={"created_at": "not.is.null"}, json={"created_at": "2020-01-01"}),
            anon_rest.delete(f"/{table}", params={"created_at": "not.is.null"}),
        ]
    for answer in answers:
        assert not answer.is_success, answer.text
        assert conversation not in answer.text
    assert answers[0].status_code in {401, 403}


@pytest.mark.parametrize(("function", "arguments"), [*OF_MEMBERS.items(), *OF_THE_SERVICE.items()])
def test_anon_runs_no_function(
    anon_rest: httpx.Client, nothing_changes: NothingChanges, function: str, arguments: dict[str, Any]
) -> None:
    with nothing_changes():
        assert anon_rest.post(f"/rpc/{function}", json=arguments).status_code in {401, 403, 404}


@pytest.mark.parametrize(("function", "arguments"), OF_THE_SERVICE.items())
def test_a_member_runs_no_function_of_the_service(
    member_rest: httpx.Client, nothing_changes: NothingChanges, function: str, arguments: dict[str, Any]
) -> None:
    with nothing_changes():
        answer = member_rest.post(f"/rpc/{function}", json=arguments)
        assert answer.status_code in {403, 404}
        assert answer.json()["code"] in {"42501", "PGRST202"}


@pytest.mark.parametrize("function", ["place_message", "clamp_read_marker"])
def test_nobody_reaches_the_private_schema(
    member_rest: httpx.Client, service_rest: httpx.Client, function: str
) -> None:
    for client in (member_rest, service_rest):
        assert client.post(f"/rpc/{function}", json={}).status_code in {403, 404, 405}
        answer = client.post(f"/rpc/{function}", json={}, headers={"Content-Profile": "private"})
        assert answer.status_code in {403, 404, 405, 406}


def test_a_token_beside_the_secret_key_acts_as_its_member(stack: LocalStack, member: Member) -> None:
    with rest(stack, secret=True) as client:
        answer = client.post(
            "/rpc/chat_reply",
            json=OF_THE_SERVICE["chat_reply"],
            headers={"Authorization": f"Bearer {member.access_token}"},
        )
    assert answer.status_code in {403, 404}
    assert answer.json()["code"] in {"42501", "PGRST202"}


def test_serving_requests_grants_nothing(stack: LocalStack, member: Member) -> None:
    with scratch_database(stack.db_url, migrations=MIGRATIONS) as url, psycopg.connect(url) as untouched:
        before = facts(untouched)
    stack.restart_gateway()
    with rest(stack) as anon, rest(stack, member.access_token) as own, rest(stack, secret=True) as service:
        for client in (anon, own, service):
            client.get("/chat_messages")
            client.post("/chat_messages", json={"seq": 1})
            client.post("/rpc/chat_list", json={})
    with connect(stack) as served:
        assert facts(served) == before


def test_forging_is_still_refused_after_the_first_request(
    stack: LocalStack, member: Member, conversation: str, nothing_changes: NothingChanges
) -> None:
    row = {"conversation_id": conversation, "role": "user", "kind": "text", "content": "안녕", "client_message_id": ID}
    stack.restart_gateway()
    with nothing_changes(), rest(stack, member.access_token) as client:
        for _ in range(2):
            answer = client.post("/chat_messages", json={**row, "seq": 99})
            assert (answer.status_code, answer.json()["code"]) == (403, "42501")


def test_functions_for_members_tell_a_stranger_nothing(
    root: Connection[Any],
    stranger: Member,
    member_rest: httpx.Client,
    foreign_conversation: str,
    nothing_changes: NothingChanges,
) -> None:
    asked = add_chips(root, stranger.id, foreign_conversation)
    calls: list[tuple[str, dict[str, Any]]] = [
        ("chat_turn", {}),
        ("chat_turn", {"p_message_id": asked}),
        ("chat_send", {"p_client_message_id": ID, "p_content": "안녕"}),
        ("chat_send", {"p_client_message_id": ID, "p_content": ""}),
        (
            "chat_send",
            {"p_client_message_id": ID, "p_event": {"type": "chip", "chip_id": "yes"}, "p_in_reply_to": asked},
        ),
        ("chat_preview", {"p_client_message_id": ID, "p_in_reply_to": asked}),
        ("chat_page", {}),
        ("chat_changed", {"p_after_rev": 0}),
        ("chat_mark_read", {}),
        ("chat_mark_read", {"p_up_to_message_id": asked}),
    ]
    with nothing_changes():
        for function, arguments in calls:
            foreign, missing = (
                member_rest.post(f"/rpc/{function}", json={"p_conversation_id": which, **arguments})
                for which in (foreign_conversation, new_id())
            )
            assert (foreign.status_code, foreign.text) == (missing.status_code, missing.text), function
            assert foreign.status_code == 404 or foreign.text in {"", "null"}, function
    for function in ("chat_list", "chat_export"):
        assert foreign_conversation not in member_rest.post(f"/rpc/{function}", json=OF_MEMBERS[function]).text


def test_what_only_reads_is_declared_to(db: Connection[Any]) -> None:
    stable = db.execute(
        "select proname from pg_proc where pronamespace = 'public'::regnamespace and provolatile = 's' order by 1"
    )
    reading = {
        "chat_turn",
        "chat_turn_for_service",
        "chat_preview",
        "chat_list",
        "chat_page",
        "chat_changed",
        "chat_export",
    }
    assert {row[0] for row in stable} >= reading


def test_a_new_table_and_a_new_function_are_nobodys(db: Connection[Any]) -> None:
    db.execute("""
        create table public.fresh (id bigint generated always as identity primary key);
        create function public.new_one() returns integer language sql return 1;
        create function private.new_one() returns integer language sql return 1;
    """)
    rights = db.execute("""
        select r.rolname from pg_roles r
        where r.rolname in ('anon', 'authenticated', 'service_role')
          and (
            has_table_privilege(r.oid, 'public.fresh', 'select, insert, update, delete, truncate, references, trigger')
            or has_any_column_privilege(r.oid, 'public.fresh', 'select, insert, update, references')
            or has_sequence_privilege(r.oid, 'public.fresh_id_seq', 'usage, select, update')
            or has_function_privilege(r.oid, 'public.new_one()', 'execute')
            or has_function_privilege(r.oid, 'private.new_one()', 'execute')
          )
    """).fetchall()
    assert rights == []


def test_functions_of_extensions_stay_everybodys(db: Connection[Any]) -> None:
    db.execute("create function extensions.new_one() returns integer language sql return 1")
    for role in ("anon", "authenticated", "service_role"):
        allowed = db.execute("select has_function_privilege(%s, 'extensions.new_one()', 'execute')", [role])
        assert allowed.fetchone()[0]


def test_a_member_may_select_every_column_and_none_of_postgress_own(db: Connection[Any]) -> None:
    columns = """
        select c.relname::text, a.attnum > 0, has_column_privilege('authenticated', c.oid, a.attnum, 'select')
        from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not a.attisdropped
          and has_any_column_privilege('authenticated', c.oid, 'select')
    """
    found = db.execute(columns).fetchall()
    assert {table for table, _, _ in found} == set(READ_BY_MEMBERS)
    assert [row for row in found if row[1] is not row[2]] == []


def test_columns_that_a_live_site_has_of_its_own_are_in_nobodys_way(db: Connection[Any]) -> None:
    user = add_user(db)
    for table in TABLES:
        db.execute(f"alter table public.{table} add column own json".encode())
    become(db, "authenticated", user)
    opened = db.execute("select public.chat_open(%s)", [ID]).fetchone()
    assert opened is not None
    conversation = opened[0]["conversation"]["id"]
    sent = db.execute("select public.chat_send(%s, %s, '안녕')", [conversation, ID]).fetchone()
    assert sent is not None
    known = {"c": conversation, "m": sent[0]["message"]["id"]}
    calls = (
        "chat_turn(%(c)s, %(m)s)", "chat_list()", "chat_page(%(c)s)", "chat_changed(%(c)s, 0)", "chat_mark_read(%(c)s)",
        "chat_export('messages')", "chat_export('conversations')", "chat_export('reads')",
    )  # fmt: skip
    for call in calls:
        assert db.execute(f"select public.{call}".encode(), known).fetchone()
