-- What the team knows, as articles: each with what it was, and in pieces to be found. Whence they came, and what nobody found.

-- A key to operators holds their table for a moment; where a writer is at it, this gives way and is tried again.
set local lock_timeout = '500ms';

create table public.kb_articles (
  id uuid primary key default gen_random_uuid(),
  title text not null,
  body text not null,
  locale text not null,
  status text not null default 'draft',
  audience text not null default 'all',
  questions text[] not null default '{}',
  slug text not null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default clock_timestamp(),
  published_at timestamptz,
  constraint kb_articles_title check (title ~ '\S' and char_length(title) <= 200),
  constraint kb_articles_body check (body ~ '\S' and char_length(body) <= 50000),
  constraint kb_articles_locale check (locale in ('ko', 'en')),
  constraint kb_articles_status check (status in ('draft', 'published')),
  constraint kb_articles_audience check (audience in ('all', 'members')),
  constraint kb_articles_questions check (cardinality(questions) <= 50 and octet_length(questions::text) <= 70000),
  constraint kb_articles_slug check (slug !~ '[[:space:]/?#%\\]' and slug not in ('.', '..') and char_length(slug) between 1 and 100),
  constraint kb_articles_published check ((published_at is null) = (status = 'draft'))
);
create unique index kb_articles_slug_key on public.kb_articles (locale, slug);
create index kb_articles_place_idx on public.kb_articles (updated_at desc, id desc);
-- Who may read which: asked with every question, without looking at the articles.
create index kb_articles_readable_idx on public.kb_articles (status, audience, locale, id);

comment on table public.kb_articles is 'What the team knows, and tells: an article a row. Whence it came and who wrote it stands in tables of their own, so that members may select *.';
comment on column public.kb_articles.id is 'Key, made by the database.';
comment on column public.kb_articles.title is 'Its title.';
comment on column public.kb_articles.body is 'Its text, in Markdown.';
comment on column public.kb_articles.locale is 'Its language.';
comment on column public.kb_articles.status is 'draft: nobody but operators sees it. published: whoever its audience is.';
comment on column public.kb_articles.audience is 'all, or members: who has signed in with an account that is not anonymous.';
comment on column public.kb_articles.questions is 'What people ask whom it answers.';
comment on column public.kb_articles.slug is 'Its name in addresses, once a language.';
comment on column public.kb_articles.version is 'Counts its changes.';
comment on column public.kb_articles.created_at is 'When it was made.';
comment on column public.kb_articles.updated_at is 'When it was last changed.';
comment on column public.kb_articles.published_at is 'Since when it is published; null for a draft.';

create table public.kb_sources (
  article_id uuid primary key references public.kb_articles (id) on delete cascade,
  kind text not null,
  source text not null,
  root text,
  digest text not null,
  said jsonb not null,
  edited_by_hand boolean not null default false,
  constraint kb_sources_kind check (kind in ('markdown', 'csv', 'web', 'shipped')),
  constraint kb_sources_source check (char_length(source) between 1 and 2200)
);
create unique index kb_sources_key on public.kb_sources (kind, source);
create index kb_sources_root_idx on public.kb_sources (kind, root) where root is not null;

comment on table public.kb_sources is 'Whence articles came that were not written here.';
comment on column public.kb_sources.article_id is 'Which article. It goes with it.';
comment on column public.kb_sources.kind is 'markdown, csv, web: imported. shipped: brought along for the demo.';
comment on column public.kb_sources.source is 'Which file, row of a file, or page.';
comment on column public.kb_sources.root is 'What the import began with whose part it is: what is not in it any more can be told.';
comment on column public.kb_sources.digest is 'Of what the source said when it was last taken over; empty where that is to be taken over in any case.';
comment on column public.kb_sources.said is 'Status and audience of that moment: one that was set here since stays.';
comment on column public.kb_sources.edited_by_hand is 'Whether the text was changed here since: imports leave it alone then.';

create table public.kb_versions (
  article_id uuid not null references public.kb_articles (id) on delete cascade,
  version integer not null,
  title text not null,
  body text not null,
  questions text[] not null,
  locale text not null,
  status text not null,
  audience text not null,
  pieces jsonb not null default '[]',
  how text not null,
  by uuid references public.chat_operators (id) on delete set null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (article_id, version),
  constraint kb_versions_how check (how in ('hand', 'import', 'restore'))
);
create index kb_versions_by_idx on public.kb_versions (by) where by is not null;

