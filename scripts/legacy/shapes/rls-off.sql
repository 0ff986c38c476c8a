-- about: row level security was never turned on

do $$
declare p record;
begin
  for p in select policyname, tablename from pg_policies where schemaname = 'public' and tablename like 'chat\_%' loop
    execute format('drop policy %I on public.%I', p.policyname, p.tablename);
  end loop;
end $$;

alter table public.chat_conversations disable row level security;
alter table public.chat_messages disable row level security;
