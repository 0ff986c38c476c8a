"""Two sides, each with a row of everything, and what tells whether one of them has changed."""

import itertools
import uuid
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from tests.db.chats import add_conversation, add_message, add_row, new_id
from tests.words import a_word

_MINE = "select t::text from public.{} t where user_id = any(%(users)s::uuid[])"


# What belongs to a conversation, and what belongs to nobody and bears the name of its world.
_OF_A_CONVERSATION = "select t::text from public.{} t where conversation_id in ({})"


_THEIRS = "select id from public.chat_conversations where user_id = any(%(users)s::uuid[])"


_OWNED = (
    "chat_conversations", "chat_messages", "chat_conversation_reads", "chat_inquiries", "chat_conversation_summaries",
    "kb_spending", "kb_answers",
)  # fmt: skip


_OF_CONVERSATIONS = (
    "chat_desk", "chat_notes", "chat_conversation_labels", "chat_activities", "chat_typing", "chat_presence",
    "chat_channel_threads", "chat_jobs", "chat_rule_runs",
)  # fmt: skip


_OF_ARTICLES = "select id from public.kb_articles where starts_with(slug, %(name)s)"


_OF_IMPORTS = "select id from public.kb_imports where starts_with(source, %(name)s)"


_NAMED = {
    "chat_operators": "display_name",
    "chat_channels": "name",
    "chat_labels": "name",
    "chat_rules": "name",
    "chat_canned_replies": "shortcut",
}


_BY_ADDRESS = "position(%(name)s in url) > 0"


# Nothing is ever sent to one of these.
_OFF = {"is_active": False, "disabled_reason": "by_hand"}


NUMBERS = itertools.count(60)


# Versions that nobody gets to by changing settings.
FIRST_VERSION = 1_000_000


_VERSIONS = itertools.count(FIRST_VERSION + uuid.uuid4().int % 1_000_000_000)


_ASSISTANT = {
    "mode": "extractive", "tone": "", "policy": "", "rules": "", "forbidden_topics": [],
    "greeting": {"ko": "", "en": ""}, "handover": {"when": "", "words": {"ko": "", "en": ""}}, "allowed_links": [],
    "budgets": {"member_day": 0, "project_month": 0},
}  # fmt: skip


_TRY = {"question": "?", "locale": "ko", "audience": "all", "settings": {}, "found": [], "found_milliseconds": 1.0}


# Of a month that no budget is counted in.
_SPENT = {"day": "2500-01-01", "month": "2500-01-01", "micros": 0}


_DIGEST = "select md5(coalesce(string_agg(t, ',' order by t), '')) from ({}) rows (t)"


Row = dict[str, Any]


_SEARCHED = {"said_by": "bot", "created_at": "2026-01-01T00:00:00Z", "tokens": "안녕"}


def _never() -> str:
    """Return a moment that is nobody else's and that nobody lives to see."""
    return f"{2500 + uuid.uuid4().int % 7000}-01-01T00:00:00.{uuid.uuid4().int % 1_000_000:06}Z"


