"""The set of `make eval`: what it says of itself is so."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from scripts.eval.the_set import UNANSWERABLE, Article, read_articles, read_questions

ARTICLES = read_articles()
QUESTIONS = read_questions()
SHIPPED: dict[str, Article] = {one.key: one for one in ARTICLES if not one.is_distractor}
# A question that an article brings along is no test of finding it.
TOO_NEAR = 0.75


def letters(text: str) -> str:
    return re.sub(r"\W", "", text.lower())


def pairs(text: str) -> set[str]:
    plain = letters(text)
    return {plain[place : place + 2] for place in range(len(plain) - 1)}


def test_it_is_as_large_as_promised() -> None:
    assert len(QUESTIONS) >= 150
    assert sum(one.is_distractor for one in ARTICLES) >= 60
    assert Counter(one.locale for one in QUESTIONS).most_common(1)[0][0] == "ko"


def test_no_question_is_there_twice() -> None:
    assert [text for text, times in Counter(letters(one.text) for one in QUESTIONS).items() if times > 1] == []
    assert [key for key, times in Counter(one.id for one in QUESTIONS).items() if times > 1] == []


def test_articles_are_composed_and_named_once() -> None:
    assert all(unicodedata.is_normalized("NFC", one.title + one.body) for one in ARTICLES)
    assert [key for key, times in Counter((one.locale, one.slug) for one in ARTICLES).items() if times > 1] == []
    assert all(one.audience == "all" for one in ARTICLES if one.is_distractor)


def test_questions_name_what_is_there() -> None:
    for question in QUESTIONS:
        assert question.is_answerable == (question.kind not in UNANSWERABLE), question.id
        assert question.right <= set(SHIPPED), question.id
        if question.article is not None:
            assert question.quote is not None, question.id
            assert question.quote in SHIPPED[question.article].body, question.id
            if question.is_answerable and SHIPPED[question.article].audience == "members":
                assert question.is_member, question.id


def test_no_article_brings_a_question_of_the_set_along() -> None:
    brought = [pairs(text) for article in ARTICLES for text in article.questions]
    near = [
        question.id
        for question in QUESTIONS
        for other in brought
        if (mine := pairs(question.text)) and len(mine & other) / len(mine | other) > TOO_NEAR
    ]
    assert near == []
