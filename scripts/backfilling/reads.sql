-- One batch of read markers. is_read names nobody: it is the owner's.
-- first-unread: up to before the first unread bot message, so nothing unread is hidden.
-- last-read: up to the last read bot message, so nothing read shows as unread again.

insert into public.chat_conversation_reads as r (conversation_id, user_id, last_read_seq)
select c.id, c.user_id, m.marker
from public.chat_conversations c
join auth.users u on u.id = c.user_id
cross join lateral (
  select case when %(policy)s = 'last-read'
    then (
      select max(w.seq) from public.chat_messages w
      where w.user_id = c.user_id and w.conversation_id = c.id and w.role = 'bot' and w.is_read
    )
    else (
      select max(w.seq) from public.chat_messages w
      where w.user_id = c.user_id and w.conversation_id = c.id
        and w.seq < coalesce(
          least(
            (
              select min(b.seq) from public.chat_messages b
              where b.user_id = c.user_id and b.conversation_id = c.id and b.role = 'bot' and not b.is_read
            ),
            -- What is in quarantine may turn out to be an unread message of the bot.
            (
              select min(q.seq) from private.legacy_quarantine q
              join public.chat_messages b on b.id = q.message_id
              where q.conversation_id = c.id and not b.is_read and b.type is distinct from 'user'
            )
          ),
          9223372036854775807
        )
    )
  end as marker
) m
where c.id = any(%(ids)s) and m.marker > 0
on conflict (conversation_id, user_id) do update set last_read_seq = excluded.last_read_seq
  where r.last_read_seq < excluded.last_read_seq
