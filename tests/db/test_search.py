"""What operators find: however it is written, in which order, by which way, on which page."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from scripts.local import LocalStack
from scripts.local.paths import MIGRATIONS
from tests.databases import copied_database
from tests.db.chats import add_row, new_id
from tests.db.desk import Operator, add_operator
from tests.db.searched import Customer, Searching, fill

SAID = (
    "환불해 주세요",
    "환 불 요청드립니다",
    unicodedata.normalize("NFD", "환불을 받고 싶어요"),
    "배송 조회가 안 돼요",
    "배송조회 어디서 하나요",
    "전화는 010-1234-5678 입니다",
    "01012345678로 연락 주세요",
    "오류 E-4012 가 나와요",
    "e4012 오류입니다",
    "주문번호 20261126-0001234",
    "Refund please, my iPhone 15",
    "refunded yesterday",
    "ＲＥＦＵＮＤ　ｐｌｅａｓｅ",
    "100%_할인 <b>쿠폰</b>",
    "+82 10-1234-5678",
    "상품권을 선물했어요",
    "Café Ünal",
)
EXAMPLES: dict[str, set[int]] = {
    # Two syllables; without particles and with one; with spaces and without; composed and not.
    "환불": {0, 1, 2},
    "환불을": {0, 1, 2},
    "환 불": {0, 1, 2},
    unicodedata.normalize("NFD", "환불"): {0, 1, 2},
    "환불 요청": {1},
    "요청 환불": {1},
    "배송조회": {3, 4},
    "배송 조회": {3, 4},
    "배송 조회가": {3, 4},
    "상품권": {15},
    "상품권이": {15},
    "상 품 권": {15},
    "안 돼요": {3},
    # Numbers and Latin words, by parts.
    "010-1234-5678": {5, 6, 14},
    "01012345678": {5, 6, 14},
    "010 1234 5678": {5, 6, 14},
    "010.1234.5678": {5, 6, 14},
    "+82 10-1234-5678": {5, 6, 14},
    "+821012345678 연락": {6},
    "5678": {5, 6, 14},
    "E-4012": {7, 8},
    "e4012": {7, 8},
    "Ｅ−４０１２": {7, 8},
    "4012": {7, 8},
    "e-4012 오류": {7, 8},
    "20261126-0001234": {9},
    "202611260001234": {9},
    "0001234": {9},
    "2026112": {9},
    "refund": {10, 11, 12},
    "REFUND": {10, 11, 12},
    "iphone15": {10},
    "iPhone 15": {10},
    "cafe": {16},
    "CAFÉ unal": {16},
    # Any input is safe, and is text.
    "쿠폰": {13},
    "<b>": {13},
    "%": set(),
    "_": set(),
    "": set(),
    "👍🏽": set(),
    "' or 1=1 --": set(),
    "':*": set(),
    "환불 & !배송 | (": set(),
    "환불 & |": {0, 1, 2},
    "\\": set(),
    "$1 %s {}": set(),
    "없는말이에요": set(),
}
# What makes the search believe how common a word is: nothing is known, all is everywhere, and the middle.
WAYS = {"by the index": 0.0, "back through time": 1.0}


@pytest.fixture(scope="module")
def empty(stack: LocalStack) -> Iterator[Connection[Any]]:
    """A database of one's own."""
    with copied_database(stack.db_url, migrations=MIGRATIONS) as url, psycopg.connect(url, autocommit=True) as db:
        yield db


@pytest.fixture(scope="module")
def searching(empty: Connection[Any]) -> Searching:
    """An operator in it."""
    return Searching(empty, add_operator(empty))


@pytest.fixture(scope="module")
def said(empty: Connection[Any]) -> dict[str, int]:
    """By id of the message its place in `SAID`; all are taken up."""
    customer = Customer.begin(empty)
    ids = {customer.say(text): place for place, text in enumerate(SAID)}
    fill(empty)
    return ids


@pytest.mark.parametrize(("query", "found"), EXAMPLES.items(), ids=repr)
def test_what_is_found(searching: Searching, said: dict[str, int], query: str, found: set[int]) -> None:
    places = [said[one] for one in searching.ids(query)]
    assert set(places) == found
    # Newest first.
    assert places == sorted(places, reverse=True)


