-- The schema as it is, generated from the migrations by `make schema`: read here, changed in a migration.
-- What functions do stands in functions/, a file each; triggers.sql comes last, so that all of it can be run.

-- Functions name one another, whichever file comes first.
set check_function_bodies = off;

create schema guard;
comment on schema guard is 'What is asked before a request. Not exposed: no API calls anything in here by name.';
create schema private;
comment on schema private is 'Trigger functions of Munui. Not exposed: nobody calls anything in here directly.';
revoke all on schema guard from public, anon, authenticated, service_role;
grant usage on schema guard to anon;
grant usage on schema guard to authenticated;
grant usage on schema guard to service_role;
revoke all on schema private from public, anon, authenticated, service_role;

-- New things are nobody's.
alter default privileges in schema public revoke all on functions from public, anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from public, anon, authenticated, service_role;
alter default privileges in schema public revoke all on tables from public, anon, authenticated, service_role;
alter default privileges revoke execute on functions from public;
alter default privileges in schema extensions grant execute on functions to public;

-- public.chat_contacts

create table public.chat_contacts (
  id uuid not null default gen_random_uuid(),
  user_id uuid,
  name text,
  email text,
  phone text,
  locale text,
  attributes jsonb not null default '{}'::jsonb,
  blocked_at timestamp with time zone,
  last_seen_at timestamp with time zone,
  last_page_url text,
  created_at timestamp with time zone not null default now(),
  is_guest boolean not null default false,
  user_agent text,
  channel_id uuid,
  external_id text,
  constraint chat_contacts_pkey PRIMARY KEY (id),
  constraint chat_contacts_account CHECK ((user_id = id)),
  constraint chat_contacts_attributes CHECK (((jsonb_typeof(attributes) = 'object'::text) AND (octet_length((attributes)::text) <= 8192))),
  constraint chat_contacts_channel CHECK ((((channel_id IS NULL) = (external_id IS NULL)) AND ((channel_id IS NULL) OR (user_id IS NULL)))),
  constraint chat_contacts_email_length CHECK ((char_length(email) <= 320)),
  constraint chat_contacts_external_id_length CHECK (((char_length(external_id) >= 1) AND (char_length(external_id) <= 255))),
  constraint chat_contacts_last_page_url_length CHECK ((char_length(last_page_url) <= 2048)),
  constraint chat_contacts_locale_length CHECK ((char_length(locale) <= 35)),
  constraint chat_contacts_name_length CHECK ((char_length(name) <= 200)),
  constraint chat_contacts_name_visible CHECK ((name ~ '[^\u0001-\u0020\u007F-\u00A0\u00AD\u034F\u061C\u115F-\u1160\u1680\u17B4-\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D159\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]'::text)),
  constraint chat_contacts_phone_length CHECK ((char_length(phone) <= 255)),
  constraint chat_contacts_user_agent_length CHECK ((char_length(user_agent) <= 512))
);

CREATE UNIQUE INDEX chat_contacts_account_key ON public.chat_contacts USING btree (user_id);
CREATE UNIQUE INDEX chat_contacts_external_key ON public.chat_contacts USING btree (channel_id, external_id) WHERE (channel_id IS NOT NULL);

alter table public.chat_contacts add constraint chat_contacts_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;

-- CREATE INDEX chat_contacts_parts_idx ON public.chat_contacts USING gin (public.inbox_parts(public.inbox_known_as(name, email)));
-- CREATE TRIGGER know_account BEFORE INSERT ON public.chat_contacts FOR EACH ROW WHEN ((new.user_id IS NOT NULL)) EXECUTE FUNCTION private.know_account();
-- CREATE TRIGGER search_again AFTER UPDATE OF name, email, phone, attributes ON public.chat_contacts FOR EACH ROW WHEN (((((old.name IS DISTINCT FROM new.name) OR (old.email IS DISTINCT FROM new.email)) OR (old.phone IS DISTINCT FROM new.phone)) OR (old.attributes IS DISTINCT FROM new.attributes))) EXECUTE FUNCTION private.search_again();

revoke all on public.chat_contacts from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_contacts to service_role;

alter table public.chat_contacts enable row level security;

comment on table public.chat_contacts is 'Owners of conversations. What is known of them is for operators only: members have no grant here.';
comment on column public.chat_contacts.id is 'Key, and the owner that conversations name; the account''s id where there is an account.';
comment on column public.chat_contacts.user_id is 'The account, with which the contact goes; null for a person known only from outside.';
comment on column public.chat_contacts.name is 'The name, as it was told. Not verified.';
comment on column public.chat_contacts.email is 'The account''s address when the contact was made, or as it was told.';
comment on column public.chat_contacts.phone is 'The account''s number when the contact was made, or as it was told.';
comment on column public.chat_contacts.locale is 'The language that the person reads.';
comment on column public.chat_contacts.attributes is 'What the embedding page says of its visitor. Not verified.';
comment on column public.chat_contacts.blocked_at is 'Since when nothing is taken from them; null where all is well.';
comment on column public.chat_contacts.last_seen_at is 'When they were last there.';
comment on column public.chat_contacts.last_page_url is 'The page on which they were last seen.';
comment on column public.chat_contacts.created_at is 'When it was made.';
comment on column public.chat_contacts.is_guest is 'Whether the account was an anonymous one when the contact was made.';
comment on column public.chat_contacts.user_agent is 'What the browser in which they were last seen calls itself. Not verified.';
comment on column public.chat_contacts.channel_id is 'The channel that the person is known from; null where it is our own.';
comment on column public.chat_contacts.external_id is 'What the other system calls the person, unique in the channel.';

-- public.chat_flows

create table public.chat_flows (
  version text not null,
  definition jsonb not null,
  created_at timestamp with time zone not null default now(),
  constraint chat_flows_pkey PRIMARY KEY (version),
  constraint chat_flows_definition_size CHECK ((octet_length((definition)::text) <= 1048576)),
  constraint chat_flows_version_length CHECK (((char_length(version) >= 1) AND (char_length(version) <= 64)))
);

revoke all on public.chat_flows from public, anon, authenticated, service_role;
grant select, insert on public.chat_flows to service_role;
grant select (version, definition, created_at) on public.chat_flows to authenticated;

alter table public.chat_flows enable row level security;
create policy select_all on public.chat_flows for select to authenticated using (true);

comment on table public.chat_flows is 'Flow versions in use. A conversation keeps the version that it began with, so editing a flow never breaks an open one.';
comment on column public.chat_flows.version is 'Hash of the definition: another text is another version.';
comment on column public.chat_flows.definition is 'The whole flow as data, in the form that the engine loads.';
comment on column public.chat_flows.created_at is 'When the first conversation of this version was opened.';

-- public.chat_conversations

create table public.chat_conversations (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null default auth.uid(),
  client_conversation_id uuid not null default gen_random_uuid(),
  status text not null default 'open'::text,
  flow_version text,
  state jsonb,
  state_version bigint not null default 0,
  last_seq bigint not null default 0,
  handled_seq bigint not null default 0,
  message_count integer not null default 0,
  created_at timestamp with time zone not null default now(),
  last_message_at timestamp with time zone not null default now(),
  handling text not null default 'bot'::text,
  channel text not null default 'web'::text,
  rev bigint not null default 0,
  agent jsonb,
  rating jsonb,
  rating_asked_at timestamp with time zone,
  change_turn_id uuid,
  constraint chat_conversations_pkey PRIMARY KEY (id),
  constraint chat_conversations_agent CHECK (((jsonb_typeof(agent) = 'object'::text) AND (octet_length((agent)::text) <= 4096))),
  constraint chat_conversations_channel CHECK (((char_length(channel) >= 1) AND (char_length(channel) <= 100))),
  constraint chat_conversations_channel_handling CHECK (((channel = 'web'::text) OR (handling <> 'bot'::text))),
  constraint chat_conversations_handling CHECK ((handling = ANY (ARRAY['bot'::text, 'waiting'::text, 'agent'::text]))),
  constraint chat_conversations_message_count CHECK (((message_count >= 0) AND (message_count <= 5000))),
  constraint chat_conversations_rating CHECK (((jsonb_typeof(rating) = 'object'::text) AND (octet_length((rating)::text) <= 16384))),
  constraint chat_conversations_state_size CHECK ((octet_length((state)::text) <= 65536)),
  constraint chat_conversations_status CHECK ((status = ANY (ARRAY['open'::text, 'completed'::text])))
);

CREATE UNIQUE INDEX chat_conversations_client_key ON public.chat_conversations USING btree (user_id, client_conversation_id);
CREATE INDEX chat_conversations_created_idx ON public.chat_conversations USING btree (created_at DESC, id DESC);
CREATE UNIQUE INDEX chat_conversations_owner_key ON public.chat_conversations USING btree (user_id, id);
CREATE INDEX chat_conversations_recent_idx ON public.chat_conversations USING btree (user_id, last_message_at DESC, id DESC);

alter table public.chat_conversations add constraint chat_conversations_contact_fkey FOREIGN KEY (user_id) REFERENCES public.chat_contacts(id) ON DELETE CASCADE;
alter table public.chat_conversations add constraint chat_conversations_flow_version_fkey FOREIGN KEY (flow_version) REFERENCES public.chat_flows(version);

-- CREATE TRIGGER follow_begun_conversation AFTER INSERT ON public.chat_conversations FOR EACH ROW EXECUTE FUNCTION private.follow_conversation();
-- CREATE TRIGGER follow_conversation AFTER UPDATE ON public.chat_conversations FOR EACH ROW WHEN (((((old.status IS DISTINCT FROM new.status) OR (old.handling IS DISTINCT FROM new.handling)) OR (old.channel IS DISTINCT FROM new.channel)) OR ((new.last_seq = old.last_seq) AND ((old.rev IS DISTINCT FROM new.rev) OR (old.last_message_at IS DISTINCT FROM new.last_message_at))))) EXECUTE FUNCTION private.follow_conversation();
-- CREATE TRIGGER make_contact BEFORE INSERT ON public.chat_conversations FOR EACH ROW EXECUTE FUNCTION private.make_contact();
-- CREATE TRIGGER note_gone AFTER DELETE ON public.chat_conversations REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION private.note_gone();

revoke all on public.chat_conversations from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_conversations to service_role;
grant insert (client_conversation_id) on public.chat_conversations to authenticated;
grant select (id, user_id, client_conversation_id, status, flow_version, state, state_version, last_seq, handled_seq, message_count, created_at, last_message_at, handling, channel, rev, agent, rating, rating_asked_at, change_turn_id) on public.chat_conversations to authenticated;

alter table public.chat_conversations enable row level security;
create policy select_own on public.chat_conversations for select to authenticated using (((user_id = ( SELECT auth.uid() AS uid)) AND ((user_id >= ( SELECT auth.uid() AS uid)) AND (user_id <= ( SELECT auth.uid() AS uid)))));
create policy insert_own on public.chat_conversations for insert to authenticated with check (((user_id = ( SELECT auth.uid() AS uid)) AND (status = 'open'::text)));

alter table public.chat_conversations
  alter column id set statistics 0,
  alter column user_id set statistics 0,
  alter column client_conversation_id set statistics 0,
  alter column status set statistics 0,
  alter column flow_version set statistics 0,
  alter column state set statistics 0,
  alter column state_version set statistics 0,
  alter column last_seq set statistics 0,
  alter column handled_seq set statistics 0,
  alter column message_count set statistics 0,
  alter column created_at set statistics 0,
  alter column last_message_at set statistics 0,
  alter column handling set statistics 0,
  alter column channel set statistics 0,
  alter column rev set statistics 0,
  alter column agent set statistics 0,
  alter column rating set statistics 0,
  alter column rating_asked_at set statistics 0,
  alter column change_turn_id set statistics 0;

comment on table public.chat_conversations is 'One inquiry of one member: open until it is completed.';
comment on column public.chat_conversations.id is 'Key, made by the database.';
comment on column public.chat_conversations.user_id is 'The owner. The database sets it from the token; a member cannot.';
comment on column public.chat_conversations.client_conversation_id is 'The id that the client gave it, unique for its owner: asking for the same conversation twice makes one.';
comment on column public.chat_conversations.status is 'open, or completed: then it takes no more messages.';
comment on column public.chat_conversations.flow_version is 'The flow that it began with and keeps.';
comment on column public.chat_conversations.state is 'Where in the flow it stands; null until the opening is written.';
comment on column public.chat_conversations.state_version is 'Counts the changes of state: a writer that saw another number has lost the race.';
comment on column public.chat_conversations.last_seq is 'The last number given to a message; its row lock makes the order of messages the order of commit.';
comment on column public.chat_conversations.handled_seq is 'User messages up to this number have had their replies; later ones are waiting.';
comment on column public.chat_conversations.message_count is 'How many messages it holds, at most 5,000.';
comment on column public.chat_conversations.created_at is 'When it began.';
comment on column public.chat_conversations.last_message_at is 'Its latest activity, which orders the list.';
comment on column public.chat_conversations.handling is 'Who answers now: bot, waiting (somebody is wanted) or agent.';
comment on column public.chat_conversations.channel is 'Where it is held: web, or the key of an API channel.';
comment on column public.chat_conversations.rev is 'Counts every change that the customer can see; each changed row carries the number that it got.';
comment on column public.chat_conversations.agent is 'The operator who has it, as customers know them: {name, avatarUrl}.';
comment on column public.chat_conversations.rating is 'What the customer thought of it: {score, comment, rated_at}.';
comment on column public.chat_conversations.rating_asked_at is 'When they were asked; null if they were not.';
comment on column public.chat_conversations.change_turn_id is 'The turn of what was said when it was last handed over, given back or completed by hand.';

-- public.chat_messages

create table public.chat_messages (
  id uuid not null default gen_random_uuid(),
  conversation_id uuid not null,
  user_id uuid not null default auth.uid(),
  seq bigint not null,
  role text not null,
  kind text not null,
  content text,
  payload jsonb,
  client_message_id uuid,
  request_id uuid,
  turn_id uuid,
  step_id text,
  event jsonb,
  in_reply_to uuid,
  answer jsonb,
  answered_at timestamp with time zone,
  created_at timestamp with time zone not null default clock_timestamp(),
  author jsonb,
  status text,
  rev bigint not null default 0,
  constraint chat_messages_pkey PRIMARY KEY (id),
  constraint chat_messages_answer_pair CHECK (((answer IS NULL) = (answered_at IS NULL))),
  constraint chat_messages_answer_size CHECK ((octet_length((answer)::text) <= 65536)),
  constraint chat_messages_author CHECK (((author IS NULL) OR ((role = 'system'::text) AND (kind = 'text'::text) AND (jsonb_typeof(author) = 'object'::text) AND (octet_length((author)::text) <= 4096)))),
  constraint chat_messages_content_payload CHECK ((((kind = ANY (ARRAY['text'::text, 'notice'::text])) AND (content IS NOT NULL)) OR ((kind = ANY (ARRAY['chips'::text, 'form'::text])) AND (payload IS NOT NULL) AND (jsonb_typeof(payload) = 'object'::text)))),
  constraint chat_messages_content_size CHECK ((char_length(content) <= 16000)),
  constraint chat_messages_event_size CHECK ((octet_length((event)::text) <= 65536)),
  constraint chat_messages_payload_size CHECK ((octet_length((payload)::text) <= 65536)),
  constraint chat_messages_role_kind CHECK ((((role = 'user'::text) AND (kind = 'text'::text)) OR ((role = 'bot'::text) AND (kind = ANY (ARRAY['text'::text, 'chips'::text, 'form'::text, 'notice'::text]))) OR ((role = 'system'::text) AND (kind = ANY (ARRAY['text'::text, 'notice'::text]))))),
  constraint chat_messages_status CHECK ((status = ANY (ARRAY['sent'::text, 'delivered'::text, 'read'::text, 'failed'::text]))),
  constraint chat_messages_user_client_id CHECK (((role <> 'user'::text) OR (client_message_id IS NOT NULL))),
  constraint chat_messages_user_content CHECK (((role <> 'user'::text) OR (((char_length(content) >= 1) AND (char_length(content) <= 4000)) AND (content = btrim(content, U&'\0009\000A\000B\000C\000D\001C\001D\001E\001F \0085\00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\2028\2029\202F\205F\3000'::text))))),
  constraint chat_messages_user_visible CHECK (((role <> 'user'::text) OR (content ~ '[^\u0001-\u0020\u007F-\u00A0\u00AD\u034F\u061C\u115F-\u1160\u1680\u17B4-\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D159\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]'::text)))
);

CREATE UNIQUE INDEX chat_messages_client_key ON public.chat_messages USING btree (conversation_id, client_message_id);
CREATE UNIQUE INDEX chat_messages_conversation_key ON public.chat_messages USING btree (conversation_id, id);
CREATE UNIQUE INDEX chat_messages_reply_key ON public.chat_messages USING btree (conversation_id, in_reply_to);
CREATE UNIQUE INDEX chat_messages_rev_key ON public.chat_messages USING btree (user_id, conversation_id, rev) WHERE (rev > 0);
CREATE UNIQUE INDEX chat_messages_seq_key ON public.chat_messages USING btree (user_id, conversation_id, seq);
CREATE INDEX chat_messages_unread_idx ON public.chat_messages USING btree (user_id, conversation_id, seq) WHERE ((role = 'bot'::text) OR (author IS NOT NULL));

