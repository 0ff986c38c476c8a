-- How common tokens are, of a sample: it says which of several words of a question tells more, and which way to look is
-- the shorter one. While there are few rows, of all of them. Counted again when a tenth of them is new.

create or replace function public.search_count(p_sample integer default 20000) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  sample constant integer := least(coalesce(p_sample, 0), 100000);
  place public.chat_search_state;
  -- What vacuum has counted; it may not have come by yet.
  estimated constant bigint := (select c.reltuples from pg_class c where c.oid = 'public.chat_search'::regclass);
  there bigint;
  source text;
  sampled bigint;
  words integer;
begin
  if sample < 1 then
    return jsonb_build_object('words', 0);
  end if;
  select * into place from public.chat_search_state s;
  there := case
    when estimated > sample then estimated
    else (select count(*) from (select from public.chat_search limit 5 * sample) s)
  end;
  if abs(there - place.counted) * 10 <= place.counted then
    return jsonb_build_object('words', 0);
  end if;
  -- The same rows each time that it is asked.
  source := format(
    'public.chat_search tablesample system (%s) repeatable (1)', least(100, 100.0 * sample / greatest(there, 1))
  );
  execute 'select count(*) from ' || source into sampled;
  if sampled = 0 then
    return jsonb_build_object('words', 0);
  end if;
  execute format(
    $q$
      with counted as materialized (
        select left(t.word, 64) as word, least(1, t.ndoc::real / %s) as share
        from ts_stat(%L) t
        order by t.ndoc desc, t.word
        limit 50000
      ), gone as (
        delete from public.chat_search_words w where not exists (select from counted c where c.word = w.word)
      )
      insert into public.chat_search_words as k (word, share)
        select c.word, c.share from counted c
        on conflict (word) do update set share = excluded.share where k.share <> excluded.share
    $q$,
    sampled, 'select tokens from ' || source
  );
  get diagnostics words = row_count;
  update public.chat_search_state s set counted_at = clock_timestamp(), counted = there;
  return jsonb_build_object('words', words);
end
$$;

comment on function public.search_count(integer) is
  'For the workers: counts how common tokens are among about p_sample rows of chat_search; answers {words: how many were written}.';

revoke all on function public.search_count(integer) from public, anon, authenticated, service_role;
grant execute on function public.search_count(integer) to service_role;