@pytest.mark.parametrize("query", [query for query, found in EXAMPLES.items() if found])
def test_the_best_begin_with_what_holds_all(searching: Searching, said: dict[str, int], query: str) -> None:
    found = EXAMPLES[query]
    assert {said[one] for one in searching.ids(query, "best")[: len(found)]} >= found - {6} or query.startswith("+")
    assert {said[one] for one in searching.ids(query, "best")} >= found


def test_the_best_hold_most_of_it(searching: Searching, said: dict[str, int]) -> None:
    places = [said[one] for one in searching.ids("배송이 조회가 왜 안 돼요", "best")]
    assert places[0] == 3
    assert 4 in places
    assert 0 not in places


def test_however_long_a_question_is_it_is_answered(searching: Searching, said: dict[str, int]) -> None:
    for query in ("환불" * 50_000, "가나다 " * 20_000, "e-" * 50_000, "1" * 100_000, "a b c d e f g " * 1000):
        for sort in ("newest", "best"):
            assert isinstance(searching.page(query, sort)["hits"], list)


@pytest.mark.parametrize("share", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("is_narrowed", [True, False])
def test_every_way_finds_the_same(
    empty: Connection[Any], said: dict[str, int], share: float, is_narrowed: bool
) -> None:
    searching = Searching(empty, add_operator(empty))
    with empty.transaction(force_rollback=True):
        # As if there were a million of them.
        empty.execute("update pg_class set reltuples = 1000000 where oid = 'public.chat_search'::regclass")
        if share:
            empty.execute("delete from public.chat_search_words")
            empty.execute("insert into public.chat_search_words select unnest(public.bigrams('환불')), %s", [share])
        filters = {"status": "open"} if is_narrowed else {}
        newest = searching.ids("환불", **filters)
        assert [said[one] for one in newest] == [2, 1, 0]
        assert searching.ids("환불", "best", **filters) == newest


@pytest.mark.parametrize("sort", ["newest", "best"])
def test_pages_hold_everything_once_while_more_comes(empty: Connection[Any], searching: Searching, sort: str) -> None:
    customer = Customer.begin(empty)
    before = [customer.say(f"쪽수시험 {number}") for number in range(7)]
    fill(empty)
    first = searching.page("쪽수시험", sort, 3)
    later = customer.say("쪽수시험 더")
    fill(empty)
    # Words are counted anew in between.
    empty.execute("update public.chat_search_words set share = 0.5")
    second = searching.page("쪽수시험", sort, 3, first["next"])
    third = searching.page("쪽수시험", sort, 3, second["next"])
    found = [hit["id"] for page in (first, second, third) for hit in page["hits"]]
    assert found == before[::-1]
    assert third["next"] is None
    assert searching.pages("쪽수시험", sort, 2)[0] == later
    empty.execute("delete from public.chat_messages where conversation_id = %s", [customer.conversation])


def test_each_kind_is_found(empty: Connection[Any], searching: Searching) -> None:
    customer = Customer.begin(empty)
    me = searching.operator
    note = {"conversation_id": customer.conversation, "client_note_id": new_id(), "operator_id": me.id}
    made = {
        "message": customer.say("꽃다발 주문"),
        "note": add_row(empty, "chat_notes", {**note, "content": "꽃다발 확인함"})["id"],
        "inquiry": customer.ask({"title": "꽃다발", "contact": "010-9876-5432"}),
        "contact": customer.id,
    }
    guests = {"client_inquiry_id": new_id(), "flow_version": "test", "step_id": "write", "from_guest": True}
    alone = add_row(empty, "chat_inquiries", {**guests, "values": {"title": "꽃다발 선물"}})["id"]
    empty.execute(
        "update public.chat_contacts set name = '꽃다발', phone = '+821011112222' where id = %s", [customer.id]
    )
    fill(empty)
    hits = searching.page("꽃다발")["hits"]
    assert {(hit["kind"], hit["id"]) for hit in hits} == {*made.items(), ("inquiry", alone)}
    for hit in hits:
        is_alone = hit["id"] == alone
        assert hit["conversation_id"] == (None if is_alone else customer.conversation)
        assert (hit["contact"] and hit["contact"]["id"]) == (None if is_alone else customer.id)
    assert {hit["kind"]: hit["author_name"] for hit in hits}["note"] == me.name
    assert searching.ids("010 9876 5432") == [made["inquiry"]]
    assert searching.ids("010-1111-2222") == [customer.id]
    for kind in ("message", "note", "contact"):
        assert searching.ids("꽃다발", kind=kind) == [made[kind]]


def test_filters(empty: Connection[Any], searching: Searching) -> None:
    one, other = Customer.begin(empty), Customer.begin(empty)
    first = one.say("거름망 하나", created_at="2026-01-10T14:59:59Z")
    second = other.say("거름망 둘", created_at="2026-01-10T15:00:00Z")
    note = {"conversation_id": other.conversation, "client_note_id": new_id(), "operator_id": searching.operator.id}
    noted = add_row(empty, "chat_notes", {**note, "content": "거름망 셋"})["id"]
    label = add_row(empty, "chat_labels", {"name": "거름"})["id"]
    add_row(empty, "chat_conversation_labels", {"conversation_id": one.conversation, "label_id": label})
    empty.execute("update public.chat_conversations set status = 'completed' where id = %s", [one.conversation])
    empty.execute("update public.chat_team set time_zone = 'Asia/Seoul'")
    fill(empty)
    expected: dict[str, tuple[dict[str, str], set[str]]] = {
        "all": ({}, {first, second, noted}),
        "status": ({"status": "completed"}, {first}),
        "label": ({"label": "거름"}, {first}),
        "label of nobody": ({"label": "없음"}, set()),
        "channel": ({"channel": "web"}, {first, second, noted}),
        "other channel": ({"channel": "api"}, set()),
        "has a note": ({"has": "note"}, {second, noted}),
        "has a label": ({"has": "label"}, {first}),
        "has an inquiry": ({"has": "inquiry"}, set()),
        "has a rating": ({"has": "rating"}, set()),
        "customers": ({"said_by": "customer"}, {first, second}),
        "operators": ({"said_by": "operator"}, {noted}),
        "a customer": ({"author": other.id}, {second}),
        "an operator": ({"author": searching.operator.id}, {noted}),
        # The day begins at 15:00 UTC in Seoul.
        "a day of the team": ({"after": "2026-01-11", "before": "2026-01-12"}, {second}),
        "a moment": ({"before": "2026-01-10T14:59:59.5Z"}, {first}),
        "together": ({"status": "open", "said_by": "customer", "has": "note"}, {second}),
    }
    found = {name: set(searching.ids("거름망", **filters)) for name, (filters, _) in expected.items()}
    assert found == {name: ids for name, (_, ids) in expected.items()}
    best = {name: set(searching.ids("거름망", "best", **filters)) for name, (filters, _) in expected.items()}
    assert best == found


def test_who_is_no_operator_finds_and_counts_nothing(empty: Connection[Any], said: dict[str, int]) -> None:
    former = add_operator(empty, "admin", is_active=False)
    customer = Customer.begin(empty)
    for user in (former.user, customer.id, new_id()):
        with pytest.raises(psycopg.Error, match="not_an_operator"):
            Searching(empty, Operator(user, "", "")).page("환불")


def test_no_member_reads_any_of_it(empty: Connection[Any], said: dict[str, int]) -> None:
    for role in ("anon", "authenticated"):
        for statement in (
            "select count(*) from public.chat_search",
            "select count(*) from public.chat_search_words",
            "select count(*) from public.chat_search_due",
            "select count(*) from public.chat_search_state",
            "select public.inbox_search(gen_random_uuid(), '환불')",
            "select public.search_newest('환불'::tsquery, 0, '{}', null, '{}', null, null, 5)",
            "select public.search_best('{}', '{}', 1, now(), '{}', null, '{}', null, 5)",
            "select public.search_hit(gen_random_uuid(), now())",
            "select public.search_state()",
            "select public.search_fill()",
        ):
            with empty.transaction(force_rollback=True):
                empty.execute(f"set local role {role}")
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    empty.execute(statement)
