"""The rules that are there from the beginning: each does what it says, and can be turned off."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from scripts.local import LocalStack
from tests.web.chat import FORM, Api, at_form
from tests.web.desk import Desk
from tests.web.rules.keeping import Rules, rules_of, tick

NAMES = [
    "상담이 끝나면 평점 물어보기", "10분 넘게 기다리면 알리기", "배송 문의에 라벨 붙이기",
    "교환·반품 문의에 라벨 붙이기", "결제 문의에 라벨 붙이기",
]  # fmt: skip


@pytest.fixture
def shipped(stack: LocalStack, app: Flask, desk: Desk, root: Connection[Any]) -> Iterator[tuple[Rules, dict[str, str]]]:
    """The rules that are shipped, on, by their names."""
    with rules_of(stack, app, desk, root) as rules:
        keys = {one["name"]: one["id"] for one in desk.inbox("GET", "/rules").body["rules"]}
        mine = [keys[name] for name in NAMES]
        root.execute("update public.chat_rules set is_active = true where id = any(%s)", [mine])
        yield rules, keys
        root.execute("update public.chat_rules set is_active = false where id = any(%s)", [mine])


def test_they_are_there_in_their_order(shipped: tuple[Rules, dict[str, str]], desk: Desk) -> None:
    found = [one for one in desk.inbox("GET", "/rules").body["rules"] if one["name"] in NAMES]
    assert [one["name"] for one in found] == NAMES
    # As the API would keep them: sent again, each is what it is.
    for one in found:
        body = {name: one[name] for name in ("name", "on", "when", "then")}
        again = desk.inbox("POST", "/rules", body)
        assert (again.status, again.body["id"]) == (200, one["id"])
        listens = {row["type"] for row in listeners(shipped[0].db, one["id"])}
        assert listens == set(one["on"])


def listeners(db: Connection[Any], rule: str) -> list[dict[str, Any]]:
    return [{"type": row[0]} for row in db.execute("select type from public.chat_listeners where rule_id = %s", [rule])]


def test_a_rating_is_asked_for_once_it_is_over(shipped: tuple[Rules, dict[str, str]], api: Api, desk: Desk) -> None:
    rules, keys = shipped
    chat = api.begin()
    chat.click("shipping")
    chat.click("okay")
    assert chat.page().body["conversation"]["ratingAsked"] is False
    rules.run()
    assert chat.page().body["conversation"]["ratingAsked"] is True
    rated = api.call("PUT", f"/conversations/{chat.id}/rating", {"score": 4, "comment": "친절해요"})
    assert (rated.status, rated.body["conversation"]["ratingAsked"]) == (200, False)
    shown = desk.show(chat.id)
    assert (shown["rating"]["score"], shown["rating"]["comment"], shown["ratingAskedAt"] is not None) == (
        4,
        "친절해요",
        True,
    )
    # Over once more, it is asked for once more; turned off, it is not.
    desk.change(chat.id, status="open")
    desk.change(chat.id, status="completed")
    rules.run()
    assert chat.page().body["conversation"]["ratingAsked"] is True
    assert rules.change(keys[NAMES[0]], isActive=False).status == 200
    other = api.begin()
    other.click("shipping")
    other.click("okay")
    rules.run()
    assert other.page().body["conversation"]["ratingAsked"] is False
    assert rules.change(keys[NAMES[0]], isActive=True).status == 200


def test_who_waits_for_ten_minutes_in_hours_is_told_of(
    shipped: tuple[Rules, dict[str, str]], api: Api, desk: Desk, root: Connection[Any]
) -> None:
    chat = api.begin()
    api.call("POST", f"/conversations/{chat.id}/handover", {})
    root.execute(
        "update public.chat_desk set waiting_since = now() - interval '11 minutes' where conversation_id = %s",
        [chat.id],
    )
    tick(shipped[0])
    shown = desk.show(chat.id)
    assert (shown["priority"], [one["name"] for one in shown["labels"]]) == ("urgent", ["답변 지연"])


@pytest.mark.parametrize(("topic", "label"), [("returns", ["교환·반품"]), ("other", [])])
def test_an_inquiry_is_sorted_by_its_topic(
    shipped: tuple[Rules, dict[str, str]], api: Api, desk: Desk, topic: str, label: list[str]
) -> None:
    chat = at_form(api)
    chat.submit({**FORM, "topic": topic})
    shipped[0].run()
    assert [one["name"] for one in desk.show(chat.id)["labels"]] == label
