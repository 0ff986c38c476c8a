"""How the calls about an account are described."""

from __future__ import annotations

from service.http.operations import API, MEMBER, Operation

OPERATIONS: dict[str, Operation] = {
    "me.delete": Operation({204: None}, (*API, *MEMBER), needs_member=True),
}
