"""The operators' pages: for operators alone, finding and marking inquiries, a file that is safe to open."""

import base64
import csv
import io
import re
import unicodedata
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.types.json import Jsonb

from scripts.local import LocalStack
from service.inbox import store
from service.inbox.inquiry_csv import harmless, written
from service.site.texts import TEXTS
from tests.stack import Member, connect, sign_up
from tests.web.apps import APP_URL, bearer
from tests.web.chat import FORM
from tests.web.desk import add_operator

OWN = {"Origin": APP_URL}
PATHS = ("/admin", "/admin/", "/admin/conversations", "/admin/conversations/", "/admin/inquiries.csv", "/admin/nope")


def change(stack: LocalStack, member: Member, **metadata: Any) -> None:
    """Change an account through the admin API."""
    answer = httpx.put(
        f"{stack.supabase_url}/auth/v1/admin/users/{member.id}",
        headers={"apikey": stack.secret_key, "Authorization": f"Bearer {stack.secret_key}"},
        json=metadata,
        trust_env=False,
    )
    answer.raise_for_status()


def signed_in(app: Flask, member: Member) -> FlaskClient:
    client = app.test_client()
    form = {"email": member.email, "password": member.password}
    assert client.post("/sign-in?lang=ko", data=form, headers=OWN).status_code == 303
    client.set_cookie("lang", "ko")
    return client


@pytest.fixture
def operator(stack: LocalStack, member: Member) -> Member:
    with connect(stack, autocommit=True) as db:
        add_operator(db, member)
    return member


@pytest.fixture
def desk(app: Flask, operator: Member) -> FlaskClient:
    """The browser of an operator."""
    return signed_in(app, operator)


@pytest.fixture
def word() -> str:
    """A word that only this test's inquiries hold."""
    return f"말{uuid4().hex[:12]}"


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


def found(page: str) -> list[str]:
    return re.findall(r'id="inquiry-([0-9a-f-]{36})"', page)


def sheet(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("path", PATHS)
def test_a_guest_finds_nothing(app: Flask, path: str) -> None:
    assert app.test_client().get(path).status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_a_member_finds_nothing(app: Flask, stack: LocalStack, member: Member, path: str) -> None:
    # What an account says of itself makes nobody an operator.
    change(stack, member, user_metadata={"role": "admin"}, app_metadata={"role": "admin", "admin": True})
    client = signed_in(app, member)
    answer, nothing = client.get(path), client.get("/there-is-no-such-page")
    assert answer.status_code == 404
    without_switch = re.compile(r'href="\?[^"]*"')
    assert without_switch.sub("", answer.text) == without_switch.sub("", nothing.text)
    assert app.test_client().get(path, headers=bearer(member.access_token)).status_code == 404


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/admin/inquiries/00000000-0000-4000-8000-000000000000", "/admin/anything/else"])
def test_no_method_tells_more(app: Flask, member: Member, method: str, path: str) -> None:
    assert signed_in(app, member).open(path, method=method, headers=OWN).status_code == 404


def test_a_member_marks_nothing(app: Flask, stack: LocalStack, member: Member, word: str) -> None:
    key = submit(stack, word)
    answer = signed_in(app, member).post(f"/admin/inquiries/{key}", data={"mark": "done"}, headers=OWN)
    assert answer.status_code == 404
    assert status_of(stack, key) == ("new", False)


@pytest.mark.parametrize("path", ["/admin?cursor=x", "/admin/inquiries.csv?cursor=x"])
def test_what_is_wrong_with_a_request_is_told_to_operators_alone(app: Flask, member: Member, path: str) -> None:
    assert signed_in(app, member).get(path).status_code == 404
    assert app.test_client().get(path).status_code == 404


def status_of(stack: LocalStack, key: str) -> tuple[str, bool]:
    with connect(stack) as db:
        row = db.execute(
            "select status, done_at is not null from public.chat_inquiries where id = %s", [key]
        ).fetchone()
    assert row
    return row[0], row[1]


def test_an_operator_is_one_until_it_is_taken_back(app: Flask, stack: LocalStack, operator: Member) -> None:
    client = signed_in(app, operator)
    assert client.get("/admin").status_code == 200
    assert 'href="/admin"' in client.get("/account").text
    # The token stays good; the table's present state decides.
    with connect(stack, autocommit=True) as db:
        db.execute("update public.chat_operators set is_active = false where user_id = %s", [operator.id])
    for path in PATHS:
        assert client.get(path).status_code == 404
    assert 'href="/admin"' not in client.get("/account").text


def test_inquiries_are_shown_as_text(desk: FlaskClient, stack: LocalStack, word: str) -> None:
    submit(stack, word, title="<script>alert(1)</script>", older_field="예전", consent=True)
    page = desk.get("/admin", query_string={"q": word})
    assert page.headers["Cache-Control"] == "no-store"
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text
    for shown in (word, "김하늘", "이메일", "배송", "older_field", TEXTS["ko"]["yes"]):
        assert shown in page.text
    assert len(found(page.text)) == 1


@pytest.mark.parametrize("title", ["100%_맞아요", "따옴표 \"와 ' 안", "줄\n바꿈", "역\\슬래시", "ÄPFEL"])
def test_search_takes_what_is_typed_as_it_is(desk: FlaskClient, stack: LocalStack, word: str, title: str) -> None:
    key, other = submit(stack, word, title=f"{title} {word}"), submit(stack, word, title="다른 것")
    hits = found(desk.get("/admin", query_string={"q": f"{title.lower()} {word}"}).text)
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
    desk: FlaskClient, stack: LocalStack, word: str, written: str, asked: str
) -> None:
    kind = "email" if "@" in written else "phone" if re.search(r"\d", written) else "name"
    filled = {**FORM, "title": word, kind: written}
    body = {"clientInquiryId": str(uuid4()), "flowVersion": "-", "stepId": "write", "values": filled}
    sent = desk.application.test_client().post("/api/v1/inquiries?lang=ko", json=body, headers=OWN)
    assert sent.status_code == 201, sent.text
    with connect(stack, autocommit=True) as db:
        key = db.execute("select id from public.chat_inquiries where values ->> 'title' = %s", [word]).fetchone()
        assert str(key[0]) in found(desk.get("/admin", query_string={"q": asked, "status": "new"}).text)
        db.execute("delete from public.chat_inquiries where id = %s", key)


