-- Operators search: filling what they search in, counting words, and the search itself

-- What stands in a row of values, as a text to look in and to show. What divides it divides tokens, too.

create or replace function public.search_as_text(p_values jsonb) returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select coalesce(string_agg(v.value #>> '{}', ' · ' order by v.place), '')
  from jsonb_each(p_values) with ordinality v (key, value, place)
  where jsonb_typeof(v.value) in ('string', 'number')
$$;

comment on function public.search_as_text(jsonb) is
  'For the service, inside other functions: the texts and numbers among the values of an object, in one line.';

revoke all on function public.search_as_text(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.search_as_text(jsonb) to service_role;

-- What a note or a contact says is otherwise: it is found by what it said no more, and by what it says in a moment.

create or replace function private.search_again() returns trigger
language plpgsql
security invoker
set search_path = ''
as $$
begin
  if tg_table_name = 'chat_notes' then
    delete from public.chat_search s where s.note_id = new.id;
  else
    delete from public.chat_search s where s.contact_id = new.id;
  end if;
  -- Held until this is done, so that it is not looked at before.
  insert into public.chat_search_due (kind, id)
    values (case tg_table_name when 'chat_notes' then 'note' when 'chat_contacts' then 'contact' else 'inquiry' end, new.id)
    on conflict (kind, id) do update set since = now();
  return null;
end
$$;

comment on function private.search_again() is
  'Trigger: takes what was changed out of what operators search in, and has it looked at again.';

revoke all on function private.search_again() from public, anon, authenticated, service_role;

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

-- How common tokens are, of a sample: it says which of several words of a question tells more, and which way to look is
-- the shorter one. While there are few rows, of all of them. Counted again when a tenth of them is new.

create or replace function public.search_count(p_sample integer default 20000) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  sample constant integer := least(coalesce(p_sample, 0), 100000);
  place public.chat_search_state;
  -- What vacuum has counted; it may not have come by yet.
  estimated constant bigint := (select c.reltuples from pg_class c where c.oid = 'public.chat_search'::regclass);
  there bigint;
  source text;
  sampled bigint;
  words integer;
begin
  if sample < 1 then
    return jsonb_build_object('words', 0);
  end if;
  select * into place from public.chat_search_state s;
  there := case
    when estimated > sample then estimated
    else (select count(*) from (select from public.chat_search limit 5 * sample) s)
  end;
  if abs(there - place.counted) * 10 <= place.counted then
    return jsonb_build_object('words', 0);
  end if;
  -- The same rows each time that it is asked.
  source := format(
    'public.chat_search tablesample system (%s) repeatable (1)', least(100, 100.0 * sample / greatest(there, 1))
  );
  execute 'select count(*) from ' || source into sampled;
  if sampled = 0 then
    return jsonb_build_object('words', 0);
  end if;
  execute format(
    $q$
      with counted as materialized (
        select left(t.word, 64) as word, least(1, t.ndoc::real / %s) as share
        from ts_stat(%L) t
        order by t.ndoc desc, t.word
        limit 50000
      ), gone as (
        delete from public.chat_search_words w where not exists (select from counted c where c.word = w.word)
      )
      insert into public.chat_search_words as k (word, share)
        select c.word, c.share from counted c
        on conflict (word) do update set share = excluded.share where k.share <> excluded.share
    $q$,
    sampled, 'select tokens from ' || source
  );
  get diagnostics words = row_count;
  update public.chat_search_state s set counted_at = clock_timestamp(), counted = there;
  return jsonb_build_object('words', words);
end
$$;

comment on function public.search_count(integer) is
  'For the workers: counts how common tokens are among about p_sample rows of chat_search; answers {words: how many were written}.';

revoke all on function public.search_count(integer) from public, anon, authenticated, service_role;
grant execute on function public.search_count(integer) to service_role;

-- What a question asks for: one query that all of it answers to, and its tokens, by which answers are weighed.
--
-- People look for words, and write them as they like: so of a word its pairs are wanted, and not those over its spaces,
-- which a text with particles has not. A particle at the end of the question's own word is not wanted either. A letter
-- alone belongs to its neighbour (환 불). A code is wanted joined or by its parts; words and numbers may go on.

create or replace function public.search_wanted(p_text text) returns jsonb
language plpgsql
immutable
parallel safe
security invoker
set search_path = ''
as $$
declare
  hangul constant text := '[\uAC00-\uD7A3]';
  asked constant text := left(coalesce(p_text, ''), 200);
  plain text := btrim(regexp_replace(
    lower(normalize(asked, NFKC)), '[\u0009-\u000D\u001C-\u0020\u0085\u1680\u2028\u2029]+', ' ', 'g'
  ));
  found text;
  word text;
  token text;
  wanted text[];
  parts text[];
  fragment text;
  fragments text[] := '{}';
  needed text[] := '{}';
begin
  -- Telephone numbers first: they are one thing, however they are divided.
  for found in
    select n.run[1] from regexp_matches(plain, '\+?[0-9]+(?:[-. ()/\u00B7\u2010-\u2015\u2212]{1,2}[0-9]+)*', 'g') n (run)
  loop
    continue when regexp_replace(found, '[^0-9]', '', 'g') !~ '^(0|820?)[1-9][0-9]{7,9}$';
    plain := btrim(replace(plain, found, ' '));
    select t into token from unnest(public.bigrams(found)) t where t ~ '^0[1-9][0-9]{7,9}$' order by length(t) desc limit 1;
    needed := needed || token;
    fragments := fragments || format('''%s''', token);
  end loop;

  word := regexp_replace(plain, format('(?<=^| )(%s) (?=%1$s)', hangul), '\1', 'g');
  word := regexp_replace(word, format('(%s) (?=%1$s(?: |$))', hangul), '\1', 'g');
  foreach word in array string_to_array(word, ' ') loop
    exit when cardinality(needed) >= 24;
    wanted := public.bigrams(regexp_replace(
      word,
      format('^(%s{2,}?)(?:으로|에서|에게|한테|까지|부터|을|를|이|가|은|는|에|의|도|로|와|과|만|요)$', hangul),
      '\1'
    ));
    -- Pairs, and letters that have no neighbour here but may have one in a text.
    parts := array(
      select format(case length(w) when 1 then '''%s'':*' else '''%s''' end, w)
      from unnest(wanted) w where w >= U&'\1100' collate "C" and w !~ '^[\u1200-\u1FFF\u2C00-\u2DFF\uA640-\uA95F\uA980-\uABFF]'
    );
    -- What has letters and digits is there by its parts.
    fragment := array_to_string(
      array(
        select format(
            case when w ~ '^[0-9]{4,}$' or w ~ '^[^0-9]{3,}$' then '''%s'':*' else '''%s''' end, w
          )
        from unnest(wanted) w
        where (w < U&'\1100' collate "C" or w ~ '^[\u1200-\u1FFF\u2C00-\u2DFF\uA640-\uA95F\uA980-\uABFF]')
          and w ~ '^([0-9]+|[^0-9]+)$'
          -- Not what is several parts joined.
          and position(w in word) > 0
      ),
      ' & '
    );
    select w into token from unnest(wanted) w order by length(w) desc, w limit 1;
    if fragment = '' and cardinality(parts) = 0 and token is not null then
      -- In letters that are written otherwise there.
      fragment := format('''%s''', token);
    end if;
    if fragment <> '' and cardinality(parts) = 0 and position(' & ' in fragment) > 0 then
      fragment := format('(''%s'':* | (%s))', token, fragment);
    end if;
    if fragment <> '' then
      parts := parts || fragment;
    end if;
    if cardinality(parts) > 0 then
      fragments := fragments || array_to_string(parts, ' & ');
      needed := needed || wanted;
    end if;
  end loop;

  return jsonb_build_object(
    'query', nullif(array_to_string(fragments, ' & '), ''),
    'tokens', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'token', t.token,
        'query', format(
          case when t.token ~ format('^(%s|[0-9]{4,}|[^0-9\u1100-\U0003FFFF]{3,})$', hangul) then '''%s'':*' else '''%s''' end, t.token
        ),
        'is_needed', t.token = any (needed)
      ) order by t.token), '[]')
      from (
        select w.token collate "C" as token from unnest(needed) w (token)
        union
        -- Over its spaces, and with its particles: who wrote it so wrote the same.
        select w.token from unnest(public.bigrams(asked)) w (token) where w.token ~ format('^%s{2}$', hangul)
        limit 48
      ) t
    )
  );
end
$$;

comment on function public.search_wanted(text) is
  'For the service, inside other functions: {query: a tsquery as text, null where there is nothing to look for; tokens: [{token, query, is_needed}]} of the first 200 characters of a question.';

revoke all on function public.search_wanted(text) from public, anon, authenticated, service_role;
grant execute on function public.search_wanted(text) to service_role;

-- Rows that hold what is wanted, newest first, by the shortest way.

create or replace function public.search_newest(
  p_query tsquery,
  p_estimate double precision,
  p_filters jsonb,
  p_label uuid,
  p_asked jsonb,
  p_before_at timestamptz,
  p_before_id uuid,
  p_limit integer
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
set enable_seqscan = off
as $$
declare
  -- So many rows are read back through time, once more where there was less in them than is usual, before it is looked for
  -- in another way.
  walks constant integer[] := array[30000, 120000];
  walked integer;
  -- Fewer rows than this are fetched and sorted sooner than that.
  few_rows constant integer := 10000;
  few_conversations constant integer := 1000;
  place constant text := (p_asked ->> 'times')
    || case when p_before_at is null then '' else ' and (s.created_at, s.id) < ($4, $5)' end;
  among text := p_asked ->> 'rows';
  meant text := '';
  conversations uuid[];
  found jsonb;
begin
  if p_asked ->> 'conversations' <> '' then
    meant := format(' and exists (select from public.chat_desk d where d.conversation_id = s.conversation_id%s)', p_asked ->> 'conversations');
    if p_estimate > few_rows then
      execute format(
        'select array(select d.conversation_id from public.chat_desk d where true%s limit %s)', p_asked ->> 'conversations', few_conversations + 1
      ) into conversations using p_query, p_filters, p_label;
      if cardinality(conversations) <= few_conversations then
        p_estimate := 0;
        among := among || ' and s.conversation_id = any ($7)';
        meant := '';
      end if;
    end if;
  end if;

  foreach walked in array walks loop
    exit when p_estimate <= few_rows;
    execute format(
      $q$
        select coalesce(jsonb_agg(jsonb_build_object('at', w.created_at, 'id', w.id) order by w.created_at desc, w.id desc), '[]')
        from (
          select s.created_at, s.id
          from (
            select s.* from public.chat_search s where true%1$s order by s.created_at desc, s.id desc limit %4$s
          ) s
          where s.tokens @@ $1%2$s%3$s
          order by s.created_at desc, s.id desc
          limit $6
        ) w
      $q$,
      place, among, meant, walked
    ) into found using p_query, p_filters, p_label, p_before_at, p_before_id, p_limit;
    if jsonb_array_length(found) >= p_limit then
      return found;
    end if;
  end loop;

  execute format(
    $q$
      with held as materialized (
        select s.created_at, s.id, s.conversation_id from public.chat_search s where s.tokens @@ $1%1$s%2$s
      )
      select coalesce(jsonb_agg(jsonb_build_object('at', w.created_at, 'id', w.id) order by w.created_at desc, w.id desc), '[]')
      from (
        select s.created_at, s.id from held s where true%3$s order by s.created_at desc, s.id desc limit $6
      ) w
    $q$,
    place, among, meant
  ) into found using p_query, p_filters, p_label, p_before_at, p_before_id, p_limit, conversations;
  return found;
end
$$;

comment on function public.search_newest(tsquery, double precision, jsonb, uuid, jsonb, timestamptz, uuid, integer) is
  'For the service, inside inbox_search: [{at, id}] of the newest rows that hold p_query, of which p_estimate are expected; p_asked {times, rows, conversations} are its conditions.';

revoke all on function public.search_newest(tsquery, double precision, jsonb, uuid, jsonb, timestamptz, uuid, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.search_newest(tsquery, double precision, jsonb, uuid, jsonb, timestamptz, uuid, integer)
  to service_role;

-- Rows that hold most of what is wanted, the best first: the share of it that they hold, a token weighing more the rarer
-- it is, and what lies over spaces a little. Weighed are the newest that hold all of it, and those that hold something
-- rare: what holds neither holds little of it.

create or replace function public.search_best(
  p_wanted jsonb,
  p_shares real[],
  p_total real,
  p_as_of timestamptz,
  p_filters jsonb,
  p_label uuid,
  p_asked jsonb,
  p_before jsonb,
  p_limit integer
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
set enable_seqscan = off
as $$
declare
  -- So many rows at most are weighed that hold all of it, fewer where they are looked for in some conversations alone, and
  -- that hold something rare.
  most_whole constant integer := case p_asked ->> 'conversations' when '' then 300 else 100 end;
  most_rare constant integer := 5000;
  meant constant text := case p_asked ->> 'conversations' when '' then '' else
    format(' and exists (select from public.chat_desk d where d.conversation_id = s.conversation_id%s)', p_asked ->> 'conversations')
  end;
  queries tsquery[];
  weights real[];
  rare tsquery;
  whole jsonb;
  found jsonb;
begin
  select array_agg(t.query order by t.place), array_agg(t.weight order by t.place)
    into queries, weights
    from (
      select (w.one ->> 'query')::tsquery as query, w.place,
        greatest(ln(1 / greatest(p_shares[w.place], 1 / p_total)), 0.05)
          -- A letter of a code is everywhere.
          * case when (w.one ->> 'is_needed')::boolean and w.one ->> 'token' !~ '^[a-z0-9]$' then 1 else 0.3 end as weight
      from jsonb_array_elements(p_wanted -> 'tokens') with ordinality w (one, place)
    ) t;
  -- The rarest ones, as long as together they are in few rows.
  select string_agg(r.query, ' | ')::tsquery into rare
    from (
      select w.one ->> 'query' as query, sum(p_shares[w.place]) over (order by p_shares[w.place], w.place) * p_total as rows
      from jsonb_array_elements(p_wanted -> 'tokens') with ordinality w (one, place)
      where (w.one ->> 'is_needed')::boolean
    ) r
    where r.rows <= most_rare;

  whole := public.search_newest(
    (p_wanted ->> 'query')::tsquery,
    case when coalesce(p_filters ->> 'kind', 'message') = 'message' then p_total else 0 end * coalesce((
      select min(p_shares[t.place]) from jsonb_array_elements(p_wanted -> 'tokens') with ordinality t (one, place)
      where (t.one ->> 'is_needed')::boolean
    ), 0),
    p_filters, p_label, p_asked, p_as_of, 'ffffffff-ffff-ffff-ffff-ffffffffffff', most_whole
  );
  execute format(
    $q$
      with held as materialized (
        select s.created_at, s.id, s.tokens, s.conversation_id from public.chat_search s
        where s.tokens @@ $1 and s.created_at <= $4%1$s
      ), near as (
        select s.created_at, s.id, s.tokens from held s where true%2$s
        order by s.created_at desc, s.id desc limit %3$s
      ), chosen as (
        select n.created_at, n.id, n.tokens from near n
        union
        select s.created_at, s.id, s.tokens
        from jsonb_array_elements($5) w (one)
        join public.chat_search s on s.created_at = (w.one ->> 'at')::timestamptz and s.id = (w.one ->> 'id')::uuid
      ), scored as (
        select c.created_at, c.id, (
            select round((sum(w.weight) filter (where c.tokens @@ w.query) / sum(w.weight))::numeric, 3)
            from unnest($6, $7) w (query, weight)
          ) as score
        from chosen c
      )
      select coalesce(
        jsonb_agg(
          jsonb_build_object('score', p.score, 'at', p.created_at, 'id', p.id)
          order by p.score desc, p.created_at desc, p.id desc
        ), '[]'
      )
      from (
        select * from scored o
        where o.score >= 0.3
          and ($8 is null or (o.score, o.created_at, o.id)
            < (($8 ->> 'score')::numeric, ($8 ->> 'at')::timestamptz, ($8 ->> 'id')::uuid))
        order by o.score desc, o.created_at desc, o.id desc
        limit $9
      ) p
    $q$,
    (p_asked ->> 'times') || (p_asked ->> 'rows'), meant, most_rare
  ) into found using rare, p_filters, p_label, p_as_of, whole, queries, weights, p_before, p_limit;
  return found;
end
$$;

comment on function public.search_best(jsonb, real[], real, timestamptz, jsonb, uuid, jsonb, jsonb, integer) is
  'For the service, inside inbox_search: [{score, at, id}] of the rows that hold at least three tenths of what is wanted, by weight, none newer than p_as_of.';

revoke all on function public.search_best(jsonb, real[], real, timestamptz, jsonb, uuid, jsonb, jsonb, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.search_best(jsonb, real[], real, timestamptz, jsonb, uuid, jsonb, jsonb, integer)
  to service_role;

-- Whether all that there is can be found, and if not, how long that has been so.

create or replace function public.search_state() returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'is_complete', s.filled_at is not null,
    -- Where nothing has changed since, nothing is missing, however long ago that was.
    'behind_seconds', case
      when s.looked_at is null
        or exists (select from public.chat_search_due)
        or exists (select from public.chat_desk d where d.cx >= pg_snapshot_xmax(s.seen) order by d.cx limit 1)
      then ceil(extract(epoch from clock_timestamp() - s.looked_at))::integer
      else 0
    end
  )
  from public.chat_search_state s
$$;

comment on function public.search_state() is
  'For the service: {is_complete: whether all that was there before the first round is in the search; behind_seconds: how old the oldest thing may be that is not, null where there was no round yet}.';

revoke all on function public.search_state() from public, anon, authenticated, service_role;
grant execute on function public.search_state() to service_role;

-- A row that was found, as the inbox shows it: what it says, who said it, where, and whose that is.

create or replace function public.search_hit(p_id uuid, p_created_at timestamptz) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'kind', s.kind,
    'id', s.id,
    'conversation_id', c.id,
    -- An inquiry stands where its form was filled in.
    'message_id', coalesce(s.message_id, i.message_id),
    'seq', coalesce(s.seq, (
      select f.seq from public.chat_messages f where f.conversation_id = i.conversation_id and f.id = i.message_id
    )),
    'created_at', s.created_at,
    'said_by', s.said_by,
    'author_name', coalesce(m.author ->> 'name', o.display_name, n.rule_name),
    'text', case s.kind
      when 'message' then m.content
      when 'note' then n.content
      when 'inquiry' then public.search_as_text(i."values")
      else public.search_as_text(
        jsonb_build_object('name', p.name, 'email', p.email, 'phone', p.phone) || p.attributes
      )
    end,
    'inquiry_status', i.status,
    'contact', case when p.id is not null then jsonb_build_object(
      'id', p.id, 'name', p.name, 'email', p.email, 'phone', p.phone, 'is_guest', p.is_guest
    ) end,
    'status', c.status,
    'handling', c.handling,
    'channel', c.channel
  )
  from public.chat_search s
  left join public.chat_messages m on m.id = s.message_id
  left join public.chat_notes n on n.id = s.note_id
  left join public.chat_operators o on o.id = n.operator_id
  left join public.chat_inquiries i on i.id = s.inquiry_id
  -- Of somebody, the last thing that they are in.
  left join public.chat_conversations c on c.id = coalesce(s.conversation_id, (
    select l.id from public.chat_conversations l
    where l.user_id = s.contact_id
    order by l.last_message_at desc, l.id desc
    limit 1
  ))
  left join public.chat_contacts p on p.id = coalesce(s.contact_id, c.user_id, i.user_id)
  where s.created_at = p_created_at and s.id = p_id
$$;

comment on function public.search_hit(uuid, timestamptz) is
  'For the service, inside inbox_search: a row of chat_search as the inbox shows it.';

revoke all on function public.search_hit(uuid, timestamptz) from public, anon, authenticated, service_role;
grant execute on function public.search_hit(uuid, timestamptz) to service_role;

-- An operator looks for something in all that was ever said, noted, asked for or known of somebody.
--
-- Newest first there are three ways, and each is bounded: where few conversations are meant, through those; where few rows
-- can hold it, by the index of tokens; where many do, back through time, for the page is full before long. How many can
-- hold it is known of a sample (search_count). The best are those that hold most of it, a rare token counting for more.

create or replace function public.inbox_search(
  p_user_id uuid,
  p_query text,
  p_filters jsonb default '{}',
  p_sort text default 'newest',
  p_limit integer default 50,
  p_before jsonb default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
-- The table is never read whole: what the planner knows of tokens is too little to choose that.
set enable_seqscan = off
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  size constant integer := least(greatest(coalesce(p_limit, 50), 1), 200);
  wanted constant jsonb := public.search_wanted(p_query);
  label constant uuid := (select l.id from public.chat_labels l where lower(l.name) = lower(normalize(p_filters ->> 'label')));
  total constant real := greatest((select c.reltuples from pg_class c where c.oid = 'public.chat_search'::regclass), 100);
  as_of constant timestamptz := coalesce((p_before ->> 'as_of')::timestamptz, clock_timestamp());
  -- Conditions: of time (s), of a row (s), of its conversation (d).
  times text := '';
  rows_asked text := '';
  conversations_asked text := '';
  asked jsonb;
  filters jsonb;
  shares real[];
  found jsonb := '[]';
begin
  if p_filters ? 'said_by' then
    rows_asked := rows_asked || ' and s.said_by = $2 ->> ''said_by''';
  end if;
  if p_filters ? 'kind' then
    -- As the keys say it: what is no message is seldom, and found by them.
    rows_asked := rows_asked || format(' and s.%I is not null', (p_filters ->> 'kind') || '_id');
  end if;
  if p_filters ? 'author' then
    -- A customer, or somebody of the team: a message knows its author by name.
    rows_asked := rows_asked || '
      and (
        s.contact_id = ($2 ->> ''author'')::uuid
        or s.said_by = ''customer'' and exists (
          select from public.chat_conversations c
          where c.id = s.conversation_id and c.user_id = ($2 ->> ''author'')::uuid
        )
        or s.said_by = ''operator'' and exists (
          select from public.chat_operators o
          where o.id = ($2 ->> ''author'')::uuid and (
            exists (select from public.chat_notes n where n.id = s.note_id and n.operator_id = o.id)
            or exists (select from public.chat_messages m where m.id = s.message_id and m.author ->> ''name'' = o.display_name)
          )
        )
      )';
  end if;
  -- A day is one of the team's.
  select coalesce(jsonb_object_agg(f.key, case
      when f.key not in ('after', 'before') then f.value
      when f.value #>> '{}' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then
        to_jsonb((f.value #>> '{}')::timestamp at time zone (select t.time_zone from public.chat_team t))
      else f.value
    end), '{}') into filters from jsonb_each(p_filters) f;
  if p_filters ? 'after' then
    times := times || ' and s.created_at >= ($2 ->> ''after'')::timestamptz';
  end if;
  if p_filters ? 'before' then
    times := times || ' and s.created_at < ($2 ->> ''before'')::timestamptz';
  end if;
  if p_filters ? 'channel' then
    conversations_asked := conversations_asked || ' and d.channel = $2 ->> ''channel''';
  end if;
  if p_filters ? 'status' then
    conversations_asked := conversations_asked || ' and d.status = $2 ->> ''status''';
  end if;
  if p_filters ? 'label' then
    conversations_asked := conversations_asked || ' and exists (
      select from public.chat_conversation_labels cl where cl.conversation_id = d.conversation_id and cl.label_id = $3
    )';
  end if;
  conversations_asked := conversations_asked || case p_filters ->> 'has'
    when 'note' then ' and exists (select from public.chat_notes n where n.conversation_id = d.conversation_id)'
    when 'inquiry' then ' and exists (select from public.chat_inquiries i where i.conversation_id = d.conversation_id)'
    when 'rating' then ' and exists (select from public.chat_conversations c where c.id = d.conversation_id and c.rating is not null)'
    when 'label' then ' and exists (select from public.chat_conversation_labels cl where cl.conversation_id = d.conversation_id)'
    else ''
  end;

  if wanted ->> 'query' is not null then
    asked := jsonb_build_object('times', times, 'rows', rows_asked, 'conversations', conversations_asked);
    -- As they were on the first page: what is counted in between must not change the order.
    shares := coalesce(
      (select array_agg(b.share::real order by b.place) from jsonb_array_elements_text(p_before -> 'shares') with ordinality b (share, place)),
      array(
        select least(1, coalesce(
          case
            when t.one ->> 'query' like '%:*' then (
              select sum(w.share) from public.chat_search_words w
              where w.word >= t.one ->> 'token' and w.word < (t.one ->> 'token') || U&'\+10FFFF'
            )
            else (select w.share from public.chat_search_words w where w.word = t.one ->> 'token')
          end, 0
        ))
        from jsonb_array_elements(wanted -> 'tokens') with ordinality t (one, place)
        order by t.place
      )
    );
    if p_sort = 'best' then
      found := public.search_best(wanted, shares, total, as_of, filters, label, asked, p_before, size + 1);
    else
      found := public.search_newest(
        (wanted ->> 'query')::tsquery,
        case when coalesce(p_filters ->> 'kind', 'message') = 'message' then total else 0 end * coalesce((
          select min(shares[t.place]) from jsonb_array_elements(wanted -> 'tokens') with ordinality t (one, place)
          where (t.one ->> 'is_needed')::boolean
        ), 0),
        filters, label, asked,
        (p_before ->> 'at')::timestamptz, (p_before ->> 'id')::uuid, size + 1
      );
    end if;
  end if;

  return jsonb_build_object(
    'hits', (
      select coalesce(jsonb_agg(public.search_hit((f.one ->> 'id')::uuid, (f.one ->> 'at')::timestamptz) order by f.place), '[]')
      from jsonb_array_elements(found) with ordinality f (one, place)
      where f.place <= size
    ),
    -- Where the next page begins, as p_before takes it.
    'next', case when jsonb_array_length(found) > size then (found -> size - 1) || case p_sort
      when 'best' then jsonb_build_object('as_of', as_of, 'shares', to_jsonb(shares)) else '{}' end
    end,
    'tokens', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'token', t.one -> 'token', 'is_needed', t.one -> 'is_needed', 'is_beginning', t.one ->> 'query' like '%:*'
      ) order by t.place), '[]')
      from jsonb_array_elements(wanted -> 'tokens') with ordinality t (one, place)
    ),
    'state', public.search_state()
  );
end
$$;

comment on function public.inbox_search(uuid, text, jsonb, text, integer, jsonb) is
  'For the service: {hits, next, tokens, state} of what holds p_query, newest or best first, at most 200 a page. p_filters: {said_by, author: a contact or operator, kind, after, before (a time, or a day of the team), channel, status, label, has: note|inquiry|rating|label}; p_before is the next of the page before. Raises PT403.';

revoke all on function public.inbox_search(uuid, text, jsonb, text, integer, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_search(uuid, text, jsonb, text, integer, jsonb) to service_role;
