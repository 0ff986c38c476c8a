-- An operator closes an inquiry, or opens it again.

create or replace function public.chat_operator_mark(p_user_id uuid, p_inquiry_id uuid, p_status text) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  marked public.chat_inquiries;
  former text;
begin
  select i.status into former from public.chat_inquiries i where i.id = p_inquiry_id for update;
  -- Marked the same way again, it keeps its time.
  update public.chat_inquiries i
    set status = p_status, done_at = case when p_status = 'done' then coalesce(i.done_at, now()) end
    where i.id = p_inquiry_id
    returning * into marked;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  if former <> p_status then
    perform public.inbox_tell(
      operator, null, 'inquiry.marked', jsonb_build_object('inquiryId', p_inquiry_id, 'from', former, 'to', p_status)
    );
  end if;
  return to_jsonb(marked);
end
$$;

comment on function public.chat_operator_mark(uuid, uuid, text) is 'For the service: an operator marks an inquiry new or done, which leaves an activity. Raises PT403, PT404.';

revoke all on function public.chat_operator_mark(uuid, uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.chat_operator_mark(uuid, uuid, text) to service_role;
