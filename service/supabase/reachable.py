"""Whether Supabase answers, asked as cheaply as it can be asked.

Belongs here: one question for each of its services that we need. Does not belong here: how often it is asked, and what
follows (`service/http/health.py`).
"""

from __future__ import annotations

import httpx

from service.settings import Settings
from service.supabase.clients import Upstream

_ASK_TIMEOUT = 2.0
_ROWS = "/rest/v1/chat_conversations?select=id&limit=1"
_AUTH = "/auth/v1/health"


def rest_answers(upstream: Upstream, settings: Settings) -> bool:
    """Whether rows can be read."""
    return _answers(upstream, _ROWS, settings.supabase_secret_key.get_secret_value())


def auth_answers(upstream: Upstream, settings: Settings) -> bool:
    """Whether accounts can be asked about."""
    return _answers(upstream, _AUTH, settings.supabase_publishable_key.get_secret_value())


def _answers(upstream: Upstream, path: str, key: str) -> bool:
    try:
        answer = upstream.http.get(f"{upstream.url}{path}", headers={"apikey": key}, timeout=_ASK_TIMEOUT)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200