comment on table public.kb_versions is 'Articles as they were: a row a change, the last one as it is. The newest 200 of each are kept.';
comment on column public.kb_versions.article_id is 'Of which article. It goes with it.';
comment on column public.kb_versions.version is 'Which one.';
comment on column public.kb_versions.title is 'The title.';
comment on column public.kb_versions.body is 'The text, in Markdown.';
comment on column public.kb_versions.questions is 'What people ask.';
comment on column public.kb_versions.locale is 'The language.';
comment on column public.kb_versions.status is 'draft or published.';
comment on column public.kb_versions.audience is 'all or members.';
comment on column public.kb_versions.pieces is 'The pieces that it was in, [{place, title_path, text}]: what an answer of that time said.';
comment on column public.kb_versions.how is 'hand, import, or restore: an earlier one was taken again.';
comment on column public.kb_versions.by is 'By which operator; null where nobody was asked.';
comment on column public.kb_versions.created_at is 'When.';

create table public.kb_chunks (
  id uuid primary key default gen_random_uuid(),
  article_id uuid not null references public.kb_articles (id) on delete cascade,
  place integer not null,
  title_path text not null,
  text text not null,
  digest text not null,
  tokens tsvector not null,
  title_tokens tsvector not null,
  question_tokens tsvector not null,
  codes text[] not null,
  constraint kb_chunks_text check (text ~ '\S' and char_length(text) <= 4000),
  constraint kb_chunks_title_path check (char_length(title_path) <= 1000)
);
create unique index kb_chunks_digest_key on public.kb_chunks (article_id, digest);
create index kb_chunks_tokens_idx on public.kb_chunks using gin (tokens);

comment on table public.kb_chunks is 'Articles in pieces, as they are found and told, word for word; written with the article. A piece that stays keeps its id.';
comment on column public.kb_chunks.id is 'Key, made by the database.';
comment on column public.kb_chunks.article_id is 'Of which article. It goes with it, and is seen by whoever sees it.';
comment on column public.kb_chunks.place is 'Which piece of it, from 0.';
comment on column public.kb_chunks.title_path is 'The title, and the headings that it stands under.';
comment on column public.kb_chunks.text is 'What it says, without the marks of Markdown.';
comment on column public.kb_chunks.digest is 'Of title_path and text.';
comment on column public.kb_chunks.tokens is 'Bigrams of text.';
comment on column public.kb_chunks.title_tokens is 'Bigrams of title_path.';
comment on column public.kb_chunks.question_tokens is 'Bigrams of the article''s questions: the same in all of its pieces.';
comment on column public.kb_chunks.codes is 'Codes in title_path and text, as kb_codes tells them.';

create table public.kb_misses (
  id uuid primary key default gen_random_uuid(),
  locale text not null,
  key text not null,
  question text not null,
  asked integer not null default 1,
  status text not null default 'open',
  first_asked_at timestamptz not null default now(),
  last_asked_at timestamptz not null default clock_timestamp(),
  constraint kb_misses_locale check (locale in ('ko', 'en')),
  constraint kb_misses_question check (char_length(question) between 1 and 300),
  constraint kb_misses_status check (status in ('open', 'done', 'dismissed'))
);
create unique index kb_misses_key on public.kb_misses (locale, key);
create index kb_misses_place_idx on public.kb_misses (status, last_asked_at desc, id desc);

comment on table public.kb_misses is 'Questions that found nothing, the same one once. Nobody''s: who asked is not kept. The last 5,000.';
comment on column public.kb_misses.id is 'Key, made by the database.';
comment on column public.kb_misses.locale is 'The language in which it was asked.';
comment on column public.kb_misses.key is 'What makes two of them the same: the words without blanks and marks, as a digest.';
comment on column public.kb_misses.question is 'As it was last asked, without e-mail addresses and long numbers.';
comment on column public.kb_misses.asked is 'How often.';
comment on column public.kb_misses.status is 'open, done (asked again, it is open again) or dismissed.';
comment on column public.kb_misses.first_asked_at is 'When it was first asked.';
comment on column public.kb_misses.last_asked_at is 'When it was last asked.';

