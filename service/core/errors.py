"""Every refusal the product knows, one class and one stable code each.

Belongs here: the codes and what a caller may want to know (a detail, faulty fields, when to try again).
Does not belong here: HTTP. Which status a code becomes is decided in `service/http/problems.py` alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One faulty field of a body: a dotted camelCase path and a sentence about it."""

    field: str
    message: str


class Unreadable(Exception):
    """A kept document is of another version than this code, which cannot tell what it means.

    Nobody outside is told: the conversation goes on without it. It holds what may be logged and no content.
    """

    def __init__(self, document: str, version: object) -> None:
        super().__init__(document)
        self.document = document
        self.version = version if isinstance(version, int) else None


class MunuiError(Exception):
    """A refusal with a stable `code`. `retry_after` is in seconds; `extensions` are further members of its problem."""

    code: ClassVar[str] = "internal"

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        retry_after: float | None = None,
        extensions: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.extensions = extensions or {}


class Unauthenticated(MunuiError):
    code = "unauthenticated"


class TokenExpired(MunuiError):
    code = "token_expired"


class OriginNotAllowed(MunuiError):
    code = "origin_not_allowed"


class NotAnOperator(MunuiError):
    code = "not_an_operator"


class NotAllowed(MunuiError):
    code = "not_allowed"


class NotFound(MunuiError):
    code = "not_found"


class MethodNotAllowed(MunuiError):
    code = "method_not_allowed"


class IdempotencyConflict(MunuiError):
    code = "idempotency_conflict"


class AlreadyAnswered(MunuiError):
    code = "already_answered"


class ConversationCompleted(MunuiError):
    code = "conversation_completed"


class Overtaken(MunuiError):
    """Somebody was faster. `now` is what it is now, as the database tells it; not all who ask may see it."""

    def __init__(self, detail: str = "", *, now: Mapping[str, Any] | None = None, **more: Any) -> None:
        super().__init__(detail, **more)
        self.now = now


class AlreadyAssigned(Overtaken):
    code = "already_assigned"


class ConversationChanged(Overtaken):
    code = "conversation_changed"


class SettingsChanged(Overtaken):
    code = "settings_changed"


class PayloadTooLarge(MunuiError):
    code = "payload_too_large"


class UnsupportedMediaType(MunuiError):
    code = "unsupported_media_type"


class MalformedJson(MunuiError):
    code = "malformed_json"


class Invalid(MunuiError):
    code = "invalid"


class UnknownChip(MunuiError):
    code = "unknown_chip"


class InvalidForm(MunuiError):
    code = "invalid_form"


class RateLimited(MunuiError):
    code = "rate_limited"


class Internal(MunuiError):
    code = "internal"


class UpstreamUnavailable(MunuiError):
    code = "upstream_unavailable"
