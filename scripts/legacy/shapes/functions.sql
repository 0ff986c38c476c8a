-- about: functions that the old application calls
-- before contract: function mark_as_read(uuid)

create function public.mark_as_read(p_conversation uuid) returns void language sql security definer as
  'update public.chat_messages set is_read = true where conversation_id = p_conversation';
