"""A stack whose database holds a table made for these tests, so that they stand without the product's schema."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.local import LocalStack
from scripts.local.gateway import PASSWORD_COST
from tests.stack import temporary_stack

SCHEMA = """
create table public.notes (
   id uuid primary key default gen_random_uuid(),
   user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
   content text not null check (length(content) < 100),
   payload jsonb,
   seq bigint not null default 0,
   created_at timestamptz not null default now(),
   unique (user_id, content)
);
create table public.tags (
   id bigint generated always as identity primary key,
   note_id uuid not null references public.notes (id) on delete cascade,
   name text not null
);
alter table public.notes enable row level security;
alter table public.tags enable row level security;
revoke all on public.notes, public.tags from anon, authenticated;
grant select on public.notes, public.tags to authenticated;
grant insert (content, payload) on public.notes to authenticated;
grant update (content, payload) on public.notes to authenticated;
create policy own on public.notes to authenticated
   using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy own on public.tags to authenticated using (note_id in (select id from public.notes));

create function public.echo(value jsonb) returns jsonb language sql stable as
   'select jsonb_build_object(''kind'', jsonb_typeof(value), ''value'', value)';
create function public.whoami() returns jsonb language sql stable as
   'select jsonb_build_object(''uid'', auth.uid(), ''role'', auth.role(), ''email'', auth.jwt() ->> ''email'', ''user'',
      current_user)';
create function public.fail(code text, content text) returns void language plpgsql as $$
begin
   raise exception 'failed on purpose' using errcode = code, detail = 'row with ' || content, hint = 'a hint';
end
$$;
create function public.slow(seconds float) returns void language sql as 'select pg_sleep(seconds)';
"""


@pytest.fixture(scope="package")
def notes_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrations")
    (folder / "20260101000000_notes.sql").write_text(SCHEMA, encoding="utf-8")
    return folder


@pytest.fixture(scope="package")
def local(notes_folder: Path) -> Iterator[LocalStack]:
    with temporary_stack("local", migrations=notes_folder, password_cost=PASSWORD_COST) as running:
        yield running
