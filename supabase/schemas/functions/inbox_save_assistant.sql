-- An admin says what the assistant is to do. What the values mean is checked by who sends them; here, that they have their
-- place. Every change is a version of its own.

create or replace function public.inbox_save_assistant(
  p_user_id uuid, p_values jsonb, p_if_version text default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  former public.kb_assistant;
  saved public.kb_assistant;
begin
  -- One admin at a time: the next version follows the one that was seen.
  perform pg_advisory_xact_lock(hashtextextended('munui.assistant', 0));
  select * into former from public.kb_assistant a order by a.version desc limit 1;
  perform public.inbox_unless_changed(p_if_version, public.kb_assistant_row(former));
  if former.settings || p_values = former.settings then
    return jsonb_build_object('assistant', public.kb_assistant_row(former));
  end if;
  begin
    insert into public.kb_assistant (version, settings, operator_id)
      values (former.version + 1, former.settings || p_values, operator.id)
      returning * into saved;
  exception when check_violation then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'settings';
  end;
  update public.kb_assistant_told t
    set version = saved.version,
      mode = saved.settings ->> 'mode',
      forbidden_topics = saved.settings -> 'forbidden_topics',
      handover_words = saved.settings #> '{handover,words}';
  perform public.inbox_tell_setting(
    operator, 'assistant', null, saved.version::text,
    public.kb_assistant_changes(former.settings), public.kb_assistant_changes(saved.settings)
  );
  return jsonb_build_object('assistant', public.kb_assistant_row(saved));
end
$$;

comment on function public.inbox_save_assistant(uuid, jsonb, text) is
  'For the service: changes what p_values names of the assistant''s settings; answers as inbox_assistant. With p_if_version, only from that version. Admins only. Raises PT403, PT409, PT422.';

revoke all on function public.inbox_save_assistant(uuid, jsonb, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_assistant(uuid, jsonb, text) to service_role;
