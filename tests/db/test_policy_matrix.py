"""Every table and view x command x persona x row, over SQL and over PostgREST: the outcome is the one that is declared.

The rows of the matrix come from the catalogue: what is new there and has no line in `matrix.py` fails here.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import psycopg
import pytest
from psycopg import Connection
from psycopg.types.json import Jsonb

from scripts.local import LocalStack
from tests.db.chats import add_conversation, add_form, add_message, add_row, new_id
from tests.db.matrix.columns import ANSWERS, READABLE, keys_of
from tests.db.matrix.functions import EXECUTE, PURE
from tests.db.matrix.tables import COMMANDS, PERSONAS, POLICIES, RIGHTS, ROWS, WRITABLE
from tests.db.matrix.trying import Worlds, is_refused, mismatches, over_rest, over_sql, relations
from tests.db.matrix.world import World, build
from tests.stack import Member, add_user, become, become_superuser, connect, rest, sign_in_anonymously
from tests.summary import Tried

ROLES = ("anon", "authenticated", "service_role")
_POLICIES = """
    select tablename::text, policyname::text, cmd, r::text from pg_policies, unnest(roles) r
    where schemaname in ('public', 'private')
"""
_FUNCTIONS = """
    select case nspname when 'public' then '' else nspname || '.' end || proname, p.oid,
      coalesce(proargnames[1:pronargs], '{}'), array(select format_type(t, null) from unnest(proargtypes) t), prorettype = 'trigger'::regtype
    from pg_proc p join pg_namespace n on n.oid = pronamespace where nspname in ('public', 'private') order by 1
"""  # noqa: E501 - a query
_COLUMNS = """
    select c.relname::text, lower(privilege), a.attname::text
    from pg_class c join pg_attribute a on a.attrelid = c.oid, unnest(array['SELECT', 'INSERT', 'UPDATE']) privilege
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and a.attnum > 0
      and not a.attisdropped and has_column_privilege(%s, c.oid, a.attnum, privilege)
"""


@pytest.fixture(scope="module")
def held(stack: LocalStack) -> Iterator[tuple[Connection[Any], World]]:
    """A superuser's transaction that holds a world and is rolled back in the end."""
    with connect(stack) as db:
        yield db, build(db, add_user(db), add_user(db))
        db.rollback()


@pytest.fixture(scope="module")
def stranger(stack: LocalStack) -> Member:
    """The other one, who is a guest with a session."""
    return sign_in_anonymously(stack)


@pytest.fixture(scope="module")
def clients(stack: LocalStack, member: Member, stranger: Member) -> Iterator[dict[str, httpx.Client]]:
    """PostgREST for each persona."""
    with (
        rest(stack) as anon,
        rest(stack, member.access_token) as owner,
        rest(stack, stranger.access_token) as other,
        rest(stack, secret=True) as service,
    ):
        yield {"anon": anon, "owner": owner, "other": other, "service_role": service}


def whole_again(db: Connection[Any], world: World) -> Worlds:
    """The same world before each cell: what the last one did is undone."""
    db.execute("savepoint cell")
    whole = world.digest(db)
    while True:
        yield world, whole
        db.execute("rollback to savepoint cell")


def made_anew(db: Connection[Any], owner: str, other: str) -> Worlds:
    """A world before each cell; another one where the last cell wrote into it."""
    while True:
        world = build(db, owner, other)
        whole = world.digest(db)
        while not (yield world, whole):
            pass


def cells_of(db: Connection[Any], command: str, persona: str) -> list[tuple[str, str, str]]:
    return [(relation, command, persona) for relation in relations(db)]


def wrong_over_sql(
    db: Connection[Any], world: World, *, personas: Any = PERSONAS, commands: Any = COMMANDS, among: str | None = None
) -> list[str]:
    cells = [cell for who, what in itertools.product(personas, commands) for cell in cells_of(db, what, who)]
    known = [cell for cell in cells if cell[0] in RIGHTS and (among is None or cell[0] in among)]
    wrong = mismatches(db, over_sql(db), whole_again(db, world), known, is_undone=is_refused)
    db.execute("rollback to savepoint cell")
    return wrong


