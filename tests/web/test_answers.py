"""A question is answered in its turn, word for word with its source; or honestly not, with a way to a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from tests.concurrency import PATIENCE, at_once
from tests.db.articles import (
    ABOUT_SECOND,
    QUESTION,
    SECOND,
    TEXT,
    TITLE,
    UNKNOWN,
    an_article,
    answers_of,
    told,
    write_article,
)
from tests.db.chats import add_message, messages_of
from tests.stack import Member, connect, sign_in_anonymously
from tests.web.chat import Api, at_form, chip, new_id, text, through_app
from tests.web.proxy import Passed, Proxy

SEND = Passed("member", "rpc/chat_send")
REPLY = Passed("service", "rpc/chat_reply")


@pytest.fixture(scope="module")
def member(new_member: Callable[[], Member]) -> Member:
    """One account for all of these tests: each begins conversations of its own."""
    return new_member()


@pytest.fixture(scope="module")
def article(stack: LocalStack) -> Iterator[dict[str, Any]]:
    """The one article that answers QUESTION."""
    with connect(stack, autocommit=True) as db, an_article(db) as made:
        yield made


def said(answer: Any) -> dict[str, Any]:
    """The only message of the bot in a turn."""
    _, reply = answer.messages
    return reply


def test_a_question_is_answered_word_for_word_in_two_requests(
    proxied: Api, proxy: Proxy, article: dict[str, Any], root: Connection[Any]
) -> None:
    chat, client_id = proxied.begin(), new_id()
    with proxy.watch() as seen:
        answer = chat.write(QUESTION, client_id)
    assert (answer.status, seen) == (201, [SEND, REPLY])
    reply = said(answer)
    assert (reply["role"], reply["kind"], reply["content"]) == ("bot", "chips", TEXT)
    assert [one["id"] for one in reply["payload"]["chips"]] == ["helpful_yes", "helpful_no", "talk_to_person"]
    (source,) = reply["payload"]["sources"]
    assert (source["articleId"], source["version"], source["title"]) == (article["id"], article["version"], TITLE)
    (kept,) = answers_of(root, chat.id)
    assert (kept["outcome"], kept["mode"], kept["message_id"]) == ("answered", "extractive", reply["id"])
    assert (kept["question_message_id"], kept["sources"]) == (answer.messages[0]["id"], [source])
    with proxy.watch() as seen:
        again = chat.write(QUESTION, client_id)
    assert (again.status, again.messages, seen) == (200, answer.messages, [SEND])
    assert len(answers_of(root, chat.id)) == 1


@pytest.mark.parametrize(
    ("question", "words"),
    [(UNKNOWN, "확실한 답을 찾지 못했어요"), ("How much does the moon weigh in your shop?", "I do not know")],
    ids=["ko", "en"],
)
def test_what_is_not_known_is_said_in_the_language_of_the_question(
    api: Api, root: Connection[Any], question: str, words: str
) -> None:
    chat = api.begin()
    root.execute("delete from public.kb_misses")
    reply = said(chat.write(question))
    assert words in reply["content"]
    assert "sources" not in reply["payload"]
    assert reply["payload"]["chips"][0]["id"] == "talk_to_person"
    (kept,) = answers_of(root, chat.id)
    assert (kept["outcome"], kept["sources"]) == ("unknown", [])
    missed = root.execute("select asked from public.kb_misses where question = %s", [question]).fetchone()
    assert missed == (1,)


def test_the_same_again_offers_a_person_once_and_then_the_bot_is_silent(
    api: Api, article: dict[str, Any], root: Connection[Any]
) -> None:
    chat = api.begin()
    assert said(chat.write(QUESTION))["content"] == TEXT
    offer = said(chat.write(QUESTION))
    assert "상담원과 바로 이야기하실 수 있어요" in offer["content"]
    assert chat.click("person").body["conversation"]["handling"] == "waiting"
    assert len(chat.write(QUESTION).messages) == 1
    assert [one["outcome"] for one in answers_of(root, chat.id)] == ["answered", "unknown"]


@pytest.mark.parametrize("chip_id", ["helpful_yes", "helpful_no"])
def test_what_somebody_thinks_of_an_answer_is_kept_once(
    api: Api, foreign_api: Api, article: dict[str, Any], root: Connection[Any], chip_id: str
) -> None:
    chat = api.begin()
    chat.write(QUESTION)
    event = chip(chat.chips, chip_id)
    assert foreign_api.turn(chat.id, event).refusal == (404, "not_found")
    assert chat.send(event).status == 201
    other = "helpful_yes" if chip_id == "helpful_no" else "helpful_no"
    assert api.turn(chat.id, {**event, "chipId": other}).refusal == (409, "already_answered")
    assert [one["helpful"] for one in answers_of(root, chat.id)] == [chip_id == "helpful_yes"]


def test_a_person_is_always_one_click_away(api: Api, article: dict[str, Any]) -> None:
    for question in (QUESTION, UNKNOWN):
        chat = api.begin()
        chat.write(question)
        clicked = chat.click("talk_to_person")
        assert clicked.body["conversation"]["handling"] == "waiting"
        assert clicked.messages[1]["kind"] == "notice"


@pytest.mark.parametrize(
    ("change", "said_then"),
    [
        ("none", SECOND["text"]),
        ("edited", "이 붓은 더 이상 팔지 않아요."),
        ("withdrawn", None),
        ("deleted", None),
        ("for members", None),
    ],
)
def test_what_is_withdrawn_before_the_reply_is_written_is_not_said(
    proxied_app: Flask, proxy: Proxy, stack: LocalStack, root: Connection[Any], change: str, said_then: str | None
) -> None:
    guest = sign_in_anonymously(stack)
    chat = Api(through_app(proxied_app), guest.access_token).begin()
    with an_article(root, **SECOND) as made:
        gate = proxy.hold("rpc/chat_reply")
        with ThreadPoolExecutor(1) as pool:
            answering = pool.submit(chat.write, ABOUT_SECOND)
            assert gate.reached.wait(PATIENCE)
            match change:
                case "withdrawn":
                    write_article(root, made["id"], text=None, status="draft")
                case "deleted":
                    root.execute("delete from public.kb_articles where id = %s", [made["id"]])
                case "edited":
                    write_article(root, made["id"], text=said_then)
                case "for members":
                    write_article(root, made["id"], text=None, audience="members")
            gate.open()
            answer = answering.result(PATIENCE)
    assert answer.status == 201
    found = said(answer)
    assert (found["content"] if "sources" in found["payload"] else None) == said_then
    assert [one["outcome"] for one in answers_of(root, chat.id)] == ["answered" if said_then else "unknown"]


def test_an_operator_who_is_faster_silences_the_answer(
    proxied: Api, proxy: Proxy, article: dict[str, Any], root: Connection[Any]
) -> None:
    chat = proxied.begin()
    gate = proxy.hold("rpc/chat_reply")
    with ThreadPoolExecutor(1) as pool:
        answering = pool.submit(chat.write, QUESTION)
        assert gate.reached.wait(PATIENCE)
        root.execute("update public.chat_conversations set handling = 'agent', rev = rev + 1 where id = %s", [chat.id])
        gate.open()
        answer = answering.result(PATIENCE)
    assert (answer.status, len(answer.messages)) == (201, 1)
    assert answers_of(root, chat.id) == []


def test_only_who_may_read_an_article_is_answered_from_it(
    app: Flask, api: Api, stack: LocalStack, root: Connection[Any]
) -> None:
    guest = Api(through_app(app), sign_in_anonymously(stack).access_token)
    with an_article(root, audience="members", **SECOND) as made:
        assert said(api.begin().write(ABOUT_SECOND))["content"] == SECOND["text"]
        assert "sources" not in said(guest.begin().write(ABOUT_SECOND))["payload"]
        write_article(root, made["id"], text=None, status="draft")
        assert "sources" not in said(api.begin().write(ABOUT_SECOND))["payload"]


def test_of_questions_that_waited_together_one_is_answered(
    api: Api, article: dict[str, Any], member: Member, root: Connection[Any]
) -> None:
    chat = api.begin()
    for content in ("안녕하세요", QUESTION):
        add_message(root, member.id, chat.id, role="user", content=content)
    answer = chat.write("그리고 음")
    rows = messages_of(root, chat.id)
    holding = [row for row in rows if row["kind"] == "chips" and "sources" in row["payload"]]
    assert [row["content"] for row in holding] == [TEXT]
    assert [one["content"] for one in answer.messages[1:]] == ["보내 주신 내용을 함께 살펴봤어요."]
    assert [one["outcome"] for one in answers_of(root, chat.id)] == ["answered"]


def test_what_is_not_to_be_spoken_of_is_refused(api: Api, article: dict[str, Any], root: Connection[Any]) -> None:
    chat = api.begin()
    with told(root, forbidden_topics=["두루미깃털"]):
        reply = said(chat.write(QUESTION))
    assert "sources" not in reply["payload"]
    (kept,) = answers_of(root, chat.id)
    assert (kept["outcome"], kept["reason"], kept["message_id"]) == ("refused", "forbidden_topic", reply["id"])


def test_where_no_answers_are_given_or_a_form_is_open_nothing_is_looked_up(
    api: Api, article: dict[str, Any], root: Connection[Any]
) -> None:
    form = at_form(api)
    assert "양식을 채워서" in said(form.write(QUESTION))["content"]
    with told(root, mode="off"):
        off = api.begin()
        assert "알맞은 답을 드릴 수 있게" in said(off.write(QUESTION))["content"]
    assert [*answers_of(root, form.id), *answers_of(root, off.id)] == []


def test_a_question_that_comes_many_times_and_through_crashes_is_answered_once(
    proxied: Api, proxy: Proxy, article: dict[str, Any], root: Connection[Any]
) -> None:
    for what, after in (
        ("rpc/chat_send", False),
        ("rpc/chat_send", True),
        ("rpc/chat_reply", False),
        ("rpc/chat_reply", True),
    ):
        chat, client_id = proxied.begin(), new_id()
        proxy.cut(what, after=after)
        assert chat.write(QUESTION, client_id).status == 503
        answers = at_once([partial(proxied.turn, chat.id, text(QUESTION), client_id)] * 4)
        assert {answer.messages[1]["content"] for answer in answers} == {TEXT}
        assert len({answer.messages[1]["id"] for answer in answers}) == 1
        assert [one["outcome"] for one in answers_of(root, chat.id)] == ["answered"]
        assert [row["role"] for row in messages_of(root, chat.id)][-2:] == ["user", "bot"]
