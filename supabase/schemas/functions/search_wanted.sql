-- What a question asks for: one query that all of it answers to, and its tokens, by which answers are weighed.
--
-- People look for words, and write them as they like: so of a word its pairs are wanted, and not those over its spaces,
-- which a text with particles has not. A particle at the end of the question's own word is not wanted either. A letter
-- alone belongs to its neighbour (환 불). A code is wanted joined or by its parts; words and numbers may go on.

create or replace function public.search_wanted(p_text text) returns jsonb
language plpgsql
immutable
parallel safe
security invoker
set search_path = ''
as $$
declare
  hangul constant text := '[\uAC00-\uD7A3]';
  asked constant text := left(coalesce(p_text, ''), 200);
  plain text := btrim(regexp_replace(
    lower(normalize(asked, NFKC)), '[\u0009-\u000D\u001C-\u0020\u0085\u1680\u2028\u2029]+', ' ', 'g'
  ));
  found text;
  word text;
  token text;
  wanted text[];
  parts text[];
  fragment text;
  fragments text[] := '{}';
  needed text[] := '{}';
begin
  -- Telephone numbers first: they are one thing, however they are divided.
  for found in
    select n.run[1] from regexp_matches(plain, '\+?[0-9]+(?:[-. ()/\u00B7\u2010-\u2015\u2212]{1,2}[0-9]+)*', 'g') n (run)
  loop
    continue when regexp_replace(found, '[^0-9]', '', 'g') !~ '^(0|820?)[1-9][0-9]{7,9}$';
    plain := btrim(replace(plain, found, ' '));
    select t into token from unnest(public.bigrams(found)) t where t ~ '^0[1-9][0-9]{7,9}$' order by length(t) desc limit 1;
    needed := needed || token;
    fragments := fragments || format('''%s''', token);
  end loop;

  word := regexp_replace(plain, format('(?<=^| )(%s) (?=%1$s)', hangul), '\1', 'g');
  word := regexp_replace(word, format('(%s) (?=%1$s(?: |$))', hangul), '\1', 'g');
  foreach word in array string_to_array(word, ' ') loop
    exit when cardinality(needed) >= 24;
    wanted := public.bigrams(regexp_replace(
      word,
      format('^(%s{2,}?)(?:으로|에서|에게|한테|까지|부터|을|를|이|가|은|는|에|의|도|로|와|과|만|요)$', hangul),
      '\1'
    ));
    -- Pairs, and letters that have no neighbour here but may have one in a text.
    parts := array(
      select format(case length(w) when 1 then '''%s'':*' else '''%s''' end, w)
      from unnest(wanted) w where w >= U&'\1100' collate "C" and w !~ '^[\u1200-\u1FFF\u2C00-\u2DFF\uA640-\uA95F\uA980-\uABFF]'
    );
    -- What has letters and digits is there by its parts.
    fragment := array_to_string(
      array(
        select format(
            case when w ~ '^[0-9]{4,}$' or w ~ '^[^0-9]{3,}$' then '''%s'':*' else '''%s''' end, w
          )
        from unnest(wanted) w
        where (w < U&'\1100' collate "C" or w ~ '^[\u1200-\u1FFF\u2C00-\u2DFF\uA640-\uA95F\uA980-\uABFF]')
          and w ~ '^([0-9]+|[^0-9]+)$'
          -- Not what is several parts joined.
          and position(w in word) > 0
      ),
      ' & '
    );
    select w into token from unnest(wanted) w order by length(w) desc, w limit 1;
    if fragment = '' and cardinality(parts) = 0 and token is not null then
      -- In letters that are written otherwise there.
      fragment := format('''%s''', token);
    end if;
    if fragment <> '' and cardinality(parts) = 0 and position(' & ' in fragment) > 0 then
      fragment := format('(''%s'':* | (%s))', token, fragment);
    end if;
    if fragment <> '' then
      parts := parts || fragment;
    end if;
    if cardinality(parts) > 0 then
      fragments := fragments || array_to_string(parts, ' & ');
      needed := needed || wanted;
    end if;
  end loop;

  return jsonb_build_object(
    'query', nullif(array_to_string(fragments, ' & '), ''),
    'tokens', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'token', t.token,
        'query', format(
          case when t.token ~ format('^(%s|[0-9]{4,}|[^0-9\u1100-\U0003FFFF]{3,})$', hangul) then '''%s'':*' else '''%s''' end, t.token
        ),
        'is_needed', t.token = any (needed)
      ) order by t.token), '[]')
      from (
        select w.token collate "C" as token from unnest(needed) w (token)
        union
        -- Over its spaces, and with its particles: who wrote it so wrote the same.
        select w.token from unnest(public.bigrams(asked)) w (token) where w.token ~ format('^%s{2}$', hangul)
        limit 48
      ) t
    )
  );
end
$$;

comment on function public.search_wanted(text) is
  'For the service, inside other functions: {query: a tsquery as text, null where there is nothing to look for; tokens: [{token, query, is_needed}]} of the first 200 characters of a question.';

revoke all on function public.search_wanted(text) from public, anon, authenticated, service_role;
grant execute on function public.search_wanted(text) to service_role;
