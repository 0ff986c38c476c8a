-- A turn with what is known for its texts that wait, where the bot handles it and there are any: what an answer is made of.

create or replace function public.kb_knowing(p_turn jsonb, p_audience text default null) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  texts constant jsonb := (
    select jsonb_agg(p.value order by p.place desc)
    from jsonb_array_elements(p_turn -> 'pending') with ordinality p (value, place)
    where p.value -> 'event' = 'null'
  );
begin
  if texts is null or p_turn #>> '{conversation,handling}' <> 'bot' then
    return p_turn;
  end if;
  return p_turn || jsonb_build_object(
    'looked_up', public.kb_look_up(texts, coalesce(p_turn #>> '{state,locale}', 'ko'), p_audience)
  );
end
$$;

comment on function public.kb_knowing(jsonb, text) is
  'A turn as chat_turn tells it, and looked_up: kb_look_up of its texts that wait, if it has any and the bot handles it.';

revoke all on function public.kb_knowing(jsonb, text) from public, anon, authenticated, service_role;
grant execute on function public.kb_knowing(jsonb, text) to authenticated, service_role;