alter table public.chat_messages add constraint chat_messages_owner_fkey FOREIGN KEY (user_id, conversation_id) REFERENCES public.chat_conversations(user_id, id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table public.chat_messages add constraint chat_messages_reply_fkey FOREIGN KEY (conversation_id, in_reply_to) REFERENCES public.chat_messages(conversation_id, id);

-- CREATE TRIGGER place_message BEFORE INSERT ON public.chat_messages FOR EACH ROW EXECUTE FUNCTION private.place_message();
-- CREATE TRIGGER tell_message AFTER INSERT ON public.chat_messages REFERENCING NEW TABLE AS said FOR EACH STATEMENT EXECUTE FUNCTION private.tell_message();

revoke all on public.chat_messages from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_messages to service_role;
grant insert (conversation_id, role, kind, content, client_message_id, request_id, event, in_reply_to) on public.chat_messages to authenticated;
grant select (id, conversation_id, user_id, seq, role, kind, content, payload, client_message_id, request_id, turn_id, step_id, event, in_reply_to, answer, answered_at, created_at, author, status, rev) on public.chat_messages to authenticated;

alter table public.chat_messages enable row level security;
create policy select_own on public.chat_messages for select to authenticated using (((user_id = ( SELECT auth.uid() AS uid)) AND ((user_id >= ( SELECT auth.uid() AS uid)) AND (user_id <= ( SELECT auth.uid() AS uid)))));
create policy insert_own on public.chat_messages for insert to authenticated with check (((user_id = ( SELECT auth.uid() AS uid)) AND (role = 'user'::text) AND (kind = 'text'::text)));

alter table public.chat_messages
  alter column id set statistics 0,
  alter column conversation_id set statistics 0,
  alter column user_id set statistics 0,
  alter column seq set statistics 0,
  alter column role set statistics 0,
  alter column kind set statistics 0,
  alter column content set statistics 0,
  alter column payload set statistics 0,
  alter column client_message_id set statistics 0,
  alter column request_id set statistics 0,
  alter column turn_id set statistics 0,
  alter column step_id set statistics 0,
  alter column event set statistics 0,
  alter column in_reply_to set statistics 0,
  alter column answer set statistics 0,
  alter column answered_at set statistics 0,
  alter column created_at set statistics 0,
  alter column author set statistics 0,
  alter column status set statistics 0,
  alter column rev set statistics 0;

comment on table public.chat_messages is 'What was said, in the order of seq. Rows are never edited or deleted by members.';
comment on column public.chat_messages.id is 'Key; derived for bot messages, so that writing a turn again writes the same rows.';
comment on column public.chat_messages.conversation_id is 'The conversation that it belongs to.';
comment on column public.chat_messages.user_id is 'The owner of the conversation, repeated so that policies need no join; a foreign key keeps it honest.';
comment on column public.chat_messages.seq is 'Its place in the conversation, given by the database in the order of commit.';
comment on column public.chat_messages.role is 'Who speaks: user, bot or system.';
comment on column public.chat_messages.kind is 'How it is rendered: text, chips, form or notice.';
comment on column public.chat_messages.content is 'The text; for chips and form an optional summary.';
comment on column public.chat_messages.payload is 'Chips or fields of an interactive message.';
comment on column public.chat_messages.client_message_id is 'Given by the sender, unique in its conversation: the same message sent again is the same row.';
comment on column public.chat_messages.request_id is 'The request that wrote it, for tracing; not unique.';
comment on column public.chat_messages.turn_id is 'The user message that began its turn (its own id there); the conversation id for the opening.';
comment on column public.chat_messages.step_id is 'The step of the flow that said it.';
comment on column public.chat_messages.event is 'What the person did, where that is more than the text: a chip or the values of a form.';
comment on column public.chat_messages.in_reply_to is 'The interactive message that this answers. Unique: the first answer is the only one.';
comment on column public.chat_messages.answer is 'What was answered to this interactive message, written by the service.';
comment on column public.chat_messages.answered_at is 'When it was answered.';
comment on column public.chat_messages.created_at is 'When it was written, for people; seq is what orders.';
comment on column public.chat_messages.author is 'The operator who wrote it, as customers know them: {name, avatarUrl}.';
comment on column public.chat_messages.status is 'How far it got, where a channel tells: sent, delivered, read or failed.';
comment on column public.chat_messages.rev is 'The count of the conversation when this row was written or last changed; 0 for rows of before.';

-- public.chat_conversation_reads

create table public.chat_conversation_reads (
  conversation_id uuid not null,
  user_id uuid not null default auth.uid(),
  last_read_seq bigint not null default 0,
  last_read_at timestamp with time zone not null default now(),
  constraint chat_conversation_reads_pkey PRIMARY KEY (conversation_id, user_id),
  constraint chat_conversation_reads_seq CHECK ((last_read_seq >= 0))
);

CREATE INDEX chat_conversation_reads_owner_idx ON public.chat_conversation_reads USING btree (user_id, conversation_id);

alter table public.chat_conversation_reads add constraint chat_conversation_reads_owner_fkey FOREIGN KEY (user_id, conversation_id) REFERENCES public.chat_conversations(user_id, id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table public.chat_conversation_reads add constraint chat_conversation_reads_user_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;

-- CREATE TRIGGER clamp_read_marker BEFORE INSERT OR UPDATE ON public.chat_conversation_reads FOR EACH ROW EXECUTE FUNCTION private.clamp_read_marker();

revoke all on public.chat_conversation_reads from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_conversation_reads to service_role;
grant insert (conversation_id, last_read_seq) on public.chat_conversation_reads to authenticated;
grant select (conversation_id, user_id, last_read_seq, last_read_at) on public.chat_conversation_reads to authenticated;
grant update (last_read_seq) on public.chat_conversation_reads to authenticated;

alter table public.chat_conversation_reads enable row level security;
create policy select_own on public.chat_conversation_reads for select to authenticated using (((user_id = ( SELECT auth.uid() AS uid)) AND ((user_id >= ( SELECT auth.uid() AS uid)) AND (user_id <= ( SELECT auth.uid() AS uid)))));
create policy insert_own on public.chat_conversation_reads for insert to authenticated with check ((user_id = ( SELECT auth.uid() AS uid)));
create policy update_own on public.chat_conversation_reads for update to authenticated using ((user_id = ( SELECT auth.uid() AS uid))) with check ((user_id = ( SELECT auth.uid() AS uid)));

alter table public.chat_conversation_reads
  alter column conversation_id set statistics 0,
  alter column user_id set statistics 0,
  alter column last_read_seq set statistics 0,
  alter column last_read_at set statistics 0;

comment on table public.chat_conversation_reads is 'Read markers. They never move backwards and never past the last message.';
comment on column public.chat_conversation_reads.conversation_id is 'The conversation.';
comment on column public.chat_conversation_reads.user_id is 'Who has read: its owner.';
comment on column public.chat_conversation_reads.last_read_seq is 'Messages up to this number are read. This decides.';
comment on column public.chat_conversation_reads.last_read_at is 'When the marker last moved, for people to see.';

-- public.chat_inquiries

create table public.chat_inquiries (
  id uuid not null default gen_random_uuid(),
  client_inquiry_id uuid not null,
  user_id uuid,
  conversation_id uuid,
  message_id uuid,
  flow_version text not null,
  step_id text not null,
  "values" jsonb not null,
  locale text not null default 'ko'::text,
  status text not null default 'new'::text,
  request_id uuid,
  created_at timestamp with time zone not null default now(),
  done_at timestamp with time zone,
  from_guest boolean not null default false,
  normal jsonb not null default '{}'::jsonb,
  constraint chat_inquiries_pkey PRIMARY KEY (id),
  constraint chat_inquiries_client_key UNIQUE NULLS NOT DISTINCT (user_id, client_inquiry_id),
  constraint chat_inquiries_done CHECK (((status = 'done'::text) = (done_at IS NOT NULL))),
  constraint chat_inquiries_flow CHECK (((char_length(flow_version) >= 1) AND (char_length(flow_version) <= 64))),
  constraint chat_inquiries_normal CHECK (((jsonb_typeof(normal) = 'object'::text) AND (octet_length((normal)::text) <= 65536))),
  constraint chat_inquiries_status CHECK ((status = ANY (ARRAY['new'::text, 'done'::text]))),
  constraint chat_inquiries_step CHECK (((char_length(step_id) >= 1) AND (char_length(step_id) <= 100))),
  constraint chat_inquiries_values CHECK (((jsonb_typeof("values") = 'object'::text) AND (octet_length(("values")::text) <= 65536)))
);

CREATE INDEX chat_inquiries_created_idx ON public.chat_inquiries USING btree (created_at DESC, id DESC);
CREATE UNIQUE INDEX chat_inquiries_guest_key ON public.chat_inquiries USING btree (client_inquiry_id) WHERE (from_guest OR (user_id IS NULL));
CREATE INDEX chat_inquiries_message_idx ON public.chat_inquiries USING btree (conversation_id, message_id);
CREATE INDEX chat_inquiries_owner_idx ON public.chat_inquiries USING btree (user_id, conversation_id);
CREATE INDEX chat_inquiries_recent_idx ON public.chat_inquiries USING btree (status, created_at DESC, id DESC);

alter table public.chat_inquiries add constraint chat_inquiries_message_fkey FOREIGN KEY (conversation_id, message_id) REFERENCES public.chat_messages(conversation_id, id) ON DELETE CASCADE;
alter table public.chat_inquiries add constraint chat_inquiries_owner_fkey FOREIGN KEY (user_id, conversation_id) REFERENCES public.chat_conversations(user_id, id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table public.chat_inquiries add constraint chat_inquiries_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;

-- CREATE TRIGGER refuse_blank_values BEFORE INSERT ON public.chat_inquiries FOR EACH ROW EXECUTE FUNCTION private.refuse_blank_values();
-- CREATE TRIGGER search_again AFTER INSERT ON public.chat_inquiries FOR EACH ROW WHEN ((new.conversation_id IS NULL)) EXECUTE FUNCTION private.search_again();

revoke all on public.chat_inquiries from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_inquiries to service_role;
grant select (id, client_inquiry_id, user_id, conversation_id, message_id, flow_version, step_id, "values", locale, status, request_id, created_at, done_at, from_guest, normal) on public.chat_inquiries to authenticated;

alter table public.chat_inquiries enable row level security;
create policy select_own on public.chat_inquiries for select to authenticated using (((user_id = ( SELECT auth.uid() AS uid)) AND ((user_id >= ( SELECT auth.uid() AS uid)) AND (user_id <= ( SELECT auth.uid() AS uid)))));

alter table public.chat_inquiries
  alter column id set statistics 0,
  alter column client_inquiry_id set statistics 0,
  alter column user_id set statistics 0,
  alter column conversation_id set statistics 0,
  alter column message_id set statistics 0,
  alter column flow_version set statistics 0,
  alter column step_id set statistics 0,
  alter column "values" set statistics 0,
  alter column locale set statistics 0,
  alter column status set statistics 0,
  alter column request_id set statistics 0,
  alter column created_at set statistics 0,
  alter column done_at set statistics 0,
  alter column from_guest set statistics 0,
  alter column normal set statistics 0;

comment on table public.chat_inquiries is 'Submitted forms of members and guests. Written by the service, worked on by operators.';
comment on column public.chat_inquiries.id is 'Key, made by the database.';
comment on column public.chat_inquiries.client_inquiry_id is 'Given by the sender: sent again it is the same inquiry. For a member, the clientMessageId of the form.';
comment on column public.chat_inquiries.user_id is 'The member; null for a guest.';
comment on column public.chat_inquiries.conversation_id is 'The member''s conversation.';
comment on column public.chat_inquiries.message_id is 'The user message that submitted the form.';
comment on column public.chat_inquiries.flow_version is 'The flow whose form it was.';
comment on column public.chat_inquiries.step_id is 'The step of that flow.';
comment on column public.chat_inquiries."values" is 'What was filled in, by field name, checked against the form.';
comment on column public.chat_inquiries.locale is 'The language in which the visitor saw the form.';
comment on column public.chat_inquiries.status is 'new, or done.';
comment on column public.chat_inquiries.request_id is 'The request that wrote it, for tracing.';
comment on column public.chat_inquiries.created_at is 'When it was submitted.';
comment on column public.chat_inquiries.done_at is 'When an operator closed it.';
comment on column public.chat_inquiries.from_guest is 'Sent by a guest, or brought along by one who signed in: among all of these the client id is unique.';
comment on column public.chat_inquiries.normal is 'Of what was filled in, by field name, normal forms: numbers in E.164, addresses with their domain in ASCII. To compare and to find by.';

-- public.chat_conversation_summaries

create view public.chat_conversation_summaries with (security_invoker=true) as
 SELECT c.id,
    c.user_id,
    c.client_conversation_id,
    c.status,
    c.created_at,
    c.last_message_at,
    r.last_read_at,
    ( SELECT count(*) AS count
           FROM ( SELECT
                   FROM public.chat_messages m
                  WHERE ((m.user_id = c.user_id) AND (m.conversation_id = c.id) AND ((m.role = 'bot'::text) OR (m.author IS NOT NULL)) AND (m.seq >
                        CASE
                            WHEN (r.last_read_seq IS NULL) THEN (0)::bigint
                            ELSE r.last_read_seq
                        END))
                 LIMIT 100) unread) AS unread_count,
    ( SELECT to_jsonb(shown.*) AS to_jsonb
           FROM public.chat_messages m,
            LATERAL ( SELECT m.id,
                    m.conversation_id,
                    m.seq,
                    m.role,
                    m.kind,
                    m.content,
                    m.payload,
                    m.client_message_id,
                    m.request_id,
                    m.in_reply_to,
                    m.answer,
                    m.answered_at,
                    m.created_at,
                    m.author,
                    m.status,
                    m.rev) shown
          WHERE ((m.user_id = c.user_id) AND (m.conversation_id = c.id) AND (m.seq IS NOT NULL))
          ORDER BY m.seq DESC
         LIMIT 1) AS last_message,
    "left"(
        CASE
            WHEN (inquiry.title <> ''::text) THEN inquiry.title
            ELSE ( SELECT m.content
               FROM public.chat_messages m
              WHERE ((m.user_id = c.user_id) AND (m.conversation_id = c.id) AND (m.seq IS NOT NULL) AND (m.role = 'user'::text))
              ORDER BY m.seq
             LIMIT 1)
        END, 200) AS title,
    c.handling,
    c.channel,
    c.rev,
    c.agent,
    c.rating,
    c.rating_asked_at,
    r.last_read_seq
   FROM ((public.chat_conversations c
     LEFT JOIN public.chat_conversation_reads r ON (((r.conversation_id = c.id) AND (r.user_id = c.user_id))))
     LEFT JOIN LATERAL ( SELECT (i."values" ->> 'title'::text) AS title
           FROM public.chat_inquiries i
          WHERE ((i.user_id = c.user_id) AND (i.conversation_id = c.id))
          ORDER BY i.created_at DESC, i.id DESC
         LIMIT 1) inquiry ON (true));

revoke all on public.chat_conversation_summaries from public, anon, authenticated, service_role;
grant select on public.chat_conversation_summaries to authenticated;
grant select on public.chat_conversation_summaries to service_role;

comment on view public.chat_conversation_summaries is 'Conversations with their last message and unread count, under the rights of who asks.';
comment on column public.chat_conversation_summaries.id is 'The conversation.';
comment on column public.chat_conversation_summaries.user_id is 'Its owner.';
comment on column public.chat_conversation_summaries.client_conversation_id is 'The id that the client gave it.';
comment on column public.chat_conversation_summaries.status is 'open, or completed.';
comment on column public.chat_conversation_summaries.created_at is 'When it began.';
comment on column public.chat_conversation_summaries.last_message_at is 'Its latest activity.';
comment on column public.chat_conversation_summaries.last_read_at is 'When its owner last read it; null where never.';
comment on column public.chat_conversation_summaries.unread_count is 'Messages of the bot and of operators after the read marker; 100 stands for more than 99.';
comment on column public.chat_conversation_summaries.last_message is 'The last message, as pages show it.';
comment on column public.chat_conversation_summaries.title is 'The subject of the last inquiry in it, or else what its owner said first, at most 200 characters; null where they said nothing.';
comment on column public.chat_conversation_summaries.handling is 'Who answers now: bot, waiting or agent.';
comment on column public.chat_conversation_summaries.channel is 'Where it is held.';
comment on column public.chat_conversation_summaries.rev is 'Counts every change that the customer can see.';
comment on column public.chat_conversation_summaries.agent is 'The operator who has it, as customers know them.';
comment on column public.chat_conversation_summaries.rating is 'What the customer thought of it.';
comment on column public.chat_conversation_summaries.rating_asked_at is 'When they were asked; null if they were not.';
comment on column public.chat_conversation_summaries.last_read_seq is 'Messages up to this number are read; null where never.';

-- public.chat_operators

create table public.chat_operators (
  id uuid not null default gen_random_uuid(),
  user_id uuid,
  display_name text not null,
  avatar_url text,
  role text not null default 'agent'::text,
  is_active boolean not null default true,
  availability text not null default 'offline'::text,
  seen_at timestamp with time zone,
  offline_since timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  constraint chat_operators_pkey PRIMARY KEY (id),
  constraint chat_operators_user_id_key UNIQUE (user_id),
  constraint chat_operators_availability CHECK ((availability = ANY (ARRAY['online'::text, 'away'::text, 'offline'::text]))),
  constraint chat_operators_avatar CHECK (((avatar_url ~ '^https?://'::text) AND (char_length(avatar_url) <= 2048))),
  constraint chat_operators_name_length CHECK (((char_length(display_name) >= 1) AND (char_length(display_name) <= 80))),
  constraint chat_operators_role CHECK ((role = ANY (ARRAY['admin'::text, 'agent'::text])))
);

alter table public.chat_operators add constraint chat_operators_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE SET NULL;

revoke all on public.chat_operators from public, anon, authenticated, service_role;
grant select, insert, update on public.chat_operators to service_role;

alter table public.chat_operators enable row level security;

comment on table public.chat_operators is 'The team: who may answer, and who may set things up. Rights are looked up here in every call, never in a token.';
comment on column public.chat_operators.id is 'Key: what assignments, notes and activities name.';
comment on column public.chat_operators.user_id is 'The account; null once it is gone. What they wrote stays under their name.';
comment on column public.chat_operators.display_name is 'What customers and the team read.';
comment on column public.chat_operators.avatar_url is 'A picture, by its address.';
comment on column public.chat_operators.role is 'admin, who also sets things up, or agent.';
comment on column public.chat_operators.is_active is 'Whether they may do anything.';
comment on column public.chat_operators.availability is 'What they chose: online, away or offline. It holds for 60 seconds after seen_at.';
comment on column public.chat_operators.seen_at is 'When their screen last told of itself.';
comment on column public.chat_operators.offline_since is 'Since when they chose to be offline; null while they did not.';
comment on column public.chat_operators.created_at is 'Since when they are in the team.';

-- public.chat_team

create table public.chat_team (
  id boolean not null default true,
  time_zone text not null default 'Asia/Seoul'::text,
  spans jsonb not null default '[]'::jsonb,
  holidays jsonb not null default '[]'::jsonb,
  always_open boolean not null default true,
  override_open boolean,
  override_until timestamp with time zone,
  online_until timestamp with time zone,
  expected_reply_seconds integer,
  constraint chat_team_pkey PRIMARY KEY (id),
  constraint chat_team_holidays CHECK (((jsonb_typeof(holidays) = 'array'::text) AND (octet_length((holidays)::text) <= 16384))),
  constraint chat_team_one_row CHECK (id),
  constraint chat_team_override CHECK (((override_open IS NULL) = (override_until IS NULL))),
  constraint chat_team_spans CHECK (((jsonb_typeof(spans) = 'array'::text) AND (octet_length((spans)::text) <= 16384)))
);

-- CREATE TRIGGER keep_hours AFTER UPDATE ON public.chat_team FOR EACH ROW WHEN (((((((old.time_zone IS DISTINCT FROM new.time_zone) OR (old.spans IS DISTINCT FROM new.spans)) OR (old.holidays IS DISTINCT FROM new.holidays)) OR (old.always_open IS DISTINCT FROM new.always_open)) OR (old.override_open IS DISTINCT FROM new.override_open)) OR (old.override_until IS DISTINCT FROM new.override_until))) EXECUTE FUNCTION private.keep_hours();

revoke all on public.chat_team from public, anon, authenticated, service_role;
grant select, update on public.chat_team to service_role;
grant select (id, time_zone, spans, holidays, always_open, override_open, override_until, online_until, expected_reply_seconds) on public.chat_team to authenticated;

alter table public.chat_team enable row level security;
create policy select_all on public.chat_team for select to authenticated using (true);

comment on table public.chat_team is 'When the team answers, in one row that everybody may read.';
comment on column public.chat_team.id is 'True: there is one row.';
comment on column public.chat_team.time_zone is 'IANA name of the zone in which spans and holidays are meant.';
comment on column public.chat_team.spans is 'Working hours: [{"weekday": 0..6 (Monday is 0), "from": "09:00", "to": "18:00"}], any number a day; "to" at or before "from" ends on the next day.';
comment on column public.chat_team.holidays is 'Dates on which it is closed: [{"date": "2027-01-01", "name": "…"}].';
comment on column public.chat_team.always_open is 'Open at every hour, whatever the spans say.';
comment on column public.chat_team.override_open is 'Open or closed by hand, until override_until.';
comment on column public.chat_team.override_until is 'When the override ends.';
comment on column public.chat_team.online_until is 'Until when somebody counts as online, if no screen tells of itself again.';
comment on column public.chat_team.expected_reply_seconds is 'How long a first answer usually takes; null while nobody knows.';

-- public.chat_desk

create table public.chat_desk (
  conversation_id uuid not null,
  status text not null default 'open'::text,
  handling text not null default 'bot'::text,
  channel text not null default 'web'::text,
  pile text not null generated always as (
CASE
    WHEN (status <> 'open'::text) THEN 'completed'::text
    WHEN (handling = 'bot'::text) THEN 'bot'::text
    ELSE 'people'::text
END) stored,
  last_message_at timestamp with time zone not null default now(),
  assignee_id uuid,
  assigned_at timestamp with time zone,
  priority text not null default 'normal'::text,
  snoozed_until timestamp with time zone,
  waiting_since timestamp with time zone,
  first_answered_at timestamp with time zone,
  answered_seq bigint not null default 0,
  changes bigint not null default 0,
  customer_rev bigint not null default 0,
  customer_cx xid8,
  cx xid8 not null default pg_current_xact_id(),
  rev_cx xid8 not null default pg_current_xact_id(),
  silent_from timestamp with time zone,
  silent_at timestamp with time zone,
  constraint chat_desk_pkey PRIMARY KEY (conversation_id),
  constraint chat_desk_handling CHECK ((handling = ANY (ARRAY['bot'::text, 'waiting'::text, 'agent'::text]))),
  constraint chat_desk_priority CHECK ((priority = ANY (ARRAY['low'::text, 'normal'::text, 'high'::text, 'urgent'::text])))
);

CREATE INDEX chat_desk_assignee_idx ON public.chat_desk USING btree (assignee_id, last_message_at DESC, conversation_id DESC) WHERE (assignee_id IS NOT NULL);
CREATE INDEX chat_desk_channel_idx ON public.chat_desk USING btree (channel, last_message_at DESC, conversation_id DESC) WHERE (channel <> 'web'::text);
CREATE INDEX chat_desk_cx_idx ON public.chat_desk USING btree (cx);
CREATE INDEX chat_desk_due_idx ON public.chat_desk USING btree (snoozed_until, conversation_id) WHERE (snoozed_until IS NOT NULL);
CREATE INDEX chat_desk_mine_idx ON public.chat_desk USING btree (assignee_id, last_message_at DESC, conversation_id DESC) WHERE ((status = 'open'::text) AND (assignee_id IS NOT NULL));
CREATE INDEX chat_desk_owed_idx ON public.chat_desk USING btree (waiting_since, conversation_id) WHERE (waiting_since IS NOT NULL);
CREATE INDEX chat_desk_pile_idx ON public.chat_desk USING btree (pile, last_message_at DESC, conversation_id DESC);
CREATE INDEX chat_desk_recent_idx ON public.chat_desk USING btree (last_message_at DESC, conversation_id DESC);
CREATE INDEX chat_desk_silent_idx ON public.chat_desk USING btree (silent_from, conversation_id) WHERE (silent_from IS NOT NULL);
CREATE INDEX chat_desk_snoozed_idx ON public.chat_desk USING btree (last_message_at DESC, conversation_id DESC) WHERE ((status = 'open'::text) AND (snoozed_until IS NOT NULL));
CREATE INDEX chat_desk_unassigned_idx ON public.chat_desk USING btree (last_message_at DESC, conversation_id DESC) WHERE ((pile = 'people'::text) AND (assignee_id IS NULL));
CREATE INDEX chat_desk_waiting_idx ON public.chat_desk USING btree (waiting_since, conversation_id) WHERE ((status = 'open'::text) AND (handling = 'waiting'::text));

alter table public.chat_desk add constraint chat_desk_assignee_id_fkey FOREIGN KEY (assignee_id) REFERENCES public.chat_operators(id) ON DELETE SET NULL;
alter table public.chat_desk add constraint chat_desk_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.chat_conversations(id) ON DELETE CASCADE;

revoke all on public.chat_desk from public, anon, authenticated, service_role;
grant select, update on public.chat_desk to service_role;

alter table public.chat_desk enable row level security;

comment on table public.chat_desk is 'What only operators see of a conversation, a row each; it follows its conversation.';
comment on column public.chat_desk.conversation_id is 'The conversation.';
comment on column public.chat_desk.status is 'As the conversation has it.';
comment on column public.chat_desk.handling is 'As the conversation has it.';
comment on column public.chat_desk.channel is 'As the conversation has it.';
comment on column public.chat_desk.pile is 'Where lists look for it: bot, people (open, and a person is wanted or has it) or completed.';
comment on column public.chat_desk.last_message_at is 'As the conversation has it.';
comment on column public.chat_desk.assignee_id is 'The operator who has it.';
comment on column public.chat_desk.assigned_at is 'Since when they have it.';
comment on column public.chat_desk.priority is 'low, normal, high or urgent.';
comment on column public.chat_desk.snoozed_until is 'Put aside until then, or until the customer writes.';
comment on column public.chat_desk.waiting_since is 'Since when the customer waits for a person; null while nobody is owed an answer.';
comment on column public.chat_desk.first_answered_at is 'When a person first answered.';
comment on column public.chat_desk.answered_seq is 'The last message when an operator last wrote or claimed it: what the customer wrote after it is unread by the team.';
comment on column public.chat_desk.changes is 'Counts the changes that only operators see.';
comment on column public.chat_desk.customer_rev is 'What rev and changes came to when the customer last wrote: who has seen less has not seen that.';
comment on column public.chat_desk.customer_cx is 'The transaction in which the customer last wrote.';
comment on column public.chat_desk.cx is 'The transaction that last changed the conversation or this row: the live feed asks by it.';
comment on column public.chat_desk.rev_cx is 'The transaction that last changed what the customer sees: only of that are customers told.';
comment on column public.chat_desk.silent_from is 'Where a rule was the last to write: since when nobody else has.';
comment on column public.chat_desk.silent_at is 'The last_message_at that it made; silent_from holds while that is still the last.';

-- public.chat_gone

create table public.chat_gone (
  conversation_id uuid not null,
  gone_at timestamp with time zone not null default now(),
  cx xid8 not null default pg_current_xact_id(),
  constraint chat_gone_pkey PRIMARY KEY (conversation_id)
);

CREATE INDEX chat_gone_cx_idx ON public.chat_gone USING btree (cx);
CREATE INDEX chat_gone_old_idx ON public.chat_gone USING btree (gone_at);

revoke all on public.chat_gone from public, anon, authenticated, service_role;
grant select on public.chat_gone to service_role;

alter table public.chat_gone enable row level security;

comment on table public.chat_gone is 'Conversations that were deleted, for a day, so that screens let go of them.';
comment on column public.chat_gone.conversation_id is 'The conversation that was.';
comment on column public.chat_gone.gone_at is 'When it went.';
comment on column public.chat_gone.cx is 'The transaction in which it went.';

-- public.chat_notes

create table public.chat_notes (
  id uuid not null default gen_random_uuid(),
  conversation_id uuid not null,
  operator_id uuid,
  client_note_id uuid not null,
  content text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  edited_at timestamp with time zone,
  rule_id uuid,
  rule_name text,
  constraint chat_notes_pkey PRIMARY KEY (id),
  constraint chat_notes_author CHECK (((operator_id IS NULL) = ((rule_id IS NOT NULL) AND (rule_name IS NOT NULL)))),
  constraint chat_notes_content CHECK (((char_length(content) >= 1) AND (char_length(content) <= 16000)))
);

CREATE UNIQUE INDEX chat_notes_client_key ON public.chat_notes USING btree (conversation_id, client_note_id);
CREATE INDEX chat_notes_operator_idx ON public.chat_notes USING btree (operator_id);
CREATE INDEX chat_notes_place_idx ON public.chat_notes USING btree (conversation_id, created_at, id);

alter table public.chat_notes add constraint chat_notes_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.chat_conversations(id) ON DELETE CASCADE;
alter table public.chat_notes add constraint chat_notes_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES public.chat_operators(id);

-- CREATE TRIGGER search_again AFTER UPDATE OF content ON public.chat_notes FOR EACH ROW WHEN ((old.content IS DISTINCT FROM new.content)) EXECUTE FUNCTION private.search_again();

revoke all on public.chat_notes from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_notes to service_role;

alter table public.chat_notes enable row level security;

comment on table public.chat_notes is 'What operators write for each other. In no answer to a customer, by any way.';
comment on column public.chat_notes.id is 'Key, made by the database.';
comment on column public.chat_notes.conversation_id is 'The conversation that it is about.';
comment on column public.chat_notes.operator_id is 'Who wrote it, and alone may change it; null where a rule did.';
comment on column public.chat_notes.client_note_id is 'Given by the sender: the same note sent again is the same row.';
comment on column public.chat_notes.content is 'The note.';
comment on column public.chat_notes.created_at is 'When it was written.';
comment on column public.chat_notes.edited_at is 'When it was last changed; null if never.';
comment on column public.chat_notes.rule_id is 'The rule that wrote it. Nobody changes such a one.';
comment on column public.chat_notes.rule_name is 'The name of that rule at that time.';

-- public.chat_labels

create table public.chat_labels (
  id uuid not null default gen_random_uuid(),
  name text not null,
  color text,
  created_at timestamp with time zone not null default now(),
  constraint chat_labels_pkey PRIMARY KEY (id),
  constraint chat_labels_color CHECK ((color ~ '^#[0-9a-f]{6}$'::text)),
  constraint chat_labels_name CHECK ((((char_length(name) >= 1) AND (char_length(name) <= 50)) AND (name = btrim(name)) AND (name IS NFC NORMALIZED)))
);

CREATE UNIQUE INDEX chat_labels_name_key ON public.chat_labels USING btree (lower(name));

revoke all on public.chat_labels from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_labels to service_role;

alter table public.chat_labels enable row level security;

comment on table public.chat_labels is 'Words that the team sorts conversations by.';
comment on column public.chat_labels.id is 'Key, made by the database.';
comment on column public.chat_labels.name is 'What it is called, once, whatever the case.';
comment on column public.chat_labels.color is 'Its colour: #rrggbb.';
comment on column public.chat_labels.created_at is 'When it was made.';

-- public.chat_conversation_labels

create table public.chat_conversation_labels (
  conversation_id uuid not null,
  label_id uuid not null,
  created_at timestamp with time zone not null default now(),
  constraint chat_conversation_labels_pkey PRIMARY KEY (conversation_id, label_id)
);

CREATE INDEX chat_conversation_labels_label_idx ON public.chat_conversation_labels USING btree (label_id, conversation_id);

alter table public.chat_conversation_labels add constraint chat_conversation_labels_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.chat_conversations(id) ON DELETE CASCADE;
alter table public.chat_conversation_labels add constraint chat_conversation_labels_label_id_fkey FOREIGN KEY (label_id) REFERENCES public.chat_labels(id) ON DELETE CASCADE;

revoke all on public.chat_conversation_labels from public, anon, authenticated, service_role;
grant select, insert, delete on public.chat_conversation_labels to service_role;

alter table public.chat_conversation_labels enable row level security;

comment on table public.chat_conversation_labels is 'Which conversation has which label.';
comment on column public.chat_conversation_labels.conversation_id is 'The conversation.';
comment on column public.chat_conversation_labels.label_id is 'The label.';
comment on column public.chat_conversation_labels.created_at is 'Since when.';

-- public.chat_canned_replies

create table public.chat_canned_replies (
  id uuid not null default gen_random_uuid(),
  operator_id uuid,
  shortcut text not null,
  content text not null,
  created_at timestamp with time zone not null default now(),
  constraint chat_canned_replies_pkey PRIMARY KEY (id),
  constraint chat_canned_replies_content CHECK (((char_length(content) >= 1) AND (char_length(content) <= 4000))),
  constraint chat_canned_replies_shortcut CHECK ((((char_length(shortcut) >= 1) AND (char_length(shortcut) <= 50)) AND (shortcut !~ '\s'::text)))
);

CREATE UNIQUE INDEX chat_canned_replies_shortcut_key ON public.chat_canned_replies USING btree (operator_id, lower(shortcut)) NULLS NOT DISTINCT;

alter table public.chat_canned_replies add constraint chat_canned_replies_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES public.chat_operators(id) ON DELETE CASCADE;

revoke all on public.chat_canned_replies from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_canned_replies to service_role;

alter table public.chat_canned_replies enable row level security;

comment on table public.chat_canned_replies is 'Texts that operators send again and again.';
comment on column public.chat_canned_replies.id is 'Key, made by the database.';
comment on column public.chat_canned_replies.operator_id is 'Whose it is; null for everybody''s.';
comment on column public.chat_canned_replies.shortcut is 'What is typed after the slash.';
comment on column public.chat_canned_replies.content is 'The text, with its variables.';
comment on column public.chat_canned_replies.created_at is 'When it was made.';

-- public.chat_activities

create table public.chat_activities (
  id uuid not null default gen_random_uuid(),
  conversation_id uuid,
  type text not null,
  actor_kind text not null,
  actor_id uuid,
  actor_name text,
  data jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default clock_timestamp(),
  causes uuid[] not null default COALESCE((NULLIF(current_setting('munui.causes'::text, true), ''::text))::uuid[], '{}'::uuid[]),
  constraint chat_activities_pkey PRIMARY KEY (id),
  constraint chat_activities_actor CHECK ((actor_kind = ANY (ARRAY['member'::text, 'guest'::text, 'bot'::text, 'operator'::text, 'rule'::text, 'system'::text, 'api'::text]))),
  constraint chat_activities_data CHECK (((jsonb_typeof(data) = 'object'::text) AND (octet_length((data)::text) <=
CASE
    WHEN (conversation_id IS NULL) THEN 131072
    ELSE 16384
END))),
  constraint chat_activities_type CHECK (((char_length(type) >= 1) AND (char_length(type) <= 60)))
);

CREATE INDEX chat_activities_audit_idx ON public.chat_activities USING btree (created_at DESC, id DESC) WHERE ((conversation_id IS NULL) AND (type <> 'inquiry.submitted'::text));
CREATE INDEX chat_activities_course_idx ON public.chat_activities USING btree (conversation_id, created_at) WHERE (((actor_kind = 'operator'::text) AND (type = 'message.created'::text)) OR (type = ANY (ARRAY['conversation.handed_over'::text, 'conversation.assigned'::text, 'conversation.reopened'::text, 'conversation.completed'::text, 'conversation.rated'::text])) OR ((actor_kind = 'api'::text) AND (type = 'conversation.opened'::text)));
CREATE INDEX chat_activities_course_time_idx ON public.chat_activities USING btree (created_at, conversation_id) WHERE (((actor_kind = 'operator'::text) AND (type = 'message.created'::text)) OR (type = ANY (ARRAY['conversation.handed_over'::text, 'conversation.assigned'::text, 'conversation.reopened'::text, 'conversation.completed'::text, 'conversation.rated'::text])) OR ((actor_kind = 'api'::text) AND (type = 'conversation.opened'::text)));
CREATE INDEX chat_activities_place_idx ON public.chat_activities USING btree (conversation_id, created_at, id);

alter table public.chat_activities add constraint chat_activities_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.chat_conversations(id) ON DELETE CASCADE;

-- CREATE TRIGGER tell_others AFTER INSERT ON public.chat_activities REFERENCING NEW TABLE AS happened FOR EACH STATEMENT EXECUTE FUNCTION private.tell_others();

revoke all on public.chat_activities from public, anon, authenticated, service_role;
grant select, insert on public.chat_activities to service_role;

alter table public.chat_activities enable row level security;

comment on table public.chat_activities is 'What happened, to a conversation or to the settings of the team. Never changed; deleted only with the conversation.';
comment on column public.chat_activities.id is 'Key, made by the database.';
comment on column public.chat_activities.conversation_id is 'The conversation; null for a change of the team''s settings.';
comment on column public.chat_activities.type is 'What happened, such as conversation.assigned.';
comment on column public.chat_activities.actor_kind is 'Who did it: member, guest, bot, operator, rule, system or api.';
comment on column public.chat_activities.actor_id is 'The contact''s, operator''s or rule''s key.';
comment on column public.chat_activities.actor_name is 'The name at that time.';
comment on column public.chat_activities.data is 'What it was, by type. Never what a note says.';
comment on column public.chat_activities.created_at is 'When.';
comment on column public.chat_activities.causes is 'The rules that led to it, the first one first; empty for what people did.';

-- public.chat_typing

create unlogged table public.chat_typing (
  id uuid not null default gen_random_uuid(),
  conversation_id uuid not null,
  operator_id uuid,
  typed_at timestamp with time zone not null default now(),
  written_at timestamp with time zone not null default now(),
  constraint chat_typing_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX chat_typing_key ON public.chat_typing USING btree (conversation_id, operator_id) NULLS NOT DISTINCT;
CREATE INDEX chat_typing_operator_idx ON public.chat_typing USING btree (operator_id);
CREATE INDEX chat_typing_recent_idx ON public.chat_typing USING btree (typed_at);

alter table public.chat_typing add constraint chat_typing_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.chat_conversations(id) ON DELETE CASCADE;
alter table public.chat_typing add constraint chat_typing_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES public.chat_operators(id) ON DELETE CASCADE;

revoke all on public.chat_typing from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_typing to service_role;

alter table public.chat_typing enable row level security;

comment on table public.chat_typing is 'Who types, forgotten 8 seconds after typed_at.';
comment on column public.chat_typing.id is 'Key, made by the database.';
comment on column public.chat_typing.conversation_id is 'Where.';
comment on column public.chat_typing.operator_id is 'Which operator; null for the customer.';
comment on column public.chat_typing.typed_at is 'When they last did; -infinity once they said that they stopped.';
comment on column public.chat_typing.written_at is 'When this was last written down: not more often than each 3 seconds.';

-- public.chat_presence

create unlogged table public.chat_presence (
  operator_id uuid not null,
  conversation_id uuid not null,
  seen_at timestamp with time zone not null default now(),
  constraint chat_presence_pkey PRIMARY KEY (operator_id, conversation_id)
);

CREATE INDEX chat_presence_conversation_idx ON public.chat_presence USING btree (conversation_id);
CREATE INDEX chat_presence_recent_idx ON public.chat_presence USING btree (seen_at);

alter table public.chat_presence add constraint chat_presence_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.chat_conversations(id) ON DELETE CASCADE;
alter table public.chat_presence add constraint chat_presence_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES public.chat_operators(id) ON DELETE CASCADE;

revoke all on public.chat_presence from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_presence to service_role;

alter table public.chat_presence enable row level security;

comment on table public.chat_presence is 'Which operator looks at which conversation, forgotten 60 seconds after seen_at.';
comment on column public.chat_presence.operator_id is 'Who looks.';
comment on column public.chat_presence.conversation_id is 'At what.';
comment on column public.chat_presence.seen_at is 'When their screen last told so.';

-- public.chat_hours

create table public.chat_hours (
  since_at timestamp with time zone not null,
  time_zone text not null,
  spans jsonb not null,
  holidays jsonb not null,
  always_open boolean not null,
  override_open boolean,
  override_until timestamp with time zone,
  constraint chat_hours_pkey PRIMARY KEY (since_at)
);

revoke all on public.chat_hours from public, anon, authenticated, service_role;
grant select, insert on public.chat_hours to service_role;

alter table public.chat_hours enable row level security;

comment on table public.chat_hours is 'The team''s hours as they were: a row for each time they were changed, which holds until the next one.';
comment on column public.chat_hours.since_at is 'Since when they held; the first row holds for all time before the second.';
comment on column public.chat_hours.time_zone is 'As chat_team had it.';
comment on column public.chat_hours.spans is 'As chat_team had it.';
comment on column public.chat_hours.holidays is 'As chat_team had it.';
comment on column public.chat_hours.always_open is 'As chat_team had it.';
comment on column public.chat_hours.override_open is 'As chat_team had it.';
comment on column public.chat_hours.override_until is 'As chat_team had it.';

-- public.chat_jobs

create table public.chat_jobs (
  id uuid not null default gen_random_uuid(),
  kind text not null,
  payload jsonb not null default '{}'::jsonb,
  dedupe_key text,
  conversation_id uuid,
  order_key text,
  state text not null default 'waiting'::text,
  attempts integer not null default 0,
  max_attempts integer not null default 10,
  run_at timestamp with time zone not null default now(),
  lease_until timestamp with time zone,
  lease_token uuid,
  last_error text,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint chat_jobs_pkey PRIMARY KEY (id),
  constraint chat_jobs_error CHECK ((char_length(last_error) <= 500)),
  constraint chat_jobs_kind CHECK (((char_length(kind) >= 1) AND (char_length(kind) <= 60))),
  constraint chat_jobs_lease CHECK (((state = 'running'::text) = ((lease_until IS NOT NULL) AND (lease_token IS NOT NULL)))),
  constraint chat_jobs_payload CHECK (((jsonb_typeof(payload) = 'object'::text) AND (octet_length((payload)::text) <= 16384))),
  constraint chat_jobs_state CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'dead'::text])))
);

