-- What the screen of a conversation shows beside it: the browser of its customer too, and all in one request.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

-- NOT VALID reads nothing under the lock; the next step validates.
alter table public.chat_contacts
  add column user_agent text,
  add constraint chat_contacts_user_agent_length check (char_length(user_agent) <= 512) not valid;

comment on column public.chat_contacts.user_agent is 'What the browser in which they were last seen calls itself. Not verified.';

-- squawk-ignore ban-drop-function
drop function public.chat_contact(uuid, text, text, jsonb);

-- What the embedding page says of its visitor, and their browser of itself, unverified. What is left out stays as it is.

create or replace function public.chat_contact(
  p_user_id uuid,
  p_page_url text default null,
  p_locale text default null,
  p_attributes jsonb default null,
  p_user_agent text default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  former record;
  contact record;
  newest uuid;
begin
  -- As the database writes it, which is longer than the body that it came in.
  if jsonb_typeof(p_attributes) <> 'object' or octet_length(p_attributes::text) > 8192 then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'attributes';
  end if;

  -- The account, if there is none yet; then the contact, as a deletion does.
  insert into public.chat_contacts (id, user_id) values (p_user_id, p_user_id) on conflict do nothing;
  select o.attributes, o.blocked_at into former from public.chat_contacts o where o.id = p_user_id for no key update;
  if not found then
    raise exception using errcode = 'PT401', message = 'unauthenticated';
  end if;
  if former.blocked_at is not null then
    raise exception using errcode = 'PT403', message = 'not_allowed';
  end if;

  update public.chat_contacts o
    set last_page_url = coalesce(p_page_url, o.last_page_url),
      locale = coalesce(p_locale, o.locale),
      attributes = coalesce(p_attributes, o.attributes),
      user_agent = coalesce(left(p_user_agent, 512), o.user_agent),
      last_seen_at = now()
    where o.id = p_user_id
    returning o.id, o.name, o.is_guest, o.last_page_url, o.locale, o.attributes into contact;

  select c.id into newest from public.chat_conversations c
    where c.user_id = p_user_id and c.status = 'open'
    order by c.last_message_at desc, c.id desc
    limit 1;
  if newest is not null then
    if contact.attributes <> former.attributes then
      insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, actor_name)
        values (newest, 'contact.updated', case when contact.is_guest then 'guest' else 'member' end, contact.id, contact.name);
    end if;
    -- Screens are told, and no more: a page that is looked at must not be in the way of what an operator does (ifRev).
    -- Whoever has it locked changes it, and tells of it in any case: nobody waits here while they hold the contact.
    update public.chat_desk d
      set cx = pg_current_xact_id()
      where d.conversation_id = (
        select w.conversation_id from public.chat_desk w where w.conversation_id = newest for no key update skip locked
      );
  end if;
  return jsonb_build_object(
    'page_url', contact.last_page_url, 'locale', contact.locale, 'attributes', contact.attributes
  );
exception when foreign_key_violation then
  -- A token outlives its account by up to an hour; or the conversation went at this moment, and the account with it.
  raise exception using errcode = 'PT401', message = 'unauthenticated';
end
$$;

comment on function public.chat_contact(uuid, text, text, jsonb, text) is
  'For the service: keeps the page, the language, the attributes and the browser of a member''s contact, and makes it where there is none. Raises PT401, PT403 and PT422.';

revoke all on function public.chat_contact(uuid, text, text, jsonb, text) from public, anon, authenticated, service_role;
grant execute on function public.chat_contact(uuid, text, text, jsonb, text) to service_role;

-- What stands beside a conversation when an operator opens it. What was said comes in pages (inbox_messages).

create or replace function public.inbox_conversation(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  owner uuid;
begin
  select c.user_id into owner from public.chat_conversations c where c.id = p_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object(
    'conversation', public.inbox_row(p_id),
    'contact', (
      select to_jsonb(who)
      from (
        select
          p.id, p.name, p.email, p.phone, p.is_guest, p.locale, p.attributes, p.blocked_at, p.last_seen_at,
          p.last_page_url, p.user_agent, p.created_at
        from public.chat_contacts p
        where p.id = owner
      ) who
    ),
    'labels', (
      select coalesce(jsonb_agg(jsonb_build_object('name', l.name, 'color', l.color) order by lower(l.name)), '[]')
      from public.chat_conversation_labels cl
      join public.chat_labels l on l.id = cl.label_id
      where cl.conversation_id = p_id
    ),
    'notes', (
      select coalesce(jsonb_agg(public.inbox_note(n) order by n.created_at, n.id), '[]')
      from (
        select w.* from public.chat_notes w where w.conversation_id = p_id order by w.created_at desc, w.id desc limit 200
      ) n
    ),
    'activities', (
      select coalesce(jsonb_agg(to_jsonb(shown) order by shown.created_at, shown.id), '[]')
      from (
        select a.id, a.type, a.actor_kind, a.actor_id, a.actor_name, a.data, a.created_at
        from public.chat_activities a
        where a.conversation_id = p_id and a.type <> 'message.created'
        order by a.created_at desc, a.id desc
        limit 100
      ) shown
    ),
    'inquiries', (
      select coalesce(jsonb_agg(to_jsonb(shown) order by shown.created_at, shown.id), '[]')
      from (
        select i.id, i.message_id, i.step_id, i.values, i.normal, i.locale, i.status, i.created_at, i.done_at
        from public.chat_inquiries i
        where i.user_id = owner and i.conversation_id = p_id
        order by i.created_at desc, i.id desc
        limit 20
      ) shown
    ),
    'former', (
      select coalesce(jsonb_agg(to_jsonb(shown) order by shown.last_message_at desc, shown.id desc), '[]')
      from (
        select s.id, s.status, s.created_at, s.last_message_at, s.title
        from public.chat_conversation_summaries s
        where s.user_id = owner and s.id <> p_id
        order by s.last_message_at desc, s.id desc
        limit 20
      ) shown
    ),
    'viewers', (
      select coalesce(jsonb_agg(public.inbox_person(o) order by o.display_name, o.id), '[]')
      from public.chat_presence v
      join public.chat_operators o on o.id = v.operator_id
      where v.conversation_id = p_id and v.seen_at > now() - interval '60 seconds' and o.is_active and o.user_id is not null
    )
  );
end
$$;

comment on function public.inbox_conversation(uuid, uuid) is
  'For the service: {conversation, contact, labels, notes, activities, inquiries, former, viewers} of any conversation: the newest 200 notes, 100 activities other than messages, 20 inquiries and 20 other conversations of the contact. Raises PT403, PT404.';

revoke all on function public.inbox_conversation(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_conversation(uuid, uuid) to service_role;

-- A conversation as a screen opens it: what stands beside it and the newest of what was said, both of one moment.

create or replace function public.inbox_open(p_user_id uuid, p_id uuid, p_limit integer default 50) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select public.inbox_conversation(p_user_id, p_id) || (public.inbox_messages(p_user_id, p_id, p_limit) - 'has_later')
$$;

comment on function public.inbox_open(uuid, uuid, integer) is
  'For the service: what inbox_conversation answers, and of the newest messages {messages, has_earlier}. Raises PT403, PT404.';

revoke all on function public.inbox_open(uuid, uuid, integer) from public, anon, authenticated, service_role;
grant execute on function public.inbox_open(uuid, uuid, integer) to service_role;
