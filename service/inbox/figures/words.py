"""What each figure counts, in words: they stand beside the figure on the page and in the file.

Belongs here: sentences for operators, heads of the file. Does not belong here: what is counted (`inbox_figures`).
"""

from __future__ import annotations

from service.core.locale import Locale

COUNTS: dict[Locale, dict[str, str]] = {
    "ko": {
        "waiting": "지금 상담원을 기다리는 상담이에요. 미룬 상담은 빼고, '답변 대기' 목록과 같아요."
        " 기간과는 관계없어요.",
        "begun": "이 기간에 시작된 모든 상담이에요. 비회원의 상담은 계정으로 옮겨진 때를 시작으로 봐요.",
        "firstAnswers": "이 기간에 상담원을 찾은 고객이, 찾은 때부터 상담원의 첫 답을 받기까지예요."
        " 봇의 답과 메모는 답이 아니에요."
        " 아직 답이 없는 상담은 시간에 넣지 않고 따로 세요. 상담원이 먼저 맡은 상담은 기다린 사람이 없어 빼요.",
        "completions": "이 기간에 완료된 상담이, 상담원을 찾은(또는 상담원이 맡은) 때부터 완료되기까지예요."
        " 미룬 시간도 들어가요. 다시 연 상담은 그때부터 따로 세요. 봇이 혼자 끝낸 상담은 빼요.",
        "workingSeconds": "근무 시간 기준은 그때의 근무 시간(점심·휴일·수동 설정 포함) 안에서 흐른 시간만 세요."
        " 나중에 근무 시간을 바꿔도 지난 기록은 그대로예요.",
        "days": "팀 시간대의 하루예요. 시작·찾음·완료는 각각 그 일이 일어난 날에 세고, 답은 찾은 날에 세요.",
        "operators": "보낸 답, 처음 답한 상담, 완료한 상담을 그 일을 한 상담원에게 세요."
        " 상담을 넘겨도 처음 답한 사람은 바뀌지 않아요. 팀을 떠난 상담원도 이 기간에 한 일이 있으면 나와요.",
        "labels": "지금 붙어 있는 라벨로 나눈 상담이에요. 라벨이 둘이면 두 곳에 모두 세고, 라벨이 없으면 세지 않아요.",
        "ratings": "이 기간에 받은 고객 평가예요. 한 상담을 여러 번 평가하면 마지막 것만 세요.",
    },
    "en": {
        "waiting": "Conversations that wait for a person now, as the list “waiting” shows them: without those put"
        " aside. Whatever the days.",
        "begun": "All conversations that began in these days. A guest's begins when it was taken over by an account.",
        "firstAnswers": "From the moment at which a customer asked for a person, in these days, to the first message"
        " of one. The bot's words and notes are no answers. Those without an answer are in no time and counted beside"
        " it. Where an operator took a conversation unasked, nobody waited: it is left out.",
        "completions": "Conversations that were people's and were completed in these days, from the moment a person was"
        " asked for (or took it). Time put aside counts. One that was opened again counts anew from there. What the bot"
        " ended alone is left out.",
        "workingSeconds": "Working time is only what lay within the team's hours as they were then: lunch, holidays and"
        " what was decided by hand. Changing the hours later changes nothing here.",
        "days": "Days of the team's time zone. Begun, asked and completed count on the day they happened, answers on"
        " the day they were asked for.",
        "operators": "Messages, first answers and completions of whoever did them. A transfer takes no first answer"
        " away. Who is not in the team any more is listed where they did something in these days.",
        "labels": "By the labels that conversations have now. One with two labels counts for both, one without for"
        " none.",
        "ratings": "What customers said in these days. The last word on a conversation counts.",
    },
}

# The file: its columns, the figures by their names, and the measures of each.
HEADS: dict[Locale, tuple[str, ...]] = {
    "ko": ("지표", "구분", "항목", "값", "단위", "무엇을 세나요"),
    "en": ("figure", "of", "measure", "value", "unit", "what it counts"),
}
UNITS: dict[Locale, dict[str, str]] = {
    "ko": {"count": "건", "seconds": "초", "score": "점"},
    "en": {"count": "count", "seconds": "seconds", "score": "score"},
}
NAMES: dict[Locale, dict[str, str]] = {
    "ko": {
        "waiting": "지금 대기", "begun": "시작된 상담", "firstAnswers": "첫 답", "completions": "완료", "days": "일별",
        "operators": "상담원별", "labels": "라벨별", "ratings": "평가",
        "count": "상담", "longestSeconds": "가장 오래 기다린 시간",
        "longestWorkingSeconds": "가장 오래 기다린 시간(근무 시간)",
        "asked": "상담원을 찾음", "answered": "답을 받음", "stillWaiting": "아직 기다림", "left": "답 없이 끝남",
        "seconds.median": "중앙값", "seconds.p90": "90번째 백분위수",
        "workingSeconds.median": "중앙값(근무 시간)", "workingSeconds.p90": "90번째 백분위수(근무 시간)",
        "completed": "완료", "byBot": "봇이 완료", "completedByBot": "봇이 완료", "unanswered": "답 없이 완료",
        "messages": "보낸 답", "average": "평균", "score": "{n}점",
    },
    "en": {
        "waiting": "waiting now", "begun": "begun", "firstAnswers": "first answers", "completions": "completed",
        "days": "by day", "operators": "by operator", "labels": "by label", "ratings": "ratings",
        "count": "conversations", "longestSeconds": "longest wait",
        "longestWorkingSeconds": "longest wait, working time",
        "asked": "asked for a person", "answered": "answered", "stillWaiting": "still waiting",
        "left": "ended without an answer",
        "seconds.median": "median", "seconds.p90": "90th percentile",
        "workingSeconds.median": "median, working time", "workingSeconds.p90": "90th percentile, working time",
        "completed": "completed", "byBot": "completed by the bot", "completedByBot": "completed by the bot",
        "unanswered": "completed without an answer",
        "messages": "messages", "average": "average", "score": "score {n}",
    },
}  # fmt: skip
