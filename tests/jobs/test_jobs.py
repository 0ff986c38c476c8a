"""Jobs: none is lost and none is in two hands, whoever is killed at whichever moment."""

from __future__ import annotations

import itertools
import json
import os
import signal
import threading
import time
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg import Connection
from structlog.testing import capture_logs

from scripts.local import LocalStack
from service.jobs import actions
from service.jobs.work import Handler, Job, JobFailed, Tick, Work
from service.jobs.worker import FIRST_PAUSE, Worker
from service.jobs_app import work_of
from service.supabase.clients import Upstream
from tests.concurrency import PATIENCE, at_once, until
from tests.jobs.conftest import Hook, Place
from tests.jobs.receiving import Receiver
from tests.web.apps import stack_settings
from tests.web.desk import Desk
from tests.working import a_process, hand_driven

NOTHING = Handler(lambda _: None)
# Seconds for hundreds of jobs, on whatever machine.
LONG = 10 * PATIENCE


@pytest.fixture(autouse=True)
def _no_jobs(root: Connection[Any]) -> None:
    root.execute("delete from public.chat_jobs")


def add(db: Connection[Any], count: int = 1, **columns: Any) -> None:
    names = {"p_max_attempts": 10, "p_conversation_id": None, "p_order_key": None, **columns}
    db.execute(
        "select public.jobs_add('try', jsonb_build_object('n', n), null, %(p_conversation_id)s, %(p_order_key)s, null,"
        " %(p_max_attempts)s) from generate_series(1, %(count)s) n",
        {**names, "count": count},
    )


def let_leases_end(db: Connection[Any]) -> None:
    db.execute("update public.chat_jobs set lease_until = now() - interval '1 s' where state = 'running'")


def states(db: Connection[Any]) -> dict[str, int]:
    return dict(db.execute("select state, count(*) from public.chat_jobs group by state").fetchall())


def take(upstream: Upstream, limit: int = 10, handler: Handler = NOTHING) -> list[Job]:
    return list(actions.claim(upstream, {"try": (limit, handler)}, {}).jobs)


def test_two_who_take_at_once_never_have_the_same(root: Connection[Any], upstream: Upstream) -> None:
    add(root, 200)
    taken = at_once([lambda: take(upstream, 50)] * 8)
    counted = Counter(job.id for job in itertools.chain(*taken))
    assert set(counted.values()) == {1}
    rest = take(upstream, 200)
    assert len(counted) + len(rest) == 200


def test_what_is_lost_is_taken_again_and_who_lost_it_says_so_in_vain(root: Connection[Any], upstream: Upstream) -> None:
    add(root)
    (lost,) = take(upstream)
    assert take(upstream) == []
    let_leases_end(root)
    (again,) = take(upstream)
    assert (again.id, again.attempts) == (lost.id, 2)
    assert actions.finish(upstream, [lost]) == 0
    assert actions.fail(upstream, lost, "late", 0) is None
    assert actions.finish(upstream, [again]) == 1
    assert states(root) == {}


def test_one_that_takes_its_worker_with_it_each_time_is_dead_in_the_end(
    root: Connection[Any], upstream: Upstream
) -> None:
    add(root, p_max_attempts=3)
    for _ in range(3):
        assert len(take(upstream)) == 1
        let_leases_end(root)
    assert take(upstream) == []
    assert states(root) == {"dead": 1}


@pytest.mark.parametrize(
    ("error", "left", "pause"),
    [
        (JobFailed("why", again_after=100), {"waiting": 1}, (100, 100)),
        (JobFailed("why", is_hopeless=True), {"dead": 1}, (0, 0)),
        (RuntimeError("a secret"), {"waiting": 1}, (50, 100)),
    ],
)
def test_a_failure(
    stack: LocalStack,
    root: Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    left: dict[str, int],
    pause: tuple[int, int],
) -> None:
    def fails(_: Job) -> None:
        raise error

    # Longer than whatever holds up this machine, so that it is not due again while it is looked at.
    monkeypatch.setattr("service.jobs.worker.FIRST_PAUSE", 20 * FIRST_PAUSE)
    add(root)
    before = root.execute("select now()").fetchone()[0]
    with hand_driven(stack, Work({"try": Handler(fails)})) as worker:
        assert worker.drain() == 1
    assert states(root) == left
    reason, run_at, after = root.execute("select last_error, run_at, now() from public.chat_jobs").fetchone()
    assert reason == ("why" if isinstance(error, JobFailed) else "RuntimeError")
    least, most = (timedelta(seconds=seconds) for seconds in pause)
    assert before + least <= run_at <= after + most


