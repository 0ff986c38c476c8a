-- A worker has finished an import. What came from the same source earlier and was not in it is told; nothing is deleted.

create or replace function public.kb_end_import(
  p_import_id uuid, p_roots text[], p_is_complete boolean, p_error text default null
) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  import public.kb_imports;
begin
  update public.kb_imports i
    set state = case when p_error is null then 'done' else 'failed' end,
      is_complete = p_is_complete,
      error = p_error,
      entries = null,
      finished_at = clock_timestamp()
    where i.id = p_import_id and i.state = 'running'
    returning * into import;
  if not found or p_error is not null or not p_is_complete then
    return;
  end if;
  insert into public.kb_import_items (import_id, source, outcome, article_id, title)
    select p_import_id, s.source, 'missing', a.id, a.title
    from public.kb_sources s
    join public.kb_articles a on a.id = s.article_id
    where s.kind = import.kind and s.root = any (p_roots)
    on conflict (import_id, source) do update
    -- A page that is not there any more was refused as such, and is an article still.
    set outcome = 'missing', article_id = excluded.article_id, title = excluded.title
    where kb_import_items.reason = 'not_found';
end
$$;

comment on function public.kb_end_import(uuid, text[], boolean, text) is
  'For the service: an import is done, or failed for a reason; articles of these roots that were not in it are told as missing, where all was looked at.';

revoke all on function public.kb_end_import(uuid, text[], boolean, text) from public, anon, authenticated, service_role;
grant execute on function public.kb_end_import(uuid, text[], boolean, text) to service_role;
