-- What a text is found by: its bigrams.

create or replace function public.kb_tokens(p_text text) returns tsvector
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select array_to_tsvector(public.bigrams(p_text))
$$;

comment on function public.kb_tokens(text) is
  'For the service, inside other functions: the bigrams of a text as a tsvector without places.';

revoke all on function public.kb_tokens(text) from public, anon, authenticated, service_role;
grant execute on function public.kb_tokens(text) to service_role;