CREATE INDEX chat_jobs_dead_idx ON public.chat_jobs USING btree (created_at DESC, id DESC) WHERE (state = 'dead'::text);
CREATE UNIQUE INDEX chat_jobs_dedupe_key ON public.chat_jobs USING btree (kind, dedupe_key) WHERE (dedupe_key IS NOT NULL);
CREATE INDEX chat_jobs_due_idx ON public.chat_jobs USING btree (kind, COALESCE(lease_until, run_at), created_at, id) WHERE (state <> 'dead'::text);
CREATE INDEX chat_jobs_order_idx ON public.chat_jobs USING btree (conversation_id, order_key, created_at, id) WHERE (conversation_id IS NOT NULL);
CREATE INDEX chat_jobs_running_idx ON public.chat_jobs USING btree (kind, order_key) WHERE (state = 'running'::text);

alter table public.chat_jobs add constraint chat_jobs_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.chat_conversations(id) ON DELETE CASCADE;

revoke all on public.chat_jobs from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_jobs to service_role;

alter table public.chat_jobs enable row level security;

comment on table public.chat_jobs is 'Work that is done after the transaction that asked for it: at least once. What is done is deleted.';
comment on column public.chat_jobs.id is 'Key, made by the database.';
comment on column public.chat_jobs.kind is 'Who works it: rules, webhook …';
comment on column public.chat_jobs.payload is 'What it is about: ids, never what somebody wrote.';
comment on column public.chat_jobs.dedupe_key is 'A kind has one job of a key at a time.';
comment on column public.chat_jobs.conversation_id is 'The conversation that it is about, with which it goes; null for none.';
comment on column public.chat_jobs.order_key is 'Jobs of one conversation with the same key are first tried in the order in which they were made.';
comment on column public.chat_jobs.state is 'waiting, running, or dead: tried as often as it may be.';
comment on column public.chat_jobs.attempts is 'How often it was begun.';
comment on column public.chat_jobs.max_attempts is 'How often it is begun at most.';
comment on column public.chat_jobs.run_at is 'Not before then.';
comment on column public.chat_jobs.lease_until is 'Until when the worker that has it must be done; then it is anybody''s again.';
comment on column public.chat_jobs.lease_token is 'What only the worker that has it knows.';
comment on column public.chat_jobs.last_error is 'Why the last attempt failed, without anything that somebody wrote.';
comment on column public.chat_jobs.created_at is 'When it was made.';

