"""What is said where the model has nothing to say: ours, so that nothing of its own is shown unchecked.

Belongs here: these few sentences. Does not belong here: what a flow says, what admins want said at a handover.
"""

from __future__ import annotations

from collections.abc import Sequence

from service.core.locale import Locale

_WHICH: dict[Locale, str] = {
    "ko": "어떤 내용이 궁금하신지 조금 더 알려 주시겠어요?",
    "en": "Could you tell me a little more about what you would like to know?",
}
_NOT_FOUND: dict[Locale, str] = {
    "ko": "바로 답을 드리지 못했어요. 상담원이 이어서 도와드릴게요.",
    "en": "I could not answer that right away. Our team will take it from here.",
}
_REFUSED: dict[Locale, str] = {
    "ko": "그 내용은 제가 안내해 드릴 수 없어요. 필요하시면 상담원에게 물어봐 주세요.",
    "en": "I cannot help with that. Please ask our team if you need to.",
}


def clarification(locale: Locale, titles: Sequence[str]) -> str:
    """A question back, with the titles of what may be meant."""
    return "\n".join([_WHICH[locale], *(f"- {title}" for title in titles)])


def is_clarification(text: str) -> bool:
    """Whether the bot asked this by `clarification`."""
    return text.partition("\n")[0] in _WHICH.values()


def handover(locale: Locale, wanted: str) -> str:
    """What is said when a person is asked; `wanted` is what admins want said, if anything."""
    return wanted.strip() or _NOT_FOUND[locale]


def refusal(locale: Locale) -> str:
    """What is said about a topic that must not be spoken of."""
    return _REFUSED[locale]
