"""Stories told to the database step by step: what a customer does by a member's turns, what operators do by the inbox's
calls, each at its moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from psycopg import Connection

from scripts.local.morning.here import Here
from service.conversations.changing import spoken
from service.conversations.known_flows import KnownFlows
from service.conversations.responding import responder, submitted_text
from service.conversations.store import MemberTurns, UserMessage
from service.core.locale import Locale
from service.dialogue.flows.loader import SHIPPED, load_flow
from service.inbox.asking import Asking
from service.inbox.conversations import actions as inbox
from service.inbox.conversations.store import change_and_say
from service.inbox.notes import actions as notes

Row = dict[str, Any]
# Ids derive from names, so that a story that is told again is the same one.
SPACE = UUID("3f0c6f1e-55d2-4f6e-9d0a-0d1f5a3b7c11")
_MOVED = (Path(__file__).parent / "moved.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Operators:
    """Account and key of each operator, by the name that stories call them."""

    accounts: Mapping[str, UUID]
    keys: Mapping[str, str]


class Teller:
    """Tells stories in one transaction."""

    def __init__(self, db: Connection[Any], team: Operators) -> None:
        self._db, self._team = db, team
        self._here = Here(db)
        self._flows = KnownFlows(load_flow(SHIPPED))

    def asking(self, name: str) -> Asking:
        """An operator as the inbox knows them."""
        return Asking(self._here.upstream, self._team.accounts[name])

    def tell(self, name: str, customer: UUID, locale: Locale, begin: datetime, steps: Sequence[Sequence[Any]]) -> None:
        """A conversation of a customer: its opening at `begin`, then each step so many minutes later."""
        turns = MemberTurns(self._here.upstream, customer, str(customer), self._flows.known_versions)
        story = _Story(self, turns, locale, uuid5(SPACE, name))
        story.open()
        self._move(story.id, begin)
        for minute, *step in steps:
            story.do(step)
            self._move(story.id, begin + timedelta(minutes=minute))

    def _move(self, conversation: UUID, moment: datetime) -> None:
        self._db.execute(_MOVED, {"id": conversation, "at": moment})

    @property
    def flows(self) -> KnownFlows:
        """Those that the service knows: the shipped one."""
        return self._flows

    @property
    def db(self) -> Connection[Any]:
        """The connection, for what no call does."""
        return self._db

    @property
    def keys(self) -> Mapping[str, str]:
        """Operators' keys."""
        return self._team.keys


class _Story:
    def __init__(self, teller: Teller, turns: MemberTurns, locale: Locale, key: UUID) -> None:
        self._teller, self._turns, self._locale, self._key = teller, turns, locale, key
        self._messages: list[Row] = []
        self._steps = 0
        self.id = key

    def open(self) -> None:
        outcome = self._turns.open(self._key, self._next(), responder(self._teller.flows, self._locale))
        self.id = UUID(outcome.conversation["id"])
        self._messages = list(outcome.messages)

    def do(self, step: Sequence[Any]) -> None:
        """One step: `[what, …]` of the customer, `[who, what, …]` of an operator."""
        if step[0] in self._teller.keys:
            who, what, *rest = step
            self._operators()[what](self._teller.asking(who), *rest)
        else:
            what, *rest = step
            self._customers()[what](*rest)

    def _customers(self) -> dict[str, Callable[..., None]]:
        return {"says": self._say, "chooses": self._choose, "fills": self._fill, "asks": self._ask, "rates": self._rate}

    def _operators(self) -> dict[str, Callable[..., None]]:
        return {
            "takes": lambda who: _(inbox.claim(who, self.id, None)),
            "answers": self._answer,
            "notes": lambda who, text: _(notes.add(who, self.id, self._next(), text)),
            "labels": lambda who, *names: self._sort(who, add_labels=list(names)),
            "ranks": lambda who, priority: self._sort(who, priority=priority),
            "puts_aside": self._put_aside,
            "gives": lambda who, to: self._change(who, assignee_id=self._teller.keys[to]),
            "reopens": lambda who: self._change(who, status="open"),
            "completes": self._complete,
        }

    def _say(self, text: str) -> None:
        self._send(UserMessage(self._next(), self._next(), content=text))

    def _choose(self, chip: str) -> None:
        asked = self._last("chips")
        self._send(
            UserMessage(self._next(), self._next()).with_answer(UUID(asked["id"]), {"type": "chip", "chip_id": chip})
        )

    def _fill(self, values: Row) -> None:
        asked = self._last("form")
        message = UserMessage(self._next(), self._next())
        preview = self._turns.preview(self.id, message.client_message_id, UUID(asked["id"]))
        text = submitted_text(self._teller.flows, preview, self._locale, values)
        self._send(message.with_answer(UUID(asked["id"]), {"type": "form", "values": values}, text))

    def _ask(self) -> None:
        outcome = self._turns.change(
            self.id, "waiting", self._next(), responder(self._teller.flows, self._locale, "handover")
        )
        self._messages += outcome.messages

    def _rate(self, score: int, comment: str | None = None) -> None:
        # What a rule of the team asks.
        self._teller.db.execute("update public.chat_conversations set rating_asked_at = now() where id = %s", [self.id])
        self._turns.rate(self.id, score, comment)

    def _answer(self, who: Asking, text: str) -> None:
        inbox.reply(who, self.id, self._next(), content=text, seen_rev=None, request_id=self._next())

    def _sort(self, who: Asking, **changes: Any) -> None:
        inbox.change(who, self.id, None, changes)

    def _put_aside(self, who: Asking, minutes: int) -> None:
        until = self._teller.db.execute("select now() + make_interval(mins => %s)", [minutes]).fetchone()
        self._sort(who, snoozed_until=until and until[0].isoformat())

    def _change(self, who: Asking, **changes: Any) -> None:
        inbox.change(who, self.id, self._rev(who), changes)

    def _complete(self, who: Asking) -> None:
        flows = self._teller.flows
        speak = spoken(flows, self._locale, "complete", self._next())
        change_and_say(who, self.id, self._rev(who), {"status": "completed"}, speak, flows.known_versions)

    def _rev(self, who: Asking) -> int:
        return int(inbox.read(who, self.id)["conversation"]["seen_rev"])

    def _send(self, message: UserMessage) -> None:
        outcome = self._turns.send(self.id, message, responder(self._teller.flows, self._locale))
        self._messages += outcome.messages

    def _last(self, kind: str) -> Row:
        return next(one for one in reversed(self._messages) if one["kind"] == kind)

    def _next(self) -> UUID:
        self._steps += 1
        return uuid5(self._key, str(self._steps))


def _(_answer: object) -> None:
    """What a call answers is nobody's here."""
