-- English words are told apart by what they mean, not by their endings.

create or replace function public.kb_stem(p_token text) returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select case
    when p_token ~ '^[a-z]+$' then coalesce(
      -- No lexeme: a word such as "the", which says nothing.
      (pg_catalog.ts_lexize('pg_catalog.english_stem', p_token))[1], ''
    )
    else coalesce(p_token, '')
  end collate "C"
$$;

comment on function public.kb_stem(text) is
  'For retrieval, inside other functions: an English word''s stem, empty for one that says nothing; every other token as it is.';

revoke all on function public.kb_stem(text) from public, anon, authenticated, service_role;
grant execute on function public.kb_stem(text) to authenticated, service_role;
