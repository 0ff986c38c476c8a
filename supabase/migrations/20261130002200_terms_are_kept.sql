-- From now on pieces of articles are found.

-- Writers of articles wait for nobody, and this neither.
set local lock_timeout = '500ms';

create trigger keep_terms after insert or update of tokens, title_tokens, question_tokens on public.kb_chunks
  for each row execute function private.keep_terms();
