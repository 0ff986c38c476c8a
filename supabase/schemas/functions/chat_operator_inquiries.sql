-- Operators find what was typed on another keyboard: composed or not (names typed on macOS), full width, and telephone
-- numbers however they are divided, with or without the country.

create or replace function public.chat_operator_inquiries(
  p_user_id uuid,
  p_text text default null,
  p_status text default null,
  p_limit integer default 50,
  p_before_at timestamptz default null,
  p_before_id uuid default null,
  p_is_export boolean default false
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
begin
  -- What was searched for may be somebody's name, so that is not told.
  if p_is_export and p_before_at is null then
    perform public.inbox_tell(operator, null, 'export.made', jsonb_strip_nulls(jsonb_build_object(
      'what', 'inquiries', 'status', p_status, 'isSearch', nullif(p_text is not null, false)
    )));
  end if;
  return (
    with folded as (
      select lower(normalize(p_text, nfkc)) as text
    ), asked as (
      select f.text, number.digits,
        -- In the normal form the country stands where the zero of the trunk was.
        substr(number.digits, 2) as without_trunk
      from folded f
      left join lateral (
        select translate(f.text, U&'+-.()/ ~\2010\2011\2012\2013\2014\2015\2212', '') as digits
      ) number on number.digits ~ '^[0-9]+$'
    )
    select coalesce(jsonb_agg(to_jsonb(page) order by page.created_at desc, page.id desc), '[]')
    from (
      select i.*
      from public.chat_inquiries i
      where (p_status is null or i.status = p_status)
        and (p_before_at is null or (i.created_at, i.id) < (p_before_at, p_before_id))
        -- What people wrote, not the names of the fields; whatever is typed is meant as it is.
        and (
          p_text is null
          or exists (
            select
            from asked a, (
                select w.value from jsonb_each_text(i.values) w union all select n.value from jsonb_each_text(i.normal) n
              ) v
              cross join lateral (select lower(normalize(v.value, nfkc)) as text) held
              cross join lateral (
                select translate(held.text, U&'+-.()/ ~\2010\2011\2012\2013\2014\2015\2212', '') as digits
              ) number
            where position(a.text in held.text) > 0
              or position(a.digits in number.digits) > 0
              or (a.digits ~ '^0[0-9]{6}' and position(a.without_trunk in number.digits) > 0)
          )
        )
      order by i.created_at desc, i.id desc
      limit least(greatest(p_limit, 1), 1000)
    ) page
  );
end
$$;

comment on function public.chat_operator_inquiries(uuid, text, text, integer, timestamptz, uuid, boolean) is
  'For the service: for an operator, inquiries after a place in the order (created_at, id), newest first, by text in their values and normal forms, however it is composed or divided, and by status. The first page of an export leaves an activity. Raises PT403.';

revoke all on function public.chat_operator_inquiries(uuid, text, text, integer, timestamptz, uuid, boolean)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_operator_inquiries(uuid, text, text, integer, timestamptz, uuid, boolean) to service_role;