def test_search_for_a_number_finds_no_other_number(desk: FlaskClient, stack: LocalStack, word: str) -> None:
    key = submit(stack, word, phone="010-9876-5432", title="12 34")
    for asked in ("010-9876-5431", "98765433", "010-1234-5678"):
        assert key not in found(desk.get("/admin", query_string={"q": asked}).text)


def test_search_looks_at_what_people_wrote_only(desk: FlaskClient, stack: LocalStack, word: str) -> None:
    key = submit(stack, word, **{f"name_{word}x": "값"})
    assert found(desk.get("/admin", query_string={"q": f"name_{word}x"}).text) == []
    assert found(desk.get("/admin", query_string={"q": word}).text) == [key]
    assert found(desk.get("/admin", query_string={"q": f"{word}%"}).text) == []
    assert desk.get("/admin", query_string={"q": "\0" + "x" * 5000, "status": "odd"}).status_code == 200


def test_marking_and_opening_again(desk: FlaskClient, stack: LocalStack, word: str) -> None:
    key = submit(stack, word)
    answer = desk.post(f"/admin/inquiries/{key}", data={"mark": "done", "q": word, "status": ""}, headers=OWN)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/admin?")
    assert answer.headers["Location"].endswith(f"#inquiry-{key}")
    assert status_of(stack, key) == ("done", True)
    assert found(desk.get("/admin", query_string={"q": word, "status": "done"}).text) == [key]
    assert found(desk.get("/admin", query_string={"q": word, "status": "new"}).text) == []
    desk.post(f"/admin/inquiries/{key}", data={"mark": "new"}, headers=OWN)
    assert status_of(stack, key) == ("new", False)


@pytest.mark.parametrize(("key", "form", "status"), [
    (str(uuid4()), {"mark": "done"}, 404), ("x", {"mark": "done"}, 404), (None, {"mark": "gone"}, 422), (None, {}, 422),
])  # fmt: skip
def test_odd_marks(
    desk: FlaskClient, stack: LocalStack, word: str, key: str | None, form: dict[str, str], status: int
) -> None:
    mine = submit(stack, word)
    assert desk.post(f"/admin/inquiries/{key or mine}", data=form, headers=OWN).status_code == status
    assert status_of(stack, mine) == ("new", False)


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null"])
def test_other_sites_mark_nothing(desk: FlaskClient, stack: LocalStack, word: str, origin: str | None) -> None:
    key = submit(stack, word)
    headers = {"Origin": origin} if origin else {}
    assert desk.post(f"/admin/inquiries/{key}", data={"mark": "done"}, headers=headers).status_code == 403
    assert status_of(stack, key) == ("new", False)


def test_pages_show_each_inquiry_once(
    desk: FlaskClient, stack: LocalStack, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.page_inquiries, "__defaults__", (3,))
    made = [submit(stack, word) for _ in range(8)]
    seen: list[str] = []
    address: str | None = f"/admin?q={word}"
    while address:
        page = desk.get(address).text
        # Somebody writes meanwhile: the pages that follow do not move.
        submit(stack, word)
        seen += found(page)
        link = re.search(r'rel="next" href="([^"]+)"', page)
        address = link[1].replace("&amp;", "&") if link else None
    assert seen == list(reversed(made))


