-- A guest's form, once: also when an import has given it an owner, before or at this moment. There is no account behind it,
-- so the service writes it.

create or replace function public.chat_submit_inquiry(
  p_client_inquiry_id uuid,
  p_flow_version text,
  p_step_id text,
  p_values jsonb,
  p_locale text,
  p_request_id uuid default null,
  p_normal jsonb default '{}'
) returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  saved public.chat_inquiries;
begin
  loop
    insert into public.chat_inquiries (
      client_inquiry_id, flow_version, step_id, values, normal, locale, request_id, from_guest
    ) values (p_client_inquiry_id, p_flow_version, p_step_id, p_values, p_normal, p_locale, p_request_id, true)
      on conflict do nothing
      returning * into saved;
    if found then
      -- Of no conversation: it is told of all the same.
      perform public.chat_tell(
        null, 'inquiry.submitted', jsonb_build_object('inquiryId', saved.id, 'stepId', p_step_id), p_actor => '{"kind": "guest"}'
      );
      return jsonb_build_object('inquiry', to_jsonb(saved), 'created', true);
    end if;

    select * into saved from public.chat_inquiries i
      where i.client_inquiry_id = p_client_inquiry_id and (i.from_guest or i.user_id is null);
    -- Not there: it was deleted in between.
    exit when found;
  end loop;

  if (saved.step_id, saved.values) is distinct from (p_step_id, p_values) then
    raise exception using errcode = 'PT409', message = 'idempotency_conflict';
  end if;
  return jsonb_build_object('inquiry', to_jsonb(saved), 'created', false);
end
$$;

comment on function public.chat_submit_inquiry(uuid, text, text, jsonb, text, uuid, jsonb) is
  'For the service: saves a guest''s form once; the same id with other values is refused.';

revoke all on function public.chat_submit_inquiry(uuid, text, text, jsonb, text, uuid, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_submit_inquiry(uuid, text, text, jsonb, text, uuid, jsonb) to service_role;
