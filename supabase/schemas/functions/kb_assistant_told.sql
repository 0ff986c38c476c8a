-- What a turn must know of the assistant's settings. It rides along a member's own request, so members may know it.

create or replace function public.kb_assistant_told() returns jsonb
language sql
stable
security invoker
set search_path = ''
as $$
  select jsonb_build_object(
    'version', t.version,
    'mode', t.mode,
    'forbidden_topics', t.forbidden_topics,
    'handover_words', t.handover_words
  )
  from public.kb_assistant_told t
$$;

comment on function public.kb_assistant_told() is
  'The newest {version, mode, forbidden_topics, handover_words: {ko, en}} of the assistant''s settings.';

revoke all on function public.kb_assistant_told() from public, anon, authenticated, service_role;
grant execute on function public.kb_assistant_told() to authenticated, service_role;
