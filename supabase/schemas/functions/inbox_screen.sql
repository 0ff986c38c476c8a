-- What the operators' screen begins with, all of one moment: who asks, the team, the labels, a page of a view, the cursor
-- from which the changes go on, and the conversation that is opened.

create or replace function public.inbox_screen(
  p_user_id uuid,
  p_view text,
  p_assignee uuid default null,
  p_label text default null,
  p_channel text default null,
  p_query text default null,
  p_limit integer default 25,
  p_id uuid default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return public.inbox_list(p_user_id, p_view, p_assignee, p_label, p_channel, p_limit, null, p_query)
    || public.inbox_me(p_user_id)
    || public.inbox_operators(p_user_id)
    || public.inbox_labels(p_user_id)
    || jsonb_build_object(
      'at', now(),
      'cursor', public.live_changes(null) -> 'cursor',
      -- One that is not there is no fault of the screen.
      'opened', case when exists (select from public.chat_conversations c where c.id = p_id) then
        public.inbox_conversation(p_user_id, p_id) || jsonb_build_object('page', public.inbox_messages(p_user_id, p_id))
      end
    );
end
$$;

comment on function public.inbox_screen(uuid, text, uuid, text, text, text, integer, uuid) is
  'For the service: {operator, operators, labels, conversations, has_more, next, counts, at, cursor, opened}: what the inbox begins with; opened is inbox_conversation with the newest page of messages, or null. Raises PT403, PT422.';

revoke all on function public.inbox_screen(uuid, text, uuid, text, text, text, integer, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_screen(uuid, text, uuid, text, text, text, integer, uuid) to service_role;
