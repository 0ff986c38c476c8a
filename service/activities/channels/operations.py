"""How the calls about channels are described."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from service.activities.channels import models
from service.http.operations import API, BODY, Body, Operation, Parameter
from service.inbox.described import inbox_call

_ADMIN = ("not_allowed",)


def _channel_call(
    answers: Mapping[int, type[BaseModel] | None],
    refusals: tuple[str, ...],
    body: Body | None = None,
    *,
    query: tuple[str | Parameter, ...] = (),
    has_etag: bool = False,
) -> Operation:
    return Operation(
        answers,
        (*API, "unauthenticated", "upstream_unavailable", *refusals),
        body,
        query=query,
        needs_key=True,
        has_etag=has_etag,
        tag="Channel",
    )


OPERATIONS: dict[str, Operation] = {
    "channel.receive_message": _channel_call(
        {201: models.ReceivedMessage, 200: models.ReceivedMessage},
        (*BODY, "idempotency_conflict", "not_allowed"),
        Body(models.IncomingMessageBody),
    ),
    "channel.tell_status": _channel_call(
        {200: models.SettledMessage}, (*BODY, "not_found"), Body(models.MessageStatusBody)
    ),
    "channel.retry": _channel_call({202: models.RetriedMessage}, ("not_found", "invalid")),
    "channel.page_of_channel_messages": _channel_call(
        {200: models.ChannelMessages, 304: None},
        ("not_found", "invalid"),
        query=("limit", "after", "before", "changedAfter"),
        has_etag=True,
    ),
    "inbox_channels.list_channels": inbox_call({200: models.ChannelList}),
    "inbox_channels.add_channel": inbox_call({201: models.KeyedChannel}, (*BODY, *_ADMIN), Body(models.ChannelBody)),
    "inbox_channels.change_channel": inbox_call(
        {200: models.Channel}, (*BODY, *_ADMIN, "not_found"), Body(models.ChangedChannelBody)
    ),
    "inbox_channels.delete_channel": inbox_call({204: None}, (*_ADMIN, "not_found")),
    "inbox_channels.renew_key": inbox_call({201: models.KeyedChannel}, (*_ADMIN, "not_found")),
    "inbox_channels.revoke_key": inbox_call({204: None}, (*_ADMIN, "not_found")),
    "inbox_channels.retry_message": inbox_call({202: models.RetriedMessage}, ("not_found", "invalid")),
}
