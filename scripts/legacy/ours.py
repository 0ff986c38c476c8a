"""The names that the migrations give to what they make, read from the files themselves."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from scripts.legacy.known import TABLES
from scripts.migrations.files import Migration

_MADE = re.compile(
    r"""
    create \s+ (?:or \s+ replace \s+)? (?:unique \s+ | unlogged \s+)?
    (?P<kind>table | view | index | function | schema | trigger | type) \s+
    (?:concurrently \s+)? (?:if \s+ not \s+ exists \s+)?
    (?: (?P<schema>\w+) \. )? (?P<name>\w+)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ALTERED = re.compile(r"alter\s+table\s+(?:only\s+)?public\.(?P<table>\w+)", re.IGNORECASE)
_ADDED = re.compile(r"add\s+(?P<kind>column|constraint)\s+(?:if\s+not\s+exists\s+)?(?P<name>\w+)", re.IGNORECASE)
# Some are made by a loop; each has its rights spelt out.
_RIGHTS = re.compile(r"(?:grant|revoke)\s.*?\son\s+function\s+public\.(?P<name>\w+)", re.IGNORECASE | re.DOTALL)
_CONSTRAINT = re.compile(r"\bconstraint\s+(\w+)\s+(?:unique|primary|exclude)", re.IGNORECASE)
_COMMENTS = re.compile(r"--[^\n]*")


@dataclass
class Ours:
    """Names by kind: `relations` are tables, views and indexes of `public`, `functions` those of `public`."""

    schemas: set[str] = field(default_factory=set)
    relations: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    triggers: set[str] = field(default_factory=set)
    columns: set[tuple[str, str]] = field(default_factory=set)
    constraints: set[tuple[str, str]] = field(default_factory=set)
    versions: set[str] = field(default_factory=set)


def names(files: Iterable[Migration]) -> Ours:
    """Return what these files make. The legacy tables themselves are not ours to make."""
    ours = Ours()
    for migration in files:
        ours.versions.add(migration.version)
        if migration.name.startswith("legacy_"):
            continue
        for statement in migration.statements:
            _read(_COMMENTS.sub("", statement.text).strip(), ours)
    # The main line makes the two tables, too; here they are the live site's.
    ours.relations.difference_update(TABLES)
    return ours


def _read(text: str, ours: Ours) -> None:
    if made := _MADE.match(text):
        kind, schema, name = made["kind"].lower(), made["schema"] or "public", made["name"]
        if kind == "schema":
            ours.schemas.add(name)
        elif kind == "trigger":
            ours.triggers.add(name)
        elif schema == "public":
            (ours.functions if kind == "function" else ours.relations).add(name)
            ours.relations.update(_CONSTRAINT.findall(text) if kind == "table" else ())
    elif rights := _RIGHTS.match(text):
        ours.functions.add(rights["name"])
    elif altered := _ALTERED.match(text):
        for added in _ADDED.finditer(text):
            where = ours.columns if added["kind"].lower() == "column" else ours.constraints
            where.add((altered["table"], added["name"]))
