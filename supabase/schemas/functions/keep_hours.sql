-- Hours that were changed are kept beside those that hold, so that working time of before stays what it was.

create or replace function private.keep_hours() returns trigger
language plpgsql
security invoker
set search_path = ''
as $$
begin
  insert into public.chat_hours (
      since_at, time_zone, spans, holidays, always_open, override_open, override_until
    )
    values (
      clock_timestamp(), new.time_zone, new.spans, new.holidays, new.always_open, new.override_open, new.override_until
    )
    on conflict do nothing;
  return null;
end
$$;

comment on function private.keep_hours() is 'Trigger: keeps the hours of the team as they are from now on.';

revoke all on function private.keep_hours() from public, anon, authenticated, service_role;
