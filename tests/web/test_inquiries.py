"""Inquiries: finding and marking them, a file that is safe to open, the day; and the addresses that they had before."""

import base64
import csv
import io
import re
import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from flask import Flask
from psycopg.types.json import Jsonb

from scripts.local import LocalStack
from service.inbox.inquiries import store
from service.inbox.spreadsheet import harmless, written
from service.site.texts import TEXTS
from tests.stack import Member, connect, sign_up
from tests.web.apps import APP_URL, bearer
from tests.web.chat import FORM, Answer, through_app
from tests.web.desk import Desk, add_operator
from tests.words import a_word

OWN = {"Origin": APP_URL}


@pytest.fixture(scope="module")
def operator(stack: LocalStack, new_member: Callable[[], Member]) -> Member:
    """Somebody of the team, no admin."""
    made = new_member()
    with connect(stack, autocommit=True) as db:
        add_operator(db, made)
    return made


@pytest.fixture
def desk(app: Flask, operator: Member) -> Desk:
    return Desk(through_app(app), operator.access_token)


@pytest.fixture
def file(app: Flask, operator: Member) -> Callable[..., Any]:
    """The file of what a search finds, in Korean."""

    def read(**query: str) -> Any:
        headers = {**bearer(operator.access_token), "Accept-Language": "ko"}
        with app.test_client() as client:
            return client.get("/api/v1/inbox/inquiries.csv", query_string=query, headers=headers)

    return read


@pytest.fixture
def word() -> str:
    """A word that only this test's inquiries hold."""
    return f"말{a_word()}"


def submit(stack: LocalStack, word: str, **values: Any) -> str:
    """Write an inquiry as the service does; its id."""
    filled = {
        "name": "김하늘",
        "email": "kim@example.com",
        "topic": "shipping",
        "title": "제목",
        "body": word,
        **values,
    }
    with connect(stack, autocommit=True) as db:
        row = db.execute(
            """insert into public.chat_inquiries (client_inquiry_id, flow_version, step_id, values)
               values (gen_random_uuid(), 'test', 'write', %s) returning id""",
            [Jsonb(filled)],
        ).fetchone()
    assert row
    return str(row[0])


