-- Codes in a text: what somebody copies letter by letter, such as an error, an order or a model. Half of one means nothing.

create or replace function public.kb_codes(p_text text) returns text[]
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select coalesce(array_agg(distinct c.code order by c.code), '{}')
  from regexp_matches(
    normalize(coalesce(p_text, ''), NFKC), '([A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*)', 'g'
  ) found
  cross join lateral (select lower(translate(found[1], '-_', '')) as code) c
  where c.code ~ '[0-9]' and (c.code ~ '[a-z]' or char_length(c.code) >= 4) and char_length(c.code) between 2 and 60
$$;

comment on function public.kb_codes(text) is
  'The codes in a text, joined and in lower case (E-4012: e4012): letters with digits, or at least four digits. Any text is safe.';

revoke all on function public.kb_codes(text) from public, anon, authenticated, service_role;
grant execute on function public.kb_codes(text) to authenticated, service_role;
