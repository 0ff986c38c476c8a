-- What a text is found by, the same under every locale. Hangul, Han and Kana: pairs of neighbours, spaces left out, as
-- people put those anywhere. Everything else: words and numbers whole, their parts, and parts as if written in one
-- (E-4012: e4012, e, 4012). Telephone numbers as they are dialled here, and their last four digits.
-- The twin is service/core/bigrams.py; tests/vectors/bigrams.json feeds both.

-- Not strict: of a strict function, null is answered before anybody looks at rights.
create or replace function public.bigrams(p_text text) returns text[]
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  with folded as materialized (
    -- Composed alike, without accents and what shows nothing, in small letters.
    select translate(
      lower(
        normalize(
          regexp_replace(
            normalize(left(coalesce(p_text, ''), 20000), NFKD),
            '[\u00AD\u0300-\u036F\u115F\u1160\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFE00-\uFE0F\uFEFF]', '', 'g'
          ),
          NFKC
        ) collate "C"
      ),
      'ÆÐØÞĐĦŁŊŒΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣςΤΥΦΧΨΩАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҐ',
      'æðøþđħłŋœαβγδεζηθικλμνξοπρσστυφχψωабвгдежзийклмнопрстуфхцчшщъыьэюяђєѕіјљњћџґ'
    ) as text
  ), codes as materialized (
    select c.run[1] as code
    from folded f, regexp_matches(
      f.text,
      '[a-z0-9\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02AF\u0370-\u10FF\u1200-\u1FFF\u2C00-\u2DFF\uA640-\uA95F\uA980-\uABFF]+'
        '(?:[-_./:,@+#&''\u00B7\u2010-\u2015\u2019\u2212]'
        '[a-z0-9\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02AF\u0370-\u10FF\u1200-\u1FFF\u2C00-\u2DFF\uA640-\uA95F\uA980-\uABFF]+)*',
      'g'
    ) c (run)
  ), phones as materialized (
    select regexp_replace(p.digits, '^820?(?=[1-9])', '0') as phone
    from folded f,
      regexp_matches(f.text, '[0-9]+(?:[-. ()/\u00B7\u2010-\u2015\u2212]{1,2}[0-9]+)*', 'g') n (run),
      lateral (select regexp_replace(n.run[1], '[^0-9]', '', 'g')) p (digits)
    where p.digits ~ '^(0|820?)[1-9][0-9]{7,9}$'
  ), tokens (token) as (
    select l.letter || coalesce(l.next, '')
    from (
      select r.number, u.letter,
        lead(u.letter) over (partition by r.number order by u.place) as next,
        u.place
      from folded f,
        regexp_matches(
          f.text,
          '[\u1100-\u119D\u119F-\u11FF\u3005-\u3007\u3041-\u30FA\u30FC-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uA960-\uA97F\uAC00-\uD7FF\uF900-\uFAFF\U00020000-\U0003FFFF]'
            '(?:[\u0009-\u000D\u001C-\u0020\u0085\u1680\u2028\u2029]*'
            '[\u1100-\u119D\u119F-\u11FF\u3005-\u3007\u3041-\u30FA\u30FC-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uA960-\uA97F\uAC00-\uD7FF\uF900-\uFAFF\U00020000-\U0003FFFF])*',
          'g'
        ) with ordinality r (run, number),
        string_to_table(
          regexp_replace(r.run[1], '[\u0009-\u000D\u001C-\u0020\u0085\u1680\u2028\u2029]+', '', 'g'), null
        ) with ordinality u (letter, place)
    ) l
    -- The last one has no neighbour; alone it stands for itself.
    where l.next is not null or l.place = 1
    union all
    select regexp_replace(c.code, '[-_./:,@+#&''\u00B7\u2010-\u2015\u2019\u2212]', '', 'g') from codes c
    union all
    select p.part
    from codes c, regexp_split_to_table(c.code, '[-_./:,@+#&''\u00B7\u2010-\u2015\u2019\u2212]') p (part)
    union all
    select p.part[1] from codes c, regexp_matches(c.code, '[0-9]+|[^-0-9_./:,@+#&''\u00B7\u2010-\u2015\u2019\u2212]+', 'g') p (part)
    union all
    select p.phone from phones p
    union all
    select right(p.phone, 4) from phones p
  )
  select coalesce(array_agg(t.token order by t.token), '{}')
  from (select distinct left(k.token, 64) collate "C" as token from tokens k) t
$$;

comment on function public.bigrams(text) is
  'What a text is found by: pairs of neighbours of Hangul, Han and Kana; words and numbers whole, in parts and joined. Each once, in byte order, at most 64 code points long; of the first 20,000 code points. Null is no text.';

revoke all on function public.bigrams(text) from public, anon, authenticated, service_role;
grant execute on function public.bigrams(text) to authenticated, service_role;