def undeclared(db: Connection[Any]) -> list[str]:
    """What the catalogue holds otherwise than the declaration."""
    functions = db.execute(_FUNCTIONS).fetchall()
    executable = {
        (name, role)
        for name, oid, *_ in functions
        for role in ROLES
        if db.execute("select has_function_privilege(%s, %s::oid, 'execute')", [role, oid]).fetchone()[0]
    }
    pairs = [
        ("relation", set(relations(db)), set(RIGHTS)),
        ("policy", set(db.execute(_POLICIES).fetchall()), POLICIES),
        ("function", {row[0] for row in functions}, set(EXECUTE)),
        ("execute", executable, {(name, role) for name, roles in EXECUTE.items() for role in roles}),
        (
            "column of a member",
            set(db.execute(_COLUMNS, ["authenticated"]).fetchall()),
            {(*which, column) for which, columns in (READABLE | WRITABLE).items() for column in columns},
        ),
        ("column of anon", set(db.execute(_COLUMNS, ["anon"]).fetchall()), set()),
    ]
    return [f"{kind}: {one}" for kind, found, wanted in pairs for one in sorted(map(str, found ^ wanted))]


def test_the_catalogue_holds_what_is_declared_and_nothing_else(held: tuple[Connection[Any], World]) -> None:
    assert undeclared(held[0]) == []


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("persona", PERSONAS)
def test_over_sql(held: tuple[Connection[Any], World], tried: Tried, persona: str, command: str) -> None:
    tried("policy matrix: cells over SQL", len(relations(held[0])) * len(ROWS))
    assert wrong_over_sql(*held, personas=[persona], commands=[command]) == []


@pytest.fixture
def same_team(root: Connection[Any]) -> Iterator[None]:
    """The team's one row is everybody's, and so is the assistant's: they are put back."""
    before = root.execute("select expected_reply_seconds from public.chat_team").fetchone()
    told = root.execute("select version from public.kb_assistant_told").fetchone()
    yield
    root.execute("update public.chat_team set expected_reply_seconds = %s", before)
    root.execute("update public.kb_assistant_told set version = %s", told)


@pytest.mark.usefixtures("same_team")
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("persona", PERSONAS)
def test_over_postgrest(
    root: Connection[Any],
    member: Member,
    stranger: Member,
    clients: dict[str, httpx.Client],
    tried: Tried,
    persona: str,
    command: str,
) -> None:
    tried("policy matrix: cells over PostgREST", len(relations(root)) * len(ROWS))
    worlds = made_anew(root, member.id, stranger.id)
    assert mismatches(root, over_rest(clients), worlds, cells_of(root, command, persona)) == []


def arguments(names: list[str], types: list[str]) -> dict[str, str]:
    return dict(zip(names, types, strict=True))


def test_functions_over_sql(held: tuple[Connection[Any], World], tried: Tried) -> None:
    db, world = held
    wrong = []
    for name, _, _, types, is_trigger in db.execute(_FUNCTIONS).fetchall():
        tried("policy matrix: functions × roles", len(ROLES))
        call = f"select {name}({', '.join(f'null::{kind}' for kind in types)})"
        for role in ROLES:
            db.execute("savepoint cell")
            become(db, role, world.owner.user if role == "authenticated" else None)
            found = "ok"
            try:
                db.execute(call)
            except psycopg.Error as error:
                found = error.sqlstate or "?"
            db.execute("rollback to savepoint cell")
            become_superuser(db)
            if (found == "42501") is (role in EXECUTE[name]) and not is_trigger:
                wrong.append(f"{role} {name}: {found}")
            if is_trigger and found not in {"42501", "0A000"}:
                wrong.append(f"{role} {name}: {found}")
    assert wrong == []


