"""Legacy schemas as live sites have them: for `legacy_sample.py --shape`, rehearsals and tests.

Each begins as the baseline and is changed by its SQL. Belongs here: shapes and how they end. Does not belong here: rows.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """A live schema.

    Attributes:
        about: what is special, in a few words.
        sql: statements after the baseline's.
        names: what the preflight must name as being in the way of the first step; empty where the shape is carried.
        before_contract: what it must name as being in the way of the contract step.
        rows: whether the sample's rows fit into it.
    """

    about: str
    sql: str = ""
    names: tuple[str, ...] = ()
    before_contract: tuple[str, ...] = ()
    rows: bool = True

    @property
    def is_carried(self) -> bool:
        """Say whether the road can be walked as it is."""
        return not self.names


_CLEAR_POLICIES = """
do $$
declare p record;
begin
  for p in select policyname, tablename from pg_policies where schemaname = 'public' and tablename like 'chat\\_%' loop
    execute format('drop policy %I on public.%I', p.policyname, p.tablename);
  end loop;
end $$;
"""

CARRIED = {
    "baseline": Shape("as the TypeScript client made it"),
    "own-policies": Shape(
        "policies with names of their own, wider than ours",
        _CLEAR_POLICIES
        + """
        create policy "Users manage their conversations" on public.chat_conversations for all using (auth.uid() = user_id);
        create policy "Anyone signed in may write" on public.chat_messages for all to authenticated
          using (conversation_id in (select id from public.chat_conversations where user_id = auth.uid()))
          with check (true);
        create policy insert_own on public.chat_messages for insert to public with check (true);
        """,
    ),
    "rls-off": Shape(
        "row level security was never turned on",
        _CLEAR_POLICIES
        + """
        alter table public.chat_conversations disable row level security;
        alter table public.chat_messages disable row level security;
        """,
    ),
    "dashboard": Shape(
        "made by hand in the dashboard: nullable flags, other defaults, a key of its own",
        """
        alter table public.chat_conversations
          alter column created_at set default timezone('utc'::text, now()),
          alter column updated_at drop not null, alter column updated_at drop default,
          alter column user_id set default auth.uid();
        alter table public.chat_messages
          alter column is_read drop not null, alter column is_read drop default,
          alter column type set default 'user',
          alter column created_at set default timezone('utc'::text, now());
        alter table public.chat_messages rename constraint chat_messages_pkey to messages_pkey;
        alter table public.chat_messages rename constraint chat_messages_conversation_id_fkey to messages_to_conversations;
        """,
    ),
    "more": Shape(
        "more columns, indexes, tables that refer to it, a publication, a report, a reader, a webhook, wide checks",
        """
        alter table public.chat_conversations add column title text, add column assigned_to uuid references auth.users (id),
          add constraint chat_conversations_status_check check (status in ('active', 'open', 'closed', 'completed', 'archived'));
        alter table public.chat_messages add column metadata jsonb default '{}', add column rating smallint check (rating < 6),
          add constraint known_types check (type in ('user', 'bot', 'system', 'chips', 'form', 'agent') or type is null);
        create index chat_messages_unread on public.chat_messages (conversation_id) where not is_read;
        create index on public.chat_messages using gin (to_tsvector('simple', type));
        create table public.attachments (
          id bigint generated always as identity primary key,
          message_id uuid references public.chat_messages (id) on delete cascade, url text);
        create schema if not exists analytics;
        create view analytics.chats_by_day as
          select date_trunc('day', created_at) as day, count(*) from public.chat_conversations group by 1;
        create publication live for table public.chat_messages;
        do $$ begin if not exists (select from pg_roles where rolname = 'munui_test_analyst') then create role munui_test_analyst; end if; end $$;
        grant select on public.chat_messages to munui_test_analyst;
        create schema if not exists supabase_functions;
        create function supabase_functions.http_request() returns trigger language plpgsql as 'begin return new; end';
        create trigger tell_somebody after insert on public.chat_messages
          for each row execute function supabase_functions.http_request('https://example.com', 'POST', '{}', '{}', '1000');
        """,
    ),
    "functions": Shape(
        "functions that the old application calls",
        """
        create function public.mark_as_read(p_conversation uuid) returns void language sql security definer as
          'update public.chat_messages set is_read = true where conversation_id = p_conversation';
        """,
        before_contract=("function mark_as_read(uuid)",),
    ),
}
REFUSED = {
    "touch-trigger": Shape(
        "a trigger that sets updated_at",
        """
        create function public.touch() returns trigger language plpgsql as 'begin new.updated_at = now(); return new; end';
        create trigger set_updated_at before update on public.chat_conversations for each row execute function public.touch();
        """,
        ("trigger set_updated_at on public.chat_conversations",),
    ),
    "message-trigger": Shape(
        "a trigger on messages that sets updated_at of their conversation",
        """
        create function public.bump() returns trigger language plpgsql as
          'begin update public.chat_conversations set updated_at = now() where id = new.conversation_id; return new; end';
        create trigger bump_conversation after insert on public.chat_messages for each row execute function public.bump();
        """,
        ("trigger bump_conversation on public.chat_messages",),
    ),
    "view": Shape(
        "views on columns that go",
        """
        create view public.unread_messages as select conversation_id, count(*) from public.chat_messages where not is_read group by 1;
        create materialized view public.types as select type, count(*) from public.chat_messages group by 1;
        """,
        ("view unread_messages", "materialized view types"),
    ),
    "open-view": Shape(
        "a view that shows members everything",
        """
        create view public.last_messages as select distinct on (conversation_id) id, conversation_id, content from public.chat_messages;
        grant select on public.last_messages to authenticated;
        """,
        ("view last_messages",),
    ),
    "enum": Shape(
        "type is an enum",
        """
        create type public.message_type as enum ('user', 'bot', 'system', 'chips', 'form', 'agent');
        alter table public.chat_messages alter column type type public.message_type using type::public.message_type;
        """,
        ("column type of public.chat_messages",),
    ),
    "domain": Shape(
        "status is a domain, content a varchar",
        """
        create domain public.status_word as text check (value in ('active', 'completed', 'closed', 'open', 'archived'));
        alter table public.chat_conversations alter column status type public.status_word;
        alter table public.chat_messages alter column content type varchar(100000);
        """,
        ("column status of public.chat_conversations", "column content of public.chat_messages"),
    ),
    "naive-times": Shape(
        "times without a zone",
        "alter table public.chat_messages alter column created_at type timestamp using created_at at time zone 'UTC';",
        ("column created_at of public.chat_messages",),
    ),
    "status-check": Shape(
        "status has a CHECK of its own",
        """
        alter table public.chat_conversations add constraint known_statuses check (status in ('active', 'completed'));
        insert into public.chat_conversations (status) values ('active'), ('completed');
        """,
        ("constraint known_statuses on public.chat_conversations",),
        rows=False,
    ),
    "private-schema": Shape(
        "a schema of our name, used by the site",
        """
        create schema private;
        create table private.settings (name text primary key);
        grant usage on schema private to authenticated, service_role;
        grant select on private.settings to authenticated;
        """,
        ("schema private",),
    ),
    "own-columns": Shape(
        "columns of our names that mean something else",
        """
        alter table public.chat_messages add column user_id uuid references auth.users (id), add column role text;
        alter table public.chat_conversations add column state text;
        """,
        (
            "column user_id of public.chat_messages",
            "column role of public.chat_messages",
            "column state of public.chat_conversations",
        ),
    ),  # fmt: skip
    "own-history": Shape(
        "migrations of the site's own, by the official CLI",
        """
        create schema supabase_migrations;
        create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text);
        insert into supabase_migrations.schema_migrations values ('20240101000000', '{}', 'chat');
        """,
        ("table supabase_migrations.schema_migrations",),
    ),
    "own-tables": Shape(
        "tables, functions and indexes of our names",
        """
        create table public.chat_contacts (id bigint primary key, name text);
        create table public.chat_inquiries (id bigint primary key, body text);
        create function public.chat_open(p uuid) returns uuid language sql as 'select p';
        create index chat_messages_seq_key on public.chat_messages (created_at);
        create type public.chat_flows as enum ('a');
        """,
        (
            "table chat_contacts",
            "table chat_inquiries",
            "function chat_open(uuid)",
            "index public.chat_messages_seq_key",
            "type chat_flows",
        ),
    ),
    "references": Shape(
        "foreign keys on the columns and the rows",
        """
        create table public.profiles (id uuid primary key);
        create table public.message_types (name text primary key);
        insert into public.message_types values ('user'), ('bot'), ('system'), ('chips'), ('form'), ('agent');
        create table public.invoices (conversation_id uuid references public.chat_conversations (id));
        alter table public.chat_messages add constraint to_types foreign key (type) references public.message_types (name);
        alter table public.chat_conversations add constraint to_profiles foreign key (user_id) references public.profiles (id) not valid;
        """,
        (
            "constraint to_types on public.chat_messages",
            "constraint to_profiles on public.chat_conversations",
            "constraint invoices_conversation_id_fkey on invoices",
        ),
        rows=False,
    ),  # fmt: skip
    "generated": Shape(
        "a generated column, a publication and a policy elsewhere with columns that go",
        """
        alter table public.chat_messages add column is_bot boolean generated always as (type = 'bot') stored;
        create publication some_columns for table public.chat_messages (id, conversation_id, type);
        create table public.files (message_id uuid);
        create policy by_type on public.files for select using (
          exists (select from public.chat_messages m where m.id = message_id and m.type = 'user'));
        """,
        ("column is_bot of public.chat_messages", "publication some_columns", "policy by_type on files"),
    ),
    "unique": Shape(
        "one open conversation for each",
        """
        create unique index one_open on public.chat_conversations (user_id, id) where status = 'active';
        alter table public.chat_messages add column number integer default 1, add constraint one_number unique (conversation_id, created_at, number);
        """,
        ("index public.one_open", "constraint one_number on public.chat_messages"),
        rows=False,
    ),
    "required": Shape(
        "a column that must be given, and a time that need not",
        """
        alter table public.chat_messages add column sender text;
        with one as (insert into public.chat_conversations (status) values ('active') returning id)
        insert into public.chat_messages (conversation_id, type, content, sender) select id, 'user', 'hi', 'x' from one;
        alter table public.chat_messages alter column sender set not null, alter column created_at drop not null;
        """,
        ("column sender of public.chat_messages", "column created_at of public.chat_messages"),
        rows=False,
    ),
    "rules-and-kin": Shape(
        "a rule, a child table, forced row level security, a column of rows",
        """
        create rule no_delete as on delete to public.chat_messages do instead nothing;
        create table public.old_conversations () inherits (public.chat_conversations);
        alter table public.chat_messages force row level security;
        create table public.audit (row public.chat_messages);
        """,
        (
            "rule no_delete on public.chat_messages",
            "table public.chat_conversations",
            "table public.chat_messages",
            "column row of audit",
        ),
    ),
    "unlogged": Shape(
        "tables that a crash empties",
        "alter table public.chat_messages set unlogged;",
        ("table public.chat_messages",),
    ),
    "partitioned": Shape(
        "messages in partitions",
        """
        drop table public.chat_messages;
        create table public.chat_messages (
          id uuid not null default gen_random_uuid(), conversation_id uuid not null references public.chat_conversations (id) on delete cascade,
          type text, content text not null, is_read boolean not null default false, created_at timestamptz not null default now(),
          primary key (id, created_at)) partition by range (created_at);
        create table public.chat_messages_all partition of public.chat_messages default;
        """,
        ("table public.chat_messages", "constraint chat_messages_pkey on public.chat_messages"),
    ),
    "bigint": Shape(
        "keys that are numbers",
        """
        drop table public.chat_messages;
        create table public.chat_messages (
          id bigint generated always as identity primary key,
          conversation_id uuid not null references public.chat_conversations (id) on delete cascade,
          type text, content text not null, is_read boolean not null default false, created_at timestamptz not null default now());
        """,
        ("column id of public.chat_messages",),
        rows=False,
    ),
    "watched-catalogue": Shape(
        "an event trigger of the site's",
        """
        create function public.watch() returns event_trigger language plpgsql as 'begin raise notice ''%'', tg_tag; end';
        create event trigger watch_ddl on ddl_command_end execute function public.watch();
        """,
        ("event trigger watch_ddl",),
    ),
}
SHAPES = CARRIED | REFUSED
