"""How the calls about dead jobs are described."""

from __future__ import annotations

from service.activities.dead_letters import models
from service.http.operations import Operation
from service.inbox.described import inbox_call

OPERATIONS: dict[str, Operation] = {
    "inbox_jobs.list_jobs": inbox_call(
        {200: models.DeadJobList}, ("not_allowed", "invalid"), query=("limit", "cursor")
    ),
    "inbox_jobs.retry_job": inbox_call({204: None}, ("not_allowed", "not_found")),
    "inbox_jobs.drop_job": inbox_call({204: None}, ("not_allowed", "not_found")),
}
