-- What operators look for.

-- Inquiries as operators look for them.

create or replace function public.chat_operator_inquiries(
  p_text text default null,
  p_status text default null,
  p_limit integer default 50,
  p_before_at timestamptz default null,
  p_before_id uuid default null
) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(to_jsonb(page) order by page.created_at desc, page.id desc), '[]')
  from (
    select i.*
    from public.chat_inquiries i
    where (p_status is null or i.status = p_status)
      and (p_before_at is null or (i.created_at, i.id) < (p_before_at, p_before_id))
      -- What people wrote, not the names of the fields; whatever is typed is meant as it is.
      and (
        p_text is null
        or exists (
          select from jsonb_each_text(i.values) v where position(lower(p_text) in lower(v.value)) > 0
        )
      )
    order by i.created_at desc, i.id desc
    limit least(greatest(p_limit, 1), 1000)
  ) page
$$;

comment on function public.chat_operator_inquiries(text, text, integer, timestamptz, uuid) is
  'For the service: inquiries after a place in the order (created_at, id), newest first, by text in their values and by status.';

revoke all on function public.chat_operator_inquiries(text, text, integer, timestamptz, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_operator_inquiries(text, text, integer, timestamptz, uuid) to service_role;

-- An operator closes an inquiry, or opens it again.

create or replace function public.chat_operator_mark(p_inquiry_id uuid, p_status text) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  marked public.chat_inquiries;
begin
  -- Marked the same way again, it keeps its time.
  update public.chat_inquiries i
    set status = p_status, done_at = case when p_status = 'done' then coalesce(i.done_at, now()) end
    where i.id = p_inquiry_id
    returning * into marked;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return to_jsonb(marked);
end
$$;

comment on function public.chat_operator_mark(uuid, text) is 'For the service: marks an inquiry new or done.';

revoke all on function public.chat_operator_mark(uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.chat_operator_mark(uuid, text) to service_role;

-- A day's conversations, and what waits for an operator.

create or replace function public.chat_operator_day(p_from timestamptz, p_to timestamptz, p_limit integer default 50)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'waiting', (select count(*) from public.chat_inquiries i where i.status = 'new'),
    'begun', (
      select count(*) from public.chat_conversations c where c.created_at >= p_from and c.created_at < p_to
    ),
    'completed', (
      select count(*) from public.chat_conversations c
      where c.created_at >= p_from and c.created_at < p_to and c.status = 'completed'
    ),
    'conversations', (
      select coalesce(jsonb_agg(to_jsonb(day) order by day.created_at desc, day.id desc), '[]')
      from (
        select c.id, c.user_id, c.status, c.created_at, c.last_message_at, c.message_count, said.content as last_words
        from public.chat_conversations c
        -- What the member said last: the bot's words are known.
        left join lateral (
          select m.content
          from public.chat_messages m
          where m.user_id = c.user_id and m.conversation_id = c.id and m.role = 'user' and m.seq is not null
          order by m.seq desc
          limit 1
        ) said on true
        where c.created_at >= p_from and c.created_at < p_to
        order by c.created_at desc, c.id desc
        limit least(greatest(p_limit, 1), 1000)
      ) day
    )
  )
$$;

comment on function public.chat_operator_day(timestamptz, timestamptz, integer) is
  'For the service: how many inquiries wait, and the conversations that began in a span of time, newest first.';

revoke all on function public.chat_operator_day(timestamptz, timestamptz, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_operator_day(timestamptz, timestamptz, integer) to service_role;
