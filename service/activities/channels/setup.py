"""The operators' API about channels: admins make them and their keys; everybody may send again what failed."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from service.activities.channels import actions, shown
from service.activities.channels.keys import digest_of, new_key
from service.activities.channels.models import ChangedChannelBody, ChannelBody
from service.core.mapper import outside
from service.http.json_body import GENERAL_MAX, body_of, json_object
from service.inbox.requests import asking, known_id

bp = Blueprint("inbox_channels", __name__, url_prefix="/api/v1/inbox")


@bp.get("/channels")
def list_channels() -> Response:
    """All channels of other systems."""
    return jsonify(channels=[shown.channel(row) for row in actions.list_channels(asking())], nextCursor=None)


@bp.post("/channels")
def add_channel() -> tuple[Response, int]:
    """Make a channel. Its key is in the answer, and nowhere else."""
    who, key = asking(), new_key()
    body = body_of(ChannelBody, json_object(max_bytes=GENERAL_MAX), who.must_be_admin)
    row = actions.save_channel(who, None, body.values | {"key_digest": digest_of(key)})
    return jsonify(shown.channel(row) | {"key": key}), 201


@bp.patch("/channels/<channel_id>")
def change_channel(channel_id: str) -> Response:
    """Change a channel's name, whether a contact has one conversation, where its answers go out."""
    who = asking()
    body = body_of(ChangedChannelBody, json_object(max_bytes=GENERAL_MAX), who.must_be_admin)
    return jsonify(shown.channel(actions.save_channel(who, known_id(channel_id), body.values)))


@bp.delete("/channels/<channel_id>")
def delete_channel(channel_id: str) -> tuple[str, int]:
    """Delete a channel: nothing comes in or goes out any more. Its conversations stay."""
    actions.delete_channel(asking(), known_id(channel_id))
    return "", 204


@bp.post("/channels/<channel_id>/key")
def renew_key(channel_id: str) -> tuple[Response, int]:
    """A new key for a channel. The one before opens nothing from this moment on."""
    key = new_key()
    row = actions.save_channel(asking(), known_id(channel_id), {"key_digest": digest_of(key)})
    return jsonify(shown.channel(row) | {"key": key}), 201


@bp.delete("/channels/<channel_id>/key")
def revoke_key(channel_id: str) -> tuple[str, int]:
    """Take a channel's key back, at once."""
    actions.save_channel(asking(), known_id(channel_id), {"key_digest": None})
    return "", 204


@bp.post("/conversations/<conversation_id>/messages/<message_id>/retry")
def retry_message(conversation_id: str, message_id: str) -> tuple[Response, int]:
    """Send a message once more that did not get through its channel. What has not failed is not sent again."""
    settled = actions.retry(asking(), known_id(conversation_id), known_id(message_id))
    return jsonify(outside(settled, ("id", "status", "attempt"))), 202
