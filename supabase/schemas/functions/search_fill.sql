-- One round of keeping chat_search: what has changed since the last one, or else some of what was there before the first.
-- A round is one transaction and one at a time: whatever breaks off leaves what was before, and the next one goes on.
--
-- What has changed is told by chat_desk.cx, exactly by commit, as the live feed asks it. In a conversation the messages
-- after the last one that is here are new; a place is given under the conversation's lock, so none comes before it later.
-- Conversations and contacts are held against deletion, and those that somebody holds are left for the next round: so
-- nobody who deletes ever waits for this while this waits for them.

create or replace function public.search_fill(p_most integer default 2000) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  most constant integer := least(coalesce(p_most, 0), 10000);
  place public.chat_search_state;
  history constant text := public.live_branch();
  now_seen pg_snapshot;
  taken jsonb;
  walked uuid[] := '{}';
  conversations uuid[];
  contacts uuid[];
  inquiries uuid[];
  notes uuid[];
  changed integer;
  indexed integer := 0;
  has_more boolean;
begin
  if most < 1 then
    return jsonb_build_object('indexed', 0, 'has_more', false);
  end if;
  select * into place from public.chat_search_state s for update skip locked;
  if not found then
    -- Another worker is at it.
    return jsonb_build_object('indexed', 0, 'has_more', false);
  end if;
  if place.branch is distinct from history
    or pg_snapshot_xmax(place.seen) > pg_snapshot_xmax(pg_current_snapshot())
    or 50000 < (
      select count(*) from (
        select from public.chat_desk d where d.cx >= pg_snapshot_xmax(place.seen) order by d.cx limit 50001
      ) moved
    )
  then
    -- The first time, or another history than the one that was followed, or too much of it: everything is looked at.
    place.seen := null;
    place.filled_to := null;
    place.filled_at := null;
    insert into public.chat_search_due (kind, id)
      select 'inquiry', i.id from public.chat_inquiries i where i.conversation_id is null
      on conflict (kind, id) do update set since = now();
  end if;

  -- What has changed, and up to when that was asked: both from one statement. Whoever writes the same line holds it until
  -- they are done, so it is never taken for a change that is not there to be seen.
  with moved as (
    select d.conversation_id from public.chat_desk d where d.cx >= pg_snapshot_xmax(place.seen)
    union all
    select d.conversation_id from public.chat_desk d where d.cx = any (array(select pg_snapshot_xip(place.seen)))
  ), noted as (
    insert into public.chat_search_due (kind, id)
      select distinct 'conversation', m.conversation_id from moved m
      on conflict (kind, id) do update set since = now()
  )
  select pg_current_snapshot() into now_seen;

  with few as (
    select d.kind, d.id from public.chat_search_due d order by d.since limit 200 for update skip locked
  ), sized as (
    -- How many messages of it are new.
    select f.*, sum(coalesce(c.last_seq - (
        select coalesce(max(s.seq), 0) from public.chat_search s where s.conversation_id = f.id
      ), 0)) over (rows between unbounded preceding and 1 preceding) as before
    from few f
    left join public.chat_conversations c on f.kind = 'conversation' and c.id = f.id
  ), gone as (
    delete from public.chat_search_due d
      using sized z
      where d.kind = z.kind and d.id = z.id and coalesce(z.before, 0) < most
      returning d.kind, d.id
  )
  select coalesce(jsonb_object_agg(g.kind, g.ids), '{}') into taken
    from (select w.kind, array_agg(w.id) as ids from gone w group by w.kind) g;

  has_more := exists (select from public.chat_search_due);
  if place.filled_at is null and not has_more then
    with next as (
      select d.conversation_id as id, sum(c.message_count) over (
          order by d.conversation_id rows between unbounded preceding and 1 preceding
        ) as before
      from (
        select w.conversation_id from public.chat_desk w
        where place.filled_to is null or w.conversation_id > place.filled_to
        order by w.conversation_id
        limit 500
      ) d
      join public.chat_conversations c on c.id = d.conversation_id
    )
    select array_agg(n.id order by n.id) into walked from next n where coalesce(n.before, 0) < most;
    if walked is null then
      walked := '{}';
      place.filled_at := clock_timestamp();
    else
      place.filled_to := walked[cardinality(walked)];
      has_more := true;
    end if;
  end if;

  -- What is otherwise than before is written anew.
  notes := array(select jsonb_array_elements_text(taken -> 'note')::uuid);
  inquiries := array(select jsonb_array_elements_text(taken -> 'inquiry')::uuid);
  contacts := array(select jsonb_array_elements_text(taken -> 'contact')::uuid);
  delete from public.chat_search s where s.note_id = any (notes);
  delete from public.chat_search s where s.contact_id = any (contacts);

  walked := walked || array(select jsonb_array_elements_text(taken -> 'conversation')::uuid);
  conversations := array(
    select c.id from public.chat_conversations c where c.id = any (walked) order by c.id for key share skip locked
  );
  insert into public.chat_search_due (kind, id)
    select 'conversation', c.id from public.chat_conversations c
    where c.id = any (walked) and c.id <> all (conversations)
    on conflict (kind, id) do update set since = now();

  insert into public.chat_search (message_id, conversation_id, seq, said_by, created_at, tokens)
    select m.id, m.conversation_id, m.seq,
      case when m.role = 'user' then 'customer' when m.author is not null then 'operator' else m.role end,
      m.created_at, array_to_tsvector(public.bigrams(m.content))
    from public.chat_conversations c
    cross join lateral (
      select coalesce(max(s.seq), -1) as seq from public.chat_search s where s.conversation_id = c.id
    ) last
    join public.chat_messages m on m.user_id = c.user_id and m.conversation_id = c.id and m.seq > last.seq
    where c.id = any (conversations) and m.content is not null
    on conflict do nothing;
  get diagnostics changed = row_count;
  indexed := indexed + changed;

  notes := array(
    select n.id from public.chat_notes n
    where n.conversation_id = any (conversations)
      and not exists (select from public.chat_search s where s.note_id = n.id)
  ) || notes;
  with held as materialized (
    select n.* from public.chat_notes n where n.id = any (notes) for key share skip locked
  ), written as (
    insert into public.chat_search (note_id, conversation_id, said_by, created_at, tokens)
      select h.id, h.conversation_id, case when h.operator_id is null then 'rule' else 'operator' end,
        h.created_at, array_to_tsvector(public.bigrams(h.content))
      from held h
      on conflict do nothing
      returning note_id
  )
  select count(*) into changed from written;
  indexed := indexed + changed;

  inquiries := inquiries || array(
    select i.id from public.chat_inquiries i
    where i.conversation_id = any (conversations)
      and not exists (select from public.chat_search s where s.inquiry_id = i.id)
  );
  with held as materialized (
    select i.* from public.chat_inquiries i where i.id = any (inquiries) for key share skip locked
  ), written as (
    insert into public.chat_search (inquiry_id, conversation_id, said_by, created_at, tokens)
      select h.id, h.conversation_id, 'customer', h.created_at,
        array_to_tsvector(public.bigrams(concat_ws(' · ', public.search_as_text(h."values"), public.search_as_text(h.normal))))
      from held h
      on conflict do nothing
      returning inquiry_id
  )
  select count(*) into changed from written;
  indexed := indexed + changed;

  contacts := contacts || array(
    select distinct c.user_id from public.chat_conversations c
    where c.id = any (conversations)
      and not exists (select from public.chat_search s where s.contact_id = c.user_id)
  );
  with held as materialized (
    select p.* from public.chat_contacts p where p.id = any (contacts) for key share skip locked
  ), written as (
    insert into public.chat_search (contact_id, said_by, created_at, tokens)
      select h.id, 'customer', h.created_at, array_to_tsvector(public.bigrams(public.search_as_text(
        jsonb_build_object('name', h.name, 'email', h.email, 'phone', h.phone) || h.attributes
      )))
      from held h
      on conflict do nothing
      returning contact_id
  )
  select count(*) into changed from written;
  indexed := indexed + changed;

  -- What somebody held is looked at again.
  insert into public.chat_search_due (kind, id)
    select 'note', n.id from public.chat_notes n
    where n.id = any (notes) and not exists (select from public.chat_search s where s.note_id = n.id)
    union all
    select 'inquiry', i.id from public.chat_inquiries i
    where i.id = any (inquiries) and not exists (select from public.chat_search s where s.inquiry_id = i.id)
    union all
    select 'contact', p.id from public.chat_contacts p
    where p.id = any (contacts) and not exists (select from public.chat_search s where s.contact_id = p.id)
    on conflict (kind, id) do update set since = now();

  update public.chat_search_state s
    set branch = history,
      seen = now_seen,
      filled_to = place.filled_to,
      filled_at = place.filled_at,
      looked_at = clock_timestamp();
  return jsonb_build_object('indexed', indexed, 'has_more', has_more);
end
$$;

comment on function public.search_fill(integer) is
  'For the workers: one round of keeping chat_search, about p_most messages; answers {indexed, has_more}. One at a time: where another is at it, nothing is done.';

revoke all on function public.search_fill(integer) from public, anon, authenticated, service_role;
grant execute on function public.search_fill(integer) to service_role;
