-- The labels that there are.

create or replace function public.inbox_labels(p_user_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  return jsonb_build_object('labels', (
    select coalesce(jsonb_agg(public.inbox_label(l) order by lower(l.name)), '[]')
    from public.chat_labels l
  ));
end
$$;

comment on function public.inbox_labels(uuid) is
  'For the service: {labels} by name. Raises PT403.';

revoke all on function public.inbox_labels(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_labels(uuid) to service_role;