-- public.chat_ticks

create table public.chat_ticks (
  name text not null,
  due_at timestamp with time zone not null default now(),
  constraint chat_ticks_pkey PRIMARY KEY (name),
  constraint chat_ticks_name CHECK (((char_length(name) >= 1) AND (char_length(name) <= 60)))
);

revoke all on public.chat_ticks from public, anon, authenticated, service_role;
grant select, insert, update on public.chat_ticks to service_role;

alter table public.chat_ticks enable row level security;

comment on table public.chat_ticks is 'What is done once a period, whoever does it.';
comment on column public.chat_ticks.name is 'What.';
comment on column public.chat_ticks.due_at is 'Not before then.';

-- public.chat_webhooks

create table public.chat_webhooks (
  id uuid not null default gen_random_uuid(),
  url text not null,
  types text[] not null default '{}'::text[],
  is_active boolean not null default true,
  secret text not null,
  previous_secret text,
  rotated_at timestamp with time zone,
  failing_since timestamp with time zone,
  disabled_reason text,
  created_at timestamp with time zone not null default now(),
  constraint chat_webhooks_pkey PRIMARY KEY (id),
  constraint chat_webhooks_active CHECK ((is_active = (disabled_reason IS NULL))),
  constraint chat_webhooks_disabled CHECK ((disabled_reason = ANY (ARRAY['by_hand'::text, 'gone'::text, 'failing'::text]))),
  constraint chat_webhooks_secret CHECK (((char_length(secret) <= 2048) AND (char_length(previous_secret) <= 2048))),
  constraint chat_webhooks_types CHECK ((cardinality(types) <= 100)),
  constraint chat_webhooks_url CHECK (((url ~ '^https?://'::text) AND (char_length(url) <= 2048)))
);

revoke all on public.chat_webhooks from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_webhooks to service_role;

alter table public.chat_webhooks enable row level security;

comment on table public.chat_webhooks is 'Where other systems are told what happened.';
comment on column public.chat_webhooks.id is 'Key, made by the database.';
comment on column public.chat_webhooks.url is 'Whither it is sent.';
comment on column public.chat_webhooks.types is 'Which types of activities.';
comment on column public.chat_webhooks.is_active is 'Whether anything is sent.';
comment on column public.chat_webhooks.secret is 'What signs, encrypted by the service.';
comment on column public.chat_webhooks.previous_secret is 'What signs beside it for a day after a rotation, encrypted by the service.';
comment on column public.chat_webhooks.rotated_at is 'When the secret was last changed.';
comment on column public.chat_webhooks.failing_since is 'Since when every attempt has failed; null where the last one succeeded.';
comment on column public.chat_webhooks.disabled_reason is 'Why nothing is sent: by_hand, gone (it answered 410) or failing (for five days).';
comment on column public.chat_webhooks.created_at is 'When it was made.';

-- public.chat_deliveries

create table public.chat_deliveries (
  id uuid not null default gen_random_uuid(),
  webhook_id uuid not null,
  activity_id uuid,
  conversation_id uuid,
  type text not null,
  rev bigint,
  has_content boolean not null default false,
  rule_id uuid,
  round integer not null default 1,
  state text not null default 'waiting'::text,
  attempts integer not null default 0,
  code integer,
  ms integer,
  answer text,
  error text,
  sent_at timestamp with time zone,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint chat_deliveries_pkey PRIMARY KEY (id),
  constraint chat_deliveries_answer CHECK ((octet_length(answer) <= 4096)),
  constraint chat_deliveries_error CHECK ((char_length(error) <= 100)),
  constraint chat_deliveries_round CHECK ((round >= 1)),
  constraint chat_deliveries_state CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'failed'::text])))
);

CREATE UNIQUE INDEX chat_deliveries_key ON public.chat_deliveries USING btree (activity_id, webhook_id, rule_id, round) NULLS NOT DISTINCT WHERE (activity_id IS NOT NULL);
CREATE INDEX chat_deliveries_old_idx ON public.chat_deliveries USING btree (created_at) WHERE (state <> 'waiting'::text);
CREATE INDEX chat_deliveries_place_idx ON public.chat_deliveries USING btree (webhook_id, created_at DESC, id DESC);

alter table public.chat_deliveries add constraint chat_deliveries_activity_id_fkey FOREIGN KEY (activity_id) REFERENCES public.chat_activities(id) ON DELETE CASCADE;
alter table public.chat_deliveries add constraint chat_deliveries_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES public.chat_webhooks(id) ON DELETE CASCADE;

revoke all on public.chat_deliveries from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_deliveries to service_role;

alter table public.chat_deliveries enable row level security;

comment on table public.chat_deliveries is 'What is sent to a webhook, a row for each. Its text is made when it is sent. It goes with its activity.';
comment on column public.chat_deliveries.id is 'Key, made by the database: what is sent as webhook-id, at every attempt.';
comment on column public.chat_deliveries.webhook_id is 'To whom.';
comment on column public.chat_deliveries.activity_id is 'What happened; null for a try.';
comment on column public.chat_deliveries.conversation_id is 'The activity''s conversation.';
comment on column public.chat_deliveries.type is 'The activity''s type, or webhook.test.';
comment on column public.chat_deliveries.rev is 'The count of the conversation when it happened.';
comment on column public.chat_deliveries.has_content is 'Whether the message itself is sent along: to the webhook of its channel.';
comment on column public.chat_deliveries.rule_id is 'The rule that wanted it sent; null where the webhook listens itself.';
comment on column public.chat_deliveries.round is 'Counts how often the same is sent as something new: more than 1 where a message is tried again.';
comment on column public.chat_deliveries.state is 'waiting, delivered, or failed: not tried again.';
comment on column public.chat_deliveries.attempts is 'How often it was sent.';
comment on column public.chat_deliveries.code is 'The status of the last answer; null where there was none.';
comment on column public.chat_deliveries.ms is 'How many milliseconds the last attempt took.';
comment on column public.chat_deliveries.answer is 'The first KB of the last answer.';
comment on column public.chat_deliveries.error is 'Why there was no answer, in a word.';
comment on column public.chat_deliveries.sent_at is 'When it was last sent.';
comment on column public.chat_deliveries.created_at is 'When it was to be sent first.';

-- public.chat_listeners

create table public.chat_listeners (
  id uuid not null default gen_random_uuid(),
  type text not null,
  webhook_id uuid,
  rule_id uuid,
  channel text,
  constraint chat_listeners_pkey PRIMARY KEY (id),
  constraint chat_listeners_one CHECK ((num_nonnulls(webhook_id, rule_id) = 1))
);

CREATE UNIQUE INDEX chat_listeners_key ON public.chat_listeners USING btree (type, webhook_id, rule_id, channel) NULLS NOT DISTINCT;
CREATE INDEX chat_listeners_rule_idx ON public.chat_listeners USING btree (rule_id);
CREATE INDEX chat_listeners_webhook_idx ON public.chat_listeners USING btree (webhook_id);

alter table public.chat_listeners add constraint chat_listeners_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES public.chat_webhooks(id) ON DELETE CASCADE;

revoke all on public.chat_listeners from public, anon, authenticated, service_role;
grant select, insert, delete on public.chat_listeners to service_role;

alter table public.chat_listeners enable row level security;

comment on table public.chat_listeners is 'Who is told of which type of activity, kept by what saves webhooks, rules and channels. Of rules only those that are active.';
comment on column public.chat_listeners.id is 'Key, made by the database.';
comment on column public.chat_listeners.type is 'The type.';
comment on column public.chat_listeners.webhook_id is 'The webhook that is told.';
comment on column public.chat_listeners.rule_id is 'The rule that is told; null where it is a webhook.';
comment on column public.chat_listeners.channel is 'Only of this channel''s conversations, of what the team and its rules do there, and with the message; null for all.';

-- public.chat_rules

create table public.chat_rules (
  id uuid not null default gen_random_uuid(),
  name text not null,
  "position" integer not null default 0,
  is_active boolean not null default true,
  types text[] not null default '{}'::text[],
  condition jsonb,
  actions jsonb not null,
  waiting_minutes integer,
  silence_minutes integer,
  version bigint not null default 1,
  clock jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint chat_rules_pkey PRIMARY KEY (id),
  constraint chat_rules_actions CHECK (((jsonb_typeof(actions) = 'array'::text) AND ((jsonb_array_length(actions) >= 1) AND (jsonb_array_length(actions) <= 20)) AND (octet_length((actions)::text) <= 131072))),
  constraint chat_rules_begins CHECK (((cardinality(types) > 0) OR (waiting_minutes IS NOT NULL) OR (silence_minutes IS NOT NULL))),
  constraint chat_rules_condition CHECK (((jsonb_typeof(condition) = 'object'::text) AND (octet_length((condition)::text) <= 65536))),
  constraint chat_rules_minutes CHECK (((waiting_minutes > 0) AND (silence_minutes > 0))),
  constraint chat_rules_name CHECK ((((char_length(name) >= 1) AND (char_length(name) <= 80)) AND (name = btrim(name)))),
  constraint chat_rules_types CHECK ((cardinality(types) <= 20))
);

CREATE INDEX chat_rules_active_idx ON public.chat_rules USING btree ("position", created_at, id) WHERE is_active;
CREATE UNIQUE INDEX chat_rules_name_key ON public.chat_rules USING btree (lower(name));

revoke all on public.chat_rules from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_rules to service_role;

alter table public.chat_rules enable row level security;

comment on table public.chat_rules is 'What is to happen by itself: on which activities, under which condition, what.';
comment on column public.chat_rules.id is 'Key, made by the database.';
comment on column public.chat_rules.name is 'What the team calls it, once, whatever the case; its actions bear it.';
comment on column public.chat_rules."position" is 'Its place among those that the same activity sets off; the older one is first where two have the same.';
comment on column public.chat_rules.is_active is 'Whether it runs at all.';
comment on column public.chat_rules.types is 'The types of activities that set it off.';
comment on column public.chat_rules.condition is 'Under which condition, as the API has it; null for always.';
comment on column public.chat_rules.actions is 'What is done, in this order, as the API has it.';
comment on column public.chat_rules.waiting_minutes is 'The clock sets it off for who has waited so long; read from the condition. Null: not by that.';
comment on column public.chat_rules.silence_minutes is 'The clock sets it off where nobody has written for so long; read from the condition. Null: not by that.';
comment on column public.chat_rules.version is 'Counts its changes: what was computed from an older one is not done.';
comment on column public.chat_rules.clock is 'How far the clock has got among the conversations that it looks at for this rule.';
comment on column public.chat_rules.created_at is 'When it was made.';
comment on column public.chat_rules.updated_at is 'When it was last changed.';

-- public.chat_rule_runs

