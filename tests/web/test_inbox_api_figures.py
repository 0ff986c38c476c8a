"""Figures by HTTP: days in the team's zone, what is refused, the file, and that both are told in words."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from psycopg import Connection

from service.inbox.figures.words import COUNTS
from service.inbox.spreadsheet import written
from tests.db.chats import add_row
from tests.stack import Member
from tests.web.chat import Api, through_app
from tests.web.desk import Desk, add_operator
from tests.words import a_word

EVIL = "=HYPERLINK(1)"


@pytest.fixture(scope="module")
def operator(new_member: Callable[[], Member]) -> Member:
    return new_member()


@pytest.fixture
def desk(app: Flask, root: Connection[Any], operator: Member) -> Desk:
    if not root.execute("select from public.chat_operators where user_id = %s", [operator.id]).rowcount:
        add_operator(root, operator, display_name=EVIL)
    return Desk(through_app(app), operator.access_token)


def test_todays_figures_move_with_what_happens(desk: Desk, api: Api) -> None:
    today = desk.inbox("GET", "/figures").body
    assert today["from"] == today["to"] == today["days"][-1]["date"]

    def figures() -> dict[str, Any]:
        """Of two days: midnight may come in between."""
        told: dict[str, Any] = desk.inbox("GET", "/figures", days=2).body
        return told

    before = figures()
    chat = api.begin()
    assert api.call("POST", f"/conversations/{chat.id}/handover").status == 200
    waiting = figures()
    assert waiting["waiting"]["count"] == before["waiting"]["count"] + 1
    assert waiting["firstAnswers"]["asked"] == before["firstAnswers"]["asked"] + 1
    assert desk.reply(chat.id).status == 201
    assert desk.change(chat.id, status="completed").status == 200
    after = figures()
    assert after["waiting"]["count"] == before["waiting"]["count"]
    assert after["firstAnswers"]["answered"] == before["firstAnswers"]["answered"] + 1
    assert after["completions"]["completed"] == before["completions"]["completed"] + 1
    mine = next(one for one in after["operators"] if one["displayName"] == EVIL)
    assert (mine["messages"] >= 1, mine["firstAnswers"] >= 1, mine["completed"] >= 1) == (True, True, True)


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"from": "2026-13-01"}, ["from"]),
        ({"from": "yesterday", "to": "20261126"}, ["from", "to"]),
        ({"from": "1999-12-31", "to": "2200-01-01"}, ["from", "to"]),
        ({"from": "2026-11-27", "to": "2026-11-26"}, ["from"]),
        ({"from": "2025-01-01", "to": "2026-01-02"}, ["from"]),
    ],
)
def test_days_that_are_none_are_refused(desk: Desk, query: dict[str, str], fields: list[str]) -> None:
    for path in ("/figures", "/figures.csv"):
        answer = desk.inbox("GET", path, **query)
        assert answer.refusal == (422, "invalid")
        assert [fault["field"] for fault in answer.body["errors"]] == fields


def test_days_are_the_teams(desk: Desk) -> None:
    long_ago = desk.inbox("GET", "/figures", **{"from": "2001-01-31", "to": "2001-02-02"}).body
    assert [day["date"] for day in long_ago["days"]] == ["2001-01-31", "2001-02-01", "2001-02-02"]
    assert long_ago["firstAnswers"] == {
        "asked": 0, "answered": 0, "waiting": 0, "left": 0, "seconds": None, "workingSeconds": None,
    }  # fmt: skip
    assert long_ago["ratings"] == {"count": 0, "average": None, "scores": [0] * 5}
    assert len(desk.inbox("GET", "/figures", **{"from": "2025-01-01", "to": "2026-01-01"}).body["days"]) == 366


@pytest.mark.parametrize("locale", ["ko", "en"])
def test_the_file_holds_the_same_and_no_formula(
    app: Flask, desk: Desk, operator: Member, root: Connection[Any], locale: str
) -> None:
    label = add_row(root, "chat_labels", {"name": f"+{a_word()}"})
    chat = Api(through_app(app), operator.access_token).begin()
    desk.change(chat.id, addLabels=[label["name"]])
    told = desk.inbox("GET", "/figures", lang=locale).body
    assert told["counts"] == COUNTS[locale]  # type: ignore[index]
    file = app.test_client().get(
        f"/api/v1/inbox/figures.csv?lang={locale}", headers={"Authorization": f"Bearer {operator.access_token}"}
    )
    assert file.content_type == "text/csv; charset=utf-8"
    assert "attachment" in file.headers["Content-Disposition"]
    head, *rows = csv.reader(io.StringIO(file.get_data(as_text=True).removeprefix("\ufeff")))
    assert len(head) == 6
    assert {row[5] for row in rows} <= set(told["counts"].values())
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    named = {written(row[1]) for row in rows}
    assert {EVIL, label["name"], told["days"][0]["date"]} <= named
    values = [row[3] for row in rows]
    assert str(told["waiting"]["count"]) == values[0]
    assert all(value == "" or float(value) >= 0 for value in values)
