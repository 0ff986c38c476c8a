"""Calling a function of the database, and what its refusals mean for us.

Belongs here: one call and its errors. Does not belong here: which functions there are (the
actions of each feature).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import httpx
import structlog
from postgrest import APIError, SyncPostgrestClient, SyncRPCFilterRequestBuilder, SyncSelectRequestBuilder

from service.core import errors
from service.core.errors import FieldError, MunuiError, Overtaken
from service.core.mapper import camel
from service.core.outgoing import tells_of_failures

log = structlog.get_logger(__name__)

RETRY_AFTER = 2.0
# How often a transaction is tried that loses against others.
ATTEMPTS = 3
Answer = TypeVar("Answer")

# The functions raise PTxyz with one of our codes as message; PostgREST makes HTTP xyz of it.
_OURS: dict[str, type[MunuiError]] = {
    error.code: error
    for error in (
        errors.Unauthenticated,
        errors.NotAnOperator,
        errors.NotAllowed,
        errors.NotFound,
        errors.IdempotencyConflict,
        errors.AlreadyAnswered,
        errors.ConversationCompleted,
        errors.Invalid,
        errors.UnknownChip,
        errors.InvalidForm,
    )
}
# These say in their detail what is there instead.
_OVERTAKEN: dict[str, type[Overtaken]] = {
    error.code: error for error in (errors.AlreadyAssigned, errors.ConversationChanged, errors.SettingsChanged)
}
# A serialization failure and a deadlock.
_UNDONE = ("40001", "40P01")
# SQLSTATE classes: broken transactions, no resources, an operator's cancel, no connection, its own failure; then
# PostgREST's.
_PASSING = ("40", "53", "57", "08", "55P03", "XX", "PGRST00")


def call(
    client: SyncPostgrestClient, function: str, params: Mapping[str, Any], names: Sequence[str] = ()
) -> dict[str, Any]:
    """The JSON object that a function answers with; `names` are those that it must have.

    Raises:
        MunuiError: the refusal of the function; UpstreamUnavailable where Supabase cannot be asked, or what answers is
            not Supabase; Internal where it answers something else than this version of the service expects.
    """
    answer = _object(client, function, params)
    if missing := [name for name in names if name not in answer]:
        raise _unexpected(function, ", ".join(missing))
    return answer


def call_for(
    client: SyncPostgrestClient, function: str, params: Mapping[str, Any], parse: Callable[[dict[str, Any]], Answer]
) -> Answer:
    """What `parse` makes of the object that a function answers with. Raises as `call` does."""
    return _parsed(_object(client, function, params), function, parse)


def _parsed(answer: Any, function: str, parse: Callable[[dict[str, Any]], Answer]) -> Answer:
    try:
        return parse(answer)
    except (KeyError, TypeError, ValueError) as error:
        # An object, but not the function's. A name that is missing is one of ours; any other text may be a person's.
        missing = str(error.args[0]) if isinstance(error, KeyError) else type(error).__name__
        raise _unexpected(function, missing) from None


def call_if_found(
    client: SyncPostgrestClient, function: str, params: Mapping[str, Any], parse: Callable[[dict[str, Any]], Answer]
) -> Answer | None:
    """As `call_for`, of a function that answers null where there is nothing to tell of. Raises as `call` does."""
    answer = _execute(client.rpc(function, dict(params)), function)
    return None if answer is None else _parsed(answer, function, parse)


def call_list(client: SyncPostgrestClient, function: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The JSON list that a function answers with. Raises as `call` does."""
    return _list(_execute(client.rpc(function, dict(params)), function), function)


def before_place(place: tuple[datetime, UUID] | None) -> dict[str, str | None]:
    """The parameters of a function that lists what comes after this place, newest first; None begins."""
    at, row_id = place or (None, None)
    return {"p_before_at": at.isoformat() if at else None, "p_before_id": str(row_id) if row_id else None}


def tell(client: SyncPostgrestClient, function: str, params: Mapping[str, Any]) -> None:
    """Call a function that answers nothing. Raises as `call` does."""
    _execute(client.rpc(function, dict(params)), function)


def read_rows(query: SyncSelectRequestBuilder) -> list[dict[str, Any]]:
    """The rows of a query. Raises as `call` does."""
    return _list(_execute(query, "rows"), "rows")


def _object(client: SyncPostgrestClient, function: str, params: Mapping[str, Any]) -> dict[str, Any]:
    answer = _execute(client.rpc(function, dict(params)), function)
    if answer is None:
        # What it is about went away while it was looked at. Called again, it says itself what that means.
        answer = _execute(client.rpc(function, dict(params)), function)
    if not isinstance(answer, dict):
        raise _unexpected(function, "object")
    return answer


def _list(answer: object, asked: str) -> list[dict[str, Any]]:
    if not isinstance(answer, list):
        raise _unexpected(asked, "list")
    return answer


def _execute(query: SyncSelectRequestBuilder | SyncRPCFilterRequestBuilder, asked: str) -> Any:
    for attempt in range(ATTEMPTS):
        try:
            return _read(query)
        except APIError as error:
            # Such a transaction was undone as a whole, and nobody has an answer: it is as if it had not been asked.
            if error.code not in _UNDONE or attempt == ATTEMPTS - 1:
                raise refusal(error, asked) from None
        except (httpx.HTTPError, ValueError) as error:
            raise _unavailable(asked, type(error).__name__) from None
    raise AssertionError("unreachable")


def _read(query: SyncSelectRequestBuilder | SyncRPCFilterRequestBuilder) -> Any:
    data: object = query.execute().data
    if isinstance(data, str):
        # What the client makes of an answer that is no JSON: a proxy's page, or half of an answer.
        raise ValueError("no_json")  # noqa: TRY004 - it is a broken answer, not one of another type
    return data


def refusal(error: APIError, asked: str) -> MunuiError:
    """The error of ours that PostgREST's answer to `asked` stands for."""
    code, message = str(error.code or ""), str(error.message or "")
    if code.startswith("PT") and message in _OURS:
        field = str(error.details or "")
        faults = [FieldError(camel(field), "cannot be used here")] if field and "PT422" in code else []
        return _OURS[message](errors=faults)
    if code.startswith("PT") and message in _OVERTAKEN:
        return _OVERTAKEN[message](now=_now(error.details))
    if code.startswith("PGRST30") or code == "401":
        return errors.TokenExpired() if "expired" in message.lower() else errors.Unauthenticated()
    if code in ("23514", "22P02", "22P05", "22021", "22003"):
        return errors.Invalid("The database cannot hold this")
    if not code or code.startswith(_PASSING) or code in ("408", "429") or (len(code) == 3 and code.startswith("5")):
        return _unavailable(asked, code)
    if tells_of_failures.get()():
        log.error("upstream_refused", asked=asked, code=code)
    return errors.Internal()


def _now(details: object) -> dict[str, Any] | None:
    try:
        now = json.loads(str(details))
    except ValueError:
        return None
    return now if isinstance(now, dict) else None


def _unavailable(asked: str, reason: str) -> errors.UpstreamUnavailable:
    if tells_of_failures.get()():
        log.warning("upstream_unavailable", asked=asked, reason=reason)
    return errors.UpstreamUnavailable("Supabase cannot be reached; repeat with the same ids", retry_after=RETRY_AFTER)


def _unexpected(asked: str, missing: str) -> errors.Internal:
    """Supabase is there and has answered: that we do not understand it is a fault between its version and ours."""
    if tells_of_failures.get()():
        log.error("upstream_unexpected", asked=asked, missing=missing)
    return errors.Internal()
