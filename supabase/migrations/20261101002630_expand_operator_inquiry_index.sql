-- Inquiries of every status by time. By one status there is chat_inquiries_recent_idx.

create index concurrently if not exists chat_inquiries_created_idx on public.chat_inquiries (created_at desc, id desc);
