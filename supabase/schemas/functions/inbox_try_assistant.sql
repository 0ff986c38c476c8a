-- An admin asks the assistant something, as a guest or a member would, by its settings or by others that they think of. What
-- is found is answered at once; where a model is to be asked, a worker does. Nothing of it is in any conversation.

create or replace function public.inbox_try_assistant(
  p_user_id uuid,
  p_question text,
  p_locale text,
  p_audience text,
  p_values jsonb default '{}',
  p_has_model boolean default false
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  wanted jsonb := public.kb_assistant_now() || coalesce(p_values, '{}');
  spoken text := public.kb_language(p_question, p_locale);
  -- As many as a model is given.
  most constant integer := 6;
  began timestamptz := clock_timestamp();
  found_rows jsonb := '[]';
  milliseconds double precision;
  try_id uuid;
begin
  if wanted ->> 'mode' <> 'off' then
    found_rows := public.kb_find(p_question, spoken, p_audience, most);
  end if;
  milliseconds := round(extract(epoch from clock_timestamp() - began) * 1000, 1);
  if wanted ->> 'mode' = 'generative' and p_has_model then
    -- Nobody comes back for yesterday's.
    delete from public.kb_tries t where t.created_at < now() - interval '1 day';
    insert into public.kb_tries (operator_id, question, locale, audience, settings, found, found_milliseconds)
      values (operator.id, p_question, spoken, p_audience, wanted, found_rows, milliseconds)
      returning id into try_id;
    perform public.jobs_add('assistant_try', jsonb_build_object('try_id', try_id), try_id::text, p_max_attempts => 2);
  end if;
  return jsonb_build_object(
    'id', try_id, 'locale', spoken, 'settings', wanted, 'found', found_rows, 'found_milliseconds', milliseconds
  );
end
$$;

comment on function public.inbox_try_assistant(uuid, text, text, text, jsonb, boolean) is
  'For the service: {id, locale, settings, found, found_milliseconds} for a question of an audience, all or members; with p_values as if they were saved. id names what a worker asks a model, null where none is asked. Admins only. Raises PT403.';

revoke all on function public.inbox_try_assistant(uuid, text, text, text, jsonb, boolean)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_try_assistant(uuid, text, text, text, jsonb, boolean) to service_role;
