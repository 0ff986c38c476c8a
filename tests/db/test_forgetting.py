"""What a member has written goes in rounds that end by the clock, whatever a row costs to remove."""

from typing import Any

from psycopg import Connection

from tests.stack import Member
from tests.web.filled import fill

WRITTEN = 6_000
# What a round may remove where nothing slows it down.
A_ROUND = 5_000
SLOW = """
create function public.slowly() returns trigger language plpgsql as $$
begin
  perform pg_sleep(0.002);
  return null;
end $$;
create trigger slowly after delete on public.chat_messages for each row execute function public.slowly();
"""


def kept(db: Connection[Any], member: Member) -> tuple[int, int]:
    """Return how many messages are left, and how many the member's conversation says it has."""
    return db.execute(
        "select (select count(*) from public.chat_messages where user_id = %(id)s),"
        " (select sum(message_count) from public.chat_conversations where user_id = %(id)s)",
        {"id": member.id},
    ).fetchone()


def has_more(db: Connection[Any], member: Member) -> bool:
    return bool(db.execute("select public.chat_forget(%s) -> 'has_more'", [member.id]).fetchone()[0])


def test_a_round_ends_by_the_clock_and_leaves_a_conversation_that_can_be_used(
    db: Connection[Any], member: Member
) -> None:
    fill(db, member.id, 1, WRITTEN)
    db.execute(SLOW)
    assert has_more(db, member)
    left, counted = kept(db, member)
    assert WRITTEN - A_ROUND < left < WRITTEN
    assert counted == min(left, 5_000)
    newest = "select max(seq) = count(*) from public.chat_messages where user_id = %s"
    assert db.execute(newest, [member.id]).fetchone() == (True,)
    db.execute("drop trigger slowly on public.chat_messages")
    while has_more(db, member):
        pass
    assert kept(db, member)[0] <= 500
