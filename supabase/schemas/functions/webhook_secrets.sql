-- All secrets, encrypted, so that the service can encrypt them anew when its key has changed.

create or replace function public.webhook_secrets(p_changed jsonb default '[]') returns jsonb
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  update public.chat_webhooks w
    set secret = c.value ->> 'secret', previous_secret = c.value ->> 'previous_secret'
    from jsonb_array_elements(p_changed) c (value)
    where w.id = (c.value ->> 'id')::uuid and w.secret = c.value ->> 'former';
  return jsonb_build_object('webhooks', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'id', w.id, 'secret', w.secret, 'previous_secret', w.previous_secret
    ) order by w.created_at, w.id), '[]')
    from public.chat_webhooks w
  ));
end
$$;

comment on function public.webhook_secrets(jsonb) is
  'For the service: all secrets, encrypted; with p_changed [{id, secret, previous_secret, former}] those first that are still what they were. Answers {webhooks: [{id, secret, previous_secret}]}.';

revoke all on function public.webhook_secrets(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.webhook_secrets(jsonb) to service_role;
