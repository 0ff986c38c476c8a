-- What is shipped: ask for a rating, tell of who waits too long, sort inquiries by their topic. Each can be turned off,
-- changed and deleted; no later migration brings it back.

insert into public.chat_labels (name, color)
values ('답변 지연', '#c92a2a'), ('배송', '#1971c2'), ('교환·반품', '#e8590c'), ('결제', '#2f9e44')
on conflict do nothing;

insert into public.chat_rules (name, position, types, condition, actions, waiting_minutes)
values
  (
    '상담이 끝나면 평점 물어보기', 0, '{conversation.completed}',
    '{"field": "conversation.channel", "op": "is", "value": "web"}',
    '[{"type": "askRating"}]',
    null
  ),
  (
    '10분 넘게 기다리면 알리기', 1, '{}',
    '{"all": [
      {"field": "conversation.waiting", "op": "olderThan", "value": 10},
      {"field": "hours.isOpen", "op": "is", "value": true}
    ]}',
    '[{"type": "addLabel", "label": "답변 지연"}, {"type": "setPriority", "priority": "urgent"}]',
    10
  ),
  (
    '배송 문의에 라벨 붙이기', 2, '{inquiry.submitted}',
    '{"field": "form.topic", "op": "is", "value": "shipping"}', '[{"type": "addLabel", "label": "배송"}]', null
  ),
  (
    '교환·반품 문의에 라벨 붙이기', 3, '{inquiry.submitted}',
    '{"field": "form.topic", "op": "is", "value": "returns"}', '[{"type": "addLabel", "label": "교환·반품"}]', null
  ),
  (
    '결제 문의에 라벨 붙이기', 4, '{inquiry.submitted}',
    '{"field": "form.topic", "op": "is", "value": "payment"}', '[{"type": "addLabel", "label": "결제"}]', null
  )
on conflict do nothing;

insert into public.chat_listeners (type, rule_id)
select distinct listened.type, r.id
from public.chat_rules r
cross join lateral unnest(r.types) listened (type)
where r.is_active
on conflict do nothing;
