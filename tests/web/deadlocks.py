"""A request and somebody else who lock the same two rows, each in another order. No assertions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from psycopg import Connection
from psycopg.errors import DeadlockDetected

from scripts.local import LocalStack
from tests.concurrency import PATIENCE, until
from tests.stack import connect
from tests.web.chat import Answer

# How many requests wait for a row.
WAITING = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'munui-gateway'"
# How often a scene is played until it goes as it should.
TRIES = 6
# By table and id: the row that somebody else has, and the one that they want.
Row = tuple[str, str]


def lost_to(
    stack: LocalStack, root: Connection[tuple[int]], ask: Callable[[], Answer], *, has: Row, wants: Row, lock: str
) -> tuple[Answer, bool]:
    """What `ask` was answered, and whether its transaction lost.

    Who has waited for a second looks for a deadlock, and is the one that loses. That is the request, but where this
    machine needs longer than that to see that it waits: then somebody else loses, and the scene is to be played again.
    """
    with ThreadPoolExecutor(1) as pool, connect(stack) as other:
        other.execute("set deadlock_timeout = '5s'")
        other.execute(f"select from {has[0]} where id = %s for update", [has[1]])
        answer = pool.submit(ask)
        until(lambda: root.execute(WAITING).fetchall() == [(1,)])
        has_lost = True
        try:
            other.execute(f"select from {wants[0]} where id = %s for {lock}", [wants[1]])
        except DeadlockDetected:
            has_lost = False
        other.rollback()
        return answer.result(PATIENCE), has_lost
