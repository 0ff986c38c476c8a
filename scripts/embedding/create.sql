-- Vectors of pieces of articles, made by scripts/vectors.py where pgvector is there: the main line of migrations does
-- without. Those of several models stand side by side, so that a model is changed without a gap. May be run again.

create extension if not exists vector with schema extensions;

create table if not exists public.kb_embeddings (
  chunk_id uuid not null references public.kb_chunks (id) on delete cascade,
  model text not null,
  dimensions integer not null,
  embedding extensions.halfvec not null,
  created_at timestamptz not null default now(),
  primary key (chunk_id, model),
  constraint kb_embeddings_model check (char_length(model) between 1 and 200),
  constraint kb_embeddings_dimensions check (extensions.vector_dims(embedding) = dimensions)
);

comment on table public.kb_embeddings is 'Vectors of pieces of articles, one a model. A piece that changes is another piece: its vectors go with it.';
comment on column public.kb_embeddings.chunk_id is 'Of which piece.';
comment on column public.kb_embeddings.model is 'Of which model, as AI_EMBEDDING_MODEL names it.';
comment on column public.kb_embeddings.dimensions is 'How many numbers it has.';
comment on column public.kb_embeddings.embedding is 'The vector.';
comment on column public.kb_embeddings.created_at is 'When it was made.';

alter table public.kb_embeddings enable row level security;
revoke all on public.kb_embeddings from public, anon, authenticated, service_role;
grant select (chunk_id, model, dimensions, embedding) on public.kb_embeddings to authenticated;
grant select, insert, update, delete on public.kb_embeddings to service_role;

-- Whoever sees the piece sees its vector.
drop policy if exists select_published on public.kb_embeddings;
create policy select_published on public.kb_embeddings for select to authenticated
  using (chunk_id in (select c.id from public.kb_chunks c));

-- What is to be embedded: published pieces that have no vector of this model, as a reader meets them.
create or replace function public.kb_without_vector(p_model text, p_dimensions integer, p_limit integer default 64)
returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', one.id, 'text', one.text)), '[]')
  from (
    select c.id, concat_ws(E'\n', c.title_path, case when c.place = 0 then array_to_string(a.questions, E'\n') end, c.text) as text
    from public.kb_chunks c
    join public.kb_articles a on a.id = c.article_id
    where a.status = 'published' and not exists (
      select from public.kb_embeddings e
      where e.chunk_id = c.id and e.model = p_model and e.dimensions = p_dimensions
    )
    order by a.updated_at desc, c.place, c.id
    limit least(greatest(coalesce(p_limit, 64), 1), 500)
  ) one
$$;
comment on function public.kb_without_vector(text, integer, integer) is
  'For the service: published pieces that have no vector of this model, [{id, text}].';
revoke all on function public.kb_without_vector(text, integer, integer) from public, anon, authenticated, service_role;
grant execute on function public.kb_without_vector(text, integer, integer) to service_role;

create or replace function public.kb_keep_vectors(p_model text, p_vectors jsonb) returns integer
language sql
volatile
security invoker
set search_path = ''
as $$
  with kept as (
    insert into public.kb_embeddings (chunk_id, model, dimensions, embedding)
      select c.id, p_model, jsonb_array_length(one -> 'vector'), (one ->> 'vector')::extensions.halfvec
      from jsonb_array_elements(p_vectors) one
      -- One that has gone meanwhile needs none.
      join public.kb_chunks c on c.id = (one ->> 'id')::uuid
      on conflict (chunk_id, model) do update
      set dimensions = excluded.dimensions, embedding = excluded.embedding, created_at = now()
      returning 1
  )
  select count(*)::integer from kept
$$;
comment on function public.kb_keep_vectors(text, jsonb) is
  'For the service: keeps vectors of pieces, [{id, vector: [number]}]; answers how many.';
revoke all on function public.kb_keep_vectors(text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.kb_keep_vectors(text, jsonb) to service_role;

-- As kb_find, with a question's vector beside its words. Combined by reciprocal ranks; a piece's place among words counts as
-- much as the piece covers of the question, and a quarter of that where the nearest piece is in another language: words
-- do not reach it, so what they find is what is left. Every vector is looked at: an index loses what row level security
-- leaves. What may be the answer is decided by words alone, since nearness of vectors has no threshold that holds for two
-- models; it stands first.
create or replace function public.kb_find_near(
  p_question text, p_locale text, p_vector real[], p_model text, p_audience text default null, p_limit integer default 5
) returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  with words as materialized (
    select * from public.kb_ranked(p_question, p_locale, p_audience)
  ), near as materialized (
    select e.chunk_id, c.article_id, a.locale,
      row_number() over (
        order by e.embedding operator(extensions.<=>) p_vector::extensions.halfvec, a.locale <> p_locale, e.chunk_id
      ) as rank
    from public.kb_embeddings e
    join public.kb_chunks c on c.id = e.chunk_id
    join public.kb_articles a on a.id = c.article_id
    where e.model = p_model and e.dimensions = cardinality(p_vector)
      and a.status = 'published' and (a.audience = 'all' or p_audience is distinct from 'all')
    order by rank
    limit 200
  ), trust as (
    select case when exists (select from near n where n.rank = 1 and n.locale <> p_locale) then 0.25 else 1 end as of_words
  ), combined as (
    select chunk_id, article_id,
      coalesce(w.coverage, 0) as coverage, coalesce(w.may_answer, false) as may_answer,
      coalesce(1.0 / (24 + n.rank), 0) + coalesce(2.5 * t.of_words * w.coverage / (24 + w.rank), 0) as score
    from near n
    full join words w using (chunk_id, article_id)
    cross join trust t
  ), ranked as (
    select b.*,
      row_number() over (order by b.may_answer desc, b.score desc, b.coverage desc, b.chunk_id) as rank,
      row_number() over (partition by b.article_id order by b.may_answer desc, b.score desc, b.coverage desc, b.chunk_id) as rank_in_article
    from combined b
  ), best as (
    select * from ranked r
    where r.rank_in_article <= 2
    order by r.rank
    limit least(greatest(coalesce(p_limit, 5), 1), 20)
  )
  select coalesce(jsonb_agg(
    public.kb_found(b.chunk_id, b.score::real, b.coverage::real, b.may_answer and b.rank = 1) order by b.rank
  ), '[]')
  from best b
$$;
comment on function public.kb_find_near(text, text, real[], text, text, integer) is
  'As kb_find, with the vector that a model made of the question: among vectors of that model alone. Scores are reciprocal ranks.';
revoke all on function public.kb_find_near(text, text, real[], text, text, integer) from public, anon, authenticated, service_role;
grant execute on function public.kb_find_near(text, text, real[], text, text, integer) to authenticated, service_role;

-- PostgREST looks anew at what there is.
notify pgrst, 'reload schema';
