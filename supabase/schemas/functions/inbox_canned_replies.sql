-- The texts that an operator has at hand: everybody's and their own.

create or replace function public.inbox_canned_replies(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return jsonb_build_object('canned_replies', (
    select coalesce(jsonb_agg(public.inbox_canned_reply(r) order by lower(r.shortcut), r.id), '[]')
    from public.chat_canned_replies r
    where r.operator_id is null or r.operator_id = operator.id
  ));
end
$$;

comment on function public.inbox_canned_replies(uuid) is
  'For the service: {canned_replies}: everybody''s and one''s own. Raises PT403.';

revoke all on function public.inbox_canned_replies(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_canned_replies(uuid) to service_role;
