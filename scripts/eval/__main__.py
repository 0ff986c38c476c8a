"""Asks the set of a database of its own: `make eval`. Writes docs/answers.md, its picture, and what was reached.

Exit codes: 0 done, 1 the database did not start, or more is wrong than may be.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import Connection

from scripts.eval import document, reached
from scripts.eval.asking import Asked, ask, write_articles
from scripts.eval.figures import WRONG_AT_MOST, Figures, answered_at, course, figures
from scripts.eval.picture import course_svg
from scripts.eval.the_set import read_articles, read_questions
from scripts.eval.vectors import Encoder, prepare
from scripts.local import StackError
from scripts.local.paths import MIGRATIONS, ROOT
from scripts.local.scratch import own_server, scratch_database
from scripts.migrations.errors import MigrationError

DOCUMENT = ROOT / "docs" / "answers.md"
PICTURE = ROOT / "docs" / "answers.svg"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="eval", description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--server-url", metavar="URL", help="a local server; by default one is started")
    parser.add_argument("--print", action="store_true", dest="only_print", help="write nothing")
    chosen = parser.parse_args(arguments)
    try:
        with (
            own_server(chosen.server_url) as server,
            scratch_database(server, migrations=MIGRATIONS) as url,
            psycopg.connect(url, autocommit=True) as connection,
        ):
            ways = _asked(connection)
    except (StackError, MigrationError) as error:
        print(error, file=sys.stderr)
        return 1
    found = _figures(ways)
    for name, figure in found.items():
        print(f"{name:8} {figure.as_json()}")
    if not chosen.only_print:
        _write(ways, found)
    return 0 if found["words"].wrong_of_asked <= WRONG_AT_MOST else 1


def _asked(connection: Connection[Any]) -> dict[str, list[Asked]]:
    keys, questions = write_articles(connection, read_articles()), read_questions()
    nears = prepare(connection, questions, Encoder())
    return {
        "words": ask(connection, keys, questions),
        **{way: ask(connection, keys, questions, near) for way, near in nears.items()},
    }


def _figures(ways: dict[str, list[Asked]]) -> dict[str, Figures]:
    halves = {half: figures([one for one in ways["words"] if one.question.half == half]) for half in ("a", "b")}
    return {**{way: figures(asked) for way, asked in ways.items()}, **halves}


def _write(ways: dict[str, list[Asked]], found: dict[str, Figures]) -> None:
    words = ways["words"]
    courses = {half: course([one for one in words if one.question.half in half]) for half in ("a", "b", "ab")}
    document.update(DOCUMENT, document.told(ways, found, answered_at(courses["ab"], WRONG_AT_MOST)))
    PICTURE.write_text(course_svg(courses, found["words"]), encoding="utf-8")
    reached.write({way: found[way] for way in ways})


if __name__ == "__main__":
    sys.exit(main())
