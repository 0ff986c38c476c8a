/**
 * What the element itself says, in both languages. What the bot says comes with the flow.
 */

const KO = {
  title: "문의하기", open: "문의하기 열기", close: "닫기", back: "대화 목록", send: "보내기", newChat: "새 대화",
  unread: "읽지 않은 메시지 {n}개", panel: "문의 채팅", log: "대화 내용", list: "대화 목록", input: "메시지", write: "메시지를 입력해 주세요",
  online: "보통 바로 답해 드려요", offline: "오프라인이에요", done: "종료된 대화예요", connecting: "연결하는 중이에요", doneShort: "종료",
  you: "나", bot: "상담봇", system: "안내", typing: "상담봇이 답을 쓰고 있어요", quick: "빠른 답변",
  emptyTitle: "무엇이 궁금하세요?", empty: "남겨 주시면 바로 답해 드려요.", recent: "지난 대화", more: "더 보기", older: "이전 메시지 불러오기", newMessages: "새 메시지",
  today: "오늘", yesterday: "어제", sending: "보내는 중", waiting: "연결되면 보낼게요", failed: "보내지 못했어요", retry: "다시 보내기", discard: "지우기",
  tryAgain: "다시 시도", retryIn: "{n}초 뒤에 다시 시도할게요", offlineBanner: "인터넷 연결이 끊겼어요. 보낸 메시지는 연결되면 전해 드려요.",
  completed: "종료된 대화예요.", completedHint: "더 궁금한 점은 새 대화로 남겨 주세요.", lockedForm: "이 양식은 더 이상 보낼 수 없어요.",
  submit: "보내기", submitting: "보내는 중…", submitted: "보낸 내용", formSent: "양식을 보냈어요", choose: "선택해 주세요", optional: "선택", yes: "동의함", no: "동의 안 함", formPreview: "양식을 채워 주세요", chipsPreview: "답변을 골라 주세요",
  formFaults: "표시된 항목을 확인해 주세요.", counter: "{n} / {max}자", tooLong: "{max}자까지 보낼 수 있어요.",
  signIn: "로그인", signInAgain: "로그인이 만료됐어요. 쓰던 내용은 그대로 있으니 다시 로그인해 주세요.",
  keepTitle: "나누던 대화를 가져올까요?", keep: "이 브라우저에 남은 대화 {n}개를 내 계정으로 옮겨요. 여럿이 쓰는 컴퓨터라면 내 대화인지 확인해 주세요.", keepYes: "가져오기", keepNo: "나중에", keepFailed: "옮기지 못했어요. 대화는 이 브라우저에 그대로 있어요.",
  notSaved: "이 브라우저에 저장할 자리가 없어요. 창을 닫으면 대화가 사라져요.", opens: "(새 창)",
  faults: { required: "필수 항목입니다.", consent: "동의가 필요합니다.", minlength: "{n}자 이상 입력해 주세요.", maxlength: "{n}자 이하로 입력해 주세요.", email: "이메일 주소를 확인해 주세요.", other: "올바르지 않은 값입니다." },
  errors: {
    network: "연결하지 못했어요.", rate_limited: "요청이 너무 많아요.", upstream_unavailable: "지금은 답하기 어려워요.", internal: "문제가 생겼어요.",
    already_answered: "다른 기기에서 이미 답한 질문이에요.", conversation_completed: "이미 종료된 대화예요. 쓰신 내용은 새 대화에 남겨 둘게요.", not_found: "대화를 찾을 수 없어요.",
    origin_not_allowed: "이 사이트에서는 문의를 쓸 수 없어요.", invalid: "보낼 수 없는 내용이에요.",
  },
};

const EN = {
  title: "Chat with us", open: "Open chat", close: "Close", back: "Conversations", send: "Send", newChat: "New conversation",
  unread: "{n} unread messages", panel: "Chat", log: "Conversation", list: "Conversations", input: "Message", write: "Write a message",
  online: "We usually answer at once", offline: "You are offline", done: "This conversation has ended", connecting: "Connecting", doneShort: "Ended",
  you: "You", bot: "Assistant", system: "Notice", typing: "The assistant is typing", quick: "Quick replies",
  emptyTitle: "How can we help?", empty: "Ask us anything, we answer at once.", recent: "Your conversations", more: "Show more", older: "Load older messages", newMessages: "New messages",
  today: "Today", yesterday: "Yesterday", sending: "Sending", waiting: "Will be sent when you are back online", failed: "Not sent", retry: "Send again", discard: "Delete",
  tryAgain: "Try again", retryIn: "Trying again in {n} s", offlineBanner: "You are offline. What you send goes out as soon as you are back.",
  completed: "This conversation has ended.", completedHint: "Start a new one if you have another question.", lockedForm: "This form can no longer be sent.",
  submit: "Send", submitting: "Sending…", submitted: "What you sent", formSent: "I sent the form", choose: "Choose one", optional: "optional", yes: "Agreed", no: "Not agreed", formPreview: "Please fill in the form", chipsPreview: "Choose an answer",
  formFaults: "Please check the marked fields.", counter: "{n} of {max} characters", tooLong: "A message can have {max} characters.",
  signIn: "Sign in", signInAgain: "Your sign-in has expired. What you wrote is kept; please sign in again.",
  keepTitle: "Keep this chat?", keep: "Move {n} conversation(s) of this browser to your account. On a shared computer, make sure they are yours.", keepYes: "Keep", keepNo: "Not now", keepFailed: "That did not work. The chat is still in this browser.",
  notSaved: "This browser has no room to save the chat. It is lost when you close the window.", opens: "(new window)",
  faults: { required: "This field is required.", consent: "Your consent is needed.", minlength: "Use at least {n} characters.", maxlength: "Use at most {n} characters.", email: "Check the e-mail address.", other: "This value cannot be used." },
  errors: {
    network: "No connection.", rate_limited: "Too many requests.", upstream_unavailable: "We cannot answer right now.", internal: "Something went wrong.",
    already_answered: "This question was answered on another device.", conversation_completed: "This conversation has ended. What you wrote is kept for a new one.", not_found: "This conversation cannot be found.",
    origin_not_allowed: "The chat cannot be used on this site.", invalid: "This cannot be sent.",
  },
};

/** @param {string|null} locale @returns {"ko"|"en"} the nearest language that exists */
export const nearest = (locale) => ((locale || "ko").toLowerCase().startsWith("ko") ? "ko" : "en");

/** @param {string} locale @returns {typeof KO} */
export const textsOf = (locale) => (locale === "ko" ? KO : EN);

/** @param {string} text with {names} @param {Record<string, string|number>} values @returns {string} */
export const insert = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
