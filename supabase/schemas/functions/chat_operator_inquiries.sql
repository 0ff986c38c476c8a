-- Inquiries as operators look for them.

create or replace function public.chat_operator_inquiries(
  p_text text default null,
  p_status text default null,
  p_limit integer default 50,
  p_before_at timestamptz default null,
  p_before_id uuid default null
) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
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
          select from jsonb_each_text(i.values) v where position(lower(p_text) in lower(v.value)) > 0
        )
      )
    order by i.created_at desc, i.id desc
    limit least(greatest(p_limit, 1), 1000)
  ) page
$$;

comment on function public.chat_operator_inquiries(text, text, integer, timestamptz, uuid) is
  'For the service: inquiries after a place in the order (created_at, id), newest first, by text in their values and by status.';

revoke all on function public.chat_operator_inquiries(text, text, integer, timestamptz, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_operator_inquiries(text, text, integer, timestamptz, uuid) to service_role;
