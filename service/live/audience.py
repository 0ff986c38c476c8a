"""Everybody who listens in this process, and who of them is told what.

Belongs here: which news are whose. Does not belong here: asking for them (`hub.py`), how they look (`events.py`).

Members are told of their own conversations, and of those only what they can see; operators of all. Who types and who
looks comes as a state each time; told is what became different.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from service.live import events
from service.live.listener import Listener, Subject
from service.live.news import Changed, Looking, News, People


class Audience:
    """For the loop alone."""

    def __init__(self) -> None:
        self._members: defaultdict[str, set[Listener]] = defaultdict(set)
        self._operators: defaultdict[str, set[Listener]] = defaultdict(set)
        self._hello = b""
        self._state = _State()

    def __bool__(self) -> bool:
        return bool(self._members or self._operators)

    def add(self, one: Listener) -> None:
        """Somebody listens from now on."""
        self._side(one)[one.user_id].add(one)
        if self._hello:
            self._greet(one)

    def remove(self, one: Listener) -> None:
        """Somebody does not any more."""
        side = self._side(one)
        side[one.user_id].discard(one)
        if not side[one.user_id]:
            del side[one.user_id]

    def user_ids(self) -> set[str]:
        """The accounts of all who listen."""
        return self._members.keys() | self._operators.keys()

    def keep(self, people: People, asked: Iterable[str]) -> None:
        """End the streams of those among `asked` who may not listen any more."""
        for user_id in asked:
            if user_id not in people.members:
                _end(self._members.get(user_id, ()), "account")
            if user_id not in people.operators:
                _end(self._operators.get(user_id, ()), "operator")

    def greet(self, hello: bytes) -> None:
        """Say hello to all who listen, and to who comes later."""
        self._hello = hello
        for one in self._all():
            self._greet(one)

    def promise(self, hello: bytes) -> None:
        """Say this hello to who comes later: those who listen know it."""
        self._hello = hello

    def hush(self) -> None:
        """Nobody is known to type or look any more: there are no news."""
        self._tell_state(_State())

    def forget(self) -> None:
        """There are no news any more, and nobody is left to be told so."""
        self._hello, self._state = b"", _State()

    def tell(self, news: News) -> None:
        """Tell everybody their part of the news."""
        for one in news.changed:
            self._tell_changed(one)
        for conversation_id in news.gone:
            self._tell_operators(("changed", conversation_id), events.changed(conversation_id, None))
        self._tell_state(_State.of(news))

    def _tell_changed(self, one: Changed) -> None:
        subject = ("changed", one.id)
        if one.is_shown:
            self._tell_member(one.user_id, subject, events.changed(one.id, one.rev))
        self._tell_operators(subject, events.changed(one.id, one.rev + one.changes))

    def _tell_state(self, now: _State) -> None:
        before, self._state = self._state, now
        for user_id, conversation_id in before.answering ^ now.answering:
            is_typing = (user_id, conversation_id) in now.answering
            event = events.answering(conversation_id, is_typing=is_typing)
            self._tell_member(user_id, ("typing", conversation_id), event)
        for conversation_id, operator_id in before.typing ^ now.typing:
            is_typing = (conversation_id, operator_id) in now.typing
            event = events.typing(conversation_id, operator_id, is_typing=is_typing)
            self._tell_operators(("typing", conversation_id, operator_id or ""), event)
        for conversation_id in before.looking.keys() | now.looking.keys():
            looking = now.looking.get(conversation_id, ())
            if looking != before.looking.get(conversation_id, ()):
                self._tell_operators(("presence", conversation_id), events.presence(conversation_id, looking))

    def _greet(self, one: Listener) -> None:
        """Say hello, and who types and who looks at this moment."""
        one.greet(self._hello)
        if not one.is_operator:
            for user_id, conversation_id in self._state.answering:
                if user_id == one.user_id:
                    one.tell(("typing", conversation_id), events.answering(conversation_id, is_typing=True))
            return
        for conversation_id, operator_id in self._state.typing:
            event = events.typing(conversation_id, operator_id, is_typing=True)
            one.tell(("typing", conversation_id, operator_id or ""), event)
        for conversation_id, looking in self._state.looking.items():
            one.tell(("presence", conversation_id), events.presence(conversation_id, looking))

    def _tell_member(self, user_id: str, subject: Subject, event: bytes) -> None:
        for one in self._members.get(user_id, ()):
            one.tell(subject, event)

    def _tell_operators(self, subject: Subject, event: bytes) -> None:
        for several in self._operators.values():
            for one in several:
                one.tell(subject, event)

    def _all(self) -> Iterator[Listener]:
        for side in (self._members, self._operators):
            for several in side.values():
                yield from several

    def _side(self, one: Listener) -> defaultdict[str, set[Listener]]:
        return self._operators if one.is_operator else self._members


def _end(those: Iterable[Listener], why: str) -> None:
    for one in those:
        one.end(why)


@dataclass(frozen=True, slots=True)
class _State:
    """Who types and who looks, as far as it is told."""

    # Customers and their conversations in which whoever has these types.
    answering: frozenset[tuple[str, str]] = frozenset()
    # Conversations and the operators who type there, None for the customer.
    typing: frozenset[tuple[str, str | None]] = frozenset()
    # By conversation, in the order of their ids.
    looking: Mapping[str, tuple[Looking, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, news: News) -> Self:
        """As the news say it."""
        looking: defaultdict[str, list[Looking]] = defaultdict(list)
        for one in sorted(news.presence, key=lambda look: look.operator_id):
            looking[one.conversation_id].append(one)
        return cls(
            frozenset((one.user_id, one.conversation_id) for one in news.typing if one.is_assignee),
            frozenset((one.conversation_id, one.operator_id) for one in news.typing),
            {conversation_id: tuple(who) for conversation_id, who in looking.items()},
        )
