-- The point of no return. It refuses as long as anything of the legacy client is not carried over: one sentence that
-- says what, and the command that mends it. Later migrations of the main line come first: what they made is left alone.

-- needs: the main line

do $$
begin
  if exists (select from private.backfill_jobs j where j.step = 'undo') then
    raise exception 'The way back was begun. Go to its end: python -m scripts.backfill undo --apply';
  end if;

  if exists (
    select from public.chat_messages m
    where (m.role is null or m.kind is null or m.seq is null or m.user_id is null
      or (m.role = 'user' and m.client_message_id is null))
      and not exists (
        select from private.legacy_quarantine q
        where q.message_id = m.id or (q.conversation_id = m.conversation_id and q.message_id is null)
      )
  ) or exists (
    select from public.chat_conversations c
    where (c.user_id is null or c.client_conversation_id is null or c.last_message_at is null
      or c.status is null or c.status not in ('open', 'completed')
      or not private.legacy_is_possible(c.created_at) or not private.legacy_is_possible(c.last_message_at))
      and not exists (
        select from private.legacy_quarantine q where q.conversation_id = c.id and q.message_id is null
      )
  ) then
    raise exception 'There are legacy rows that were not carried over. Run: python -m scripts.backfill messages --apply';
  end if;

  if exists (
    select from public.chat_conversations c
    where c.user_id is not null and not exists (select from public.chat_contacts o where o.id = c.user_id)
  ) then
    raise exception 'There are conversations whose owner has no account. Delete them, or give them to an account.';
  end if;

  if exists (select from private.legacy_quarantine q) then
    raise exception 'There are legacy rows in quarantine. See the reasons with: python -m scripts.backfill verify -- then give rules for them with: python -m scripts.backfill messages --apply --map RULES';
  end if;

  if exists (
    select from public.chat_messages m
    where m.kind in ('chips', 'form') and m.turn_id is null and m.content is not null
      and m.client_message_id = private.legacy_uuid(m.id, 'message')
      and not exists (select from private.legacy_originals o where o.message_id = m.id)
  ) then
    raise exception 'The text of some messages is still the legacy client''s JSON. Stop the legacy client, then run: python -m scripts.backfill messages --apply';
  end if;

  if exists (
    select from public.chat_messages m
    where char_length(m.content) > 16000
      or not private.legacy_is_possible(m.created_at) or not private.legacy_is_possible(m.answered_at)
  ) then
    raise exception 'Some messages are too long, or of a time that nobody can be told. See which with: python -m scripts.backfill verify';
  end if;

  if not exists (select from private.backfill_jobs j where j.step = 'reads' and j.status = 'done')
    and exists (
      select from public.chat_messages m
      where m.role = 'bot' and m.is_read
        and not exists (
          select from public.chat_conversation_reads r
          where r.conversation_id = m.conversation_id and r.user_id = m.user_id
        )
        and not exists (
          select from public.chat_messages e
          where e.user_id = m.user_id and e.conversation_id = m.conversation_id and e.role = 'bot'
            and e.is_read is not true and e.seq < m.seq
        )
    )
  then
    raise exception 'The read flags were not carried over. Run: python -m scripts.backfill reads --apply';
  end if;
end
$$;
