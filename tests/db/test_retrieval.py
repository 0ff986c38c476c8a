"""What is found for a question, and when it may be the answer: the rules that no figure of `make eval` shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from scripts.eval.asking import write_articles
from scripts.eval.the_set import Article
from scripts.local import LocalStack
from scripts.local.paths import MIGRATIONS
from tests.databases import copied_database
from tests.db.chats import new_id
from tests.stack import become, become_superuser


def article(key: str, title: str, body: str, **columns: Any) -> Article:
    values: dict[str, Any] = {"locale": "ko", "audience": "all", "questions": (), "is_distractor": False, **columns}
    return Article(key=key, title=title, body=body, **values)


ARTICLES = (
    article("ko/delivery", "배송 기간", "평일 오후 두 시 이전에 결제하시면 당일 출고해요. 제주는 사흘이 걸려요."),
    article("ko/codes", "결제 오류 코드", "E-4012는 카드의 기한이 지났다는 뜻이에요. 상담 전화는 02-0123-4560이에요."),
    article("ko/points", "적립금", "적립금의 유효 기간은 열두 달이에요.", questions=("마일리지는 언제 사라지나요?",)),
    article("ko/vip", "우수 고객 창구", "우수 고객은 은하수 창구에서 상담해요.", audience="members"),
    article("ko/receipts", "영수증", "영수증은 결제 즉시 발행해요.", questions=("영수증은 언제 들어오나요?",)),
    article("en/care", "Caring for bowls", "Porcelain bowls are safe in a dishwasher. Wash cups by hand.", locale="en"),
    article("en/customs", "Customs", "A wool coat is declared with its price.", locale="en"),
    *(article(f"ko/other-{number}", f"다른 이야기 {number}", f"{number}번째 이야기예요.") for number in range(20)),
)


@pytest.fixture(scope="module")
def held(stack: LocalStack) -> Iterator[Connection[Any]]:
    """A database with these articles and no others."""
    with copied_database(stack.db_url, migrations=MIGRATIONS) as url, psycopg.connect(url) as connection:
        write_articles(connection, ARTICLES)
        connection.commit()
        yield connection


@pytest.fixture
def db(held: Connection[Any]) -> Iterator[Connection[Any]]:
    """The same, as it was before after each test."""
    yield held
    held.rollback()


def find(
    db: Connection[Any], question: str | None, locale: str = "ko", *, audience: str | None = "all", limit: int = 5
) -> list[dict[str, Any]]:
    row = db.execute("select public.kb_find(%s, %s, %s, %s)", [question, locale, audience, limit]).fetchone()
    return row[0]


def answer(db: Connection[Any], question: str, locale: str = "ko") -> str | None:
    """The slug of what may be answered with."""
    found = find(db, question, locale)
    assert not any(row["answerable"] for row in found[1:]), "nothing but the best is the answer"
    return found[0]["slug"] if found and found[0]["answerable"] else None


ASKED = {
    "결제하면 당일 출고하나요?": "delivery",
    "결제하면당일출고하나요": "delivery",
    # Typed on a Mac: the same syllables in pieces.
    "\u1100\u1167\u11af\u110c\u1166\u1112\u1161\u1106\u1167\u11ab 당일 출고하나요?": "delivery",
    "E-4012": "codes",
    "e4012가 뭐예요?": "codes",
    "0201234560은 어디예요?": "codes",
    # In the words of a question that its article brings along.
    "마일리지는 언제 사라지나요?": "points",
    # One digit, one letter beside: another code.
    "E-4013": None,
    "02-0123-4561은 어디예요?": None,
    # All but one word is there, and that one is in no article at all.
    "적립금의 유효 기간을 연장하나요?": None,
    "그거 언제예요?": None,
    # Of nothing: endings are in every article.
    "언제 오나요?": None,
    # A word that is none there: one ends in it, and the next one begins.
    "시발": None,
    "은하수 창구": None,
}


@pytest.mark.parametrize("question", ASKED)
def test_what_is_asked_is_answered_or_not(db: Connection[Any], question: str) -> None:
    assert answer(db, question) == ASKED[question]


def test_english_words_are_found_by_their_stems(db: Connection[Any]) -> None:
    assert answer(db, "Is a porcelain bowl safe in dishwashers?", "en") == "care"


PASSING = {
    # One says it in a half-sentence and is about something else.
    "Do you have a store?": None,
    "store": None,
    # It goes by that name; it speaks of it again and again.
    "kiln": "kiln",
    "glaze": "kiln",
    # A name in a Korean article is no word of its sentence.
    "paypal 되나요?": "pay",
}


@pytest.mark.parametrize("question", PASSING)
def test_a_single_word_said_in_passing_is_no_answer(db: Connection[Any], question: str) -> None:
    kiln = "The kiln day is on Monday. A glaze is mixed by hand, and the glaze is dry by noon."
    account = "We store your name. Nobody else sees it."
    write_articles(
        db,
        [
            article("en/kiln", "Our kiln", kiln, locale="en"),
            article("en/data", "Your data", account, locale="en"),
            article("ko/pay", "결제", "카드와 PayPal을 받아요."),
        ],
    )
    assert answer(db, question, "ko" if "되" in question else "en") == PASSING[question]


def test_two_syllables_of_two_words_are_not_found(db: Connection[Any]) -> None:
    torn = article("ko/torn", "수리", "무료로 고쳐 드려요.")
    whole = article("ko/whole", "단체 주문", "서른 개부터 할인해 드리고, 회사 로고는 하나에 이천 원에 새겨 드려요.")
    write_articles(db, [torn, whole])
    assert [row["slug"] for row in find(db, "로고")][:1] == ["whole"]
    assert answer(db, "로고") == "whole"


SECTIONS = """## 처음 쓰기 전에

