"""Figures of the team: what counts, from when, until when, and whose it is.

Real functions write what is counted; then it is moved to a day of its own, far from everybody else's.
"""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from psycopg import Connection

from tests.db.calls import call, reply, said, turn
from tests.db.chats import add_conversation, add_row, new_id
from tests.db.desk import Operator, add_operator
from tests.stack import add_user
from tests.words import a_word

SEOUL = ZoneInfo("Asia/Seoul")
CUSTOMER = {"kind": "member", "id": None, "name": None}
NINE = datetime(2031, 3, 3, 9, tzinfo=SEOUL)
# Each test its own days.
_days = itertools.count()


class Life:
    """A conversation whose steps happen at given minutes of a day."""

    def __init__(self, db: Connection[Any], begin: datetime, **columns: Any) -> None:
        # By the world's clock: minutes pass also while the clocks are changed.
        self.db, self.begin = db, begin.astimezone(UTC)
        self.user = add_user(db)
        self.id = add_conversation(db, self.user, **columns)
        self._moved(0)
        db.execute("update public.chat_conversations set created_at = %s where id = %s", [begin, self.id])

    def at(self, minute: float, step: Callable[[], Any]) -> "Life":
        """Do a step, and make it as if it had been done at that minute."""
        told = step()
        assert told is None or told.code == "ok", told
        self._moved(minute)
        return self

    def ask(self, minute: float) -> "Life":
        """The customer asks for a person."""
        return self.at(minute, lambda: self._change("bot", {"handling": "waiting", "actor": CUSTOMER}))

    def give_up(self, minute: float) -> "Life":
        """The customer goes back to the bot."""
        return self.at(minute, lambda: self._change("people", {"handling": "bot", "actor": CUSTOMER}))

    def end_by_bot(self, minute: float) -> "Life":
        """The flow comes to its end."""
        return self.at(
            minute, lambda: reply(self.db, self.user, self.id, self._version(), turn(None, said()), status="completed")
        )

    def write(self, minute: float, who: Operator) -> "Life":
        """An operator answers."""
        return self.at(
            minute,
            lambda: call(
                self.db, "inbox_reply", user_id=who.user, id=self.id, client_message_id=new_id(), content="네"
            ),
        )

    def claim(self, minute: float, who: Operator) -> "Life":
        """An operator takes it."""
        return self.at(minute, lambda: call(self.db, "inbox_claim", user_id=who.user, id=self.id))

    def change(self, minute: float, who: Operator, **changes: Any) -> "Life":
        """An operator changes it."""
        rev = self.db.execute(
            "select c.rev + d.changes from public.chat_conversations c"
            " join public.chat_desk d on d.conversation_id = c.id where c.id = %s",
            [self.id],
        ).fetchone()
        params = {"user_id": who.user, "id": self.id, "if_rev": rev and rev[0], "changes": changes}
        return self.at(minute, lambda: call(self.db, "inbox_change", **params))

    def _change(self, handling: str, change: dict[str, Any]) -> Any:
        return reply(self.db, self.user, self.id, self._version(), turn(None), handling=handling, change=change)

    def _version(self) -> int:
        row = self.db.execute("select state_version from public.chat_conversations where id = %s", [self.id])
        return int(row.fetchone()[0])  # type: ignore[index]

    def _moved(self, minute: float) -> None:
        """What was told since the last step was told at that minute, in its order."""
        self.db.execute(
            "update public.chat_activities a set created_at = %s + n.number * interval '1 microsecond' from ("
            " select id, row_number() over (order by created_at) as number from public.chat_activities"
            " where conversation_id = %s and created_at < '2030-01-01') n where a.id = n.id",
            [self.begin + timedelta(minutes=minute), self.id],
        )


@pytest.fixture
def nine() -> datetime:
    """Nine o'clock in Seoul on a day that is this test's."""
    return NINE + timedelta(days=7 * next(_days))


@pytest.fixture
def kim(db: Connection[Any]) -> Operator:
    return add_operator(db, "agent", "김상담")


@pytest.fixture
def park(db: Connection[Any]) -> Operator:
    return add_operator(db, "admin", "박관리")


def figures(db: Connection[Any], who: Operator, begin: datetime, days: int = 1, **more: Any) -> dict[str, Any]:
    """Return the figures of some days from the one of `begin`, in its zone."""
    midnight = begin.replace(hour=0, minute=0)
    zone = begin.tzinfo
    assert isinstance(zone, ZoneInfo)
    end = datetime.combine(midnight.date() + timedelta(days=days), midnight.time(), zone)
    told = call(db, "inbox_figures", user_id=who.user, **{"from": midnight, "to": end, "zone": zone.key, **more})
    assert told.code == "ok", told
    return dict(told.body)


