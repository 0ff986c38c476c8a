"""What all calls of the inbox have in common in the API's description."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from service.http.operations import API, MEMBER, Body, Operation, Parameter


def inbox_call(
    answers: Mapping[int, type[BaseModel] | None],
    refusals: tuple[str, ...] = (),
    body: Body | None = None,
    *,
    query: tuple[str | Parameter, ...] = (),
    has_etag: bool = False,
    is_turn: bool = False,
    media_type: str = "application/json",
    other_media_types: tuple[str, ...] = (),
) -> Operation:
    """A call for operators: what it answers, and how it can be refused beside the ways of all of them."""
    return Operation(
        answers,
        (*API, *MEMBER, "not_an_operator", *refusals),
        body,
        query=query,
        needs_member=True,
        has_etag=has_etag,
        is_turn=is_turn,
        media_type=media_type,
        other_media_types=other_media_types,
        tag="Inbox",
    )
