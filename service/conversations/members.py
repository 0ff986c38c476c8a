"""What all calls of a member share: their turns, and the conversation that a path names."""

from __future__ import annotations

from uuid import UUID

from service.accounts.who import current_member
from service.conversations.known_flows import KnownFlows
from service.conversations.store import ActorKind, MemberTurns
from service.core.errors import NotFound
from service.http.context import part
from service.supabase.clients import Upstream


def member_turns() -> MemberTurns:
    """Of who asks. Raises Unauthenticated, TokenExpired, RateLimited, UpstreamUnavailable."""
    member = current_member()
    kind: ActorKind = "guest" if member.is_anonymous else "member"
    flows = part(KnownFlows)
    return MemberTurns(
        part(Upstream), member.id, member.token, flows.known_versions, answering=flows.answering, kind=kind
    )


def path_id(text: str) -> UUID:
    """An id in a path. Raises NotFound for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
