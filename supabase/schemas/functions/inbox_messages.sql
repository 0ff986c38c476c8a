-- A page of anybody's conversation, as its customer gets it.

create or replace function public.inbox_messages(
  p_user_id uuid,
  p_id uuid,
  p_limit integer default 50,
  p_before bigint default null,
  p_after bigint default null,
  p_after_rev bigint default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  owner uuid;
begin
  select c.user_id into owner from public.chat_conversations c where c.id = p_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;

  return jsonb_build_object('conversation', public.inbox_row(p_id))
    || public.inbox_page(owner, p_id, p_limit, p_before, p_after, p_after_rev);
end
$$;

comment on function public.inbox_messages(uuid, uuid, integer, bigint, bigint, bigint) is
  'For the service: {conversation, messages} of any conversation, with has_earlier and has_later, or with has_more where it was asked for what changed after a rev. Raises PT403, PT404.';

revoke all on function public.inbox_messages(uuid, uuid, integer, bigint, bigint, bigint)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_messages(uuid, uuid, integer, bigint, bigint, bigint) to service_role;
