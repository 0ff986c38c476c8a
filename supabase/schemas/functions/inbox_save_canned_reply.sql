-- An operator makes or changes a text for everybody or for themselves. Somebody else's own is not there.

create or replace function public.inbox_save_canned_reply(
  p_user_id uuid, p_id uuid, p_values jsonb, p_if_version text default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  reply public.chat_canned_replies;
  former jsonb;
begin
  if p_id is not null then
    select * into reply from public.chat_canned_replies r
      where r.id = p_id and (r.operator_id is null or r.operator_id = operator.id)
      for update;
    if not found then
      raise exception using errcode = 'PT404', message = 'not_found';
    end if;
    former := public.inbox_canned_reply(reply);
    perform public.inbox_unless_changed(p_if_version, former);
  end if;
  reply.shortcut := coalesce(p_values ->> 'shortcut', reply.shortcut);
  reply.content := coalesce(p_values ->> 'content', reply.content);
  if p_values ? 'is_personal' then
    reply.operator_id := case when (p_values ->> 'is_personal')::boolean then operator.id end;
  end if;
  if coalesce(reply.shortcut, '') !~ '^\S{1,50}$' then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'shortcut';
  end if;
  if coalesce(reply.content, '') !~ '\S' or char_length(reply.content) > 4000 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'content';
  end if;
  if p_id is null and exists (
    select from public.chat_canned_replies r
    where r.operator_id is not distinct from reply.operator_id
      and lower(r.shortcut) = lower(reply.shortcut)
      and r.content = reply.content
  ) then
    -- Sent again.
    select * into reply from public.chat_canned_replies r
      where r.operator_id is not distinct from reply.operator_id and lower(r.shortcut) = lower(reply.shortcut);
    return jsonb_build_object('canned_reply', public.inbox_canned_reply(reply), 'created', false);
  end if;
  begin
    if p_id is null then
      insert into public.chat_canned_replies (operator_id, shortcut, content)
        values (reply.operator_id, reply.shortcut, reply.content)
        returning * into reply;
    else
      update public.chat_canned_replies r
        set operator_id = reply.operator_id, shortcut = reply.shortcut, content = reply.content
        where r.id = p_id;
    end if;
  exception when unique_violation then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'shortcut';
  end;
  -- What somebody keeps for themselves is no setting of the team's: it begins when it is shared, and ends when it is not.
  perform public.inbox_tell_setting(
    operator, 'canned_reply', reply.id, reply.shortcut,
    case when not (former ->> 'is_personal')::boolean then former end,
    case when reply.operator_id is null then public.inbox_canned_reply(reply) end
  );
  return jsonb_build_object('canned_reply', public.inbox_canned_reply(reply), 'created', p_id is null);
end
$$;

comment on function public.inbox_save_canned_reply(uuid, uuid, jsonb, text) is
  'For the service: makes (p_id null) or changes a canned reply {shortcut, content, is_personal}; answers {canned_reply, created}. With p_if_version, only from that state. Raises PT403, PT404, PT409, PT422.';

revoke all on function public.inbox_save_canned_reply(uuid, uuid, jsonb, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_canned_reply(uuid, uuid, jsonb, text) to service_role;
