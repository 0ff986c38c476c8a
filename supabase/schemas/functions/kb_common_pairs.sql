-- Pairs of syllables of the same kind, for words that the list of endings does not cut: 수있나, 하려면.

create or replace function public.kb_common_pairs() returns text[]
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  select string_to_array(regexp_replace(btrim('
    가나 가능 가요 감사 갔어 거든 거를 거예 건가 것은 것을 것이 경우 고싶 고요 관련 군요 궁금 그거 그건 그게 그냥 그런 금해 까요 까지 나와 나요 네요 녕하 는데 는지 능한
    능해 니까 니다 다고 대요 대한 대해 던데 데요 도돼 도되 돼요 되나 되는 되면 될까 될수 드려 드립 디서 디에 때문 떻게 뜻이 라고 래요 려면 려요 려주 려줘 립니 마나 많이
    면요 무슨 무엇 문에 뭐가 뭐예 뭔가 방법 부탁 부터 사합 서요 세요 수가 수도 수있 습니 시나 시는 시면 실수 싶어 싶은 아도 아요 안녕 알려 았는 았어 야되 야하 어도 어디
    어떤 어떻 어요 언제 얼마 없는 었는 었어 에게 에서 에요 여쭙 여쭤 예요 오나 오는 올까 와요 왔는 왔어 위해 으로 으면 은데 을까 이거 이건 이게 이나 이라 이란 이런 이에
    이요 인가 인데 있나 있는 있어 있을 저거 저건 저는 저런 저희 정말 제가 제까 조금 주나 주는 주면 주세 주시 주실 줄수 지금 지요 진짜 탁드 통해 하고 하나 하는 하려 하면
    하세 하지 한데 한테 할까 할수 합니 해도 해서 해야 해요 해줘 했는 했어 혹시
  '), '\s+', ' ', 'g'), ' ')
$$;

comment on function public.kb_common_pairs() is
  'For retrieval, inside other functions: bigrams of Korean endings and auxiliaries, which say little.';

revoke all on function public.kb_common_pairs() from public, anon, authenticated, service_role;
grant execute on function public.kb_common_pairs() to authenticated, service_role;
