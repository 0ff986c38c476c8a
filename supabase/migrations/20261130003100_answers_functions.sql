-- A question is answered in its turn: what is known comes along with the member's request, and what is said is written with
-- what is kept of it.

-- It is told which steps ask: its parameters grow at the end, so that a service of before goes on calling it.
-- squawk-ignore ban-drop-function
drop function public.chat_send(uuid, uuid, text, jsonb, uuid, uuid, text[]);

-- The language of a question, told by its letters: Korean by its syllables, English by the small words without which it has
-- no sentence. A name, a code or a number is of no language.

create or replace function public.kb_language(p_text text, p_otherwise text) returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select case
    when counted.english >= 2 and counted.korean < counted.latin then 'en'
    when counted.korean > 0 then 'ko'
    when counted.english >= 1 then 'en'
    else p_otherwise
  end
  from (select left(normalize(coalesce(p_text, '')), 1000) as text) given
  cross join lateral (
    select
      regexp_count(given.text, '[가-힣ㄱ-ㅎㅏ-ㅣ]') as korean,
      regexp_count(given.text, '[A-Za-z]') as latin,
      regexp_count(
        given.text,
        '\m(a|an|the|is|are|was|do|does|did|can|could|will|would|should|how|what|when|where|which|who|why|my|your|i|you|we|it|to|of|for|in|on|with|not|and|or|please|have|has|get|if|from|this|that|there)\M',
        1, 'i'
      ) as english
  ) counted
$$;

comment on function public.kb_language(text, text) is
  'ko or en, whichever a question is in; p_otherwise where its letters tell neither.';

revoke all on function public.kb_language(text, text) from public, anon, authenticated, service_role;
grant execute on function public.kb_language(text, text) to authenticated, service_role;

-- What is known for texts that wait, newest first: looked for until one of them can be answered. Asked by members along with
-- what they say, under their rights, and by the service for guests. Whether the best that is found may be said is decided
-- where it is found.

create or replace function public.kb_look_up(p_texts jsonb, p_locale text, p_audience text default null) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  told constant jsonb := public.kb_assistant_told();
  asked jsonb;
  question_locale text;
  best jsonb;
  found jsonb := '[]';
begin
  if coalesce(told ->> 'mode', 'off') <> 'off' then
    for asked in select t.value from jsonb_array_elements(p_texts) with ordinality t (value, place) order by t.place limit 3 loop
      question_locale := public.kb_language(asked ->> 'content', p_locale);
      best := public.kb_find(asked ->> 'content', question_locale, p_audience, 5) -> 0;
      if not coalesce((best ->> 'answerable')::boolean, false) then
        best := null;
      end if;
      found := found || jsonb_build_object(
        'message_id', asked -> 'id',
        'locale', question_locale,
        'answer', case when best is not null then jsonb_build_object(
          'text', best -> 'text',
          'sources', jsonb_build_array(jsonb_build_object(
            'articleId', best -> 'articleId',
            'version', best -> 'version',
            'place', best -> 'place',
            'chunkId', best -> 'chunkId',
            'slug', best -> 'slug',
            'title', best -> 'title',
            'locale', best -> 'locale'
          ))
        ) end
      );
      exit when best is not null;
    end loop;
  end if;
  return jsonb_build_object(
    'mode', coalesce(told ->> 'mode', 'off'),
    'forbidden_topics', coalesce(told -> 'forbidden_topics', '[]'),
    'found', found
  );
end
$$;

comment on function public.kb_look_up(jsonb, text, text) is
  'Of texts [{id, content}], newest first: {mode, forbidden_topics, found: [{message_id, locale, answer: {text, sources} or null}]}, up to the first that can be answered and three at most.';

revoke all on function public.kb_look_up(jsonb, text, text) from public, anon, authenticated, service_role;
grant execute on function public.kb_look_up(jsonb, text, text) to authenticated, service_role;

-- A turn with what is known for its texts that wait, where the bot handles it and there are any: what an answer is made of.

create or replace function public.kb_knowing(p_turn jsonb, p_audience text default null) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  texts constant jsonb := (
    select jsonb_agg(p.value order by p.place desc)
    from jsonb_array_elements(p_turn -> 'pending') with ordinality p (value, place)
    where p.value -> 'event' = 'null'
  );
