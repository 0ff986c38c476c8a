-- An admin makes a rule or changes it. What its condition and its actions mean is checked by who sends them; here, that what
-- they name is there.

create or replace function public.inbox_save_rule(p_user_id uuid, p_id uuid, p_values jsonb) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  most constant integer := 200;
  rule public.chat_rules;
  former public.chat_rules;
  fault text;
begin
  -- One admin at a time: there is a bound, and names are there once.
  perform pg_advisory_xact_lock(hashtextextended('munui.rules', 0));
  if p_id is not null then
    select * into rule from public.chat_rules r where r.id = p_id for no key update;
    if not found then
      raise exception using errcode = 'PT404', message = 'not_found';
    end if;
  else
    rule.position := coalesce((select max(r.position) + 1 from public.chat_rules r), 0);
    rule.is_active := true;
    rule.types := '{}';
  end if;
  former := rule;
  rule.name := btrim(normalize(coalesce(p_values ->> 'name', rule.name)));
  rule.position := coalesce((p_values ->> 'position')::integer, rule.position);
  rule.is_active := coalesce((p_values ->> 'is_active')::boolean, rule.is_active);
  if p_values ? 'types' then
    rule.types := array(select jsonb_array_elements_text(p_values -> 'types'));
  end if;
  if p_values ? 'condition' then
    rule.condition := nullif(p_values -> 'condition', 'null');
    rule.waiting_minutes := (p_values ->> 'waiting_minutes')::integer;
    rule.silence_minutes := (p_values ->> 'silence_minutes')::integer;
  end if;
  rule.actions := coalesce(p_values -> 'actions', rule.actions);

  fault := case
    when coalesce(char_length(rule.name), 0) not between 1 and 80 then 'name'
    when cardinality(rule.types) = 0 and rule.waiting_minutes is null and rule.silence_minutes is null then 'on'
    when rule.actions is null then 'then'
    else public.rule_names_nobody(rule.actions)
  end;
  if fault is not null then
    raise exception using errcode = 'PT422', message = 'invalid', detail = fault;
  end if;

  if p_id is null and exists (
    select from public.chat_rules r
    where lower(r.name) = lower(rule.name)
      and (r.types, r.actions) = (rule.types, rule.actions)
      and r.condition is not distinct from rule.condition
  ) then
    -- Sent again.
    select * into rule from public.chat_rules r where lower(r.name) = lower(rule.name);
    return jsonb_build_object('rule', public.rule_row(rule), 'created', false);
  end if;
  if p_id is null and (select count(*) from public.chat_rules) >= most then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'rules';
  end if;
  if p_id is not null and to_jsonb(rule) = to_jsonb(former) then
    return jsonb_build_object('rule', public.rule_row(rule), 'created', false);
  end if;
  begin
    if p_id is null then
      insert into public.chat_rules (
        name, position, is_active, types, condition, actions, waiting_minutes, silence_minutes
      ) values (
        rule.name, rule.position, rule.is_active, rule.types, rule.condition, rule.actions, rule.waiting_minutes,
        rule.silence_minutes
      ) returning * into rule;
    else
      update public.chat_rules r
        set name = rule.name,
          position = rule.position,
          is_active = rule.is_active,
          types = rule.types,
          condition = rule.condition,
          actions = rule.actions,
          waiting_minutes = rule.waiting_minutes,
          silence_minutes = rule.silence_minutes,
          version = r.version + 1,
          clock = '{}',
          updated_at = now()
        where r.id = p_id
        returning * into rule;
    end if;
  exception when unique_violation then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'name';
  end;
  -- Who listens is told of what happens from here on.
  delete from public.chat_listeners l where l.rule_id = rule.id;
  insert into public.chat_listeners (type, rule_id) select distinct t, rule.id from unnest(rule.types) t where rule.is_active;
  perform public.inbox_tell_setting(
    operator, 'rule', rule.id, rule.name,
    case when p_id is not null then public.rule_row(former) - array['created_at', 'updated_at'] end,
    public.rule_row(rule) - array['created_at', 'updated_at']
  );
  return jsonb_build_object('rule', public.rule_row(rule), 'created', p_id is null);
end
$$;

comment on function public.inbox_save_rule(uuid, uuid, jsonb) is
  'For the service: makes (p_id null) or changes a rule {name, position, is_active, types, condition with waiting_minutes and silence_minutes, actions}; answers {rule, created}. Admins only. Raises PT403, PT404, PT422.';

revoke all on function public.inbox_save_rule(uuid, uuid, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_rule(uuid, uuid, jsonb) to service_role;
