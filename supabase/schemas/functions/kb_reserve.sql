-- The most that an answer may cost is set aside before a model is asked, or is not, and then nobody is asked. All who set
-- aside wait for each other, for the moment that it takes: two that would both still fit must not both be let through.

create or replace function public.kb_reserve(
  p_id uuid,
  p_user_id uuid,
  p_micros bigint,
  p_member_day bigint,
  p_project_month bigint
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  today date := (clock_timestamp() at time zone 'UTC')::date;
  spent bigint;
begin
  begin
    today := (clock_timestamp() at time zone (select t.time_zone from public.chat_team t))::date;
  exception when invalid_parameter_value then
    -- Somebody wrote a zone past the API that is none. A budget need not end with it.
    null;
  end;
  perform pg_advisory_xact_lock(hashtextextended('munui.spending', 0));
  if exists (select from public.kb_spending s where s.id = p_id) then
    return jsonb_build_object('granted', true, 'reason', null);
  end if;

  select coalesce(sum(s.micros), 0) into spent from public.kb_spending s where s.month = date_trunc('month', today)::date;
  if p_project_month <= 0 or spent + p_micros > p_project_month then
    return jsonb_build_object('granted', false, 'reason', 'project_month');
  end if;
  if p_user_id is not null then
    select coalesce(sum(s.micros), 0) into spent from public.kb_spending s where s.user_id = p_user_id and s.day = today;
    if p_member_day <= 0 or spent + p_micros > p_member_day then
      return jsonb_build_object('granted', false, 'reason', 'member_day');
    end if;
  end if;

  insert into public.kb_spending (id, user_id, day, month, micros)
    values (
      p_id, (select o.id from public.chat_contacts o where o.id = p_user_id for key share), today,
      date_trunc('month', today)::date, p_micros
    );
  return jsonb_build_object('granted', true, 'reason', null);
end
$$;

comment on function public.kb_reserve(uuid, uuid, bigint, bigint, bigint) is
  'For the service: sets p_micros aside under p_id, once, if what was spent and set aside leaves it of p_member_day (of p_user_id; null counts for the project alone) and p_project_month; answers {granted, reason: null, project_month or member_day}.';

revoke all on function public.kb_reserve(uuid, uuid, bigint, bigint, bigint)
  from public, anon, authenticated, service_role;
grant execute on function public.kb_reserve(uuid, uuid, bigint, bigint, bigint) to service_role;