begin
  if texts is null or p_turn #>> '{conversation,handling}' <> 'bot' then
    return p_turn;
  end if;
  return p_turn || jsonb_build_object(
    'looked_up', public.kb_look_up(texts, coalesce(p_turn #>> '{state,locale}', 'ko'), p_audience)
  );
end
$$;

comment on function public.kb_knowing(jsonb, text) is
  'A turn as chat_turn tells it, and looked_up: kb_look_up of its texts that wait, if it has any and the bot handles it.';

revoke all on function public.kb_knowing(jsonb, text) from public, anon, authenticated, service_role;
grant execute on function public.kb_knowing(jsonb, text) to authenticated, service_role;

-- A guest asks: what is published for all, and nothing is kept but that nothing was found.

create or replace function public.kb_ask(p_question text, p_locale text) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  looked_up constant jsonb := public.kb_look_up(
    jsonb_build_array(jsonb_build_object('id', null, 'content', p_question)), p_locale, 'all'
  );
begin
  if looked_up ->> 'mode' = 'extractive' and looked_up #> '{found,0,answer}' = 'null' then
    perform public.kb_miss(p_question, looked_up #>> '{found,0,locale}');
  end if;
  return looked_up;
end
$$;

comment on function public.kb_ask(text, text) is
  'For the service: kb_look_up of a guest''s question, of which a miss is kept where nothing was found.';

revoke all on function public.kb_ask(text, text) from public, anon, authenticated, service_role;
grant execute on function public.kb_ask(text, text) to service_role;

-- What versions of articles said to everybody: a guest's browser names them, and their words are the database's. Nothing is
-- told of an article that is not published for all any more.

create or replace function public.kb_said(p_sources jsonb) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(said.answer order by s.place), '[]')
  from jsonb_array_elements(p_sources) with ordinality s (value, place)
  left join lateral (
    select jsonb_build_object(
      'text', p.value -> 'text',
      'sources', jsonb_build_array(jsonb_build_object(
        'articleId', v.article_id,
        'version', v.version,
        'place', p.value -> 'place',
        -- One that is not there any more is none of those that are.
        'chunkId', coalesce(
          (select c.id::text from public.kb_chunks c where c.article_id = v.article_id and c.text = p.value ->> 'text' limit 1),
          format('%s/%s/%s', v.article_id, v.version, p.value ->> 'place')
        ),
        'slug', a.slug,
        'title', v.title,
        'locale', v.locale
      ))
    ) as answer
    from public.kb_versions v
    join public.kb_articles a on a.id = v.article_id and a.status = 'published' and a.audience = 'all'
    cross join lateral jsonb_array_elements(v.pieces) p (value)
    where v.article_id = (s.value ->> 'article_id')::uuid
      and v.version = (s.value ->> 'version')::integer
      and v.status = 'published'
      and v.audience = 'all'
      and (p.value ->> 'place')::integer = (s.value ->> 'place')::integer
    limit 1
  ) said on true
$$;

comment on function public.kb_said(jsonb) is
  'For the service: of sources [{article_id, version, place}] {text, sources} each, null for what was not said to all or is withdrawn.';

revoke all on function public.kb_said(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.kb_said(jsonb) to service_role;

-- Whether what the answers among turns stand on is still there for whom they are for; and it stays so until the transaction
-- ends. A piece of an article never changes: it is there or not.

create or replace function public.kb_hold(p_user_id uuid, p_turns jsonb) returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  -- In one order, whoever holds several.
  perform from public.kb_articles a
    where a.id in (
      select (s.value ->> 'articleId')::uuid from jsonb_path_query(p_turns, '$[*].knowledge.sources[*]') s (value)
    )
    order by a.id
    for share;
  return not exists (
    select from jsonb_path_query(p_turns, '$[*].knowledge.sources[*]') s (value)
    where not exists (
      select from public.kb_articles a
      join public.kb_chunks c on c.article_id = a.id
      where a.id = (s.value ->> 'articleId')::uuid
        and c.id = (s.value ->> 'chunkId')::uuid
        and a.status = 'published'
        and (
          a.audience = 'all'
          or exists (select from public.chat_contacts o where o.id = p_user_id and not o.is_guest)
        )
    )
  );
end
$$;

comment on function public.kb_hold(uuid, jsonb) is
  'For the service, inside other functions: whether what answers stand on may still be said to somebody; holds it.';

revoke all on function public.kb_hold(uuid, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.kb_hold(uuid, jsonb) to service_role;

-- What a question got is kept, in the transaction in which it is said: once a question. What is yet to be looked into is asked
-- for as a job; what nobody could answer is a miss.

create or replace function public.kb_record(
  p_user_id uuid,
  p_conversation_id uuid,
  p_state_version bigint,
  p_turn jsonb
) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  given constant jsonb := p_turn -> 'knowledge';
  -- A job's turn begins with no message.
  question_id constant uuid := coalesce((p_turn ->> 'message_id')::uuid, (given ->> 'question_id')::uuid);
  kept public.kb_answers;
begin
  insert into public.kb_answers (
    user_id, conversation_id, question_message_id, message_id, locale, mode, outcome, reason, sources, state_version, settled_at
  ) values (
    p_user_id,
    p_conversation_id,
    question_id,
    (given ->> 'message_id')::uuid,
    given ->> 'locale',
    given ->> 'mode',
    given ->> 'outcome',
    given ->> 'reason',
    given -> 'sources',
    p_state_version,
    case when given ->> 'outcome' is not null then clock_timestamp() end
  )
  on conflict (conversation_id, question_message_id) do update
    set message_id = excluded.message_id,
      outcome = excluded.outcome,
      reason = excluded.reason,
      sources = excluded.sources,
      settled_at = excluded.settled_at
    where kb_answers.outcome is null
  returning * into kept;
  if kept.id is null then
    return;
  end if;

  if kept.outcome is null then
    perform public.jobs_add(
      'answer',
      jsonb_build_object(
        'answer_id', kept.id,
        'conversation_id', p_conversation_id,
        'message_id', question_id,
        'state_version', p_state_version
      ),
      question_id::text,
      p_conversation_id
    );
  elsif kept.outcome = 'unknown' and kept.reason is null and given -> 'is_missed' is distinct from 'false' then
    perform public.kb_miss(m.content, kept.locale) from public.chat_messages m where m.id = question_id;
  end if;
end
$$;

comment on function public.kb_record(uuid, uuid, bigint, jsonb) is
  'For the service, inside other functions: keeps what the question of a turn got, asks for a job or keeps a miss.';

revoke all on function public.kb_record(uuid, uuid, bigint, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.kb_record(uuid, uuid, bigint, jsonb) to service_role;

-- What a customer thought of answers, by the chips under them: the first word counts.

create or replace function public.kb_thought(p_user_id uuid, p_conversation_id uuid, p_after bigint, p_until bigint) returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  update public.kb_answers k
    set helpful = m.event ->> 'chip_id' = 'helpful_yes'
    from public.chat_messages m
    where m.user_id = p_user_id
      and m.conversation_id = p_conversation_id
      and m.seq > p_after
      and m.seq <= p_until
      and m.role = 'user'
      and m.event ->> 'chip_id' in ('helpful_yes', 'helpful_no')
      and k.conversation_id = p_conversation_id
      and k.message_id = m.in_reply_to
      and k.outcome = 'answered'
      and k.helpful is null
$$;

comment on function public.kb_thought(uuid, uuid, bigint, bigint) is
  'For the service, inside other functions: keeps what the messages of a conversation after a number, up to another, say of answers.';

revoke all on function public.kb_thought(uuid, uuid, bigint, bigint) from public, anon, authenticated, service_role;
grant execute on function public.kb_thought(uuid, uuid, bigint, bigint) to service_role;

-- Why a question that was looked into is no longer to be answered, in a word; null where it is.

create or replace function public.kb_overtaken(p_answer public.kb_answers) returns text
language sql
stable
security invoker
set search_path = ''
as $$
  select case
    when c.status <> 'open' then 'completed'
    when c.handling <> 'bot' then 'taken_over'
    when exists (
      select from public.chat_messages m
      where m.user_id = c.user_id
        and m.conversation_id = c.id
        and m.role = 'user'
        and m.seq > (select q.seq from public.chat_messages q where q.id = p_answer.question_message_id)
    ) then 'newer_message'
    when c.state_version <> p_answer.state_version then 'moved_on'
  end
  from public.chat_conversations c
  where c.id = p_answer.conversation_id
$$;

comment on function public.kb_overtaken(public.kb_answers) is
  'For the service, inside other functions: completed, taken_over, newer_message or moved_on; null where the answer is still wanted.';

revoke all on function public.kb_overtaken(public.kb_answers) from public, anon, authenticated, service_role;
grant execute on function public.kb_overtaken(public.kb_answers) to service_role;

-- A question that is to be looked into after its turn, with all that must be known for it. One that nobody waits for any more
-- is dropped here, before anybody pays for its answer. Several texts in a row that got no answer yet are one question.

create or replace function public.kb_question(p_answer_id uuid, p_known_flows text[] default '{}') returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  kept public.kb_answers;
  overtaken text;
  asked record;
  -- The last that was said to them before, and the last word of people or about them: what was before that is over.
  answered_seq bigint;
  since_seq bigint;
begin
  select * into kept from public.kb_answers k where k.id = p_answer_id and k.outcome is null;
  if not found then
    return null;
  end if;
  overtaken := public.kb_overtaken(kept);
  if overtaken is not null then
    update public.kb_answers k
      set outcome = 'dropped', reason = overtaken, settled_at = clock_timestamp()
      where k.id = p_answer_id and k.outcome is null;
    return null;
  end if;
  select m.seq, m.client_message_id into asked from public.chat_messages m where m.id = kept.question_message_id;
  select
      coalesce(max(m.seq) filter (
        where (m.role <> 'user' or m.in_reply_to is not null)
          and not coalesce((m.payload ->> 'isLooking')::boolean, false)
          and m.step_id is distinct from 'answers.together'
      ), 0),
      coalesce(max(m.seq) filter (where m.role = 'system' or starts_with(m.step_id, 'handover.')), 0)
    into answered_seq, since_seq
    from public.chat_messages m
    where m.user_id = kept.user_id and m.conversation_id = kept.conversation_id and m.seq < asked.seq;
  return jsonb_build_object(
    'answer_id', kept.id,
    'user_id', kept.user_id,
    'message_id', kept.question_message_id,
    'locale', kept.locale,
    'question', (
      select string_agg(t.content, E'\n' order by t.seq)
      from (
        select m.seq, m.content, sum(char_length(m.content) + 1) over (order by m.seq desc) as size
        from public.chat_messages m
        where m.user_id = kept.user_id
          and m.conversation_id = kept.conversation_id
          and m.role = 'user'
          and m.seq > answered_seq
          and m.seq <= asked.seq
      ) t
      where t.size <= 4001
    ),
    'client_message_id', asked.client_message_id,
    'audience', (select case when o.is_guest then 'all' else 'members' end from public.chat_contacts o where o.id = kept.user_id),
    'history', (
      select coalesce(jsonb_agg(jsonb_build_object('role', h.role, 'content', h.content) order by h.seq), '[]')
      from (
        select m.seq, m.role, m.content
        from public.chat_messages m
        where m.user_id = kept.user_id
          and m.conversation_id = kept.conversation_id
          and m.seq > since_seq
          and m.seq <= answered_seq
          and m.content is not null
          and m.kind <> 'notice'
          and not coalesce((m.payload ->> 'isLooking')::boolean, false)
        order by m.seq desc
        limit 10
      ) h
    ),
    'turn', public.chat_turn_for_service(kept.conversation_id, null, p_known_flows)
  );
end
$$;

comment on function public.kb_question(uuid, text[]) is
  'For the service: a question that waits for its answer, {answer_id, user_id, message_id, client_message_id, question, locale, audience, history, turn}; null where it does not, or no longer.';

revoke all on function public.kb_question(uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.kb_question(uuid, text[]) to service_role;

-- What came of a question that was looked into after its turn: said and kept together, once, and only while it is still
-- wanted. What it cost is kept whatever became of it.

create or replace function public.kb_settle(p_answer_id uuid, p_reply jsonb, p_settled jsonb) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  kept public.kb_answers;
  overtaken text;
  written jsonb;
begin
  select * into kept from public.kb_answers k where k.id = p_answer_id;
  if not found then
    -- Gone with its account.
    return jsonb_build_object('state', 'dropped');
  end if;
  -- Held in the order in which chat_reply does.
  perform from public.chat_contacts o where o.id = kept.user_id for key share;
  perform from public.chat_conversations c where c.id = kept.conversation_id for no key update;
  select * into kept from public.kb_answers k where k.id = p_answer_id for update;
  if not found then
    return jsonb_build_object('state', 'dropped');
  end if;
  if kept.outcome = 'dropped' and kept.tokens_in is null then
    -- Dropped while somebody looked into it: what that cost is kept all the same.
    update public.kb_answers k
      set model = p_settled ->> 'model',
        tokens_in = (p_settled ->> 'tokens_in')::integer,
        tokens_out = (p_settled ->> 'tokens_out')::integer,
        cost_micros = (p_settled ->> 'cost_micros')::bigint
      where k.id = p_answer_id;
  elsif kept.outcome is null then
    overtaken := public.kb_overtaken(kept);
    if overtaken is null and p_reply is not null then
      written := public.chat_reply(
        p_user_id => kept.user_id,
        p_conversation_id => kept.conversation_id,
        p_message_id => null,
        p_state_version => kept.state_version,
        p_state => p_reply -> 'state',
        p_status => p_reply ->> 'status',
        p_turns => p_reply -> 'turns',
        p_flow_version => p_reply ->> 'flow_version',
        p_flow => nullif(p_reply -> 'flow', 'null'),
        p_known_flows => array[p_reply ->> 'flow_version'],
        p_change => case when p_settled ->> 'outcome' = 'handed_over' then '{"handling": "waiting", "actor": {"kind": "bot"}}'::jsonb end
      );
      if not (written ->> 'applied')::boolean then
        -- Nobody was faster: that is held here.
        return jsonb_build_object('state', 'withdrawn');
      end if;
    end if;
    update public.kb_answers k
      set outcome = coalesce(k.outcome, 'dropped'),
        reason = coalesce(overtaken, k.reason, p_settled ->> 'reason'),
        settled_at = coalesce(k.settled_at, clock_timestamp()),
        model = p_settled ->> 'model',
        tokens_in = (p_settled ->> 'tokens_in')::integer,
        tokens_out = (p_settled ->> 'tokens_out')::integer,
        cost_micros = (p_settled ->> 'cost_micros')::bigint
      where k.id = p_answer_id
      returning * into kept;
  end if;
  return jsonb_build_object('state', case kept.outcome when 'dropped' then 'dropped' else 'written' end);
end
$$;

comment on function public.kb_settle(uuid, jsonb, jsonb) is
  'For the service: writes what came of a question, {state: written, dropped or withdrawn}; again: the same. withdrawn: what it stands on is gone, and nothing was written.';

revoke all on function public.kb_settle(uuid, jsonb, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.kb_settle(uuid, jsonb, jsonb) to service_role;

-- The member's half of a turn: save what the person did, once, and say how the conversation stands. Where that is a step at
-- which a text is a question, what is known for it comes along: under the rights of who asks, and nowhere else.

create or replace function public.chat_send(
  p_conversation_id uuid,
  p_client_message_id uuid,
  p_content text default null,
  p_event jsonb default null,
  p_in_reply_to uuid default null,
  p_request_id uuid default null,
  p_known_flows text[] default '{}',
  p_answering jsonb default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  saved record;
  is_new boolean := false;
  failed_constraint text;
  turn jsonb;
begin
  select m.id, m.role, m.content, m.event, m.in_reply_to into saved
    from public.chat_messages m
    where m.conversation_id = p_conversation_id and m.client_message_id = p_client_message_id;
  if not found then
    begin
      insert into public.chat_messages
        (conversation_id, role, kind, content, client_message_id, request_id, in_reply_to, event)
        values (p_conversation_id, 'user', 'text', p_content, p_client_message_id, p_request_id, p_in_reply_to, p_event)
        returning id, role, content, event, in_reply_to into saved;
      is_new := true;
    exception
      -- Somebody was faster: with the same message, or with another answer to the same question.
      when unique_violation or sqlstate 'PT409' then
        get stacked diagnostics failed_constraint = constraint_name;
        select m.id, m.role, m.content, m.event, m.in_reply_to into saved
          from public.chat_messages m
          where m.conversation_id = p_conversation_id and m.client_message_id = p_client_message_id;
        if not found then
          if failed_constraint = 'chat_messages_reply_key' then
            raise exception using errcode = 'PT409', message = 'already_answered';
          end if;
          raise;
        end if;
    end;
  end if;

  if saved.role <> 'user'
    or saved.event is distinct from p_event
    or saved.in_reply_to is distinct from p_in_reply_to
    -- The text of an answer follows from the event.
    or (p_event is null and saved.content is distinct from p_content)
  then
    raise exception using errcode = 'PT409', message = 'idempotency_conflict';
  end if;
  turn := public.chat_turn(p_conversation_id, saved.id, p_known_flows) || jsonb_build_object('created', is_new);
  if p_answering is not null and turn -> 'handled' = 'false' and (
    -- Whoever asks names the steps of the flows that are known there; of others the definition came along. One that has no
    -- state yet is of no flow, and at no step. Of several that wait the first ones may lead there.
    coalesce(
      p_answering -> coalesce(turn ->> 'flow_version', '') ? coalesce(turn #>> '{state,step}', ''),
      turn #>> array['flow', 'steps', turn #>> '{state,step}', 'on_text', 'effect'] = 'answer'
    )
    or jsonb_array_length(turn -> 'pending') > 1
  ) then
    return public.kb_knowing(turn);
  end if;
  return turn;
end
$$;

comment on function public.chat_send(uuid, uuid, text, jsonb, uuid, uuid, text[], jsonb) is
  'Saves the caller''s message once, however often it is sent; answers with chat_turn and created, and at one of the steps p_answering {version: [step]} with looked_up (kb_look_up). Raises PT404, PT409 and PT422 with the code of the API as message.';

revoke all on function public.chat_send(uuid, uuid, text, jsonb, uuid, uuid, text[], jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_send(uuid, uuid, text, jsonb, uuid, uuid, text[], jsonb) to authenticated;

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

  -- Somebody was faster; or what an answer stands on was withdrawn since it was looked up. What is known now comes along.
  if conversation.state_version <> p_state_version
    or (conversation.handling = 'bot') <> (p_handling = 'bot')
    or jsonb_path_exists(p_turns, '$[*].knowledge.sources[*]') and not public.kb_hold(p_user_id, p_turns)
  then
    delete from public.chat_inquiries i where i.id = any (inquiries);
    return public.kb_knowing(
      public.chat_turn_for_service(p_conversation_id, p_message_id, p_known_flows) || jsonb_build_object('applied', false),
      (select case when o.is_guest then 'all' else 'members' end from public.chat_contacts o where o.id = p_user_id)
    );
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
    if written > 0 and turn -> 'knowledge' <> 'null' then
      perform public.kb_record(p_user_id, p_conversation_id, p_state_version + 1, turn);
    end if;
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
    perform public.kb_thought(p_user_id, p_conversation_id, conversation.handled_seq, handled);
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
    perform public.chat_tell(
      p_conversation_id, 'conversation.handed_over', jsonb_build_object('handling', becomes),
      p_actor => coalesce(actor, '{"kind": "bot"}')
    );
  end if;
  if changed_status = 'completed' and conversation.status <> 'completed' then
    perform public.chat_tell(p_conversation_id, 'conversation.completed', p_actor => coalesce(actor, '{"kind": "bot"}'));
  end if;
  if cardinality(inquiries) > 0 then
    perform public.chat_tell(
        i.conversation_id, 'inquiry.submitted',
        jsonb_build_object('inquiryId', i.id, 'messageId', i.message_id, 'stepId', i.step_id), i.user_id
      )
      from public.chat_inquiries i
      where i.id = any (inquiries);
  end if;

  return public.chat_turn_for_service(p_conversation_id, p_message_id, p_known_flows)
    || jsonb_build_object('applied', true);
end
$$;

comment on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[], text, jsonb) is
  'For the service: writes the bot''s part of one or more turns if state and handling are still what it was computed from and what it cites is still there, and changes handling or status with it; answers with chat_turn_for_service and applied, and where it was not applied with what is known now.';

revoke all on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[], text, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[], text, jsonb)
  to service_role;

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

-- Questions that nobody will come back for: their job was tried as often as a job is, or given up by an admin. Whoever asked
-- is still told that an answer is being looked for.

create or replace function public.kb_stranded(p_seconds integer, p_limit integer default 100) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object('answers', coalesce(jsonb_agg(s.id order by s.created_at, s.id), '[]'))
  from (
    select k.id, k.created_at
    from public.kb_answers k
    where k.outcome is null
      and k.created_at < clock_timestamp() - make_interval(secs => p_seconds)
      and not exists (
        select from public.chat_jobs j
        where j.kind = 'answer' and j.dedupe_key = k.question_message_id::text and j.state <> 'dead'
      )
    order by k.created_at, k.id
    limit least(greatest(p_limit, 1), 1000)
  ) s
$$;

comment on function public.kb_stranded(integer, integer) is
  'For the service: questions older than so many seconds that wait for an answer and have no job that may bring one, at most p_limit, {answers: [id]}.';

revoke all on function public.kb_stranded(integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.kb_stranded(integer, integer) to service_role;
