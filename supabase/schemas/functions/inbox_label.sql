-- A label as settings show it.

create or replace function public.inbox_label(p_label public.chat_labels) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  return public.inbox_versioned(jsonb_build_object('id', p_label.id, 'name', p_label.name, 'color', p_label.color));
end
$$;

comment on function public.inbox_label(public.chat_labels) is 'For the service: {id, name, color, version}.';

revoke all on function public.inbox_label(public.chat_labels) from public, anon, authenticated, service_role;
grant execute on function public.inbox_label(public.chat_labels) to service_role;
