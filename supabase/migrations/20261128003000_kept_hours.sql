-- Working time is counted by the hours that held then: each change of them is kept, and so is what was decided by hand.

create table public.chat_hours (
  since_at timestamptz primary key,
  time_zone text not null,
  spans jsonb not null,
  holidays jsonb not null,
  always_open boolean not null,
  override_open boolean,
  override_until timestamptz
);

comment on table public.chat_hours is 'The team''s hours as they were: a row for each time they were changed, which holds until the next one.';
comment on column public.chat_hours.since_at is 'Since when they held; the first row holds for all time before the second.';
comment on column public.chat_hours.time_zone is 'As chat_team had it.';
comment on column public.chat_hours.spans is 'As chat_team had it.';
comment on column public.chat_hours.holidays is 'As chat_team had it.';
comment on column public.chat_hours.always_open is 'As chat_team had it.';
comment on column public.chat_hours.override_open is 'As chat_team had it.';
comment on column public.chat_hours.override_until is 'As chat_team had it.';

-- The hours that were: the service reads them, a trigger writes them.

alter table public.chat_hours enable row level security;

revoke all on public.chat_hours from public, anon, authenticated, service_role;
grant select, insert on public.chat_hours to service_role;

-- What held before is not known, but for the plan of now; an override holds from now on.
insert into public.chat_hours (since_at, time_zone, spans, holidays, always_open)
select '-infinity', t.time_zone, t.spans, t.holidays, t.always_open from public.chat_team t;
insert into public.chat_hours (since_at, time_zone, spans, holidays, always_open, override_open, override_until)
select now(), t.time_zone, t.spans, t.holidays, t.always_open, t.override_open, t.override_until
from public.chat_team t
where t.override_until > now();
