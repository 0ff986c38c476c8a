-- about: rights that another role handed on, a policy called as ours will be, a replica identity that goes
-- stops: rights on public.chat_messages that munui_test_giver gave
-- stops: policy "legacy_select_own" on public.chat_messages
-- stops: index told_apart

do $$ begin if not exists (select from pg_roles where rolname = 'munui_test_giver') then create role munui_test_giver; end if; end $$;
grant all on public.chat_messages to munui_test_giver with grant option;
set role munui_test_giver;
grant update (content) on public.chat_messages to authenticated;
reset role;
create policy legacy_select_own on public.chat_messages for select using (false);
create unique index told_apart on public.chat_messages (id, is_read);
alter table public.chat_messages replica identity using index told_apart;
