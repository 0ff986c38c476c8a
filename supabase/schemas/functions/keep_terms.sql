-- A piece of an article is found by its tokens from the moment on it is written.

create or replace function private.keep_terms() returns trigger
language plpgsql
-- Nobody may write what is looked up, so this runs as its owner. Nobody can call it, and it says of a piece what it holds.
security definer
set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    delete from public.kb_terms t where t.chunk_id = new.id;
  end if;
  insert into public.kb_terms (token, chunk_id, article_id, places)
    select public.kb_stem(held.token), new.id, new.article_id, bit_or(held.place)
    from (
      select unnest(tsvector_to_array(new.tokens)), 1
      union all
      select unnest(tsvector_to_array(new.title_tokens)), 2
      union all
      select unnest(tsvector_to_array(new.question_tokens)), 4
    ) held (token, place)
    where public.kb_stem(held.token) <> ''
    group by 1;
  return null;
end
$$;

comment on function private.keep_terms() is
  'Trigger: keeps kb_terms of a piece of an article as the piece is.';

revoke all on function private.keep_terms() from public, anon, authenticated, service_role;
