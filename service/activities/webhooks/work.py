"""The worker's half of webhooks: a delivery is sent, kept how it went, and tried again when it did not go well.

At least once: where the worker is lost between sending and keeping, the same is sent once more, under the same id.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime
from functools import partial

import structlog

from service.activities.webhooks import actions
from service.activities.webhooks.body import body_of, headers_of
from service.activities.webhooks.safe import Safe
from service.activities.webhooks.sending import Attempt, post
from service.core.mapper import Row
from service.jobs.work import Handler, Job, JobFailed, Tick, Work
from service.settings import Settings
from service.supabase.clients import Upstream

log = structlog.get_logger(__name__)

# More than an attempt and its questions take.
_LEASE_SECONDS = 45
# They wait for other machines, nearly all of the time; and one that does not answer must not have all of them wait.
_AT_ONCE, _AT_ONCE_EACH = 16, 4
_TIDY_SECONDS = 3600.0


def work_of(upstream: Upstream, settings: Settings) -> Work:
    """Deliveries, and once an hour what is old or under an old key."""
    safe = Safe.from_settings(settings)
    deliver = Handler(partial(_deliver, upstream, settings, safe), _AT_ONCE, _LEASE_SECONDS, _AT_ONCE_EACH)
    return Work({"webhook": deliver}, {"webhooks": Tick(partial(_tidy, upstream, safe), _TIDY_SECONDS)})


def _deliver(upstream: Upstream, settings: Settings, safe: Safe, job: Job) -> None:
    row = actions.read_delivery(upstream, job.payload["delivery_id"])
    # It went with its conversation or webhook, or another worker was faster.
    if row is None or row["state"] == "delivered":
        return
    attempt = _attempt(row, settings, safe)
    pause = (
        None if attempt.is_gone or not _may_be_sent(row) else _pause(settings.webhook_repeats, job.attempts, attempt)
    )
    state = "delivered" if attempt.is_success else "failed" if pause is None else "waiting"
    actions.record(upstream, row["id"], state, attempt)
    if pause is not None:
        raise JobFailed(attempt.error or str(attempt.code), again_after=pause)
    if state == "failed" and _may_be_sent(row) and not attempt.is_gone:
        raise JobFailed(attempt.error or str(attempt.code), is_hopeless=True)


def _attempt(row: Row, settings: Settings, safe: Safe) -> Attempt:
    if not _may_be_sent(row):
        return Attempt(None, "webhook_off", 0)
    webhook = row["webhook"]
    secrets = [safe.unseal(one) for one in (webhook["secret"], webhook["previous_secret"]) if one is not None]
    known = [one for one in secrets if one is not None]
    if not known:
        log.error("webhook_secret_unreadable", webhook_id=webhook["id"])
        return Attempt(None, "secret_unreadable", 0)
    body = body_of(row)
    headers = headers_of(row["id"], datetime.now(UTC), body, known)
    return post(webhook["url"], headers, body.encode(), allows_private=settings.webhook_allow_private)


def _may_be_sent(row: Row) -> bool:
    """A try goes out also where the webhook is off."""
    return bool(row["webhook"]["is_active"]) or row["activity"] is None


def _pause(repeats: tuple[float, ...], attempts: int, attempt: Attempt) -> float | None:
    """Seconds until the next attempt; None where there is none."""
    if attempt.is_success or attempts > len(repeats):
        return None
    # A little later, so that what failed together is not repeated together.
    planned = repeats[attempts - 1] * random.uniform(1.0, 1.1)  # noqa: S311 - jitter
    return max(planned, attempt.wait or 0.0)


def _tidy(upstream: Upstream, safe: Safe) -> None:
    actions.tidy(upstream)
    anew = []
    for row in actions.sealed_secrets(upstream, []):
        secret, previous = row["secret"], row["previous_secret"]
        kept = (safe.resealed(secret) or secret, previous and (safe.resealed(previous) or previous))
        if kept != (secret, previous):
            anew.append({"id": row["id"], "former": secret, "secret": kept[0], "previous_secret": kept[1]})
    if anew:
        actions.sealed_secrets(upstream, anew)
