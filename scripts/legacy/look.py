"""What every look needs: the connection, our names, and whether expand has begun."""

from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from scripts.legacy.known import TABLES
from scripts.legacy.ours import Ours


@dataclass(frozen=True)
class Look:
    """A database to look at.

    Attributes:
        ours: what the migrations make.
        is_begun: expand has begun, so objects with our names are ours.
    """

    connection: Connection[Any]
    ours: Ours
    is_begun: bool

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Return what a query answers; `%(tables)s` are the oids of the two tables."""
        known = {"tables": [f"public.{name}" for name in TABLES], **values}
        return self.connection.execute(query.replace("{tables}", _OIDS).encode(), known).fetchall()

    def one(self, query: str, **values: Any) -> Any:
        """Return the first value of the first row, None where there is none."""
        found = self.rows(query, **values)
        return found[0][0] if found else None


# A table that is missing has no oid, and nothing to be found; nor has a view of its name what a table has.
_OIDS = (
    "(select k.oid from unnest(%(tables)s::text[]) t (name) join pg_class k on k.oid = to_regclass(t.name)"
    " where k.relkind in ('r', 'p'))"
)
