"""Material for answers. No assertions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from service.knowledge.generative.material import Material, Passage
from service.knowledge.instructions import Instructions, instructions_of

RETURNS = (
    "단순 변심으로 교환하거나 반품하시려면 받으신 날부터 7일 안에 신청해 주세요.\n"
    "왕복 배송비 6,000원은 고객님이 내세요."
)
SHIPPING = "평일 오후 2시 이전에 결제하시면 그날 출고되고, 보통 1~2일 안에 도착해요."


def passage(text: str = RETURNS, title: str = "교환과 반품", **changes: Any) -> Passage:
    """A passage that was found."""
    made = Passage(
        chunk_id="5d2f6f0e-8d9c-4a65-9d35-6c1a2f6f7d01",
        article_id="0b6f7b1e-0e0c-4f0b-8f8e-1f5b0a0c1d02",
        version=3,
        place=0,
        slug="returns",
        title=title,
        title_path=title,
        text=text,
        locale="ko",
        score=0.8,
        is_answerable=True,
    )
    return replace(made, **changes)


def instructions(**changes: Any) -> Instructions:
    """What admins want: nothing in particular."""
    shipped: dict[str, Any] = {
        "version": 1,
        "mode": "generative",
        "tone": "",
        "policy": "",
        "rules": "",
        "forbidden_topics": [],
        "greeting": {"ko": "", "en": ""},
        "handover": {"when": "", "words": {"ko": "", "en": ""}},
        "allowed_links": [],
        "budgets": {"member_day": 100_000, "project_month": 20_000_000},
    }
    return instructions_of({**shipped, **changes})


def material(question: str = "반품은 며칠 안에 해야 하나요?", *passages: Passage, **changes: Any) -> Material:
    """A question, and what was found for it."""
    found = passages or (passage(), passage(SHIPPING, "배송", chunk_id="9f0b", slug="shipping"))
    wanted = changes.pop("instructions", instructions())
    return replace(Material(question, "ko", found, wanted), **changes)
