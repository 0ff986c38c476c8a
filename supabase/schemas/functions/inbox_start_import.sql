-- An admin asks for an import; a job does it.

create or replace function public.inbox_start_import(
  p_user_id uuid, p_kind text, p_source text, p_settings jsonb, p_entries jsonb default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  import public.kb_imports;
begin
  delete from public.kb_imports i where i.finished_at < now() - interval '90 days';
  insert into public.kb_imports (kind, source, settings, entries, total, created_by)
    values (p_kind, p_source, p_settings, p_entries, jsonb_array_length(p_entries), operator.id)
    returning * into import;
  perform public.jobs_add(
    'import_articles', jsonb_build_object('import_id', import.id), import.id::text, null, 'import_articles', null, 3
  );
  perform public.inbox_tell_setting(
    operator, 'import', import.id, left(p_source, 200), null,
    jsonb_build_object('kind', p_kind) || p_settings
  );
  return jsonb_build_object('import', public.inbox_import_row(import) || '{"items": []}');
end
$$;

comment on function public.inbox_start_import(uuid, text, text, jsonb, jsonb) is
  'For the service: asks for an import, of entries that were read or of pages; answers {import}. Admins only. Raises PT403.';

revoke all on function public.inbox_start_import(uuid, text, text, jsonb, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_start_import(uuid, text, text, jsonb, jsonb) to service_role;
