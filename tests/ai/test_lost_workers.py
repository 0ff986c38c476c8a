"""A worker that is lost at any step: one answer, or one handover; and what it had set aside is settled."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.local import LocalStack
from service.conversations import answering
from service.core.errors import UpstreamUnavailable
from service.jobs import worker as workers
from service.knowledge.generative import actions
from service.knowledge.generative import work as working
from service.knowledge.generative.words import handover
from service.knowledge.vectors import finding
from tests.ai.standin import KEY, MODEL, Body, Request, StandIn, honest
from tests.ai.worded import WORDED, Talk, settings_of
from tests.concurrency import PATIENCE, until
from tests.db.articles import QUESTION
from tests.working import a_process, hand_driven

FIRST = WORDED.splitlines()[0]
DEAD = "update public.chat_jobs set state = 'dead' where kind = 'answer' and conversation_id = %s"
GONE = "delete from public.chat_jobs where kind = 'answer' and conversation_id = %s"
# A flow that answers no questions.
SMALL = """\
name: small
start: hello
resume: hello
otherwise: [{text: {ko: 네, en: Fine}}]
misfit: [{text: {ko: 네, en: Fine}}]
steps:
  hello:
    say:
      - chips:
          - {id: stop, label: {ko: 끝, en: End}, to: end}
  end:
    complete: true
handover:
  online: {say: [{notice: {ko: 불렀어요, en: Called}}]}
  away: {say: [{notice: {ko: 불렀어요, en: Called}}]}
  closed: {say: [{notice: {ko: 불렀어요, en: Called}}]}
  recorded: [{notice: {ko: 네, en: Fine}, role: system}]
  goodbye: end
"""
# The steps of a job, as a module and the name of what is asked there.
STEPS: dict[str, tuple[Any, str]] = {
    "read the question": (answering, "read_question"),
    "find": (finding, "find"),
    "set aside": (actions, "reserve"),
    "ask": (working, "think"),
    "spend": (actions, "spend"),
    "settle": (answering, "settle"),
}


@pytest.fixture(autouse=True)
def _not_before_it_is_due_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed comes again when a test says so, also where the rest of a round takes longer than its first pause."""
    monkeypatch.setattr(workers, "FIRST_PAUSE", workers.LONGEST_PAUSE)


