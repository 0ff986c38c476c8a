-- From here on a change of the team's hours is kept. Who comes and goes (online_until) is no change of them.

create trigger keep_hours after update on public.chat_team
  for each row
  when (
    (old.time_zone, old.spans, old.holidays, old.always_open, old.override_open, old.override_until)
      is distinct from (new.time_zone, new.spans, new.holidays, new.always_open, new.override_open, new.override_until)
  )
  execute function private.keep_hours();
