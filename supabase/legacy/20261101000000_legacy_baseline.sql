-- The tables as the TypeScript client knew them. On a live project they exist already and nothing happens here, neither to
-- them nor to their policies; on an empty one they are made, so that every database walks the same road.

do $$
begin
  if to_regclass('public.chat_conversations') is not null and to_regclass('public.chat_messages') is not null then
    return;
  end if;

  create table public.chat_conversations (
    id uuid primary key default gen_random_uuid(),
    user_id uuid references auth.users (id) on delete cascade,
    status text not null default 'active',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  );

  create table public.chat_messages (
    id uuid primary key default gen_random_uuid(),
    conversation_id uuid not null references public.chat_conversations (id) on delete cascade,
    type text,
    content text not null,
    is_read boolean not null default false,
    created_at timestamptz not null default now()
  );

  alter table public.chat_conversations enable row level security;
  alter table public.chat_messages enable row level security;

  create policy select_own on public.chat_conversations for select using (auth.uid() = user_id);
  create policy insert_own on public.chat_conversations for insert with check (auth.uid() = user_id);
  create policy update_own on public.chat_conversations for update
    using (auth.uid() = user_id) with check (auth.uid() = user_id);

  create policy select_own on public.chat_messages for select using (exists (
    select from public.chat_conversations c where c.id = chat_messages.conversation_id and c.user_id = auth.uid()));
  create policy insert_own on public.chat_messages for insert with check (exists (
    select from public.chat_conversations c where c.id = conversation_id and c.user_id = auth.uid()));
  create policy update_own on public.chat_messages for update using (exists (
    select from public.chat_conversations c where c.id = conversation_id and c.user_id = auth.uid()));
end
$$;
