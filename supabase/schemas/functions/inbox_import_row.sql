-- An import as operators see it. One whose job was given up has failed, though nobody was left to say so.

create or replace function public.inbox_import_row(p_import public.kb_imports) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  is_lost constant boolean := p_import.state in ('waiting', 'running') and p_import.kind <> 'shipped' and not exists (
    select from public.chat_jobs j
    where j.kind = 'import_articles' and j.dedupe_key = p_import.id::text and j.state <> 'dead'
  );
begin
  return jsonb_build_object(
    'id', p_import.id,
    'kind', p_import.kind,
    'source', p_import.source,
    'state', case when is_lost then 'failed' else p_import.state end,
    'error', case when is_lost then 'lost' else p_import.error end,
    'total', p_import.total,
    'is_complete', p_import.is_complete,
    'done', (
      select count(*) from public.kb_import_items i where i.import_id = p_import.id and i.outcome <> 'missing'
    ),
    'counts', (
      select jsonb_object_agg(o, (
        select count(*) from public.kb_import_items i where i.import_id = p_import.id and i.outcome = o
      ))
      from unnest(array['added', 'changed', 'unchanged', 'kept', 'removed', 'missing', 'refused']) o
    ),
    'created_at', p_import.created_at,
    'finished_at', p_import.finished_at,
    'created_by', (select public.inbox_person(o) from public.chat_operators o where o.id = p_import.created_by)
  );
end
$$;

comment on function public.inbox_import_row(public.kb_imports) is
  'For the service, inside other functions: an import with its counts, without its items.';

revoke all on function public.inbox_import_row(public.kb_imports) from public, anon, authenticated, service_role;
grant execute on function public.inbox_import_row(public.kb_imports) to service_role;
