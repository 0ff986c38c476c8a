"""Databases in the shapes of live sites, and fingerprints of everything in a database. No assertions."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from scripts import migrate
from scripts.legacy.shapes import Shape
from scripts.legacy_sample import Sample, fill, make
from scripts.local import LocalStack
from tests.databases import copied_database
from tests.db.legacy import Database

# What says of each row where it lies and who wrote it: a row that was written again is another.
_CATALOGUES = (
    "pg_attrdef", "pg_attribute", "pg_class", "pg_constraint", "pg_default_acl", "pg_depend", "pg_description",
    "pg_enum", "pg_event_trigger", "pg_index", "pg_inherits", "pg_namespace", "pg_policy", "pg_proc", "pg_publication",
    "pg_publication_rel", "pg_rewrite", "pg_trigger", "pg_type",
)  # fmt: skip
_TABLES = """
select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1
"""


@contextmanager
def shaped_database(server: LocalStack, shape: Shape, sample: Sample | None = None) -> Iterator[Database]:
    """Make a database of this shape, as it is on a live site before anything of ours was there."""
    with copied_database(server.db_url) as url, psycopg.connect(url, autocommit=True) as connection:
        make(connection, shape)
        if sample is not None and shape.takes_rows:
            fill(connection, sample)
        yield Database(url, connection)


def fingerprint(database: Database) -> dict[str, str]:
    """Return each catalogue's and each table's fingerprint."""
    found = {
        name: database.one(
            f"select md5(string_agg(xmin::text || ctid::text, ',' order by ctid)) from pg_catalog.{name}"
        )
        for name in _CATALOGUES
    }
    for (name,) in database.rows(_TABLES):
        found[name] = database.one(
            "select md5(coalesce(string_agg(t.xmin::text || t.ctid::text || t::text, ',' order by t.ctid), ''))"
            f" from {name} t"
        )
    return found


def run(database: Database, *arguments: str) -> int:
    """Run the migrations' command on the legacy line; return its exit code."""
    return migrate.main(["--legacy", *arguments, "--database-url", database.url])
