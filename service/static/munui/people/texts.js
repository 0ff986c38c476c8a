/** What is said of people alone, in both languages: it comes with the file that needs it. */

export default {
  ko: {
    ask: "상담은 어떠셨나요?",
    score: "5점 중 {n}점",
    comment: "더 하고 싶은 말씀 (선택)",
    rate: "평가 보내기",
    thanks: "소중한 의견 고맙습니다.",
    away: "모두 자리를 비웠어요. 돌아오는 대로 답해 드릴게요.",
  },
  en: {
    ask: "How was it?",
    score: "{n} of 5",
    comment: "Anything else? (optional)",
    rate: "Send",
    thanks: "Thank you for telling us.",
    away: "Everybody is away. We will answer as soon as we can.",
  },
};
