"""Inquiries of guests. A member's are written with the turn that submitted them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from postgrest import SyncPostgrestClient

from service.actions.calls import call
from service.domain.views import Row


def submit_inquiry(
    service: SyncPostgrestClient,
    client_inquiry_id: UUID,
    *,
    flow_version: str,
    step_id: str,
    values: dict[str, Any],
    locale: str,
    request_id: UUID,
) -> Row:
    """Save a guest's form, once; `{"inquiry", "created"}`."""
    return call(
        service,
        "chat_submit_inquiry",
        {
            "p_client_inquiry_id": str(client_inquiry_id),
            "p_flow_version": flow_version,
            "p_step_id": step_id,
            "p_values": values,
            "p_locale": locale,
            "p_request_id": str(request_id),
        },
        ("inquiry", "created"),
    )
