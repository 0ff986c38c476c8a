"""A rule runs exactly once for what happened, whoever made it happen, and whatever becomes of its worker."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from service.activities.rules import actions, work
from service.conversations.known_flows import KnownFlows
from service.http.context import part_of
from service.supabase.clients import Upstream
from tests.concurrency import at_once
from tests.db.chats import add_row, conversation_row, messages_of
from tests.web.chat import Chat
from tests.web.desk import Desk
from tests.web.rules.keeping import ENDED, NOTE, Rules, job, said
from tests.words import a_word


def by_chip(chat: Chat, desk: Desk, rules: Rules) -> None:
    chat.click("shipping")
    chat.click("okay")


def by_operator(chat: Chat, desk: Desk, rules: Rules) -> None:
    desk.claim(chat.id)
    assert desk.change(chat.id, status="completed").status == 200


def of_the_bots(chat: Chat, desk: Desk, rules: Rules) -> None:
    assert desk.change(chat.id, status="completed").status == 200


def by_rule(chat: Chat, desk: Desk, rules: Rules) -> None:
    rules.save([{"type": "complete"}], on=["message.created"], when=said("끝내 주세요"))
    chat.write("이제 끝내 주세요")
    rules.run()


@pytest.mark.parametrize("complete", [by_chip, by_operator, of_the_bots, by_rule])
def test_a_completion_sets_a_rule_off_once_whoever_completes(
    rules: Rules, desk: Desk, chat: Chat, complete: Callable[..., None], root: Connection[Any]
) -> None:
    rule = rules.save([NOTE], **ENDED)
    complete(chat, desk, rules)
    assert conversation_row(root, chat.id)["status"] == "completed"
    rules.run()
    rules.run()
    assert rules.outcomes(rule, chat.id) == [("done", [None])]
    note = desk.inbox("GET", f"/conversations/{chat.id}").body["notes"]
    assert [one["author"]["id"] for one in note] == [rule]
    # What is completed cannot be completed: nothing happens, and nothing runs.
    assert desk.change(chat.id, status="completed").status == 409
    rules.save([{"type": "complete"}], on=["conversation.labelled"])
    name = str(add_row(root, "chat_labels", {"name": f"다시 {a_word()}"})["name"])
    desk.change(chat.id, addLabels=[name])
    rules.run()
    assert len(rules.runs(rule, chat.id)) == 1
    # Completed once more, it runs once more.
    desk.change(chat.id, status="open")
    desk.change(chat.id, status="completed")
    rules.run()
    assert len(rules.runs(rule, chat.id)) == 2


class Killed(BaseException):
    """Here the process ended."""


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", ["read_context", "read_turn", "apply", "read_facts"])
def test_a_worker_that_is_killed_between_two_steps_loses_and_repeats_nothing(
    rules: Rules, app: Flask, chat: Chat, root: Connection[Any], monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    first = rules.save(
        [{"type": "sendMessage", "content": "잠시만요"}, {"type": "handOver"}],
        on=["message.created"],
        when=said("사람"),
    )
    second = rules.save([NOTE], on=["message.created"], when=said("사람"))
    chat.write("사람과 이야기할래요")
    upstream, flows = part_of(app, Upstream), part_of(app, KnownFlows)
    activity = root.execute(
        "select id::text from public.chat_activities where conversation_id = %s and actor_kind = 'member'"
        " and type = 'message.created'",
        [chat.id],
    ).fetchone()[0]
    real = getattr(actions, step)

    def killed(*args: Any, **named: Any) -> Any:
        if when == "after":
            real(*args, **named)
        raise Killed

    monkeypatch.setattr(actions, step, killed)
    with pytest.raises(Killed):
        work.after_activity(upstream, flows, job(activity))
    monkeypatch.undo()
    rules.run()
    for rule in (first, second):
        assert [status for status, _ in rules.outcomes(rule, chat.id)] == ["done"]
    texts = [one["content"] for one in messages_of(root, chat.id) if one["role"] == "system"]
    assert texts.count("잠시만요") == 1
    assert conversation_row(root, chat.id)["handling"] == "waiting"


@pytest.mark.parametrize(
    "does", [{"type": "sendMessage", "content": "하나"}, {"type": "removeLabel", "label": "{label}"}]
)
def test_workers_at_once_run_it_once(
    rules: Rules, app: Flask, chat: Chat, root: Connection[Any], label: str, does: dict[str, Any]
) -> None:
    # The one moves the state that the others began from; the other leaves everything as it is.
    act = {name: label if value == "{label}" else value for name, value in does.items()}
    rule = rules.save([act], on=["message.created"], when=said("동시에"))
    chat.write("동시에 왔어요")
    upstream, flows = part_of(app, Upstream), part_of(app, KnownFlows)
    found = root.execute(
        "select id::text from public.chat_activities where conversation_id = %s and actor_kind = 'member'", [chat.id]
    ).fetchall()
    at_once([partial(work.after_activity, upstream, flows, job(one)) for (one,) in found for _ in range(4)])
    assert [status for status, _ in rules.outcomes(rule, chat.id)] == ["done"]
    assert [one["content"] for one in messages_of(root, chat.id)].count("하나") == (does["type"] == "sendMessage")