@dataclass(frozen=True)
class Side:
    """A member's rows."""

    user: str
    flow: str
    conversation: str = field(default_factory=new_id)
    message: str = field(default_factory=new_id)
    last_message: str = field(default_factory=new_id)
    inquiry: str = field(default_factory=new_id)
    unread: str = field(default_factory=new_id)
    operator: str = field(default_factory=new_id)
    note: str = field(default_factory=new_id)
    label: str = field(default_factory=new_id)
    canned_reply: str = field(default_factory=new_id)
    activity: str = field(default_factory=new_id)
    rule: str = field(default_factory=new_id)
    run: str = field(default_factory=new_id)
    gone: str = field(default_factory=new_id)
    hours_since: str = field(default_factory=_never)
    assistant: int = field(default_factory=lambda: next(_VERSIONS))
    answer: str = field(default_factory=new_id)
    tried: str = field(default_factory=new_id)
    channel: str = field(default_factory=new_id)
    job: str = field(default_factory=new_id)
    spent: str = field(default_factory=new_id)
    webhook: str = field(default_factory=new_id)
    delivery: str = field(default_factory=new_id)
    article: str = field(default_factory=new_id)
    # An article of the same side that was written by hand.
    unsourced: str = field(default_factory=new_id)
    chunk: str = field(default_factory=new_id)
    miss: str = field(default_factory=new_id)
    took: str = field(default_factory=new_id)
    due: str = field(default_factory=new_id)
    is_there: bool = True

    def key(self, relation: str) -> Row:
        """Return what finds this member's row of a relation."""
        return {
            "chat_contacts": {"id": self.user},
            "chat_conversations": {"id": self.conversation},
            "chat_messages": {"id": self.message},
            "chat_conversation_reads": {"conversation_id": self.conversation},
            "chat_inquiries": {"id": self.inquiry},
            "chat_flows": {"version": self.flow},
            "chat_conversation_summaries": {"id": self.conversation},
            "chat_operators": {"id": self.operator},
            "chat_desk": {"conversation_id": self.conversation},
            "chat_gone": {"conversation_id": self.gone},
            "chat_hours": {"since_at": self.hours_since},
            "kb_assistant": {"version": self.assistant},
            "kb_tries": {"id": self.tried},
            "kb_answers": {"id": self.answer},
            "kb_spending": {"id": self.spent},
            "chat_notes": {"id": self.note},
            "chat_labels": {"id": self.label},
            "chat_conversation_labels": {"conversation_id": self.conversation},
            "chat_canned_replies": {"id": self.canned_reply},
            "chat_activities": {"id": self.activity},
            "chat_typing": {"conversation_id": self.conversation},
            "chat_presence": {"conversation_id": self.conversation},
            "chat_channels": {"id": self.channel},
            "chat_channel_threads": {"conversation_id": self.conversation},
            "chat_channel_messages": {"message_id": self.message},
            "chat_rules": {"id": self.rule},
            "chat_rule_runs": {"id": self.run},
            "chat_jobs": {"id": self.job},
            "chat_ticks": {"name": self.flow},
            "chat_webhooks": {"id": self.webhook},
            "chat_deliveries": {"id": self.delivery},
            "chat_listeners": {"webhook_id": self.webhook},
            "chat_search": {"message_id": self.message},
            "chat_search_due": {"id": self.due},
            "chat_search_state": {"id": self.is_there},
            "chat_search_words": {"word": self.flow},
            "chat_team": {"id": self.is_there},
            "kb_assistant_told": {"id": self.is_there},
            "kb_articles": {"id": self.article},
            "kb_chunks": {"id": self.chunk},
            "kb_terms": {"chunk_id": self.chunk},
            "kb_versions": {"article_id": self.article},
            "kb_sources": {"article_id": self.article},
            "kb_misses": {"id": self.miss},
            "kb_imports": {"id": self.took},
            "kb_import_items": {"import_id": self.took},
            "kb_removed": {"source": self.flow},
        }[relation]


