"""The description of the API says what the API does: every route, every code, every answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from pydantic import BaseModel

from service.conversations import models
from service.guests.models import FlowDocument, Imported, SentInquiry
from service.http import openapi
from service.http.models import ProblemDetails
from service.http.openapi import described_path, description
from service.http.problems import PROBLEMS
from tests.web.apps import offline_app
from tests.web.chat import FORM, Api, at_chips, at_form, completed, form, new_id

AUTOMATIC = {"HEAD", "OPTIONS"}


@pytest.fixture
def offline() -> Flask:
    return offline_app()


@pytest.fixture
def described(offline: Flask) -> dict[str, Any]:
    answer = offline.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json
    return document


def routes(app: Flask) -> set[tuple[str, str]]:
    """Return path and method of everything that is not a page for people."""
    return {
        (described_path(rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api") or rule.endpoint.startswith("health.")
        for method in (rule.methods or set()) - AUTOMATIC
    }


def calls(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            yield path, method, call


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from nodes(one)


def test_every_route_is_described_and_every_description_has_a_route(offline: Flask, described: dict[str, Any]) -> None:
    assert {(path, method) for path, method, _ in calls(described)} == routes(offline)


def test_a_new_route_has_to_be_described(offline: Flask) -> None:
    offline.add_url_rule("/api/v1/new/<some_id>", "new", lambda some_id: some_id)
    with offline.app_context():
        written = {(path, method) for path, method, _ in calls(description(offline))}
    assert routes(offline) - written == {("/api/v1/new/{someId}", "get")}


def test_every_code_is_described_with_its_status(described: dict[str, Any]) -> None:
    told: dict[str, set[int]] = {}
    for _, _, call in calls(described):
        for status, answer in call["responses"].items():
            for code in re.findall(r"`([a-z_]+)`:", answer["description"]):
                told.setdefault(code, set()).add(int(status))
    # A wrong method is no answer of any call that there is.
    assert told == {code: {problem.status} for code, problem in PROBLEMS.items() if code != "method_not_allowed"}


def test_it_is_well_formed(described: dict[str, Any]) -> None:
    assert described["openapi"] == "3.1.0"
    names = [call["operationId"] for _, _, call in calls(described)]
    assert len(set(names)) == len(names)
    for node in nodes(described):
        if isinstance(node.get("$ref"), str):
            found: Any = described
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
    for path, _, call in calls(described):
        assert set(re.findall(r"{(\w+)}", path)) == {p["name"] for p in call["parameters"] if p.get("in") == "path"}
        assert call["summary"]


def test_what_needs_a_member_says_so(offline: Flask, described: dict[str, Any]) -> None:
    client = offline.test_client()
    for path, method, call in calls(described):
        answer = client.open(re.sub(r"{\w+}", new_id(), path), method=method.upper(), json={})
        assert (answer.status_code == 401) == bool(call["security"]), (method, path)


def test_it_is_cached_by_its_tag(offline: Flask) -> None:
    client = offline.test_client()
    tag = client.get("/api/v1/openapi.json").headers["ETag"]
    assert client.get("/api/v1/openapi.json", headers={"If-None-Match": tag}).status_code == 304


def test_the_page_is_readable_without_scripts_or_other_hosts(offline: Flask, described: dict[str, Any]) -> None:
    client = offline.test_client()
    answer = client.get("/api/v1/docs")
    assert answer.content_type == "text/html; charset=utf-8"
    assert "script-src" in answer.headers["Content-Security-Policy"]
    text = answer.text
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|https?://|javascript:", text)
    for path, _, call in calls(described):
        assert path in text
        assert call["summary"].replace("'", "&#39;") in text
    assert all(code in text for code in PROBLEMS)
    here = set(re.findall(r'id="([^"]+)"', text))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= here
    sheet = re.search(r'href="(/static/[^"]+)"', text)
    assert sheet is not None
    with client.get(sheet[1]) as styles:
        assert styles.status_code == 200


def test_shown_types() -> None:
    assert openapi.shown_type({"$ref": "#/components/schemas/Message"}) == "Message"
    assert openapi.shown_type({"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}) == "uuid or null"
    assert openapi.shown_type({"type": "array", "items": {"type": "string"}, "maxItems": 20}) == (
        "list of string, 0 to 20"
    )
    assert openapi.shown_type({"enum": ["a", "b"]}) == '"a" · "b"'


def fits(model: type[BaseModel], body: Any) -> None:
    """Assert that an answer is exactly what the model says. Raises ValidationError."""
    model.model_validate(body)


def test_real_answers_are_as_described(api: Api, api_of: Any) -> None:
    chat = at_form(api)
    fits(models.OpenedConversation, chat.opened.body)
    submitted = chat.submit()
    fits(models.TakenTurn, submitted.body)
    assert submitted.body["updatedMessages"][0]["answer"]["values"]
    fits(models.ReadMarker, api.read(chat.id).body)
    fits(models.TakenTurn, at_chips(api).click("shipping").body)
    for page in (chat.page().body, chat.page(limit=1).body, completed(api).page(limit=2).body):
        fits(models.MessagePage, page)
    fits(models.ConversationList, api.conversations(limit=1).body)
    fits(models.Export, api.call("GET", "/me/export").body)
    fits(FlowDocument, api.call("GET", "/flow").body)
    guest = api_of(None)
    version = guest.call("GET", "/flow").body["version"]
    inquiry = {"clientInquiryId": new_id(), "flowVersion": version, "stepId": "form", "values": FORM}
    sent = guest.call("POST", "/inquiries", inquiry)
    fits(SentInquiry if sent.status == 201 else ProblemDetails, sent.body)
    brought = {
        "clientConversationId": new_id(),
        "flowVersion": version,
        "events": [
            {"clientMessageId": new_id(), "event": {"type": "text", "content": "안녕하세요"}},
            {"clientMessageId": new_id(), "event": form(new_id())},
        ],
    }
    imported = api.call("POST", "/import", {"conversations": [brought]})
    assert imported.status == 201
    assert imported.body["rejected"]
    fits(Imported, imported.body)


def test_real_refusals_are_as_described(api: Api) -> None:
    chat = at_chips(api)
    for answer in (
        chat.write(""),
        chat.click("no_such_chip"),
        api.page(new_id()),
        api.call("POST", "/conversations", b"{"),
        api.call("GET", "/no/such/call"),
    ):
        fits(ProblemDetails, answer.body)
        assert PROBLEMS[answer.body["code"]].status == answer.status