def test_a_dead_one_is_tried_anew_or_given_up_by_an_admin(
    admin: Desk, stack: LocalStack, root: Connection[Any]
) -> None:
    done: list[Any] = []

    def first_fails(job: Job) -> None:
        if job.payload["n"] not in done:
            done.append(job.payload["n"])
            raise JobFailed("not yet", is_hopeless=True)

    add(root, 2)
    with hand_driven(stack, Work({"try": Handler(first_fails)})) as worker:
        worker.drain()
        kept, given_up = admin.inbox("GET", "/jobs").body["jobs"]
        assert (kept["kind"], kept["lastError"], kept["attempts"]) == ("try", "not yet", 1)
        assert admin.inbox("POST", f"/jobs/{kept['id']}/retry").status == 204
        assert admin.inbox("DELETE", f"/jobs/{given_up['id']}").status == 204
        assert admin.inbox("POST", f"/jobs/{given_up['id']}/retry").refusal == (404, "not_found")
        assert worker.drain() == 1
    assert states(root) == {}


def test_first_attempts_go_in_order_and_no_other_waits(root: Connection[Any], upstream: Upstream, place: Place) -> None:
    add(root, 3, p_conversation_id=place.id, p_order_key="a")
    (first,) = take(upstream)
    assert take(upstream) == []
    actions.fail(upstream, first, "not yet", 3600)
    (second,) = take(upstream)
    actions.finish(upstream, [second])
    (third,) = take(upstream)
    assert [job.payload["n"] for job in (first, second, third)] == [1, 2, 3]


def test_one_that_does_not_answer_does_not_have_all_workers(root: Connection[Any], upstream: Upstream) -> None:
    handler = Handler(lambda _: None, at_once_each=2)
    add(root, 10, p_order_key="slow")
    add(root, 1, p_order_key="quick")
    taken = [job for _ in range(5) for job in take(upstream, 10, handler)]
    assert len(taken) == 3
    assert taken[-1].payload == {"n": 1}


def test_a_period_is_one_workers(stack: LocalStack, root: Connection[Any], upstream: Upstream) -> None:
    root.execute("delete from public.chat_ticks where name = 'try'")
    every = {"try": 3600.0}
    taken = at_once([lambda: actions.claim(upstream, {}, every).ticks] * 8)
    assert sorted(itertools.chain(*taken)) == ["try"]
    done: list[int] = []

    def fails() -> None:
        done.append(1)
        raise RuntimeError

    root.execute("update public.chat_ticks set due_at = now() where name = 'try'")
    with hand_driven(stack, Work(ticks={"try": Tick(fails, 3600.0)})) as worker:
        assert worker.drain() == 1
        assert worker.drain() == 0
    assert done == [1]


def test_who_drives_a_worker_by_hand_comes_to_an_end(stack: LocalStack, root: Connection[Any]) -> None:
    """Also where a period is over before the round is, as on a busy machine."""
    begun: list[int] = []

    def tick() -> None:
        begun.append(1)
        # Or nobody would ever see that it does not.
        if len(begun) > 9:
            root.execute("update public.chat_ticks set due_at = 'infinity' where name = 'try'")

    root.execute("delete from public.chat_ticks where name = 'try'")
    with hand_driven(stack, Work(ticks={"try": Tick(tick, 0.0)})) as worker:
        assert worker.drain() == len(begun) == 2


