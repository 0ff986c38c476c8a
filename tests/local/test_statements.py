"""Statements are cut where Postgres would cut them."""

import pytest

from scripts.migrations.statements import split


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("select 1; select 2", ["select 1", "select 2"]),
        ("select 1;;\n;", ["select 1"]),
        ("-- only; a comment\n", []),
        ("/* a; /* nested; */ b; */ select 1;", ["/* a; /* nested; */ b; */ select 1"]),
        ("select 'a;b''c;'; select 2", ["select 'a;b''c;'", "select 2"]),
        (r"select E'it\'s; so'; select 2", [r"select E'it\'s; so'", "select 2"]),
        ('select 1 as "a;b"; select 2', ['select 1 as "a;b"', "select 2"]),
        ("do $$ begin perform 1; end $$; select 2", ["do $$ begin perform 1; end $$", "select 2"]),
        ("do $a$ begin; $$; $a$; select 2", ["do $a$ begin; $$; $a$", "select 2"]),
        ("select a$b; select $1", ["select a$b", "select $1"]),
        ("create rule r as on insert to t do (select 1; select 2); select 3",
         ["create rule r as on insert to t do (select 1; select 2)", "select 3"]),
        ("create function f() returns int begin atomic select case when true then 1 end; select 2; end; select 3",
         ["create function f() returns int begin atomic select case when true then 1 end; select 2; end", "select 3"]),
        ("select '한글; 문자'; select 2", ["select '한글; 문자'", "select 2"]),
        ("select 1 -- a; b\n, 2; select 3", ["select 1 -- a; b\n, 2", "select 3"]),
    ],
)  # fmt: skip
def test_split(text: str, statements: list[str]) -> None:
    assert [statement.text for statement in split(text)] == statements


def test_a_statement_knows_its_line() -> None:
    assert [s.line for s in split("-- one\nselect 1;\n\n\nselect\n2;\nselect 3")] == [1, 5, 7]


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        ("create index concurrently i on t (a)", True),
        ("-- why\nCREATE UNIQUE INDEX CONCURRENTLY i on t (a)", True),
        ("drop index concurrently i", True),
        ("reindex table concurrently t", True),
        ("vacuum t", True),
        ("create index i on t (a)", False),
        ("comment on table t is 'create index concurrently'", False),
    ],
)
def test_what_runs_outside_a_transaction(text: str, outside: bool) -> None:
    assert split(text)[0].runs_outside is outside


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("create index concurrently i on t (a)", "i"),
        ('-- why\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS public."An i" on t (a)', 'public."An i"'),
        # Postgres gives it a name.
        ("create index concurrently on t (a)", None),
        ("drop index concurrently i", None),
        ("create index i on t (a)", None),
    ],
)
def test_which_index_it_builds_beside_what_writes(text: str, index: str | None) -> None:
    assert split(text)[0].built_index == index


@pytest.mark.parametrize("text", ["begin", "COMMIT", "/* x */ rollback", "start transaction read only"])
def test_transaction_control_is_recognised(text: str) -> None:
    assert split(text)[0].controls_transaction