def working(pieces: list[tuple[datetime, datetime]]) -> dict[str, str]:
    """Return working time as the function takes it."""
    told = {
        "opens": [since.timestamp() for since, _ in pieces],
        "closes": [until.timestamp() for _, until in pieces],
    }
    return {name: "{" + ",".join(map(str, moments)) + "}" for name, moments in told.items()}


def seconds(found: list[float | None]) -> list[float | None]:
    return [None if one is None else round(one) for one in found]


Lived = Callable[[Life, Operator, Operator], Any]
# What happened; then asked, answered, waiting, left and the median of minutes; completed, how many of those without an
# answer, by the bot, and the median of minutes.
LIVES: dict[str, tuple[Lived, tuple[int, int, int, int, float | None], tuple[int, int, int, float | None]]] = {
    "answered and completed": (
        lambda a, kim, *_: a.ask(0).claim(2, kim).write(5, kim).write(9, kim).change(30, kim, status="completed"),
        (1, 1, 0, 0, 5), (1, 0, 0, 30),
    ),
    "the bot alone": (lambda a, *_: a.end_by_bot(4), (0, 0, 0, 0, None), (0, 0, 1, None)),
    "nobody ever answered": (lambda a, *_: a.ask(0), (1, 0, 1, 0, None), (0, 0, 0, None)),
    "taken, and nothing said": (lambda a, kim, *_: a.ask(0).claim(3, kim), (1, 0, 1, 0, None), (0, 0, 0, None)),
    "given up": (lambda a, *_: a.ask(0).give_up(6), (1, 0, 0, 1, None), (0, 0, 0, None)),
    "given up, then asked once more": (
        lambda a, kim, *_: a.ask(0).give_up(6).ask(10).write(12, kim), (2, 1, 0, 1, 2), (0, 0, 0, None),
    ),
    "completed without a word": (
        lambda a, kim, *_: a.ask(0).claim(3, kim).change(20, kim, status="completed"),
        (1, 0, 0, 1, None), (1, 1, 0, 20),
    ),
    # Nobody waited: an answer of no seconds would make the team look better than it is.
    "taken unasked": (
        lambda a, kim, *_: a.write(7, kim).change(27, kim, status="completed"), (0, 0, 0, 0, None), (1, 0, 0, 20),
    ),
    "transferred before the answer": (
        lambda a, kim, park: a.ask(0).claim(2, kim).change(4, kim, assignee_id=park.id).write(10, park)
        .change(40, park, status="completed"),
        (1, 1, 0, 0, 10), (1, 0, 0, 40),
    ),
    "put back among those that wait": (
        lambda a, kim, park: a.ask(0).claim(2, kim).change(4, kim, assignee_id=None).write(16, park),
        (1, 1, 0, 0, 16), (0, 0, 0, None),
    ),
    # The second stretch counts from where it was opened again, not from the first day.
    "reopened": (
        lambda a, kim, park: a.ask(0).write(4, kim).change(10, kim, status="completed")
        .change(500, park, status="open").write(505, park).change(520, park, status="completed"),
        (1, 1, 0, 0, 4), (2, 0, 0, 15),
    ),
    "back to the bot, which ended it": (
        lambda a, kim, *_: a.ask(0).write(4, kim).change(10, kim, handling="bot").end_by_bot(12),
        (1, 1, 0, 0, 4), (0, 0, 1, None),
    ),
    "put aside meanwhile": (
        lambda a, kim, *_: a.ask(0).write(4, kim).change(5, kim, snoozed_until="2032-01-01T00:00:00Z")
        .change(65, kim, status="completed"),
        (1, 1, 0, 0, 4), (1, 0, 0, 65),
    ),
    "a note is no answer": (
        lambda a, kim, *_: a.ask(0).at(1, lambda: call(
            a.db, "inbox_add_note", user_id=kim.user, id=a.id, client_note_id=new_id(), content="메모"
        )).write(8, kim),
        (1, 1, 0, 0, 8), (0, 0, 0, None),
    ),
}  # fmt: skip


