"""All looks together: the list, and what there is to carry."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from scripts.legacy import attached, constraints, indexes, server, users
from scripts.legacy.columns import columns, lonely
from scripts.legacy.finding import Finding, When, lines
from scripts.legacy.look import Look
from scripts.legacy.ours import names
from scripts.migrations.files import Migration

# In the order in which the cures work: no column changes its type under a trigger or a view.
_LOOKS = (
    server.server, server.roles, server.history, server.names, server.event_triggers, attached.tables, lonely,
    attached.triggers, attached.rules, users.views, columns, constraints.constraints, constraints.incoming,
    indexes.indexes, users.dependents, users.row_types, users.replicas, users.functions, users.jobs, attached.grants,
    attached.policies, attached.replica_identity, server.publications,
)  # fmt: skip
_SIZE = """
select coalesce(sum(greatest(c.reltuples, 0)) filter (where c.relname = 'chat_conversations'), 0)::bigint,
  coalesce(sum(greatest(c.reltuples, 0)) filter (where c.relname = 'chat_messages'), 0)::bigint,
  coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
from pg_class c where c.oid in {tables}
"""
# Rows a second that the backfill carried on two busy cores, and the least room a row takes more; docs/migrating.md.
_SLOW, _FAST, _GROWTH = 2_700, 15_800, 0.9


@dataclass
class Preflight:
    """What was found.

    Attributes:
        accepted: things that an administrator says are right with the tables to come.
    """

    findings: list[Finding]
    version: str
    role: str
    conversations: int
    messages: int
    size: int
    accepted: frozenset[str] = field(default=frozenset())

    def of(self, when: When) -> list[Finding]:
        """The findings of one kind."""
        return [one for one in self.findings if one.when is when and not self._may_stay(one)]

    def wrongly_accepted(self) -> list[Finding]:
        """What was accepted and cannot stay whatever anybody says: told at once, not on the last day."""
        return [one for one in self.of(When.BEFORE_CONTRACT) if one.thing in self.accepted]

    def _may_stay(self, one: Finding) -> bool:
        return one.when is When.BEFORE_CONTRACT and one.may_be_accepted and one.thing in self.accepted

    def standing_in_the_way(self, *, contract: bool) -> list[Finding]:
        """What must go before a file of this half may be applied."""
        return self.of(When.STOPS) + (self.of(When.BEFORE_CONTRACT) if contract else self.wrongly_accepted())

    def to_lines(self) -> list[str]:
        """The whole list, for a person."""
        told = [
            (
                f"PostgreSQL {self.version}, as {self.role}: about {self.conversations:,} conversations and "
                f"{self.messages:,} messages, {self.size / 1_000_000:,.0f} MB."
            ),
            (
                f"The backfill: about {_minutes(self.messages / _FAST)} to {_minutes(self.messages / _SLOW)}, and "
                f"{self.size * _GROWTH / 1_000_000:,.0f} MB more room."
            ),
        ]
        for when, heading in (
            (When.STOPS, "In the way of the first step:"),
            (
                When.BEFORE_CONTRACT,
                "In the way of the contract step, so on the old application's last day at the latest:",
            ),
            (When.NOTE, "To know:"),
        ):
            if found := self.of(when):
                told += [heading, *lines(found)]
        told.append("Nothing was changed.")
        return told


def preflight(
    connection: Connection[Any], files: Iterable[Migration], *, is_begun: bool, accepted: Iterable[str] = ()
) -> Preflight:
    """Look at everything, in one snapshot and reading only."""
    with _snapshot(connection):
        look = Look(connection, names(files), is_begun)
        findings = [finding for one in _LOOKS for finding in one(look)]
        version, role = look.rows("select current_setting('server_version'), current_user")[0]
        conversations, messages, size = look.rows(_SIZE)[0]
    return Preflight(findings, version, role, conversations, messages, size, frozenset(accepted))


@contextmanager
def _snapshot(connection: Connection[Any]) -> Iterator[None]:
    with connection.transaction():
        connection.execute("set transaction isolation level repeatable read, read only")
        # Definitions are compared as text, and names in them depend on it.
        connection.execute("set local search_path = public, pg_catalog")
        connection.execute("set local quote_all_identifiers = off")
        yield


def _minutes(seconds: float) -> str:
    return "a minute" if seconds < 60 else f"{seconds / 60:,.0f} minutes"
