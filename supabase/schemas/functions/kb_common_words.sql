-- Words that every question has, whatever it is about: asking, pointing, being polite. (English ones that the stemmer's own
-- list of stop words does not have.)

create or replace function public.kb_common_words() returns text[]
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select string_to_array(regexp_replace(btrim('
    가 가능 간 갈 감사 같 같아 같은 거 거기 거예 건 건가 걸 걸려 걸리 것 것도 게 경우 계속 궁금 궁금하옵 궁금한 궁금합 그 그거 그건 그게 그냥 그대로 그래서 그러면 그런 그런데 그럴 그럼
    그렇게 그리고 근데 나 나서 나오 나와 내 너 너무 누가 누구 다 다시 답 대해 더 데 되 되게 됩 두 뒤 드 들 등 때 때문 또 또는 뜻 많이 말 말씀 맞 맞죠 매우 먼저 며칠 몇 몇일 모두
    모르 못 무슨 무엇 문의 뭐 뭐가 뭐라 뭐뭐 뭔 뭔가 뭘 및 바로 방법 보 볼 봐 부탁 부탁드려 부탁드립 설명 수 수가 수는 수도 싶 싶습 싶어 싶은 써 쓰 쓸 아까 아니 아니면 아직 안 안녕
    안녕하 알 알고 알려 어 어디 어떡 어떤 어떻 어떻게 어케 언제 얼마 없 없나 없는 없어 여기 여쭙 여쭤 여쭤봐 오 오늘 온 올 와 완전 왜 우리 원래 위해 의미 이 이거 이건 이게 이런 이럴
    이렇게 이미 있 있나 있는 있습 있어 있으 있을 자세히 저 저거 저건 저기 저는 저런 저희 적 전 전부 정도 정말 제 제가 조금 좀 주 주시 준 줄 중 지금 직접 진짜 질문 처음 필요 필요한 하
    하나 한 함 합 해결 해결법 혹시 확인 후
    cant could does doesnt dont get got hello hi know may mean might much must need please say shall tell thanks
    us want wont would
  '), '\s+', ' ', 'g'), ' ')
$$;

comment on function public.kb_common_words() is
  'For retrieval, inside other functions: stems of Korean words, and English words, that say nothing of what a question is about.';

revoke all on function public.kb_common_words() from public, anon, authenticated, service_role;
grant execute on function public.kb_common_words() to authenticated, service_role;
