-- Trying the assistant, and what was answered.

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

-- A try that a worker has, or has done. Admins only. One that no worker came for is over.

create or replace function public.inbox_assistant_try(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  tried public.kb_tries;
begin
  select * into tried from public.kb_tries t where t.id = p_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object('try', to_jsonb(tried) - array['operator_id', 'settings'] || jsonb_build_object(
    'status', case
      when tried.settled_at is not null then 'done'
      when tried.created_at < now() - interval '5 minutes' then 'failed'
      else 'pending'
    end
  ));
end
$$;

comment on function public.inbox_assistant_try(uuid, uuid) is
  'For the service: {try: {id, question, locale, audience, found, found_milliseconds, result, status: pending, done or failed, created_at, settled_at}}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_assistant_try(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_assistant_try(uuid, uuid) to service_role;

-- What a worker is to ask a model for an admin; null where that is done already, or nobody wants it any more.

create or replace function public.kb_try(p_id uuid) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select to_jsonb(t) from public.kb_tries t where t.id = p_id and t.settled_at is null
$$;

comment on function public.kb_try(uuid) is 'For the service: a row of kb_tries that is not settled, or null.';

revoke all on function public.kb_try(uuid) from public, anon, authenticated, service_role;
grant execute on function public.kb_try(uuid) to service_role;

-- What came of a try is kept for who asked. Once.

create or replace function public.kb_settle_try(p_id uuid, p_result jsonb) returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  update public.kb_tries t set result = p_result, settled_at = clock_timestamp() where t.id = p_id and t.settled_at is null
$$;

comment on function public.kb_settle_try(uuid, jsonb) is 'For the service: keeps what came of a try, once.';

revoke all on function public.kb_settle_try(uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.kb_settle_try(uuid, jsonb) to service_role;
