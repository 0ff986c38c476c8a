"""What a guest's browser asks when its guest wants a person. No assertions but that it could."""

from typing import Any

from flask import Flask

from tests.web.chat import Answer, Api, new_id, text, through_app

BEGIN, REFRESH, CLAIM = "/guest-sessions", "/guest-sessions/refresh", "/guest-sessions/claim"


def begin(app: Flask, **headers: str) -> Answer:
    return Api(through_app(app), None, **headers).call("POST", BEGIN)


def refresh(app: Flask, refresh_token: str) -> Answer:
    return Api(through_app(app), None).call("POST", REFRESH, {"refreshToken": refresh_token})


def claim(app: Flask, member: str | None, guest: str) -> Answer:
    return Api(through_app(app), member).call("POST", CLAIM, {"guestAccessToken": guest})


def chats(app: Flask, access_token: str) -> dict[str, dict[str, Any]]:
    """The conversations of whoever a token names, by id."""
    found = Api(through_app(app), access_token).call("GET", "/conversations").body["conversations"]
    return {one["id"]: one for one in found}


def talk(app: Flask, access_token: str, content: str = "사람과 이야기하고 싶어요") -> tuple[str, str]:
    """Begin a conversation and write into it; its id and the client's."""
    api, client_id = Api(through_app(app), access_token), new_id()
    conversation = api.call("POST", "/conversations", {"clientConversationId": client_id}).body["conversation"]["id"]
    said = api.call(
        "POST", f"/conversations/{conversation}/turns", {"clientMessageId": new_id(), "event": text(content)}
    )
    assert said.status == 201
    return conversation, client_id
