"""What the calls about settings take and answer, as models."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from service.core.mapper import Inbound, Outbound, Row
from service.inbox.fields import (
    LEFT_OUT,
    Address,
    Color,
    Day,
    Flag,
    LabelName,
    Moment,
    Name,
    Picture,
    Role,
    Shortcut,
    Text,
    WholeNumber,
    Zone,
)
from service.inbox.models import LabelName as ShownLabel
from service.inbox.models import Operator

# Midnight is 00:00, at either end.
_TIME_OF_DAY = Annotated[str, StringConstraints(pattern="^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")]
_VERSION = Annotated[str, StringConstraints(max_length=64)]


class _Changed(Inbound):
    """A body of which only what stands there counts."""

    @property
    def values(self) -> Row:
        """What stands there, as the database takes it."""
        return self.model_dump(mode="json", exclude_unset=True, exclude={"if_version"})


class _Seen(_Changed):
    """A body that may say which state it begins from."""

    if_version: _VERSION | None = Field(
        default=None, description="The `version` that was seen: where it is another now, nothing is changed (409)."
    )


class OperatorBody(_Changed):
    """`POST /inbox/operators`: an account joins the team, by its id or its address."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": [name]} for name in ("userId", "email")]},
    )

    user_id: UUID = LEFT_OUT
    email: Address = LEFT_OUT
    display_name: Name
    avatar_url: Picture | None = None
    role: Role = "agent"

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if len({"user_id", "email"} & self.model_fields_set) != 1:
            raise ValueError("name either userId or email")
        return self


class ChangedOperatorBody(_Seen):
    """`PATCH /inbox/operators/{id}`."""

    display_name: Name = LEFT_OUT
    avatar_url: Picture | None = None
    role: Role = LEFT_OUT
    is_active: Flag = Field(default=LEFT_OUT, description="false ends every right at once.")


class LabelBody(_Changed):
    """`POST /inbox/labels`."""

    name: LabelName
    color: Color | None = None


class ChangedLabelBody(_Seen):
    """`PATCH /inbox/labels/{name}`."""

    name: LabelName = LEFT_OUT
    color: Color | None = None


class CannedReplyBody(_Changed):
    """`POST /inbox/canned-replies`."""

    shortcut: Shortcut
    content: Text
    is_personal: Flag = Field(default=False, description="Whether only its author has it.")


class ChangedCannedReplyBody(_Seen):
    """`PATCH /inbox/canned-replies/{id}`."""

    shortcut: Shortcut = LEFT_OUT
    content: Text = LEFT_OUT
    is_personal: Flag = LEFT_OUT


class SpanBody(Inbound):
    """A span of a weekday; one that ends at or before its beginning ends on the next day."""

    model_config = ConfigDict(serialize_by_alias=True)

    weekday: Annotated[WholeNumber, Field(ge=0, le=6, description="0 is Monday.")]
    from_: Annotated[_TIME_OF_DAY, Field(alias="from")]
    to: _TIME_OF_DAY


class HolidayBody(Inbound):
    """A day on which nobody answers."""

    date: Day
    name: Name | None = None


class ProposedHoursBody(_Changed):
    """`POST /inbox/hours/preview`: what is left out is as it is."""

    time_zone: Zone = LEFT_OUT
    spans: list[SpanBody] = Field(default=LEFT_OUT, max_length=100)
    holidays: list[HolidayBody] = Field(default=LEFT_OUT, max_length=200)
    always_open: Flag = LEFT_OUT
    override_open: Flag | None = Field(default=None, description="Open or closed by hand, until `overrideUntil`.")
    override_until: Moment | None = None
    expected_reply_seconds: Annotated[WholeNumber, Field(ge=0, le=2**31 - 1)] | None = Field(
        default=None, description="How long a first answer usually takes; null where nobody knows."
    )


class HoursBody(ProposedHoursBody, _Seen):
    """`PUT /inbox/hours`: what is left out stays as it is."""


class OperatorList(Outbound):
    """The team."""

    operators: list[Operator]
    next_cursor: None


class Label(ShownLabel):
    """A label."""

    id: UUID
    version: str


class LabelList(Outbound):
    """All labels."""

    labels: list[Label]
    next_cursor: None


class CannedReply(Outbound):
    """A text that is sent again and again."""

    id: UUID
    shortcut: str
    content: str
    is_personal: bool
    version: str


class CannedReplyList(Outbound):
    """Everybody's canned replies, and the operator's own."""

    canned_replies: list[CannedReply]
    next_cursor: None


class Span(Outbound):
    """A span of a weekday."""

    weekday: int
    from_: Annotated[str, Field(alias="from")]
    to: str


class Holiday(Outbound):
    """A day on which nobody answers."""

    date: date
    name: str | None


class HoursSettings(Outbound):
    """When the team answers."""

    time_zone: str
    spans: list[Span]
    holidays: list[Holiday]
    always_open: bool
    override_open: bool | None
    override_until: datetime | None
    expected_reply_seconds: int | None
    version: str


class OpenSpan(Outbound):
    """A piece of a day, as the team's clock shows it."""

    from_: Annotated[str, Field(alias="from")]
    to: str = Field(description="24:00 where it goes on to the end of the day.")


class PreviewedDay(Outbound):
    """A day of this week."""

    date: date
    is_today: bool
    is_holiday: bool
    holiday: str | None = Field(description="What the holiday is called.")
    open: list[OpenSpan] = Field(description="When the team works by the plan.")
    overridden: OpenSpan | None = Field(description="When something else was decided by hand.")


class HoursPreview(Outbound):
    """This week, from Monday, as the hours would make it."""

    time_zone: str
    now: datetime
    presence: Literal["online", "away", "closed"] = Field(
        description="What customers would be told: `away` within the hours while nobody's screen is there."
    )
    opens_at: datetime | None
    closes_at: datetime | None
    override_open: bool | None
    days: list[PreviewedDay]
