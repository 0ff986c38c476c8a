"""The texts of the pages in every language they speak, and which language a request gets.

Belongs here: short texts of the shell around the chat. Does not belong here: what the bot says (the flow).
"""

from __future__ import annotations

from flask import request

from service.domain.state import LOCALES, Locale
from service.web.context import services

COOKIE = "lang"

KO = {
    "title": "Munui 문의",
    "tagline": "무엇이든 물어보세요. 대화는 안전하게 저장됩니다.",
    "email": "이메일",
    "password": "비밀번호",
    "sign_in": "로그인",
    "sign_up": "회원가입",
    "sign_out": "로그아웃",
    "no_account": "처음이신가요?",
    "conversations": "대화 목록",
    "new_conversation": "새 대화",
    "no_conversations": "아직 대화가 없습니다.",
    "message": "메시지를 입력하세요",
    "send": "보내기",
    "submit": "제출",
    "back": "처음으로",
    "open": "진행 중",
    "completed": "완료",
    "you": "나",
    "bot": "상담봇",
    "choose": "선택하세요",
    "older": "이전 메시지 보기",
    "notice_confirm": "메일을 보냈습니다. 메일의 링크를 누른 뒤 로그인하세요.",
    "auth_credentials": "이메일 또는 비밀번호가 올바르지 않습니다.",
    "auth_unconfirmed": "이메일 주소를 먼저 확인해 주세요. 메일함의 링크를 눌러 주세요.",
    "auth_weak_password": "더 길고 추측하기 어려운 비밀번호를 써 주세요.",
    "auth_invalid_email": "이메일 주소를 확인해 주세요.",
    "auth_taken": "이 정보로 계정을 만들 수 없습니다. 이미 계정이 있다면 로그인해 주세요.",
    "auth_closed": "지금은 가입할 수 없습니다.",
    "auth_too_often": "시도가 너무 많습니다. 잠시 후 다시 시도해 주세요.",
    "auth_other": "요청을 처리할 수 없습니다. 입력한 내용을 확인해 주세요.",
    "auth_missing": "이메일과 비밀번호를 모두 입력해 주세요.",
    "auth_unavailable": "지금은 연결할 수 없습니다. 잠시 후 다시 시도해 주세요.",
    "error_malformed_json": "요청을 읽을 수 없습니다.",
    "error_unauthenticated": "다시 로그인해 주세요.",
    "error_token_expired": "다시 로그인해 주세요.",
    "error_origin_not_allowed": "이 요청은 이 페이지에서 보내야 합니다. 앱의 주소로 다시 열어 주세요.",
    "error_not_found": "찾을 수 없습니다.",
    "error_method_not_allowed": "할 수 없는 요청입니다.",
    "error_idempotency_conflict": "같은 번호로 다른 내용이 이미 저장되었습니다.",
    "error_already_answered": "이미 답한 질문입니다.",
    "error_conversation_completed": "완료된 대화입니다. 새 대화를 시작해 주세요.",
    "error_payload_too_large": "내용이 너무 큽니다.",
    "error_unsupported_media_type": "지원하지 않는 형식입니다.",
    "error_invalid": "입력한 내용을 확인해 주세요.",
    "error_unknown_chip": "더 이상 없는 선택지입니다.",
    "error_invalid_form": "양식에 적은 내용을 확인해 주세요.",
    "error_rate_limited": "요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.",
    "error_internal": "문제가 생겼습니다. 다시 시도해 주세요.",
    "error_upstream_unavailable": "지금은 연결할 수 없습니다. 잠시 후 다시 시도해 주세요.",
    "error_network": "인터넷 연결을 확인해 주세요.",
}

EN = {
    "title": "Munui",
    "tagline": "Ask us anything. Your conversations are kept safely.",
    "email": "E-mail",
    "password": "Password",
    "sign_in": "Sign in",
    "sign_up": "Sign up",
    "sign_out": "Sign out",
    "no_account": "New here?",
    "conversations": "Conversations",
    "new_conversation": "New conversation",
    "no_conversations": "No conversations yet.",
    "message": "Write a message",
    "send": "Send",
    "submit": "Submit",
    "back": "Back to the start",
    "open": "open",
    "completed": "completed",
    "you": "You",
    "bot": "Assistant",
    "choose": "Choose",
    "older": "Show earlier messages",
    "notice_confirm": "We sent you a mail. Follow its link, then sign in.",
    "auth_credentials": "The e-mail or the password is not right.",
    "auth_unconfirmed": "Confirm your e-mail address first: follow the link in our mail.",
    "auth_weak_password": "Choose a longer password that is harder to guess.",
    "auth_invalid_email": "Check the e-mail address.",
    "auth_taken": "No account can be made with these details. If you already have one, sign in.",
    "auth_closed": "Signing up is not possible at the moment.",
    "auth_too_often": "Too many attempts. Try again in a while.",
    "auth_other": "This did not work. Check what you entered.",
    "auth_missing": "Enter both an e-mail address and a password.",
    "auth_unavailable": "We cannot connect at the moment. Try again in a while.",
    "error_malformed_json": "The request could not be read.",
    "error_unauthenticated": "Please sign in again.",
    "error_token_expired": "Please sign in again.",
    "error_origin_not_allowed": "This must be sent from this page. Open the app at its own address.",
    "error_not_found": "Not found.",
    "error_method_not_allowed": "This cannot be done.",
    "error_idempotency_conflict": "Something else was already saved under the same id.",
    "error_already_answered": "This question was already answered.",
    "error_conversation_completed": "This conversation is completed. Start a new one.",
    "error_payload_too_large": "This is too large.",
    "error_unsupported_media_type": "This format is not supported.",
    "error_invalid": "Check what you entered.",
    "error_unknown_chip": "This choice no longer exists.",
    "error_invalid_form": "Check what you entered in the form.",
    "error_rate_limited": "Too many requests. Try again in a while.",
    "error_internal": "Something went wrong. Please try again.",
    "error_upstream_unavailable": "We cannot connect at the moment. Try again in a while.",
    "error_network": "Check your internet connection.",
}

TEXTS: dict[Locale, dict[str, str]] = {"ko": KO, "en": EN}


def current_locale() -> Locale:
    """The language of this request: `?lang=`, then the cookie, then the browser's wish, then the setting."""
    for wish in (
        request.args.get("lang"),
        request.cookies.get(COOKIE),
        request.accept_languages.best_match(LOCALES),
    ):
        for locale in LOCALES:
            if wish == locale:
                return locale
    return services().settings.default_locale
