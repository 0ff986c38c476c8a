-- What shows nothing is no text, whoever writes it: a message of fillers and zero-width characters, a name of the same.
-- The list is service/core/blank.py; a test feeds both.

-- Below deadlock_timeout: where a writer holds what this wants, this gives way and is tried again, never the writer.
set local lock_timeout = '500ms';

-- NOT VALID, so that nothing is read under the lock; the next step validates.
alter table public.chat_messages
  add constraint chat_messages_user_visible check (
    role <> 'user'
    or content ~ '[^\u0001-\u0020\u007F-\u00A0\u00AD\u034F\u061C\u115F-\u1160\u1680\u17B4-\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D159\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]'
  ) not valid;

alter table public.chat_contacts
  add constraint chat_contacts_name_visible check (name ~ '[^\u0001-\u0020\u007F-\u00A0\u00AD\u034F\u061C\u115F-\u1160\u1680\u17B4-\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D159\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]') not valid;

-- A trigger and no CHECK: an inquiry of before this rule can still be marked as done.
create or replace function private.refuse_blank_values() returns trigger
language plpgsql
security invoker
set search_path = ''
as $$
begin
  if exists (
    select from jsonb_each_text(new.values) v
    where v.value !~ '[^\u0001-\u0020\u007F-\u00A0\u00AD\u034F\u061C\u115F-\u1160\u1680\u17B4-\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D159\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]'
  ) then
    raise exception using
      errcode = 'check_violation', message = 'A value of an inquiry shows nothing', table = 'chat_inquiries';
  end if;
  return new;
end
$$;

comment on function private.refuse_blank_values() is
  'Trigger: an inquiry none of whose values shows nothing, whoever writes it.';

revoke all on function private.refuse_blank_values() from public, anon, authenticated, service_role;

create trigger refuse_blank_values before insert on public.chat_inquiries
  for each row execute function private.refuse_blank_values();
