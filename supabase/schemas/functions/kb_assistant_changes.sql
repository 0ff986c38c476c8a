-- The assistant's settings as the audit tells of them, each by itself. What is long is told by its beginning and a digest:
-- the whole of it stands in the versions.

create or replace function public.kb_assistant_changes(p_settings jsonb) returns jsonb
language sql
immutable
security invoker
set search_path = ''
as $$
  select jsonb_object_agg(s.name, case
    when octet_length(s.value::text) <= 400 then s.value
    else to_jsonb(left(s.value #>> '{}', 60) || '… #' || left(md5(s.value::text), 8))
  end)
  from jsonb_each(
    (p_settings - array['greeting', 'handover', 'budgets', 'version']) || jsonb_build_object(
      'greeting_ko', p_settings #> '{greeting,ko}',
      'greeting_en', p_settings #> '{greeting,en}',
      'handover_when', p_settings #> '{handover,when}',
      'handover_ko', p_settings #> '{handover,words,ko}',
      'handover_en', p_settings #> '{handover,words,en}',
      'member_day', p_settings #> '{budgets,member_day}',
      'project_month', p_settings #> '{budgets,project_month}'
    )
  ) s (name, value)
$$;

comment on function public.kb_assistant_changes(jsonb) is
  'For the service, inside other functions: the assistant''s settings as their changes are told of.';

revoke all on function public.kb_assistant_changes(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.kb_assistant_changes(jsonb) to service_role;
