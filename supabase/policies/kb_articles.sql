-- Articles: who has signed in reads what is published, and what is for members only where the account is not anonymous.
-- Written by the service alone.

alter table public.kb_articles enable row level security;

revoke all on public.kb_articles from public, anon, authenticated, service_role;
-- Column by column: xmin and ctid are not among them.
grant select (
  id, title, body, locale, status, audience, questions, slug, version, created_at, updated_at, published_at
) on public.kb_articles to authenticated;
grant select, insert, update, delete on public.kb_articles to service_role;

drop policy if exists select_published on public.kb_articles;
create policy select_published on public.kb_articles for select to authenticated
  using (
    status = 'published'
    and (audience = 'all' or ((select auth.jwt()) ->> 'is_anonymous')::boolean is not true)
  );
