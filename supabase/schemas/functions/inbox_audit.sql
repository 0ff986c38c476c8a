-- What was changed about the team's settings, and what was taken out: pages of it, newest first. Nothing ends it.

create or replace function public.inbox_audit(
  p_user_id uuid,
  p_limit integer default 50,
  p_before_at timestamptz default null,
  p_before_id uuid default null
) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  most_bytes constant integer := 1000000;
  page jsonb;
  rest integer;
begin
  -- A change of the hours may be long: a page ends before it is too long to be answered, and holds one at least.
  select coalesce(jsonb_agg(to_jsonb(w) - array['place', 'fits'] order by w.place) filter (where w.fits), '[]'),
      count(*) filter (where not w.fits)
    into page, rest
    from (
      select n.id, n.type, n.actor_kind, n.actor_id, n.actor_name, n.data, n.created_at, n.place,
        n.place = 1 or (n.place <= least(greatest(p_limit, 1), 200) and n.until <= most_bytes) as fits
      from (
        select a.*,
          row_number() over newest as place,
          sum(octet_length(a.data::text)) over newest as until
        from (
          select *
          from public.chat_activities l
          where l.conversation_id is null
            -- A guest's form, which is of no conversation.
            and l.type <> 'inquiry.submitted'
            and (p_before_at is null or (l.created_at, l.id) < (p_before_at, p_before_id))
          order by l.created_at desc, l.id desc
          limit least(greatest(p_limit, 1), 200) + 1
        ) a
        window newest as (order by a.created_at desc, a.id desc)
      ) n
    ) w;
  return jsonb_build_object('activities', page, 'has_more', rest > 0);
end
$$;

comment on function public.inbox_audit(uuid, integer, timestamptz, uuid) is
  'For the service: {activities, has_more}: the activities of no conversation before a place in their order (created_at, id), newest first. Admins only. Raises PT403.';

revoke all on function public.inbox_audit(uuid, integer, timestamptz, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_audit(uuid, integer, timestamptz, uuid) to service_role;
