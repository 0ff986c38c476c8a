-- Everything that is kept of a member, for that member.

create or replace function public.chat_export() returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'conversations', (
      select coalesce(jsonb_agg(to_jsonb(c) order by c.created_at, c.id), '[]')
      from public.chat_conversations c where c.user_id = (select auth.uid())
    ),
    'messages', (
      select coalesce(jsonb_agg(to_jsonb(m) order by m.conversation_id, m.seq), '[]')
      from public.chat_messages m where m.user_id = (select auth.uid())
    ),
    'reads', (
      select coalesce(jsonb_agg(to_jsonb(r) order by r.conversation_id), '[]')
      from public.chat_conversation_reads r where r.user_id = (select auth.uid())
    ),
    'inquiries', (
      select coalesce(jsonb_agg(to_jsonb(i) order by i.created_at, i.id), '[]')
      from public.chat_inquiries i where i.user_id = (select auth.uid())
    )
  )
$$;

comment on function public.chat_export() is 'The caller''s conversations, messages, read markers and inquiries, whole.';

revoke all on function public.chat_export() from public, anon, authenticated, service_role;
grant execute on function public.chat_export() to authenticated;