create table public.chat_rule_runs (
  id uuid not null default gen_random_uuid(),
  rule_id uuid not null,
  activity_id uuid,
  conversation_id uuid not null,
  since timestamp with time zone,
  status text not null,
  actions jsonb not null default '[]'::jsonb,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint chat_rule_runs_pkey PRIMARY KEY (id),
  constraint chat_rule_runs_actions CHECK ((jsonb_typeof(actions) = 'array'::text)),
  constraint chat_rule_runs_cause CHECK (((activity_id IS NULL) <> (since IS NULL))),
  constraint chat_rule_runs_status CHECK ((status = ANY (ARRAY['done'::text, 'partial'::text, 'skipped'::text])))
);

CREATE UNIQUE INDEX chat_rule_runs_activity_key ON public.chat_rule_runs USING btree (rule_id, activity_id) WHERE (activity_id IS NOT NULL);
CREATE INDEX chat_rule_runs_conversation_idx ON public.chat_rule_runs USING btree (conversation_id);
CREATE INDEX chat_rule_runs_old_idx ON public.chat_rule_runs USING btree (created_at) WHERE (activity_id IS NOT NULL);
CREATE INDEX chat_rule_runs_recent_idx ON public.chat_rule_runs USING btree (rule_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX chat_rule_runs_since_key ON public.chat_rule_runs USING btree (rule_id, conversation_id, since) WHERE (since IS NOT NULL);

alter table public.chat_rule_runs add constraint chat_rule_runs_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES public.chat_conversations(id) ON DELETE CASCADE;
alter table public.chat_rule_runs add constraint chat_rule_runs_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES public.chat_rules(id) ON DELETE CASCADE;

revoke all on public.chat_rule_runs from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_rule_runs to service_role;

alter table public.chat_rule_runs enable row level security;

comment on table public.chat_rule_runs is 'What became of a rule each time that it ran. Goes with its rule and with its conversation.';
comment on column public.chat_rule_runs.id is 'Key, made by the database.';
comment on column public.chat_rule_runs.rule_id is 'Which rule.';
comment on column public.chat_rule_runs.activity_id is 'What set it off; null where the clock did.';
comment on column public.chat_rule_runs.conversation_id is 'Where.';
comment on column public.chat_rule_runs.since is 'The beginning of the waiting or of the silence that set it off; null where an activity did.';
comment on column public.chat_rule_runs.status is 'done; partial where an action failed; skipped where its own doing would have set it off.';
comment on column public.chat_rule_runs.actions is 'What became of each action: [{type, status: done or failed, error}].';
comment on column public.chat_rule_runs.created_at is 'When.';

-- public.chat_channels

create table public.chat_channels (
  id uuid not null default gen_random_uuid(),
  name text not null,
  single_thread boolean not null default false,
  webhook_id uuid,
  key_digest text,
  created_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint chat_channels_pkey PRIMARY KEY (id),
  constraint chat_channels_deleted CHECK (((deleted_at IS NULL) OR (key_digest IS NULL))),
  constraint chat_channels_key CHECK ((key_digest ~ '^[0-9a-f]{64}$'::text)),
  constraint chat_channels_name CHECK (((char_length(name) >= 1) AND (char_length(name) <= 80)))
);

CREATE UNIQUE INDEX chat_channels_key ON public.chat_channels USING btree (key_digest) WHERE (key_digest IS NOT NULL);
CREATE INDEX chat_channels_webhook_idx ON public.chat_channels USING btree (webhook_id);

alter table public.chat_channels add constraint chat_channels_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES public.chat_webhooks(id) ON DELETE SET NULL;

revoke all on public.chat_channels from public, anon, authenticated, service_role;
grant select, insert, update on public.chat_channels to service_role;

alter table public.chat_channels enable row level security;

comment on table public.chat_channels is 'Ways for other systems to bring messages in and take answers out. One that was deleted stays: its conversations name it.';
comment on column public.chat_channels.id is 'Key: what the channel of a conversation is called.';
comment on column public.chat_channels.name is 'What the team calls it.';
comment on column public.chat_channels.single_thread is 'Whether all that a contact writes comes together in one conversation.';
comment on column public.chat_channels.webhook_id is 'Where its answers go out.';
comment on column public.chat_channels.key_digest is 'SHA-256 of the key, in hex; null where no key opens it. The key itself is kept nowhere.';
comment on column public.chat_channels.created_at is 'When it was made.';
comment on column public.chat_channels.deleted_at is 'When it was deleted; null while it is there.';

-- public.chat_channel_threads

create table public.chat_channel_threads (
  contact_id uuid not null,
  conversation_id uuid not null,
  thread_key text,
  is_single boolean not null default false,
  constraint chat_channel_threads_pkey PRIMARY KEY (contact_id, conversation_id),
  constraint chat_channel_threads_key_length CHECK (((char_length(thread_key) >= 1) AND (char_length(thread_key) <= 255)))
);

CREATE UNIQUE INDEX chat_channel_threads_single_key ON public.chat_channel_threads USING btree (contact_id) WHERE is_single;
CREATE UNIQUE INDEX chat_channel_threads_thread_key ON public.chat_channel_threads USING btree (contact_id, thread_key) WHERE (thread_key IS NOT NULL);

alter table public.chat_channel_threads add constraint chat_channel_threads_conversation_fkey FOREIGN KEY (contact_id, conversation_id) REFERENCES public.chat_conversations(user_id, id) ON UPDATE CASCADE ON DELETE CASCADE;

revoke all on public.chat_channel_threads from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_channel_threads to service_role;

alter table public.chat_channel_threads enable row level security;

comment on table public.chat_channel_threads is 'Which conversation of a channel''s contact takes what comes in.';
comment on column public.chat_channel_threads.contact_id is 'The contact, who owns the conversation.';
comment on column public.chat_channel_threads.conversation_id is 'The conversation.';
comment on column public.chat_channel_threads.thread_key is 'What the other system calls the thread; null where it names none, or where the conversation is full.';
comment on column public.chat_channel_threads.is_single is 'Whether it takes all that the contact writes, in a channel with a single thread.';

-- public.chat_channel_messages

create table public.chat_channel_messages (
  message_id uuid not null,
  channel_id uuid not null,
  external_message_id text,
  thread_key text,
  attempt integer not null default 1,
  constraint chat_channel_messages_pkey PRIMARY KEY (message_id),
  constraint chat_channel_messages_attempt CHECK ((attempt >= 1)),
  constraint chat_channel_messages_external_length CHECK (((char_length(external_message_id) >= 1) AND (char_length(external_message_id) <= 255)))
);

CREATE UNIQUE INDEX chat_channel_messages_external_key ON public.chat_channel_messages USING btree (channel_id, external_message_id);

alter table public.chat_channel_messages add constraint chat_channel_messages_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES public.chat_channels(id);
alter table public.chat_channel_messages add constraint chat_channel_messages_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.chat_messages(id) ON DELETE CASCADE;

revoke all on public.chat_channel_messages from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_channel_messages to service_role;

alter table public.chat_channel_messages enable row level security;

comment on table public.chat_channel_messages is 'What a channel knows of a message: what came in, by its name there; what went out more than once.';
comment on column public.chat_channel_messages.message_id is 'The message.';
comment on column public.chat_channel_messages.channel_id is 'The channel.';
comment on column public.chat_channel_messages.external_message_id is 'What the other system calls a message that came in, unique in the channel: sent again it is the same.';
comment on column public.chat_channel_messages.thread_key is 'The thread that it was sent with.';
comment on column public.chat_channel_messages.attempt is 'How often a message that goes out was sent.';

-- public.chat_search

create table public.chat_search (
  id uuid not null generated always as (COALESCE(message_id, note_id, inquiry_id, contact_id)) stored,
  kind text not null generated always as (
CASE
    WHEN (message_id IS NOT NULL) THEN 'message'::text
    WHEN (note_id IS NOT NULL) THEN 'note'::text
    WHEN (inquiry_id IS NOT NULL) THEN 'inquiry'::text
    ELSE 'contact'::text
END) stored,
  message_id uuid,
  note_id uuid,
  inquiry_id uuid,
  contact_id uuid,
  conversation_id uuid,
  seq bigint,
  said_by text not null,
  created_at timestamp with time zone not null,
  tokens tsvector not null,
  constraint chat_search_pkey PRIMARY KEY (created_at, id),
  constraint chat_search_one CHECK ((num_nonnulls(message_id, note_id, inquiry_id, contact_id) = 1)),
  constraint chat_search_said_by CHECK ((said_by = ANY (ARRAY['customer'::text, 'operator'::text, 'bot'::text, 'system'::text, 'rule'::text])))
);

CREATE UNIQUE INDEX chat_search_contact_key ON public.chat_search USING btree (contact_id) WHERE (contact_id IS NOT NULL);
CREATE UNIQUE INDEX chat_search_inquiry_key ON public.chat_search USING btree (inquiry_id) WHERE (inquiry_id IS NOT NULL);
CREATE UNIQUE INDEX chat_search_message_key ON public.chat_search USING btree (message_id) WHERE (message_id IS NOT NULL);
CREATE UNIQUE INDEX chat_search_note_key ON public.chat_search USING btree (note_id) WHERE (note_id IS NOT NULL);
CREATE INDEX chat_search_place_idx ON public.chat_search USING btree (conversation_id, seq);
CREATE INDEX chat_search_tokens_idx ON public.chat_search USING gin (tokens) WITH (gin_pending_list_limit='512');

alter table public.chat_search add constraint chat_search_contact_id_fkey FOREIGN KEY (contact_id) REFERENCES public.chat_contacts(id) ON DELETE CASCADE;
alter table public.chat_search add constraint chat_search_inquiry_id_fkey FOREIGN KEY (inquiry_id) REFERENCES public.chat_inquiries(id) ON DELETE CASCADE;
alter table public.chat_search add constraint chat_search_message_id_fkey FOREIGN KEY (message_id) REFERENCES public.chat_messages(id) ON DELETE CASCADE;
alter table public.chat_search add constraint chat_search_note_id_fkey FOREIGN KEY (note_id) REFERENCES public.chat_notes(id) ON DELETE CASCADE;

revoke all on public.chat_search from public, anon, authenticated, service_role;
grant select, insert, delete on public.chat_search to service_role;

alter table public.chat_search enable row level security;

comment on table public.chat_search is 'What operators search in: a row for each message, note, inquiry and contact, written a moment after it. Only operators see it.';
comment on column public.chat_search.id is 'The id of what it is about.';
comment on column public.chat_search.kind is 'message, note, inquiry or contact.';
comment on column public.chat_search.message_id is 'The message that it is about, with which it goes; null for none.';
comment on column public.chat_search.note_id is 'The note that it is about, with which it goes; null for none.';
comment on column public.chat_search.inquiry_id is 'The inquiry that it is about, with which it goes; null for none.';
comment on column public.chat_search.contact_id is 'The contact that it is about, with whom it goes; null for none.';
comment on column public.chat_search.conversation_id is 'Where it was said; null for contacts and for the inquiries of guests.';
comment on column public.chat_search.seq is 'The place of a message in its conversation: all before the last one are here.';
comment on column public.chat_search.said_by is 'customer, operator, bot, system or rule.';
comment on column public.chat_search.created_at is 'When it was said or written.';
comment on column public.chat_search.tokens is 'What it is found by: bigrams() of its text.';

-- public.chat_search_due

create table public.chat_search_due (
  kind text not null,
  id uuid not null,
  since timestamp with time zone not null default now(),
  constraint chat_search_due_pkey PRIMARY KEY (kind, id),
  constraint chat_search_due_kind CHECK ((kind = ANY (ARRAY['conversation'::text, 'note'::text, 'inquiry'::text, 'contact'::text])))
);

CREATE INDEX chat_search_due_since_idx ON public.chat_search_due USING btree (since);

revoke all on public.chat_search_due from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_search_due to service_role;

alter table public.chat_search_due enable row level security;

comment on table public.chat_search_due is 'What is still to be looked at for chat_search: something in it is new or otherwise than before.';
comment on column public.chat_search_due.kind is 'conversation, note, inquiry or contact.';
comment on column public.chat_search_due.id is 'Its id. It may be gone.';
comment on column public.chat_search_due.since is 'When that was last said.';

-- public.chat_search_state

create table public.chat_search_state (
  id boolean not null default true,
  branch text,
  seen pg_snapshot,
  filled_to uuid,
  filled_at timestamp with time zone,
  looked_at timestamp with time zone,
  counted_at timestamp with time zone,
  counted bigint not null default 0,
  constraint chat_search_state_pkey PRIMARY KEY (id),
  constraint chat_search_state_one CHECK (id)
);

revoke all on public.chat_search_state from public, anon, authenticated, service_role;
grant select, update on public.chat_search_state to service_role;

alter table public.chat_search_state enable row level security;

comment on table public.chat_search_state is 'How far chat_search is: one row.';
comment on column public.chat_search_state.id is 'There is one row.';
comment on column public.chat_search_state.branch is 'Of which history of which database this is said (live_branch).';
comment on column public.chat_search_state.seen is 'What was committed when it was last asked what has changed; null before the first time.';
comment on column public.chat_search_state.filled_to is 'The last conversation of the first walk over all of them, in the order of ids.';
comment on column public.chat_search_state.filled_at is 'When that walk was at its end; null until then.';
comment on column public.chat_search_state.looked_at is 'When it was last asked what has changed.';
comment on column public.chat_search_state.counted_at is 'When words were last counted.';
comment on column public.chat_search_state.counted is 'How many rows there were then, about.';

-- public.chat_search_words

create table public.chat_search_words (
  word text collate "C" not null,
  share real not null,
  constraint chat_search_words_pkey PRIMARY KEY (word),
  constraint chat_search_words_share CHECK (((share > (0)::double precision) AND (share <= (1)::double precision)))
);

revoke all on public.chat_search_words from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.chat_search_words to service_role;

alter table public.chat_search_words enable row level security;

comment on table public.chat_search_words is 'How common a token is, of a sample: what is not here is rare.';
comment on column public.chat_search_words.word is 'A token of bigrams().';
comment on column public.chat_search_words.share is 'In which share of the rows of chat_search it is.';

-- public.kb_articles

create table public.kb_articles (
  id uuid not null default gen_random_uuid(),
  title text not null,
  body text not null,
  locale text not null,
  status text not null default 'draft'::text,
  audience text not null default 'all'::text,
  questions text[] not null default '{}'::text[],
  slug text not null,
  version integer not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default clock_timestamp(),
  published_at timestamp with time zone,
  constraint kb_articles_pkey PRIMARY KEY (id),
  constraint kb_articles_audience CHECK ((audience = ANY (ARRAY['all'::text, 'members'::text]))),
  constraint kb_articles_body CHECK (((body ~ '\S'::text) AND (char_length(body) <= 50000))),
  constraint kb_articles_locale CHECK ((locale = ANY (ARRAY['ko'::text, 'en'::text]))),
  constraint kb_articles_published CHECK (((published_at IS NULL) = (status = 'draft'::text))),
  constraint kb_articles_questions CHECK (((cardinality(questions) <= 50) AND (octet_length((questions)::text) <= 70000))),
  constraint kb_articles_slug CHECK (((slug !~ '[[:space:]/?#%\\]'::text) AND (slug <> ALL (ARRAY['.'::text, '..'::text])) AND ((char_length(slug) >= 1) AND (char_length(slug) <= 100)))),
  constraint kb_articles_status CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text]))),
  constraint kb_articles_title CHECK (((title ~ '\S'::text) AND (char_length(title) <= 200)))
);

CREATE INDEX kb_articles_place_idx ON public.kb_articles USING btree (updated_at DESC, id DESC);
CREATE INDEX kb_articles_readable_idx ON public.kb_articles USING btree (status, audience, locale, id);
CREATE UNIQUE INDEX kb_articles_slug_key ON public.kb_articles USING btree (locale, slug);

revoke all on public.kb_articles from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_articles to service_role;
grant select (id, title, body, locale, status, audience, questions, slug, version, created_at, updated_at, published_at) on public.kb_articles to authenticated;

alter table public.kb_articles enable row level security;
create policy select_published on public.kb_articles for select to authenticated using (((status = 'published'::text) AND ((audience = 'all'::text) OR (((( SELECT auth.jwt() AS jwt) ->> 'is_anonymous'::text))::boolean IS NOT TRUE))));

comment on table public.kb_articles is 'What the team knows, and tells: an article a row. Whence it came and who wrote it stands in tables of their own, so that members may select *.';
comment on column public.kb_articles.id is 'Key, made by the database.';
comment on column public.kb_articles.title is 'Its title.';
comment on column public.kb_articles.body is 'Its text, in Markdown.';
comment on column public.kb_articles.locale is 'Its language.';
comment on column public.kb_articles.status is 'draft: nobody but operators sees it. published: whoever its audience is.';
comment on column public.kb_articles.audience is 'all, or members: who has signed in with an account that is not anonymous.';
comment on column public.kb_articles.questions is 'What people ask whom it answers.';
comment on column public.kb_articles.slug is 'Its name in addresses, once a language.';
comment on column public.kb_articles.version is 'Counts its changes.';
comment on column public.kb_articles.created_at is 'When it was made.';
comment on column public.kb_articles.updated_at is 'When it was last changed.';
comment on column public.kb_articles.published_at is 'Since when it is published; null for a draft.';

-- public.kb_sources

create table public.kb_sources (
  article_id uuid not null,
  kind text not null,
  source text not null,
  root text,
  digest text not null,
  said jsonb not null,
  edited_by_hand boolean not null default false,
  constraint kb_sources_pkey PRIMARY KEY (article_id),
  constraint kb_sources_kind CHECK ((kind = ANY (ARRAY['markdown'::text, 'csv'::text, 'web'::text, 'shipped'::text]))),
  constraint kb_sources_source CHECK (((char_length(source) >= 1) AND (char_length(source) <= 2200)))
);

CREATE UNIQUE INDEX kb_sources_key ON public.kb_sources USING btree (kind, source);
CREATE INDEX kb_sources_root_idx ON public.kb_sources USING btree (kind, root) WHERE (root IS NOT NULL);

alter table public.kb_sources add constraint kb_sources_article_id_fkey FOREIGN KEY (article_id) REFERENCES public.kb_articles(id) ON DELETE CASCADE;

