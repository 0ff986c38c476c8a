-- The whole turn in one function that runs with its owner's rights, called straight from the page: quick to write and
-- one request, but one leaked or faulty function then writes for everybody. Made in the database of a benchmark only.

create table public.bench_steps (
  step text not null,
  chip text not null,
  label text not null,
  messages jsonb not null,
  state jsonb not null,
  primary key (step, chip)
);

create function public.bench_turn(
  p_conversation_id uuid, p_client_message_id uuid, p_in_reply_to uuid, p_chip text
) returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  owner uuid := (select auth.uid());
  asked_step text;
  step record;
  said record;
begin
  perform from public.chat_conversations c where c.id = p_conversation_id and c.user_id = owner for no key update;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  select m.step_id into asked_step from public.chat_messages m
    where m.conversation_id = p_conversation_id and m.id = p_in_reply_to;
  select * into strict step from public.bench_steps b where b.step = asked_step and b.chip = p_chip;

  insert into public.chat_messages
    (conversation_id, user_id, role, kind, content, client_message_id, in_reply_to, event)
    values (
      p_conversation_id, owner, 'user', 'text', step.label, p_client_message_id, p_in_reply_to,
      jsonb_build_object('type', 'chip', 'chip_id', p_chip)
    )
    on conflict (conversation_id, client_message_id) do nothing
    returning id, seq into said;
  if said.id is not null then
    update public.chat_messages m
      set answer = jsonb_build_object('chip_id', p_chip, 'label', step.label), answered_at = clock_timestamp()
      where m.conversation_id = p_conversation_id and m.id = p_in_reply_to;
    insert into public.chat_messages
      (conversation_id, user_id, role, kind, content, payload, client_message_id, turn_id, step_id)
      select p_conversation_id, owner, 'bot', r.value ->> 'kind', r.value ->> 'content',
        nullif(r.value -> 'payload', 'null'), gen_random_uuid(), said.id, r.value ->> 'step'
      from jsonb_array_elements(step.messages) with ordinality r (value, place) order by r.place;
    update public.chat_conversations c
      set state = step.state, state_version = c.state_version + 1, handled_seq = said.seq
      where c.id = p_conversation_id;
  end if;
  -- The page gets what the service would have told it.
  return public.chat_turn_for_service(p_conversation_id, said.id);
end
$$;

revoke all on public.bench_steps from public, anon, authenticated;
alter table public.bench_steps enable row level security;
revoke all on function public.bench_turn(uuid, uuid, uuid, text) from public, anon;
grant execute on function public.bench_turn(uuid, uuid, uuid, text) to authenticated;
