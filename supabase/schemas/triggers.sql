-- Generated from the migrations by `make schema`: triggers, which need tables and functions first.

CREATE TRIGGER make_contact BEFORE INSERT ON public.chat_conversations FOR EACH ROW EXECUTE FUNCTION private.make_contact();
CREATE TRIGGER place_message BEFORE INSERT ON public.chat_messages FOR EACH ROW EXECUTE FUNCTION private.place_message();
CREATE TRIGGER clamp_read_marker BEFORE INSERT OR UPDATE ON public.chat_conversation_reads FOR EACH ROW EXECUTE FUNCTION private.clamp_read_marker();
CREATE TRIGGER refuse_blank_values BEFORE INSERT ON public.chat_inquiries FOR EACH ROW EXECUTE FUNCTION private.refuse_blank_values();