물에 담가 두세요.

## 색깔

도자기는 오븐에서 색이 달라지지 않아요. 오븐은 천천히 데워 주세요.

## 오븐

내열 그릇만 넣을 수 있고, 다른 그릇은 갈라지니까 절대로 넣지 마세요.
"""


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        # All of them carry the title: the first that says it itself.
        ("오븐", "도자기는 오븐에서"),
        ("오븐 색깔", "도자기는 오븐에서"),
        # None says it itself: the shortest.
        ("도마는 어떻게 닦나요?", "물에 담가"),
    ],
)
def test_of_an_article_the_piece_stands_for_it_that_says_it_itself(
    db: Connection[Any], question: str, begins: str
) -> None:
    write_articles(db, [article("ko/care", "그릇과 오븐 쓰기", SECTIONS, questions=("도마는 어떻게 닦나요?",))])
    found = find(db, question)[0]
    assert found["text"].startswith(begins)
    assert found["answerable"]


def test_what_is_told_elsewhere_is_not_answered_in_passing(db: Connection[Any]) -> None:
    assert answer(db, "Is a wool coat declared?", "en") == "customs"
    assert answer(db, "Can I wash the wool coat?", "en") is None


def test_an_answer_is_in_the_language_of_the_question(db: Connection[Any]) -> None:
    assert find(db, "porcelain dishwasher", "ko")[0]["slug"] == "care"
    assert answer(db, "porcelain dishwasher", "ko") is None


def test_two_articles_that_say_as_much_are_no_answer(db: Connection[Any]) -> None:
    assert answer(db, "당일 출고") == "delivery"
    write_articles(db, [article("ko/again", "배송 기간 안내", "당일 출고해요.")])
    assert answer(db, "당일 출고") is None


@pytest.mark.parametrize("is_anonymous", [False, True])
def test_members_find_what_is_theirs_and_guests_with_a_session_do_not(db: Connection[Any], is_anonymous: bool) -> None:
    become(db, "authenticated", new_id(), is_anonymous=is_anonymous)
    found = [row["slug"] for row in find(db, "은하수 창구", audience=None)]
    become_superuser(db)
    assert found[:1] == ([] if is_anonymous else ["vip"])


def test_what_is_withdrawn_is_found_no_more(db: Connection[Any]) -> None:
    assert answer(db, "E-4012") == "codes"
    db.execute("update public.kb_articles set status = 'draft', published_at = null where slug = 'codes'")
    assert answer(db, "E-4012") is None
    assert "codes" not in [row["slug"] for row in find(db, "E-4012", audience="members")]


HIDDEN = {"a draft": "status = 'draft', published_at = null", "for members": "audience = 'members'"}


@pytest.mark.parametrize("hidden", HIDDEN)
def test_scores_tell_nothing_of_what_is_hidden(db: Connection[Any], hidden: str) -> None:
    def scores() -> dict[str, tuple[float, float]]:
        found = find(db, "제주까지 무지개 배송이 사흘 걸리나요?", limit=20)
        return {row["slug"]: (row["score"], row["coverage"]) for row in found}

    before = scores()
    assert before
    write_articles(db, [article("ko/secret", "무지개 배송", "제주까지 무지개 배송은 이틀이 걸려요.")])
    assert scores() != before, "as long as everybody may read it, it counts"
    db.execute(f"update public.kb_articles set {HIDDEN[hidden]} where slug = 'secret'")
    assert scores() == before


ODD = [
    None,
    "",
    " ",
    "?",
    "🙏🙏",
    "ㅋㅋㅋ",
    "'; drop table public.kb_articles; --",
    "%_\\",
    "(((((",
    "가" * 5000,
    "a" * 5000,
    "\u200b",
]


@pytest.mark.parametrize("question", ODD, ids=range(len(ODD)))
def test_any_question_is_safe(db: Connection[Any], question: str | None) -> None:
    assert not any(row["answerable"] for row in find(db, question))


def test_answers_are_bounded(db: Connection[Any]) -> None:
    assert len(find(db, "이야기", limit=10_000)) == 20
    assert len(find(db, "이야기", limit=-1)) == 1
