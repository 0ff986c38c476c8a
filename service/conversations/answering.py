"""A question that is looked into after its turn: what must be known for it, and how what came of it is said, once.

Belongs here: the hand-over between the engine, the database and whoever looks into it. Does not belong here: looking
into it, and what it costs (knowledge).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID, uuid5

from service.conversations import actions
from service.conversations.known_flows import KnownFlows
from service.conversations.responding import FlowStanding, standing_of, team_of
from service.conversations.store import FlowReply, reply_row
from service.conversations.turn_view import TurnView
from service.core.ids import derived_ids
from service.core.locale import Locale
from service.core.mapper import Row
from service.dialogue import engine
from service.dialogue.flow_document import write_flow
from service.dialogue.knowledge import Settled
from service.dialogue.reply import AnsweredTurn, Reply
from service.supabase.clients import Upstream

State = Literal["written", "dropped", "told_anew"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that somebody waits for. `audience` is what may be looked at for them, `history` what was said before
    it as (role, text), newest last."""

    answer_id: UUID
    user_id: UUID
    message_id: UUID
    client_message_id: UUID
    question: str
    locale: Locale
    audience: Literal["all", "members"]
    history: Sequence[tuple[str, str]]
    view: TurnView
    # Whether its flow has words for an answer. It has none where what the conversation began with cannot be read any
    # more, and the flow of today gives no answers.
    is_answerable: bool

    @property
    def conversation_id(self) -> UUID:
        """The conversation that it was asked in."""
        return self.view.conversation_id

    @classmethod
    def from_row(cls, row: Row, flows: KnownFlows) -> Asked:
        """What `kb_question` answers. Raises KeyError, ValueError."""
        view = TurnView.from_json(row["turn"])
        return cls(
            answer_id=UUID(row["answer_id"]),
            user_id=UUID(row["user_id"]),
            message_id=UUID(row["message_id"]),
            client_message_id=UUID(row["client_message_id"]),
            question=row["question"],
            locale=row["locale"],
            audience=row["audience"],
            history=[(one["role"], one["content"]) for one in row["history"]],
            view=view,
            is_answerable=standing_of(flows, view, row["locale"]).flow.flow.answers is not None,
        )


def read_question(upstream: Upstream, flows: KnownFlows, answer_id: UUID) -> Asked | None:
    """A question, if it is still to be answered; it is dropped where it is not. Raises MunuiError."""
    row = actions.read_question(upstream.service_client(), answer_id, flows.known_versions)
    return None if row is None else Asked.from_row(row, flows)


def settle(upstream: Upstream, flows: KnownFlows, asked: Asked, settled: Settled) -> State:
    """Say and keep what came of a question, if it is still wanted; again: the same. Raises MunuiError.

    Where what the answer stands on was withdrawn meanwhile, it is said that it is not known. A question that is not
    answerable can be `handed_over` or dropped. `told_anew`: nothing was written, because the assistant has other
    settings than those that it was looked at for.
    """
    service = upstream.service_client()
    state = actions.settle_question(service, asked.answer_id, _reply(flows, asked, settled), _told(settled))
    if state == "withdrawn":
        honest = replace(settled, outcome="unknown", text=None, sources=(), reason="withdrawn")
        state = actions.settle_question(service, asked.answer_id, _reply(flows, asked, honest), _told(honest))
    return "written" if state == "written" else "told_anew" if state == "told_anew" else "dropped"


def _told(settled: Settled) -> dict[str, Any]:
    return {
        "outcome": settled.outcome,
        "reason": settled.reason,
        "model": settled.model,
        "tokens_in": settled.tokens_in,
        "tokens_out": settled.tokens_out,
        "cost_micros": settled.cost_micros,
        "assistant_version": settled.assistant_version,
    }


def _reply(flows: KnownFlows, asked: Asked, settled: Settled) -> dict[str, Any] | None:
    """What is written of it, as `kb_settle` takes it; None where nothing is said."""
    view = asked.view
    standing = standing_of(flows, view, asked.locale)
    if settled.outcome == "dropped" or standing.state is None:
        return None
    # Like a turn of the question's own, that comes later.
    ids = derived_ids(view.conversation_id, uuid5(asked.client_message_id, "answer"))
    turn = engine.settle(standing.flow, standing.state, settled, ids, datetime.now(UTC), team_of(view.team))
    answered = AnsweredTurn(None, turn, uuid5(view.conversation_id, f"answer/{asked.message_id}"))
    reply = FlowReply(
        Reply(turn.state, (answered,)),
        is_for_people=False,
        flow_version=standing.flow.version,
        flow=_definition(standing, view),
    )
    row = reply_row(view, reply, asked.message_id)
    row["turns"][0]["knowledge"]["question_id"] = str(asked.message_id)
    return row


def _definition(standing: FlowStanding, view: TurnView) -> dict[str, Any] | None:
    return None if view.flow_version == standing.flow.version else write_flow(standing.flow.flow)