@pytest.mark.parametrize("life", LIVES)
def test_what_counts(db: Connection[Any], nine: datetime, kim: Operator, park: Operator, life: str) -> None:
    lived, first, done = LIVES[life]
    lived(Life(db, nine), kim, park)
    found = figures(db, kim, nine)
    answers, ends = found["first_answers"], found["completions"]
    assert tuple(answers[name] for name in ("asked", "answered", "waiting", "left")) == first[:4]
    assert seconds(answers["seconds"] or [None])[0] == (None if first[4] is None else first[4] * 60)
    assert tuple(ends[name] for name in ("completed", "unanswered", "by_bot")) == done[:3]
    assert seconds(ends["seconds"] or [None])[0] == (None if done[3] is None else done[3] * 60)
    day = found["days"][0]
    assert (found["begun"], day["begun"], len(found["days"])) == (1, 1, 1)
    told = (first[0], first[1], done[0], done[2])
    assert tuple(day[name] for name in ("asked", "answered", "completed", "completed_by_bot")) == told
    # The day before and the day after know nothing of it.
    for other in (nine - timedelta(days=1), nine + timedelta(days=1)):
        empty = figures(db, kim, other)
        assert (empty["begun"], empty["first_answers"]["asked"], empty["completions"]["completed"]) == (0, 0, 0)
        assert empty["first_answers"]["seconds"] == [None, None] or empty["first_answers"]["seconds"] is None


def test_half_and_nine_of_ten(db: Connection[Any], nine: datetime, kim: Operator) -> None:
    for minutes in range(1, 12):
        Life(db, nine).ask(0).write(minutes, kim)
    Life(db, nine).ask(0)
    found = figures(db, kim, nine)["first_answers"]
    assert (found["asked"], found["answered"], found["waiting"]) == (12, 11, 1)
    assert seconds(found["seconds"]) == [6 * 60, 10 * 60]


def test_each_day_has_what_happened_on_it(db: Connection[Any], nine: datetime, kim: Operator) -> None:
    # Asked a minute before midnight, answered a minute after it, completed on the third day.
    late = nine.replace(hour=23, minute=59)
    Life(db, late).ask(0).write(2, kim).change(24 * 60 + 1 + 60, kim, status="completed")
    found = figures(db, kim, nine, days=3)
    names = ("begun", "asked", "answered", "completed")
    assert [tuple(day[name] for name in names) for day in found["days"]] == [(1, 1, 1, 0), (0, 0, 0, 0), (0, 0, 0, 1)]
    assert [seconds(day["seconds"] or [None])[0] for day in found["days"]] == [120, None, None]
    # Of the last day alone it is known since when it was people's.
    last = figures(db, kim, nine + timedelta(days=2))
    assert last["first_answers"]["asked"] == 0
    assert seconds(last["completions"]["seconds"])[0] == (24 * 60 + 61) * 60
    # In London the clock says something else.
    london = figures(db, kim, late.astimezone(ZoneInfo("Europe/London")), days=1)
    assert [day["asked"] for day in london["days"]] == [1]


def test_a_day_of_changed_clocks_is_longer(db: Connection[Any], kim: Operator) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    # The clocks go back in the night of 26 October 2031: half past two comes twice, and the day has 25 hours.
    first, again = (datetime(2031, 10, 26, 2, 30, tzinfo=berlin, fold=fold) for fold in (0, 1))
    Life(db, first).ask(0).write(60, kim)
    Life(db, again).ask(0).write(60, kim)
    last = datetime(2031, 10, 26, 23, 30, tzinfo=berlin)
    Life(db, last).ask(0)
    found = figures(db, kim, first)
    assert (len(found["days"]), found["days"][0]["asked"]) == (1, 3)
    assert seconds(found["first_answers"]["seconds"]) == [3600, 3600]
    following = figures(db, kim, datetime(2031, 10, 27, 9, tzinfo=berlin))
    assert following["first_answers"]["asked"] == 0


def test_working_time_is_the_part_within_the_pieces(db: Connection[Any], nine: datetime, kim: Operator) -> None:
    # Asked at 11:50, answered at 13:10, completed at 18:30: lunch from 12 to 13, closed at 18.
    Life(db, nine.replace(hour=11, minute=50)).ask(0).write(80, kim).change(400, kim, status="completed")
    day = nine.replace(hour=0)
    pieces = [(day + timedelta(hours=one), day + timedelta(hours=other)) for one, other in ((9, 12), (13, 18))]
    found = figures(db, kim, nine, **working(pieces))
    assert seconds(found["first_answers"]["seconds"])[0] == 80 * 60
    assert seconds(found["first_answers"]["working_seconds"])[0] == 20 * 60
    assert seconds(found["completions"]["working_seconds"])[0] == (10 + 300) * 60
    # Of a team that never works, and of one whose hours are over, no second is.
    assert seconds(figures(db, kim, nine)["first_answers"]["working_seconds"])[0] == 0
    past = [(day - timedelta(days=9), day - timedelta(days=8))]
    assert seconds(figures(db, kim, nine, **working(past))["completions"]["working_seconds"])[0] == 0


