"""The database's functions over one connection and in its transaction, as the service and its members call them.

It stands where the clients of PostgREST stand (`service/supabase/clients.py`), so that stores and actions of the
service write what they always write, and all of it or nothing is there afterwards. Who asks is told as PostgREST tells
it, but the role stays the owner of the database, which has to be a local one: under Row Level Security each change of
role costs plans anew, and a morning is made of a thousand calls.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from postgrest import APIError, SyncPostgrestClient
from psycopg import Connection, Error, sql
from psycopg.types.json import Jsonb

from service.supabase.clients import Upstream

_TYPES = """
select proargnames, proargtypes::regtype[]::text[]
from pg_proc where proname = %s and pronamespace = 'public'::regnamespace
"""


class Here:
    """Clients of one connection. The token of a member is their id."""

    def __init__(self, db: Connection[Any]) -> None:
        self._db = db
        self._types: dict[str, dict[str, str]] = {}
        self._claims = ""

    @property
    def upstream(self) -> Upstream:
        """What the service's parts take for the way to Supabase."""
        return cast("Upstream", self)

    def member_client(self, token: str) -> SyncPostgrestClient:
        """Acts as that member."""
        return cast("SyncPostgrestClient", _Client(self, token))

    def service_client(self) -> SyncPostgrestClient:
        """Acts as the service."""
        return cast("SyncPostgrestClient", _Client(self, None))

    def call(self, user_id: str | None, function: str, params: Mapping[str, Any]) -> Any:
        """What a function answers. Raises APIError, and nothing of the transaction is left."""
        types = self._types_of(function)
        named = [
            sql.SQL("{} => {}::{}").format(sql.Identifier(name), sql.Placeholder(name), sql.SQL(types[name]))
            for name in params
        ]
        values = {
            name: Jsonb(value) if types[name] == "jsonb" and value is not None else value
            for name, value in params.items()
        }
        statement = sql.SQL("select public.{}({})").format(sql.Identifier(function), sql.SQL(", ").join(named))
        claims = json.dumps({"sub": user_id} if user_id else {})
        try:
            if claims != self._claims:
                self._db.execute("select set_config('request.jwt.claims', %s, true)", [claims])
                self._claims = claims
            row = self._db.execute(statement, values).fetchone()
        except Error as error:
            told = error.diag
            raise APIError(
                {"message": told.message_primary, "code": error.sqlstate, "details": told.message_detail, "hint": None}
            ) from None
        return row and row[0]

    def _types_of(self, function: str) -> dict[str, str]:
        if function not in self._types:
            row = self._db.execute(_TYPES, [function]).fetchone()
            names, types = row or ([], [])
            self._types[function] = dict(zip(names, types, strict=True))
        return self._types[function]


@dataclass(frozen=True)
class _Client:
    here: Here
    user_id: str | None

    def rpc(self, function: str, params: Mapping[str, Any]) -> _Query:
        return _Query(self, function, params)


@dataclass(frozen=True)
class _Query:
    client: _Client
    function: str
    params: Mapping[str, Any]

    def execute(self) -> _Answer:
        return _Answer(self.client.here.call(self.client.user_id, self.function, self.params))


@dataclass(frozen=True)
class _Answer:
    data: Any
