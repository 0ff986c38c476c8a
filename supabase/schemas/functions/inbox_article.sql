-- One article, as an operator asks for it.

create or replace function public.inbox_article(p_user_id uuid, p_id uuid) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id);
  article public.kb_articles;
begin
  select * into article from public.kb_articles a where a.id = p_id;
  if not found then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  return jsonb_build_object('article', public.inbox_article_row(article));
end
$$;

comment on function public.inbox_article(uuid, uuid) is 'For the service: {article}. Raises PT403, PT404.';

revoke all on function public.inbox_article(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.inbox_article(uuid, uuid) to service_role;