revoke all on public.kb_sources from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_sources to service_role;

alter table public.kb_sources enable row level security;

comment on table public.kb_sources is 'Whence articles came that were not written here.';
comment on column public.kb_sources.article_id is 'Which article. It goes with it.';
comment on column public.kb_sources.kind is 'markdown, csv, web: imported. shipped: brought along for the demo.';
comment on column public.kb_sources.source is 'Which file, row of a file, or page.';
comment on column public.kb_sources.root is 'What the import began with whose part it is: what is not in it any more can be told.';
comment on column public.kb_sources.digest is 'Of what the source said when it was last taken over; empty where that is to be taken over in any case.';
comment on column public.kb_sources.said is 'Status and audience of that moment: one that was set here since stays.';
comment on column public.kb_sources.edited_by_hand is 'Whether the text was changed here since: imports leave it alone then.';

-- public.kb_versions

create table public.kb_versions (
  article_id uuid not null,
  version integer not null,
  title text not null,
  body text not null,
  questions text[] not null,
  locale text not null,
  status text not null,
  audience text not null,
  pieces jsonb not null default '[]'::jsonb,
  how text not null,
  by uuid,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint kb_versions_pkey PRIMARY KEY (article_id, version),
  constraint kb_versions_how CHECK ((how = ANY (ARRAY['hand'::text, 'import'::text, 'restore'::text])))
);

CREATE INDEX kb_versions_by_idx ON public.kb_versions USING btree (by) WHERE (by IS NOT NULL);

alter table public.kb_versions add constraint kb_versions_article_id_fkey FOREIGN KEY (article_id) REFERENCES public.kb_articles(id) ON DELETE CASCADE;
alter table public.kb_versions add constraint kb_versions_by_fkey FOREIGN KEY (by) REFERENCES public.chat_operators(id) ON DELETE SET NULL;

revoke all on public.kb_versions from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_versions to service_role;

alter table public.kb_versions enable row level security;

comment on table public.kb_versions is 'Articles as they were: a row a change, the last one as it is. The newest 200 of each are kept.';
comment on column public.kb_versions.article_id is 'Of which article. It goes with it.';
comment on column public.kb_versions.version is 'Which one.';
comment on column public.kb_versions.title is 'The title.';
comment on column public.kb_versions.body is 'The text, in Markdown.';
comment on column public.kb_versions.questions is 'What people ask.';
comment on column public.kb_versions.locale is 'The language.';
comment on column public.kb_versions.status is 'draft or published.';
comment on column public.kb_versions.audience is 'all or members.';
comment on column public.kb_versions.pieces is 'The pieces that it was in, [{place, title_path, text}]: what an answer of that time said.';
comment on column public.kb_versions.how is 'hand, import, or restore: an earlier one was taken again.';
comment on column public.kb_versions.by is 'By which operator; null where nobody was asked.';
comment on column public.kb_versions.created_at is 'When.';

-- public.kb_chunks

create table public.kb_chunks (
  id uuid not null default gen_random_uuid(),
  article_id uuid not null,
  place integer not null,
  title_path text not null,
  text text not null,
  digest text not null,
  tokens tsvector not null,
  title_tokens tsvector not null,
  question_tokens tsvector not null,
  codes text[] not null,
  constraint kb_chunks_pkey PRIMARY KEY (id),
  constraint kb_chunks_text CHECK (((text ~ '\S'::text) AND (char_length(text) <= 4000))),
  constraint kb_chunks_title_path CHECK ((char_length(title_path) <= 1000))
);

CREATE UNIQUE INDEX kb_chunks_digest_key ON public.kb_chunks USING btree (article_id, digest);
CREATE INDEX kb_chunks_tokens_idx ON public.kb_chunks USING gin (tokens);

alter table public.kb_chunks add constraint kb_chunks_article_id_fkey FOREIGN KEY (article_id) REFERENCES public.kb_articles(id) ON DELETE CASCADE;

-- CREATE TRIGGER keep_terms AFTER INSERT OR UPDATE OF tokens, title_tokens, question_tokens ON public.kb_chunks FOR EACH ROW EXECUTE FUNCTION private.keep_terms();

revoke all on public.kb_chunks from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_chunks to service_role;
grant select (id, article_id, place, title_path, text, digest, tokens, title_tokens, question_tokens, codes) on public.kb_chunks to authenticated;

alter table public.kb_chunks enable row level security;
create policy select_published on public.kb_chunks for select to authenticated using ((article_id IN ( SELECT a.id
   FROM public.kb_articles a)));

comment on table public.kb_chunks is 'Articles in pieces, as they are found and told, word for word; written with the article. A piece that stays keeps its id.';
comment on column public.kb_chunks.id is 'Key, made by the database.';
comment on column public.kb_chunks.article_id is 'Of which article. It goes with it, and is seen by whoever sees it.';
comment on column public.kb_chunks.place is 'Which piece of it, from 0.';
comment on column public.kb_chunks.title_path is 'The title, and the headings that it stands under.';
comment on column public.kb_chunks.text is 'What it says, without the marks of Markdown.';
comment on column public.kb_chunks.digest is 'Of title_path and text.';
comment on column public.kb_chunks.tokens is 'Bigrams of text.';
comment on column public.kb_chunks.title_tokens is 'Bigrams of title_path.';
comment on column public.kb_chunks.question_tokens is 'Bigrams of the article''s questions: the same in all of its pieces.';
comment on column public.kb_chunks.codes is 'Codes in title_path and text, as kb_codes tells them.';

-- public.kb_misses

create table public.kb_misses (
  id uuid not null default gen_random_uuid(),
  locale text not null,
  key text not null,
  question text not null,
  asked integer not null default 1,
  status text not null default 'open'::text,
  first_asked_at timestamp with time zone not null default now(),
  last_asked_at timestamp with time zone not null default clock_timestamp(),
  constraint kb_misses_pkey PRIMARY KEY (id),
  constraint kb_misses_locale CHECK ((locale = ANY (ARRAY['ko'::text, 'en'::text]))),
  constraint kb_misses_question CHECK (((char_length(question) >= 1) AND (char_length(question) <= 300))),
  constraint kb_misses_status CHECK ((status = ANY (ARRAY['open'::text, 'done'::text, 'dismissed'::text])))
);

CREATE UNIQUE INDEX kb_misses_key ON public.kb_misses USING btree (locale, key);
CREATE INDEX kb_misses_place_idx ON public.kb_misses USING btree (status, last_asked_at DESC, id DESC);

revoke all on public.kb_misses from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_misses to service_role;

alter table public.kb_misses enable row level security;

comment on table public.kb_misses is 'Questions that found nothing, the same one once. Nobody''s: who asked is not kept. The last 5,000.';
comment on column public.kb_misses.id is 'Key, made by the database.';
comment on column public.kb_misses.locale is 'The language in which it was asked.';
comment on column public.kb_misses.key is 'What makes two of them the same: the words without blanks and marks, as a digest.';
comment on column public.kb_misses.question is 'As it was last asked, without e-mail addresses and long numbers.';
comment on column public.kb_misses.asked is 'How often.';
comment on column public.kb_misses.status is 'open, done (asked again, it is open again) or dismissed.';
comment on column public.kb_misses.first_asked_at is 'When it was first asked.';
comment on column public.kb_misses.last_asked_at is 'When it was last asked.';

-- public.kb_imports

create table public.kb_imports (
  id uuid not null default gen_random_uuid(),
  kind text not null,
  source text not null,
  settings jsonb not null default '{}'::jsonb,
  entries jsonb,
  state text not null default 'waiting'::text,
  total integer,
  is_complete boolean not null default true,
  error text,
  created_by uuid,
  created_at timestamp with time zone not null default clock_timestamp(),
  finished_at timestamp with time zone,
  constraint kb_imports_pkey PRIMARY KEY (id),
  constraint kb_imports_error CHECK ((char_length(error) <= 100)),
  constraint kb_imports_finished CHECK (((finished_at IS NULL) = (state = ANY (ARRAY['waiting'::text, 'running'::text])))),
  constraint kb_imports_kind CHECK ((kind = ANY (ARRAY['markdown'::text, 'csv'::text, 'web'::text, 'shipped'::text]))),
  constraint kb_imports_source CHECK (((char_length(source) >= 1) AND (char_length(source) <= 2200))),
  constraint kb_imports_state CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text])))
);

CREATE INDEX kb_imports_creator_idx ON public.kb_imports USING btree (created_by) WHERE (created_by IS NOT NULL);
CREATE INDEX kb_imports_place_idx ON public.kb_imports USING btree (created_at DESC, id DESC);

alter table public.kb_imports add constraint kb_imports_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.chat_operators(id) ON DELETE SET NULL;

revoke all on public.kb_imports from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_imports to service_role;

alter table public.kb_imports enable row level security;

comment on table public.kb_imports is 'Imports of articles that an admin asked for; a job does them. Those of 90 days.';
comment on column public.kb_imports.id is 'Key, made by the database.';
comment on column public.kb_imports.kind is 'markdown, csv, web or shipped.';
comment on column public.kb_imports.source is 'The names of the files, or the address that it begins with.';
comment on column public.kb_imports.settings is 'What holds for what says nothing itself, and how far it may go.';
comment on column public.kb_imports.entries is 'What is to be taken over, as it was read of the files; null for pages, and once it is done.';
comment on column public.kb_imports.state is 'waiting, running, done, failed or cancelled.';
comment on column public.kb_imports.total is 'How many there are to be looked at, as far as is known.';
comment on column public.kb_imports.is_complete is 'Whether all was looked at: no bound was reached.';
comment on column public.kb_imports.error is 'Why it failed, in a word.';
comment on column public.kb_imports.created_by is 'Who asked for it; null for what was shipped.';
comment on column public.kb_imports.created_at is 'When it was asked for.';
comment on column public.kb_imports.finished_at is 'When it was done, failed or was cancelled.';

-- public.kb_import_items

create table public.kb_import_items (
  import_id uuid not null,
  source text not null,
  outcome text not null,
  article_id uuid,
  title text,
  reason text,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint kb_import_items_pkey PRIMARY KEY (import_id, source),
  constraint kb_import_items_outcome CHECK ((outcome = ANY (ARRAY['added'::text, 'changed'::text, 'unchanged'::text, 'kept'::text, 'removed'::text, 'missing'::text, 'refused'::text]))),
  constraint kb_import_items_reason CHECK ((char_length(reason) <= 100)),
  constraint kb_import_items_source CHECK (((char_length(source) >= 1) AND (char_length(source) <= 2200)))
);

alter table public.kb_import_items add constraint kb_import_items_import_id_fkey FOREIGN KEY (import_id) REFERENCES public.kb_imports(id) ON DELETE CASCADE;

revoke all on public.kb_import_items from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_import_items to service_role;

alter table public.kb_import_items enable row level security;

comment on table public.kb_import_items is 'What became of each file, row or page of an import.';
comment on column public.kb_import_items.import_id is 'Of which import. It goes with it.';
comment on column public.kb_import_items.source is 'The file, the row of a file, or the page.';
comment on column public.kb_import_items.outcome is 'added, changed, unchanged; kept: it was edited here; removed: it was deleted here; missing: it is not in the source any more; refused.';
comment on column public.kb_import_items.article_id is 'Which article it is; null where it is none.';
comment on column public.kb_import_items.title is 'Its title.';
comment on column public.kb_import_items.reason is 'Why it was refused, in a word.';
comment on column public.kb_import_items.created_at is 'When.';

-- public.kb_removed

create table public.kb_removed (
  source_kind text not null,
  source text not null,
  removed_at timestamp with time zone not null default now(),
  constraint kb_removed_pkey PRIMARY KEY (source_kind, source)
);

revoke all on public.kb_removed from public, anon, authenticated, service_role;
grant select, insert, delete on public.kb_removed to service_role;

alter table public.kb_removed enable row level security;

comment on table public.kb_removed is 'Whence articles came that were deleted here: an import does not bring them back.';
comment on column public.kb_removed.source_kind is 'The kind of source.';
comment on column public.kb_removed.source is 'The file, row or page.';
comment on column public.kb_removed.removed_at is 'When it was deleted.';

-- public.kb_terms

create table public.kb_terms (
  token text collate "C" not null,
  chunk_id uuid not null,
  article_id uuid not null,
  places integer not null,
  constraint kb_terms_pkey PRIMARY KEY (token, chunk_id)
);

CREATE INDEX kb_terms_article_idx ON public.kb_terms USING btree (article_id);
CREATE INDEX kb_terms_chunk_idx ON public.kb_terms USING btree (chunk_id);

alter table public.kb_terms add constraint kb_terms_article_id_fkey FOREIGN KEY (article_id) REFERENCES public.kb_articles(id) ON DELETE CASCADE;
alter table public.kb_terms add constraint kb_terms_chunk_id_fkey FOREIGN KEY (chunk_id) REFERENCES public.kb_chunks(id) ON DELETE CASCADE;

revoke all on public.kb_terms from public, anon, authenticated, service_role;
grant select on public.kb_terms to service_role;
grant select (token, chunk_id, article_id, places) on public.kb_terms to authenticated;

alter table public.kb_terms enable row level security;
create policy select_published on public.kb_terms for select to authenticated using ((article_id IN ( SELECT a.id
   FROM public.kb_articles a)));

comment on table public.kb_terms is 'Which pieces of articles hold which token: what a question is looked up in.';
comment on column public.kb_terms.token is 'A bigram or number, as bigrams tells it; an English word as its stem.';
comment on column public.kb_terms.chunk_id is 'Which piece. The row goes with it.';
comment on column public.kb_terms.article_id is 'Of which article: who sees it sees the row.';
comment on column public.kb_terms.places is 'Where: 1 in the text, 2 in the title or the headings above it, 4 in the questions that the article answers; a sum.';

-- public.kb_answers

create table public.kb_answers (
  id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  conversation_id uuid not null,
  question_message_id uuid not null,
  message_id uuid,
  locale text not null,
  mode text not null,
  outcome text,
  reason text,
  sources jsonb not null default '[]'::jsonb,
  state_version bigint not null,
  model text,
  tokens_in integer,
  tokens_out integer,
  cost_micros bigint,
  helpful boolean,
  created_at timestamp with time zone not null default clock_timestamp(),
  settled_at timestamp with time zone,
  constraint kb_answers_pkey PRIMARY KEY (id),
  constraint kb_answers_answered CHECK (((outcome IS DISTINCT FROM 'answered'::text) OR ((message_id IS NOT NULL) AND (sources <> '[]'::jsonb)))),
  constraint kb_answers_locale CHECK ((locale = ANY (ARRAY['ko'::text, 'en'::text]))),
  constraint kb_answers_mode CHECK ((mode = ANY (ARRAY['extractive'::text, 'generative'::text]))),
  constraint kb_answers_outcome CHECK ((outcome = ANY (ARRAY['answered'::text, 'clarified'::text, 'handed_over'::text, 'refused'::text, 'unknown'::text, 'dropped'::text]))),
  constraint kb_answers_reason CHECK ((char_length(reason) <= 200)),
  constraint kb_answers_settled CHECK (((outcome IS NULL) = (settled_at IS NULL))),
  constraint kb_answers_sources CHECK (((jsonb_typeof(sources) = 'array'::text) AND (octet_length((sources)::text) <= 65536)))
);

CREATE INDEX kb_answers_message_idx ON public.kb_answers USING btree (conversation_id, message_id) WHERE (message_id IS NOT NULL);
CREATE INDEX kb_answers_open_idx ON public.kb_answers USING btree (created_at) WHERE (outcome IS NULL);
CREATE INDEX kb_answers_owner_idx ON public.kb_answers USING btree (user_id, conversation_id);
CREATE INDEX kb_answers_place_idx ON public.kb_answers USING btree (created_at DESC, id DESC);
CREATE UNIQUE INDEX kb_answers_question_key ON public.kb_answers USING btree (conversation_id, question_message_id);

alter table public.kb_answers add constraint kb_answers_message_fkey FOREIGN KEY (conversation_id, message_id) REFERENCES public.chat_messages(conversation_id, id) ON DELETE CASCADE;
alter table public.kb_answers add constraint kb_answers_owner_fkey FOREIGN KEY (user_id, conversation_id) REFERENCES public.chat_conversations(user_id, id) ON UPDATE CASCADE ON DELETE CASCADE;
alter table public.kb_answers add constraint kb_answers_question_fkey FOREIGN KEY (conversation_id, question_message_id) REFERENCES public.chat_messages(conversation_id, id) ON DELETE CASCADE;

revoke all on public.kb_answers from public, anon, authenticated, service_role;
grant select, insert, update on public.kb_answers to service_role;

alter table public.kb_answers enable row level security;

comment on table public.kb_answers is 'What questions to the articles got, a row a question; written with what is said to it.';
comment on column public.kb_answers.id is 'Key, made by the database.';
comment on column public.kb_answers.user_id is 'Whose conversation it is.';
comment on column public.kb_answers.conversation_id is 'In which conversation. It goes with it.';
comment on column public.kb_answers.question_message_id is 'The question.';
comment on column public.kb_answers.message_id is 'The message that answers it, or says why not; null where nothing was said.';
comment on column public.kb_answers.locale is 'The language of the question.';
comment on column public.kb_answers.mode is 'extractive: word for word, in the turn. generative: by a model, after it.';
comment on column public.kb_answers.outcome is 'answered, clarified, handed_over, refused, unknown or dropped; null while it is looked into.';
comment on column public.kb_answers.reason is 'Why, in a word, where it was not answered.';
comment on column public.kb_answers.sources is 'What the answer stands on, as its message tells it.';
comment on column public.kb_answers.state_version is 'Of the conversation after the turn of the question: an answer that comes later is for that state alone.';
comment on column public.kb_answers.model is 'Which model was asked, if one was.';
comment on column public.kb_answers.tokens_in is 'Tokens that it was given.';
comment on column public.kb_answers.tokens_out is 'Tokens that it gave.';
comment on column public.kb_answers.cost_micros is 'What it cost, in millionths of the currency that the prices are in.';
comment on column public.kb_answers.helpful is 'What the customer thought of it; null where they did not say.';
comment on column public.kb_answers.created_at is 'When it was asked.';
comment on column public.kb_answers.settled_at is 'When it was answered, or dropped; null while it is looked into.';

