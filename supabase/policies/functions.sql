-- Functions: the first half belongs to members, under RLS; the second to the service alone.

revoke all on function public.chat_turn(uuid, uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.chat_turn(uuid, uuid, text[]) to authenticated;

revoke all on function public.chat_turn_for_service(uuid, uuid, text[])
  from public, anon, authenticated, service_role;
grant execute on function public.chat_turn_for_service(uuid, uuid, text[]) to service_role;

revoke all on function public.chat_open(uuid, text[]) from public, anon, authenticated, service_role;
grant execute on function public.chat_open(uuid, text[]) to authenticated;

revoke all on function public.chat_send(uuid, uuid, text, jsonb, uuid, uuid, text[])
  from public, anon, authenticated, service_role;
grant execute on function public.chat_send(uuid, uuid, text, jsonb, uuid, uuid, text[]) to authenticated;

revoke all on function public.chat_preview(uuid, uuid, uuid, text[])
  from public, anon, authenticated, service_role;
grant execute on function public.chat_preview(uuid, uuid, uuid, text[]) to authenticated;

revoke all on function public.chat_list(integer, timestamptz, uuid) from public, anon, authenticated, service_role;
grant execute on function public.chat_list(integer, timestamptz, uuid) to authenticated;

revoke all on function public.chat_page(uuid, integer, bigint, bigint) from public, anon, authenticated, service_role;
grant execute on function public.chat_page(uuid, integer, bigint, bigint) to authenticated;

revoke all on function public.chat_mark_read(uuid, uuid) from public, anon, authenticated, service_role;
grant execute on function public.chat_mark_read(uuid, uuid) to authenticated;

revoke all on function public.chat_export() from public, anon, authenticated, service_role;
grant execute on function public.chat_export() to authenticated;

revoke all on function public.chat_export(text, uuid, bigint) from public, anon, authenticated, service_role;
grant execute on function public.chat_export(text, uuid, bigint) to authenticated;

revoke all on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[])
  from public, anon, authenticated, service_role;
grant execute on function public.chat_reply(uuid, uuid, uuid, bigint, jsonb, text, jsonb, text, jsonb, text[])
  to service_role;

revoke all on function public.chat_import(uuid, text, jsonb, jsonb, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_import(uuid, text, jsonb, jsonb, uuid) to service_role;

revoke all on function public.chat_forget(uuid, integer) from public, anon, authenticated, service_role;
grant execute on function public.chat_forget(uuid, integer) to service_role;

revoke all on function public.chat_submit_inquiry(uuid, text, text, jsonb, text, uuid, jsonb)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_submit_inquiry(uuid, text, text, jsonb, text, uuid, jsonb) to service_role;

revoke all on function public.chat_operator_inquiries(text, text, integer, timestamptz, uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_operator_inquiries(text, text, integer, timestamptz, uuid) to service_role;

revoke all on function public.chat_operator_mark(uuid, text) from public, anon, authenticated, service_role;
grant execute on function public.chat_operator_mark(uuid, text) to service_role;

revoke all on function public.chat_operator_day(timestamptz, timestamptz, integer)
  from public, anon, authenticated, service_role;
grant execute on function public.chat_operator_day(timestamptz, timestamptz, integer) to service_role;

revoke all on function private.place_message() from public, anon, authenticated, service_role;
revoke all on function private.clamp_read_marker() from public, anon, authenticated, service_role;
revoke all on function private.refuse_blank_values() from public, anon, authenticated, service_role;

revoke all on function guard.before_request() from public, anon, authenticated, service_role;
grant execute on function guard.before_request() to anon, authenticated, service_role;
