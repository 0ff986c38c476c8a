"""What a request identifies itself with: the `Authorization` header, or the web app's own cookie.

Belongs here: which of the two counts. Does not belong here: whether it is any good, and who it names
(`service/accounts`).
"""

from __future__ import annotations

from typing import Literal

from flask import request

from service.http.context import part
from service.settings import Settings

Credential = Literal["header", "cookie", "none"]
# For which member a page asks by the cookie (`service/accounts/who.py`).
FOR_WHOM = "Munui-Member"


def credential() -> Credential:
    """What this request identifies itself with. Any `Authorization` header at all rules the cookie out."""
    if request.headers.get("Authorization") is not None:
        return "header"
    return "cookie" if part(Settings).session_cookie in request.cookies else "none"
