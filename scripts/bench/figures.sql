-- A hundred thousand conversations of ninety days, past the triggers: six of ten of the bot's alone, the others asked for,
-- answered twice, completed and one of four rated, with as many activities as such conversations have.

with customer as (
  insert into public.chat_contacts (id, user_id) values (%(customer)s, %(customer)s) on conflict do nothing
), numbers as (
  select n, md5('figures' || n)::uuid as id, now() - n * %(every)s * interval '1 second' as begun
  from generate_series(1, %(count)s) n
), conversations as (
  insert into public.chat_conversations (id, user_id, status, handling, created_at, last_message_at, rating)
  select
    n.id, %(customer)s, 'completed', case when n.n %% 10 < 6 then 'bot' else 'agent' end, n.begun, n.begun,
    case when n.n %% 10 = 7 then jsonb_build_object('score', 4, 'rated_at', n.begun + interval '1600 seconds') end
  from numbers n
)
insert into public.chat_activities (conversation_id, type, actor_kind, actor_id, data, created_at)
select
  n.id, a.type, a.kind, case when a.kind = 'operator' then %(operator)s::uuid end, a.data, n.begun + a.later * interval '1 second'
from numbers n
cross join lateral (
  values
    ('conversation.opened', 'member', '{}'::jsonb, 0, 'all'), ('message.created', 'member', '{}', 1, 'all'),
    ('message.created', 'bot', '{}', 2, 'all'), ('message.created', 'member', '{}', 10, 'all'),
    ('message.created', 'bot', '{}', 11, 'all'), ('conversation.completed', 'bot', '{}', 60, 'bot'),
    ('conversation.handed_over', 'member', '{"handling": "waiting"}', 60, 'people'),
    ('conversation.assigned', 'operator', '{}', 90, 'people'),
    ('message.created', 'operator', '{}', 100 + n.n %% 997, 'people'),
    ('message.created', 'member', '{}', 1200, 'people'), ('message.created', 'operator', '{}', 1300, 'people'),
    ('conversation.completed', 'operator', '{}', 1500, 'people'), ('conversation.rated', 'member', '{}', 1600, 'rated')
) a (type, kind, data, later, whose)
where a.whose = 'all'
  or a.whose = 'bot' and n.n %% 10 < 6
  or a.whose = 'people' and n.n %% 10 >= 6
  or a.whose = 'rated' and n.n %% 10 = 7
