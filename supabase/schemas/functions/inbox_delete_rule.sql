-- An admin deletes a rule, and what is told of its runs with it. What it did stays.

create or replace function public.inbox_delete_rule(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  rule public.chat_rules;
begin
  delete from public.chat_rules r where r.id = p_id returning * into rule;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  perform public.inbox_tell_setting(
    operator, 'rule', rule.id, rule.name, public.rule_row(rule) - array['created_at', 'updated_at'], null
  );
  return jsonb_build_object('id', rule.id);
end
$$;

comment on function public.inbox_delete_rule(uuid, uuid) is
  'For the service: deletes a rule; answers {id}. Admins only. Raises PT403, PT404.';

revoke all on function public.inbox_delete_rule(uuid, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_delete_rule(uuid, uuid) to service_role;
