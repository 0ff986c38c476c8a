-- A question found nothing: the team reads it, and may write an article. Nobody can tell by it who has asked.

create or replace function public.kb_miss(p_question text, p_locale text) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  kept constant integer := 5000;
  -- Mail addresses, and what may be the number of a telephone, an account or an order, however wide their signs are and
  -- whatever is set between them.
  said constant text := left(btrim(regexp_replace(regexp_replace(
    regexp_replace(normalize(coalesce(p_question, ''), NFKC), '[[:cntrl:][:space:]]+', ' ', 'g'),
    '[^[:space:]@]{1,64} ?@ ?[^[:space:]@]{1,255}', '…', 'g'
  ), '[0-9](?:[-\u2010-\u2015\u2212./()\u00B7~_ ]{0,3}[0-9]){6,}', '…', 'g')), 300);
  -- The same words are the same question, however they are set.
  digest constant text := md5(regexp_replace(lower(normalize(said, NFKC)), '[[:space:][:punct:]]+', '', 'g'));
begin
  if said !~ '[[:alnum:]]' or coalesce(p_locale, '') not in ('ko', 'en') then
    return;
  end if;
  insert into public.kb_misses as m (locale, key, question) values (p_locale, digest, said)
    on conflict (locale, key) do update
    set question = excluded.question,
      asked = least(m.asked + 1, 1000000),
      status = case when m.status = 'done' then 'open' else m.status end,
      last_asked_at = excluded.last_asked_at;
  delete from public.kb_misses m where m.last_asked_at < (
    select o.last_asked_at from public.kb_misses o order by o.last_asked_at desc offset kept limit 1
  );
end
$$;

comment on function public.kb_miss(text, text) is
  'For the service: counts a question that found nothing. E-mail addresses and long numbers in it are not kept.';

revoke all on function public.kb_miss(text, text) from public, anon, authenticated, service_role;
grant execute on function public.kb_miss(text, text) to service_role;
