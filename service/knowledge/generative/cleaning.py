"""What a model is given of texts that others wrote: what people see of them, and no orders.

Belongs here: what is taken off, what counts as an order. Does not belong here: what stands around it (`prompt.py`).
"""

from __future__ import annotations

import re

from service.core.text import WHITESPACE, seen

_SPACE = re.compile(f"[{WHITESPACE}]+")
# One that is not closed hides all that follows, as in a browser.
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
# What is said to a model and not to a customer. It costs an article its place in an answer, no more.
_ORDERS = (
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,40}\b(?:instructions?|prompts?|rules|above|previous|prior)\b",
    r"\b(?:system|developer)\s+(?:prompt|message|instructions?)\b",
    r"\byou are (?:now|no longer)\b",
    r"\b(?:AI|LLM|language models?|chat ?bots?|assistants?)\b[^.\n]{0,30}\b(?:must|shall|has to|have to)\b",
    r"^\s*(?:system|assistant|developer)\s*:",
    r"<\|[^|\n]{1,40}\|>|\[/?INST\]|<</?SYS>>",
    r"</?(?:passage|question|conversation)-",
    r"(?:이전|앞선|앞의|위의|위|기존|지금까지)\s*(?:의|에)?\s*(?:모든\s*)?(?:지시|명령|지침|규칙|프롬프트)[^.\n]{0,20}(?:무시|잊|따르지)",
    r"(?:지시|명령|지침|프롬프트)\s*(?:사항)?\s*(?:을|를|은|는)?\s*(?:모두|전부)?\s*(?:무시|잊)",
    r"시스템\s*(?:프롬프트|메시지)",
    r"(?:너는|넌|당신은)\s*(?:이제|지금부터)",
    r"(?:AI|인공지능|챗봇|어시스턴트|상담봇|언어 ?모델)(?:은|는|이|가)?\s[^.\n]{0,30}(?:해야\s*한다|하라|할\s*것|출력)",
    r"(?:라고|이라고)만?\s*(?:대답|답변|출력)",
)
_ORDER = re.compile("|".join(f"(?:{one})" for one in _ORDERS), re.IGNORECASE | re.MULTILINE)


def visible(text: str) -> str:
    """`text` as a reader sees it: without what shows nothing and without comments; lines stay lines."""
    shown = _COMMENT.sub(" ", seen(text))
    return "\n".join(line for one in shown.splitlines() if (line := squeezed(one)))


def squeezed(text: str) -> str:
    """`text` with one space for any white space: all that a quote may differ in."""
    return _SPACE.sub(" ", text).strip()


def gives_orders(text: str) -> bool:
    """Whether `text` speaks to whoever answers instead of to who asks."""
    return _ORDER.search(text) is not None
