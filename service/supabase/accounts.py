"""Looking for accounts by a part of their address: what Supabase Auth can, and its client has no call for.

Belongs here: that one question. Does not belong here: everything that the client has (`service/accounts/actions.py`).
"""

from __future__ import annotations

import httpx
from pydantic import ValidationError
from supabase_auth.types import User, UserList

from service.core.errors import UpstreamUnavailable
from service.supabase.clients import Upstream


def accounts_with(upstream: Upstream, text: str, page: int, size: int) -> list[User]:
    """A page of the accounts whose address holds `text`; the first page is 1. Raises UpstreamUnavailable."""
    try:
        answer = upstream.ask_auth("/admin/users", {"filter": text, "page": page, "per_page": size})
        return UserList.model_validate_json(answer.raise_for_status().content).users
    except (httpx.HTTPError, ValidationError):
        raise UpstreamUnavailable("Supabase Auth does not tell of accounts") from None
