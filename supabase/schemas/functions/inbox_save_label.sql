-- An admin makes a label or changes it. Labels go by their name; making one that is there changes its colour at most.
-- Hangul may come composed or in parts: it is the same name.

create or replace function public.inbox_save_label(
  p_user_id uuid, p_name text, p_values jsonb, p_if_version text default null
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  operator public.chat_operators := public.inbox_operator(p_user_id, true);
  label public.chat_labels;
  wanted constant text := btrim(normalize(p_values ->> 'name'));
  paint constant text := lower(p_values ->> 'color');
  former jsonb;
  is_new boolean;
begin
  if char_length(wanted) not between 1 and 50 or (p_name is null and wanted is null) then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'name';
  end if;
  if paint !~ '^#[0-9a-f]{6}$' then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'color';
  end if;
  select * into label from public.chat_labels l
    where lower(l.name) = lower(coalesce(normalize(p_name), wanted)) or l.id::text = p_name
    for update;
  is_new := not found;
  if p_name is not null and is_new then
    raise exception using errcode = 'PT404', message = 'not_found';
  end if;
  former := case when not is_new then public.inbox_label(label) end;
  perform public.inbox_unless_changed(p_if_version, former);
  begin
    if is_new then
      insert into public.chat_labels (name, color) values (wanted, paint) returning * into label;
    else
      update public.chat_labels l
        set name = case when p_name is not null then coalesce(wanted, l.name) else l.name end,
          color = case when p_values ? 'color' then paint else l.color end
        where l.id = label.id
        returning * into label;
    end if;
  exception when unique_violation then
    raise exception using errcode = 'PT422', message = 'invalid', detail = 'name';
  end;
  perform public.inbox_tell_setting(operator, 'label', label.id, label.name, former, public.inbox_label(label));
  return jsonb_build_object('label', public.inbox_label(label), 'created', is_new);
end
$$;

comment on function public.inbox_save_label(uuid, text, jsonb, text) is
  'For the service: makes (p_name null) or changes a label {name, color}; answers {label, created}. Admins only. With p_if_version, only from that state. Raises PT403, PT404, PT409, PT422.';

revoke all on function public.inbox_save_label(uuid, text, jsonb, text) from public, anon, authenticated, service_role;
grant execute on function public.inbox_save_label(uuid, text, jsonb, text) to service_role;
