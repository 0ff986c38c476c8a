-- Runs of rules that are long over are forgotten: what finds the oldest. Built beside what writes.

do $$
begin
  -- A build that was cut off leaves an index that nothing uses and that stands in the way.
  if exists (
    select from pg_index i join pg_class c on c.oid = i.indexrelid
    where not i.indisvalid and c.relnamespace = 'public'::regnamespace and c.relname = 'chat_rule_runs_old_idx'
  ) then
    drop index public.chat_rule_runs_old_idx;
  end if;
end
$$;

-- It waits for open transactions; nobody waits for it.
set lock_timeout = 0;

create index concurrently if not exists chat_rule_runs_old_idx
  on public.chat_rule_runs (created_at) where activity_id is not null;