@pytest.mark.parametrize("persona", PERSONAS)
def test_functions_over_postgrest(
    root: Connection[Any],
    clients: dict[str, httpx.Client],
    member: Member,
    stranger: Member,
    tried: Tried,
    persona: str,
) -> None:
    world = build(root, member.id, stranger.id)
    before = world.digest(root)
    wrong = []
    for name, _, names, _, _ in root.execute(_FUNCTIONS).fetchall():
        tried("policy matrix: functions × roles", 1)
        answer = clients[persona].post(f"/rpc/{name.removeprefix('private.')}", json=dict.fromkeys(names))
        code = "ok" if answer.is_success else answer.json()["code"]
        is_refused = code in {"42501", "PGRST202"} and answer.status_code in {401, 403, 404}
        if is_refused is (PERSONAS[persona] in EXECUTE[name]) or answer.status_code >= 500:
            wrong.append(f"{name}: {answer.status_code} {code}")
    assert wrong == []
    assert world.digest(root) == before


@pytest.fixture(scope="module")
def answers(held: tuple[Connection[Any], World]) -> Callable[[str], Any]:
    """A function that asks for an answer as a member who has something everywhere."""
    db, world = held
    user = world.owner.user
    db.execute("savepoint answers")
    add_row(db, "chat_flows", {"version": "answers", "definition": {"steps": {}}})
    own = add_conversation(db, user, flow_version="answers", state={"step": "ask"})
    asked, late = (add_form(db, user, own) for _ in range(2))
    said = {"role": "user", "event": {"type": "form", "values": {"title": "제목"}}}
    add_message(db, user, own, **said, in_reply_to=late)
    for _ in range(50):
        add_message(db, user, own, role="user")
    sent = add_message(db, user, own, **said, in_reply_to=asked)
    add_message(db, user, own, turn_id=sent["id"])
    # What was said at a handover.
    add_message(db, user, own, turn_id=late)
    db.execute("update public.chat_conversations set change_turn_id = %s where id = %s", [late, own])
    db.execute(
        "update public.chat_messages set answer = '{}', answered_at = now() where conversation_id = %s and id = %s",
        [own, asked],
    )
    client_id = db.execute(
        "select client_conversation_id from public.chat_conversations where id = %s", [own]
    ).fetchone()
    calls = {
        "chat_turn": ("chat_turn(%s, %s)", [own, sent["id"]]),
        "chat_open": ("chat_open(%s)", client_id),
        "chat_send": (
            "chat_send(%s, %s, p_event => %s, p_in_reply_to => %s)",
            [own, sent["client_message_id"], Jsonb(said["event"]), asked],
        ),
        "chat_preview": ("chat_preview(%s, %s, %s)", [own, new_id(), asked]),
        "chat_list": ("chat_list()", []),
        "chat_page": ("chat_page(%s)", [own]),
        "chat_changed": ("chat_changed(%s, 0)", [own]),
        "chat_mark_read": ("chat_mark_read(%s)", [own]),
        "kb_assistant_told": ("kb_assistant_told()", []),
        "kb_look_up": ("kb_look_up(%s, 'ko')", [Jsonb([{"id": sent["id"], "content": "무엇인가요?"}])]),
        "kb_find": ("kb_find('matrixword', 'ko')", []),
        "kb_found": ("kb_found((select id from public.kb_chunks limit 1), 1, 1, true)", []),
        **{
            f"chat_export of {part}": ("chat_export(%s)", [part])
            for part in ("conversations", "messages", "reads", "inquiries")
        },
    }

    def ask(name: str) -> Any:
        call, values = calls[name]
        become(db, "authenticated", user)
        try:
            return db.execute(f"select public.{call}", values).fetchone()[0]
        finally:
            become_superuser(db)

    yield ask
    db.execute("rollback to savepoint answers")


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_holds_the_columns_that_are_declared(answers: Callable[[str], Any], tried: Tried, name: str) -> None:
    found = keys_of(answers(name))
    wanted = ANSWERS[name]
    tried("policy matrix: columns of answers", sum(map(len, found.values())))
    assert found == wanted


