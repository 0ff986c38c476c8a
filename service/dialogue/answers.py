"""What is said to a question: a piece of an article with its source, or honestly that nothing is known.

Belongs here: which of the flow's steps an answer leads to, and what is kept of it. Does not belong here: what is known
(`knowledge.py`), every other event (`engine.py`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from service.core.ids import NewId
from service.dialogue.commands import KeepAnswer
from service.dialogue.entering import enter, fitting
from service.dialogue.knowledge import Answer, Knowledge, Settled
from service.dialogue.message import Kind, Role
from service.dialogue.state import State
from service.dialogue.table import CompiledFlow, Template
from service.dialogue.turn import Turn


def asks(flow: CompiledFlow, state: State) -> bool:
    """Whether a text is a question to the articles where `state` stands."""
    return bool(flow.tables[state.locale]["steps"][state.step]["text"].get("answer"))


def answer(flow: CompiledFlow, state: State, knowledge: Knowledge, ids: NewId, now: datetime) -> Turn:
    """A question gets what is known, word for word and in its own language; or that it is not known, and a way out."""
    steps = flow.tables[knowledge.locale]["answers"]
    here = replace(fitting(state), locale=knowledge.locale)
    kept = KeepAnswer(knowledge.mode, knowledge.locale, "unknown")
    template, found = steps["unknown"], knowledge.answer
    if knowledge.is_refused:
        kept = replace(kept, outcome="refused", reason="forbidden_topic")
    elif knowledge.mode == "generative":
        template, kept = steps["looking"], replace(kept, outcome=None)
    elif found is not None and found.sources[0].chunk_id == state.answered:
        # The same again helps nobody.
        template, kept = steps["again"], replace(kept, reason="again")
    elif found is not None:
        template, kept = _holding(steps["found"], found), replace(kept, outcome="answered", sources=found.sources)
        here = replace(here, answered=found.sources[0].chunk_id)
    return _keeping(enter(template, here, ids, now), kept)


def beside(flow: CompiledFlow, state: State, ids: NewId, now: datetime) -> Turn:
    """A question that waited with others, of which another is replied to."""
    return enter(flow.tables[state.locale]["answers"]["together"], state, ids, now)


def settle(flow: CompiledFlow, state: State, settled: Settled, ids: NewId, now: datetime) -> Turn:
    """What is said of a question that was looked into after its turn, where no person is asked for."""
    steps = flow.tables[state.locale]["answers"]
    here = fitting(state)
    match settled:
        case Settled(outcome="answered", text=str(text)):
            template = _holding(steps["found"], Answer(text, settled.sources))
            here = replace(here, answered=settled.sources[0].chunk_id)
        case Settled(outcome="clarified"):
            template = {"messages": words(settled, state), "to": None}
        case _:
            template = steps["unknown"] | {"messages": [*words(settled, state), *steps["unknown"]["messages"]]}
    return settled_by(enter(template, here, ids, now), settled)


def words(settled: Settled, state: State) -> list[Template]:
    """What `settled` says in its own words, if it does, as a message that is said first."""
    if settled.text is None:
        return []
    return [{"role": Role.BOT.value, "kind": Kind.TEXT.value, "verbatim": settled.text, "step": state.step}]


def settled_by(turn: Turn, settled: Settled) -> Turn:
    """`turn`, which says what came of a question."""
    sources = settled.sources if settled.outcome == "answered" else ()
    return _keeping(turn, KeepAnswer("generative", turn.state.locale, settled.outcome, settled.reason, sources))


def _holding(template: Template, answer: Answer) -> Template:
    """`template` with what was found: nothing in it is filled in, whatever it looks like."""
    sources = [source.to_json() for source in answer.sources]

    def held(line: Template) -> Template:
        return line | {"verbatim": answer.text, "payload": line["payload"] | {"sources": sources}}

    return template | {"messages": [held(line) if line.get("answer") else line for line in template["messages"]]}


def _keeping(turn: Turn, kept: KeepAnswer) -> Turn:
    if kept.outcome is None:
        return Turn(turn.state, (*turn.commands, kept))
    return Turn(turn.state, (*turn.commands, replace(kept, message_id=_holder(turn))))


def _holder(turn: Turn) -> UUID | None:
    """The message that holds the answer; the last one where none does."""
    last = turn.messages[-1].id if turn.messages else None
    return next((said.id for said in turn.messages if "sources" in (said.payload or {})), last)