create table public.kb_imports (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  source text not null,
  settings jsonb not null default '{}',
  entries jsonb,
  state text not null default 'waiting',
  total integer,
  is_complete boolean not null default true,
  error text,
  created_by uuid references public.chat_operators (id) on delete set null,
  created_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  constraint kb_imports_kind check (kind in ('markdown', 'csv', 'web', 'shipped')),
  constraint kb_imports_source check (char_length(source) between 1 and 2200),
  constraint kb_imports_state check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  constraint kb_imports_error check (char_length(error) <= 100),
  constraint kb_imports_finished check ((finished_at is null) = (state in ('waiting', 'running')))
);
create index kb_imports_place_idx on public.kb_imports (created_at desc, id desc);
create index kb_imports_creator_idx on public.kb_imports (created_by) where created_by is not null;

comment on table public.kb_imports is 'Imports of articles that an admin asked for; a job does them. Those of 90 days.';
comment on column public.kb_imports.id is 'Key, made by the database.';
comment on column public.kb_imports.kind is 'markdown, csv, web or shipped.';
comment on column public.kb_imports.source is 'The names of the files, or the address that it begins with.';
comment on column public.kb_imports.settings is 'What holds for what says nothing itself, and how far it may go.';
comment on column public.kb_imports.entries is 'What is to be taken over, as it was read of the files; null for pages, and once it is done.';
comment on column public.kb_imports.state is 'waiting, running, done, failed or cancelled.';
comment on column public.kb_imports.total is 'How many there are to be looked at, as far as is known.';
comment on column public.kb_imports.is_complete is 'Whether all was looked at: no bound was reached.';
comment on column public.kb_imports.error is 'Why it failed, in a word.';
comment on column public.kb_imports.created_by is 'Who asked for it; null for what was shipped.';
comment on column public.kb_imports.created_at is 'When it was asked for.';
comment on column public.kb_imports.finished_at is 'When it was done, failed or was cancelled.';

create table public.kb_import_items (
  import_id uuid not null references public.kb_imports (id) on delete cascade,
  source text not null,
  outcome text not null,
  article_id uuid,
  title text,
  reason text,
  created_at timestamptz not null default clock_timestamp(),
  primary key (import_id, source),
  constraint kb_import_items_source check (char_length(source) between 1 and 2200),
  constraint kb_import_items_outcome check (
    outcome in ('added', 'changed', 'unchanged', 'kept', 'removed', 'missing', 'refused')
  ),
  constraint kb_import_items_reason check (char_length(reason) <= 100)
);

comment on table public.kb_import_items is 'What became of each file, row or page of an import.';
comment on column public.kb_import_items.import_id is 'Of which import. It goes with it.';
comment on column public.kb_import_items.source is 'The file, the row of a file, or the page.';
comment on column public.kb_import_items.outcome is 'added, changed, unchanged; kept: it was edited here; removed: it was deleted here; missing: it is not in the source any more; refused.';
comment on column public.kb_import_items.article_id is 'Which article it is; null where it is none.';
comment on column public.kb_import_items.title is 'Its title.';
comment on column public.kb_import_items.reason is 'Why it was refused, in a word.';
comment on column public.kb_import_items.created_at is 'When.';

create table public.kb_removed (
  source_kind text not null,
  source text not null,
  removed_at timestamptz not null default now(),
  primary key (source_kind, source)
);

comment on table public.kb_removed is 'Whence articles came that were deleted here: an import does not bring them back.';
comment on column public.kb_removed.source_kind is 'The kind of source.';
comment on column public.kb_removed.source is 'The file, row or page.';
comment on column public.kb_removed.removed_at is 'When it was deleted.';

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

-- Whence articles came: the service's alone.

alter table public.kb_sources enable row level security;

revoke all on public.kb_sources from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_sources to service_role;

-- Former articles: the service's alone.

alter table public.kb_versions enable row level security;

revoke all on public.kb_versions from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_versions to service_role;

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

-- Questions that found nothing: the service's alone.

alter table public.kb_misses enable row level security;

revoke all on public.kb_misses from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_misses to service_role;

-- Imports of articles: the service's alone.

alter table public.kb_imports enable row level security;

revoke all on public.kb_imports from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_imports to service_role;

-- What became of what was imported: the service's alone.

alter table public.kb_import_items enable row level security;

revoke all on public.kb_import_items from public, anon, authenticated, service_role;
grant select, insert, update, delete on public.kb_import_items to service_role;

-- Whence deleted articles came: the service's alone.

alter table public.kb_removed enable row level security;

revoke all on public.kb_removed from public, anon, authenticated, service_role;
grant select, insert, delete on public.kb_removed to service_role;
