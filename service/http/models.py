"""What every call may answer: an error, and whether the service is well."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from service.core.mapper import Outbound


class Alive(Outbound):
    """The process serves requests."""

    status: Literal["ok"]


class Readiness(Outbound):
    """Whether it can do its work, by dependency."""

    status: Literal["ok", "unavailable"]
    checks: dict[str, Literal["ok", "unavailable"]]


class FaultyField(Outbound):
    """One faulty field of a body."""

    field: str
    message: str


class ProblemDetails(Outbound):
    """An error (RFC 9457). `code` is stable; `detail` is for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: UUID
    errors: list[FaultyField] | SkipJsonSchema[None] = None
    assignee: dict[str, Any] | SkipJsonSchema[None] = Field(
        None, description="To operators, with `already_assigned`: who has it."
    )
    conversation: dict[str, Any] | SkipJsonSchema[None] = Field(
        None, description="To operators, with `conversation_changed`: what it is now."
    )
    current: dict[str, Any] | SkipJsonSchema[None] = Field(
        None, description="To operators, with `settings_changed`: what stands there now."
    )
