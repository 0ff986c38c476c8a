-- An import goes on: some of its entries are taken over, and some places are told to be of no use. All or none of them.

create or replace function public.kb_import(
  p_import_id uuid, p_entries jsonb default '[]', p_refused jsonb default '[]', p_total integer default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  import public.kb_imports;
  entry jsonb;
  became jsonb;
begin
  -- As every writer of articles does.
  perform pg_advisory_xact_lock(hashtextextended('munui.articles', 0));
  select * into import from public.kb_imports i where i.id = p_import_id for no key update;
  -- Somebody has cancelled it, or another worker has finished it.
  if not found or import.state <> 'running' then
    return jsonb_build_object('is_wanted', false);
  end if;
  for entry in select * from jsonb_array_elements(p_entries) loop
    became := public.kb_import_one(import, entry, coalesce((import.settings ->> 'restore_deleted')::boolean, false));
    insert into public.kb_import_items as i (import_id, source, outcome, article_id, title)
      values (
        p_import_id, entry ->> 'source', became ->> 'outcome', (became ->> 'article_id')::uuid, became ->> 'title'
      )
      -- A worker that was lost had done it already: what it did is what is told.
      on conflict (import_id, source) do update
      set outcome = case when excluded.outcome = 'unchanged' and i.outcome <> 'refused' then i.outcome else excluded.outcome end,
        article_id = excluded.article_id,
        title = excluded.title,
        reason = null;
  end loop;
  insert into public.kb_import_items as i (import_id, source, outcome, reason)
    select distinct on (one ->> 'source') p_import_id, one ->> 'source', 'refused', one ->> 'reason'
    from jsonb_array_elements(p_refused) one
    on conflict (import_id, source) do nothing;
  update public.kb_imports i set total = coalesce(p_total, i.total) where i.id = p_import_id;
  return jsonb_build_object('is_wanted', true);
end
$$;

comment on function public.kb_import(uuid, jsonb, jsonb, integer) is
  'For the service: takes over entries of a running import and keeps what was refused [{source, reason}]; answers {is_wanted}: false where it is not running any more, and then nothing was done. Raises PT422.';

revoke all on function public.kb_import(uuid, jsonb, jsonb, integer) from public, anon, authenticated, service_role;
grant execute on function public.kb_import(uuid, jsonb, jsonb, integer) to service_role;
