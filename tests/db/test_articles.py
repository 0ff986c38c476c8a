"""Articles in the database: who reads which, what a version keeps, pieces, and questions that found nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from service.knowledge.articles.chunks import chunks_of
from tests.db.chats import new_id
from tests.db.desk import Desk, Operator, add_operator, race
from tests.stack import Member, become, become_superuser, rest, sign_in_anonymously
from tests.words import a_word


@pytest.fixture
def admin(root: Connection[Any]) -> Operator:
    return add_operator(root, "admin", name="관리")


def save(desk: Desk, who: Operator, article: str | None = None, **values: Any) -> Any:
    """Write an article, or change one; the row, or the code of a refusal."""
    if article is None:
        name = a_word()
        values = {"title": f"글 {name}", "body": f"본문이에요 {name}.", "locale": "ko", "slug": name, **values}
    chunks = None
    if "body" in values:
        chunks = [one.row for one in chunks_of(values.get("title", "제목"), values["body"])]
    answer = desk.ask("inbox_save_article", who, id=article, values=values, chunks=chunks)
    return answer.body["article"] if answer.code == "ok" else answer.code


@pytest.fixture(scope="module")
def guest(stack: LocalStack) -> Member:
    """Somebody with an anonymous account."""
    return sign_in_anonymously(stack)


@pytest.fixture
def readers(stack: LocalStack, member: Member, guest: Member) -> Iterator[dict[str, httpx.Client]]:
    """PostgREST as those who are no operators call it."""
    with rest(stack, member.access_token) as own, rest(stack, guest.access_token) as anonymous, rest(stack) as nobody:
        yield {"member": own, "guest": anonymous, "anon": nobody}


VISIBLE = {
    ("published", "all"): {"member", "guest"},
    ("published", "members"): {"member"},
    ("draft", "all"): set(),
    ("draft", "members"): set(),
}


@pytest.mark.parametrize(("status", "audience"), VISIBLE)
def test_who_reads_an_article_and_its_pieces(
    desk: Desk, admin: Operator, readers: dict[str, httpx.Client], status: str, audience: str
) -> None:
    made = save(desk, admin, status=status, audience=audience)
    for path in (f"/kb_articles?id=eq.{made['id']}", f"/kb_chunks?article_id=eq.{made['id']}&select=*,kb_articles(*)"):
        seen = {name for name, client in readers.items() if client.get(path).is_success and client.get(path).json()}
        assert seen == VISIBLE[status, audience], path
    # From the moment on at which it is withdrawn, nobody does.
    save(desk, admin, made["id"], status="draft")
    assert [client.get(f"/kb_articles?id=eq.{made['id']}").json() for client in readers.values()][:2] == [[], []]


def test_a_claim_that_is_missing_is_a_members(
    root: Connection[Any], desk: Desk, admin: Operator, member: Member
) -> None:
    """Projects whose tokens do not say whether an account is anonymous have none that are."""
    made = save(desk, admin, status="published", audience="members")
    found = {}
    for name, claims in {"absent": "{}", "null": '{"is_anonymous": null}', "true": '{"is_anonymous": true}'}.items():
        with root.transaction():
            become(root, "authenticated", member.id)
            root.execute("select set_config('request.jwt.claims', %s, true)", [claims])
            found[name] = len(root.execute("select id from public.kb_articles where id = %s", [made["id"]]).fetchall())
            become_superuser(root)
    assert found == {"absent": 1, "null": 1, "true": 0}


@pytest.mark.parametrize(
    "table", ["kb_versions", "kb_sources", "kb_misses", "kb_imports", "kb_import_items", "kb_removed"]
)
def test_what_is_the_teams_is_nobody_elses(readers: dict[str, httpx.Client], table: str) -> None:
    assert {client.get(f"/{table}").status_code for client in readers.values()} <= {401, 403}


def test_every_change_is_a_version_and_the_audit_tells_of_it(
    root: Connection[Any], desk: Desk, admin: Operator
) -> None:
    made = save(desk, admin)
    save(desk, admin, made["id"], body="둘째 글이에요.", title=made["title"])
    save(desk, admin, made["id"], status="published")
    # Nothing was changed.
    assert save(desk, admin, made["id"], status="published")["version"] == 3
    versions = desk.ask("inbox_article_versions", admin, id=made["id"]).body["versions"]
    assert [(one["version"], one["body"], one["status"], one["how"], one["by"]["id"]) for one in versions] == [
        (3, "둘째 글이에요.", "published", "hand", admin.id),
        (2, "둘째 글이에요.", "draft", "hand", admin.id),
        (1, made["body"], "draft", "hand", admin.id),
    ]
    told = root.execute(
        "select data ->> 'action', data -> 'changes' ->> 'edition' from public.chat_activities"
        " where data ->> 'id' = %s order by created_at",
        [made["id"]],
    ).fetchall()
    assert told == [
        ("added", '{"to": 1, "from": null}'), ("changed", '{"to": 2, "from": 1}'), ("changed", '{"to": 3, "from": 2}'),
    ]  # fmt: skip
    # What an answer of then said can be told.
    pieces = root.execute("select pieces from public.kb_versions where article_id = %s and version = 1", [made["id"]])
    assert pieces.fetchone()[0] == [{"place": 0, "title_path": made["title"], "text": made["body"]}]


def test_a_piece_that_stays_keeps_its_id(root: Connection[Any], desk: Desk, admin: Operator) -> None:
    parts = [f"## 제목 {number}\n\n본문 {number} E-{a_word()}" for number in range(3)]
    made = save(desk, admin, title="글", body="\n\n".join(parts))

    def pieces() -> dict[str, tuple[str, int, bool]]:
        rows = root.execute(
            "select text, id::text, place, question_tokens @@ to_tsquery('simple', '언제') from public.kb_chunks"
            " where article_id = %s order by place",
            [made["id"]],
        )
        return {row[0]: row[1:] for row in rows.fetchall()}

    before = pieces()
    changed = "\n\n".join([parts[2], parts[0], "## 새것\n\n새로 쓴 글이에요."])
    save(desk, admin, made["id"], title="글", body=changed, questions=["언제 와요?"])
    after = pieces()
    kept = set(before) & set(after)
    assert (len(kept), len(after)) == (2, 3)
    assert {one: after[one][0] for one in kept} == {one: before[one][0] for one in kept}
    assert [place for _, place, _ in after.values()] == [0, 1, 2]
    assert all(has_question for _, _, has_question in after.values())
    codes = root.execute("select codes from public.kb_chunks where article_id = %s and place = 2", [made["id"]])
    assert codes.fetchone()[0] == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("오류 E-4012가 나요", {"e4012"}),
        ("010-1234-5678", {"01012345678"}),
        ("ＡＢ－１２ 모델", {"ab12"}),
        ("2만 원, 3일, 10%", set()),
        ("주문 2027", {"2027"}),
        (None, set()),
        ("\u0001\u200b", set()),
        ("a1" * 100, set()),
    ],
)
def test_codes_of_a_text(root: Connection[Any], text: str | None, codes: set[str]) -> None:
    assert set(root.execute("select public.kb_codes(%s)", [text]).fetchone()[0]) == codes


def test_two_who_change_at_once(stack: LocalStack, desk: Desk, admin: Operator) -> None:
    made = save(desk, admin)
    calls = [
        ("inbox_save_article", admin, {"id": made["id"], "values": {"status": status}, "if_version": 1})
        for status in ("published", "published")
    ] + [("inbox_save_article", admin, {"id": made["id"], "values": {"audience": "members"}, "if_version": 1})]
    answers = race(stack, "select id from public.kb_articles where id = %s", [made["id"]], calls)
    assert sorted(answer.code for answer in answers) == ["ok", "settings_changed", "settings_changed"]


def test_two_titles_alike_get_addresses_of_their_own(stack: LocalStack, desk: Desk, admin: Operator) -> None:
    slug = a_word()
    first = save(desk, admin, slug=slug)
    second, english = save(desk, admin, slug=slug), save(desk, admin, slug=slug, locale="en")
    assert [one["slug"] for one in (first, second, english)] == [slug, f"{slug}-2", slug]
    # Who asks for a name that another has is told so.
    assert save(desk, admin, second["id"], slug=slug) == "invalid"
    # An article that changes its language gives way.
    assert save(desk, admin, english["id"], locale="ko")["slug"] == f"{slug}-3"


FAULTS: dict[str, Any] = {
    "title": ["", "가" * 201], "body": ["가" * 50_001], "locale": ["fr", None], "status": ["live", None],
    "audience": ["staff", None], "questions": [["가" * 301], [""], ["가"] * 51],
    "slug": ["a/b", "a b", "가" * 101, ".", ".."],
}  # fmt: skip


@pytest.mark.parametrize("field", FAULTS)
def test_what_is_no_article(
    desk: Desk, admin: Operator, field: str, nothing_changes: Callable[[], AbstractContextManager[None]]
) -> None:
    with nothing_changes():
        for value in FAULTS[field]:
            assert save(desk, admin, **{field: value}) == "invalid", value


def asked(root: Connection[Any], *questions: str) -> list[tuple[str, int, str]]:
    for question in questions:
        root.execute("select public.kb_miss(%s, 'ko')", [question])
    return root.execute("select question, asked, status from public.kb_misses order by first_asked_at, id").fetchall()


def test_questions_that_found_nothing(root: Connection[Any], desk: Desk, admin: Operator) -> None:
    root.execute("delete from public.kb_misses")
    found = asked(
        root,
        "단체 주문 되나요?",
        "단체주문 되나요",
        "제 번호는 010-1234-5678, kim@example.com 이에요",
        "???",
        " ",
        "1234 호",
    )
    assert found == [
        ("단체주문 되나요", 2, "open"), ("제 번호는 …, … 이에요", 1, "open"), ("1234 호", 1, "open"),
    ]  # fmt: skip
    first = desk.ask("inbox_misses", admin).body["misses"][-1]
    for status, again in {"done": "open", "dismissed": "dismissed"}.items():
        desk.ask("inbox_settle_miss", admin, id=first["id"], status=status)
        assert next(one for one in asked(root, first["question"]) if one[0] == first["question"])[2] == again


@pytest.mark.parametrize(
    "told",
    [
        "010 - 1234 - 5678", "０１０－１２３４－５６７８", "010–1234–5678", "010/1234/5678", "(02) 345-6789",
        "+82 (0)10 1234 5678", "hana＠example.com", "hana @ example.com", "hana@example.com",
    ],
)  # fmt: skip
def test_what_found_nothing_is_kept_without_numbers_and_addresses(root: Connection[Any], told: str) -> None:
    word = a_word()
    root.execute("select public.kb_miss(%s, 'ko')", [f"{word} 제 연락처는 {told}"])
    ((kept,),) = root.execute(
        "delete from public.kb_misses where starts_with(question, %s) returning question", [word]
    ).fetchall()
    said = unicodedata.normalize("NFKC", kept.removeprefix(word))
    assert said.startswith(" 제 연락처는 ")
    assert not re.search(r"[0-9]{3}|hana|example", said), kept


def test_deletion_beside_an_import_is_not_undone(
    stack: LocalStack, root: Connection[Any], desk: Desk, admin: Operator
) -> None:
    took = desk.ask("kb_start_shipped", source="shipped").body["id"]
    entry = {
        "source": new_id(), "root": "shipped", "digest": "1", "title": "글", "body": "본문", "locale": "ko",
        "status": "published", "audience": "all", "questions": [], "slug": a_word(),
        "chunks": [one.row for one in chunks_of("글", "본문")],
    }  # fmt: skip
    assert desk.ask("kb_import", import_id=took, entries=[entry]).body == {"is_wanted": True}
    made = root.execute(
        "select article_id::text from public.kb_sources where source = %s", [entry["source"]]
    ).fetchone()
    changed = {**entry, "digest": "2", "body": "다른 글"}
    answers = race(
        stack,
        "select id from public.kb_articles where id = %s",
        [made[0]],
        [
            ("inbox_delete_article", admin, {"id": made[0]}),
            ("kb_import", None, {"import_id": took, "entries": [changed]}),
        ],
    )
    assert [answer.code for answer in answers] == ["ok", "ok"]
    assert (
        root.execute("select count(*) from public.kb_sources where source = %s", [entry["source"]]).fetchone()[0] == 0
    )
