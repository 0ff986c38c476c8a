-- What the assistant was told to do at each time, newest first. Admins only.

create or replace function public.inbox_assistant_versions(
  p_user_id uuid,
  p_limit integer default 20,
  p_before integer default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  -- Each may be as long as settings may be.
  size constant integer := least(greatest(coalesce(p_limit, 20), 1), 20);
  versions jsonb;
begin
  select coalesce(jsonb_agg(public.kb_assistant_row(v) order by v.version desc), '[]') into versions
    from (
      select * from public.kb_assistant a
      where p_before is null or a.version < p_before
      order by a.version desc
      limit size + 1
    ) v;
  if jsonb_array_length(versions) <= size then
    return jsonb_build_object('versions', versions, 'next', null);
  end if;
  return jsonb_build_object('versions', versions - size, 'next', versions -> size - 1 -> 'version');
end
$$;

comment on function public.inbox_assistant_versions(uuid, integer, integer) is
  'For the service: {versions, next}: at most 20 versions before p_before, the next of the page before. Admins only. Raises PT403.';

revoke all on function public.inbox_assistant_versions(uuid, integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.inbox_assistant_versions(uuid, integer, integer) to service_role;
