"""Reading what is kept of a rule."""

from __future__ import annotations

from pydantic import TypeAdapter

from service.activities.rules.forms import Condition
from service.core.mapper import Row

_CONDITION: TypeAdapter[Condition | None] = TypeAdapter(Condition | None)


def condition_of(rule: Row) -> Condition | None:
    """The condition of a rule as the database tells it; None for always.

    Raises ValueError where this version of the service does not know its form.
    """
    return _CONDITION.validate_python(rule["condition"])