@dataclass(frozen=True)
class World:
    """Two members with a row of every kind each, and somebody who is not there."""

    name: str
    owner: Side
    other: Side
    nobody: Side

    def side(self, persona: str, row: str) -> Side:
        """Return whose row is meant, seen from a persona."""
        if row == "missing":
            return self.nobody
        return self.other if (persona == "other") is (row == "own") else self.owner

    def user(self, persona: str) -> str | None:
        """Return who a persona is."""
        return {"owner": self.owner.user, "other": self.other.user}.get(persona)

    def new_row(self, relation: str, persona: str, row: str) -> Row:
        """Return a row to insert, with the owner named where that is what is tried."""
        side = self.side(persona, row)
        owner = {} if persona != "service_role" else {"user_id": side.user}
        match relation:
            case "chat_contacts":
                return {"name": self.name}
            case "chat_conversations":
                return {"client_conversation_id": new_id(), **(owner if row == "own" else {"user_id": side.user})}
            case "chat_messages":
                said = {"role": "user", "kind": "text", "content": "안녕", "client_message_id": new_id()}
                return {**owner, **said, "conversation_id": side.unread}
            case "chat_conversation_reads":
                return {**owner, "conversation_id": side.unread, "last_read_seq": 0}
            case "chat_inquiries":
                inquiry = {"client_inquiry_id": new_id(), "flow_version": "v", "step_id": "write", "values": {}}
                return {**inquiry, "user_id": side.user}
            case "chat_flows":
                return {"version": f"{self.name}-{a_word()}", "definition": {}}
        known = self._row_of_the_team(side) | self._row_of_knowledge(side)
        return known.get(relation, {"id": new_id(), "user_id": side.user})

    def _row_of_knowledge(self, side: Side) -> dict[str, Row]:
        name = f"{self.name}-{a_word()}"
        return {
            "kb_articles": _article(name),
            "kb_chunks": _chunk(side.article, name),
            "kb_terms": {"token": name, "chunk_id": side.chunk, "article_id": side.article, "places": 1},
            "kb_versions": _version(side.article, 2),
            "kb_sources": _source(side.unsourced, name),
            "kb_misses": {"locale": "ko", "key": name, "question": name},
            "kb_imports": {"kind": "web", "source": name},
            "kb_import_items": {"import_id": side.took, "source": name, "outcome": "added"},
            "kb_removed": {"source_kind": "web", "source": name},
            "kb_answers": _asked(side, side.last_message),
        }

    def _row_of_the_team(self, side: Side) -> dict[str, Row]:
        there, name = {"conversation_id": side.unread}, f"{self.name}-{a_word()}"
        note = {"operator_id": self.owner.operator, "client_note_id": new_id(), "content": "메모"}
        return {
            "chat_operators": {"display_name": self.name},
            "chat_desk": there,
            "chat_gone": {"conversation_id": new_id()},
            "chat_hours": _hours(_never()),
            "kb_assistant": {"version": next(_VERSIONS), "settings": _ASSISTANT},
            "kb_tries": {"operator_id": self.owner.operator, **_TRY},
            "kb_spending": {"id": new_id(), "user_id": side.user, **_SPENT},
            "chat_notes": {**there, **note},
            "chat_labels": {"name": name},
            "chat_conversation_labels": {**there, "label_id": self.owner.label},
            "chat_canned_replies": {"shortcut": name, "content": "네"},
            "chat_activities": {**there, "type": "conversation.assigned", "actor_kind": "system"},
            "chat_typing": there,
            "chat_presence": {**there, "operator_id": self.owner.operator},
            "chat_channels": {"name": name},
            "chat_channel_threads": {**there, "contact_id": side.user},
            "chat_channel_messages": {"channel_id": self.owner.channel, "message_id": side.last_message},
            "chat_rules": {"name": name, "types": ["x"], "is_active": False, "actions": [{"type": "complete"}]},
            "chat_rule_runs": {**there, "rule_id": self.owner.rule, "activity_id": new_id(), "status": "done"},
            "chat_jobs": {**there, "kind": "try"},
            "chat_ticks": {"name": name},
            "chat_webhooks": {"url": f"https://{name}.example/", "secret": "-", **_OFF},
            "chat_deliveries": {"webhook_id": side.webhook, "type": name},
            "chat_listeners": {"webhook_id": side.webhook, "type": name},
            "chat_search": {"message_id": side.last_message, **_SEARCHED},
            "chat_search_due": {"kind": "inquiry", "id": side.due},
            "chat_search_state": {"branch": "main"},
            "chat_search_words": {"word": name, "share": 0.5},
            "chat_team": {"time_zone": "UTC"},
            "kb_assistant_told": {"version": 1},
        }

    def digest(self, db: Connection[Any]) -> str:
        """Return what a superuser sees of this world: equal before and after means that nothing was written."""
        parts = [_MINE.format(relation) for relation in _OWNED]
        parts += [_OF_A_CONVERSATION.format(relation, _THEIRS) for relation in _OF_CONVERSATIONS]
        parts += [
            f"select t::text from public.{relation} t"
            f" where id = any(%(made)s::uuid[]) or starts_with({named}, %(name)s)"
            for relation, named in _NAMED.items()
        ]
        parts.append("select t::text from public.chat_contacts t where id = any(%(users)s::uuid[]) or name = %(name)s")
        parts.append("select t::text from public.chat_gone t where conversation_id = any(%(made)s::uuid[])")
        parts.append("select t::text from public.chat_hours t where since_at > '2500-01-01'")
        parts.append(f"select t::text from public.kb_assistant t where version >= {FIRST_VERSION}")
        parts.append(
            "select t::text from public.kb_tries t"
            " where operator_id in (select id from public.chat_operators where display_name = %(name)s)"
        )
        parts += [
            f"select t::text from public.{table} t where message_id in"
            " (select id from public.chat_messages where user_id = any(%(users)s::uuid[]))"
            for table in ("chat_channel_messages", "chat_search")
        ]
        parts.append("select t::text from public.chat_search_due t where id = any(%(made)s::uuid[])")
        parts.append("select t::text from public.chat_search_words t where starts_with(word, %(name)s)")
        parts.append("select t::text from public.chat_search_state t")
        parts.append("select t::text from public.chat_flows t where starts_with(version, %(name)s)")
        parts.append("select t::text from public.chat_ticks t where starts_with(name, %(name)s)")
        parts.append(f"select t::text from public.chat_webhooks t where {_BY_ADDRESS}")
        parts += [
            f"select t::text from public.{table} t"
            f" where webhook_id in (select id from public.chat_webhooks where {_BY_ADDRESS})"
            for table in ("chat_deliveries", "chat_listeners")
        ]
        parts += [
            "select t::text from public.kb_articles t where starts_with(slug, %(name)s)",
            f"select t::text from public.kb_chunks t where article_id in ({_OF_ARTICLES})",
            f"select t::text from public.kb_terms t where article_id in ({_OF_ARTICLES})",
            f"select t::text from public.kb_versions t where article_id in ({_OF_ARTICLES})",
            f"select t::text from public.kb_sources t where article_id in ({_OF_ARTICLES})",
            "select t::text from public.kb_misses t where starts_with(question, %(name)s)",
            "select t::text from public.kb_imports t where starts_with(source, %(name)s)",
            f"select t::text from public.kb_import_items t where import_id in ({_OF_IMPORTS})",
            "select t::text from public.kb_removed t where starts_with(source, %(name)s)",
        ]
        parts.append("select t::text from public.chat_team t")
        parts.append("select t::text from public.kb_assistant_told t")
        users = [self.owner.user, self.other.user, self.nobody.user]
        made = [one for side in (self.owner, self.other) for one in (side.operator, side.gone, side.channel, side.due)]
        made.append(self.nobody.due)
        statement = _DIGEST.format(" union all ".join(parts))
        return db.execute(statement, {"users": users, "made": made, "name": self.name}).fetchone()[0]