def test_each_does_what_they_did(db: Connection[Any], nine: datetime, kim: Operator, park: Operator) -> None:
    Life(db, nine).ask(0).claim(1, kim).write(2, kim).change(3, kim, assignee_id=park.id).write(9, park).change(
        20, park, status="completed"
    )
    Life(db, nine).ask(0).write(6, park)
    gone = add_operator(db, "agent", "이떠남")
    Life(db, nine).ask(0).write(30, gone)
    idle = add_operator(db, "agent", "최쉬는", is_active=False)
    db.execute("delete from auth.users where id = %s", [gone.user])
    found = {one["id"]: one for one in figures(db, kim, nine)["operators"]}
    names = ("messages", "first_answers", "completed", "is_active")
    assert tuple(found[kim.id][name] for name in names) == (1, 1, 0, True)
    assert tuple(found[park.id][name] for name in names) == (2, 1, 1, True)
    assert tuple(found[gone.id][name] for name in names) == (1, 1, 0, False)
    assert idle.id not in found
    assert [seconds(found[one.id]["seconds"])[0] for one in (kim, park, gone)] == [120, 360, 1800]


def test_labels_are_topics(db: Connection[Any], nine: datetime, kim: Operator) -> None:
    label, other, unused = (add_row(db, "chat_labels", {"name": f"라벨 {a_word()}"}) for _ in range(3))
    both, one, none = Life(db, nine), Life(db, nine), Life(db, nine)
    for life, named in ((both, label), (both, other), (one, label)):
        life.change(0, kim, add_labels=[named["name"]])
    both.ask(1).write(5, kim)
    none.ask(1)
    found = {row["name"]: row for row in figures(db, kim, nine)["labels"]}
    names = ("begun", "asked", "answered")
    assert tuple(found[label["name"]][name] for name in names) == (2, 1, 1)
    assert tuple(found[other["name"]][name] for name in names) == (1, 1, 1)
    assert unused["name"] not in found
    assert seconds(found[label["name"]]["seconds"])[0] == 240


def test_of_ratings_the_last_word_counts(db: Connection[Any], nine: datetime, kim: Operator) -> None:
    life = Life(db, nine).ask(0).write(1, kim)
    db.execute("update public.chat_conversations set rating_asked_at = now() where id = %s", [life.id])
    for minute, score in ((10, 2), (12, 5)):
        life.at(minute, lambda: call(db, "chat_rate", user_id=life.user, conversation_id=life.id, score=score))  # noqa: B023
    db.execute(
        "update public.chat_conversations set rating = rating || jsonb_build_object('rated_at', %s::timestamptz)"
        " where id = %s",
        [nine + timedelta(minutes=12), life.id],
    )
    ratings = figures(db, kim, nine)["ratings"]
    assert (ratings["count"], ratings["average"], ratings["scores"]) == (1, 5, [0, 0, 0, 0, 1])
    assert figures(db, kim, nine + timedelta(days=1))["ratings"]["count"] == 0


def test_an_import_begins_when_it_comes_and_waits_for_nobody(
    db: Connection[Any], nine: datetime, kim: Operator
) -> None:
    user = add_user(db)
    imported = {
        "id": new_id(), "client_conversation_id": new_id(), "state": {}, "status": "completed", "inquiries": [],
        "messages": [
            {"id": new_id(), "role": role, "kind": "text", "content": "네", "payload": None,
             "client_message_id": new_id(), "turn_id": new_id(), "step_id": None, "event": None,
             "in_reply_to": None, "answer": None}
            for role in ("bot", "user")
        ],
    }  # fmt: skip
    told = call(db, "chat_import", user_id=user, flow_version="flow", flow={}, conversations=[imported])
    assert told.code == "ok", told
    db.execute("update public.chat_conversations set created_at = %s where id = %s", [nine, imported["id"]])
    db.execute("update public.chat_activities set created_at = %s where conversation_id = %s", [nine, imported["id"]])
    found = figures(db, kim, nine)
    assert (found["begun"], found["first_answers"]["asked"]) == (1, 0)
    # The bot ended it, in the browser; it counts where it became one of ours.
    assert (found["completions"]["completed"], found["completions"]["by_bot"]) == (0, 1)


