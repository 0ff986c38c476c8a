/** What the element itself says in Korean. What the bot says comes with the flow. */

export default {
  title: "문의하기", close: "닫기", list: "대화 목록", log: "대화 내용", input: "메시지", write: "메시지를 입력해 주세요", send: "보내기", newChat: "새 대화",
  unread: "읽지 않은 메시지 {n}개", online: "보통 바로 답해 드려요", offline: "오프라인이에요", done: "종료된 대화예요", ended: "종료",
  user: "나", bot: "상담봇", system: "안내", typing: "답을 쓰고 있어요", quick: "빠른 답변", opens: " (새 창)", today: "오늘",
  hello: "무엇이 궁금하세요?", hint: "남겨 주시면 바로 답해 드려요.", more: "더 보기", older: "이전 메시지 보기", newMessages: "새 메시지",
  sending: "보내는 중", waiting: "연결되면 보낼게요", failed: "보내지 못했어요", retry: "다시 시도", discard: "지우기", retryIn: "{n}초 뒤에 다시 시도할게요.",
  offlineBanner: "인터넷 연결이 끊겼어요. 보낸 메시지는 연결되면 전해 드려요.", completed: "종료된 대화예요. 더 궁금한 점은 새 대화로 남겨 주세요.",
  submitted: "보낸 내용", formSent: "양식을 보냈어요", choose: "선택해 주세요", optional: "선택", yes: "예", formPreview: "양식을 채워 주세요", chipsPreview: "답변을 골라 주세요",
  formFaults: "표시된 항목을 확인해 주세요.", lockedForm: "이 양식은 더 이상 보낼 수 없어요.", counter: "{n} / {max}자",
  signIn: "로그인", signInAgain: "로그인이 만료됐어요. 쓰던 내용은 그대로 있으니 다시 로그인해 주세요.",
  keepTitle: "나누던 대화를 가져올까요?", keep: "이 브라우저에 남은 대화 {n}개를 내 계정으로 옮겨요. 여럿이 쓰는 컴퓨터라면 내 대화인지 확인해 주세요.", keepYes: "가져오기", keepNo: "나중에",
  notSaved: "이 브라우저에 저장할 자리가 없어요. 창을 닫으면 대화가 사라져요.",
  faults: { required: "필수 항목입니다.", consent: "동의가 필요합니다.", minlength: "{n}자 이상 입력해 주세요.", maxlength: "{n}자 이하로 입력해 주세요.", email: "이메일 주소를 확인해 주세요." },
  errors: {
    network: "연결하지 못했어요.", rate_limited: "요청이 너무 많아요.", upstream_unavailable: "지금은 답하기 어려워요.", internal: "문제가 생겼어요.",
    already_answered: "다른 곳에서 이미 답한 질문이에요.", conversation_completed: "이미 종료된 대화예요. 쓰신 내용은 새 대화에 남겨 둘게요.", not_found: "대화를 찾을 수 없어요.",
    origin_not_allowed: "이 사이트에서는 문의를 쓸 수 없어요.", invalid: "보낼 수 없는 내용이에요.",
  },
};