def build(db: Connection[Any], owner: str, other: str) -> World:
    """Insert a world of two accounts."""
    name = f"matrix-{a_word()}"
    world = World(
        name,
        Side(owner, f"{name}-owner"),
        Side(other, f"{name}-other"),
        Side(new_id(), f"{name}-nobody", is_there=False),
    )
    with db.transaction():
        for side in (world.owner, world.other):
            _add_conversations(db, side)
            _add_desk(db, world, side)
            _add_knowledge(db, world, side)
    return world


def _add_conversations(db: Connection[Any], side: Side) -> None:
    add_row(db, "chat_flows", {"version": side.flow, "definition": {}})
    add_conversation(db, side.user, id=side.conversation)
    add_conversation(db, side.user, id=side.unread)
    add_message(db, side.user, side.conversation, id=side.message)
    add_message(db, side.user, side.conversation, id=side.last_message)
    add_row(
        db,
        "chat_conversation_reads",
        {"conversation_id": side.conversation, "user_id": side.user, "last_read_seq": 1},
    )
    inquiry = {"client_inquiry_id": new_id(), "flow_version": "v", "step_id": "write", "values": {}}
    add_row(db, "chat_inquiries", {"id": side.inquiry, "user_id": side.user, **inquiry})


def _add_desk(db: Connection[Any], world: World, side: Side) -> None:
    there = {"conversation_id": side.conversation}
    by = {"operator_id": side.operator}
    add_row(db, "chat_operators", {"id": side.operator, "display_name": world.name})
    note = {"client_note_id": new_id(), "content": "메모"}
    add_row(db, "chat_notes", {"id": side.note, **there, **by, **note})
    add_row(db, "chat_labels", {"id": side.label, "name": f"{world.name}-{side.label}"[:50]})
    add_row(db, "chat_conversation_labels", {**there, "label_id": side.label})
    canned = {"shortcut": f"{world.name}-{side.canned_reply}"[:50], "content": "네"}
    add_row(db, "chat_canned_replies", {"id": side.canned_reply, **canned})
    add_row(
        db, "chat_activities", {"id": side.activity, **there, "type": "conversation.assigned", "actor_kind": "system"}
    )
    add_row(db, "chat_typing", there)
    add_row(db, "chat_presence", {**there, **by})
    add_row(db, "chat_gone", {"conversation_id": side.gone})
    add_row(db, "chat_hours", _hours(side.hours_since))
    add_row(db, "kb_assistant", {"version": side.assistant, "settings": _ASSISTANT})
    add_row(db, "kb_tries", {"id": side.tried, **by, **_TRY})
    add_row(db, "kb_spending", {"id": side.spent, "user_id": side.user, **_SPENT})
    add_row(db, "chat_channels", {"id": side.channel, "name": f"{world.name}-{side.channel}"[:80]})
    add_row(db, "chat_channel_threads", {**there, "contact_id": side.user})
    add_row(db, "chat_channel_messages", {"channel_id": side.channel, "message_id": side.message})
    rule = {"name": f"{world.name}-{side.rule}"[:80], "types": "{x}", "actions": [{"type": "complete"}]}
    add_row(db, "chat_rules", {"id": side.rule, **rule, "is_active": False})
    run = {"rule_id": side.rule, "activity_id": side.activity, "status": "done"}
    add_row(db, "chat_rule_runs", {"id": side.run, **there, **run})
    add_row(db, "chat_jobs", {"id": side.job, **there, "kind": "try"})
    add_row(db, "chat_ticks", {"name": side.flow})
    address = {"url": f"https://{world.name}.example/", "secret": "-"}
    add_row(db, "chat_webhooks", {"id": side.webhook, **address, **_OFF})
    add_row(db, "chat_deliveries", {"id": side.delivery, "webhook_id": side.webhook, "type": world.name})
    add_row(db, "chat_listeners", {"webhook_id": side.webhook, "type": world.name})
    add_row(db, "chat_search", {"message_id": side.message, **_SEARCHED})
    add_row(db, "chat_search_due", {"kind": "contact", "id": side.due})
    add_row(db, "chat_search_words", {"word": side.flow, "share": 0.5})


