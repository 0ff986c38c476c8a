"""How an endpoint wants to be asked: they all speak OpenAI's language, and each leaves out something else of it.

Belongs here: the body of a request, and what is left out of the next one when it was refused. Does not belong here:
sending it (`endpoint.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

Format = Literal["json_schema", "json_object", "plain"]
Said = Mapping[str, str]

_WEAKER: dict[Format, Format] = {"json_schema": "json_object", "json_object": "plain"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """What an endpoint is known to understand; at first everything."""

    format: Format = "json_schema"
    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    has_temperature: bool = True

    def body(self, model: str, messages: Sequence[Said], schema: Mapping[str, Any], most_tokens: int) -> dict[str, Any]:
        """A request for one whole answer in the form of `schema`."""
        body: dict[str, Any] = {"model": model, "messages": list(messages), "stream": False, self.limit: most_tokens}
        if self.has_temperature:
            body["temperature"] = 0
        if self.format == "json_schema":
            named = {"name": "answer", "strict": True, "schema": schema}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        elif self.format == "json_object":
            body["response_format"] = {"type": "json_object"}
        return body

    def simpler(self, told: str) -> Dialect | None:
        """What to try after a refusal that says `told`; None where nothing is left to leave out."""
        if self.limit == "max_tokens" and "max_completion_tokens" in told:
            return replace(self, limit="max_completion_tokens")
        if self.has_temperature and "temperature" in told:
            return replace(self, has_temperature=False)
        weaker = _WEAKER.get(self.format)
        return weaker and replace(self, format=weaker)
