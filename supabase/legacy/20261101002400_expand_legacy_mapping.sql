-- What a row of the legacy client means: the one place that says it. The triggers and the backfill both ask here.
-- Nothing in this file reads or writes a table, so the answer depends on what is handed in and on nothing else.
-- plpgsql where it is more than an expression, since that keeps its plans.

-- A UUID of version 3 (RFC 9562): name-based with md5, which is in every Postgres. sha1, which version 5 needs, is in
-- the extension pgcrypto, and a project may be without it. Nothing here has to withstand an attacker.
create function private.legacy_uuid(p_namespace uuid, p_name text) returns uuid
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select overlay(
    overlay(digest placing '3' from 13)
    placing substr('89ab', 1 + (get_byte(decode(substr(digest, 17, 2), 'hex'), 0) >> 4) % 4, 1) from 17
  )::uuid
  from md5(decode(replace(p_namespace::text, '-', ''), 'hex') || convert_to(p_name, 'UTF8')) digest
$$;

comment on function private.legacy_uuid(uuid, text) is
  'The UUIDv3 of a name: client ids of legacy rows derive from their ids, the same ones each time.';

create function private.legacy_status(p_status text, p_rules jsonb default '{}') returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when p_status in ('open', 'active') then 'open'
    when p_status in ('completed', 'closed') then 'completed'
    else p_rules ->> ('status:' || coalesce(p_status, 'null'))
  end
$$;

comment on function private.legacy_status(text, jsonb) is 'open or completed; null where nobody has said what the word means.';

create function private.legacy_trim(p_text text) returns text
language sql
immutable
strict
parallel safe
as $$
  select case
    when p_text ~ '[^\u0001-\u0020\u007F-\u00A0\u00AD\u034F\u061C\u115F-\u1160\u1680\u17B4-\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D159\U0001D173-\U0001D17A\U000E0000-\U000E0FFF]'
      then btrim(p_text, U&'\0009\000A\000B\000C\000D\001C\001D\001E\001F\0020\0085\00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\2028\2029\202F\205F\3000')
    else ''
  end
$$;

comment on function private.legacy_trim(text) is
  'A text without the white space that the rule for user texts does not allow at its ends; nothing where nothing can be seen.';

-- Text to a JSON object, or the reason why not. A broken text costs its own row and never the statement.
create function private.legacy_object(p_content text, out object jsonb, out reason text)
language plpgsql
immutable
set search_path = ''
as $$
begin
  -- What is this long cannot be a payload, and reading it would take its time.
  if octet_length(p_content) > 1048576 then
    reason := 'payload_too_large';
    return;
  end if;
  object := p_content::jsonb;
  if object is null or jsonb_typeof(object) <> 'object' then
    object := null;
    reason := 'payload_not_object';
  end if;
exception
  when data_exception or program_limit_exceeded then
    object := null;
    begin
      -- json takes what jsonb refuses: an escaped U+0000 and halves of surrogate pairs.
      perform p_content::json;
      reason := 'payload_impossible_text';
    exception
      when data_exception or program_limit_exceeded then
        reason := 'payload_not_json';
    end;
end
$$;

comment on function private.legacy_object(text) is 'The JSON object in a text, or the reason why there is none.';

create function private.legacy_list(p_object jsonb, variadic p_keys text[]) returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  key text;
begin
  foreach key in array p_keys loop
    if jsonb_typeof(p_object -> key) = 'array' then
      return p_object -> key;
    end if;
  end loop;
  return null;
end
$$;

comment on function private.legacy_list(jsonb, text[]) is 'The first of these keys that holds a list.';

create function private.legacy_word(p_value jsonb, variadic p_keys text[]) returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  key text;
  word text;
