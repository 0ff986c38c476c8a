-- A worker begins an import, or begins it once more where another was lost in it.

create or replace function public.kb_begin_import(p_import_id uuid) returns jsonb
language sql
volatile
security invoker
set search_path = ''
as $$
  update public.kb_imports i set state = 'running'
    where i.id = p_import_id and i.state in ('waiting', 'running')
    returning jsonb_build_object(
      'id', i.id, 'kind', i.kind, 'source', i.source, 'settings', i.settings, 'entries', i.entries
    )
$$;

comment on function public.kb_begin_import(uuid) is
  'For the service: an import is running; answers {id, kind, source, settings, entries}, or null where nobody wants it any more.';

revoke all on function public.kb_begin_import(uuid) from public, anon, authenticated, service_role;
grant execute on function public.kb_begin_import(uuid) to service_role;
