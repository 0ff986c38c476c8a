"""Webhooks, from what happened to the other side's answer."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from psycopg import Connection
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from examples.webhook_receiver import create_app as example
from scripts.local import LocalStack
from service.activities.webhooks import sending
from service.jobs import actions
from service.jobs.work import JobFailed
from service.jobs.worker import Worker
from service.jobs_app import work_of
from service.supabase.clients import Upstream
from tests.concurrency import PATIENCE, until
from tests.jobs.conftest import Hook, Place
from tests.jobs.receiving import Received, Receiver
from tests.stack import connect
from tests.web.apps import stack_settings
from tests.web.desk import Desk
from tests.working import hand_driven


def test_what_happened_is_told_signed_and_without_what_was_said(
    hook: Hook, place: Place, receiver: Receiver, worker: Worker
) -> None:
    said = place.write(content="아무도 모르게")
    assert worker.drain()
    (got,) = receiver.got
    event = got.verify(hook.secret)
    activity = event["data"].pop("id")
    assert event.pop("timestamp") == event["data"].pop("createdAt")
    assert event == {
        "version": 1,
        "type": "message.created",
        "data": {
            "type": "message.created",
            "conversationId": place.id,
            "contactId": place.owner,
            "actor": {"kind": "bot", "id": None, "name": None},
            "data": {
                "messageId": said["id"], "role": "bot", "kind": "text", "seq": said["seq"], "rev": said["rev"],
            },
            "rev": said["rev"],
            "attempt": 1,
        },
    }  # fmt: skip
    (delivery,) = hook.deliveries()
    assert (delivery["state"], delivery["code"], delivery["attempts"]) == ("delivered", 204, 1)
    assert (delivery["id"], delivery["activityId"]) == (got.id, activity)
    assert "아무도" not in got.body.decode()


def test_a_changed_byte_and_an_old_moment_are_refused_by_the_reference(
    hook: Hook, place: Place, receiver: Receiver, worker: Worker
) -> None:
    place.say()
    worker.drain()
    (got,) = receiver.got
    changed = got.body.replace(b'"version":1', b'"version":2')
    old = {**got.headers, "webhook-timestamp": str(int(got.headers["webhook-timestamp"]) - 301)}
    for body, headers in ((changed, got.headers), (got.body, old), (got.body, {**got.headers, "webhook-id": "x"})):
        with pytest.raises(WebhookVerificationError):
            Webhook(hook.secret).verify(body, headers)


def test_both_secrets_sign_for_a_day_after_a_rotation(
    hook: Hook, place: Place, receiver: Receiver, worker: Worker, root: Connection[Any]
) -> None:
    rotated = hook.admin.inbox("POST", f"/webhooks/{hook.id}/rotate")
    new = rotated.body["secret"]
    assert new != hook.secret
    place.say()
    worker.drain()
    assert receiver.got[0].verify(new) == receiver.got[0].verify(hook.secret)
    root.execute("update public.chat_webhooks set rotated_at = now() - interval '25 hours' where id = %s", [hook.id])
    place.say()
    worker.drain()
    assert receiver.got[1].verify(new)
    with pytest.raises(WebhookVerificationError):
        receiver.got[1].verify(hook.secret)


def test_no_secret_is_told_twice_or_kept_as_it_is(hook: Hook, root: Connection[Any], stack: LocalStack) -> None:
    kept = root.execute("select to_jsonb(w)::text from public.chat_webhooks w where id = %s", [hook.id]).fetchone()[0]
    assert hook.secret.removeprefix("whsec_") not in kept
    assert "secret" not in hook.row()
    # Another key: what the one of before sealed is sealed anew, and both open it until then.
    with hand_driven(stack, webhook_key="k" * 32) as moved:
        root.execute("update public.chat_ticks set due_at = now() where name = 'webhooks'")
        moved.drain()
    sealed = root.execute("select secret from public.chat_webhooks where id = %s", [hook.id]).fetchone()[0]
    assert sealed not in kept


def test_a_receiver_from_the_examples_verifies_and_drops_repeats(
    hook: Hook, place: Place, receiver: Receiver, worker: Worker
) -> None:
    handled: list[Any] = []
    client = example(hook.secret, handled.append).test_client()

    def pass_on(one: Received) -> tuple[int, dict[str, str], bytes]:
        answer = client.post("/", data=one.body, headers=one.headers)
        # The first time it is lost on the way back.
        return (answer.status_code if len(receiver.got) > 1 else 500), {}, b""

    receiver.answer = pass_on
    place.say()
    worker.drain()
    assert len(receiver.got) == 2
    assert len(set(receiver.ids())) == 1
    assert [event["type"] for event in handled] == ["message.created"]
    assert client.post("/", data=b"{}", headers={"webhook-signature": "nonsense"}).status_code == 401
    assert hook.deliveries()[0]["state"] == "delivered"


# What the other side does: how often it is sent with two repeats, and what the list says in the end.
OUTCOMES: dict[str, tuple[Any, int, dict[str, Any]]] = {
    "200": ((200, {}, b"ok"), 1, {"state": "delivered", "code": 200, "answer": "ok"}),
    "410": ((410, {}, b"gone"), 1, {"state": "failed", "code": 410}),
    "500": ((500, {}, b"\xff\x00no"), 3, {"state": "failed", "code": 500, "answer": "��no"}),
    "a redirect": ((302, {"Location": "{url}"}, b""), 3, {"state": "failed", "code": 302}),
    "too long": ((200, {}, b"x" * 300_000), 1, {"state": "delivered", "code": 200, "answer": "x" * 1024}),
    "packed": ((500, {"Content-Encoding": "gzip"}, b"not gzip"), 3, {"state": "failed", "answer": "not gzip"}),
    "no answer": (None, 3, {"state": "failed", "code": None, "error": "timeout"}),
}


@pytest.mark.parametrize("what", OUTCOMES)
def test_what_the_other_side_answers(
    what: str, hook: Hook, place: Place, receiver: Receiver, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, times, shown = OUTCOMES[what]
    slept = threading.Event()

    def told(_: Received) -> Any:
        if answer is None:
            slept.wait(PATIENCE)
            return 200, {}, b""
        status, headers, body = answer
        return status, {name: value.format(url=receiver.url) for name, value in headers.items()}, body

    receiver.answer = told
    if answer is None:
        monkeypatch.setattr(sending.post, "__kwdefaults__", {**sending.post.__kwdefaults__, "seconds": 1.0})
    place.say()
    worker.drain()
    # It may be read when nobody waits for an answer any more.
    until(lambda: len(receiver.got) >= times)
    slept.set()
    assert len(receiver.got) == times
    (delivery,) = hook.deliveries()
    assert {name: delivery[name] for name in shown} == shown
    assert delivery["attempts"] == times
    row = hook.row()
    assert row["isActive"] is (what != "410")
    assert row["disabledReason"] == ("gone" if what == "410" else None)
    assert (row["failingSince"] is None) is (shown["state"] == "delivered")


@pytest.mark.parametrize(
    ("asked", "least", "most"), [("7200", 7200, 7200), ("999999999", 86400, 86400), ("soon", 500, 550)]
)
def test_retry_after_is_honoured_up_to_a_day(
    stack: LocalStack,
    hook: Hook,
    place: Place,
    receiver: Receiver,
    root: Connection[Any],
    asked: str,
    least: float,
    most: float,
) -> None:
    receiver.answer = lambda _: (429, {"Retry-After": asked}, b"")
    place.say()
    before = root.execute("select now()").fetchone()[0]
    # As shipped, but that it is not due again while it is looked at.
    with hand_driven(stack, webhook_allow_private=True, webhook_repeats="500") as worker:
        worker.drain()
    run_at, after = root.execute(
        "select run_at, now() from public.chat_jobs where payload ->> 'delivery_id' = %s",
        [hook.deliveries()[0]["id"]],
    ).fetchone()
    assert before + timedelta(seconds=least) <= run_at <= after + timedelta(seconds=most)
    assert hook.deliveries()[0]["nextAt"] is not None


def test_five_days_of_failure_turn_it_off_and_the_team_is_told(
    hook: Hook, place: Place, receiver: Receiver, worker: Worker, root: Connection[Any]
) -> None:
    receiver.answer = lambda _: (500, {}, b"")
    place.say()
    worker.drain()
    assert hook.row()["isActive"]
    root.execute("update public.chat_webhooks set failing_since = now() - interval '5 days' where id = %s", [hook.id])
    place.say(2)
    worker.drain()
    assert hook.row()["disabledReason"] == "failing"
    told = root.execute(
        "select actor_kind, data from public.chat_activities"
        " where conversation_id is null and data ->> 'webhookId' = %s order by created_at desc limit 1",
        [hook.id],
    ).fetchone()
    assert told == ("system", {"what": "webhook", "webhookId": hook.id, "isActive": False, "reason": "failing"})
    sent = len(receiver.got)
    place.say()
    worker.drain()
    # Nothing is written for it any more, and what waited is not sent; once it is on again, it has five days again.
    assert len(receiver.got) == sent
    assert {one["state"] for one in hook.deliveries()} == {"failed"}
    again = hook.admin.inbox("PATCH", f"/webhooks/{hook.id}", {"isActive": True})
    assert (again.body["disabledReason"], again.body["failingSince"]) == (None, None)


def test_one_conversation_goes_in_order_and_a_failure_holds_up_nothing(
    hook: Hook, place: Place, receiver: Receiver, worker: Worker
) -> None:
    first = [None]

    def told(one: Received) -> Any:
        first[0] = first[0] or one.id
        return (500 if one.id == first[0] else 200), {}, b""

    receiver.answer = told
    place.say(12)
    worker.drain()
    firsts = list(dict.fromkeys(receiver.ids()))
    by_id = {one.id: one for one in receiver.got}
    seqs = [by_id[one].event["data"]["data"]["seq"] for one in firsts]
    assert seqs == sorted(seqs)
    assert len(seqs) == 12
    assert len(receiver.got) == 14


def test_a_try_and_sending_again(hook: Hook, place: Place, receiver: Receiver, worker: Worker) -> None:
    tried = hook.admin.inbox("POST", f"/webhooks/{hook.id}/test")
    assert (tried.status, tried.body["type"]) == (202, "webhook.test")
    worker.drain()
    assert receiver.got[0].verify(hook.secret)["type"] == "webhook.test"
    receiver.answer = lambda _: (500, {}, b"")
    place.say()
    worker.drain()
    failed = hook.deliveries()[0]
    assert failed["state"] == "failed"
    dead = hook.admin.inbox("GET", "/jobs").body["jobs"]
    assert [one["payload"] for one in dead] == [{"deliveryId": failed["id"]}]
    receiver.answer = lambda _: (200, {}, b"")
    assert hook.admin.inbox("POST", f"/deliveries/{failed['id']}/resend").status == 202
    worker.drain()
    assert receiver.got[-1].id == failed["id"]
    assert hook.deliveries()[0]["state"] == "delivered"
    assert hook.admin.inbox("GET", "/jobs").body["jobs"] == []


def test_what_is_sent_again_before_its_end_is_told_is_sent_again(
    hook: Hook, place: Place, receiver: Receiver, worker: Worker, stack: LocalStack, upstream: Upstream
) -> None:
    place.say()
    handler = work_of(upstream, stack_settings(stack, webhook_allow_private=True)).handlers["webhook"]
    (job,) = actions.claim(upstream, {"webhook": (1, handler)}, {}).jobs
    handler.do(job)
    assert hook.admin.inbox("POST", f"/deliveries/{receiver.ids()[0]}/resend").status == 202
    assert actions.finish(upstream, [job]) == 0
    worker.drain()
    assert len(receiver.got) == 2
    assert hook.deliveries()[0]["state"] == "delivered"


def test_who_comes_back_late_does_not_undo_what_another_has_sent(
    hook: Hook, place: Place, receiver: Receiver, worker: Worker, root: Connection[Any], stack: LocalStack,
    upstream: Upstream,
) -> None:  # fmt: skip
    """A worker whose time runs out while the other side thinks; then another sends it, and is answered at once."""
    place.say()
    handler = work_of(upstream, stack_settings(stack, webhook_allow_private=True)).handlers["webhook"]
    (job,) = actions.claim(upstream, {"webhook": (1, handler)}, {}).jobs

    def meanwhile(_: Received) -> tuple[int, dict[str, str], bytes]:
        if len(receiver.got) > 1:
            return 204, {}, b""
        root.execute("update public.chat_jobs set lease_until = now() - interval '1 s'")
        worker.drain()
        return 500, {}, b""

    receiver.answer = meanwhile
    with pytest.raises(JobFailed):
        handler.do(job)
    assert len(receiver.got) == 2
    (delivery,) = hook.deliveries()
    assert (delivery["state"], delivery["code"], hook.row()["failingSince"]) == ("delivered", 204, None)


def test_one_that_is_off_fails_at_nothing(hook: Hook, place: Place, worker: Worker) -> None:
    place.say()
    hook.admin.inbox("PATCH", f"/webhooks/{hook.id}", {"isActive": False})
    worker.drain()
    assert hook.deliveries()[0]["error"] == "webhook_off"
    assert hook.row()["failingSince"] is None


def test_what_happens_while_a_webhook_is_deleted_happens(
    hook: Hook, place: Place, root: Connection[Any], stack: LocalStack
) -> None:
    with connect(stack) as deleting:
        deleting.execute("delete from public.chat_webhooks where id = %s", [hook.id])
        said = threading.Thread(target=place.say)
        said.start()
        with connect(stack, autocommit=True) as looking:
            until(
                lambda: (
                    looking.execute("select 1 from pg_locks where not granted and locktype = 'transactionid'").rowcount
                )
            )
        deleting.commit()
        said.join()
    assert root.execute("select 1 from public.chat_messages where conversation_id = %s", [place.id]).rowcount == 1


def test_what_is_gone_is_not_sent(
    hook: Hook, place: Place, receiver: Receiver, worker: Worker, root: Connection[Any]
) -> None:
    place.say()
    root.execute("delete from public.chat_conversations where id = %s", [place.id])
    worker.drain()
    assert receiver.got == []
    assert hook.deliveries() == []


def test_a_proxy_of_the_environment_is_not_used(
    hook: Hook, place: Place, receiver: Receiver, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    place.say()
    worker.drain()
    assert len(receiver.got) == 1
    assert hook.deliveries()[0]["state"] == "delivered"


def test_pages_of_deliveries(hook: Hook, place: Place, admin: Desk) -> None:
    place.say(5)
    first = admin.inbox("GET", f"/webhooks/{hook.id}/deliveries", limit=3)
    rest = admin.inbox("GET", f"/webhooks/{hook.id}/deliveries", limit=3, cursor=first.body["nextCursor"])
    assert len({one["id"] for one in first.body["deliveries"] + rest.body["deliveries"]}) == 5
    assert rest.body["nextCursor"] is None
