-- What answers of a model cost, a row an attempt: set aside before it is asked, settled after.

create table public.kb_spending (
  id uuid primary key,
  user_id uuid references public.chat_contacts (id) on delete set null,
  day date not null,
  month date not null,
  micros bigint not null,
  created_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  constraint kb_spending_micros check (micros >= 0),
  constraint kb_spending_month check (month = date_trunc('month', day)::date)
);
create index kb_spending_month_idx on public.kb_spending (month) include (micros);
create index kb_spending_user_idx on public.kb_spending (user_id, day) include (micros);
create index kb_spending_open_idx on public.kb_spending (created_at) where settled_at is null;

comment on table public.kb_spending is 'What answers of a model cost, in millionths of the currency of the prices: set aside first, then settled.';
comment on column public.kb_spending.id is 'Of one attempt at one answer, so that asking again sets aside again.';
comment on column public.kb_spending.user_id is 'Whose day it counts for; null for nobody''s, or somebody who has left.';
comment on column public.kb_spending.day is 'In the team''s time zone.';
comment on column public.kb_spending.month is 'Its first day.';
comment on column public.kb_spending.micros is 'What it cost, and until that is known the most that it may.';
comment on column public.kb_spending.created_at is 'When it was set aside.';
comment on column public.kb_spending.settled_at is 'Since when it is known; of what was lost, assumed.';

-- What answers of a model cost: the service's alone. Rows are settled, and forgotten after a year.

alter table public.kb_spending enable row level security;

revoke all on public.kb_spending from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_spending to service_role;

-- The most that an answer may cost is set aside before a model is asked, or is not, and then nobody is asked. All who set
-- aside wait for each other, for the moment that it takes: two that would both still fit must not both be let through.

create or replace function public.kb_reserve(
  p_id uuid,
  p_user_id uuid,
  p_micros bigint,
  p_member_day bigint,
  p_project_month bigint
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  today date := (clock_timestamp() at time zone 'UTC')::date;
  spent bigint;
begin
  begin
    today := (clock_timestamp() at time zone (select t.time_zone from public.chat_team t))::date;
  exception when invalid_parameter_value then
    -- Somebody wrote a zone past the API that is none. A budget need not end with it.
    null;
  end;
  perform pg_advisory_xact_lock(hashtextextended('munui.spending', 0));
  if exists (select from public.kb_spending s where s.id = p_id) then
    return jsonb_build_object('granted', true, 'reason', null);
  end if;

  select coalesce(sum(s.micros), 0) into spent from public.kb_spending s where s.month = date_trunc('month', today)::date;
  if p_project_month <= 0 or spent + p_micros > p_project_month then
    return jsonb_build_object('granted', false, 'reason', 'project_month');
  end if;
  if p_user_id is not null then
    select coalesce(sum(s.micros), 0) into spent from public.kb_spending s where s.user_id = p_user_id and s.day = today;
    if p_member_day <= 0 or spent + p_micros > p_member_day then
      return jsonb_build_object('granted', false, 'reason', 'member_day');
    end if;
  end if;

  insert into public.kb_spending (id, user_id, day, month, micros)
    values (
      p_id, (select o.id from public.chat_contacts o where o.id = p_user_id for key share), today,
      date_trunc('month', today)::date, p_micros
    );
  return jsonb_build_object('granted', true, 'reason', null);
end
$$;

comment on function public.kb_reserve(uuid, uuid, bigint, bigint, bigint) is
  'For the service: sets p_micros aside under p_id, once, if what was spent and set aside leaves it of p_member_day (of p_user_id; null counts for the project alone) and p_project_month; answers {granted, reason: null, project_month or member_day}.';

revoke all on function public.kb_reserve(uuid, uuid, bigint, bigint, bigint)
  from public, anon, authenticated, service_role;
grant execute on function public.kb_reserve(uuid, uuid, bigint, bigint, bigint) to service_role;

-- What was set aside becomes what it cost. Once: whoever comes later says so in vain.

create or replace function public.kb_spend(p_id uuid, p_micros bigint) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  settled integer;
begin
  update public.kb_spending s
    set micros = greatest(p_micros, 0), settled_at = clock_timestamp()
    where s.id = p_id and s.settled_at is null;
  get diagnostics settled = row_count;
  return jsonb_build_object('settled', settled > 0);
end
$$;

comment on function public.kb_spend(uuid, bigint) is
  'For the service: settles what was set aside under p_id at what it cost; answers {settled: whether it was not before}.';

revoke all on function public.kb_spend(uuid, bigint) from public, anon, authenticated, service_role;
grant execute on function public.kb_spend(uuid, bigint) to service_role;

-- What a worker set aside and never came back for counts as spent: it may have been. What is long over is forgotten. A
-- bounded part a call.

create or replace function public.kb_tidy_spending(p_seconds integer, p_limit integer default 1000) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  many constant integer := least(greatest(p_limit, 1), 10000);
  settled integer;
  gone integer;
begin
  update public.kb_spending s
    set settled_at = clock_timestamp()
    where s.id in (
      select o.id from public.kb_spending o
      where o.settled_at is null and o.created_at < clock_timestamp() - make_interval(secs => p_seconds)
      order by o.created_at
      limit many
      for update skip locked
    );
  get diagnostics settled = row_count;
  delete from public.kb_spending s
    where s.id in (
      select o.id from public.kb_spending o
      where o.month < (now() - interval '400 days')::date
      order by o.month
      limit many
      for update skip locked
    );
  get diagnostics gone = row_count;
  return jsonb_build_object('settled', settled, 'gone', gone);
end
$$;

comment on function public.kb_tidy_spending(integer, integer) is
  'For the service: settles what was set aside longer than so many seconds ago, forgets what is older than a year, at most p_limit of each; answers {settled, gone}.';

revoke all on function public.kb_tidy_spending(integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.kb_tidy_spending(integer, integer) to service_role;
