-- The language of a question, told by its letters: Korean by its syllables, English by the small words without which it has
-- no sentence. A name, a code or a number is of no language.

create or replace function public.kb_language(p_text text, p_otherwise text) returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select case
    when counted.english >= 2 and counted.korean < counted.latin then 'en'
    when counted.korean > 0 then 'ko'
    when counted.english >= 1 then 'en'
    else p_otherwise
  end
  from (select left(normalize(coalesce(p_text, '')), 1000) as text) given
  cross join lateral (
    select
      regexp_count(given.text, '[가-힣ㄱ-ㅎㅏ-ㅣ]') as korean,
      regexp_count(given.text, '[A-Za-z]') as latin,
      regexp_count(
        given.text,
        '\m(a|an|the|is|are|was|do|does|did|can|could|will|would|should|how|what|when|where|which|who|why|my|your|i|you|we|it|to|of|for|in|on|with|not|and|or|please|have|has|get|if|from|this|that|there)\M',
        1, 'i'
      ) as english
  ) counted
$$;

comment on function public.kb_language(text, text) is
  'ko or en, whichever a question is in; p_otherwise where its letters tell neither.';

revoke all on function public.kb_language(text, text) from public, anon, authenticated, service_role;
grant execute on function public.kb_language(text, text) to authenticated, service_role;
