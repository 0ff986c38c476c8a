-- The rules of a message. NOT VALID: rows from before are looked at later, by the contract step.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

alter table public.chat_messages
  add constraint chat_messages_role_kind check (
    (role = 'user' and kind = 'text')
    or (role = 'bot' and kind in ('text', 'chips', 'form', 'notice'))
    or (role = 'system' and kind in ('text', 'notice'))
  ) not valid,
  add constraint chat_messages_content_payload check (
    (kind in ('text', 'notice') and content is not null)
    or (kind in ('chips', 'form') and payload is not null and jsonb_typeof(payload) = 'object')
  ) not valid,
  -- The white space is what Python's str.strip() takes away; one test feeds both.
  add constraint chat_messages_user_content check (
    role <> 'user'
    or (
      char_length(content) between 1 and 4000
      and content = btrim(content, U&'\0009\000A\000B\000C\000D\001C\001D\001E\001F\0020\0085\00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\2028\2029\202F\205F\3000')
    )
  ) not valid,
  -- The legacy client was held to no size, and keeps the JSON of chips and forms here: neither that nor a row that cannot
  -- be carried over (it has no role) may make it fail. The contract step takes the exceptions away.
  add constraint chat_messages_content_size check (
    role is null or kind in ('chips', 'form') or char_length(content) <= 16000
  ) not valid,
  add constraint chat_messages_payload_size check (octet_length(payload::text) <= 65536) not valid,
  add constraint chat_messages_event_size check (octet_length(event::text) <= 65536) not valid,
  add constraint chat_messages_answer_size check (octet_length(answer::text) <= 65536) not valid,
  add constraint chat_messages_user_client_id check (role <> 'user' or client_message_id is not null) not valid,
  add constraint chat_messages_answer_pair check ((answer is null) = (answered_at is null)) not valid;

alter table public.chat_conversations
  add constraint chat_conversations_message_count check (message_count between 0 and 5000) not valid,
  add constraint chat_conversations_state_size check (octet_length(state::text) <= 65536) not valid;
