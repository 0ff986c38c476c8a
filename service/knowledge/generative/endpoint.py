"""One endpoint that speaks as OpenAI's does, asked for one whole answer within one time.

Belongs here: the request, when it is tried again, what counts as a whole answer. Does not belong here: what is asked
(`prompt.py`), what an answer must be (`checks.py`).

No stream is asked for: nobody may see a word before all are checked. One that comes all the same is put together, and
is whole only with its last line. Nothing that went over the wire is ever logged, nor the key.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import structlog

from service.knowledge.generative.dialect import Dialect, Said
from service.settings import Settings
from service.supabase.connections import AnswerTooLarge, Connections

log = structlog.get_logger(__name__)

# In bytes; far more than an answer of `MOST_TOKENS`.
LARGEST_ANSWER = 512 * 1024
MOST_TOKENS = 2_000
CONNECT_SECONDS = 5.0
# How often one question is sent at most while the endpoint is busy, broken or cuts off. What it refuses comes extra.
ATTEMPTS = 3
FIRST_PAUSE = 0.5
# Less is not worth a request.
SHORTEST = 0.2
_BUSY = (408, 409, 425, 429)
_UNFIT = (400, 415, 422)


class ModelAway(Exception):
    """There is no answer of the model, for a reason in a word.

    That is busy, away, timeout, cut, refused, unreadable, too_large or filtered.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model answered. `is_cut`: it reached the limit of its tokens. Tokens are None where none were told."""

    text: str
    is_cut: bool
    tokens_in: int | None
    tokens_out: int | None


class Endpoint:
    """Made once a process. Safe to use from several threads."""

    def __init__(self, base_url: str, model: str, key: str | None, *, timeout: float) -> None:
        """`base_url` is what `/chat/completions` is appended to; `timeout` in seconds is for one request."""
        self.model = model
        self._url = f"{base_url}/chat/completions"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = Connections(timeout=timeout, connect_timeout=CONNECT_SECONDS, largest=LARGEST_ANSWER)
        # What was learnt of it stays: a refusal costs a request once.
        self._dialect = Dialect()

    @classmethod
    def from_settings(cls, settings: Settings) -> Endpoint | None:
        """The endpoint that the settings name, if they do."""
        if settings.ai_base_url is None or settings.ai_model is None:
            return None
        key = None if settings.ai_api_key is None else settings.ai_api_key.get_secret_value()
        return cls(settings.ai_base_url, settings.ai_model, key, timeout=settings.ai_timeout)

    def close(self) -> None:
        """Close connections that nobody uses."""
        self._http.close()

    def ask(self, messages: Sequence[Said], schema: Mapping[str, Any], until: float) -> Completion:
        """The model's whole answer, before `until` (time.monotonic). Raises ModelAway."""
        attempts, reason = 0, "timeout"
        while (left := until - time.monotonic()) > SHORTEST:
            dialect = self._dialect
            try:
                response = self._send(dialect.body(self.model, messages, schema, MOST_TOKENS), left)
                if response.status_code in _UNFIT:
                    self._dialect = _simpler(dialect, response.text)
                    continue
                if response.status_code == 200:
                    return _completion(response)
                reason, pause = _trouble(response), _asked_pause(response.headers)
            except _Broken as broken:
                reason, pause = broken.reason, None
            attempts += 1
            wait = _pause(attempts) if pause is None else pause
            log.warning("model_failed", reason=reason, attempt=attempts)
            if attempts >= ATTEMPTS or reason == "timeout" or wait >= until - time.monotonic() - SHORTEST:
                break
            time.sleep(wait)
        raise ModelAway(reason)

    def _send(self, body: Mapping[str, Any], left: float) -> httpx.Response:
        try:
            return self._http.post(self._url, json=body, headers=self._headers, timeout=left)
        except httpx.TimeoutException:
            raise _Broken("timeout") from None
        except AnswerTooLarge:
            raise ModelAway("too_large") from None
        except (httpx.ConnectError, httpx.UnsupportedProtocol):
            raise _Broken("away") from None
        except httpx.TransportError:
            raise _Broken("cut") from None


class _Broken(Exception):
    """No whole answer came; another attempt may bring one."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _simpler(dialect: Dialect, told: str) -> Dialect:
    simpler = dialect.simpler(told)
    if simpler is None:
        log.error("model_refused", status="unfit")
        raise ModelAway("refused")
    return simpler


def _trouble(response: httpx.Response) -> str:
    """What an answer that is none means. Raises ModelAway where asking again is in vain."""
    if response.status_code in _BUSY:
        return "busy"
    if response.status_code >= 500:
        return "away"
    # A key, a model or an address that is not right: an admin's to mend.
    log.error("model_refused", status=response.status_code)
    raise ModelAway("refused")


def _pause(attempts: int) -> float:
    longest: float = FIRST_PAUSE * 2 ** (attempts - 1)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - jitter


def _asked_pause(headers: httpx.Headers) -> float | None:
    """The seconds of Retry-After, a number or a date."""
    told = headers.get("retry-after", "")
    if told.isascii() and told.isdigit():
        return float(told[:10])
    try:
        return max(0.0, (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _completion(response: httpx.Response) -> Completion:
    """Raises _Broken for what is not whole, ModelAway for what is no answer."""
    is_stream = response.headers.get("content-type", "").startswith("text/event-stream")
    try:
        data = _joined(response.text) if is_stream else _object(response.text)
        choice = data["choices"][0]
        text, finish = choice["message"].get("content"), choice.get("finish_reason")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise ModelAway("unreadable") from None
    if finish is None:
        raise _Broken("cut")
    if finish not in ("stop", "length"):
        raise ModelAway("filtered" if finish == "content_filter" else "unreadable")
    usage = data.get("usage")
    return Completion(
        _storable(text) if isinstance(text, str) else "",
        finish == "length",
        _count(usage, "prompt_tokens"),
        _count(usage, "completion_tokens"),
    )


def _joined(stream: str) -> dict[str, Any]:
    """One answer of the pieces of a stream, which ends with a line that says so."""
    text, finish, usage, is_whole = "", None, None, False
    for line in stream.splitlines():
        if not line.startswith("data:"):
            continue
        if (said := line.removeprefix("data:").strip()) == "[DONE]":
            is_whole = True
            break
        piece = _object(said)
        usage = piece.get("usage") or usage
        for choice in piece.get("choices") or []:
            text += (choice.get("delta") or {}).get("content") or ""
            finish = choice.get("finish_reason") or finish
    if not is_whole:
        raise _Broken("cut")
    return {"choices": [{"message": {"content": text}, "finish_reason": finish}], "usage": usage}


def _object(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise _Broken("unreadable")
    return data


def _storable(text: str) -> str:
    """Without what neither a database nor a next request can hold: U+0000, and half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")


def _count(usage: Any, name: str) -> int | None:
    found = usage.get(name) if isinstance(usage, dict) else None
    return found if type(found) is int and 0 <= found < 10**9 else None
