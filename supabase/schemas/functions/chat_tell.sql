-- What happened, where no operator and no rule did it and nothing was said: those are told by inbox_tell and tell_message.

create or replace function public.chat_tell(
  p_conversation_id uuid,
  p_type text,
  p_data jsonb default '{}',
  p_contact_id uuid default null,
  p_actor jsonb default null
) returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name, data)
    select
      p_conversation_id, p_type,
      coalesce(p_actor ->> 'kind', case when o.is_guest then 'guest' when o.id is not null then 'member' else 'system' end),
      coalesce((p_actor ->> 'id')::uuid, o.id), coalesce(p_actor ->> 'name', o.name), p_data
    from (select) one
    left join public.chat_contacts o on o.id = p_contact_id and p_actor is null
$$;

comment on function public.chat_tell(uuid, text, jsonb, uuid, jsonb) is
  'For the service, inside other functions: writes the activity of a contact, of p_actor {kind, id, name}, or of nobody in particular.';

revoke all on function public.chat_tell(uuid, text, jsonb, uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.chat_tell(uuid, text, jsonb, uuid, jsonb) to service_role;
