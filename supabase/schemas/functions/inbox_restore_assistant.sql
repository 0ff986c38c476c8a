-- An admin takes back what the assistant was told to do at an earlier time: as a new version, which says the same.

create or replace function public.inbox_restore_assistant(
  p_user_id uuid, p_version integer, p_if_version text default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  former jsonb := (select a.settings from public.kb_assistant a where a.version = p_version);
begin
  if former is null then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return public.inbox_save_assistant(p_user_id, former, p_if_version);
end
$$;

comment on function public.inbox_restore_assistant(uuid, integer, text) is
  'For the service: the settings of an earlier version, as a new one; answers as inbox_assistant. With p_if_version, only from that version. Admins only. Raises PT403, PT404, PT409.';

revoke all on function public.inbox_restore_assistant(uuid, integer, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_restore_assistant(uuid, integer, text) to service_role;
