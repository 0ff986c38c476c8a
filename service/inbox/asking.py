"""An operator's questions to the database.

Belongs here: that each of them names who asks. Does not belong here: which questions there are (`actions.py` of each
subject), what somebody may: the database looks it up in the same statement that reads or writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service.core.errors import NotAllowed
from service.core.mapper import Row
from service.supabase.calls import call, call_list, tell
from service.supabase.clients import Upstream


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who says that they are an operator: `user_id` is their account, as their token names it."""

    upstream: Upstream
    user_id: UUID

    def ask(self, function: str, params: Mapping[str, Any], names: Sequence[str] = ()) -> Row:
        """What a function answers to this operator; `names` are those that it must have.

        Raises NotAnOperator, NotAllowed, and as `service.supabase.calls.call` does.
        """
        return call(self.upstream.service_client(), function, self._named(params), names)

    def ask_list(self, function: str, params: Mapping[str, Any]) -> list[Row]:
        """The list that a function answers to this operator. Raises as `ask` does."""
        return call_list(self.upstream.service_client(), function, self._named(params))

    def tell(self, function: str, params: Mapping[str, Any]) -> None:
        """Call a function that answers nothing. Raises as `ask` does."""
        tell(self.upstream.service_client(), function, self._named(params))

    def rights(self) -> Row:
        """This operator, as the team knows them. Raises NotAnOperator."""
        operator: Row = self.ask("inbox_me", {}, ("operator",))["operator"]
        return operator

    def must_be_admin(self) -> None:
        """Raise NotAnOperator or NotAllowed for everybody else."""
        if self.rights()["role"] != "admin":
            raise NotAllowed

    def _named(self, params: Mapping[str, Any]) -> Row:
        return {"p_user_id": str(self.user_id), **params}