def found(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [one["id"] for one in answer.body["inquiries"]]


def sheet(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def status_of(stack: LocalStack, key: str) -> tuple[str, bool]:
    with connect(stack) as db:
        row = db.execute(
            "select status, done_at is not null from public.chat_inquiries where id = %s", [key]
        ).fetchone()
    assert row
    return row[0], row[1]


def test_an_inquiry_reads_as_its_form(desk: Desk, stack: LocalStack, word: str) -> None:
    submit(stack, word, title="<b>제목</b>", older_field="예전", consent=True)
    (one,) = desk.inbox("GET", "/inquiries", q=word, lang="ko").body["inquiries"]
    texts = {field["label"]: field["text"] for field in one["fields"]}
    # Labels of the form as it is now, options by their labels; what an older form asked goes by its name.
    said = {"이름": "김하늘", "문의 유형": "배송", "제목": "<b>제목</b>", "older_field": "예전"}
    assert said.items() <= texts.items()
    assert texts["개인정보 수집 동의"] == TEXTS["ko"]["yes"]
    assert list(texts)[-1] == "older_field"
    assert (one["status"], one["contactId"], one["values"]["topic"]) == ("new", None, "shipping")
    (one,) = desk.inbox("GET", "/inquiries", q=word, lang="en").body["inquiries"]
    assert "Name" in {field["label"] for field in one["fields"]}


@pytest.mark.parametrize("title", ["100%_맞아요", "따옴표 \"와 ' 안", "줄\n바꿈", "역\\슬래시", "ÄPFEL"])
def test_search_takes_what_is_typed_as_it_is(desk: Desk, stack: LocalStack, word: str, title: str) -> None:
    key, other = submit(stack, word, title=f"{title} {word}"), submit(stack, word, title="다른 것")
    hits = found(desk.inbox("GET", "/inquiries", q=f"{title.lower()} {word}"))
    assert hits == [key]
    assert other not in hits


# By how something was written: how operators may look for it.
SAME = {
    unicodedata.normalize("NFD", "김하늘 Zoë"): [
        "김하늘",
        unicodedata.normalize("NFD", "김하늘"),
        "ZOË",
        "하늘 zoe\u0308",
    ],
    "김하늘": [unicodedata.normalize("NFD", "하늘")],
    "０１０－１２３４－５６７８": ["01012345678", "010-1234-5678"],
    "010.1234.5678": ["01012345678", "010-1234-5678", "010 1234", "1234–5678", "+82 10-1234-5678", "(010)1234"],
    "01012345678": ["010-1234-5678", "+821012345678", "5678"],
    "+82 10 1234 5678": ["010-1234-5678", "01012345678", "+82-10"],
    "me@한글.kr": ["me@한글.kr", "ME@", "xn--bj0bj06e.kr"],
}


@pytest.mark.parametrize(("written", "asked"), [(one, q) for one, many in SAME.items() for q in many], ids=ascii)
def test_search_finds_the_same_written_otherwise(
    app: Flask, desk: Desk, stack: LocalStack, word: str, written: str, asked: str
) -> None:
    kind = "email" if "@" in written else "phone" if re.search(r"\d", written) else "name"
    filled = {**FORM, "title": word, kind: written}
    body = {"clientInquiryId": str(uuid4()), "flowVersion": "-", "stepId": "write", "values": filled}
    sent = app.test_client().post("/api/v1/inquiries?lang=ko", json=body, headers=OWN)
    assert sent.status_code == 201, sent.text
    with connect(stack, autocommit=True) as db:
        key = db.execute("select id from public.chat_inquiries where values ->> 'title' = %s", [word]).fetchone()
        assert str(key[0]) in found(desk.inbox("GET", "/inquiries", q=asked, status="new"))
        db.execute("delete from public.chat_inquiries where id = %s", key)


def test_search_for_a_number_finds_no_other_number(desk: Desk, stack: LocalStack, word: str) -> None:
    key = submit(stack, word, phone="010-9876-5432", title="12 34")
    for asked in ("010-9876-5431", "98765433", "010-1234-5678"):
        assert key not in found(desk.inbox("GET", "/inquiries", q=asked))


def test_search_looks_at_what_people_wrote_only(desk: Desk, stack: LocalStack, word: str) -> None:
    key = submit(stack, word, **{f"name_{word}x": "값"})
    assert found(desk.inbox("GET", "/inquiries", q=f"name_{word}x")) == []
    assert found(desk.inbox("GET", "/inquiries", q=word)) == [key]
    assert found(desk.inbox("GET", "/inquiries", q=f"{word}%")) == []
    assert found(desk.inbox("GET", "/inquiries", q=f"\0{word}")) == []
    odd = desk.inbox("GET", "/inquiries", q="x" * 201, status="odd", limit="0", cursor="x")
    assert [fault["field"] for fault in odd.body["errors"]] == ["q", "status", "limit", "cursor"]


def test_marking_and_opening_again(desk: Desk, stack: LocalStack, word: str) -> None:
    key = submit(stack, word)
    marked = desk.inbox("PATCH", f"/inquiries/{key}", {"status": "done"})
    assert (marked.status, marked.body["id"], marked.body["status"]) == (200, key, "done")
    assert status_of(stack, key) == ("done", True)
    assert found(desk.inbox("GET", "/inquiries", q=word, status="done")) == [key]
    assert found(desk.inbox("GET", "/inquiries", q=word, status="new")) == []
    again = desk.inbox("PATCH", f"/inquiries/{key}", {"status": "done"})
    assert again.body == marked.body
    desk.inbox("PATCH", f"/inquiries/{key}", {"status": "new"})
    assert status_of(stack, key) == ("new", False)


def test_pages_show_each_inquiry_once(desk: Desk, stack: LocalStack, word: str) -> None:
    made = [submit(stack, word) for _ in range(8)]
    seen: list[str] = []
    place: dict[str, str] = {}
    while True:
        page = desk.inbox("GET", "/inquiries", q=word, limit=3, **place)
        # Somebody writes meanwhile: the pages that follow do not move.
        submit(stack, word)
        seen += found(page)
        if page.body["nextCursor"] is None:
            break
        place = {"cursor": page.body["nextCursor"]}
    assert seen == list(reversed(made))


# A time that Python can write and nobody can turn into UTC.
OUT_OF_RANGE = base64.urlsafe_b64encode(f"0001-01-01T00:00:00+05:00|{uuid4()}".encode()).decode()
FAR_OFFSET = base64.urlsafe_b64encode(f"2026-01-01T00:00:00+16:00|{uuid4()}".encode()).decode()


def test_a_cursor_of_another_offset_is_a_place(desk: Desk) -> None:
    assert desk.inbox("GET", "/inquiries", cursor=FAR_OFFSET).status == 200


@pytest.mark.parametrize("cursor", ["x", "", "é", "MjAyNi0xMS0yMnx4", OUT_OF_RANGE])
def test_a_broken_cursor_is_no_error_of_ours(desk: Desk, cursor: str) -> None:
    assert desk.inbox("GET", "/inquiries", cursor=cursor).refusal == (422, "invalid")


def test_the_file(file: Callable[..., Any], stack: LocalStack, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_EXPORT_PAGE", 2)
    keys = [submit(stack, word, title=f'쉼표, "따옴표"\n줄 {number}', older="옛 항목") for number in range(5)]
    answer = file(q=word)
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="inquiries-')
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    head, *rows = sheet(answer)
    assert [row[head.index("문의 번호")] for row in rows] == list(reversed(keys))
    assert {len(row) for row in rows} == {len(head)}
    assert rows[0][head.index("제목")] == '쉼표, "따옴표"\n줄 4'
    assert rows[0][head.index("문의 유형")] == "배송"
    assert rows[0][-1] == '{"older": "옛 항목"}'


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝", "\u3000+"])
def test_no_cell_is_a_formula(file: Callable[..., Any], stack: LocalStack, word: str, first: str) -> None:
    evil = f'{first}HYPERLINK("http://evil.example";"{word}")'
    submit(stack, word, title=evil, **{f"{first}cmd": evil})
    _, row = sheet(file(q=word))
    assert f"\t{evil}" in row
    assert not [cell for cell in row if cell.strip(" \u3000").startswith(("=", "+", "-", "@", "\r", "\n", "＝"))]
    assert harmless(word) == word


# What a spreadsheet would make something else of, and what it leaves alone.
DATA = (
    "01012345678", "010-1234-5678", "１０", "1e5", "1-2", "3/4", "2026-11-26", "11월 26일", "오후 3:30", "TRUE",
    "false", "Jan 3", "(12)", "₩1,000", "50%", "1234567890123456", "3 PM", "Jan 3, 2026 3:30 PM", "dec12",
)  # fmt: skip
WORDS = (
    "김하늘",
    "배송 3일째",
    "E-4012",
    "주문 12",
    "me@example.com",
    "marvel",
    "전화 010-1234-5678",
    "",
    "{}",
    "'따옴표",
    "dec1d72a-5fc1-4867-b588-cd8cf3be597e",
    "Mar 3개",
)


@pytest.mark.parametrize("value", DATA)
def test_what_looks_like_data_stays_what_was_written(value: str) -> None:
    assert harmless(value) == f"\t{value}"
    assert written(harmless(value)) == value


@pytest.mark.parametrize("value", WORDS)
def test_words_stand_as_they_are(value: str) -> None:
    assert harmless(value) == value


def test_the_file_reads_back(file: Callable[..., Any], stack: LocalStack, word: str) -> None:
    said = {"name": "=1+1", "phone": "01012345678", "title": "\t2026-11-26", "body": word, "email": "me@example.com"}
    key = submit(stack, word, **said)
    head, row = sheet(file(q=word))
    back = dict(zip(head, map(written, row), strict=True))
    labels = {"이름": "name", "전화번호": "phone", "제목": "title", "내용": "body", "이메일": "email"}
    assert {name: back[label] for label, name in labels.items()} == said
    assert back["문의 번호"] == key
    assert back["언어"] == "한국어"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", back["접수 시각 (한국)"])


def test_a_file_of_nothing_has_a_head(file: Callable[..., Any]) -> None:
    assert len(sheet(file(q=a_word()))) == 1


def test_the_day_is_the_teams(app: Flask, desk: Desk, stack: LocalStack, stranger: Member) -> None:
    client, headers = app.test_client(), bearer(stranger.access_token)
    zone = "(select time_zone from public.chat_team)"
    midnight = f"(date_trunc('day', now() at time zone {zone}) at time zone {zone})"
    with connect(stack, autocommit=True) as db:

        def begun_at(moment: str) -> None:
            db.execute(
                "insert into public.chat_conversations (user_id, client_conversation_id, created_at)"
                f" values (%s, gen_random_uuid(), {moment})",
                [sign_up(stack).id],
            )

        def day() -> Any:
            return db.execute(f"select {midnight}").fetchone()

        begun: list[int] = []
        today = None
        # Once more where midnight came in between.
        while today != day():
            today = day()
            made = client.post("/api/v1/conversations", json={"clientConversationId": str(uuid4())}, headers=headers)
            key = made.get_json()["conversation"]["id"]
            event = {"clientMessageId": str(uuid4()), "event": {"type": "text", "content": "<b>오늘</b> 물어봐요"}}
            client.post(f"/api/v1/conversations/{key}/turns", json=event, headers=headers)
            before = desk.inbox("GET", "/today").body
            begun_at(f"{midnight} - interval '1 second'")
            begun_at(midnight)
            begun = [before["begun"], desk.inbox("GET", "/today").body["begun"]]
    assert begun[1] == begun[0] + 1
    one = next(one for one in before["conversations"] if one["id"] == key)
    assert (one["contactId"], one["lastWords"], one["status"]) == (stranger.id, "<b>오늘</b> 물어봐요", "open")


@pytest.mark.parametrize(("old", "new"), [
    ("/admin", "/inbox/inquiries"),
    ("/admin?q=%EB%B0%B0%EC%86%A1+a&status=new&cursor=x", "/inbox/inquiries?q=배송 a&status=new"),
    ("/admin/conversations?lang=en", "/inbox/today"),
    ("/admin/inquiries.csv?q=a%26b&status=done", "/api/v1/inbox/inquiries.csv?q=a&b&status=done"),
    ("/admin?next=https://evil.example&q=%0d%0aSet-Cookie:a", "/inbox/inquiries?q=\r\nSet-Cookie:a"),
])  # fmt: skip
def test_old_addresses_lead_on(app: Flask, old: str, new: str) -> None:
    answer = app.test_client().get(old)
    assert answer.status_code == 301
    target, (path, _, query) = urlsplit(answer.headers["Location"]), new.partition("?")
    assert (target.scheme, target.netloc, target.path) == ("", "", path)
    wanted = dict(re.findall(r"(q|status)=(.*?)(?=&status=|$)", query, re.DOTALL))
    assert {name: value for name, [value] in parse_qs(target.query).items()} == wanted


def test_an_old_address_with_a_slash_too_many_leads_to_it(app: Flask) -> None:
    for path in ("/admin", "/admin/conversations"):
        answer = app.test_client().get(f"{path}/?q=1")
        assert (answer.status_code, answer.headers["Location"]) == (308, f"{path}?q=1")


@pytest.mark.parametrize("path", ["/admin/nope", f"/admin/inquiries/{UUID(int=0)}"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_nothing_else_is_there(app: Flask, path: str, method: str) -> None:
    assert app.test_client().open(path, method=method, headers=OWN).status_code == 404


@pytest.mark.parametrize("call", [
    ("chat_operator_inquiries", {}), ("chat_operator_mark", {"p_inquiry_id": str(UUID(int=0)), "p_status": "done"}),
    ("chat_operator_day", {}), ("inbox_audit", {}),
])  # fmt: skip
def test_the_database_lets_nobody_else_call(
    anon_rest: httpx.Client, member_rest: httpx.Client, call: tuple[str, dict[str, str]]
) -> None:
    name, arguments = call
    for client in (anon_rest, member_rest):
        assert client.post(f"/rpc/{name}", json=arguments).status_code in {401, 403, 404}


def test_inquiries_are_found_by_index(db: psycopg.Connection[Any]) -> None:
    db.execute(
        """insert into public.chat_inquiries (client_inquiry_id, flow_version, step_id, values, created_at)
           select gen_random_uuid(), 'test', 'write', '{"body": "x"}', now() - n * interval '1 minute'
           from generate_series(1, 20000) n"""
    )
    db.execute("analyze public.chat_inquiries")
    plan = db.execute(
        "explain (format text) select * from public.chat_inquiries i order by i.created_at desc, i.id desc limit 31"
    ).fetchall()
    assert "chat_inquiries_created_idx" in str(plan)
