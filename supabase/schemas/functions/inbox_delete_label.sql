-- An admin deletes a label; no conversation has it any more.

create or replace function public.inbox_delete_label(p_user_id uuid, p_name text) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  label public.chat_labels;
begin
  delete from public.chat_labels l where lower(l.name) = lower(normalize(p_name)) or l.id::text = p_name returning * into label;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  perform public.inbox_tell_setting(operator, 'label', label.id, label.name, public.inbox_label(label), null);
  return jsonb_build_object('id', label.id, 'name', label.name);
end
$$;

comment on function public.inbox_delete_label(uuid, text) is
  'For the service: deletes a label by its name; answers {id, name}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_delete_label(uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_delete_label(uuid, text) to service_role;
