-- Nobody saves over what they have not seen. Called while the row is locked.

create or replace function public.inbox_unless_changed(p_version text, p_now jsonb) returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if p_version <> p_now ->> 'version' then
    raise exception using errcode = 'PT409', message = 'settings_changed', detail = p_now::text;
  end if;
end
$$;

comment on function public.inbox_unless_changed(text, jsonb) is
  'For the service, inside other functions: raises PT409 settings_changed with p_now where p_version is of another state; null is of any.';

revoke all on function public.inbox_unless_changed(text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.inbox_unless_changed(text, jsonb) to service_role;
