-- A read marker moves forwards only, and never past the last message, whoever writes it.

create or replace function private.clamp_read_marker() returns trigger
language plpgsql
security invoker
set search_path = ''
as $$
declare
  last_seq bigint;
begin
  select coalesce(max(m.seq), 0) into last_seq
    from public.chat_messages m
    where m.user_id = new.user_id and m.conversation_id = new.conversation_id;
  new.last_read_seq := least(new.last_read_seq, last_seq);
  new.last_read_at := now();
  if tg_op = 'UPDATE' and new.last_read_seq <= old.last_read_seq then
    new.last_read_seq := old.last_read_seq;
    new.last_read_at := old.last_read_at;
  end if;
  return new;
end
$$;

comment on function private.clamp_read_marker() is
  'Trigger: keeps a read marker between where it stood and the last message that its writer can see.';

revoke all on function private.clamp_read_marker() from public, anon, authenticated, service_role;
