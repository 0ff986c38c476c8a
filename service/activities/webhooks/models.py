"""What the calls about webhooks take and answer, as models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from service.activities.types import ActivityType
from service.core.mapper import Inbound, Outbound, Row
from service.inbox.fields import LEFT_OUT, Flag
from service.outside.addresses import LONGEST_URL

_Url = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_URL)]
_Types = Annotated[list[ActivityType], Field(max_length=100, description="Of what it is told.")]


class _Values(Inbound):
    @property
    def values(self) -> Row:
        """What stands there, as the database takes it."""
        return self.model_dump(mode="json", exclude_unset=True)


class WebhookBody(_Values):
    """`POST /inbox/webhooks`."""

    url: _Url = Field(description="An address of the internet, by HTTPS or HTTP.")
    types: _Types
    is_active: Flag = True


class ChangedWebhookBody(_Values):
    """`PATCH /inbox/webhooks/{id}`."""

    url: _Url = LEFT_OUT
    types: _Types = LEFT_OUT
    is_active: Flag = LEFT_OUT


class Webhook(Outbound):
    """Where another system is told what happens."""

    id: UUID
    url: str
    types: list[str]
    is_active: bool
    disabled_reason: Literal["by_hand", "gone", "failing"] | None = Field(
        description="gone: it answered 410; failing: every attempt failed for five days."
    )
    failing_since: datetime | None = Field(description="Since when every attempt has failed.")
    rotated_at: datetime | None = Field(description="For a day after it the secret of before signs as well.")
    created_at: datetime


class NewWebhook(Webhook):
    """A webhook, with its secret: it is told this once."""

    secret: str = Field(description="whsec_…, as Standard Webhooks write it.")


class WebhookList(Outbound):
    """All webhooks."""

    webhooks: list[Webhook]
    next_cursor: None


class Delivery(Outbound):
    """Something that is sent to a webhook."""

    id: UUID = Field(description="What is sent as `webhook-id`, at every attempt.")
    webhook_id: UUID
    activity_id: UUID | None
    conversation_id: UUID | None
    type: str
    rule_id: UUID | None
    state: Literal["waiting", "delivered", "failed"]
    attempts: int
    code: int | None = Field(description="The status of the last answer; null where there was none.")
    ms: int | None = Field(description="How many milliseconds the last attempt took.")
    answer: str | None = Field(description="The first KB of the last answer.")
    error: str | None = Field(description="Why there was no answer, in a word.")
    sent_at: datetime | None
    next_at: datetime | None
    created_at: datetime


class DeliveryList(Outbound):
    """What was sent to a webhook, newest first."""

    deliveries: list[Delivery]
    next_cursor: str | None
