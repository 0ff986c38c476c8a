"""A turn of a member: the member's request, the service's request, and again if somebody was faster.

Belongs here: the order of these steps and what the commands of a turn become. Does not belong here: what the bot says.
The caller hands in `respond`, so that this module knows no engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from service.conversations import actions
from service.conversations.turn_view import AnswerPreview, TurnView
from service.core.errors import (
    AlreadyAssigned,
    ConversationCompleted,
    Internal,
    NotFound,
    Unauthenticated,
    UpstreamUnavailable,
)
from service.core.mapper import Row
from service.dialogue.commands import KeepAnswer
from service.dialogue.message import Message
from service.dialogue.reply import AnsweredTurn, Reply
from service.supabase.clients import Upstream

ROUNDS = 3

Handling = Literal["bot", "waiting"]
ActorKind = Literal["member", "guest"]


@dataclass(frozen=True, slots=True)
class FlowReply:
    """What is to be written: the replies, and the flow that they come from."""

    reply: Reply
    # What it was computed for: a conversation that people handle, or one of the bot's.
    is_for_people: bool
    flow_version: str
    # The definition goes along until the database is known to have it.
    flow: dict[str, Any] | None = None


Respond = Callable[[TurnView], FlowReply]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A turn that is written, or was. `is_replay`: this request had nothing left to do."""

    conversation: Row
    messages: list[Row]
    updated: list[Row]
    is_replay: bool


@dataclass(frozen=True, slots=True)
class UserMessage:
    """What the member did, as it is saved."""

    client_message_id: UUID
    request_id: UUID
    content: str | None = None
    event: dict[str, Any] | None = None
    in_reply_to: UUID | None = None

    def with_text(self, content: str) -> UserMessage:
        """The same message, saying something."""
        return replace(self, content=content)

    def with_answer(self, in_reply_to: UUID, event: dict[str, Any], content: str | None = None) -> UserMessage:
        """The same message, answering another. The text of a click is the database's to say."""
        return replace(self, in_reply_to=in_reply_to, event=event, content=content)


class MemberTurns:
    """The turns of one member. `known_flows` are the versions that the caller needs no definition of, `answering` their
    steps at which a text is a question; `kind` is what activities call somebody like them."""

    def __init__(
        self,
        upstream: Upstream,
        user_id: UUID,
        token: str,
        known_flows: Sequence[str],
        *,
        answering: Mapping[str, Sequence[str]] | None = None,
        kind: ActorKind = "member",
    ) -> None:
        self._upstream = upstream
        self.user_id = user_id
        self._kind = kind
        self._member = upstream.member_client(token)
        self._known_flows = known_flows
        self._answering = answering

    def open(self, client_conversation_id: UUID, request_id: UUID, respond: Respond) -> Outcome:
        """Begin a conversation, or find it. Raises MunuiError."""
        view = actions.open_conversation(self._member, client_conversation_id, self._known_flows)
        return self._settle(view, request_id, respond)

    def preview(self, conversation_id: UUID, client_message_id: UUID | None, in_reply_to: UUID | None) -> AnswerPreview:
        """What stands for and against an answer. Raises MunuiError."""
        with self._account_told(conversation_id):
            return actions.preview_answer(
                self._member, conversation_id, client_message_id, in_reply_to, self._known_flows
            )

    def send(self, conversation_id: UUID, message: UserMessage, respond: Respond) -> Outcome:
        """Save what the member did and write what follows, each once. Raises MunuiError."""
        view = actions.send_message(
            self._member,
            conversation_id,
            message.client_message_id,
            content=message.content,
            event=message.event,
            in_reply_to=message.in_reply_to,
            request_id=message.request_id,
            known_flows=self._known_flows,
            # Also for a click or a form: texts may wait before it, and who is first replies to all.
            answering=self._answering,
        )
        return self._settle(view, message.request_id, respond)

    def _settle(self, view: TurnView, request_id: UUID, respond: Respond) -> Outcome:
        message_id = view.message["id"] if view.message else None
        # Whoever saved the message or wrote its replies did something new; everybody else sees a replay.
        has_written = view.is_new
        rounds = 0
        while not view.is_handled:
            if rounds == ROUNDS:
                raise _crowded()
            rounds += 1
            reply = self._reply(view, message_id, request_id, respond(view))
            view = self._write(reply)
            has_written = has_written or view.is_applied
        said = [view.message] if view.message else []
        return Outcome(view.conversation, said + view.replies, view.answered, not has_written)

    def change(self, conversation_id: UUID, to: Handling, request_id: UUID, respond: Respond) -> Outcome:
        """Ask for a person (`waiting`), or take that back (`bot`), with what is said about it.

        Raises:
            AlreadyAssigned: an operator has the conversation, and alone gives it back.
            MunuiError: as for a turn.
        """
        view = self.view(conversation_id)
        for _ in range(ROUNDS):
            if is_so(view, to):
                return Outcome(view.conversation, view.changed, [], is_replay=True)
            view = self._write(self._reply(view, None, request_id, respond(view)))
            if view.is_applied:
                return Outcome(view.conversation, view.changed, [], is_replay=False)
        raise _crowded()

    def view(self, conversation_id: UUID) -> TurnView:
        """How a conversation stands. Raises MunuiError."""
        view = actions.read_turn(self._member, conversation_id, self._known_flows)
        if view is None:
            # Refused, and by a write, which tells an account that is gone.
            actions.mark_read(self._member, conversation_id, None)
            raise Internal("A conversation that is there cannot be read")
        return view

    def tell_typing(self, conversation_id: UUID, *, is_typing: bool) -> None:
        """Let the team see that the member types, or no longer does. Raises MunuiError."""
        with self._account_told(conversation_id):
            actions.tell_typing(self._upstream.service_client(), self.user_id, conversation_id, is_typing=is_typing)

    def rate(self, conversation_id: UUID, score: int, comment: str | None) -> Row:
        """Keep what the member thinks of a conversation, and answer with it. Raises MunuiError."""
        with self._account_told(conversation_id):
            rated = actions.rate(self._upstream.service_client(), self.user_id, conversation_id, score, comment)
        conversation: Row = rated["conversation"]
        return conversation

    @contextmanager
    def _account_told(self, conversation_id: UUID) -> Iterator[None]:
        """Reading cannot tell a conversation that is not there from an account that is gone; a write is told."""
        try:
            yield
        except NotFound:
            actions.mark_read(self._member, conversation_id, None)
            raise

    def _write(self, reply: dict[str, Any]) -> TurnView:
        try:
            return actions.write_replies(self._upstream.service_client(), reply)
        except NotFound:
            # It was there a moment ago, and a conversation ends with its account only.
            raise Unauthenticated("The account cannot be used") from None

    def _reply(self, view: TurnView, message_id: str | None, request_id: UUID, response: FlowReply) -> dict[str, Any]:
        row = reply_row(view, response, request_id)
        handling = response.reply.handling
        actor = {"kind": self._kind, "id": str(self.user_id), "name": None}
        return {f"p_{name}": value for name, value in row.items()} | {
            "p_user_id": str(self.user_id),
            "p_conversation_id": str(view.conversation_id),
            "p_message_id": message_id,
            "p_known_flows": list(self._known_flows),
            "p_change": handling and {"handling": handling, "actor": actor},
        }


