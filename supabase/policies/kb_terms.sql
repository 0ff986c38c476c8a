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
