"""Whether a morning is to be told, and telling it beside something else.

Does not belong here: what is told. That is a process of its own, which costs nothing where there is nothing to tell.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection

from scripts.local.demo import OPERATORS
from scripts.local.errors import StackError
from scripts.local.paths import ROOT

# A person who has begun something, or ended it, or set something otherwise than shipped, and operators who were made
# something else, are left alone.
_WANTED = """
select not exists (select from public.chat_conversations)
  and not exists (select from public.chat_gone)
  and not exists (select from public.chat_activities where type = 'settings.changed' and actor_kind = 'operator')
  and not exists (select from public.chat_canned_replies)
  and (
    select count(*)
    from public.chat_operators o
    join auth.users u on u.id = o.user_id
    where o.is_active and (u.email, o.role) in (select * from unnest(%s::text[], %s::text[]))
  ) = %s
"""


def is_wanted(db: Connection[Any]) -> bool:
    """Whether this database has seen nobody but the demo's operators."""
    roles = [role for role, _ in OPERATORS.values()]
    row = db.execute(_WANTED, [[*OPERATORS], roles, len(roles)]).fetchone()
    return bool(row and row[0])


@contextmanager
def told_meanwhile(db_url: str) -> Iterator[None]:
    """Tell the morning, where it is wanted, while a block does something else. Raises StackError where it cannot be."""
    with psycopg.connect(db_url) as db:
        wanted = is_wanted(db)
    if not wanted:
        yield
        return
    command = [sys.executable, "-m", "scripts.local.morning"]
    telling = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "SUPABASE_DB_URL": db_url})
    try:
        yield
        if telling.wait() != 0:
            raise StackError("The local stack runs, but the demo's conversations could not be made: see above.")
    finally:
        telling.terminate()
        telling.wait()
