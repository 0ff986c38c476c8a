"""What the calls of guests take and answer, as models. Whether it fits a flow is decided later."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from service.conversations.models import Conversation, GuestEventBody, ShortText
from service.core.mapper import Inbound, Outbound, Row
from service.http.json_body import KIB

INQUIRY_MAX = 16 * KIB
IMPORT_MAX = 256 * KIB
TokenText = Annotated[str, Field(min_length=1, max_length=8192)]


class InquiryBody(Inbound):
    """`POST /inquiries`."""

    client_inquiry_id: UUID
    flow_version: ShortText
    step_id: ShortText
    values: dict[str, Any]


class GuestEvent(Inbound):
    """One event of a guest."""

    client_message_id: UUID
    event: GuestEventBody


class GuestConversation(Inbound):
    """One conversation of a guest."""

    client_conversation_id: UUID
    flow_version: ShortText
    events: Annotated[list[GuestEvent], Field(max_length=200)]


class ImportBody(Inbound):
    """`POST /import`."""

    conversations: Annotated[list[GuestConversation], Field(max_length=20)]


class RefreshBody(Inbound):
    """`POST /guest-sessions/refresh`."""

    refresh_token: TokenText


class ClaimBody(Inbound):
    """`POST /guest-sessions/claim`."""

    guest_access_token: TokenText


class GuestSession(Outbound):
    """The session of a guest: tokens as Supabase Auth gives them, and when the access token ends."""

    access_token: str
    refresh_token: str
    expires_at: datetime


class Claimed(Outbound):
    """How many conversations a guest's session brought along."""

    moved: int


class RejectedEvent(Outbound):
    """A guest's event that did not fit, and why."""

    client_conversation_id: UUID
    client_message_id: UUID
    code: str


class Imported(Outbound):
    """What became of a guest's conversations."""

    conversations: list[Conversation]
    rejected: list[RejectedEvent]


class KeptInquiry(Outbound):
    """An inquiry, as its sender sees it."""

    client_inquiry_id: UUID
    status: Literal["new", "done"]
    created_at: datetime


class SentInquiry(Outbound):
    """A guest's form, received."""

    inquiry: KeptInquiry
    replayed: bool


class FlowDocument(BaseModel):
    """The compiled flow, for browsers that run a guest's conversation themselves."""

    version: str
    ids: Row
    text: Row
    forms: Row
    tables: Row