-- public.kb_spending

create table public.kb_spending (
  id uuid not null,
  user_id uuid,
  day date not null,
  month date not null,
  micros bigint not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  settled_at timestamp with time zone,
  constraint kb_spending_pkey PRIMARY KEY (id),
  constraint kb_spending_micros CHECK ((micros >= 0)),
  constraint kb_spending_month CHECK ((month = (date_trunc('month'::text, (day)::timestamp with time zone))::date))
);

CREATE INDEX kb_spending_month_idx ON public.kb_spending USING btree (month) INCLUDE (micros);
CREATE INDEX kb_spending_open_idx ON public.kb_spending USING btree (created_at) WHERE (settled_at IS NULL);
CREATE INDEX kb_spending_user_idx ON public.kb_spending USING btree (user_id, day) INCLUDE (micros);

alter table public.kb_spending add constraint kb_spending_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.chat_contacts(id) ON DELETE SET NULL;

revoke all on public.kb_spending from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_spending to service_role;

alter table public.kb_spending enable row level security;

comment on table public.kb_spending is 'What answers of a model cost, in millionths of the currency of the prices: set aside first, then settled.';
comment on column public.kb_spending.id is 'Of one attempt at one answer, so that asking again sets aside again.';
comment on column public.kb_spending.user_id is 'Whose day it counts for; null for nobody''s, or somebody who has left.';
comment on column public.kb_spending.day is 'In the team''s time zone.';
comment on column public.kb_spending.month is 'Its first day.';
comment on column public.kb_spending.micros is 'What it cost, and until that is known the most that it may.';
comment on column public.kb_spending.created_at is 'When it was set aside.';
comment on column public.kb_spending.settled_at is 'Since when it is known; of what was lost, assumed.';

-- public.kb_assistant

create table public.kb_assistant (
  version integer not null,
  settings jsonb not null,
  operator_id uuid,
  created_at timestamp with time zone not null default clock_timestamp(),
  constraint kb_assistant_pkey PRIMARY KEY (version),
  constraint kb_assistant_settings CHECK (((octet_length((settings)::text) <= 262144) AND (settings ?& ARRAY['mode'::text, 'tone'::text, 'policy'::text, 'rules'::text, 'forbidden_topics'::text, 'greeting'::text, 'handover'::text, 'allowed_links'::text, 'budgets'::text]) AND ((settings - ARRAY['mode'::text, 'tone'::text, 'policy'::text, 'rules'::text, 'forbidden_topics'::text, 'greeting'::text, 'handover'::text, 'allowed_links'::text, 'budgets'::text]) = '{}'::jsonb) AND (COALESCE((settings ->> 'mode'::text), ''::text) = ANY (ARRAY['off'::text, 'extractive'::text, 'generative'::text])))),
  constraint kb_assistant_version CHECK ((version > 0))
);

CREATE INDEX kb_assistant_operator_idx ON public.kb_assistant USING btree (operator_id);

alter table public.kb_assistant add constraint kb_assistant_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES public.chat_operators(id) ON DELETE SET NULL;

revoke all on public.kb_assistant from public, anon, authenticated, service_role;
grant select, insert on public.kb_assistant to service_role;

alter table public.kb_assistant enable row level security;

comment on table public.kb_assistant is 'What the assistant is told to do, a row a version; the newest holds. Never changed.';
comment on column public.kb_assistant.version is 'Counts the changes, from 1: what is shipped.';
comment on column public.kb_assistant.settings is 'All of it: mode, tone, policy, rules, forbidden_topics, greeting, handover, allowed_links, budgets (millionths of the currency that the model''s prices are in).';
comment on column public.kb_assistant.operator_id is 'Who changed it; null for what is shipped, and once they are gone.';
comment on column public.kb_assistant.created_at is 'When.';

-- public.kb_assistant_told

create table public.kb_assistant_told (
  id boolean not null default true,
  version integer not null,
  mode text not null default 'extractive'::text,
  forbidden_topics jsonb not null default '[]'::jsonb,
  handover_words jsonb not null default '{"en": "", "ko": ""}'::jsonb,
  constraint kb_assistant_told_pkey PRIMARY KEY (id),
  constraint kb_assistant_told_mode CHECK ((mode = ANY (ARRAY['off'::text, 'extractive'::text, 'generative'::text]))),
  constraint kb_assistant_told_one CHECK (id)
);

revoke all on public.kb_assistant_told from public, anon, authenticated, service_role;
grant select, update on public.kb_assistant_told to service_role;
grant select (id, version, mode, forbidden_topics, handover_words) on public.kb_assistant_told to authenticated;

alter table public.kb_assistant_told enable row level security;
create policy select_all on public.kb_assistant_told for select to authenticated using (true);

comment on table public.kb_assistant_told is 'What a turn must know of the newest version of kb_assistant, and members may: one row.';
comment on column public.kb_assistant_told.id is 'True: there is one row.';
comment on column public.kb_assistant_told.version is 'Of which version.';
comment on column public.kb_assistant_told.mode is 'off; extractive: the text of an article, word for word; generative: by a model.';
comment on column public.kb_assistant_told.forbidden_topics is 'What is not talked about, as a list of words.';
comment on column public.kb_assistant_told.handover_words is 'What is said where a person is asked instead: {ko, en}; empty for what the flow says.';

-- public.kb_tries

create table public.kb_tries (
  id uuid not null default gen_random_uuid(),
  operator_id uuid not null,
  question text not null,
  locale text not null,
  audience text not null,
  settings jsonb not null,
  found jsonb not null,
  found_milliseconds double precision not null,
  result jsonb,
  created_at timestamp with time zone not null default clock_timestamp(),
  settled_at timestamp with time zone,
  constraint kb_tries_pkey PRIMARY KEY (id),
  constraint kb_tries_audience CHECK ((audience = ANY (ARRAY['all'::text, 'members'::text]))),
  constraint kb_tries_locale CHECK ((locale = ANY (ARRAY['ko'::text, 'en'::text]))),
  constraint kb_tries_question CHECK (((char_length(question) >= 1) AND (char_length(question) <= 4000))),
  constraint kb_tries_settled CHECK (((result IS NULL) = (settled_at IS NULL)))
);

CREATE INDEX kb_tries_operator_idx ON public.kb_tries USING btree (operator_id);
CREATE INDEX kb_tries_recent_idx ON public.kb_tries USING btree (created_at);

alter table public.kb_tries add constraint kb_tries_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES public.chat_operators(id) ON DELETE CASCADE;

revoke all on public.kb_tries from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_tries to service_role;

alter table public.kb_tries enable row level security;

comment on table public.kb_tries is 'Tries of the assistant that ask a model, for a day. They are in no conversation.';
comment on column public.kb_tries.id is 'Key, made by the database.';
comment on column public.kb_tries.operator_id is 'Who tries.';
comment on column public.kb_tries.question is 'What is asked.';
comment on column public.kb_tries.locale is 'The language of the question: ko or en.';
comment on column public.kb_tries.audience is 'all: as a guest asks; members: as a member does.';
comment on column public.kb_tries.settings is 'The settings that are tried, as kb_assistant_now has them; they need not be saved.';
comment on column public.kb_tries.found is 'What was found by words, as kb_find has it.';
comment on column public.kb_tries.found_milliseconds is 'How long that took.';
comment on column public.kb_tries.result is 'Prompt, answers of the model, checks, outcome and cost; null until then.';
comment on column public.kb_tries.created_at is 'When it was asked.';
comment on column public.kb_tries.settled_at is 'When it was done; null until then.';

-- Keys that lead to a table that was made later
alter table public.chat_contacts add constraint chat_contacts_channel_id_fkey FOREIGN KEY (channel_id) REFERENCES public.chat_channels(id);
alter table public.chat_listeners add constraint chat_listeners_rule_fkey FOREIGN KEY (rule_id) REFERENCES public.chat_rules(id) ON DELETE CASCADE;

