-- A form that a guest sends at the moment in which it is brought along is one inquiry, whichever is looked at first.

-- A guest who signed in keeps the chat. The service has replayed the guest's events; here the result is written. What the
-- guest has sent stays one inquiry, and a question is marked as answered after its answer is there.

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
  sent record;
  imported uuid[] := '{}';
  answered integer;
begin
  insert into public.chat_flows (version, definition) values (p_flow_version, p_flow) on conflict do nothing;

  -- In one order, whoever imports: two that bring the same along wait for each other instead of locking each other out.
  for wanted in
    select w.value from jsonb_array_elements(p_conversations) w (value) order by w.value ->> 'client_conversation_id'
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
          turn_id, step_id, event, in_reply_to
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
          (message ->> 'in_reply_to')::uuid
        );
      end loop;

      -- Not with the question itself: what is answered takes no answer.
      update public.chat_messages m
        set answer = a.answer, answered_at = clock_timestamp(), rev = a.rev
        from (
          select (n.value ->> 'id')::uuid as id, n.value -> 'answer' as answer, c.rev + row_number() over (order by n.place) as rev
          from public.chat_conversations c, jsonb_array_elements(wanted -> 'messages') with ordinality n (value, place)
          where c.id = wanted_id and n.value -> 'answer' <> 'null'
        ) a
        where m.conversation_id = wanted_id and m.id = a.id;
      get diagnostics answered = row_count;

      for inquiry in
        select i.value from jsonb_array_elements(wanted -> 'inquiries') i (value) order by i.value ->> 'client_inquiry_id'
      loop
        loop
          -- The guest sent this form already: it becomes the member's, and an operator sees it once.
          begin
            update public.chat_inquiries i
              set user_id = p_user_id,
                conversation_id = wanted_id,
                message_id = (inquiry ->> 'message_id')::uuid,
                from_guest = true
              where i.user_id is null
                and i.client_inquiry_id = (inquiry ->> 'client_inquiry_id')::uuid
                and (i.step_id, i.values) = (inquiry ->> 'step_id', inquiry -> 'values');
            exit when found;
          exception when unique_violation then
            -- The member has one of this id.
            exit;
          end;

          -- Whether it is the guest's own: if so, its id is known among guests from now on.
          select i.user_id, (i.step_id, i.values) = (inquiry ->> 'step_id', inquiry -> 'values') as is_same into sent
            from public.chat_inquiries i
            where i.client_inquiry_id = (inquiry ->> 'client_inquiry_id')::uuid and (i.from_guest or i.user_id is null);
          -- Somebody else brought the same form along before.
          exit when sent.user_id is not null and sent.is_same;
          -- The guest sent it between the two looks: it is there to be taken over now.
          continue when sent.is_same;

          insert into public.chat_inquiries (
            client_inquiry_id, user_id, conversation_id, message_id, flow_version, step_id, values, normal, locale,
            request_id, from_guest
          ) values (
            (inquiry ->> 'client_inquiry_id')::uuid,
            p_user_id,
            wanted_id,
            (inquiry ->> 'message_id')::uuid,
            p_flow_version,
            inquiry ->> 'step_id',
            inquiry -> 'values',
            coalesce(inquiry -> 'normal', '{}'),
            inquiry ->> 'locale',
            p_request_id,
            -- Another form under the same id is not the one that is known: whoever guesses an id notices nothing.
            sent.is_same is null
          ) on conflict do nothing;
          exit when found or exists (
            select from public.chat_inquiries i
            where i.user_id = p_user_id and i.client_inquiry_id = (inquiry ->> 'client_inquiry_id')::uuid
          );
          -- Neither written nor there: a guest sent it at this moment.
        end loop;
      end loop;

      perform public.kb_record(p_user_id, wanted_id, 1, a.value)
        from jsonb_array_elements(coalesce(wanted -> 'answers', '[]')) with ordinality a (value, place)
        order by a.place;
      perform public.kb_thought(p_user_id, wanted_id, 0, c.last_seq) from public.chat_conversations c where c.id = wanted_id;

      update public.chat_conversations c
        set handled_seq = c.last_seq,
          status = wanted ->> 'status',
          rev = c.rev + answered + case when wanted ->> 'status' <> c.status then 1 else 0 end
        where c.id = wanted_id;
      if wanted ->> 'status' = 'completed' then
        perform public.chat_tell(wanted_id, 'conversation.completed', p_actor => '{"kind": "bot"}');
      end if;
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
