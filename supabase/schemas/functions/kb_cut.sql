-- An article is cut into pieces anew. What stays as it was keeps its id, so that what is known of it (a vector) stays, too.

create or replace function public.kb_cut(p_article public.kb_articles, p_chunks jsonb) returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  questions constant tsvector := public.kb_tokens(array_to_string(p_article.questions, E'\n'));
begin
  if p_chunks is not null then
    delete from public.kb_chunks c
      where c.article_id = p_article.id
        and c.digest not in (select one ->> 'digest' from jsonb_array_elements(p_chunks) one);
    insert into public.kb_chunks (
      article_id, place, title_path, text, digest, tokens, title_tokens, question_tokens, codes
    )
      select distinct on (one ->> 'digest')
        p_article.id, place - 1, one ->> 'title_path', one ->> 'text', one ->> 'digest',
        public.kb_tokens(one ->> 'text'), public.kb_tokens(one ->> 'title_path'), questions,
        public.kb_codes((one ->> 'title_path') || E'\n' || (one ->> 'text'))
      from jsonb_array_elements(p_chunks) with ordinality d (one, place)
      order by one ->> 'digest', place
      on conflict (article_id, digest) do update
      set place = excluded.place;
  end if;
  update public.kb_chunks c set question_tokens = questions
    where c.article_id = p_article.id and c.question_tokens <> questions;
end
$$;

comment on function public.kb_cut(public.kb_articles, jsonb) is
  'For the service, inside other functions: an article''s pieces are these from now on, [{title_path, text, digest}]; null leaves them, but for its questions.';

revoke all on function public.kb_cut(public.kb_articles, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.kb_cut(public.kb_articles, jsonb) to service_role;