def _add_knowledge(db: Connection[Any], world: World, side: Side) -> None:
    add_row(db, "kb_articles", {"id": side.article, **_article(f"{world.name}-{side.article}")})
    add_row(db, "kb_chunks", {"id": side.chunk, **_chunk(side.article, world.name)})
    add_row(db, "kb_articles", {"id": side.unsourced, **_article(f"{world.name}-{side.unsourced}")})
    add_row(db, "kb_versions", _version(side.article, 1))
    add_row(db, "kb_sources", _source(side.article, f"{world.name}-{side.article}"))
    asked = {"locale": "ko", "key": side.miss, "question": world.name}
    add_row(db, "kb_misses", {"id": side.miss, **asked})
    add_row(db, "kb_imports", {"id": side.took, "kind": "web", "source": world.name})
    add_row(db, "kb_import_items", {"import_id": side.took, "source": world.name, "outcome": "added"})
    add_row(db, "kb_removed", {"source_kind": "web", "source": side.flow})
    add_row(db, "kb_answers", {"id": side.answer, **_asked(side, side.message)})


def _asked(side: Side, question: str) -> Row:
    owner = {"user_id": side.user, "conversation_id": side.conversation}
    return {**owner, "question_message_id": question, "locale": "ko", "mode": "generative", "state_version": 1}


def _article(slug: str) -> Row:
    published = {"status": "published", "published_at": "2026-01-01"}
    return {"title": slug, "body": "본문", "locale": "ko", "slug": slug, **published}


def _chunk(article: str, text: str) -> Row:
    tokens = {"tokens": "'matrixword'", "title_tokens": "", "question_tokens": ""}
    return {
        "article_id": article,
        "place": 0,
        "title_path": "제목",
        "text": text,
        "digest": text,
        **tokens,
        "codes": "{}",
    }


def _source(article: str, name: str) -> Row:
    return {"article_id": article, "kind": "web", "source": name, "digest": name, "said": {}}


def _version(article: str, version: int) -> Row:
    said = {"title": "제목", "body": "본문", "questions": "{}", "locale": "ko", "status": "draft", "audience": "all"}
    return {"article_id": article, "version": version, **said, "how": "hand"}


def _hours(since: str) -> Row:
    spans, holidays = [{"day": 1, "from": "09:00", "to": "18:00"}], [{"date": "2026-12-25", "name": "성탄절"}]
    return {"since_at": since, "time_zone": "Asia/Seoul", "spans": spans, "holidays": holidays, "always_open": True}
