-- Something to be done after this transaction, if it commits.

create or replace function public.jobs_add(
  p_kind text,
  p_payload jsonb,
  p_dedupe_key text default null,
  p_conversation_id uuid default null,
  p_order_key text default null,
  p_run_at timestamptz default null,
  p_max_attempts integer default 10
) returns uuid
language sql
volatile
security invoker
set search_path = ''
as $$
  insert into public.chat_jobs (kind, payload, dedupe_key, conversation_id, order_key, run_at, max_attempts)
    values (
      p_kind, p_payload, p_dedupe_key, p_conversation_id, p_order_key, coalesce(p_run_at, now()), p_max_attempts
    )
    on conflict (kind, dedupe_key) where dedupe_key is not null do nothing
    returning id
$$;

comment on function public.jobs_add(text, jsonb, text, uuid, text, timestamptz, integer) is
  'For the service, inside other functions: asks for work of a kind; answers its id, or null where one of the same dedupe key is there already.';

revoke all on function public.jobs_add(text, jsonb, text, uuid, text, timestamptz, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.jobs_add(text, jsonb, text, uuid, text, timestamptz, integer) to service_role;
