-- Generated from the migrations by `make schema`: what needs tables and functions first.

CREATE INDEX chat_contacts_parts_idx ON public.chat_contacts USING gin (public.inbox_parts(public.inbox_known_as(name, email)));
CREATE TRIGGER know_account BEFORE INSERT ON public.chat_contacts FOR EACH ROW WHEN ((new.user_id IS NOT NULL)) EXECUTE FUNCTION private.know_account();
CREATE TRIGGER search_again AFTER UPDATE OF name, email, phone, attributes ON public.chat_contacts FOR EACH ROW WHEN (((((old.name IS DISTINCT FROM new.name) OR (old.email IS DISTINCT FROM new.email)) OR (old.phone IS DISTINCT FROM new.phone)) OR (old.attributes IS DISTINCT FROM new.attributes))) EXECUTE FUNCTION private.search_again();
CREATE TRIGGER follow_begun_conversation AFTER INSERT ON public.chat_conversations FOR EACH ROW EXECUTE FUNCTION private.follow_conversation();
CREATE TRIGGER follow_conversation AFTER UPDATE ON public.chat_conversations FOR EACH ROW WHEN (((((old.status IS DISTINCT FROM new.status) OR (old.handling IS DISTINCT FROM new.handling)) OR (old.channel IS DISTINCT FROM new.channel)) OR ((new.last_seq = old.last_seq) AND ((old.rev IS DISTINCT FROM new.rev) OR (old.last_message_at IS DISTINCT FROM new.last_message_at))))) EXECUTE FUNCTION private.follow_conversation();
CREATE TRIGGER make_contact BEFORE INSERT ON public.chat_conversations FOR EACH ROW EXECUTE FUNCTION private.make_contact();
CREATE TRIGGER note_gone AFTER DELETE ON public.chat_conversations REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION private.note_gone();
CREATE TRIGGER place_message BEFORE INSERT ON public.chat_messages FOR EACH ROW EXECUTE FUNCTION private.place_message();
CREATE TRIGGER tell_message AFTER INSERT ON public.chat_messages REFERENCING NEW TABLE AS said FOR EACH STATEMENT EXECUTE FUNCTION private.tell_message();
CREATE TRIGGER clamp_read_marker BEFORE INSERT OR UPDATE ON public.chat_conversation_reads FOR EACH ROW EXECUTE FUNCTION private.clamp_read_marker();
CREATE TRIGGER refuse_blank_values BEFORE INSERT ON public.chat_inquiries FOR EACH ROW EXECUTE FUNCTION private.refuse_blank_values();
CREATE TRIGGER search_again AFTER INSERT ON public.chat_inquiries FOR EACH ROW WHEN ((new.conversation_id IS NULL)) EXECUTE FUNCTION private.search_again();
CREATE TRIGGER keep_hours AFTER UPDATE ON public.chat_team FOR EACH ROW WHEN (((((((old.time_zone IS DISTINCT FROM new.time_zone) OR (old.spans IS DISTINCT FROM new.spans)) OR (old.holidays IS DISTINCT FROM new.holidays)) OR (old.always_open IS DISTINCT FROM new.always_open)) OR (old.override_open IS DISTINCT FROM new.override_open)) OR (old.override_until IS DISTINCT FROM new.override_until))) EXECUTE FUNCTION private.keep_hours();
CREATE TRIGGER search_again AFTER UPDATE OF content ON public.chat_notes FOR EACH ROW WHEN ((old.content IS DISTINCT FROM new.content)) EXECUTE FUNCTION private.search_again();
CREATE TRIGGER tell_others AFTER INSERT ON public.chat_activities REFERENCING NEW TABLE AS happened FOR EACH STATEMENT EXECUTE FUNCTION private.tell_others();
CREATE TRIGGER keep_terms AFTER INSERT OR UPDATE OF tokens, title_tokens, question_tokens ON public.kb_chunks FOR EACH ROW EXECUTE FUNCTION private.keep_terms();