-- Functions
-- guard.before_request() returns void, for anon, authenticated, service_role: supabase/schemas/functions/before_request.sql
-- private.clamp_read_marker() returns trigger, for nobody: supabase/schemas/functions/clamp_read_marker.sql
-- private.follow_conversation() returns trigger, with the rights of its owner, for nobody: supabase/schemas/functions/follow_conversation.sql
-- private.keep_hours() returns trigger, for nobody: supabase/schemas/functions/keep_hours.sql
-- private.keep_terms() returns trigger, with the rights of its owner, for nobody: supabase/schemas/functions/keep_terms.sql
-- private.know_account() returns trigger, with the rights of its owner, for nobody: supabase/schemas/functions/know_account.sql
-- private.make_contact() returns trigger, with the rights of its owner, for nobody: supabase/schemas/functions/make_contact.sql
-- private.note_gone() returns trigger, with the rights of its owner, for nobody: supabase/schemas/functions/note_gone.sql
-- private.place_message() returns trigger, with the rights of its owner, for nobody: supabase/schemas/functions/place_message.sql
-- private.refuse_blank_values() returns trigger, for nobody: supabase/schemas/functions/refuse_blank_values.sql
-- private.search_again() returns trigger, for nobody: supabase/schemas/functions/search_again.sql
-- private.tell_message() returns trigger, with the rights of its owner, for nobody: supabase/schemas/functions/tell_message.sql
-- private.tell_others() returns trigger, with the rights of its owner, for nobody: supabase/schemas/functions/tell_others.sql
-- public.bigrams(text) returns text[], for authenticated, service_role: supabase/schemas/functions/bigrams.sql
-- public.channel_check(text) returns jsonb, for service_role: supabase/schemas/functions/channel_check.sql
-- public.channel_listen(public.chat_channels) returns void, for service_role: supabase/schemas/functions/channel_listen.sql
-- public.channel_messages(text,uuid,integer,bigint,bigint,bigint) returns jsonb, for service_role: supabase/schemas/functions/channel_messages.sql
-- public.channel_of_key(text) returns public.chat_channels, for service_role: supabase/schemas/functions/channel_of_key.sql
-- public.channel_place(public.chat_channels,uuid,text) returns uuid, for service_role: supabase/schemas/functions/channel_place.sql
-- public.channel_receive(text,jsonb,text,text,text,timestamp with time zone,uuid) returns jsonb, for service_role: supabase/schemas/functions/channel_receive.sql
-- public.channel_settle(uuid,text,jsonb,text,timestamp with time zone) returns jsonb, for service_role: supabase/schemas/functions/channel_settle.sql
-- public.channel_status(text,uuid,text,text,timestamp with time zone) returns jsonb, for service_role: supabase/schemas/functions/channel_status.sql
-- public.chat_changed(uuid,bigint,integer) returns jsonb, for authenticated: supabase/schemas/functions/chat_changed.sql
-- public.chat_claim_guest(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/chat_claim_guest.sql
-- public.chat_contact(uuid,text,text,jsonb,text) returns jsonb, for service_role: supabase/schemas/functions/chat_contact.sql
-- public.chat_export(text,uuid,bigint) returns jsonb, for authenticated: supabase/schemas/functions/chat_export.sql
-- public.chat_forget(uuid,integer) returns jsonb, for service_role: supabase/schemas/functions/chat_forget.sql
-- public.chat_import(uuid,text,jsonb,jsonb,uuid) returns jsonb, for service_role: supabase/schemas/functions/chat_import.sql
-- public.chat_list(integer,timestamp with time zone,uuid) returns jsonb, for authenticated: supabase/schemas/functions/chat_list.sql
-- public.chat_mark_read(uuid,uuid) returns jsonb, for authenticated: supabase/schemas/functions/chat_mark_read.sql
-- public.chat_open(uuid,text[]) returns jsonb, for authenticated: supabase/schemas/functions/chat_open.sql
-- public.chat_operator_day(uuid,integer) returns jsonb, for service_role: supabase/schemas/functions/chat_operator_day.sql
-- public.chat_operator_inquiries(uuid,text,text,integer,timestamp with time zone,uuid,boolean) returns jsonb, for service_role: supabase/schemas/functions/chat_operator_inquiries.sql
-- public.chat_operator_mark(uuid,uuid,text) returns jsonb, for service_role: supabase/schemas/functions/chat_operator_mark.sql
-- public.chat_page(uuid,integer,bigint,bigint) returns jsonb, for authenticated: supabase/schemas/functions/chat_page.sql
-- public.chat_preview(uuid,uuid,uuid,text[]) returns jsonb, for authenticated: supabase/schemas/functions/chat_preview.sql
-- public.chat_rate(uuid,uuid,integer,text) returns jsonb, for service_role: supabase/schemas/functions/chat_rate.sql
-- public.chat_reply(uuid,uuid,uuid,bigint,jsonb,text,jsonb,text,jsonb,text[],text,jsonb) returns jsonb, for service_role: supabase/schemas/functions/chat_reply.sql
-- public.chat_send(uuid,uuid,text,jsonb,uuid,uuid,text[],jsonb) returns jsonb, for authenticated: supabase/schemas/functions/chat_send.sql
-- public.chat_submit_inquiry(uuid,text,text,jsonb,text,uuid,jsonb) returns jsonb, for service_role: supabase/schemas/functions/chat_submit_inquiry.sql
-- public.chat_tell(uuid,text,jsonb,uuid,jsonb) returns void, for service_role: supabase/schemas/functions/chat_tell.sql
-- public.chat_turn(uuid,uuid,text[]) returns jsonb, for authenticated: supabase/schemas/functions/chat_turn.sql
-- public.chat_turn_for_service(uuid,uuid,text[]) returns jsonb, for service_role: supabase/schemas/functions/chat_turn_for_service.sql
-- public.chat_type(uuid,uuid,boolean) returns void, for service_role: supabase/schemas/functions/chat_type.sql
-- public.inbox_add_note(uuid,uuid,uuid,text) returns jsonb, for service_role: supabase/schemas/functions/inbox_add_note.sql
-- public.inbox_answers(uuid,integer,timestamp with time zone,uuid,jsonb) returns jsonb, for service_role: supabase/schemas/functions/inbox_answers.sql
-- public.inbox_article(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_article.sql
-- public.inbox_article_row(public.kb_articles) returns jsonb, for service_role: supabase/schemas/functions/inbox_article_row.sql
-- public.inbox_article_versions(uuid,uuid,integer,integer) returns jsonb, for service_role: supabase/schemas/functions/inbox_article_versions.sql
-- public.inbox_articles(uuid,jsonb,integer,timestamp with time zone,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_articles.sql
-- public.inbox_assign(public.chat_operators,uuid,public.chat_operators,text) returns void, for service_role: supabase/schemas/functions/inbox_assign.sql
-- public.inbox_assistant(uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_assistant.sql
-- public.inbox_assistant_try(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_assistant_try.sql
-- public.inbox_assistant_versions(uuid,integer,integer) returns jsonb, for service_role: supabase/schemas/functions/inbox_assistant_versions.sql
-- public.inbox_audit(uuid,integer,timestamp with time zone,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_audit.sql
-- public.inbox_available(uuid,text) returns jsonb, for service_role: supabase/schemas/functions/inbox_available.sql
-- public.inbox_bare(text) returns text, for service_role: supabase/schemas/functions/inbox_bare.sql
-- public.inbox_cancel_import(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_cancel_import.sql
-- public.inbox_canned_replies(uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_canned_replies.sql
-- public.inbox_canned_reply(public.chat_canned_replies) returns jsonb, for service_role: supabase/schemas/functions/inbox_canned_reply.sql
-- public.inbox_cases(timestamp with time zone,timestamp with time zone) returns record, for service_role: supabase/schemas/functions/inbox_cases.sql
-- public.inbox_change(uuid,uuid,bigint,jsonb,jsonb) returns jsonb, for service_role: supabase/schemas/functions/inbox_change.sql
-- public.inbox_changes(uuid,text) returns jsonb, for service_role: supabase/schemas/functions/inbox_changes.sql
-- public.inbox_channel(public.chat_channels) returns jsonb, for service_role: supabase/schemas/functions/inbox_channel.sql
-- public.inbox_channels(uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_channels.sql
-- public.inbox_check_changes(jsonb) returns void, for service_role: supabase/schemas/functions/inbox_check_changes.sql
-- public.inbox_claim(uuid,uuid,bigint) returns jsonb, for service_role: supabase/schemas/functions/inbox_claim.sql
-- public.inbox_colleague(public.chat_operators) returns jsonb, for service_role: supabase/schemas/functions/inbox_colleague.sql
-- public.inbox_conversation(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_conversation.sql
-- public.inbox_counts(uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_counts.sql
-- public.inbox_delete_article(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_delete_article.sql
-- public.inbox_delete_canned_reply(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_delete_canned_reply.sql
-- public.inbox_delete_channel(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_delete_channel.sql
-- public.inbox_delete_label(uuid,text) returns jsonb, for service_role: supabase/schemas/functions/inbox_delete_label.sql
-- public.inbox_delete_note(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_delete_note.sql
-- public.inbox_delete_rule(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_delete_rule.sql
-- public.inbox_delete_webhook(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_delete_webhook.sql
-- public.inbox_deliveries(uuid,uuid,integer,timestamp with time zone,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_deliveries.sql
-- public.inbox_delivery(public.chat_deliveries) returns jsonb, for service_role: supabase/schemas/functions/inbox_delivery.sql
-- public.inbox_drop_job(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_drop_job.sql
-- public.inbox_edit_note(uuid,uuid,text) returns jsonb, for service_role: supabase/schemas/functions/inbox_edit_note.sql
-- public.inbox_export(uuid,timestamp with time zone,timestamp with time zone,jsonb) returns jsonb, for service_role: supabase/schemas/functions/inbox_export.sql
-- public.inbox_figures(uuid,timestamp with time zone,timestamp with time zone,text,double precision[],double precision[]) returns jsonb, for service_role: supabase/schemas/functions/inbox_figures.sql
-- public.inbox_find_articles(uuid,text,text,text,integer) returns jsonb, for service_role: supabase/schemas/functions/inbox_find_articles.sql
-- public.inbox_gone_since(public.chat_operators) returns timestamp with time zone, for service_role: supabase/schemas/functions/inbox_gone_since.sql
-- public.inbox_hours(uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_hours.sql
-- public.inbox_import(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_import.sql
-- public.inbox_import_row(public.kb_imports) returns jsonb, for service_role: supabase/schemas/functions/inbox_import_row.sql
-- public.inbox_imports(uuid,integer,timestamp with time zone,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_imports.sql
-- public.inbox_jobs(uuid,integer,timestamp with time zone,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_jobs.sql
-- public.inbox_kept_hours(uuid,timestamp with time zone) returns jsonb, for service_role: supabase/schemas/functions/inbox_kept_hours.sql
-- public.inbox_known_as(text,text) returns text, for service_role: supabase/schemas/functions/inbox_known_as.sql
-- public.inbox_label(public.chat_labels) returns jsonb, for service_role: supabase/schemas/functions/inbox_label.sql
-- public.inbox_labels(uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_labels.sql
-- public.inbox_list(uuid,text,uuid,text,text,integer,jsonb,text) returns jsonb, for service_role: supabase/schemas/functions/inbox_list.sql
-- public.inbox_look(uuid,uuid) returns void, for service_role: supabase/schemas/functions/inbox_look.sql
-- public.inbox_me(uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_me.sql
-- public.inbox_message(public.chat_messages) returns jsonb, for service_role: supabase/schemas/functions/inbox_message.sql
-- public.inbox_messages(uuid,uuid,integer,bigint,bigint,bigint) returns jsonb, for service_role: supabase/schemas/functions/inbox_messages.sql
-- public.inbox_misses(uuid,text,integer,timestamp with time zone,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_misses.sql
-- public.inbox_note(public.chat_notes) returns jsonb, for service_role: supabase/schemas/functions/inbox_note.sql
-- public.inbox_open(uuid,uuid,integer) returns jsonb, for service_role: supabase/schemas/functions/inbox_open.sql
-- public.inbox_operator(uuid,boolean) returns public.chat_operators, for service_role: supabase/schemas/functions/inbox_operator.sql
-- public.inbox_operators(uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_operators.sql
-- public.inbox_order_rules(uuid,uuid[]) returns jsonb, for service_role: supabase/schemas/functions/inbox_order_rules.sql
-- public.inbox_page(uuid,uuid,integer,bigint,bigint,bigint) returns jsonb, for service_role: supabase/schemas/functions/inbox_page.sql
-- public.inbox_parts(text) returns text[], for service_role: supabase/schemas/functions/inbox_parts.sql
-- public.inbox_person(public.chat_operators) returns jsonb, for service_role: supabase/schemas/functions/inbox_person.sql
-- public.inbox_reply(uuid,uuid,uuid,text,bigint,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_reply.sql
-- public.inbox_resend_delivery(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_resend_delivery.sql
-- public.inbox_restore_assistant(uuid,integer,text) returns jsonb, for service_role: supabase/schemas/functions/inbox_restore_assistant.sql
-- public.inbox_retry(uuid,uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_retry.sql
-- public.inbox_retry_job(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_retry_job.sql
-- public.inbox_return_idle(integer,integer) returns integer, for service_role: supabase/schemas/functions/inbox_return_idle.sql
-- public.inbox_rotate_webhook(uuid,uuid,text) returns jsonb, for service_role: supabase/schemas/functions/inbox_rotate_webhook.sql
-- public.inbox_row(uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_row.sql
-- public.inbox_rule_facts(uuid,uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_rule_facts.sql
-- public.inbox_rule_runs(uuid,uuid,integer,jsonb) returns jsonb, for service_role: supabase/schemas/functions/inbox_rule_runs.sql
-- public.inbox_rules(uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_rules.sql
-- public.inbox_save_article(uuid,uuid,jsonb,jsonb,integer,text) returns jsonb, for service_role: supabase/schemas/functions/inbox_save_article.sql
-- public.inbox_save_assistant(uuid,jsonb,text) returns jsonb, for service_role: supabase/schemas/functions/inbox_save_assistant.sql
-- public.inbox_save_canned_reply(uuid,uuid,jsonb,text) returns jsonb, for service_role: supabase/schemas/functions/inbox_save_canned_reply.sql
-- public.inbox_save_channel(uuid,uuid,jsonb) returns jsonb, for service_role: supabase/schemas/functions/inbox_save_channel.sql
-- public.inbox_save_hours(uuid,jsonb,text) returns jsonb, for service_role: supabase/schemas/functions/inbox_save_hours.sql
-- public.inbox_save_label(uuid,text,jsonb,text) returns jsonb, for service_role: supabase/schemas/functions/inbox_save_label.sql
-- public.inbox_save_operator(uuid,uuid,jsonb,text) returns jsonb, for service_role: supabase/schemas/functions/inbox_save_operator.sql
-- public.inbox_save_rule(uuid,uuid,jsonb) returns jsonb, for service_role: supabase/schemas/functions/inbox_save_rule.sql
-- public.inbox_save_webhook(uuid,uuid,jsonb) returns jsonb, for service_role: supabase/schemas/functions/inbox_save_webhook.sql
-- public.inbox_screen(uuid,text,uuid,text,text,text,integer,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_screen.sql
-- public.inbox_search(uuid,text,jsonb,text,integer,jsonb) returns jsonb, for service_role: supabase/schemas/functions/inbox_search.sql
-- public.inbox_seen(uuid,text) returns public.chat_operators, for service_role: supabase/schemas/functions/inbox_seen.sql
-- public.inbox_set_hours(public.chat_team) returns jsonb, for service_role: supabase/schemas/functions/inbox_set_hours.sql
-- public.inbox_set_operator(public.chat_operators) returns jsonb, for service_role: supabase/schemas/functions/inbox_set_operator.sql
-- public.inbox_settle_miss(uuid,uuid,text) returns jsonb, for service_role: supabase/schemas/functions/inbox_settle_miss.sql
-- public.inbox_sort(public.chat_operators,uuid,jsonb) returns void, for service_role: supabase/schemas/functions/inbox_sort.sql
-- public.inbox_speak(public.chat_operators,uuid,text,jsonb) returns void, for service_role: supabase/schemas/functions/inbox_speak.sql
-- public.inbox_start_import(uuid,text,text,jsonb,jsonb) returns jsonb, for service_role: supabase/schemas/functions/inbox_start_import.sql
-- public.inbox_tell(public.chat_operators,uuid,text,jsonb) returns void, for service_role: supabase/schemas/functions/inbox_tell.sql
-- public.inbox_tell_setting(public.chat_operators,text,uuid,text,jsonb,jsonb) returns void, for service_role: supabase/schemas/functions/inbox_tell_setting.sql
-- public.inbox_test_webhook(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_test_webhook.sql
-- public.inbox_touch(uuid) returns void, for service_role: supabase/schemas/functions/inbox_touch.sql
-- public.inbox_try_assistant(uuid,text,text,text,jsonb,boolean) returns jsonb, for service_role: supabase/schemas/functions/inbox_try_assistant.sql
-- public.inbox_try_rule(uuid,uuid,uuid,uuid,jsonb) returns jsonb, for service_role: supabase/schemas/functions/inbox_try_rule.sql
-- public.inbox_turn(uuid,uuid,text[]) returns jsonb, for service_role: supabase/schemas/functions/inbox_turn.sql
-- public.inbox_type(uuid,uuid,boolean) returns void, for service_role: supabase/schemas/functions/inbox_type.sql
-- public.inbox_unless_changed(text,jsonb) returns void, for service_role: supabase/schemas/functions/inbox_unless_changed.sql
-- public.inbox_versioned(jsonb) returns jsonb, for service_role: supabase/schemas/functions/inbox_versioned.sql
-- public.inbox_views() returns jsonb, for service_role: supabase/schemas/functions/inbox_views.sql
-- public.inbox_webhook(public.chat_webhooks) returns jsonb, for service_role: supabase/schemas/functions/inbox_webhook.sql
-- public.inbox_webhook_setting(public.chat_webhooks) returns jsonb, for service_role: supabase/schemas/functions/inbox_webhook_setting.sql
-- public.inbox_webhooks(uuid) returns jsonb, for service_role: supabase/schemas/functions/inbox_webhooks.sql
-- public.jobs_add(text,jsonb,text,uuid,text,timestamp with time zone,integer) returns uuid, for service_role: supabase/schemas/functions/jobs_add.sql
-- public.jobs_claim(jsonb,jsonb) returns jsonb, for service_role: supabase/schemas/functions/jobs_claim.sql
-- public.jobs_count() returns jsonb, for service_role: supabase/schemas/functions/jobs_count.sql
-- public.jobs_done(jsonb) returns jsonb, for service_role: supabase/schemas/functions/jobs_done.sql
-- public.jobs_fail(uuid,uuid,text,double precision) returns jsonb, for service_role: supabase/schemas/functions/jobs_fail.sql
-- public.kb_answers_totals(timestamp with time zone,timestamp with time zone,text) returns jsonb, for service_role: supabase/schemas/functions/kb_answers_totals.sql
-- public.kb_article_told(public.kb_articles) returns jsonb, for service_role: supabase/schemas/functions/kb_article_told.sql
-- public.kb_ask(text,text) returns jsonb, for service_role: supabase/schemas/functions/kb_ask.sql
-- public.kb_asked(text) returns record, for authenticated, service_role: supabase/schemas/functions/kb_asked.sql
-- public.kb_assistant_changes(jsonb) returns jsonb, for service_role: supabase/schemas/functions/kb_assistant_changes.sql
-- public.kb_assistant_now() returns jsonb, for service_role: supabase/schemas/functions/kb_assistant_now.sql
-- public.kb_assistant_row(public.kb_assistant) returns jsonb, for service_role: supabase/schemas/functions/kb_assistant_row.sql
-- public.kb_assistant_told() returns jsonb, for authenticated, service_role: supabase/schemas/functions/kb_assistant_told.sql
-- public.kb_begin_import(uuid) returns jsonb, for service_role: supabase/schemas/functions/kb_begin_import.sql
-- public.kb_codes(text) returns text[], for authenticated, service_role: supabase/schemas/functions/kb_codes.sql
-- public.kb_common_pairs() returns text[], for authenticated, service_role: supabase/schemas/functions/kb_common_pairs.sql
-- public.kb_common_words() returns text[], for authenticated, service_role: supabase/schemas/functions/kb_common_words.sql
-- public.kb_cut(public.kb_articles,jsonb) returns void, for service_role: supabase/schemas/functions/kb_cut.sql
-- public.kb_end_import(uuid,text[],boolean,text) returns void, for service_role: supabase/schemas/functions/kb_end_import.sql
-- public.kb_find(text,text,text,integer) returns jsonb, for authenticated, service_role: supabase/schemas/functions/kb_find.sql
-- public.kb_found(uuid,real,real,boolean) returns jsonb, for authenticated, service_role: supabase/schemas/functions/kb_found.sql
-- public.kb_free_slug(text,text,uuid) returns text, for service_role: supabase/schemas/functions/kb_free_slug.sql
-- public.kb_hold(uuid,jsonb) returns boolean, for service_role: supabase/schemas/functions/kb_hold.sql
-- public.kb_import(uuid,jsonb,jsonb,integer) returns jsonb, for service_role: supabase/schemas/functions/kb_import.sql
-- public.kb_import_one(public.kb_imports,jsonb,boolean) returns jsonb, for service_role: supabase/schemas/functions/kb_import_one.sql
-- public.kb_knowing(jsonb,text) returns jsonb, for authenticated, service_role: supabase/schemas/functions/kb_knowing.sql
-- public.kb_korean_stem(text) returns text, for authenticated, service_role: supabase/schemas/functions/kb_korean_stem.sql
-- public.kb_language(text,text) returns text, for authenticated, service_role: supabase/schemas/functions/kb_language.sql
-- public.kb_look_up(jsonb,text,text) returns jsonb, for authenticated, service_role: supabase/schemas/functions/kb_look_up.sql
-- public.kb_miss(text,text) returns void, for service_role: supabase/schemas/functions/kb_miss.sql
-- public.kb_overtaken(public.kb_answers) returns text, for service_role: supabase/schemas/functions/kb_overtaken.sql
-- public.kb_question(uuid,text[]) returns jsonb, for service_role: supabase/schemas/functions/kb_question.sql
-- public.kb_ranked(text,text,text,real) returns record, for authenticated, service_role: supabase/schemas/functions/kb_ranked.sql
-- public.kb_record(uuid,uuid,bigint,jsonb) returns void, for service_role: supabase/schemas/functions/kb_record.sql
-- public.kb_reserve(uuid,uuid,bigint,bigint,bigint) returns jsonb, for service_role: supabase/schemas/functions/kb_reserve.sql
-- public.kb_said(jsonb) returns jsonb, for service_role: supabase/schemas/functions/kb_said.sql
-- public.kb_settle(uuid,jsonb,jsonb) returns jsonb, for service_role: supabase/schemas/functions/kb_settle.sql
-- public.kb_settle_try(uuid,jsonb) returns void, for service_role: supabase/schemas/functions/kb_settle_try.sql
-- public.kb_spend(uuid,bigint) returns jsonb, for service_role: supabase/schemas/functions/kb_spend.sql
-- public.kb_start_shipped(text) returns jsonb, for service_role: supabase/schemas/functions/kb_start_shipped.sql
-- public.kb_stem(text) returns text, for authenticated, service_role: supabase/schemas/functions/kb_stem.sql
-- public.kb_stranded(integer,integer) returns jsonb, for service_role: supabase/schemas/functions/kb_stranded.sql
-- public.kb_thought(uuid,uuid,bigint,bigint) returns void, for service_role: supabase/schemas/functions/kb_thought.sql
-- public.kb_tidy_spending(integer,integer) returns jsonb, for service_role: supabase/schemas/functions/kb_tidy_spending.sql
-- public.kb_tokens(text) returns tsvector, for service_role: supabase/schemas/functions/kb_tokens.sql
-- public.kb_try(uuid) returns jsonb, for service_role: supabase/schemas/functions/kb_try.sql
-- public.kb_write(public.kb_articles,jsonb,text,uuid) returns public.kb_articles, for service_role: supabase/schemas/functions/kb_write.sql
-- public.live_as_of(text) returns pg_snapshot, for service_role: supabase/schemas/functions/live_as_of.sql
-- public.live_branch() returns text, for service_role: supabase/schemas/functions/live_branch.sql
-- public.live_changes(text) returns jsonb, for service_role: supabase/schemas/functions/live_changes.sql
-- public.live_feed(text) returns jsonb, for service_role: supabase/schemas/functions/live_feed.sql
-- public.live_people(uuid[]) returns jsonb, for service_role: supabase/schemas/functions/live_people.sql
-- public.operator_grant(uuid,text,text) returns jsonb, for service_role: supabase/schemas/functions/operator_grant.sql
-- public.operator_revoke(uuid) returns boolean, for service_role: supabase/schemas/functions/operator_revoke.sql
-- public.operators_list() returns jsonb, for service_role: supabase/schemas/functions/operators_list.sql
-- public.rule_act(public.chat_operators,uuid,jsonb,jsonb,uuid) returns void, for service_role: supabase/schemas/functions/rule_act.sql
-- public.rule_actor(public.chat_rules) returns public.chat_operators, for service_role: supabase/schemas/functions/rule_actor.sql
-- public.rule_apply(uuid,bigint,uuid,uuid,timestamp with time zone,bigint,jsonb) returns jsonb, for service_role: supabase/schemas/functions/rule_apply.sql
-- public.rule_context(uuid) returns jsonb, for service_role: supabase/schemas/functions/rule_context.sql
-- public.rule_do(public.chat_rules,uuid,uuid,uuid[],jsonb) returns jsonb, for service_role: supabase/schemas/functions/rule_do.sql
-- public.rule_due(integer,integer,integer) returns jsonb, for service_role: supabase/schemas/functions/rule_due.sql
-- public.rule_due_of(public.chat_rules,text,integer,integer) returns jsonb, for service_role: supabase/schemas/functions/rule_due_of.sql
-- public.rule_facts(uuid,uuid) returns jsonb, for service_role: supabase/schemas/functions/rule_facts.sql
-- public.rule_hold(uuid) returns bigint, for service_role: supabase/schemas/functions/rule_hold.sql
-- public.rule_names_nobody(jsonb) returns text, for service_role: supabase/schemas/functions/rule_names_nobody.sql
-- public.rule_need_reply(text,jsonb) returns void, for service_role: supabase/schemas/functions/rule_need_reply.sql
-- public.rule_row(public.chat_rules) returns jsonb, for service_role: supabase/schemas/functions/rule_row.sql
-- public.rule_tidy(integer,integer) returns jsonb, for service_role: supabase/schemas/functions/rule_tidy.sql
-- public.rule_told(public.chat_rules) returns jsonb, for service_role: supabase/schemas/functions/rule_told.sql
-- public.search_as_text(jsonb) returns text, for service_role: supabase/schemas/functions/search_as_text.sql
-- public.search_best(jsonb,real[],real,timestamp with time zone,jsonb,uuid,jsonb,jsonb,integer) returns jsonb, for service_role: supabase/schemas/functions/search_best.sql
-- public.search_count(integer) returns jsonb, for service_role: supabase/schemas/functions/search_count.sql
-- public.search_fill(integer) returns jsonb, for service_role: supabase/schemas/functions/search_fill.sql
-- public.search_hit(uuid,timestamp with time zone) returns jsonb, for service_role: supabase/schemas/functions/search_hit.sql
-- public.search_newest(tsquery,double precision,jsonb,uuid,jsonb,timestamp with time zone,uuid,integer) returns jsonb, for service_role: supabase/schemas/functions/search_newest.sql
-- public.search_state() returns jsonb, for service_role: supabase/schemas/functions/search_state.sql
-- public.search_wanted(text) returns jsonb, for service_role: supabase/schemas/functions/search_wanted.sql
-- public.webhook_delivery(uuid) returns jsonb, for service_role: supabase/schemas/functions/webhook_delivery.sql
-- public.webhook_record(uuid,jsonb,integer) returns jsonb, for service_role: supabase/schemas/functions/webhook_record.sql
-- public.webhook_secrets(jsonb) returns jsonb, for service_role: supabase/schemas/functions/webhook_secrets.sql
-- public.webhook_tell(uuid,uuid,uuid,integer,boolean) returns uuid, for service_role: supabase/schemas/functions/webhook_tell.sql
-- public.webhook_tidy(integer,integer) returns jsonb, for service_role: supabase/schemas/functions/webhook_tidy.sql
