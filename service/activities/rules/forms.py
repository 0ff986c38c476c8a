"""The forms of a condition.

Belongs here: what may be written. Does not belong here: whether it holds (`conditions.py`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    Discriminator,
    Field,
    PlainValidator,
    StrictBool,
    StrictInt,
    StringConstraints,
    Tag,
    WithJsonSchema,
)

from service.core.mapper import Inbound

# What may be said of a word of the page or of a form.
_OWN = r"(?:contact\.attributes|form)\.[^\x00-\x1f]{1,100}"
PLAIN_FIELDS = (
    "message.content", "message.role", "conversation.status", "conversation.handling", "conversation.channel",
    "conversation.labels", "conversation.priority", "conversation.locale", "contact.email", "contact.isGuest",
    "page.url", "hours.isOpen",
)  # fmt: skip
Measure = Literal["conversation.waiting", "conversation.silence"]
_FIELD = f"^(?:{'|'.join(name.replace('.', '[.]') for name in PLAIN_FIELDS)}|{_OWN})$"
_MINUTES_OF_A_YEAR = 366 * 24 * 60
_LONGEST = 1000


def _scalar(value: object) -> object:
    if isinstance(value, bool | int | float) or (isinstance(value, str) and value.strip() and len(value) <= _LONGEST):
        return value
    raise ValueError(f"must be a text of 1 to {_LONGEST:,} characters, a number, true or false")


Scalar = Annotated[
    str | bool | int | float,
    PlainValidator(_scalar),
    WithJsonSchema({
        "anyOf": [
            {"type": "string", "pattern": r"\S", "maxLength": _LONGEST}, {"type": "number"}, {"type": "boolean"},
        ]
    }),
]  # fmt: skip
Name = Annotated[str, StringConstraints(pattern=_FIELD)]
# What an activity can have changed.
ChangingName = Literal["conversation.status", "conversation.handling", "conversation.labels", "conversation.priority"]


class Is(Inbound):
    """The field is this; of a list, one of its elements is."""

    field: Name
    op: Literal["is"]
    value: Scalar


class IsNot(Inbound):
    """The opposite of `is`: also where the field is missing."""

    field: Name
    op: Literal["isNot"]
    value: Scalar


class Contains(Inbound):
    """The field has this in it; a list, as an element."""

    field: Name
    op: Literal["contains"]
    value: Scalar


class In(Inbound):
    """The field is one of these; of a list, one of its elements is."""

    field: Name
    op: Literal["in"]
    value: Annotated[list[Scalar], Field(min_length=1, max_length=100)]


class Present(Inbound):
    """The field is there and not empty; with `false`, it is not."""

    field: Name
    op: Literal["present"]
    value: StrictBool = True


class ChangedFrom(Inbound):
    """What happened changed the field, and it was this; of labels, this one was taken away."""

    field: ChangingName
    op: Literal["changedFrom"]
    value: Scalar


class ChangedTo(Inbound):
    """What happened changed the field to this; of labels, this one was added."""

    field: ChangingName
    op: Literal["changedTo"]
    value: Scalar


class OlderThan(Inbound):
    """Somebody has waited, or nobody has written, for so many minutes. The clock looks at it every minute."""

    field: Measure
    op: Literal["olderThan"]
    value: Annotated[StrictInt, Field(ge=1, le=_MINUTES_OF_A_YEAR, description="Minutes.")]


class All(Inbound):
    """Holds where every one does; without any, always."""

    all: Annotated[list[Condition], Field(max_length=50)]


class AnyOf(Inbound):
    """Holds where one does; without any, never."""

    any: Annotated[list[Condition], Field(max_length=50)]


class Not(Inbound):
    """Holds where the other does not."""

    not_: Annotated[Condition, Field(alias="not")]


Leaf = Is | IsNot | Contains | In | Present | ChangedFrom | ChangedTo | OlderThan

_GROUPS = {"all": "all of", "any": "any of", "not": "not of"}
_OPS = ("is", "isNot", "contains", "in", "present", "changedFrom", "changedTo", "olderThan")


def _form(value: Any) -> str | None:
    """Which form a condition has. The names are no keys of a body, so that no place of a fault has them in it."""
    if isinstance(value, All | AnyOf | Not):
        return _GROUPS[{All: "all", AnyOf: "any", Not: "not"}[type(value)]]
    if not isinstance(value, dict):
        return f"op {value.op}" if isinstance(value, Leaf) else None
    op = value.get("op")
    named = f"op {op}" if isinstance(op, str) and op in _OPS else None
    return next((tag for key, tag in _GROUPS.items() if key in value), named)


Condition = Annotated[
    Annotated[All, Tag("all of")]
    | Annotated[AnyOf, Tag("any of")]
    | Annotated[Not, Tag("not of")]
    | Annotated[Is, Tag("op is")]
    | Annotated[IsNot, Tag("op isNot")]
    | Annotated[Contains, Tag("op contains")]
    | Annotated[In, Tag("op in")]
    | Annotated[Present, Tag("op present")]
    | Annotated[ChangedFrom, Tag("op changedFrom")]
    | Annotated[ChangedTo, Tag("op changedTo")]
    | Annotated[OlderThan, Tag("op olderThan")],
    Discriminator(
        _form,
        custom_error_type="condition",
        custom_error_message=f"must be {{all}}, {{any}}, {{not}} or {{field, op, value}} of {', '.join(_OPS)}",
    ),
]
for _model in (All, AnyOf, Not):
    _model.model_rebuild()
