-- Messages as people write them, past the triggers: words as common as words are (a few in every third message, most of
-- them hardly ever), order numbers, codes and telephone numbers; ten a conversation, over two years.

with customers as (
  insert into public.chat_contacts (id, created_at, name, phone)
  select md5('searched' || n)::uuid, now() - n * interval '10 minutes', (array['김', '이', '박', '최', '정'])[1 + n %% 5] || (array['민수', '서연', '지훈', '하은'])[1 + n / 5 %% 4],
    '010-' || lpad((n * 7919 %% 10000)::text, 4, '0') || '-' || lpad((n %% 10000)::text, 4, '0')
  from generate_series(%(first)s::integer, %(last)s::integer) n
), conversations as (
  insert into public.chat_conversations (id, user_id, status, handling, created_at, last_message_at, last_seq, message_count)
  select md5('searched' || n)::uuid, md5('searched' || n)::uuid, case when n %% 50 = 0 then 'open' else 'completed' end, 'agent',
    now() - n * interval '10 minutes', now() - n * interval '10 minutes', %(each)s, %(each)s
  from generate_series(%(first)s::integer, %(last)s::integer) n
), desk as (
  insert into public.chat_desk (conversation_id, status, handling, last_message_at)
  select md5('searched' || n)::uuid, case when n %% 50 = 0 then 'open' else 'completed' end, 'agent', now() - n * interval '10 minutes'
  from generate_series(%(first)s::integer, %(last)s::integer) n
), syllables as materialized (
  select string_to_array('가고기나다단대도동라로리마만모무문미민바박배보부비사산상서선성소송수시신아안양여영오용우원유은의이인일자장전정제조주중지진차창천체초최출코타통파포표품하한항해행현호화환후', null) as of
), common as materialized (
  select string_to_array(
    '배송 주문 환불 교환 취소 결제 상품 쿠폰 문의 확인 회원 가입 반품 택배 포인트 적립 사이즈 색상 재고 입고 품절 오류 로그인 비밀번호 영수증 세금계산서 현금영수증 무이자 할부 카드 계좌 입금 출금 송금 이벤트 할인 당첨 사은품 리뷰 사진 파손 불량 누락 지연 도착 출고 발송 수령 주소 변경',
    ' '
  ) as of
)
insert into public.chat_messages (
  id, conversation_id, user_id, seq, role, kind, content, client_message_id, author, created_at
)
select md5('said' || n || ' ' || s)::uuid, md5('searched' || n)::uuid, md5('searched' || n)::uuid, s,
  case when s %% 3 = 1 then 'user' when s %% 3 = 2 then 'bot' else 'system' end, 'text',
  case when s = 2 then '안녕하세요! 무엇을 도와드릴까요? 아래에서 문의 종류를 골라 주세요.' else words.said end,
  md5('said' || n || ' ' || s)::uuid,
  case when s %% 3 = 0 then '{"name": "상담원", "avatarUrl": null}'::jsonb end,
  now() - n * interval '10 minutes' + s * interval '20 seconds'
from generate_series(%(first)s::integer, %(last)s::integer) n
cross join generate_series(1, %(each)s::integer) s
cross join syllables
cross join common
cross join lateral (
  select string_agg(
    case
      when w.chance < 0.55 then common.of[1 + floor(power(random(), 3) * cardinality(common.of))::integer]
        || (array['', '', '을', '이', '은', '에', '도', '까지'])[1 + floor(random() * 8)::integer]
      -- One of so many that most are rare, and each is the same word each time.
      when w.chance < 0.95 then (
        select string_agg(syllables.of[1 + (hashint4(k.number * 31 + p) & 1048575) %% cardinality(syllables.of)], '' order by p)
        from (select floor(power(random(), 2) * 20000)::integer as number) k, generate_series(1, 2 + w.chance::integer) p
      )
      when w.chance < 0.97 then 'E-' || (4000 + floor(random() * 100))::text
      when w.chance < 0.99 then '2026' || lpad(floor(random() * 1231)::text, 4, '0') || '-' || lpad((n * 10 + s)::text, 7, '0')
      else 'order' || floor(random() * 5000)::text
    end, ' ' order by w.place
  ) || (array[' 해 주세요.', ' 언제 되나요?', ' 알려 주세요', '입니다.', ' 확인했습니다.', ' 감사합니다!'])[1 + floor(random() * 6)::integer] as said
  -- Named, so that it is drawn for each message anew.
  from (select n, s, place, random() as chance from generate_series(1, 4 + s %% 5) place) w
) words
