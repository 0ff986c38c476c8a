-- What remains of a Korean word without particles and endings, at least two syllables. A list, no grammar: one cut too few
-- or too many costs little, as pairs of syllables are compared. Dialects and slips are left alone.

create or replace function public.kb_korean_stem(p_word text) returns text
language sql
immutable
parallel safe
security invoker
set search_path = ''
as $$
  with cut (ending, particle) as (
    select
      '^(..+?)(?:' ||
      '이었는데|주시나요|주시는지|주실래요|하려고요|하시나요|하십니까|했는데요|거든요|는데요|는지요|돼나요|됐나요|됐는데|됐어요|되나요|되는지|될까요|드려도|려고요|습니까|습니다|' ||
      '시나요|았나요|았는데|았어요|었나요|었는데|었어요|으려고|을까요|이라서|이에요|인가요|인데요|입니까|입니다|주나요|주세요|주시면|줄래요|하나요|하는지|하다가|하려고|하려면|' ||
      '하면은|하시는|한다고|할게요|할까요|할래요|합니까|합니다|했나요|했는데|했는디|했어요|거든|고요|군요|까요|나요|네요|는데|는지|던데|돼요|되냐|되는|되면|되요|려고|려면|세요|' ||
      '시면|아도|아서|아야|아요|어도|어서|어야|어요|에여|에요|여요|예요|으면|은데|은지|을까|을지|이야|인데|인지|주냐|주실|줘요|지요|하게|하고|하기|하는|하려|하면|하자|하지|' ||
      '해도|해서|해야|해요|고|기|니|다|던|돼|됐|되|된|될|러|며|면|야|음|자|죠|줘|지|한|할|함|해|했'
      || ')$',
      '^(..+?)(?:' ||
      '에서부터|으로부터|까지는|까지도|부터는|에게는|에서는|에서도|으로는|이라고|이라는|이라도|한테는|까지|께서|라고|라는|라도|마다|밖에|보다|부터|에게|에서|으로|이나|이란|이랑|' ||
      '처럼|하고|한테|가|과|께|나|는|도|랑|로|를|만|에|와|요|은|을|의|이'
      || ')$'
  )
  -- Twice each: 주문하려면은, 확인까지도.
  select regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    p_word, cut.ending, '\1'), cut.particle, '\1'), cut.ending, '\1'), cut.particle, '\1')
  from cut
$$;

comment on function public.kb_korean_stem(text) is
  'For retrieval, inside other functions: a Korean word without particles and endings; at least its first two syllables.';

revoke all on function public.kb_korean_stem(text) from public, anon, authenticated, service_role;
grant execute on function public.kb_korean_stem(text) to authenticated, service_role;