# A time that Python can write and nobody can turn into UTC.
OUT_OF_RANGE = base64.urlsafe_b64encode(f"0001-01-01T00:00:00+05:00|{uuid4()}".encode()).decode()
FAR_OFFSET = base64.urlsafe_b64encode(f"2026-01-01T00:00:00+16:00|{uuid4()}".encode()).decode()


def test_a_cursor_of_another_offset_is_a_place(desk: FlaskClient) -> None:
    assert desk.get("/admin", query_string={"cursor": FAR_OFFSET}).status_code == 200


@pytest.mark.parametrize("cursor", ["x", "", "é", "MjAyNi0xMS0yMnx4", OUT_OF_RANGE])
def test_a_broken_cursor_is_no_error_of_ours(desk: FlaskClient, cursor: str) -> None:
    assert desk.get("/admin", query_string={"cursor": cursor}).status_code == 422


def test_the_file(desk: FlaskClient, stack: LocalStack, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_EXPORT_PAGE", 2)
    keys = [submit(stack, word, title=f'쉼표, "따옴표"\n줄 {number}', older="옛 항목") for number in range(5)]
    answer = desk.get("/admin/inquiries.csv", query_string={"q": word})
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
def test_no_cell_is_a_formula(desk: FlaskClient, stack: LocalStack, word: str, first: str) -> None:
    evil = f'{first}HYPERLINK("http://evil.example";"{word}")'
    submit(stack, word, title=evil, **{f"{first}cmd": evil})
    _, row = sheet(desk.get("/admin/inquiries.csv", query_string={"q": word}))
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


def test_the_file_reads_back_and_says_times_as_the_page_does(desk: FlaskClient, stack: LocalStack, word: str) -> None:
    said = {"name": "=1+1", "phone": "01012345678", "title": "\t2026-11-26", "body": word, "email": "me@example.com"}
    key = submit(stack, word, **said)
    head, row = sheet(desk.get("/admin/inquiries.csv", query_string={"q": word}))
    back = dict(zip(head, map(written, row), strict=True))
    labels = {"이름": "name", "전화번호": "phone", "제목": "title", "내용": "body", "이메일": "email"}
    assert {name: back[label] for label, name in labels.items()} == said
    assert back["문의 번호"] == key
    page = desk.get("/admin", query_string={"q": word}).text
    assert f">{back['접수 시각 (한국)']}</time>" in page
    assert back["언어"] == "한국어"


def test_cards_say_words_and_no_codes(desk: FlaskClient, stack: LocalStack, word: str) -> None:
    submit(stack, word, consent=True)
    page = desk.get("/admin", query_string={"q": word}).text
    assert "· 한국어" in page
    assert "· ko" not in page
    assert "<dt>개인정보 수집 동의</dt>" in page
    assert "모으고 쓰는 데 동의해요" not in page


def test_a_file_of_nothing_has_a_head(desk: FlaskClient) -> None:
    assert len(sheet(desk.get(f"/admin/inquiries.csv?q={uuid4()}"))) == 1


def test_the_conversations_of_today(app: Flask, desk: FlaskClient, stack: LocalStack, stranger: Member) -> None:
    client, headers = app.test_client(), bearer(stranger.access_token)
    begun = client.post("/api/v1/conversations", json={"clientConversationId": str(uuid4())}, headers=headers)
    key = begun.get_json()["conversation"]["id"]
    event = {"clientMessageId": str(uuid4()), "event": {"type": "text", "content": "<b>오늘</b> 물어봐요"}}
    client.post(f"/api/v1/conversations/{key}/turns", json=event, headers=headers)
    page = desk.get("/admin/conversations").text
    assert "&lt;b&gt;오늘&lt;/b&gt; 물어봐요" in page
    assert stranger.id in page
    with connect(stack, autocommit=True) as db:
        yesterday = sign_up(stack)
        db.execute(
            """insert into public.chat_conversations (user_id, client_conversation_id, created_at)
               values (%s, gen_random_uuid(), now() - interval '25 hours')""",
            [yesterday.id],
        )
    assert yesterday.id not in desk.get("/admin/conversations").text


def test_an_operators_slash_too_many_leads_to_the_page(desk: FlaskClient) -> None:
    for path in ("/admin", "/admin/conversations"):
        answer = desk.get(f"{path}/?q=1")
        assert (answer.status_code, answer.headers["Location"]) == (308, f"{path}?q=1")
    assert desk.get("/admin/nope/").status_code == 404


@pytest.mark.parametrize("call", [
    ("chat_operator_inquiries", {}), ("chat_operator_mark", {"p_inquiry_id": str(UUID(int=0)), "p_status": "done"}),
    ("chat_operator_day", {"p_from": "2026-01-01", "p_to": "2027-01-01"}),
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
