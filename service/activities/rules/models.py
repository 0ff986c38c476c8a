"""What the calls about rules take and answer, as models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from service.activities.rules.conditions import clock, size
from service.activities.rules.doing import Action
from service.activities.rules.forms import Condition
from service.activities.types import ActivityType
from service.core.errors import FieldError
from service.core.mapper import Inbound, Outbound, Row
from service.inbox.fields import LEFT_OUT, Flag, Name, WholeNumber

MOST_CONDITIONS = 100
DEEPEST = 8
MOST_ACTIONS = 20

# What a rule listens to.
Types = Annotated[list[ActivityType], Field(max_length=20)]
Actions = Annotated[list[Action], Field(min_length=1, max_length=MOST_ACTIONS)]
Position = Annotated[WholeNumber, Field(ge=0, le=2**31 - 2)]


class _Rule(Inbound):
    """A body of which only what stands there counts."""

    name: Name = LEFT_OUT
    position: Position = LEFT_OUT
    is_active: Flag = LEFT_OUT
    on: Types = LEFT_OUT
    when: Condition | None = None
    then: Actions = LEFT_OUT

    @property
    def values(self) -> Row:
        """What stands there, as the database takes it."""
        kept = self.model_dump(mode="json", by_alias=True, include=self.model_fields_set)
        values = {name: kept[key] for key, name in _COLUMNS.items() if key in kept}
        if "when" in kept:
            minutes = clock(self.when)
            values |= {f"{name}_minutes": minutes.get(f"conversation.{name}") for name in ("waiting", "silence")}
        return values

    @property
    def misfits(self) -> list[FieldError]:
        """What is wrong with it as a whole."""
        number, depth = size(self.when)
        faults = []
        if number > MOST_CONDITIONS:
            faults.append(FieldError("when", f"has more than {MOST_CONDITIONS} conditions"))
        if depth > DEEPEST:
            faults.append(FieldError("when", f"is nested deeper than {DEEPEST} levels"))
        return faults


class RuleBody(_Rule):
    """`POST /inbox/rules`."""

    name: Name
    position: Position = Field(default=LEFT_OUT, description="Left out: after all others.")
    is_active: Flag = True
    on: Types = Field(
        default=LEFT_OUT, description="What sets it off. May be left out where `when` has an `olderThan`."
    )
    when: Condition | None = Field(default=None, description="null: always.")
    then: Actions

    @property
    def misfits(self) -> list[FieldError]:
        """What is wrong with it as a whole."""
        faults = super().misfits
        if not self.on and not clock(self.when):
            faults.append(FieldError("on", "names no activity, and no olderThan sets it off"))
        return faults


class ChangedRuleBody(_Rule):
    """`PATCH /inbox/rules/{id}`: what is left out stays as it is."""


class OrderBody(Inbound):
    """`PUT /inbox/rules/order`."""

    rule_ids: Annotated[list[UUID], Field(max_length=200, description="In this order; others come after them.")]


class TryBody(Inbound):
    """`POST /inbox/rules/{id}/try`."""

    conversation_id: UUID


class Rule(Outbound):
    """A rule."""

    id: UUID
    name: str
    position: int
    is_active: bool
    on: list[str]
    when: dict[str, Any] | None
    then: list[dict[str, Any]]
    created_at: datetime
    updated_at: datetime


class RuleList(Outbound):
    """All rules, in their order."""

    rules: list[Rule]
    next_cursor: None


class ActionResult(Outbound):
    """What became of an action."""

    type: str
    status: Literal["done", "failed"]
    error: str | None = Field(description="Why it failed, in a word.")


class Run(Outbound):
    """What became of a rule when it ran."""

    id: UUID
    activity_id: UUID | None = Field(description="What set it off; null where the clock did.")
    conversation_id: UUID
    status: Literal["done", "partial", "skipped"] = Field(
        description="`partial`: an action failed. `skipped`: its own doing set it off, or the chain is too long."
    )
    actions: list[ActionResult]
    created_at: datetime


class RunList(Outbound):
    """A page of runs, newest first."""

    runs: list[Run]
    next_cursor: str | None


class ConditionResult(Outbound):
    """Whether a condition holds."""

    place: str = Field(description="Where it stands in the rule, such as `when.all.0`.")
    holds: bool
    found: Any = Field(description="What was there; null where the field is missing, and for groups.")


class TriedAction(Outbound):
    """What an action would come to."""

    type: str
    status: Literal["done", "failed", "skipped"] = Field(description="`skipped`: the condition does not hold.")
    error: str | None


class TriedRule(Outbound):
    """What would happen. Nothing did."""

    matches: bool
    activity_id: UUID | None = Field(
        description="What was taken for what happens: the newest activity of the conversation that the rule listens to."
    )
    conditions: list[ConditionResult] = Field(description="From the outside in.")
    actions: list[TriedAction]


_COLUMNS = {
    "name": "name", "position": "position", "isActive": "is_active", "on": "types", "when": "condition",
    "then": "actions",
}  # fmt: skip
