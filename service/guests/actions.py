"""What the calls of guests ask of the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from postgrest import SyncPostgrestClient

from service.core.mapper import Row
from service.supabase.calls import call, call_list, read_rows


def import_conversations(
    service: SyncPostgrestClient,
    user_id: UUID,
    conversations: list[dict[str, Any]],
    *,
    flow_version: str,
    flow: dict[str, Any],
    request_id: UUID,
) -> list[Row]:
    """Write replayed conversations for their new owner; one that is there already stays as it is."""
    return call_list(
        service,
        "chat_import",
        {
            "p_user_id": str(user_id),
            "p_flow_version": flow_version,
            "p_flow": flow,
            "p_conversations": conversations,
            "p_request_id": str(request_id),
        },
    )


def read_said(service: SyncPostgrestClient, sources: list[dict[str, Any]]) -> list[Row | None]:
    """`{"text", "sources"}` of pieces of articles, in the same order; None for what is not to be told."""
    rows: list[Row | None] = []
    rows += call_list(service, "kb_said", {"p_sources": sources})
    return rows


def claim_guest(service: SyncPostgrestClient, guest_id: UUID, user_id: UUID) -> Row:
    """Move what a guest has said to a member; `{"moved"}`, the number of conversations. May be repeated."""
    return call(service, "chat_claim_guest", {"p_guest_id": str(guest_id), "p_user_id": str(user_id)}, ("moved",))


def submit_inquiry(
    service: SyncPostgrestClient,
    client_inquiry_id: UUID,
    *,
    flow_version: str,
    step_id: str,
    values: Mapping[str, Any],
    normal: dict[str, str],
    locale: str,
    request_id: UUID,
) -> Row:
    """Save a guest's form, once, with normal forms of its values; `{"inquiry", "created"}`."""
    return call(
        service,
        "chat_submit_inquiry",
        {
            "p_client_inquiry_id": str(client_inquiry_id),
            "p_flow_version": flow_version,
            "p_step_id": step_id,
            "p_values": values,
            "p_normal": normal,
            "p_locale": locale,
            "p_request_id": str(request_id),
        },
        ("inquiry", "created"),
    )


def read_flows(member: SyncPostgrestClient, versions: Collection[str]) -> dict[str, dict[str, Any]]:
    """The definitions of those `versions` that are kept, by version."""
    query = member.table("chat_flows").select("version", "definition").in_("version", sorted(versions))
    return {row["version"]: row["definition"] for row in read_rows(query)}
