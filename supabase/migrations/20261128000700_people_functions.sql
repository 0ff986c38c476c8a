-- What customers do, and what is written for them, where people answer.

-- Its parameters grow at the end, so that a service of before goes on calling it.
-- squawk-ignore ban-drop-function
drop function public.chat_reply(uuid,uuid,uuid,bigint,jsonb,text,jsonb,text,jsonb,text[]);

-- What changed in a conversation after a number, in the order of the changes: at most 200 messages and 4 MB. One message is
-- always shown: none is as large.

create or replace function public.chat_changed(
  p_conversation_id uuid,
  p_after_rev bigint,
  p_limit integer default 200
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  owner uuid;
  page jsonb;
  last_rev bigint;
  -- A plain number, so that the index begins there. Rows of before have none of their own.
  after constant bigint := greatest(coalesce(p_after_rev, 0), 0);
begin
  select c.user_id into owner from public.chat_conversations c where c.id = p_conversation_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;

  select jsonb_agg(m.message order by m.rev), max(m.rev) into page, last_rev
    from (
      select n.rev, n.message, sum(n.size) over (order by n.rev) - n.size as before
      from (
        select w.rev, to_jsonb(shown) as message, octet_length(to_jsonb(shown)::text) as size
        from public.chat_messages w, lateral (
          select
            w.id, w.conversation_id, w.seq, w.role, w.kind, w.content, w.payload, w.client_message_id, w.request_id,
            w.in_reply_to, w.answer, w.answered_at, w.created_at, w.author, w.status, w.rev
        ) shown
        where w.user_id = owner and w.conversation_id = p_conversation_id and w.rev > 0 and w.rev > after
        order by w.rev
        limit least(coalesce(p_limit, 200), 200)
      ) n
    ) m
    where m.before < 4194304 - 131072;

  return jsonb_build_object(
    'conversation', (
      select to_jsonb(s) from public.chat_conversation_summaries s
      where s.id = p_conversation_id and s.user_id = owner
    ),
    'messages', coalesce(page, '[]'),
    'has_more', exists (
      select from public.chat_messages w
      where w.user_id = owner and w.conversation_id = p_conversation_id and w.rev > 0 and w.rev > last_rev
    )
  );
end
$$;

comment on function public.chat_changed(uuid, bigint, integer) is
  'The caller''s conversation, and its messages that were written or changed after a number. Raises PT404.';

revoke all on function public.chat_changed(uuid, bigint, integer) from public, anon, authenticated, service_role;
grant execute on function public.chat_changed(uuid, bigint, integer) to authenticated;

-- A guest who had a session signed in: what was the guest's becomes the member's, once. The owner stands in keys, so that
-- messages, markers and inquiries follow their conversation. The guest's account stays behind, empty and without a voice:
-- the service removes it next, and nothing may be lost with it.

create or replace function public.chat_claim_guest(p_guest_id uuid, p_user_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  place uuid;
  lock_id uuid;
  moved integer := 0;
begin
  if p_guest_id = p_user_id then
    return jsonb_build_object('moved', 0);
  end if;
  begin
    insert into public.chat_contacts (id, user_id) values (p_user_id, p_user_id) on conflict do nothing;
    -- The account is held before any conversation, as a deletion does: markers name it. A row that names it holds it.
    insert into public.chat_inquiries (client_inquiry_id, user_id, flow_version, step_id, values)
      values (gen_random_uuid(), p_user_id, '-', '-', '{}')
      returning id into lock_id;
    delete from public.chat_inquiries i where i.id = lock_id;
  exception when foreign_key_violation then
    -- A token outlives its account by up to an hour.
    raise exception using errcode = 'PT401', message = 'unauthenticated';
  end;
  begin
    insert into public.chat_contacts (id, user_id) values (p_guest_id, p_guest_id) on conflict do nothing;
  exception when foreign_key_violation or sqlstate 'PT401' then
    -- The guest's account is gone: this was done before.
    return jsonb_build_object('moved', 0);
  end;
  -- Who begins a conversation holds its owner's row until it is there: it is moved below, or comes too late.
  perform from public.chat_contacts o where o.id = p_guest_id for update;
  -- The block of a guest who has nothing any more is the one from below.
  if exists (
    select from public.chat_contacts o
    where o.blocked_at is not null
      and (
        o.id = p_user_id
        or (o.id = p_guest_id and exists (select from public.chat_conversations c where c.user_id = p_guest_id))
      )
  ) then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;

  -- In one order: of two who claim at once, the second finds nothing any more.
  for place in
    select c.id from public.chat_conversations c
    where c.user_id = p_guest_id
    order by c.last_message_at, c.id
    for update
  loop
    for attempt in 1 .. 10 loop
      begin
        -- A form that both have under one id, each its own: the member's keeps it.
        update public.chat_inquiries i
          set client_inquiry_id = gen_random_uuid()
          where i.user_id = p_guest_id
            and i.conversation_id = place
            and exists (
              select from public.chat_inquiries o
              where o.user_id = p_user_id and o.client_inquiry_id = i.client_inquiry_id
            );
        update public.chat_conversations c
          set user_id = p_user_id,
            client_conversation_id = case
              when exists (
                select from public.chat_conversations o
                where o.user_id = p_user_id and o.client_conversation_id = c.client_conversation_id
              ) then gen_random_uuid()
              else c.client_conversation_id
            end
          where c.id = place and c.user_id = p_guest_id;
        exit;
      exception when unique_violation then
        -- The member began one of this id at this moment: now it is to be seen.
        if attempt = 10 then
          raise;
        end if;
      end;
    end loop;
    update public.chat_desk d set changes = d.changes + 1, cx = pg_current_xact_id() where d.conversation_id = place;
    moved := moved + 1;
  end loop;
  update public.chat_contacts o set blocked_at = coalesce(o.blocked_at, now()) where o.id = p_guest_id;
  return jsonb_build_object('moved', moved);
end
$$;

comment on function public.chat_claim_guest(uuid, uuid) is
  'For the service, which has seen both tokens: gives a guest''s conversations, with all that belongs to them, to a member; the guest writes nothing any more, and once more it moves nothing. Raises PT401, and PT403 where one of the two is blocked.';

revoke all on function public.chat_claim_guest(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.chat_claim_guest(uuid, uuid) to service_role;

-- What the embedding page says of its visitor, unverified. What is left out stays as it is.

create or replace function public.chat_contact(
  p_user_id uuid,
  p_page_url text default null,
  p_locale text default null,
  p_attributes jsonb default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  former record;
  contact record;
  newest uuid;
begin
  -- As the database writes it, which is longer than the body that it came in.
  if jsonb_typeof(p_attributes) <> 'object' or octet_length(p_attributes::text) > 8192 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'attributes';
  end if;

  -- The account, if there is none yet; then the contact, as a deletion does.
  insert into public.chat_contacts (id, user_id) values (p_user_id, p_user_id) on conflict do nothing;
  select o.attributes, o.blocked_at into former from public.chat_contacts o where o.id = p_user_id for no key update;
  if not found then
    raise exception using errcode = 'PT401', message = 'unauthenticated';
  end if;
  if former.blocked_at is not null then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;

  update public.chat_contacts o
    set last_page_url = coalesce(p_page_url, o.last_page_url),
      locale = coalesce(p_locale, o.locale),
      attributes = coalesce(p_attributes, o.attributes),
      last_seen_at = now()
    where o.id = p_user_id
    returning o.id, o.name, o.is_guest, o.last_page_url, o.locale, o.attributes into contact;

  select c.id into newest from public.chat_conversations c
    where c.user_id = p_user_id and c.status = 'open'
    order by c.last_message_at desc, c.id desc
    limit 1;
  if newest is not null then
    if contact.attributes <> former.attributes then
      insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name)
        values (newest, 'contact.updated', case when contact.is_guest then 'guest' else 'member' end, contact.id, contact.name);
    end if;
    -- Screens are told, and no more: a page that is looked at must not be in the way of what an operator does (ifRev).
    -- Whoever has it locked changes it, and tells of it in any case: nobody waits here while they hold the contact.
    update public.chat_desk d
      set cx = pg_current_xact_id()
      where d.conversation_id = (
        select w.conversation_id from public.chat_desk w where w.conversation_id = newest for no key update skip locked
      );
  end if;
  return jsonb_build_object(
    'page_url', contact.last_page_url, 'locale', contact.locale, 'attributes', contact.attributes
  );
exception when foreign_key_violation then
  -- A token outlives its account by up to an hour; or the conversation went at this moment, and the account with it.
  raise exception using errcode = 'PT401', message = 'unauthenticated';
end
$$;

comment on function public.chat_contact(uuid, text, text, jsonb) is
  'For the service: keeps the page, the language and the attributes of a member''s contact, and makes it where there is none. Raises PT401, PT403 and PT422.';

revoke all on function public.chat_contact(uuid, text, text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.chat_contact(uuid, text, text, jsonb) to service_role;

-- An export in pages: no statement of it grows with what a member has written, and neither does an answer.

create or replace function public.chat_export(
  p_part text,
  p_after_id uuid default null,
  p_after_seq bigint default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  key text := case p_part
    when 'conversations' then 't.id'
    when 'messages' then 't.conversation_id, t.seq'
    when 'reads' then 't.conversation_id'
    when 'inquiries' then 't.id'
  end;
  place text := case p_part when 'messages' then '$2, $3' else '$2' end;
  -- All that is kept today. A column that a table gets later is nobody's until it is named here.
  columns text := case p_part
    when 'conversations' then 't.id, t.user_id, t.client_conversation_id, t.status, t.flow_version, t.state, t.state_version,
      t.last_seq, t.handled_seq, t.message_count, t.created_at, t.last_message_at, t.handling, t.channel, t.rev, t.agent,
      t.rating, t.rating_asked_at, t.change_turn_id'
    when 'messages' then 't.id, t.conversation_id, t.user_id, t.seq, t.role, t.kind, t.content, t.payload,
      t.client_message_id, t.request_id, t.turn_id, t.step_id, t.event, t.in_reply_to, t.answer, t.answered_at,
      t.created_at, t.author, t.status, t.rev'
    when 'reads' then 't.conversation_id, t.user_id, t.last_read_seq, t.last_read_at'
    when 'inquiries' then 't.id, t.client_inquiry_id, t.user_id, t.conversation_id, t.message_id, t.flow_version, t.step_id,
      t.values, t.locale, t.status, t.request_id, t.created_at, t.done_at, t.from_guest, t.normal'
  end;
  page jsonb;
begin
  if key is null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'part';
  end if;
  -- At most 500 rows and about a megabyte; one row always, however long. Nothing that is put in comes from the caller.
  execute format(
    $q$
      select jsonb_build_object(
        'rows', coalesce(jsonb_agg(w.whole order by w.place) filter (where w.before < 1000000), '[]'),
        'has_more', count(*) = 500 or coalesce(max(w.before) >= 1000000, false)
      )
      from (
        select r.whole, r.place, sum(r.size) over (order by r.place) - r.size as before
        from (
          select
            to_jsonb(shown) as whole, octet_length(to_jsonb(shown)::text) as size, row_number() over (order by %1$s) as place
          from public.%2$I t, lateral (select %4$s) shown
          where t.user_id = $1 and %3$s
          order by %1$s
          limit 500
        ) r
      ) w
    $q$,
    key,
    case p_part when 'reads' then 'chat_conversation_reads' else 'chat_' || p_part end,
    case when p_after_id is null then 'true' else format('(%s) > (%s)', key, place) end,
    columns
  ) into page using (select auth.uid()), p_after_id, p_after_seq;
  return page;
end
$$;

comment on function public.chat_export(text, uuid, bigint) is
  'A page of one part (conversations, messages, reads, inquiries) of everything that is kept of the caller, rows after a place in the order of their keys.';

revoke all on function public.chat_export(text, uuid, bigint) from public, anon, authenticated, service_role;
grant execute on function public.chat_export(text, uuid, bigint) to authenticated;

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

      update public.chat_conversations c
        set handled_seq = c.last_seq,
          status = wanted ->> 'status',
          rev = c.rev + answered + case when wanted ->> 'status' <> c.status then 1 else 0 end
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

-- A page of a conversation, oldest first, with its neighbours announced: at most 200 messages and 4 MB. One message is
-- always shown: none is as large.

create or replace function public.chat_page(
  p_conversation_id uuid,
  p_limit integer default 50,
  p_before bigint default null,
  p_after bigint default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  owner uuid;
  page jsonb;
  first_seq bigint;
  last_seq bigint;
  -- A plain number, so that the index ends there.
  before bigint := coalesce(p_before, 9223372036854775807);
begin
  select c.user_id into owner from public.chat_conversations c where c.id = p_conversation_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;

  if p_after is not null then
    select jsonb_agg(m.message order by m.seq), min(m.seq), max(m.seq) into page, first_seq, last_seq
      from (
        select n.seq, n.message, sum(octet_length(n.message::text)) over (order by n.seq) as size
        from (
          select w.seq, to_jsonb(shown) as message
          from public.chat_messages w, lateral (
            select
              w.id, w.conversation_id, w.seq, w.role, w.kind, w.content, w.payload, w.client_message_id, w.request_id,
              w.in_reply_to, w.answer, w.answered_at, w.created_at, w.author, w.status, w.rev
          ) shown
          where w.user_id = owner and w.conversation_id = p_conversation_id and w.seq > p_after
          order by w.seq
          limit least(coalesce(p_limit, 50), 200)
        ) n
      ) m
      where m.size <= 4194304;
  else
    select jsonb_agg(m.message order by m.seq), min(m.seq), max(m.seq) into page, first_seq, last_seq
      from (
        select n.seq, n.message, sum(octet_length(n.message::text)) over (order by n.seq desc) as size
        from (
          select w.seq, to_jsonb(shown) as message
          from public.chat_messages w, lateral (
            select
              w.id, w.conversation_id, w.seq, w.role, w.kind, w.content, w.payload, w.client_message_id, w.request_id,
              w.in_reply_to, w.answer, w.answered_at, w.created_at, w.author, w.status, w.rev
          ) shown
          where w.user_id = owner and w.conversation_id = p_conversation_id and w.seq < before
          order by w.seq desc
          limit least(coalesce(p_limit, 50), 200)
        ) n
      ) m
      where m.size <= 4194304;
  end if;

  return jsonb_build_object(
    'conversation', (
      select to_jsonb(s) from public.chat_conversation_summaries s
      where s.id = p_conversation_id and s.user_id = owner
    ),
    'messages', coalesce(page, '[]'),
    'has_earlier', exists (
      select from public.chat_messages w
      where w.user_id = owner and w.conversation_id = p_conversation_id and w.seq < first_seq
    ),
    'has_later', exists (
      select from public.chat_messages w
      where w.user_id = owner and w.conversation_id = p_conversation_id and w.seq > last_seq
    )
  );
end
$$;

comment on function public.chat_page(uuid, integer, bigint, bigint) is
  'Messages of the caller''s conversation: the newest, those before a number or those after one.';

revoke all on function public.chat_page(uuid, integer, bigint, bigint) from public, anon, authenticated, service_role;
grant execute on function public.chat_page(uuid, integer, bigint, bigint) to authenticated;

-- What a customer thinks of a conversation, where they were asked: for 14 days, and the last word counts.

create or replace function public.chat_rate(
  p_user_id uuid,
  p_conversation_id uuid,
  p_score integer,
  p_comment text default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  conversation record;
begin
  select c.rating, c.rating_asked_at, c.channel into conversation
    from public.chat_conversations c
    where c.id = p_conversation_id and c.user_id = p_user_id
    for no key update;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if coalesce(conversation.rating_asked_at < now() - interval '14 days', true) or exists (
    select from public.chat_contacts o where o.id = p_user_id and o.blocked_at is not null
  ) then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;
  if p_score is null or p_score not between 1 and 5 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'score';
  end if;
  if char_length(p_comment) > 4000 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'comment';
  end if;

  -- The same once more changes nothing.
  if conversation.rating is null
    or (conversation.rating -> 'score', conversation.rating ->> 'comment') is distinct from (to_jsonb(p_score), p_comment)
  then
    update public.chat_conversations c
      set rating = jsonb_build_object('score', p_score, 'comment', p_comment, 'rated_at', now()), rev = c.rev + 1
      where c.id = p_conversation_id;
    insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name, data)
      select
        p_conversation_id, 'conversation.rated', case when o.is_guest then 'guest' else 'member' end, o.id, o.name,
        jsonb_build_object('score', p_score)
      from public.chat_contacts o
      where o.id = p_user_id;
  end if;
  return (
    select jsonb_build_object('conversation', to_jsonb(s))
    from public.chat_conversation_summaries s
    where s.id = p_conversation_id and s.user_id = p_user_id
  );
end
$$;

comment on function public.chat_rate(uuid, uuid, integer, text) is
  'For the service: keeps what the owner of a conversation thinks of it; answers with the conversation. Raises PT403 where it was not asked for, PT404 and PT422.';

revoke all on function public.chat_rate(uuid, uuid, integer, text) from public, anon, authenticated, service_role;
grant execute on function public.chat_rate(uuid, uuid, integer, text) to service_role;

-- The service's half of a turn: the replies, the answers, the inquiries and the new state, together or not at all.
-- Whatever is passed over is recorded, a status changes by the flow's end or by a full conversation and by nothing else,
-- and the owner is locked before the conversation, as a deletion does.
--
-- Who handles the conversation is compared under the lock. While people do, what was chosen or filled in is recorded and the
-- service may say so; the bot says nothing and its state stays. `p_change` is what brought the reply about, if that was no
-- message: {"handling": "waiting" | "bot"} or {"status": "completed"}, each with {"actor": {"kind", "id", "name"}}. What is
-- said about it is the flow's, in this transaction.

create or replace function public.chat_reply(
  p_user_id uuid,
  p_conversation_id uuid,
  p_message_id uuid,
  p_state_version bigint,
  p_state jsonb,
  p_status text,
  p_turns jsonb,
  p_flow_version text,
  p_flow jsonb default null,
  p_known_flows text[] default '{}',
  p_handling text default 'bot',
  p_change jsonb default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  conversation public.chat_conversations;
  -- The state goes on and the bot may speak: where it handles the conversation, gets it back, or says farewell.
  speaks constant boolean := p_handling = 'bot' or p_change is not null;
  -- Whose messages are refused beside the user's.
  silent constant jsonb := jsonb_build_object('silent', case when not speaks then 'bot' end);
  becomes constant text := p_change ->> 'handling';
  is_completed constant boolean := speaks and p_status = 'completed' or coalesce(p_change ->> 'status' = 'completed', false);
  actor constant jsonb := p_change -> 'actor';
  turn jsonb;
  asked record;
  handled bigint;
  inquiry_id uuid;
  inquiries uuid[] := '{}';
  room integer;
  written integer;
  answered integer := 0;
  -- The turn of what is said about a change.
  change_turn uuid;
  changed_status text;
begin
  if p_handling is null
    or p_handling not in ('bot', 'people')
    -- Asked for while the bot handles it, given back while people do, completed by whomever.
    or p_change is not null and (becomes, p_handling) not in (('waiting', 'bot'), ('bot', 'people'))
    or p_change is not null and becomes is null and (p_change ->> 'status') is distinct from 'completed'
  then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'handling';
  end if;

  -- Before the lock: an inquiry names the account, and who deletes that holds it and waits for the conversation. Somebody
  -- who was faster makes this one void; it is taken back below.
  for turn in select t.value from jsonb_array_elements(p_turns) t (value) where t.value -> 'inquiry' <> 'null' loop
    inquiry_id := null;
    begin
      insert into public.chat_inquiries (
        client_inquiry_id, user_id, conversation_id, message_id, flow_version, step_id, values, normal, locale, request_id
      )
      -- Row by row matching: a wrong owner finds nothing, and neither does a message of another conversation.
      select
        (turn -> 'inquiry' ->> 'client_inquiry_id')::uuid,
        m.user_id,
        m.conversation_id,
        m.id,
        p_flow_version,
        turn -> 'inquiry' ->> 'step_id',
        turn -> 'inquiry' -> 'values',
        coalesce(turn -> 'inquiry' -> 'normal', '{}'),
        turn -> 'inquiry' ->> 'locale',
        (turn ->> 'request_id')::uuid
      from public.chat_messages m
      where m.id = (turn ->> 'message_id')::uuid
        and m.conversation_id = p_conversation_id
        and m.user_id = p_user_id
        and m.role = 'user'
      on conflict do nothing
      returning id into inquiry_id;
    exception when foreign_key_violation then
      -- The account is gone, and the conversation with it.
      raise exception using errcode = 'PT401', message = 'unauthenticated';
    end;
    inquiries := array_append(inquiries, inquiry_id);
  end loop;

  -- A row that is written twice in a transaction has its keys checked again, and that holds its owner: so hold it first, as
  -- whoever deletes or moves what is theirs.
  perform from public.chat_contacts o where o.id = p_user_id for key share;
  select * into conversation from public.chat_conversations c
    where c.id = p_conversation_id and c.user_id = p_user_id
    for no key update;
  if not found then
    -- Always refused by the trigger, which may look at accounts: PT401 where it is the account that is missing.
    insert into public.chat_messages (conversation_id, user_id, role, kind, content)
      values (p_conversation_id, p_user_id, 'system', 'notice', '');
  end if;
  if p_message_id is not null and not exists (
    select from public.chat_messages m
    where m.id = p_message_id and m.conversation_id = p_conversation_id and m.user_id = p_user_id and m.role = 'user'
  ) then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;

  if conversation.state_version <> p_state_version or (conversation.handling = 'bot') <> (p_handling = 'bot') then
    delete from public.chat_inquiries i where i.id = any (inquiries);
    return public.chat_turn_for_service(p_conversation_id, p_message_id, p_known_flows)
      || jsonb_build_object('applied', false);
  end if;

  if becomes is not null then
    if conversation.status <> 'open' then
      raise exception using errcode = 'PT409', message = 'conversation_completed';
    end if;
    if actor ->> 'kind' in ('member', 'guest') then
      if exists (select from public.chat_contacts o where o.id = p_user_id and o.blocked_at is not null) then
        raise exception using errcode = 'PT403', message = 'not_allowed';
      end if;
      if becomes = 'bot' and conversation.handling = 'agent' then
        raise exception using errcode = 'PT409', message = 'already_assigned', detail = coalesce(conversation.agent, '{}')::text;
      end if;
    end if;
  end if;

  if p_flow is not null then
    insert into public.chat_flows (version, definition) values (p_flow_version, p_flow) on conflict do nothing;
  end if;

  if jsonb_path_exists(p_turns, '$[*].messages[*] ? (@.role == "user" || @.role == $silent)', silent) then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'role';
  end if;

  handled := conversation.handled_seq;
  room := case when conversation.status = 'open' then greatest(5000 - conversation.message_count, 0) else 0 end;
  for turn in select t.value from jsonb_array_elements(p_turns) with ordinality t (value, place) order by t.place loop
    if turn ->> 'message_id' is not null then
      select m.seq into asked from public.chat_messages m
        where m.id = (turn ->> 'message_id')::uuid
          and m.conversation_id = p_conversation_id
          and m.user_id = p_user_id
          and m.role = 'user'
          and m.seq > handled;
      if not found then
        raise exception using errcode = 'PT404', message = 'not_found';
      end if;
      handled := asked.seq;
    end if;

    -- What a turn says is written by one statement. Where somebody closed it meanwhile, or there is no room, it ends here
    -- instead of failing for ever.
    insert into public.chat_messages (
        id, conversation_id, user_id, role, kind, content, payload, client_message_id, request_id, turn_id, step_id
      )
      select
        (r.value ->> 'id')::uuid,
        p_conversation_id,
        p_user_id,
        r.value ->> 'role',
        r.value ->> 'kind',
        r.value ->> 'content',
        nullif(r.value -> 'payload', 'null'),
        -- A member can foresee this id and send a message under it. That costs them the id, not the reply.
        (
          select (r.value ->> 'client_message_id')::uuid
          where not exists (
            select from public.chat_messages m
            where m.conversation_id = p_conversation_id
              and m.client_message_id = (r.value ->> 'client_message_id')::uuid
          )
        ),
        (turn ->> 'request_id')::uuid,
        coalesce((turn ->> 'message_id')::uuid, (turn ->> 'turn_id')::uuid, p_conversation_id),
        r.value ->> 'step_id'
      from jsonb_array_elements(turn -> 'messages') with ordinality r (value, place)
      order by r.place
      limit room;
    get diagnostics written = row_count;
    room := room - written;
    change_turn := coalesce(change_turn, (turn ->> 'turn_id')::uuid);
  end loop;

  -- What a person said and nobody was to answer is over once the bot gets the conversation back, or nobody has it.
  if p_change is not null and becomes is distinct from 'waiting' then
    handled := greatest(handled, conversation.last_seq);
  end if;

  -- Answers come with their turns. What waited longer than a round takes counts as handled, and what was answered in it
  -- stays answered: a chip by its label, a form by values that are values. Each changed row gets a number of its own.
  if exists (
    select from public.chat_messages m
    where m.user_id = p_user_id
      and m.conversation_id = p_conversation_id
      and m.seq > conversation.handled_seq
      and m.seq <= handled
      and m.role = 'user'
      and m.in_reply_to is not null
  ) then
    update public.chat_messages a
      set answer = w.answer, answered_at = clock_timestamp(), rev = w.rev
      from (
        select
          q.id,
          case
            when t.answer <> 'null' then t.answer
            when m.event ->> 'type' = 'chip'
              then jsonb_build_object('chip_id', m.event -> 'chip_id', 'label', m.content)
            when jsonb_path_exists(m.event, 'strict $.values.* ? (@.type() != "string" && @.type() != "boolean")') then '{}'
            else jsonb_build_object('values', m.event -> 'values')
          end as answer,
          c.rev + row_number() over (order by m.seq) as rev
        from public.chat_conversations c
        join public.chat_messages m
          on m.user_id = c.user_id
          and m.conversation_id = c.id
          and m.seq > conversation.handled_seq
          and m.seq <= handled
          and m.role = 'user'
          and m.in_reply_to is not null
        join public.chat_messages q
          on q.conversation_id = m.conversation_id and q.id = m.in_reply_to and q.answered_at is null
        left join lateral (
          select p.value -> 'answer' as answer
          from jsonb_array_elements(p_turns) p (value)
          where p.value ->> 'message_id' = m.id::text
          limit 1
        ) t on true
        where c.id = p_conversation_id and c.user_id = p_user_id
      ) w
      where a.conversation_id = p_conversation_id and a.id = w.id;
    get diagnostics answered = row_count;
  end if;

  update public.chat_conversations c
    set state = case when speaks and (conversation.status = 'open' or c.state is null) then p_state else c.state end,
      state_version = c.state_version + 1,
      flow_version = case when speaks then p_flow_version else c.flow_version end,
      handled_seq = handled,
      status = case when c.message_count >= 5000 or is_completed then 'completed' else c.status end,
      handling = coalesce(becomes, c.handling),
      agent = case when becomes = 'bot' then null else c.agent end,
      change_turn_id = case when p_change is not null then coalesce(p_message_id, change_turn, c.id) else c.change_turn_id end,
      rev = c.rev + answered + case
        when (c.message_count >= 5000 or is_completed) and c.status <> 'completed' or becomes is not null then 1 else 0
      end
    where c.id = p_conversation_id
    returning c.status into changed_status;

  if becomes is not null then
    insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name, data)
      values (
        p_conversation_id, 'conversation.handed_over',
        coalesce(actor ->> 'kind', 'bot'), (actor ->> 'id')::uuid, actor ->> 'name',
        jsonb_build_object('handling', becomes)
      );
  end if;
  if changed_status = 'completed' and conversation.status <> 'completed' then
    insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name)
      values (
        p_conversation_id, 'conversation.completed',
        coalesce(actor ->> 'kind', 'bot'), (actor ->> 'id')::uuid, actor ->> 'name'
      );
  end if;
  if cardinality(inquiries) > 0 then
    insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name, data)
      select
        i.conversation_id, 'inquiry.submitted', case when o.is_guest then 'guest' else 'member' end, o.id, o.name,
        jsonb_build_object('inquiryId', i.id, 'messageId', i.message_id, 'stepId', i.step_id)
      from public.chat_inquiries i
      join public.chat_contacts o on o.id = i.user_id
      where i.id = any (inquiries);
  end if;

  return public.chat_turn_for_service(p_conversation_id, p_message_id, p_known_flows)
    || jsonb_build_object('applied', true);
end
$$;

comment on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[], text, jsonb) is
  'For the service: writes the bot''s part of one or more turns if state and handling are still what it was computed from, and changes handling or status with it; answers with chat_turn_for_service and applied.';

revoke all on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[], text, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[], text, jsonb)
  to service_role;

-- What a turn looks like now, in one consistent glance: asked by both halves of it, under the rights of who asks. It is
-- bounded: however much waits, one round takes the newest 50 messages and 256 KB of it, and as many forms again of what is
-- older, for what they hand in must not be lost. The rest is chat_reply's to record. Every answer names its columns: one
-- that a table gets later is nobody's until it is named here.

create or replace function public.chat_turn(
  p_conversation_id uuid,
  p_message_id uuid default null,
  p_known_flows text[] default '{}'
) returns jsonb
language plpgsql
-- STABLE: all of it sees the one moment at which it was called.
stable
security invoker
set search_path = ''
as $$
declare
  conversation record;
  message public.chat_messages;
  -- Replies come after the message. A plain number, so that the index begins there.
  since bigint := 0;
  pending jsonb;
  first_pending bigint;
  late_forms jsonb;
begin
  -- Named one by one: a live site's tables may have columns of its own, which members may not read.
  select c.id, c.user_id, c.flow_version, c.state, c.state_version, c.last_seq, c.handled_seq, c.handling, c.change_turn_id
    into conversation
    from public.chat_conversations c where c.id = p_conversation_id;
  if not found then
    return null;
  end if;
  if p_message_id is not null then
    select
        m.id, m.conversation_id, m.seq, m.role, m.kind, m.content, m.payload, m.client_message_id, m.request_id,
        m.in_reply_to, m.answer, m.answered_at, m.created_at, m.author, m.status, m.rev
      into
        message.id, message.conversation_id, message.seq, message.role, message.kind, message.content, message.payload,
        message.client_message_id, message.request_id, message.in_reply_to, message.answer, message.answered_at,
        message.created_at, message.author, message.status, message.rev
      from public.chat_messages m
      where m.conversation_id = p_conversation_id and m.id = p_message_id;
    since := message.seq;
  end if;

  -- 50 is also what the two limits below say.
  select coalesce(jsonb_agg(w.waiting order by w.seq), '[]'), coalesce(min(w.seq), conversation.last_seq + 1)
    into pending, first_pending
    from (
      select n.seq, n.waiting, sum(octet_length(n.waiting::text)) over (order by n.seq desc) as size
      from (
        select
          m.seq,
          -- What the engine must know of it, and nothing that it need not.
          jsonb_build_object(
            'id', m.id, 'client_message_id', m.client_message_id, 'request_id', m.request_id, 'content', m.content,
            'event', m.event, 'asked_step_id', a.step_id, 'asked_kind', a.kind
          ) as waiting
        from public.chat_messages m
        left join public.chat_messages a on a.id = m.in_reply_to
        where m.user_id = conversation.user_id
          and m.conversation_id = conversation.id
          and m.seq > conversation.handled_seq
          and m.role = 'user'
          -- Rows of the legacy client have no turn: it answers them itself.
          and m.turn_id is not null
        order by m.seq desc
        limit 50
      ) n
    ) w
    where w.size <= 262144;

  select coalesce(jsonb_agg(w.waiting order by w.seq), '[]') into late_forms
    from (
      select n.seq, n.waiting, sum(octet_length(n.waiting::text)) over (order by n.seq desc) as size
      from (
        select
          m.seq,
          jsonb_build_object(
            'id', m.id, 'client_message_id', m.client_message_id, 'request_id', m.request_id, 'content', m.content,
            'event', m.event, 'asked_step_id', a.step_id, 'asked_kind', a.kind
          ) as waiting
        from public.chat_messages m
        join public.chat_messages a on a.id = m.in_reply_to
        where m.user_id = conversation.user_id
          and m.conversation_id = conversation.id
          and m.seq > conversation.handled_seq
          and m.seq < first_pending
          and m.role = 'user'
          and m.turn_id is not null
          -- What answers nothing is not looked for, as often as there are texts.
          and m.in_reply_to is not null
          and a.kind = 'form'
        order by m.seq desc
        limit 50
      ) n
    ) w
    where w.size <= 262144;

  return jsonb_build_object(
    'conversation', (
      select to_jsonb(s) from public.chat_conversation_summaries s
      where s.id = conversation.id and s.user_id = conversation.user_id
    ),
    'state', conversation.state,
    'state_version', conversation.state_version,
    'flow_version', conversation.flow_version,
    'flow', (
      select f.definition from public.chat_flows f
      where f.version = conversation.flow_version and f.version <> all (p_known_flows)
    ),
    'has_history', conversation.last_seq >= 1000000000 and conversation.state is null,
    'message', case when message.id is not null then (
      select to_jsonb(shown)
      from (
        select
          message.id, message.conversation_id, message.seq, message.role, message.kind, message.content, message.payload,
          message.client_message_id, message.request_id, message.in_reply_to, message.answer, message.answered_at,
          message.created_at, message.author, message.status, message.rev
      ) shown
    ) end,
    -- While people handle it, the bot says nothing: there is something to do where a chip or a form is to be recorded.
    'handled', case
      when p_message_id is null then conversation.state is not null or conversation.handling <> 'bot'
      else message.seq <= conversation.handled_seq or (
        conversation.handling <> 'bot'
        and late_forms = '[]'
        and not exists (select from jsonb_array_elements(pending) w (value) where w.value -> 'event' <> 'null')
      )
    end,
    'replies', (
      select coalesce(jsonb_agg(to_jsonb(r) order by r.seq), '[]')
      from (
        select
          t.id, t.conversation_id, t.seq, t.role, t.kind, t.content, t.payload, t.client_message_id, t.request_id,
          t.in_reply_to, t.answer, t.answered_at, t.created_at, t.author, t.status, t.rev
        from public.chat_messages t
        where t.user_id = conversation.user_id
          and t.conversation_id = conversation.id
          and t.seq > since
          and t.turn_id = coalesce(p_message_id, conversation.id)
        order by t.seq
        limit 50
      ) r
    ),
    -- What was said when it was last handed over, given back or completed by hand: a repeat of that is told the same.
    'changed', case when p_message_id is not null or conversation.change_turn_id is null then '[]' else (
      select coalesce(jsonb_agg(to_jsonb(r) order by r.seq), '[]')
      from (
        select
          t.id, t.conversation_id, t.seq, t.role, t.kind, t.content, t.payload, t.client_message_id, t.request_id,
          t.in_reply_to, t.answer, t.answered_at, t.created_at, t.author, t.status, t.rev
        from public.chat_messages t
        where t.user_id = conversation.user_id
          and t.conversation_id = conversation.id
          and t.seq > 0
          and t.turn_id = conversation.change_turn_id
          and t.role <> 'user'
        order by t.seq
        limit 50
      ) r
    ) end,
    'answered', (
      select coalesce(jsonb_agg(to_jsonb(shown)), '[]')
      from (
        select
          a.id, a.conversation_id, a.seq, a.role, a.kind, a.content, a.payload, a.client_message_id, a.request_id,
          a.in_reply_to, a.answer, a.answered_at, a.created_at, a.author, a.status, a.rev
        from public.chat_messages a
        where a.id = message.in_reply_to and a.answered_at is not null
      ) shown
    ),
    'pending', pending,
    'late_forms', late_forms,
    'team', (
      select to_jsonb(shown)
      from (
        select
          h.time_zone, h.spans, h.holidays, h.always_open, h.override_open, h.override_until, h.online_until,
          h.expected_reply_seconds
        from public.chat_team h
      ) shown
    )
  );
end
$$;

comment on function public.chat_turn(uuid, uuid, text[]) is
  'One turn as it stands: state and its version, the user''s message with its replies, the newest user messages that wait for theirs, and older forms that wait to be recorded; when the team is there.';

revoke all on function public.chat_turn(uuid, uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.chat_turn(uuid, uuid, text[]) to authenticated;

-- The same function for the service. A plan under Row Level Security belongs to one role: a pooled connection that asked
-- as the member and then as the service would plan all of chat_turn anew each time. Its body is read from chat_turn.

do $$
begin
  execute replace(
    pg_get_functiondef('public.chat_turn(uuid, uuid, text[])'::regprocedure),
    'FUNCTION public.chat_turn(',
    'FUNCTION public.chat_turn_for_service('
  );
end
$$;

comment on function public.chat_turn_for_service(uuid, uuid, text[]) is
  'The same as chat_turn, for the service: a plan belongs to one role.';

revoke all on function public.chat_turn_for_service(uuid, uuid, text[])
  from public, anon, authenticated, service_role;
grant execute on function public.chat_turn_for_service(uuid, uuid, text[]) to service_role;

-- That a customer types. It is no change of the conversation: it has no number, and nobody keeps it.

create or replace function public.chat_type(p_user_id uuid, p_conversation_id uuid, p_is_typing boolean) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if not exists (select from public.chat_conversations c where c.id = p_conversation_id and c.user_id = p_user_id) then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if exists (select from public.chat_contacts o where o.id = p_user_id and o.blocked_at is not null) then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;

  if p_is_typing then
    insert into public.chat_typing as t (conversation_id) values (p_conversation_id)
      on conflict (conversation_id, operator_id) do update set typed_at = now(), written_at = now()
        where t.written_at <= now() - interval '3 s';
  else
    -- Whoever stops and begins again within the 3 seconds writes no more often than others.
    update public.chat_typing t
      set typed_at = '-infinity'
      where t.conversation_id = p_conversation_id and t.operator_id is null and t.typed_at > now() - interval '8 s';
  end if;
exception when foreign_key_violation then
  -- It was deleted at this moment.
  raise exception using errcode = 'PT404', message = 'not_found';
end
$$;

comment on function public.chat_type(uuid, uuid, boolean) is
  'For the service: notes that the owner of a conversation types, or stopped, at most once in 3 seconds. Raises PT403 and PT404.';

revoke all on function public.chat_type(uuid, uuid, boolean) from public, anon, authenticated, service_role;
grant execute on function public.chat_type(uuid, uuid, boolean) to service_role;
