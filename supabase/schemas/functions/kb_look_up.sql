-- What is known for texts that wait, newest first: looked for until one of them can be answered. Asked by members along with
-- what they say, under their rights, and by the service for guests. Whether the best that is found may be said is decided
-- where it is found.

create or replace function public.kb_look_up(p_texts jsonb, p_locale text, p_audience text default null) returns jsonb
language plpgsql
stable
security invoker
set search_path = ''
as $$
declare
  told constant jsonb := public.kb_assistant_told();
  asked jsonb;
  question_locale text;
  best jsonb;
  found jsonb := '[]';
begin
  if coalesce(told ->> 'mode', 'off') <> 'off' then
    for asked in select t.value from jsonb_array_elements(p_texts) with ordinality t (value, place) order by t.place limit 3 loop
      question_locale := public.kb_language(asked ->> 'content', p_locale);
      best := public.kb_find(asked ->> 'content', question_locale, p_audience, 5) -> 0;
      if not coalesce((best ->> 'answerable')::boolean, false) then
        best := null;
      end if;
      found := found || jsonb_build_object(
        'message_id', asked -> 'id',
        'locale', question_locale,
        'answer', case when best is not null then jsonb_build_object(
          'text', best -> 'text',
          'sources', jsonb_build_array(jsonb_build_object(
            'articleId', best -> 'articleId',
            'version', best -> 'version',
            'place', best -> 'place',
            'chunkId', best -> 'chunkId',
            'slug', best -> 'slug',
            'title', best -> 'title',
            'locale', best -> 'locale'
          ))
        ) end
      );
      exit when best is not null;
    end loop;
  end if;
  return jsonb_build_object(
    'mode', coalesce(told ->> 'mode', 'off'),
    'forbidden_topics', coalesce(told -> 'forbidden_topics', '[]'),
    'found', found
  );
end
$$;

comment on function public.kb_look_up(jsonb, text, text) is
  'Of texts [{id, content}], newest first: {mode, forbidden_topics, found: [{message_id, locale, answer: {text, sources} or null}]}, up to the first that can be answered and three at most.';

revoke all on function public.kb_look_up(jsonb, text, text) from public, anon, authenticated, service_role;
grant execute on function public.kb_look_up(jsonb, text, text) to authenticated, service_role;
