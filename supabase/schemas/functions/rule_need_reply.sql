-- Where the flow has something to say it must have been asked: in the web chat, always.

create or replace function public.rule_need_reply(p_channel text, p_reply jsonb) returns void
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  if p_channel = 'web' and p_reply is null then
    raise exception using errcode = 'PT409', message = 'conversation_changed';
  end if;
end
$$;

comment on function public.rule_need_reply(text, jsonb) is
  'For the service, inside other functions: raises PT409 conversation_changed where the flow was not asked for its words.';

revoke all on function public.rule_need_reply(text, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.rule_need_reply(text, jsonb) to service_role;