def due_again(talk: Talk) -> None:
    """Let the time of whoever has the job be over."""
    talk.db.execute(
        "update public.chat_jobs set run_at = now(), lease_until = now() - interval '1 s' where kind = 'answer'"
        " and state = 'running'"
    )
    talk.db.execute("update public.chat_jobs set run_at = now() where kind = 'answer' and state = 'waiting'")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_whatever_fails_is_done_again_and_said_once(
    step: str, when: str, talk: Talk, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name = STEPS[step]
    done: Callable[..., Any] = getattr(module, name)

    def lost(*args: Any, **more: Any) -> Any:
        if when == "after":
            done(*args, **more)
        raise UpstreamUnavailable("nobody heard of it")

    asked = talk.ask(QUESTION)
    with monkeypatch.context() as patched:
        patched.setattr(module, name, lost)
        talk.work()
    due_again(talk)
    talk.work()
    assert [one["content"] for one in talk.after(asked)] == [FIRST]
    assert [one for one, _ in talk.outcomes()] == ["answered"]
    talk.db.execute("update public.kb_spending set created_at = now() - interval '1 day' where day < '2500-01-01'")
    talk.db.execute("update public.chat_ticks set due_at = now() where name = 'spending'")
    talk.work()
    assert all(is_settled for _, is_settled in talk.spent())
    assert len(standin.got) in {1, 2}


def test_a_cost_that_could_not_be_told_is_told_later_and_no_more_than_it_was(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: Any) -> None:
        raise UpstreamUnavailable("nobody heard of it")

    talk.ask(QUESTION)
    with monkeypatch.context() as patched:
        patched.setattr(actions, "spend", lost)
        talk.work()
    ((set_aside, is_settled),) = talk.spent()
    assert not is_settled
    due_again(talk)
    talk.work()
    (first, second) = talk.spent()
    assert first == second
    assert first[0] < set_aside
    assert first[1]


def test_a_question_that_breaks_worker_after_worker_gets_a_person(talk: Talk, standin: StandIn) -> None:
    asked = talk.ask(QUESTION)
    talk.db.execute("update public.chat_jobs set attempts = 4 where kind = 'answer'")
    talk.work()
    assert talk.outcomes() == [("handed_over", "given_up")]
    assert [one["kind"] for one in talk.after(asked)[:2]] == ["text", "notice"]
    assert standin.got == []


@pytest.mark.parametrize("became", ["dead", None])
def test_a_question_whose_job_is_dead_or_gone_gets_a_person(became: str | None, talk: Talk, standin: StandIn) -> None:
    asked = talk.ask(QUESTION)
    talk.db.execute(DEAD if became else GONE, [talk.id])
    due = "update public.chat_ticks set due_at = now() where name = 'stranded_answers'"
    talk.work()
    talk.db.execute(due)
    talk.work()
    # A job that is added a moment later, or told of late, is not overtaken.
    assert talk.outcomes() == [(None, None)]
    long_ago = "update public.kb_answers set created_at = now() - interval '2 min' where conversation_id = %s"
    talk.db.execute(long_ago, [talk.id])
    for _ in range(2):
        talk.db.execute(due)
        talk.work()
    assert talk.outcomes() == [("handed_over", "given_up")]
    assert [one["kind"] for one in talk.after(asked)].count("notice") == 1
    assert talk.handling() == "waiting"
    assert standin.got == []


@pytest.mark.parametrize("becomes", ["worked on", "dead"])
@pytest.mark.parametrize("has_people", [True, False])
def test_a_question_whose_flow_is_gone_gets_a_person(
    becomes: str, has_people: bool, talk: Talk, standin: StandIn, stack: LocalStack, tmp_path: Path
) -> None:
    flow = tmp_path / "small.yaml"
    flow.write_text(SMALL if has_people else SMALL[: SMALL.index("handover:\n")], encoding="utf-8")
    asked = talk.ask(QUESTION)
    # As a newer version kept it: who is rolled back to cannot read it, and gives no answers.
    name = f"newer-{talk.id}"
    talk.db.execute(
        """with kept as (
             insert into public.chat_flows (version, definition)
             select %s, f.definition || '{"format": 42}' from public.chat_flows f
             join public.chat_conversations c on c.flow_version = f.version where c.id = %s
             returning version
           )
           update public.chat_conversations c set flow_version = kept.version from kept where c.id = %s""",
        [name, talk.id, talk.id],
    )
    if becomes == "dead":
        talk.db.execute(DEAD, [talk.id])
        long_ago = "update public.kb_answers set created_at = now() - interval '2 min' where conversation_id = %s"
        talk.db.execute(long_ago, [talk.id])
    try:
        with hand_driven(stack, flow_file=flow, **settings_of(standin)) as worker:
            for _ in range(2):
                talk.db.execute("update public.chat_ticks set due_at = now() where name = 'stranded_answers'")
                worker.drain()
        said = [(one["kind"], one["content"]) for one in talk.after(asked)]
        assert said == [("text", handover("ko", "")), *([("notice", "불렀어요")] if has_people else [])]
        assert (talk.outcomes(), talk.handling()) == ([("handed_over", "flow_changed")], "waiting")
        assert standin.got == []
    finally:
        talk.db.execute("delete from public.chat_conversations where id = %s", [talk.id])
        talk.db.execute("delete from public.chat_flows where version = %s", [name])


def test_a_worker_that_is_killed_while_the_model_thinks_loses_nothing(
    talk: Talk, standin: StandIn, stack: LocalStack, tmp_path: Path
) -> None:
    thinks = threading.Event()
    is_over = threading.Event()

    def for_ever(request: Request) -> Body:
        thinks.set()
        is_over.wait(PATIENCE)
        return honest(request)

    standin.script = [for_ever]
    asked = talk.ask(QUESTION)
    model = {"AI_BASE_URL": standin.url, "AI_MODEL": MODEL, "AI_API_KEY": KEY, "AI_PRICE_IN": "1", "LOG_LEVEL": "INFO"}
    log = tmp_path / "worker.log"
    try:
        with a_process(stack, log, **model) as process:
            assert thinks.wait(PATIENCE)
            pid = process.child.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            until(lambda: not process.child.is_running())
    finally:
        is_over.set()
    assert talk.outcomes() == [(None, None)]
    ((set_aside, is_settled),) = talk.spent()
    assert (set_aside > 0, is_settled) == (True, False)
    due_again(talk)
    talk.work()
    assert [one["content"] for one in talk.after(asked)] == [FIRST]
    # Whoever was killed may have cost all of it.
    talk.db.execute("update public.kb_spending set created_at = now() - interval '1 day' where settled_at is null")
    talk.db.execute("update public.chat_ticks set due_at = now() where name = 'spending'")
    talk.work()
    assert talk.spent()[0] == (set_aside, True)
    assert KEY not in log.read_text(encoding="utf-8")
