-- A question, taken apart: which tokens to look for, and how much each says. What the words of a language do for every
-- question (ask, point, be polite) says little; endings and particles say less than stems. Stands for itself: knows no article.

create or replace function public.kb_asked(p_question text)
returns table (word integer, token text, share real, role text)
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  with runs as materialized (
    select r.number::integer as word, r.run[1] as run, r.run[1] ~ '^[가-힣]' as is_hangul
    from (select lower(normalize(right(coalesce(p_question, ''), 1000), NFKC)) as text) folded,
      regexp_matches(
        folded.text,
        '[가-힣]+|[a-z0-9\u00C0-\u024F\u0370-\u10FF\u3041-\u30FF\u3400-\u9FFF]+'
          '(?:[-_./:,@+#&''\u2019][a-z0-9\u00C0-\u024F\u0370-\u10FF\u3041-\u30FF\u3400-\u9FFF]+)*',
        'g'
      ) with ordinality r (run, number)
  ), korean as materialized (
    select r.word, r.run, s.stem,
      -- A word of one syllable, or one that every question has.
      char_length(r.run) = 1 or s.stem = any (public.kb_common_words()) or r.run = any (public.kb_common_words()) as is_common,
      -- The word before, where it stands beside it.
      case when lag(r.is_hangul) over (order by r.word) then lag(r.run) over (order by r.word) end as former
    from runs r, lateral (select public.kb_korean_stem(r.run) as stem) s
    where r.is_hangul
  ), told as (
    select k.word, substr(k.run, i, 2) as token,
      case
        when k.is_common then 0.1
        when i >= char_length(k.stem) then 0.15
        when substr(k.run, i, 2) = any (public.kb_common_pairs()) then 0.2
        -- A word's first pair says most; what comes later may be an ending that no list has. Not where words are written
        -- in one.
        when i > 1 and char_length(k.stem) <= 4 then 0.5
        else 1
      end as share,
      case when k.is_common then 'common' when i >= char_length(k.stem) then 'ending' else 'word' end as role
    from korean k, generate_series(1, char_length(k.run) - 1) i
    union all
    -- A noun of one syllable is told by its neighbour: 울 코트.
    select k.word, right(k.former, 1) || left(k.run, 1), 0.5, 'joined'
    from korean k
    where char_length(k.former) = 1 or char_length(k.stem) = 1
    union all
    select r.word, t.token,
      case
        when t.token <> t.whole then 0.3
        -- An error's code, a model, a telephone number: that is what the question is about.
        when t.is_code and (t.token ~ '^0' or t.token ~ '[a-z]') then 3
        else 1
      end,
      case when t.token <> t.whole then 'ending' when t.is_code then 'code' else 'word' end
    from runs r, lateral (
      select b.token, w.whole, w.whole ~ '[a-z]' or char_length(w.whole) >= 4 as is_code
      from (select regexp_replace(r.run, '[-_./:,@+#&''\u2019]', '', 'g')) w (whole),
        unnest(public.bigrams(r.run)) b (token)
      where b.token = w.whole or b.token !~ '^[a-z]+$'
    ) t
    where not r.is_hangul and r.run ~ '[0-9]'
    union all
    select r.word, public.kb_stem(b.token), 1.2, 'word'
    from runs r, unnest(public.bigrams(r.run)) b (token)
    where not r.is_hangul and r.run !~ '[0-9]' and not b.token = any (public.kb_common_words())
  )
  select t.word, t.token collate "C", max(t.share)::real, min(t.role)
  from told t
  where t.token <> ''
  group by t.word, t.token, t.role
$$;

comment on function public.kb_asked(text) is
  'For retrieval, inside other functions: the tokens of a question (its last 1,000 characters): in which word, what share of its rarity it counts with, and its role: word, code, joined, ending or common.';

revoke all on function public.kb_asked(text) from public, anon, authenticated, service_role;
grant execute on function public.kb_asked(text) to authenticated, service_role;
