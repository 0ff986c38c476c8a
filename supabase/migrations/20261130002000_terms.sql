-- What is found by what: a row a token and piece of an article, looked up by equality, which row level security lets an
-- index do. (A tsvector's operator may not look before the policy has.)

create table public.kb_terms (
  token text collate "C" not null,
  chunk_id uuid not null references public.kb_chunks (id) on delete cascade,
  article_id uuid not null references public.kb_articles (id) on delete cascade,
  places integer not null,
  primary key (token, chunk_id)
);
create index kb_terms_chunk_idx on public.kb_terms (chunk_id);
create index kb_terms_article_idx on public.kb_terms (article_id);

comment on table public.kb_terms is 'Which pieces of articles hold which token: what a question is looked up in.';
comment on column public.kb_terms.token is 'A bigram or number, as bigrams tells it; an English word as its stem.';
comment on column public.kb_terms.chunk_id is 'Which piece. The row goes with it.';
comment on column public.kb_terms.article_id is 'Of which article: who sees it sees the row.';
comment on column public.kb_terms.places is 'Where: 1 in the text, 2 in the title or the headings above it, 4 in the questions that the article answers; a sum.';

-- What pieces of articles are found by: whoever sees the article sees it. Written by the trigger alone.

alter table public.kb_terms enable row level security;

revoke all on public.kb_terms from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (token, chunk_id, article_id, places) on public.kb_terms to authenticated;
grant select on public.kb_terms to service_role;

-- The policy of kb_articles holds inside.
drop policy if exists select_published on public.kb_terms;
create policy select_published on public.kb_terms for select to authenticated
  using (article_id in (select a.id from public.kb_articles a));
