"""Calling a function of the database, and what its refusals mean for us.

Belongs here: one call and its errors. Does not belong here: which functions there are (the
actions of each feature).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx
import structlog
from postgrest import APIError, SyncPostgrestClient, SyncRPCFilterRequestBuilder, SyncSelectRequestBuilder

from service.core import errors as domain
from service.core.errors import FieldError, MunuiError

log = structlog.get_logger(__name__)

RETRY_AFTER = 2.0
Answer = TypeVar("Answer")

# The functions raise PTxyz with one of our codes as message; PostgREST makes HTTP xyz of it.
_OURS: dict[str, type[MunuiError]] = {
    error.code: error
    for error in (
        domain.Unauthenticated,
        domain.NotFound,
        domain.IdempotencyConflict,
        domain.AlreadyAnswered,
        domain.ConversationCompleted,
        domain.Invalid,
        domain.UnknownChip,
        domain.InvalidForm,
    )
}
# SQLSTATE classes: broken transactions, no resources, an operator's cancel, no connection, its own failure; then
# PostgREST's.
_PASSING = ("40", "53", "57", "08", "55P03", "XX", "PGRST00")


def call(client: SyncPostgrestClient, function: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object that a function answers with.

    Raises:
        MunuiError: the refusal of the function; UpstreamUnavailable where Supabase cannot be asked or understood.
    """
    answer = _execute(client.rpc(function, dict(params)))
    if not isinstance(answer, dict):
        raise _unavailable("no_object")
    return answer


def call_for(
    client: SyncPostgrestClient, function: str, params: Mapping[str, Any], parse: Callable[[dict[str, Any]], Answer]
) -> Answer:
    """What `parse` makes of the object that a function answers with. Raises as `call` does."""
    answer = call(client, function, params)
    try:
        return parse(answer)
    except (KeyError, TypeError, ValueError) as error:
        # An object, but not the function's.
        raise _unavailable(type(error).__name__) from None


def call_list(client: SyncPostgrestClient, function: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The JSON list that a function answers with. Raises as `call` does."""
    return _list(_execute(client.rpc(function, dict(params))))


def read_rows(query: SyncSelectRequestBuilder) -> list[dict[str, Any]]:
    """The rows of a query. Raises as `call` does."""
    return _list(_execute(query))


def _list(answer: object) -> list[dict[str, Any]]:
    if not isinstance(answer, list):
        raise _unavailable("no_list")
    return answer


def _execute(query: SyncSelectRequestBuilder | SyncRPCFilterRequestBuilder) -> Any:
    try:
        return query.execute().data
    except APIError as error:
        raise refusal(error) from None
    except httpx.HTTPError as error:
        raise _unavailable(type(error).__name__) from None
    except ValueError as error:
        # An answer that is no JSON.
        raise _unavailable(type(error).__name__) from None


def refusal(error: APIError) -> MunuiError:
    """The error of ours that an answer of PostgREST stands for."""
    code, message = str(error.code or ""), str(error.message or "")
    if code.startswith("PT") and message in _OURS:
        field = str(error.details or "")
        errors = [FieldError(field, "cannot be used here")] if field and "PT422" in code else []
        return _OURS[message](errors=errors)
    if code.startswith("PGRST30") or code == "401":
        return domain.TokenExpired() if "expired" in message.lower() else domain.Unauthenticated()
    if code in ("23514", "22P02", "22P05", "22021", "22003"):
        return domain.Invalid("The database cannot hold this")
    if not code or code.startswith(_PASSING) or code in ("408", "429") or (len(code) == 3 and code.startswith("5")):
        return _unavailable(code)
    log.error("upstream_refused", code=code)
    return domain.Internal()


def _unavailable(reason: str) -> domain.UpstreamUnavailable:
    log.warning("upstream_unavailable", reason=reason)
    return domain.UpstreamUnavailable("Supabase cannot be reached; repeat with the same ids", retry_after=RETRY_AFTER)
