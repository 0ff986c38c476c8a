-- An admin is done with a question that found nothing, or wants it back.

create or replace function public.inbox_settle_miss(p_user_id uuid, p_id uuid, p_status text) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  miss public.kb_misses;
begin
  if coalesce(p_status, '') not in ('open', 'done', 'dismissed') then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'status';
  end if;
  update public.kb_misses m set status = p_status where m.id = p_id returning * into miss;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object('miss', to_jsonb(miss) - 'key');
end
$$;

comment on function public.inbox_settle_miss(uuid, uuid, text) is
  'For the service: a question that found nothing is open, done or dismissed; answers {miss}. Admins only. Raises PT403, PT404, PT422.';

revoke all on function public.inbox_settle_miss(uuid, uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_settle_miss(uuid, uuid, text) to service_role;
