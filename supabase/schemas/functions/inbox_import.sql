-- How an import goes, with what became of each file, row or page.

create or replace function public.inbox_import(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  import public.kb_imports;
begin
  select * into import from public.kb_imports i where i.id = p_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object('import', public.inbox_import_row(import) || jsonb_build_object('items', (
    select coalesce(jsonb_agg(
      to_jsonb(i) - array['import_id', 'created_at'] order by i.created_at, i.source
    ), '[]')
    from public.kb_import_items i where i.import_id = p_id
  )));
end
$$;

comment on function public.inbox_import(uuid, uuid) is 'For the service: {import} with its items. Raises PT403, PT404.';

revoke all on function public.inbox_import(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_import(uuid, uuid) to service_role;