def test_a_conversation_of_a_channel_waits_from_its_beginning(
    db: Connection[Any], nine: datetime, kim: Operator
) -> None:
    Life(db, nine, channel="shop", handling="waiting").write(3, kim)
    found = figures(db, kim, nine)["first_answers"]
    assert (found["asked"], found["answered"], seconds(found["seconds"])[0]) == (1, 1, 180)


def test_who_waits_now_is_who_the_list_shows(db: Connection[Any], nine: datetime, kim: Operator) -> None:
    db.execute("update public.chat_desk set snoozed_until = null, waiting_since = null where handling = 'waiting'")
    db.execute("update public.chat_conversations set handling = 'bot' where handling = 'waiting'")
    shown = figures(db, kim, nine)["waiting"]
    assert (shown["count"], shown["longest_since"]) == (0, None)
    first, aside, second = Life(db, nine).ask(0), Life(db, nine).ask(0), Life(db, nine).ask(0)
    for life, minutes in ((first, 30), (aside, 90), (second, 10)):
        db.execute(
            "update public.chat_desk set waiting_since = now() - make_interval(mins => %s) where conversation_id = %s",
            [minutes, life.id],
        )
    aside.change(1, kim, snoozed_until="2032-01-01T00:00:00Z")
    shown = figures(db, kim, nine)["waiting"]
    assert (shown["count"], round(shown["longest_seconds"])) == (2, 1800)


@pytest.mark.parametrize("span", [(None, NINE), (NINE, None), (NINE, NINE + timedelta(days=401))])
def test_a_span_that_is_none_is_refused(db: Connection[Any], kim: Operator, span: tuple[Any, Any]) -> None:
    told = call(db, "inbox_figures", user_id=kim.user, **{"from": span[0], "to": span[1]})
    assert (told.code, told.detail) == ("invalid", "from")


def test_more_than_fifty_thousand_conversations_are_refused(db: Connection[Any], nine: datetime, kim: Operator) -> None:
    user = add_user(db)
    # Past the triggers: nothing but the rows that are counted.
    db.execute("set local session_replication_role = replica")
    db.execute(
        "insert into public.chat_conversations (user_id, client_conversation_id, created_at)"
        " select %s, gen_random_uuid(), %s from generate_series(1, 50000)",
        [user, nine],
    )
    db.execute("set local session_replication_role = origin")
    assert figures(db, kim, nine)["begun"] == 50_000
    Life(db, nine)
    midnight = nine.replace(hour=0)
    told = call(db, "inbox_figures", user_id=kim.user, **{"from": midnight, "to": midnight + timedelta(days=1)})
    assert (told.code, told.detail) == ("invalid", "from")


def test_more_than_two_hundred_thousand_answers_are_refused(db: Connection[Any], nine: datetime, kim: Operator) -> None:
    def said(count: int) -> None:
        db.execute("set local session_replication_role = replica")
        db.execute(
            "insert into public.chat_activities (conversation_id, type, actor_kind, created_at)"
            " select gen_random_uuid(), 'message.created', 'operator', %s from generate_series(1, %s)",
            [nine, count],
        )
        db.execute("set local session_replication_role = origin")

    said(200_000)
    assert figures(db, kim, nine)["begun"] == 0
    said(1)
    midnight = nine.replace(hour=0)
    told = call(db, "inbox_figures", user_id=kim.user, **{"from": midnight, "to": midnight + timedelta(days=1)})
    assert (told.code, told.detail) == ("invalid", "from")


def test_hours_are_kept_as_they_were(db: Connection[Any], park: Operator) -> None:
    before = call(db, "inbox_kept_hours", user_id=park.user).body["hours"]
    values = {"always_open": False, "spans": [{"weekday": 0, "from": "09:00", "to": "18:00"}]}
    assert call(db, "inbox_save_hours", user_id=park.user, values=values).code == "ok"
    # Who comes and goes changes no hours.
    assert call(db, "inbox_available", user_id=park.user, availability="online").code == "ok"
    kept = call(db, "inbox_kept_hours", user_id=park.user).body["hours"]
    assert kept[:-1] == before
    assert (kept[0]["since_at"], kept[-1]["spans"]) == ("-infinity", values["spans"])
    # Only those since then, and the one that held at that moment.
    later = call(db, "inbox_kept_hours", user_id=park.user, since=kept[-1]["since_at"]).body["hours"]
    assert later == kept[-1:]
