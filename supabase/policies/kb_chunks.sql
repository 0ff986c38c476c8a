-- Pieces of articles: whoever sees the article sees them. Written by the service alone.

alter table public.kb_chunks enable row level security;

revoke all on public.kb_chunks from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  id, article_id, place, title_path, text, digest, tokens, title_tokens, question_tokens, codes
) on public.kb_chunks to authenticated;
grant select, insert, update, delete on public.kb_chunks to service_role;

-- The policy of kb_articles holds inside.
drop policy if exists select_published on public.kb_chunks;
create policy select_published on public.kb_chunks for select to authenticated
  using (article_id in (select a.id from public.kb_articles a));
