-- Until now an operator was whose account said so in app_metadata. From here on the table alone decides; whoever was one
-- stays one, as an admin, and nothing is read there any more.

insert into public.chat_operators (user_id, display_name, role)
select u.id, '상담원', 'admin'
from auth.users u
where u.raw_app_meta_data ->> 'role' = 'admin'
on conflict (user_id) do nothing;