def is_so(view: TurnView, to: Handling) -> bool:
    """Whether a conversation is handled as a member wants it: by the bot or not.

    Raises:
        ConversationCompleted: nobody handles it any more.
        AlreadyAssigned: an operator has it, and alone gives it back.
    """
    handling = view.conversation["handling"]
    if (handling == "bot") == (to == "bot"):
        return True
    if view.conversation["status"] != "open":
        raise ConversationCompleted
    if handling == "agent":
        raise AlreadyAssigned
    return False


def reply_row(view: TurnView, response: FlowReply, request_id: UUID) -> dict[str, Any]:
    """What is written of a reply, as the database takes it."""
    state = response.reply.state
    return {
        "state_version": view.state_version,
        "state": state.to_json(),
        "status": "completed" if state.is_completed else "open",
        "turns": [_turn(answered, request_id) for answered in response.reply.turns],
        "flow_version": response.flow_version,
        "flow": response.flow,
        "handling": "people" if response.is_for_people else "bot",
    }


def _crowded() -> UpstreamUnavailable:
    return UpstreamUnavailable("Others are writing to this conversation; repeat with the same ids")


def _turn(answered: AnsweredTurn, request_id: UUID) -> dict[str, Any]:
    """The commands of a turn, as `chat_reply` takes them."""
    waiting, turn = answered.waiting, answered.turn
    return {
        "message_id": waiting and str(waiting.message_id),
        "turn_id": answered.turn_id and str(answered.turn_id),
        "request_id": str((waiting and waiting.request_id) or request_id),
        "messages": [message_row(message) for message in turn.messages],
        "answer": turn.answer and turn.answer.answer,
        "inquiry": _inquiry(answered),
        "knowledge": turn.kept_answer and kept_row(turn.kept_answer),
    }


def kept_row(kept: KeepAnswer) -> dict[str, Any]:
    """What is kept of an answer, as `kb_record` takes it."""
    return {
        "mode": kept.mode,
        "locale": kept.locale,
        "outcome": kept.outcome,
        "reason": kept.reason,
        "sources": [source.to_json() for source in kept.sources],
        "message_id": kept.message_id and str(kept.message_id),
    }


def _inquiry(answered: AnsweredTurn) -> dict[str, Any] | None:
    inquiry = answered.turn.inquiry
    if inquiry is None or answered.waiting is None:
        return None
    return {
        "client_inquiry_id": str(answered.waiting.client_message_id),
        "step_id": inquiry.step_id,
        "values": inquiry.values,
        "normal": inquiry.normal,
        "locale": inquiry.locale,
    }


def message_row(message: Message) -> dict[str, Any]:
    """A message of the engine as the columns of a row."""
    return {
        "id": str(message.id),
        "client_message_id": str(message.client_message_id),
        "role": message.role.value,
        "kind": message.kind.value,
        "content": message.content,
        "payload": message.payload,
        "step_id": message.step_id,
    }
