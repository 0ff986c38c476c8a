"""Channels, their contacts and conversations for tests, written past every service. No assertions."""

import hashlib
from typing import Any

from psycopg import Connection

from tests.db.chats import add_conversation, add_row, new_id

CONTACT = "c-1"


def add_channel(db: Connection[Any], **columns: Any) -> tuple[str, str]:
    """Make a channel and return its id and the digest of its key."""
    digest = hashlib.sha256(new_id().encode()).hexdigest()
    row = add_row(db, "chat_channels", {"name": f"ERP {digest[:8]}", "key_digest": digest, **columns})
    return str(row["id"]), digest


def add_contact(db: Connection[Any], channel: str, external_id: str = CONTACT) -> tuple[str, str]:
    """Make a contact of a channel with a conversation and return the ids of both."""
    contact = str(add_row(db, "chat_contacts", {"channel_id": channel, "external_id": external_id})["id"])
    conversation = add_conversation(db, contact, channel=channel, handling="waiting")
    add_row(db, "chat_channel_threads", {"contact_id": contact, "conversation_id": conversation})
    return contact, conversation