def test_every_function_for_members_answers_with_declared_columns() -> None:
    of_members = {name for name, roles in EXECUTE.items() if "authenticated" in roles}
    # These look at what they are given, and at no row; kb_ranked tells rows of numbers, kb_knowing what kb_look_up
    # does.
    untold = {"bigrams", "kb_codes", "kb_knowing", "kb_language", "kb_ranked", *PURE}
    assert {name.split()[0] for name in ANSWERS} == of_members - untold


def test_a_column_more_would_be_noticed(
    answers: Callable[[str], Any], breakable: Callable[[str], tuple[Connection[Any], World]]
) -> None:
    breakable("""
        create or replace function public.chat_preview(
          p_conversation_id uuid, p_client_message_id uuid, p_in_reply_to uuid, p_known_flows text[] default null
        ) returns jsonb language sql as
          $$ select jsonb_build_object('asked', to_jsonb(m)) from public.chat_messages m where m.id = $3 $$
    """)
    assert keys_of(answers("chat_preview")) != ANSWERS["chat_preview"]


BREAKS = {
    "a policy that lets everybody read": "alter policy select_own on public.chat_messages using (true)",
    "a policy that lets everybody move markers": """
        alter policy update_own on public.chat_conversation_reads using (true);
        alter policy select_own on public.chat_conversation_reads using (true)
    """,
    "a table without row level security": "alter table public.chat_conversations disable row level security",
    "a right for anon": """
        grant select on public.chat_flows to anon;
        create policy anybody on public.chat_flows for select to anon using (true)
    """,
    "a right to delete": """
        grant delete on public.chat_messages to authenticated;
        create policy delete_own on public.chat_messages for delete to authenticated using (user_id = auth.uid())
    """,
    "an owner that a member may name": """
        grant insert (user_id) on public.chat_conversations to authenticated;
        alter policy insert_own on public.chat_conversations with check (true)
    """,
    "a view with its owner's rights": "alter view public.chat_conversation_summaries set (security_invoker = false)",
    "a message without its trigger": "alter table public.chat_messages disable trigger user",
    "a service that may rewrite flows": "grant update on public.chat_flows to service_role",
    "a service that may rewrite what happened": "grant update on public.chat_activities to service_role",
    "notes for members": """
        grant select on public.chat_notes to authenticated;
        create policy anybody on public.chat_notes for select to authenticated using (true)
    """,
}
NOT_DECLARED = {
    "a new table": "create table public.diaries (id bigint primary key)",
    "a new view": "create view public.all_messages as select * from public.chat_messages",
    "a new policy": "create policy more on public.chat_flows for select to authenticated using (false)",
    "a new function": "create function public.peek() returns int language sql return 1",
    "a function for everybody": "grant execute on function public.chat_list(integer, timestamptz, uuid) to anon",
    "a function of the service for members": "grant execute on all functions in schema public to authenticated",
    "a column to write": "grant update (answer) on public.chat_messages to authenticated",
}


@pytest.fixture
def breakable(held: tuple[Connection[Any], World]) -> Iterator[Callable[[str], tuple[Connection[Any], World]]]:
    """A function that breaks the schema; it is whole again after the test."""
    db, world = held
    db.execute("savepoint whole")

    def break_it(statements: str) -> tuple[Connection[Any], World]:
        # Not while somebody reads: a lock that is not to be had at once shall not stop others.
        db.execute("set local lock_timeout = '5s'")
        db.execute(statements)
        return db, world

    yield break_it
    db.execute("rollback to savepoint whole")


@pytest.mark.tried("policy matrix: broken rules that it noticed")
@pytest.mark.parametrize("what", BREAKS)
def test_the_matrix_would_notice(breakable: Callable[[str], tuple[Connection[Any], World]], what: str) -> None:
    # Of the relations that it breaks: that the others stay as they are is not asked.
    assert wrong_over_sql(*breakable(BREAKS[what]), among=BREAKS[what]) != []


@pytest.mark.tried("policy matrix: broken rules that it noticed")
@pytest.mark.parametrize("what", NOT_DECLARED)
def test_the_declaration_would_notice(breakable: Callable[[str], tuple[Connection[Any], World]], what: str) -> None:
    db, _ = breakable(NOT_DECLARED[what])
    assert undeclared(db) != []
