-- The articles that are brought along are taken over: an import that nobody of the team asked for, done by who starts it.

create or replace function public.kb_start_shipped(p_source text) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  import public.kb_imports;
begin
  delete from public.kb_imports i where i.kind = 'shipped';
  insert into public.kb_imports (kind, source, state) values ('shipped', p_source, 'running') returning * into import;
  return jsonb_build_object('id', import.id);
end
$$;

comment on function public.kb_start_shipped(text) is
  'For the service: begins the import of what is brought along, in place of the last one; answers {id}.';

revoke all on function public.kb_start_shipped(text) from public, anon, authenticated, service_role;
grant execute on function public.kb_start_shipped(text) to service_role;
