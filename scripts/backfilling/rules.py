"""What an administrator says about rows that explain nothing themselves: `--map`.

A rule is `subject=outcome`. In a file it is one entry of a JSON object. Rules are kept in `private.legacy_rules`, so
that the triggers obey them too and a later run need not repeat them.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import Connection

from scripts.migrations.errors import UsageError
from service.dialogue.message import ALLOWED

Rules = dict[str, str]

# Each reason a row is left for, in words. docs/migrating.md says the same at length.
REASONS = {
    "type_missing": "type is NULL",
    "type_unknown": "type is a word that nobody knows",
    "payload_not_json": "the text of chips or of a form is broken JSON",
    "payload_not_object": "the text of chips or of a form is JSON, but no object",
    "payload_impossible_text": "its JSON holds U+0000 or half of a surrogate pair",
    "payload_too_large": "its JSON is over 64 KB",
    "text_missing": "there is no text",
    "text_empty": "a user's message is empty or white space",
    "text_too_long": "a user's text is over 4,000 characters, or another's over 16,000",
    "conversation_without_owner": "the conversation belongs to nobody",
    "status_unknown": "the status of the conversation is a word that nobody knows",
}
_PAIRS = {f"{role}/{kind}" for role, kinds in ALLOWED.items() for kind in kinds}
_WORDS = {pair for pair in _PAIRS if pair.endswith(("/text", "/notice"))}
_SUBJECT = re.compile(r"(type|status|reason):.+|owner", re.DOTALL)


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
    if kind == "reason" and word not in REASONS:
        raise UsageError(f"--map {subject}: the reasons are {', '.join(sorted(REASONS))}.")
    if subject == "owner":
        try:
            UUID(outcome)
        except ValueError:
            raise UsageError("--map owner: the id of an account is expected.") from None
        return
    allowed = {"type": _PAIRS, "status": {"open", "completed"}}.get(kind, _WORDS)
    if word == "text_too_long":
        allowed = {"cut"} | _WORDS
    if outcome not in allowed:
        raise UsageError(f"--map {subject}={outcome}: one of {', '.join(sorted(allowed))} is expected.")