@pytest.mark.parametrize("step", ["taken", "sent", "kept"])
def test_a_worker_that_is_lost_between_two_steps(
    step: str, hook: Hook, place: Place, receiver: Receiver, root: Connection[Any], stack: LocalStack,
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Lost: nothing that comes after the step is done, by whomever."""
    place.say()

    class Killed(BaseException):
        pass

    def killed(*_: Any, **__: Any) -> Any:
        raise Killed

    settings = stack_settings(stack, webhook_allow_private=True)
    handler = work_of(upstream, settings).handlers["webhook"]
    (job,) = actions.claim(upstream, {"webhook": (1, handler)}, {}).jobs
    if step == "sent":
        with monkeypatch.context() as then:
            then.setattr("service.activities.webhooks.actions.record", killed)
            with pytest.raises(Killed):
                handler.do(job)
    if step == "kept":
        handler.do(job)
    sent = len(receiver.got)
    assert sent == (0 if step == "taken" else 1)
    let_leases_end(root)
    with hand_driven(stack, webhook_allow_private=True) as other:
        other.drain()
    # At least once, under one id; what was kept as sent is not sent again.
    assert len(receiver.got) == {"taken": 1, "sent": 2, "kept": 1}[step]
    assert len(set(receiver.ids())) == 1
    assert hook.deliveries()[0]["state"] == "delivered"
    assert states(root) == {}


def test_kills_lose_none_of_a_thousand(
    hook: Hook, place: Place, receiver: Receiver, root: Connection[Any], stack: LocalStack, tmp_path: Path
) -> None:
    # Committed, and nobody has sent anything yet.
    place.say(1000)
    root.execute("update public.chat_jobs set order_key = null")
    settings = {"WEBHOOK_ALLOW_PRIVATE": "1"}
    with ExitStack() as running:
        workers = [running.enter_context(a_process(stack, tmp_path / f"{n}.log", **settings)) for n in range(2)]
        for at in (50, 300, 600):
            until(lambda at=at: len(receiver.got) >= at, LONG)
            pid = workers[0].child.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            workers[0] = running.enter_context(a_process(stack, tmp_path / f"{at}.log", **settings))
            let_leases_end(root)
        until(lambda: states(root) == {}, LONG)
    assert len(set(receiver.ids())) == 1000
    counts = root.execute(
        "select state, count(*) from public.chat_deliveries where webhook_id = %s group by 1", [hook.id]
    )
    assert counts.fetchall() == [("delivered", 1000)]


def test_asked_to_stop_it_finishes_what_it_has_and_takes_no_more(
    hook: Hook, place: Place, receiver: Receiver, root: Connection[Any], stack: LocalStack, tmp_path: Path
) -> None:
    answered = threading.Event()
    receiver.answer = lambda _: (204 if answered.wait(PATIENCE) else 500, {}, b"")
    place.say(3)
    log = tmp_path / "worker.log"
    with a_process(stack, log, WEBHOOK_ALLOW_PRIVATE="1") as worker:
        until(lambda: len(receiver.got) == 1)
        pid = worker.child.pid
        assert pid is not None
        os.kill(pid, signal.SIGTERM)
        until(lambda: "worker_stopping" in log.read_text(encoding="utf-8"))
        answered.set()
        until(lambda: not worker.child.is_running())
        assert worker.child.exit_code() == 0
    assert len(receiver.got) == 1
    assert sorted(one["state"] for one in hook.deliveries()) == ["delivered", "waiting", "waiting"]
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    (told,) = [line for line in lines if line["event"] == "job"]
    assert (told["kind"], told["outcome"], told["attempt"]) == ("webhook", "done", 1)
    assert hook.secret not in log.read_text(encoding="utf-8")


def test_faulty_settings_are_told_at_start(stack: LocalStack, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    with a_process(stack, log, WEBHOOK_REPEATS="soon", WEBHOOK_KEY="short") as worker:
        until(lambda: not worker.child.is_running())
        assert worker.child.exit_code() == 1
    assert {line.split()[1] for line in log.read_text(encoding="utf-8").splitlines()[1:]} == {
        "WEBHOOK_REPEATS", "WEBHOOK_KEY",
    }  # fmt: skip


def test_an_outage_is_waited_out_and_what_was_done_is_told_then(stack: LocalStack, root: Connection[Any]) -> None:
    upstream = Upstream.from_settings(stack_settings(stack))
    known, rounds, done = upstream.url, [], threading.Event()

    def leaves(_: Job) -> None:
        # From here on nobody answers.
        upstream.url = "http://127.0.0.1:9"
        done.set()

    class Counting(Worker):
        def _round(self) -> float:
            rounds.append(upstream.url)
            return super()._round()

    worker = Counting(upstream, Work({"try": Handler(leaves)}), idle_seconds=0.05, lost_seconds=0.2)
    running = threading.Thread(target=worker.run)
    with capture_logs() as told:
        running.start()
        try:
            add(root)
            assert done.wait(PATIENCE)
            until(lambda: rounds.count("http://127.0.0.1:9") >= 3)
            began, asked = time.monotonic(), len(rounds)
            until(lambda: len(rounds) > asked + 2)
            # It asks again after its pause, also while there is something to be told.
            assert time.monotonic() - began > 0.3
            assert states(root) == {"running": 1}
            upstream.url = known
            until(lambda: states(root) == {})
        finally:
            worker.stop()
            running.join(PATIENCE)
            upstream.close()
    told_of = {"upstream_unavailable", "worker_lost", "worker_found"}
    assert [line["event"] for line in told if line["event"] in told_of] == [
        "upstream_unavailable", "worker_lost", "worker_found",
    ]  # fmt: skip