begin
  if jsonb_typeof(p_value) in ('string', 'number') then
    return nullif(private.legacy_trim(p_value #>> '{}'), '');
  end if;
  foreach key in array p_keys loop
    if jsonb_typeof(p_value -> key) in ('string', 'number') then
      word := nullif(private.legacy_trim(p_value ->> key), '');
      if word is not null then
        return word;
      end if;
    end if;
  end loop;
  return null;
end
$$;

comment on function private.legacy_word(jsonb, text[]) is 'A value as a word: itself, or the first of these keys that holds one.';

create function private.legacy_names(p_given text[], p_stem text) returns text[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  names text[] := '{}';
  name text;
begin
  for place in 1 .. coalesce(array_length(p_given, 1), 0) loop
    name := p_given[place];
    if name is null or name = any (names) then
      name := p_stem || place;
      -- Taken, by one before or by one to come.
      while coalesce(name = any (p_given), false) or name = any (names) loop
        name := name || '_';
      end loop;
    end if;
    names := names || name;
  end loop;
  return names;
end
$$;

comment on function private.legacy_names(text[], text) is
  'Names that are all different: the given ones where they are the first of their kind, others by their place.';

create function private.legacy_chips(p_object jsonb) returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  list jsonb := private.legacy_list(p_object, 'chips', 'options', 'buttons', 'items');
  ids text[];
begin
  ids := private.legacy_names(array(
    select case when jsonb_typeof(e.value) = 'object' then private.legacy_word(e.value, 'id') end
    from jsonb_array_elements(list) with ordinality e (value, place) order by e.place
  ), 'chip_');
  return (
    select jsonb_build_object('chips', coalesce(jsonb_agg(jsonb_build_object(
        'id', ids[e.place],
        'label', coalesce(private.legacy_word(e.value, 'label', 'text', 'title', 'name', 'value', 'id'), ids[e.place])
      ) order by e.place), '[]'))
    from jsonb_array_elements(list) with ordinality e (value, place)
  );
end
$$;

comment on function private.legacy_chips(jsonb) is 'Chips in today''s shape; an id that is missing or taken comes from the place.';

create function private.legacy_options(p_list jsonb) returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return (
    select jsonb_agg(jsonb_build_object('value', coalesce(o.value, o.label), 'label', coalesce(o.label, o.value)) order by o.place)
    from (
      select
        e.place,
        private.legacy_word(e.value, 'value', 'id') as value,
        private.legacy_word(e.value, 'label', 'text', 'name') as label
      from jsonb_array_elements(p_list) with ordinality e (value, place)
    ) o
    where coalesce(o.value, o.label) is not null
  );
end
$$;

comment on function private.legacy_options(jsonb) is 'The choices of a field in today''s shape.';

create function private.legacy_fields(p_object jsonb) returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  list jsonb := private.legacy_list(p_object, 'fields', 'inputs', 'items');
  names text[];
begin
  names := private.legacy_names(array(
    select case when jsonb_typeof(e.value) = 'object' then private.legacy_word(e.value, 'name', 'id', 'key') end
    from jsonb_array_elements(list) with ordinality e (value, place) order by e.place
  ), 'field_');
  return (
    select jsonb_build_object('fields', coalesce(jsonb_agg(
        jsonb_build_object(
          'name', f.name,
          'type', case
            when f.type in ('radio', 'dropdown', 'select') then case when f.options is null then 'text' else 'select' end
            when f.type in ('text', 'textarea', 'email', 'phone', 'checkbox') then f.type
            when f.type in ('tel', 'mobile') then 'phone'
            when f.type = 'boolean' then 'checkbox'
            else 'text'
          end,
          'label', coalesce(f.label, f.name),
          'required', f.required
        )
        || case when f.options is null then '{}' else jsonb_build_object('options', f.options) end
        order by f.place
      ), '[]'))
    from (
      select
        e.place,
        names[e.place] as name,
        lower(case when jsonb_typeof(e.value) = 'object' then private.legacy_word(e.value, 'type') end) as type,
        private.legacy_word(e.value, 'label', 'title', 'text', 'name', 'id', 'key') as label,
        coalesce(e.value -> 'required' = 'true', false) as required,
        private.legacy_options(private.legacy_list(e.value, 'options', 'choices')) as options
      from jsonb_array_elements(list) with ordinality e (value, place)
    ) f
  );
end
$$;

comment on function private.legacy_fields(jsonb) is 'Fields in today''s shape; a name that is missing or taken comes from the place.';

create function private.legacy_payload(p_kind text, p_object jsonb) returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
  return (
    select case p_kind
      when 'chips' then private.legacy_chips(p_object)
        -- No list to be found: what there was is kept beside an empty one.
        || case when private.legacy_list(p_object, 'chips', 'options', 'buttons', 'items') is null
          then jsonb_build_object('legacy', p_object) else '{}' end
      else private.legacy_fields(p_object)
        || case when private.legacy_list(p_object, 'fields', 'inputs', 'items') is null
          then jsonb_build_object('legacy', p_object) else '{}' end
    end
  );
end
$$;

comment on function private.legacy_payload(text, jsonb) is 'The payload of an interactive message from the object that the legacy client kept in its text.';

create function private.legacy_rest(p_kind text, p_object jsonb, p_payload jsonb) returns jsonb
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  list_key text;
  text_key text;
  rest jsonb;
begin
  if p_payload ? 'legacy' then
    -- Everything is kept there.
    return null;
  end if;
  select k.key into list_key
    from unnest(case p_kind when 'chips' then array['chips', 'options', 'buttons', 'items'] else array['fields', 'inputs', 'items'] end)
      with ordinality k (key, place)
    where jsonb_typeof(p_object -> k.key) = 'array' order by k.place limit 1;
  select k.key into text_key
    from unnest(array['text', 'message', 'content', 'title', 'question']) with ordinality k (key, place)
    where private.legacy_word(p_object, k.key) is not null order by k.place limit 1;
  rest := p_object - array_remove(array[list_key, text_key], null);
  -- A word is a label. Of an object everything must be found again, or the list is kept whole.
  if exists (
    select
    from jsonb_array_elements(p_object -> list_key) with ordinality o (value, place)
    join jsonb_array_elements(p_payload -> case p_kind when 'chips' then 'chips' else 'fields' end) with ordinality n (value, place) using (place)
    where not (jsonb_typeof(o.value) in ('string', 'number') or (jsonb_typeof(o.value) = 'object' and o.value <@ n.value))
  ) then
    rest := rest || jsonb_build_object(list_key, p_object -> list_key);
  end if;
  return nullif(rest, '{}');
end
$$;

comment on function private.legacy_rest(text, jsonb, jsonb) is
  'What an object of the legacy client held that is neither in the payload nor in the text: filled values, chosen chips.';

create function private.legacy_is_possible(p_at timestamptz) returns boolean
language sql
immutable
parallel safe
set search_path = ''
-- A day inside the years 1 to 9999 at either end, so that no time zone leads out of them.
return coalesce(p_at >= '0001-01-02 00:00:00+00' and p_at < '9999-12-31 00:00:00+00', true);

comment on function private.legacy_is_possible(timestamptz) is
  'Can this time be told in four digits of a year? Infinity and the years before Christ cannot.';

create function private.legacy_clamped(p_at timestamptz) returns timestamptz
language sql
stable
set search_path = ''
return case
  when private.legacy_is_possible(p_at) then p_at
  when p_at < '0001-01-02 00:00:00+00' then '1970-01-01 00:00:00+00'
  else now()
end;

comment on function private.legacy_clamped(timestamptz) is 'A time as a rule makes it possible: long ago, or now.';

create function private.map_legacy_message(
  p_type text,
  p_content text,
  p_rules jsonb default '{}',
  out role text,
  out kind text,
  out content text,
  out payload jsonb,
  out answer jsonb,
  out reason text
)
language plpgsql
immutable
set search_path = ''
as $$
declare
  rule text;
  object jsonb;
  object_rest jsonb;
  longest integer;
begin
  if p_type in ('user', 'bot', 'system') then
    role := p_type;
    kind := 'text';
  elsif p_type in ('chips', 'form') then
    role := 'bot';
    kind := p_type;
  else
    reason := case when p_type is null then 'type_missing' else 'type_unknown' end;
    rule := coalesce(p_rules ->> ('type:' || coalesce(p_type, 'null')), p_rules ->> ('reason:' || reason));
    if rule is null then
      return;
    end if;
    role := split_part(rule, '/', 1);
    kind := split_part(rule, '/', 2);
    reason := null;
  end if;

  if kind in ('chips', 'form') then
    select o.object, o.reason into object, reason from private.legacy_object(p_content) o;
    -- So many of the shortest do not fit.
    if reason is null and jsonb_array_length(private.legacy_list(
      object, variadic case kind when 'chips' then array['chips', 'options', 'buttons', 'items'] else array['fields', 'inputs', 'items'] end
    )) > 2200 then
      reason := 'payload_too_large';
    end if;
    if reason is null then
      payload := private.legacy_payload(kind, object);
      -- A question of old counts as answered. What nobody knows stands beside the payload.
      object_rest := private.legacy_rest(kind, object, payload);
      answer := case when object_rest is null then '{}' else jsonb_build_object('legacy', object_rest) end;
      if octet_length(payload::text) > 65536 or octet_length(answer::text) > 65536 then
        reason := 'payload_too_large';
      end if;
    end if;
    if reason is null then
      -- The words around the chips; without any the payload stands for itself.
      content := private.legacy_word(object, 'text', 'message', 'content', 'title', 'question');
      if char_length(content) > 16000 then
        reason := 'text_too_long';
      end if;
    end if;
    if reason is null then
      return;
    end if;
    payload := null;
    answer := null;
    rule := p_rules ->> ('reason:' || reason);
    if rule is null or rule not like '%/%' then
      role := null;
      kind := null;
      content := null;
      return;
    end if;
    role := split_part(rule, '/', 1);
    kind := split_part(rule, '/', 2);
    reason := null;
  end if;

  -- Text and notices. A rule may send a row that its role does not allow to another role, or cut it; each at most once.
  content := case when role = 'user' then private.legacy_trim(p_content) else p_content end;
  for attempt in 1 .. 3 loop
    longest := case when role = 'user' then 4000 else 16000 end;
    reason := case
      when content is null then 'text_missing'
      when role = 'user' and content = '' then 'text_empty'
      when char_length(content) > longest then 'text_too_long'
    end;
    rule := p_rules ->> ('reason:' || reason);
    exit when reason is null or rule is null or attempt = 3;
    if rule = 'cut' then
      content := left(content, longest);
      if role = 'user' then
        content := private.legacy_trim(content);
      end if;
    else
      role := split_part(rule, '/', 1);
      kind := split_part(rule, '/', 2);
      content := coalesce(case when role = 'user' then private.legacy_trim(p_content) else p_content end, '');
    end if;
  end loop;
  if reason is not null then
    role := null;
    kind := null;
    content := null;
  end if;
end
$$;

comment on function private.map_legacy_message(text, text, jsonb) is
  'Role, kind, content, payload and answer of a legacy row, or the reason why it has none. Rules: type:word, reason:word -> role/kind, or cut.';

revoke all on all functions in schema private from public, anon, authenticated, service_role;
