"""What the calls about an operator's own presence take and answer, as models."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from service.core.mapper import Inbound
from service.inbox import fields
from service.inbox.models import Operator

Right = Literal["answer", "configure", "export"]


class AvailabilityBody(Inbound):
    """`PUT /inbox/me/availability`."""

    availability: fields.Availability


class PresenceBody(Inbound):
    """`PUT /inbox/presence`."""

    conversation_id: UUID | None = Field(description="Which conversation the screen shows; null for none.")


class Me(Operator):
    """The operator who asks."""

    may: list[Right]
