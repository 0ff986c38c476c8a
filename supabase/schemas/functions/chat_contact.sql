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
