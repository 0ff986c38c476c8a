-- A guest who signed in keeps the chat. The service has replayed the guest's events; here the result is written.

create or replace function public.chat_import(
  p_user_id uuid,
  p_flow_version text,
  p_flow jsonb,
  p_conversations jsonb,
  p_request_id uuid default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  wanted jsonb;
  message jsonb;
  inquiry jsonb;
  wanted_id uuid;
  imported uuid[] := '{}';
begin
  insert into public.chat_flows (version, definition) values (p_flow_version, p_flow) on conflict do nothing;

  for wanted in select w.value from jsonb_array_elements(p_conversations) with ordinality w (value, place) order by w.place
  loop
    begin
      insert into public.chat_conversations (id, user_id, client_conversation_id, flow_version, state, state_version)
        values (
          (wanted ->> 'id')::uuid,
          p_user_id,
          (wanted ->> 'client_conversation_id')::uuid,
          p_flow_version,
          wanted -> 'state',
          1
        )
        on conflict (user_id, client_conversation_id) do nothing
        returning id into wanted_id;
    exception when foreign_key_violation then
      raise exception using errcode = 'PT401', message = 'unauthenticated';
    end;

    if wanted_id is null then
      select c.id into strict wanted_id from public.chat_conversations c
        where c.user_id = p_user_id and c.client_conversation_id = (wanted ->> 'client_conversation_id')::uuid;
    else
      for message in
        select m.value from jsonb_array_elements(wanted -> 'messages') with ordinality m (value, place) order by m.place
      loop
        insert into public.chat_messages (
          id, conversation_id, user_id, role, kind, content, payload, client_message_id, request_id,
          turn_id, step_id, event, in_reply_to, answer, answered_at
        ) values (
          (message ->> 'id')::uuid,
          wanted_id,
          p_user_id,
          message ->> 'role',
          message ->> 'kind',
          message ->> 'content',
          nullif(message -> 'payload', 'null'),
          (message ->> 'client_message_id')::uuid,
          p_request_id,
          (message ->> 'turn_id')::uuid,
          message ->> 'step_id',
          nullif(message -> 'event', 'null'),
          (message ->> 'in_reply_to')::uuid,
          nullif(message -> 'answer', 'null'),
          case when message -> 'answer' <> 'null' then clock_timestamp() end
        );
      end loop;

      for inquiry in select i.value from jsonb_array_elements(wanted -> 'inquiries') i (value) loop
        -- The guest sent this form already: it becomes the member's, and an operator sees it once.
        update public.chat_inquiries i
          set user_id = p_user_id,
            conversation_id = wanted_id,
            message_id = (inquiry ->> 'message_id')::uuid
          where i.user_id is null
            and i.client_inquiry_id = (inquiry ->> 'client_inquiry_id')::uuid
            and i.values = inquiry -> 'values';
        if not found then
          insert into public.chat_inquiries (
            client_inquiry_id, user_id, conversation_id, message_id, flow_version, step_id, values, locale, request_id
          ) values (
            (inquiry ->> 'client_inquiry_id')::uuid,
            p_user_id,
            wanted_id,
            (inquiry ->> 'message_id')::uuid,
            p_flow_version,
            inquiry ->> 'step_id',
            inquiry -> 'values',
            inquiry ->> 'locale',
            p_request_id
          ) on conflict on constraint chat_inquiries_client_key do nothing;
        end if;
      end loop;

      update public.chat_conversations c
        set handled_seq = c.last_seq, status = wanted ->> 'status'
        where c.id = wanted_id;
    end if;
    imported := imported || wanted_id;
    wanted_id := null;
  end loop;

  return (
    select coalesce(jsonb_agg(to_jsonb(s) order by i.place), '[]')
    from unnest(imported) with ordinality i (id, place)
    join public.chat_conversation_summaries s on s.id = i.id and s.user_id = p_user_id
  );
end
$$;

comment on function public.chat_import(uuid, text, jsonb, jsonb, uuid) is
  'For the service: writes conversations that a guest had, for the member whom the token names; one that is there already stays as it is.';

revoke all on function public.chat_import(uuid, text, jsonb, jsonb, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_import(uuid, text, jsonb, jsonb, uuid) to service_role;
