-- The member's half of a new conversation.

create or replace function public.chat_open(
  p_client_conversation_id uuid,
  p_known_flows text[] default '{}'
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  conversation_id uuid;
  is_new boolean := false;
begin
  select c.id into conversation_id
    from public.chat_conversations c
    where c.user_id = (select auth.uid()) and c.client_conversation_id = p_client_conversation_id;
  if not found then
    begin
      insert into public.chat_conversations (client_conversation_id)
        values (p_client_conversation_id)
        returning id into conversation_id;
      is_new := true;
    exception
      when unique_violation then
        select c.id into strict conversation_id
          from public.chat_conversations c
          where c.user_id = (select auth.uid()) and c.client_conversation_id = p_client_conversation_id;
      when foreign_key_violation then
        -- A token outlives its account by up to an hour.
        raise exception using errcode = 'PT401', message = 'unauthenticated';
    end;
  end if;
  return public.chat_turn(conversation_id, null, p_known_flows) || jsonb_build_object('created', is_new);
end
$$;

comment on function public.chat_open(uuid, text[]) is
  'Makes the caller''s conversation of this client id, or finds it; answers with chat_turn and created.';

revoke all on function public.chat_open(uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.chat_open(uuid, text[]) to authenticated;
