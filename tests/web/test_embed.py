"""The chat's files load from every page, and say nothing about who asks."""

from __future__ import annotations

import gzip

import pytest

from tests.web import apps

FOREIGN = {"Origin": "https://elsewhere.example"}


def test_the_short_address_leads_to_the_module() -> None:
    answer = apps.offline_app().test_client().get("/embed.js", headers=FOREIGN)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/static/embed.js"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["/static/embed.js", "/static/munui/define.js"])
def test_the_modules_load_from_any_origin(path: str) -> None:
    answer = apps.offline_app().test_client().get(path, headers=FOREIGN, buffered=True)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.mimetype == "text/javascript"


def test_the_api_stays_closed_to_that_origin() -> None:
    answer = apps.offline_app().test_client().get("/api/v1/flow", headers=FOREIGN)
    assert answer.status_code == 403
    assert answer.json["code"] == "origin_not_allowed"
    assert answer.headers["Access-Control-Allow-Origin"] == FOREIGN["Origin"]  # for its developer to read


@pytest.mark.parametrize("path", ["/static/munui/define.js", "/static/munui/chat-element.js", "/api/v1/flow"])
def test_public_files_travel_compressed_and_are_not_sent_twice(path: str) -> None:
    client = apps.offline_app().test_client()
    plain, packed = (
        client.get(path, headers=accepted, buffered=True) for accepted in ({}, {"Accept-Encoding": "gzip, br"})
    )
    body = packed.get_data()
    if packed.headers.get("Content-Encoding") == "gzip":
        assert len(body) < len(plain.get_data())
        body = gzip.decompress(body)
    else:
        assert len(body) < 200
    assert body == plain.get_data()
    assert "Accept-Encoding" in packed.headers["Vary"]
    known = {"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "gzip"}
    again = client.get(path, headers=known, buffered=True)
    assert again.status_code == 304
