"""What answers of a model ask of the database: a function each."""

from __future__ import annotations

from uuid import UUID

from service.core.mapper import Row
from service.knowledge.generative.material import Passage
from service.knowledge.instructions import Instructions, instructions_of
from service.supabase.calls import call, call_for, read_rows, tell
from service.supabase.clients import Upstream


def read_instructions(upstream: Upstream) -> Instructions:
    """What the assistant is told at this moment."""
    return call_for(upstream.service_client(), "kb_assistant_now", {}, instructions_of)


def reserve(
    upstream: Upstream, attempt_id: UUID, user_id: UUID | None, micros: int, member_day: int, project_month: int
) -> str | None:
    """Set `micros` aside, once; None, or whose budget does not have them: `member_day` or `project_month`."""
    params = {
        "p_id": str(attempt_id),
        "p_user_id": user_id and str(user_id),
        "p_micros": micros,
        "p_member_day": member_day,
        "p_project_month": project_month,
    }
    reason: str | None = call(upstream.service_client(), "kb_reserve", params, ("granted", "reason"))["reason"]
    return reason


def spend(upstream: Upstream, attempt_id: UUID, micros: int) -> None:
    """Settle what was set aside at what it cost."""
    tell(upstream.service_client(), "kb_spend", {"p_id": str(attempt_id), "p_micros": micros})


def tidy_spending(upstream: Upstream, seconds: int) -> None:
    """Settle what was set aside longer ago than that and nobody came back for."""
    tell(upstream.service_client(), "kb_tidy_spending", {"p_seconds": seconds})


def stranded(upstream: Upstream, seconds: int) -> list[UUID]:
    """Questions that were asked longer ago than that and that no job will come back for."""
    found = call(upstream.service_client(), "kb_stranded", {"p_seconds": seconds}, ("answers",))["answers"]
    return [UUID(one) for one in found]


def has_answered(upstream: Upstream, conversation_id: UUID) -> bool:
    """Whether a question of this conversation was ever answered."""
    kept = upstream.service_client().table("kb_answers").select("id")
    return bool(read_rows(kept.eq("conversation_id", str(conversation_id)).eq("outcome", "answered").limit(1)))


def passage_of(row: Row) -> Passage:
    """A row of `kb_find`. Raises KeyError."""
    return Passage(
        chunk_id=row["chunkId"],
        article_id=row["articleId"],
        version=row["version"],
        place=row.get("place", 0),
        slug=row["slug"],
        title=row["title"],
        title_path=row["titlePath"],
        text=row["text"],
        locale=row["locale"],
        score=row["score"],
        is_answerable=row["answerable"],
    )
