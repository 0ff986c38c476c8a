-- An operator as the team sees them. What they chose holds while their screen tells of itself.

create or replace function public.inbox_person(p_operator public.chat_operators) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select case when p_operator.id is not null then jsonb_build_object(
    'id', p_operator.id,
    'display_name', p_operator.display_name,
    'avatar_url', p_operator.avatar_url,
    'availability', case
      when p_operator.is_active and p_operator.user_id is not null and p_operator.seen_at > now() - interval '60 seconds'
        then p_operator.availability
      else 'offline'
    end
  ) end
$$;

comment on function public.inbox_person(public.chat_operators) is
  'For the service: key, name, picture and availability of an operator; null for nobody.';

revoke all on function public.inbox_person(public.chat_operators) from public, anon, authenticated, service_role;
grant execute on function public.inbox_person(public.chat_operators) to service_role;
