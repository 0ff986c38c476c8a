"""What the calls about settings ask of the database, as an operator. Who may change what is looked up there."""

from __future__ import annotations

from uuid import UUID

from service.core.mapper import Row
from service.inbox.asking import Asking


def list_operators(asking: Asking) -> list[Row]:
    """The team."""
    return _rows(asking, "inbox_operators", "operators")


def save_operator(asking: Asking, operator_id: UUID | None, values: Row, if_version: str | None = None) -> Row:
    """Take an account into the team (None), or change an operator; `{"operator", "created"}`.

    With `if_version`, here and below, only from the state that it names. Raises SettingsChanged.
    """
    params = {"p_id": operator_id and str(operator_id), "p_values": values, "p_if_version": if_version}
    return asking.ask("inbox_save_operator", params, ("operator",))


def list_labels(asking: Asking) -> list[Row]:
    """All labels."""
    return _rows(asking, "inbox_labels", "labels")


def save_label(asking: Asking, label: str | None, values: Row, if_version: str | None = None) -> Row:
    """Make a label (None), or change one; `{"label", "created"}`."""
    params = {"p_name": label, "p_values": values, "p_if_version": if_version}
    return asking.ask("inbox_save_label", params, ("label",))


def delete_label(asking: Asking, label: str) -> None:
    """Remove a label, from every conversation too."""
    asking.ask("inbox_delete_label", {"p_name": label})


def list_canned_replies(asking: Asking) -> list[Row]:
    """Everybody's canned replies, and the operator's own."""
    return _rows(asking, "inbox_canned_replies", "canned_replies")


def save_canned_reply(asking: Asking, reply_id: UUID | None, values: Row, if_version: str | None = None) -> Row:
    """Make a canned reply (None), or change one; `{"canned_reply", "created"}`."""
    params = {"p_id": reply_id and str(reply_id), "p_values": values, "p_if_version": if_version}
    return asking.ask("inbox_save_canned_reply", params, ("canned_reply",))


def delete_canned_reply(asking: Asking, reply_id: UUID) -> None:
    """Remove a canned reply."""
    asking.ask("inbox_delete_canned_reply", {"p_id": str(reply_id)})


def read_hours(asking: Asking) -> Row:
    """`{"hours", "online_until"}`: when the team answers, and until when somebody is there."""
    return asking.ask("inbox_hours", {}, ("hours", "online_until"))


def save_hours(asking: Asking, values: Row, if_version: str | None = None) -> Row:
    """Change when the team answers; as `read_hours`."""
    params = {"p_values": values, "p_if_version": if_version}
    return asking.ask("inbox_save_hours", params, ("hours", "online_until"))


def _rows(asking: Asking, function: str, name: str) -> list[Row]:
    rows: list[Row] = asking.ask(function, {}, (name,))[name]
    return rows
