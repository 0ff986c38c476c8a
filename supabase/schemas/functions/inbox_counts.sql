-- How much is in each view of the inbox, to 100 and no further: each is one walk of one index that ends there.

create or replace function public.inbox_counts(p_operator_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  counts jsonb;
begin
  -- In the order of an index, so that one is walked, however the rows lie in the table.
  execute (
    select 'select jsonb_build_object(' || string_agg(
      format(
        '%L, (select count(*) from (select from public.chat_desk d where %s order by %s limit 100) counted)',
        v.key, v.value,
        case v.key
          when 'waiting' then 'd.waiting_since, d.conversation_id'
          else 'd.last_message_at desc, d.conversation_id desc'
        end
      ), ', '
    ) || ')'
    from jsonb_each_text(public.inbox_views()) v
  ) into counts using p_operator_id;
  return counts;
end
$$;

comment on function public.inbox_counts(uuid) is
  'For the service, inside other functions: how many conversations each view has for an operator, counted to 100.';

revoke all on function public.inbox_counts(uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_counts(uuid) to service_role;
