"""Tells the morning to a database, once, and only to one in which nobody has begun a conversation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import psycopg
import yaml
from psycopg import Connection
from psycopg.types.json import Jsonb

from scripts.local.demo import OPERATORS
from scripts.local.morning.telling import SPACE, Operators, Teller
from scripts.local.morning.wanted import is_wanted
from service.inbox.settings import actions as settings

_STORIES = Path(__file__).parent / "morning.yaml"
_SITE = "https://shop.example.com"
# How many working days of before there are, and how many conversations each.
_DAYS, _A_DAY = 6, (4, 2, 5, 3)
_SEOUL = timedelta(hours=9)


def seed(db_url: str) -> bool:
    """Whether it was told now.

    All of it or nothing: somebody who stops it finds an empty database, and it is told the next time.
    """
    with psycopg.connect(db_url) as db:
        # Two that start at once wait for each other; what a person has begun is never touched.
        db.execute("lock table public.chat_conversations in share row exclusive mode")
        if not is_wanted(db):
            return False
        _tell(db, yaml.load(_STORIES.read_text(encoding="utf-8"), yaml.CSafeLoader), _operators(db))
    return True


def _tell(db: Connection[Any], told: Mapping[str, Any], team: Operators) -> None:
    browsers = cycle(told["browsers"])
    customers = {name: _customer(db, name, one, next(browsers)) for name, one in told["customers"].items()}
    teller = Teller(db, team)
    admin = teller.asking("admin")
    for label in told["labels"]:
        settings.save_label(admin, None, label)
    for reply in told["replies"]:
        settings.save_canned_reply(admin, None, reply)
    now = datetime.now(UTC)
    for name, who, begin, steps in (*_before(told, now), *_today(told, now)):
        locale = told["customers"][who]["locale"]
        teller.tell(name, customers[who], locale, begin, [step for step in steps if begin + _minutes(step) < now])
    db.execute(
        "update public.chat_contacts c set created_at = d.first, last_seen_at = d.last from ("
        " select user_id, min(created_at) as first, max(last_message_at) as last"
        " from public.chat_conversations group by user_id) d where c.id = d.user_id"
    )
    # What they have is theirs for the day, though no screen of theirs has told of itself; nobody counts as there.
    db.execute(
        "update public.chat_operators set seen_at = now() + interval '8 hours', offline_since = null"
        " where id = any(%s::uuid[])",
        [[*team.keys.values()]],
    )
    db.execute("update public.chat_team set online_until = null")
    # It was before: no rule of now labels it or asks anything, with today's date.
    db.execute("delete from public.chat_jobs")


def _today(told: Mapping[str, Any], now: datetime) -> Iterator[tuple[str, str, datetime, Sequence[Any]]]:
    for number, story in enumerate(sorted(told["stories"], key=lambda one: -one["ago"])):
        yield f"today-{number}", story["customer"], now - timedelta(minutes=story["ago"]), story["steps"]


def _before(told: Mapping[str, Any], now: datetime) -> Iterator[tuple[str, str, datetime, Sequence[Any]]]:
    """Days of before: the same few things, at other hours, by other people, sooner or later answered."""
    routine, people = cycle(told["routine"]), cycle(told["customers"])
    day = (now + _SEOUL).replace(hour=9, minute=0, second=0, microsecond=0) - _SEOUL
    number = 0
    for back in range(_DAYS * 7 // 5, 0, -1):
        morning = day - timedelta(days=back)
        if (morning + _SEOUL).weekday() >= 5:
            continue
        for place in range(_A_DAY[back % len(_A_DAY)]):
            number += 1
            story = next(routine)
            begin = morning + timedelta(minutes=97 * place + number * 53 % 89)
            yield f"before-{number}", next(people), begin, list(_varied(story, 0.5 + number * 7 % 10 / 5))


def _varied(story: Mapping[str, Any], times: float) -> Iterator[Sequence[Any]]:
    """A story whose operators take so many times as long, sorted by its topic."""
    for minute, *step in story["steps"]:
        yield [minute * times if minute > 2 else minute, *step]
    if topic := story.get("topic"):
        yield [200 * times, "agent", "labels", topic]


def _minutes(step: Sequence[Any]) -> timedelta:
    return timedelta(minutes=step[0])


def _customer(db: Connection[Any], name: str, one: Mapping[str, Any], browser: str) -> UUID:
    """An account without a password, and what is known of who has it."""
    user, is_guest = uuid5(SPACE, f"customer-{name}"), one.get("guest", False)
    db.execute(
        "insert into auth.users (id, email, is_anonymous) values (%s, %s, %s) on conflict do nothing",
        [user, one.get("email"), is_guest],
    )
    db.execute(
        "insert into public.chat_contacts (id, user_id, name, phone, locale, last_page_url, user_agent, attributes)"
        " values (%(id)s, %(id)s, %(name)s, %(phone)s, %(locale)s, %(page)s, %(browser)s, %(attributes)s)"
        " on conflict do nothing",
        {
            "id": user,
            "name": one.get("name"),
            "phone": one.get("phone"),
            "locale": one["locale"],
            "page": _SITE + one["page"],
            "browser": browser,
            "attributes": Jsonb(one.get("attributes", {})),
        },
    )
    return user


def _operators(db: Connection[Any]) -> Operators:
    """Those of `scripts/local/demo.py`, each called by the first part of their address."""
    found = db.execute(
        "select split_part(u.email, '@', 1), u.id, o.id::text from auth.users u"
        " join public.chat_operators o on o.user_id = u.id where u.email = any(%s)",
        [[*OPERATORS]],
    ).fetchall()
    return Operators({name: account for name, account, _ in found}, {name: key for name, _, key in found})
