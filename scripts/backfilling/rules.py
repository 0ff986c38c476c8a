"""What an administrator says about rows that explain nothing themselves: `--map`.

A rule is `subject=outcome`. In a file it is one entry of a JSON object. Rules are kept in `private.legacy_rules`, so
that the triggers obey them too and a later run need not repeat them.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import Connection

from scripts.migrations.errors import UsageError
from service.dialogue.message import ALLOWED

Rules = dict[str, str]

_PAIRS = {f"{role}/{kind}" for role, kinds in ALLOWED.items() for kind in kinds}
_WORDS = {pair for pair in _PAIRS if pair.endswith(("/text", "/notice"))}
# A user's text is held to more than others'.
_BUT_USERS = _WORDS - {"user/text"}


@dataclass(frozen=True)
class Reason:
    """Why a row is left.

    Attributes:
        meaning: in words.
        example: a rule that releases it, as --map takes it.
        outcomes: what `reason:WORD` may say; empty where another subject releases it.
    """

    meaning: str
    example: str
    outcomes: frozenset[str] = frozenset()


# docs/migrating.md holds this table; a test compares them, and releases a row of each with its example.
REASONS = {
    "type_missing": Reason("type is NULL", "type:null=bot/text", frozenset(_PAIRS)),
    "type_unknown": Reason("type is a word that nobody knows", "type:agent=bot/text", frozenset(_PAIRS)),
    "payload_not_json": Reason(
        "the text of chips or of a form is broken JSON", "reason:payload_not_json=bot/notice", frozenset(_BUT_USERS)
    ),
    "payload_not_object": Reason(
        "the text of chips or of a form is JSON, but no object",
        "reason:payload_not_object=bot/notice",
        frozenset(_BUT_USERS),
    ),
    "payload_impossible_text": Reason(
        "its JSON holds U+0000 or half of a surrogate pair",
        "reason:payload_impossible_text=bot/notice",
        frozenset(_BUT_USERS),
    ),
    "payload_too_large": Reason(
        "its JSON is over 64 KB; as a text it may be too long next",
        "reason:payload_too_large=bot/notice",
        frozenset(_BUT_USERS),
    ),
    "text_missing": Reason("there is no text", "reason:text_missing=bot/notice", frozenset(_BUT_USERS)),
    "text_empty": Reason(
        "a user's message is empty, or nothing of it can be seen",
        "reason:text_empty=system/notice",
        frozenset(_BUT_USERS),
    ),
    "text_too_long": Reason(
        "a user's text is over 4,000 characters, or another's over 16,000",
        "reason:text_too_long=cut",
        frozenset(_BUT_USERS | {"cut"}),
    ),
    "time_impossible": Reason(
        "created_at is infinite, before Christ or beyond the year 9999",
        "reason:time_impossible=clamp",
        frozenset({"clamp"}),
    ),
    "conversation_time_impossible": Reason(
        "the same of a conversation", "reason:conversation_time_impossible=clamp", frozenset({"clamp"})
    ),
    "conversation_without_owner": Reason("the conversation belongs to nobody", "owner=ID"),
    "status_unknown": Reason("the status of the conversation is a word that nobody knows", "status:archived=completed"),
}
# What explains itself: a rule for it would never be asked for.
_KNOWN = {"type": {"user", "bot", "system", "chips", "form"}, "status": {"open", "active", "completed", "closed"}}
_SUBJECT = re.compile(r"(type|status|reason):.+|owner", re.DOTALL)


def reasons_table() -> str:
    """The reasons as docs/migrating.md shows them."""
    rows = [f"| `{name}` | {reason.meaning} | `--map {reason.example}` |" for name, reason in REASONS.items()]
    return "\n".join(["| reason | what it is | a rule that releases it |", "| --- | --- | --- |", *rows])


def parse(given: Iterable[str]) -> Rules:
    """Return the rules of every `--map`: `subject=outcome`, or the name of a JSON file. Raises UsageError."""
    rules: Rules = {}
    for text in given:
        if _SUBJECT.match(text) and "=" in text:
            subject, _, outcome = text.rpartition("=")
            rules[subject] = outcome
        else:
            rules.update(_file(Path(text)))
    for subject, outcome in rules.items():
        _check(subject, outcome)
    return rules


def merged(connection: Connection[Any], rules: Rules) -> Rules:
    """Return the rules that the database knows, overruled by these. Raises UsageError where an owner is no account."""
    known: Rules = dict(connection.execute("select subject, outcome from private.legacy_rules").fetchall())
    known.update(rules)
    owner = known.get("owner")
    if owner and not connection.execute("select 1 from auth.users where id = %s", [owner]).fetchone():
        raise UsageError(f"There is no account {owner}: owner must name one.")
    return known


def keep(connection: Connection[Any], rules: Rules) -> None:
    """Write the rules down, for the triggers and for later runs."""
    for subject, outcome in rules.items():
        connection.execute(
            "insert into private.legacy_rules (subject, outcome) values (%s, %s)"
            " on conflict (subject) do update set outcome = excluded.outcome",
            [subject, outcome],
        )


def _file(path: Path) -> Rules:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"--map {path}: neither subject=outcome nor a readable JSON file ({error}).") from None
    if not isinstance(found, dict) or not all(isinstance(outcome, str) for outcome in found.values()):
        raise UsageError(f'--map {path}: an object like {{"type:agent": "bot/text"}} is expected.')
    return found


def _check(subject: str, outcome: str) -> None:
    if not _SUBJECT.fullmatch(subject):
        raise UsageError(f"--map {subject}: a subject is type:WORD, status:WORD, reason:WORD or owner.")
    kind, _, word = subject.partition(":")
    if kind == "owner":
        try:
            UUID(outcome)
        except ValueError:
            raise UsageError("--map owner: the id of an account is expected.") from None
        return
    if word in _KNOWN.get(kind, ()):
        raise UsageError(f"--map {subject}: this word explains itself, and the rule would have no effect.")
    if kind == "reason" and word not in REASONS:
        raise UsageError(f"--map {subject}: the reasons are {', '.join(sorted(REASONS))}.")
    if kind == "reason" and not REASONS[word].outcomes:
        raise UsageError(
            f"--map {subject} would have no effect. What releases such rows: --map {REASONS[word].example}"
        )
    allowed = {"type": _PAIRS, "status": {"open", "completed"}}.get(kind) or REASONS[word].outcomes
    if outcome not in allowed:
        raise UsageError(f"--map {subject}={outcome}: one of {', '.join(sorted(allowed))} is expected.")


# What a rule must find to have an effect. The words of texts are looked at only once a reason before them is out of
# the way.
_EFFECTS = {
    "type": "select exists (select from public.chat_messages m where m.role is null"
    " and m.type is not distinct from %s)",
    "status": "select exists (select from public.chat_conversations c where c.status is not distinct from %s)",
    "reason": "select not exists (select from private.backfill_jobs) or %s like 'text\\_%%'"
    " or exists (select from private.legacy_quarantine q where q.reason = %s)",
    "owner": "select exists (select from public.chat_conversations c where c.user_id is null)",
}


def check_effect(connection: Connection[Any], given: Rules) -> None:
    """Raise UsageError where a new rule finds nothing to change: most likely the rows have its word otherwise."""
    known: Rules = dict(connection.execute("select subject, outcome from private.legacy_rules").fetchall())
    for subject, outcome in given.items():
        if known.get(subject) == outcome:
            continue
        kind, _, word = subject.partition(":")
        value = None if kind in {"type", "status"} and word == "null" else word
        values = [] if kind == "owner" else [value] * (2 if kind == "reason" else 1)
        row = connection.execute(_EFFECTS[kind].encode(), values).fetchone()
        if row is None or not row[0]:
            raise UsageError(f"--map {subject}={outcome}: no row waits for this rule, so it would have no effect.")


def withdraw(connection: Connection[Any], subjects: Iterable[str]) -> None:
    """Forget rules. What they carried over stays as it is. Raises UsageError where there is no such rule."""
    for subject in subjects:
        if connection.execute("delete from private.legacy_rules where subject = %s", [subject]).rowcount != 1:
            raise UsageError(f"There is no rule for {subject}.")
